"""Lending on receivables (保理): advance = min(limit, eligible x rate); a reserve is held until the debtors pay."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zhiwei.loans.instruments.policy import policy

OVERDUE, RELATED, DISPUTED, CROSS_AGED, CONCENTRATED = "overdue", "related", "disputed", "cross_aged", "concentrated"


@dataclass(frozen=True, slots=True)
class Receivable:
    """What one debtor still owes the seller on one invoice, in 分."""

    number: str
    debtor: str
    amount: int
    due_on: date
    related: bool = False
    disputed: bool = False

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a receivable is 0 or more")


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What is lent on: `rate` of the eligible; nothing more than `overdue_days` late, nor of a debtor of whose debt
    more than `cross_aged` is; of one debtor at most `debtor_share` of the eligible total.
    """

    rate: Decimal
    overdue_days: int
    cross_aged: Decimal
    debtor_share: Decimal

    def __post_init__(self) -> None:
        if self.overdue_days < 0 or any(not 0 <= s <= 1 for s in (self.rate, self.cross_aged, self.debtor_share)):
            raise ValueError("days are 0 or more, shares between 0 and 1")


def eligibility(on: date) -> Eligibility:
    """The tests in force on a day, where a product has none of its own."""
    names = ("rate", "overdue_days", "cross_aged", "debtor_share")
    rate, days, cross_aged, share = (policy(f"receivable.{name}", on) for name in names)
    return Eligibility(rate, int(days), cross_aged, share)


@dataclass(frozen=True, slots=True)
class Tested:
    """A receivable, what of it counts (分), and why not all of it does."""

    receivable: Receivable
    counted: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """The borrowing base: `advance` of `eligible` may be lent, `reserve` is held back of it (分)."""

    tested: tuple[Tested, ...]
    eligible: int
    advance: int

    @property
    def reserve(self) -> int:
        return self.eligible - self.advance


def borrowing_base(receivables: Sequence[Receivable], limit: int, tests: Eligibility, on: date) -> Base:
    """What may be out on a day against these receivables; amounts are rounded down, in the lender's favour."""
    aged = _cross_aged(receivables, tests, on)
    refused = [_refusals(one, tests, on, one.debtor in aged) for one in receivables]
    total = sum(one.amount for one, reasons in zip(receivables, refused, strict=True) if not reasons)
    room = dict.fromkeys((one.debtor for one in receivables), int(total * Fraction(tests.debtor_share)))
    counted = [0] * len(receivables)
    for place in sorted(range(len(receivables)), key=lambda i: (receivables[i].due_on, i)):  # soonest paid, first
        one = receivables[place]
        if not refused[place]:
            counted[place] = min(one.amount, room[one.debtor])
            room[one.debtor] -= counted[place]
            if counted[place] < one.amount:
                refused[place] = (CONCENTRATED,)
    tested = tuple(Tested(*parts) for parts in zip(receivables, counted, refused, strict=True))
    eligible = sum(counted)
    return Base(tested, eligible, min(limit, int(eligible * Fraction(tests.rate))))


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where a debtor's money goes, and who bears what it lacks (分)."""

    charges: int
    advance: int
    to_seller: int  # the reserve released
    kept: int
    from_seller: int  # recourse
    lost: int


def settle(paid: int, advance: int, charges: int, *, recourse: bool, held: int = 0) -> Settlement:
    """The end of an advance: `charges` (interest, fees) and the advance come first out of what was `paid`.

    With recourse the rest is returned to the seller, who answers for what lacks (民法典 766). Without it the factor
    bears what lacks and keeps the rest (767), but for the reserve `held` that the contract promised to the seller.
    """
    if min(paid, advance, charges, held) < 0:
        raise ValueError("amounts are 0 or more")
    to_charges = min(paid, charges)
    to_advance = min(paid - to_charges, advance)
    rest, lacking = paid - to_charges - to_advance, charges + advance - to_charges - to_advance
    returned = rest if recourse else min(rest, held)
    asked = lacking if recourse else 0
    return Settlement(to_charges, to_advance, returned, rest - returned, asked, lacking - asked)


def _late(one: Receivable, tests: Eligibility, on: date) -> bool:
    return (on - one.due_on).days > tests.overdue_days


def _cross_aged(receivables: Iterable[Receivable], tests: Eligibility, on: date) -> set[str]:
    """Debtors too much of whose debt is late."""
    owed: dict[str, int] = {}
    late: dict[str, int] = {}
    for one in receivables:
        owed[one.debtor] = owed.get(one.debtor, 0) + one.amount
        late[one.debtor] = late.get(one.debtor, 0) + one.amount * _late(one, tests, on)
    return {debtor for debtor, amount in owed.items() if late[debtor] > amount * Fraction(tests.cross_aged)}


def _refusals(one: Receivable, tests: Eligibility, on: date, aged: bool) -> tuple[str, ...]:
    said: Mapping[str, bool] = {
        OVERDUE: _late(one, tests, on), RELATED: one.related, DISPUTED: one.disputed, CROSS_AGED: aged,
    }  # fmt: skip
    return tuple(code for code, holds in said.items() if holds)
