"""Each file of loans/ is one loan a credit officer can check with a pocket calculator; replaying gives the same."""

import re
from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest

from zhiwei.loans import LoanTerms, Payment, replay
from zhiwei.values import fen, grouped

GOLDEN = sorted((Path(__file__).parent / "loans").glob("*.txt"))
LOAN = re.compile(r"loan: (\S+) at (\S+) % Act/(\d+), drawn (\S+), matures (\S+), due day (\d+)")
PAY = re.compile(r"^pay: (\S+) (\S+)$", re.MULTILINE)
UNTIL = re.compile(r"^until: (\S+)$", re.MULTILINE)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_loan_is_what_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    amount, percent, basis, drawn_on, matures_on, due_day = LOAN.search(text).groups()
    terms = LoanTerms(
        fen(amount), Decimal(percent) / 100, int(basis), date.fromisoformat(drawn_on), date.fromisoformat(matures_on),
        int(due_day),
    )  # fmt: skip
    payments = [Payment(date.fromisoformat(on), fen(paid)) for on, paid in PAY.findall(text)]
    state = replay(terms, payments, date.fromisoformat(UNTIL.search(text)[1]))

    signs = {"drawn": (1, 0), "billed": (0, 1), "repaid": (-1, -1)}
    owed = accumulate(signs[m.kind][0] * m.principal for m in state.movements)
    unpaid = accumulate(signs[m.kind][1] * m.interest for m in state.movements)
    rows = [
        [m.value_date.isoformat(), m.kind, *map(grouped, (m.principal, m.interest, left, due))]
        for m, left, due in zip(state.movements, owed, unpaid, strict=True)
    ]
    golden = [line.split() for line in text.partition("\ndate ")[2].splitlines()[1:]]
    assert rows == golden
    assert (grouped(state.principal), grouped(state.interest_billed)) == (golden[-1][4], golden[-1][5])


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 12
