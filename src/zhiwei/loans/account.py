"""A line's loans together, as a pure function of their events: payments meet all of them, and credit is the line's."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from zhiwei.loans.changes import RateReturns, change, prepay, record, renew
from zhiwei.loans.events import Event, Payment, RateChange, Refund, Renewal, effective
from zhiwei.loans.loan import (
    CASH,
    COMPOUND,
    CREDIT,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    RENEWAL,
    Balances,
    LoanState,
    Movement,
    open_loan,
)
from zhiwei.loans.terms import LoanTerms


@dataclass(slots=True)
class Account:
    """State of a line's loans at the end of `as_of`. `credit` is the borrower's money that nothing has taken, in 分.

    `movements` are the line's own: overpaid (kept for the borrower), refunded. A credit below zero is owed by the
    borrower: money was paid back to it that a reversed payment had brought.
    """

    as_of: date = date.min
    loans: dict[str, LoanState] = field(default_factory=dict)
    credit: int = 0
    movements: list[Movement] = field(default_factory=list)
    used: dict[str, list[int]] = field(default_factory=dict)  # payment received -> what it paid, by bucket
    waiting: list[tuple[str, LoanTerms]] = field(default_factory=list)  # not yet drawn, the next one last

    # --- days pass --------------------------------------------------------------------------------------------------

    def advance(self, to: date) -> None:
        while self.waiting and self.waiting[-1][1].drawn_on <= to:
            name, terms = self.waiting.pop()
            self._run(terms.drawn_on)
            self.loans[name] = open_loan(terms)
        self._run(to)

    def _run(self, to: date) -> None:
        while self.credit > 0:  # our debt to the borrower pays its debts to us on the day they fall due
            dues = [due for loan in self.loans.values() if (due := loan.falls_due()) and due <= to]
            if not dues:
                break
            self._to(min(dues))
            self.use_credit()
        self._to(to)

    def _to(self, day: date) -> None:
        for loan in self.loans.values():
            loan.advance(day)
        self.as_of = max(self.as_of, day)

    # --- money ------------------------------------------------------------------------------------------------------

    def pay(self, payment: Payment, source: str = CASH) -> None:
        """What is due on every loan first, oldest loan first; then interest to date and principal; then credit."""
        left, parts = payment.amount, {}
        if self.credit < 0 and source == CASH:
            left -= self._keep(min(left, -self.credit))
        loans = self._addressed(payment.loan)
        for name, loan in loans:
            parts[name] = [0] * 5
            left -= loan.pay_claims(left, parts[name], self.as_of)
            if loan.regular and loan.terms.matures_on and any(parts[name]):
                loan.ask_to_date()
        takers = [] if source == CREDIT else [one for one in loans if payment.prepay or one[1].terms.matures_on]
        if left:
            for name, loan in takers:
                if left and loan.regular:
                    loan.ask_to_date()
                left -= loan.pay_claims(left, parts[name], date.max)
        for name, loan in takers:
            if left and loan.regular:
                left -= prepay(loan, left, parts[name])
        for name, loan in loans:
            record(loan, parts[name], source)
        if source == CASH:
            self.used[payment.event_id] = [sum(column) for column in zip(*parts.values(), strict=True)] or [0] * 5
        if source == CREDIT:
            self.credit -= payment.amount - left
        elif left:
            self._keep(left)

    def _addressed(self, name: str) -> list[tuple[str, LoanState]]:
        if name:
            return [(name, self.loans[name])] if name in self.loans else []
        return [(key, loan) for key, loan in self.loans.items() if not loan.settled]

    def _keep(self, amount: int, source: str = CASH) -> int:
        self.credit += amount
        self.movements.append(Movement("overpaid", self.as_of, source=source, cash=amount))
        return amount

    def use_credit(self) -> None:
        """Pay what is due from the borrower's own money, so that nobody is late on money we hold."""
        due = sum(loan.due(self.as_of) for loan in self.loans.values())
        if due and self.credit > 0:
            self.pay(Payment("", self.as_of, amount=min(self.credit, due)), CREDIT)

    def paid(self) -> Balances:
        """What all payments together paid of the loans' debts."""
        sums = [sum(column) for column in zip(*self.used.values(), strict=True)] or [0] * 5
        return Balances(sums[PRINCIPAL], sums[INTEREST], sums[PENALTY] + sums[COMPOUND], sums[FEE])

    # --- what else happens --------------------------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """One event on its own day. What does not fit the state any more (a loan already settled) changes nothing."""
        match event:
            case Payment():
                self.pay(event)
            case Refund():
                self.credit -= event.amount
                self.movements.append(Movement("refunded", self.as_of, cash=event.amount))
            case Renewal():
                self._renew(event)
            case _:
                for _, loan in self._addressed(event.loan):
                    if not loan.transferred:
                        change(loan, event)
        if self.credit > 0:
            self.use_credit()

    def _renew(self, event: Renewal) -> None:
        loan = self.loans.get(event.loan)
        owing = loan if loan and not (loan.written_off or loan.transferred) else None
        if left := event.amount - (renew(owing, event.amount) if owing else 0):
            self._keep(left, RENEWAL)


def replay(contracts: Iterable[tuple[str, LoanTerms]], events: Iterable[Event], as_of: date) -> Account:
    """The account at the end of `as_of`, whatever the order in which loans and events are given."""
    ordered, gone = effective(events)
    waiting = [(name, terms) for name, terms in contracts if name not in gone and terms.drawn_on <= as_of]
    waiting.sort(key=lambda one: (one[1].drawn_on, one[0]), reverse=True)
    account = Account(waiting=waiting)
    for event in _with_ends(ordered):
        if event.value_date > as_of:
            break
        account.advance(event.value_date)
        account.apply(event)
    account.advance(as_of)
    return account


def replay_loan(terms: LoanTerms, events: Iterable[Event], as_of: date) -> LoanState:
    """A line of one loan, for whoever looks at that loan alone."""
    return replay([("", terms)], events, as_of).loans[""]


def _with_ends(ordered: list[Event]) -> list[Event]:
    ends: list[Event] = [
        RateReturns(event.event_id, event.until, event.loan)
        for event in ordered
        if type(event) is RateChange and event.until
    ]
    if not ends:
        return ordered
    return sorted([*ends, *ordered], key=lambda event: event.value_date)  # stable: an end comes first on its day
