"""A loan's movements as drafts of journal entries: which accounts, which side; whose money is `funding`'s word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from zhiwei.ledger.journal import Entry, Posting
from zhiwei.loans.loan import CREDIT, Movement
from zhiwei.values import identifier

__all__ = ["Accounts", "Draft", "Entry", "drafts", "overpaid"]  # readers of the journal know `Entry` from here


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account each role of a product's entries is booked to (`[accounts]` in loans.toml)."""

    cash: str
    principal: str
    interest: str
    income: str
    credit: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is shared among funders: asset legs (account -> change), and the account that balances.

    `held_for_customer` names the account of the borrower's own money where that paid, else ''.
    """

    entry_id: str
    number: int
    kind: str
    loan: str
    line: str
    value_date: date
    assets: dict[str, int]
    balanced_by: str
    held_for_customer: str = ""


def drafts(line: str, loan: str, movements: Iterable[Movement], accounts: Accounts) -> Iterator[Draft]:
    """The entries of a loan's movements; a movement's place in the loan's life makes its id."""
    for number, movement in enumerate(movements):
        assets, against = _legs(movement, accounts)
        yield Draft(
            identifier("ent", loan, number), number, movement.kind, loan, line, movement.value_date, assets, against,
            accounts.credit if movement.source == CREDIT else "",
        )  # fmt: skip


def _legs(movement: Movement, accounts: Accounts) -> tuple[dict[str, int], str]:
    match movement.kind:
        case "drawn":
            return {accounts.principal: movement.principal}, accounts.cash
        case "billed":
            return {accounts.interest: movement.interest}, accounts.income
        case "repaid":
            return {accounts.interest: -movement.interest, accounts.principal: -movement.principal}, accounts.cash
    raise ValueError(f"no postings for a movement of kind {movement.kind!r}")


def overpaid(line: str, key: str, value_date: date, amount: int, accounts: Accounts) -> Entry:
    """Money above what the whole line owes: a debt of the platform to the borrower, nobody's loan."""
    postings = (Posting(accounts.cash, "", amount), Posting(accounts.credit, "", -amount))
    return Entry(identifier("ent", line, key, "overpaid"), 0, "overpaid", line, "", value_date, postings)
