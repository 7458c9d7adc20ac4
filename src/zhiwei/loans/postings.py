"""A loan's movements as drafts of journal entries: which accounts, which side; whose money is `funding`'s word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date

from zhiwei.ledger.journal import Entry, Posting
from zhiwei.loans.loan import CREDIT, RENEWAL, Movement

__all__ = ["Accounts", "Draft", "Entry", "Leg", "drafts", "line_entry"]  # readers of the journal know `Entry` from here


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account of the chart each role of a product's entries is booked to (`[accounts]` in loans.toml)."""

    cash: str = "cash"
    principal: str = "loan_principal"
    interest: str = "interest_receivable"
    income: str = "interest_income"
    credit: str = "customer_credit"
    penalty: str = "penalty_receivable"
    penalty_income: str = "penalty_income"
    fee: str = "fee_receivable"
    fee_income: str = "fee_income"
    allowance: str = "loan_loss_allowance"
    impairment: str = "impairment_loss"
    clearing: str = "renewal_clearing"
    transfer_result: str = "transfer_result"
    off_balance: str = "off_balance_interest"
    off_balance_contra: str = "off_balance_contra"
    claims: str = "written_off_claims"
    claims_contra: str = "written_off_contra"

    @classmethod
    def roles(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, slots=True)
class Leg:
    """A change of `account`, balanced on `against`. `before` is the running amount that funders' parts are taken of."""

    account: str
    against: str
    before: int
    change: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is shared among funders. `held_for_customer`: the borrower's own money, held by us, paid."""

    kind: str
    loan: str
    value_date: date
    legs: tuple[Leg, ...]
    held_for_customer: str = ""


def drafts(loan: str, movements: Iterable[Movement], accounts: Accounts) -> Iterator[Draft]:
    """The entries of a loan's movements, in order; interest that is only asked for moves nothing and has none."""
    for movement in movements:
        if movement.kind != "billed" and (legs := tuple(leg for leg in _legs(movement, accounts) if leg.change)):
            own = accounts.credit if movement.source == CREDIT else ""
            yield Draft(movement.kind, loan, movement.value_date, legs, own)


def _legs(move: Movement, to: Accounts) -> tuple[Leg, ...]:
    before = move.before
    match move.kind:
        case "drawn":
            return (Leg(to.principal, to.clearing if move.source == RENEWAL else to.cash, 0, move.principal),)
        case "repaid":
            principal = Leg(to.principal, to.cash, before.principal, -move.principal)
            return (principal, *_receivables(move, to, (to.cash, to.cash, to.cash)))
        case "recovered":
            principal = Leg(to.allowance, to.cash, before.principal, -move.principal)
            claim = Leg(to.claims, to.claims_contra, before.principal, -move.principal)
            return (principal, claim, *_receivables(move, to, (to.cash, to.cash, to.cash)))
        case "charged":
            return (Leg(to.fee, to.fee_income, before.charged, move.fee),)
        case "waived":
            return _receivables(move, to, (to.income, to.penalty_income, to.fee_income))
        case "capitalised":
            principal = Leg(to.principal, to.cash, before.principal, move.principal)
            return (principal, *_receivables(move, to, (to.cash, to.cash, to.cash)))
        case "renewed":
            return (Leg(to.principal, to.clearing, before.principal, -move.principal),)
        case "written_off":
            return (
                Leg(to.principal, to.allowance, before.principal, -move.principal),
                Leg(to.claims, to.claims_contra, 0, move.principal),
            )
        case "claim_sold":
            claim = Leg(to.claims, to.claims_contra, before.principal, -move.principal)
            fee = Leg(to.fee, to.allowance, -before.fee, -move.fee)
            return (Leg(to.cash, to.allowance, 0, move.cash), claim, fee)
        case "transferred":
            result = to.transfer_result
            principal = Leg(to.principal, result, before.principal, -move.principal)
            receivables = _receivables(move, to, (result, result, result))
            return (Leg(to.cash, result, 0, move.cash), principal, *receivables)
    raise ValueError(f"no postings for a movement of kind {move.kind!r}")


def _receivables(move: Movement, to: Accounts, against: tuple[str, str, str]) -> tuple[Leg, ...]:
    """What clears receivables. Funders' parts are taken of all that was ever cleared, so no cent wanders."""
    before = move.before
    return (
        Leg(to.interest, against[0], -before.interest, -move.interest),
        Leg(to.penalty, against[1], -before.penalty, -move.penalty),
        Leg(to.fee, against[2], -before.fee, -move.fee),
    )


def line_entry(entry_id: str, number: int, line: str, movement: Movement, accounts: Accounts) -> Entry:
    """Money of the line itself: an overpayment kept for the borrower, or paid back to it; nobody's loan."""
    amount = movement.cash if movement.kind == "overpaid" else -movement.cash
    place = accounts.clearing if movement.source == RENEWAL else accounts.cash
    postings = (Posting(place, "", amount), Posting(accounts.credit, "", -amount))
    return Entry(entry_id, number, movement.kind, line, "", movement.value_date, postings)
