"""Each file of loans/ is one loan a credit officer can check with a pocket calculator; replaying gives the same."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest

from zhiwei.loans import Every, Interest, Late, LoanTerms, Prepayment, Repayment, replay_loan, revolving
from zhiwei.loans.events import Payment
from zhiwei.values import DayCount, fen, grouped

GOLDEN = sorted((Path(__file__).parent / "loans").glob("*.txt"))
LOAN = re.compile(r"loan: (\S+) at (\S+) % (\S+), drawn (\S+), matures (\S+), due day (\d+)")
PLAN = re.compile(r"loan: (\S+) at (\S+) % (\S+), drawn (\S+), (\S+) over (\d+) x (\S+)( in whole months)?")
LATE = re.compile(r"^late: (\S+) x(, compound)?(?:, grace (\d+))?$", re.MULTILINE)
PAY = re.compile(r"^(pay|prepay): (\S+) (\S+)$", re.MULTILINE)
UNTIL = re.compile(r"^until: (\S+)$", re.MULTILINE)
FEE = re.compile(r"^prepayment fee: (\S+) %$", re.MULTILINE)


def terms_of(text: str) -> LoanTerms:
    if found := LOAN.search(text):
        amount, percent, count, drawn_on, matures_on, due_day = found.groups()
        terms = revolving(
            fen(amount), Decimal(percent) / 100, date.fromisoformat(drawn_on), date.fromisoformat(matures_on),
            int(due_day),
        )  # fmt: skip
        terms = replace(terms, interest=replace(terms.interest, day_count=COUNTS[count]))
    else:
        amount, percent, count, drawn_on, method, periods, every, whole = PLAN.search(text).groups()
        repayment = Repayment(method, int(periods), Every.parse(every))
        interest = Interest(Decimal(percent) / 100, COUNTS[count], bool(whole))
        terms = LoanTerms(fen(amount), date.fromisoformat(drawn_on), repayment, interest)
    if late := LATE.search(text):
        factor, compound, grace = late.groups()
        terms = replace(terms, late=Late(Decimal(factor), compound=bool(compound), grace_days=int(grace or 0)))
    if fee := FEE.search(text):
        terms = replace(terms, prepayment=Prepayment(Decimal(fee[1]) / 100))
    return terms


COUNTS = {"Act/360": DayCount.ACT_360, "Act/365": DayCount.ACT_365}
SIGNS = {"drawn": (1, 0), "billed": (0, 1), "repaid": (-1, -1), "charged": (0, 0)}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_loan_is_what_the_table_says(path: Path) -> None:
    """Columns: what is owed of principal and of interest afterwards; penalty and fee where the table has them."""
    text = path.read_text("utf-8")
    payments = [
        Payment(f"{n:03d}", date.fromisoformat(on), amount=fen(paid), prepay=verb == "prepay")
        for n, (verb, on, paid) in enumerate(PAY.findall(text))
    ]
    state = replay_loan(terms_of(text), payments, date.fromisoformat(UNTIL.search(text)[1]))
    owed = accumulate(SIGNS[m.kind][0] * m.principal for m in state.movements)
    unpaid = accumulate(SIGNS[m.kind][1] * m.interest for m in state.movements)
    more = "penalty" in text.partition("\ndate ")[2].splitlines()[0]
    rows = [
        [m.value_date.isoformat(), m.kind, *map(grouped, (m.principal, m.interest))]
        + ([grouped(m.penalty), grouped(m.fee)] if more else []) + [grouped(left), grouped(due)]
        for m, left, due in zip(state.movements, owed, unpaid, strict=True)
    ]  # fmt: skip
    golden = [line.split() for line in text.partition("\ndate ")[2].splitlines()[1:]]
    assert rows == golden
    assert (grouped(state.principal), grouped(state.interest_billed)) == tuple(golden[-1][-2:])


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 12
