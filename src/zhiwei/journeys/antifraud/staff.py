"""Staff under the same eye: loans by the officer who approved them, and whose miss their first payment too often."""

from collections import defaultdict
from datetime import date, timedelta

import pyarrow as pa

from zhiwei.credit.antifraud import Searched, Seen, search, sieve
from zhiwei.credit.antifraud.typologies.staff import OFFICER_LOANS
from zhiwei.journeys.ports import Books, Loan, Unit
from zhiwei.journeys.view import account
from zhiwei.loans.events import Event
from zhiwei.loans.loan import open_loan
from zhiwei.values import Actor, Refusal

AT_ONCE = 500  # lines whose loans and events are read together


def findings_on_staff(*, books: Books, by: Actor, as_of: date) -> Searched:
    """Checks on officers by our own book; a finding's `party` is a person's code."""
    if as_of > books.today():
        raise Refusal("future_date", f"{as_of} is in the future", hint=f"today is {books.today()}")
    with books.unit(by.tenant) as unit:
        loans = officer_loans(unit, as_of)
    return search(Seen({"loans": loans}), (), as_of)


def officer_loans(unit: Unit, as_of: date) -> pa.Table:
    """Loans on lines that a person approved, whose first payment has had its days of grace by `as_of`.

    What the policy approved by itself is nobody's, and would be no fair peer: people are given the doubtful cases.
    """
    grace = timedelta(days=int(sieve(as_of).number("officer.grace_days")))
    officers = unit.tasks.approvers()
    names = sorted(officers)
    rows = []
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        events = unit.loans.events(some)
        of_line: defaultdict[str, list[Loan]] = defaultdict(list)
        for loan in unit.loans.of_lines(some):
            of_line[loan.line].append(loan)
        for line, loans in of_line.items():
            for loan in loans:
                missed = _first_missed(loan, loans, events.get(line, []), as_of - grace)
                if missed is not None:
                    rows.append((loan.loan_id, officers[line], loan.terms.drawn_on, missed))
    columns = list(zip(*rows, strict=True)) or [()] * len(OFFICER_LOANS)
    return pa.table(list(map(list, columns)), schema=OFFICER_LOANS)


def _first_missed(loan: Loan, loans: list[Loan], events: list[Event], until: date) -> bool | None:
    """Was something of the first payment unpaid when its grace ended? None where that day has not come."""
    due = open_loan(loan.terms).next_due()
    if due is None or due > until:
        return None
    grace = timedelta(days=int(sieve(due).number("officer.grace_days")))
    state = account(loans, events, due + grace).loans.get(loan.loan_id)
    oldest = state.oldest_due() if state else None  # no state: the loan was taken back
    return oldest is not None and oldest <= due
