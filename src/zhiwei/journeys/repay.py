"""Repay: what is due, interest to date, then principal, oldest loan first; what is too much is kept as credit."""

from dataclasses import dataclass, replace
from datetime import date

from zhiwei.journeys.ports import Books, Loan, Unit, step
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.servicing import check_day, locked_line, service, states_of, watched
from zhiwei.loans import CREDIT, Line, LoanState, Payment, over_loans, replay
from zhiwei.loans.postings import overpaid
from zhiwei.shelf import Product
from zhiwei.values import Actor, BadInput, grouped, yuan

LARGEST = 10**13  # 1000 亿 元: a larger repayment by the smallest businesses is a typing error


@dataclass(frozen=True, slots=True)
class Repaid:
    """How the amount was used, and what is left to pay."""

    line: str
    amount: str
    interest: str
    principal: str
    credit: str
    outstanding: str
    status: str


def repay(*, books: Books, by: Actor, key: str, line: str, amount: int, on: date) -> Repaid:
    """Take a repayment on the line. Partial, early, late and too much are all taken; nothing is turned away."""
    with step(books, by, "repay", key, {"line": line, "amount": amount, "on": on}) as current:
        if current.earlier is not None:
            return Repaid(**current.earlier)
        unit = current.unit
        if not 0 < amount <= LARGEST:
            raise BadInput("bad_amount", f"a repayment of {grouped(amount)} 元 is out of reason")
        check_day(books, unit, on)
        found = locked_line(unit, line, on)
        product = by_hash(unit, found.product, found.product_hash)
        before = unit.loans.of_lines([line])
        owed = {loan.loan_id: loan for loan in before}
        after, excess = pay(unit, product, before, amount, on)
        if excess:
            unit.journal.write([overpaid(line, key, on, excess, product.line.accounts)], on)
        fresh = replace(watched(found, after, product, whole_line=True), credit=found.credit + excess)
        fresh = replace(fresh, used=sum(loan.principal for loan, _ in after))
        unit.lines.save(fresh)
        principal = sum(owed[loan.loan_id].principal - loan.principal for loan, _ in after)
        current.result = {
            "line": line, "amount": yuan(amount), "interest": yuan(amount - excess - principal),
            "principal": yuan(principal), "credit": yuan(excess),
            "outstanding": yuan(sum(state.payoff for _, state in after)), "status": fresh.status,
        }  # fmt: skip
        return Repaid(**current.result)


def pay(
    unit: Unit, product: Product, loans: list[Loan], amount: int, on: date, source: str = "cash"
) -> tuple[list[tuple[Loan, LoanState]], int]:
    """Allocate over the line's loans, record the payments, post them; -> (loans with their states, what is left)."""
    ordered = sorted(loans, key=lambda loan: (loan.terms.drawn_on, loan.loan_id))
    payments = unit.loans.payments([loan.loan_id for loan in ordered])
    states = [replay(loan.terms, payments.get(loan.loan_id, ()), on) for loan in ordered]
    interest = [state.interest_billed + state.accrued for state in states]
    principal = [state.principal for state in states]
    due = [state.due(on) for state in states]
    parts = over_loans(min(amount, sum(interest) + sum(principal)), due, interest, principal)
    fresh = []
    for loan, part in zip(ordered, parts, strict=True):
        if part:
            payment = Payment(on, part, source)
            earlier = payments.setdefault(loan.loan_id, [])
            fresh.append((loan.loan_id, len(earlier), payment))
            earlier.append(payment)
    unit.loans.pay(fresh)
    return service(unit, product, ordered, payments, on), amount - sum(parts)


def use_credit(unit: Unit, product: Product, line: Line, on: date) -> Line:
    """Pay what is due from the borrower's own earlier overpayment, so that nobody is late on money we hold.

    Credit that came after `on` waits for the close of its own day.
    """
    loans = unit.loans.of_lines([line.line_id])
    latest = unit.days.latest_event(line.line_id)
    if latest and latest > on:
        unit.loans.save(replace(loan, next_on=min(loan.next_on, latest)) for loan in loans if loan.next_on)
        return line
    due = sum(state.due(on) for _, state in states_of(unit, loans, on))
    amount = min(line.credit, due)
    if not amount:
        return line
    after, left = pay(unit, product, loans, amount, on, CREDIT)
    used = sum(loan.principal for loan, _ in after)
    return replace(watched(line, after, product, whole_line=True), credit=line.credit - amount + left, used=used)
