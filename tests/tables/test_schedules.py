"""Each file of schedules/ is one plan a credit officer can check with a pocket calculator; computing it gives the same.

Three lines give the terms, each a list of words and values: `loan:`, `plan:` and `count:`; `season:` lines give the
dates and shares of a seasonal plan. What a line does not say is not in the loan.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.loans.schedule import Row, plan
from zhiwei.loans.terms import MONTHLY, Every, Interest, Repayment
from zhiwei.values import DayCount, Rounding, fen, grouped

GOLDEN = sorted((Path(__file__).parent / "schedules").glob("*.txt"))
LOAN = re.compile(r"^loan: (\S+) at (\S+) %, lent (\S+)$", re.MULTILINE)
PLAN = re.compile(r"^plan: (.+)$", re.MULTILINE)
COUNT = re.compile(r"^count: ([^,\n]+)(.*)$", re.MULTILINE)
SEASON = re.compile(r"^season: (\S+) (\S+) %$", re.MULTILINE)


def computed(text: str) -> tuple[Row, ...]:
    amount, percent, lent = LOAN.search(text).groups()
    method, *told = PLAN.search(text)[1].split(", ")
    terms = dict(word.rsplit(" ", 1) for word in told)
    day_count, rest = COUNT.search(text).groups()
    counted = dict(word.rsplit(" ", 1) for word in rest.split(", ")[1:])
    repayment = Repayment(
        method,
        int(terms.pop("periods", 0)) or len(SEASON.findall(text)),
        Every.parse(terms.pop("every", str(MONTHLY))),
        _date(terms.pop("first due", None)),
        int(terms.pop("due day", 0)),
        int(terms.pop("grace", 0)),
        fen(terms.pop("balloon", 0)),
        tuple((date.fromisoformat(day), Decimal(share) / 100) for day, share in SEASON.findall(text)),
    )
    interest = Interest(
        Decimal(percent) / 100, DayCount(day_count), counted.pop("full", "") == "months",
        Rounding(counted.pop("rounded", "half-up")), counted.pop("calendar", "none"),
    )  # fmt: skip
    matures = _date(terms.pop("matures", None))
    assert not terms, "words of plan: that mean nothing"
    assert not counted, "words of count: that mean nothing"
    return plan(fen(amount), date.fromisoformat(lent), repayment, interest, matures)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_plan_is_what_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    rows = [
        [str(row.n), row.due_on.isoformat(), *map(grouped, (row.principal, row.interest, row.payment, row.balance))]
        for row in computed(text)
    ]
    golden = [line.split() for line in text.partition("\nn ")[2].splitlines()[1:]]
    assert rows == golden


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 24
