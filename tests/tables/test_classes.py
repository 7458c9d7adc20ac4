"""Each file of classes/ says which class days past due make, by type of security; one loan and a population agree."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from zhiwei.credit.monitoring import CLASSES, SECURITIES, LoanFacts, classify, in_force

GOLDEN = sorted((Path(__file__).parent / "classes").glob("*.txt"))
ROW = re.compile(r"^(\d+)( technical)? +(\w+) +(\w+) +(\w+) +(\w+)$", re.MULTILINE)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_days_make_the_class_of_the_table(path: Path) -> None:
    text = path.read_text("utf-8")
    family, on = re.search(r"^family: (\w+), on (\S+)$", text, re.MULTILINE).groups()
    day = date.fromisoformat(on)
    rules = in_force(family, day)
    rows = ROW.findall(text)
    assert len(rows) >= 6
    for place, security in enumerate(SECURITIES):
        golden = [row[2 + place] for row in rows]
        facts = [LoanFacts(int(days), technical=bool(technical), security=security) for days, technical, *_ in rows]
        assert [classify(one, rules, day).name for one in facts] == golden
        population = rules.days[security].over(
            np.array([one.days_past_due for one in facts]), np.array([one.technical for one in facts])
        )
        assert [CLASSES[at] for at in population] == golden


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 3
