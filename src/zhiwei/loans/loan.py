"""One loan's state as days pass: interest counted exactly, billed when due, penalties on what is late.

Nothing is stored per day. Interest is a numerator, Σ balance x day count x rate, and money is rounded once, when it is
billed: on a due date, or earlier when a payment reaches it. What is due becomes a claim with its due date; late claims
earn penalty (on principal) and compound interest (on interest), which are functions of the day and never billed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from zhiwei.loans.schedule import Row, plan
from zhiwei.loans.terms import RATE_SCALE, Interest, LoanTerms, Repayment
from zhiwei.loans.waterfall import BUCKETS, HORIZONTAL, spread

CASH = "cash"
CREDIT = "credit"  # paid from the borrower's own earlier overpayment
RENEWAL = "renewal"  # paid by the loan that replaces this one
FEE, COMPOUND, PENALTY, INTEREST, PRINCIPAL = range(len(BUCKETS))
Owed = tuple[int, int, int, int, int]  # in BUCKETS order


@dataclass(frozen=True, slots=True)
class Balances:
    """What a loan owes at a moment, in 分: `interest` with what is not yet billed, `penalty` with compound interest."""

    principal: int = 0
    interest: int = 0
    penalty: int = 0
    fee: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.penalty + self.fee

    def __sub__(self, other: "Balances") -> "Balances":
        return Balances(
            self.principal - other.principal, self.interest - other.interest, self.penalty - other.penalty,
            self.fee - other.fee,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Principal outstanding; interest, penalty and fees cleared so far; fees charged so far. Funders' parts follow."""

    principal: int = 0
    interest: int = 0
    penalty: int = 0
    fee: int = 0
    charged: int = 0


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened in money, in order; `before` is the loan's tally just before.

    `kind`: drawn, billed (interest asked for; nothing moves), repaid, recovered (of a loan written off), charged,
    waived, capitalised, renewed, written_off, transferred, claim_sold; of a line overpaid, refunded. `cash` is a price
    or an amount of the line's own, where it is not the sum of the parts.
    """

    kind: str
    value_date: date
    principal: int = 0
    interest: int = 0
    penalty: int = 0
    fee: int = 0
    source: str = CASH
    before: Tally = Tally()
    cash: int = 0


@dataclass(slots=True)
class Claim:
    """What fell due on one day and is not yet paid. Numerators count penalties up to `counted_to`."""

    due_on: date
    principal: int = 0
    interest: int = 0
    fee: int = 0
    counted_to: date = date.min
    penalty_n: int = 0
    compound_n: int = 0
    penalty_paid: int = 0
    compound_paid: int = 0
    technical: bool = False


@dataclass(slots=True)
class LoanState:
    """State at the end of `as_of`: `regular` is principal not yet due, `n` the numerator of interest not yet billed."""

    terms: LoanTerms
    as_of: date
    regular: int
    repayment: Repayment
    rows: Sequence[Row]
    annual_rate: Decimal
    rate: int = 0  # of principal not due, per year, in 1 / RATE_SCALE
    penalty_rate: int = 0
    denominator: int = 1  # of every numerator
    next_row: int = 0
    rows_passed: int = 0  # due dates behind us, whatever plan they were of
    n: int = 0
    counted_to: date = date.min
    whole: bool = False  # this period was not broken: it costs exactly its planned interest
    misused: bool = False
    written_off: bool = False
    transferred: bool = False
    rates: list[tuple[date | None, Decimal]] = field(default_factory=list)  # changes of it: until when, and to what
    claims: list[Claim] = field(default_factory=list)
    tally: Tally = Tally()
    movements: list[Movement] = field(default_factory=list)

    @property
    def principal(self) -> int:
        return self.tally.principal

    @property
    def accrued(self) -> int:
        """Interest since the last bill, as it would be billed today."""
        return self.interest_to(self.as_of)

    @property
    def interest_billed(self) -> int:
        return sum(claim.interest for claim in self.claims)

    @property
    def balances(self) -> Balances:
        owed = [self.owed(claim, self.as_of) for claim in self.claims]
        return Balances(
            self.principal,
            self.accrued + sum(one[INTEREST] for one in owed),
            sum(one[PENALTY] + one[COMPOUND] for one in owed),
            sum(one[FEE] for one in owed),
        )

    @property
    def payoff(self) -> int:
        """What settles the loan today, without a fee for prepaying it."""
        return self.balances.total

    @property
    def settled(self) -> bool:
        return not self.regular and not self.claims

    def due(self, on: date) -> int:
        """What is payable by the end of `on`."""
        return sum(sum(self.owed(claim, on)) for claim in self.claims if claim.due_on <= on)

    @property
    def matures_on(self) -> date:
        return self.rows[-1].due_on

    def next_due(self) -> date | None:
        """The next day on which the plan asks for something."""
        return self.rows[self.next_row].due_on if self.next_row < len(self.rows) else None

    def falls_due(self) -> date | None:
        """The next day on which something falls due: by the plan, or asked for early."""
        days = [claim.due_on for claim in self.claims if claim.due_on > self.as_of]
        return min([*days, due] if (due := self.next_due()) else days, default=None)

    def oldest_due(self) -> date | None:
        """Due date of the oldest unpaid amount that has fallen due, if any."""
        return self.claims[0].due_on if self.claims and self.claims[0].due_on <= self.as_of else None

    def days_past_due(self) -> int:
        """0 on the due date itself; 1 on the next day."""
        oldest = self.oldest_due()
        return (self.as_of - oldest).days if oldest else 0

    @property
    def technical(self) -> bool:
        """All that is overdue is so for a technical reason."""
        late = [claim for claim in self.claims if claim.due_on < self.as_of]
        return bool(late) and all(claim.technical for claim in late)

    @property
    def on_balance(self) -> bool:
        """Whether unpaid interest is an asset: not past `off_balance` days, nor when the loan is written off."""
        return not self.written_off and self.days_past_due() <= self.terms.late.off_balance

    def interest_to(self, on: date) -> int:
        """Interest from the last bill to a day: by days; a whole month never costs more than the month's interest."""
        if not self.regular:
            return 0
        interest = self.terms.interest
        n = self.n + self.regular * self.rate * interest.day_count.parts(self.counted_to, on)
        counted = interest.rounding.divide(n, self.denominator)
        if self.whole:
            row = self.rows[self.next_row]
            return row.interest if on >= row.due_on else min(counted, row.interest)
        return counted

    def owed(self, claim: Claim, on: date) -> Owed:
        penalty, compound = self.penalties(claim, on)
        return claim.fee, compound, penalty, claim.interest, claim.principal

    def penalties(self, claim: Claim, on: date) -> tuple[int, int]:
        """Unpaid penalty and compound interest of a claim; nothing of it within the days of grace."""
        late = self.terms.late
        if not (claim.principal or claim.penalty_n or (late.compound and (claim.interest or claim.compound_n))):
            return 0, 0
        if (on - claim.due_on).days <= late.grace_days:
            return 0, 0
        interest = self.terms.interest
        days = interest.day_count.parts(claim.counted_to, on) * self.penalty_rate
        penalty = interest.rounding.divide(claim.penalty_n + claim.principal * days, self.denominator)
        if not late.compound:
            return penalty - claim.penalty_paid, 0
        compound = interest.rounding.divide(claim.compound_n + claim.interest * days, self.denominator)
        return penalty - claim.penalty_paid, compound - claim.compound_paid

    def advance(self, to: date) -> None:
        """Bill every due date up to and including `to`."""
        while self.next_row < len(self.rows) and self.rows[self.next_row].due_on <= to:
            self._fall_due(self.rows[self.next_row])
        self.as_of = max(self.as_of, to)

    def _fall_due(self, row: Row) -> None:
        self.as_of = row.due_on
        interest = self.interest_to(row.due_on)
        last = self.next_row == len(self.rows) - 1
        principal = self.regular if last else min(row.principal, self.regular)
        self.count_to(row.due_on)
        self._ask(row.due_on, interest)
        if principal:
            self.claim_on(row.due_on).principal += principal
            self.regular -= principal
        self.next_row += 1
        self.rows_passed += 1
        self.whole = self.next_row < len(self.rows) and self.rows[self.next_row].full and not self.misused
        if not self.regular:
            self.n = 0

    def count_to(self, on: date) -> None:
        if on > self.counted_to:
            self.n += self.regular * self.rate * self.terms.interest.day_count.parts(self.counted_to, on)
            self.counted_to = on

    def _ask(self, due_on: date, interest: int) -> None:
        """A bill of nothing (all below half a 分) leaves its numerator waiting."""
        if interest:
            self.claim_on(due_on).interest += interest
            self.movements.append(Movement("billed", self.as_of, interest=interest))
            self.n = 0

    def claim_on(self, due_on: date) -> Claim:
        """The claim of a due date, made where there is none; claims stay in order of their dates."""
        place = len(self.claims)
        while place and self.claims[place - 1].due_on >= due_on:
            place -= 1
            if self.claims[place].due_on == due_on:
                return self.claims[place]
        claim = Claim(due_on, counted_to=due_on)
        self.claims.insert(place, claim)
        return claim

    def ask_to_date(self) -> None:
        """Bill interest to date. It stays payable on the next due date: an early payer is never made late."""
        interest = self.interest_to(self.as_of)
        self.count_to(self.as_of)
        self._ask(self.next_due() or self.as_of, interest)
        self.whole = self.whole and not self.n and self.rows[self.next_row].starts_on == self.as_of

    def count_claim(self, claim: Claim) -> None:
        """Bring a claim's penalties to today, before something changes what they are counted on."""
        on = self.as_of
        if on <= claim.counted_to:
            return
        days = self.terms.interest.day_count.parts(claim.counted_to, on) * self.penalty_rate
        claim.penalty_n += claim.principal * days
        if self.terms.late.compound:
            claim.compound_n += claim.interest * days
        claim.counted_to = on

    def pay_claims(self, amount: int, parts: list[int], due_by: date) -> int:
        """Pay claims due by a day in the product's order; `parts` gathers by bucket; -> what was used."""
        count = len(self.claims)
        while count and self.claims[count - 1].due_on > due_by:
            count -= 1
        if not count or not amount:
            return 0
        order = self.terms.allocation.order(self.days_past_due())
        left, paid = amount, 0
        # Finishing one claim before the next, there is no need to know what the later ones owe.
        groups = ((claim,) for claim in self.claims[:count]) if order.mode == HORIZONTAL else (self.claims[:count],)
        for group in groups:
            shares = spread(left, [self.owed(claim, self.as_of) for claim in group], order)
            for claim, share in zip(group, shares, strict=True):
                if taken := sum(share):
                    left -= taken
                    self.pay_claim(claim, share)
                    for bucket, part in enumerate(share):
                        parts[bucket] += part
            paid += len(group)
            if not left:
                break
        self.claims[:paid] = [claim for claim in self.claims[:paid] if self._asks(claim)]
        return amount - left

    def pay_claim(self, claim: Claim, share: Sequence[int]) -> None:
        fee, compound, penalty, interest, principal = share
        if (self.as_of - claim.due_on).days <= self.terms.late.grace_days:
            # What is paid within the days of grace costs nothing, nor did it when a change of rate counted it.
            claim.penalty_n -= principal and claim.penalty_n // claim.principal * principal
            claim.compound_n -= interest and claim.compound_n // claim.interest * interest
        elif interest or principal:
            self.count_claim(claim)
        claim.fee -= fee
        claim.compound_paid += compound
        claim.penalty_paid += penalty
        claim.interest -= interest
        claim.principal -= principal

    def drop_paid(self) -> None:
        self.claims = [claim for claim in self.claims if self._asks(claim)]

    def _asks(self, claim: Claim) -> bool:
        return bool(claim.principal or claim.interest or claim.fee) or any(self.penalties(claim, self.as_of))

    def record(self, movement: Movement) -> None:
        """Keep a movement and bring the tally up to date with it."""
        tally = self.tally
        principal = {"drawn": 1, "capitalised": 1, "charged": 0}.get(movement.kind, -1) * movement.principal
        charged = movement.kind == "charged"
        self.movements.append(movement)
        self.tally = Tally(
            tally.principal + principal, tally.interest + movement.interest, tally.penalty + movement.penalty,
            tally.fee + (0 if charged else movement.fee), tally.charged + (movement.fee if charged else 0),
        )  # fmt: skip

    def prepay(self, amount: int, parts: list[int]) -> int:
        """Principal not yet due is repaid; the rest of the period is counted by days. -> what was used."""
        used = min(amount, self.regular)
        if used:
            self.count_to(self.as_of)
            self.whole = False
            self.regular -= used
            parts[PRINCIPAL] += used
        if not self.regular:
            self.n, self.next_row = 0, len(self.rows)  # less than half a 分 remained; it is forgiven
        return used

    def set_rate(self, annual_rate: Decimal) -> None:
        """Another rate from today; what was counted so far stays as it was counted."""
        self.count_to(self.as_of)
        for claim in self.claims:
            self.count_claim(claim)
        self.whole = False
        self.price(annual_rate)

    def price(self, annual_rate: Decimal) -> None:
        """What a rate means for principal not due and for what is late."""
        late = self.terms.late
        self.annual_rate = annual_rate
        self.rate = int(annual_rate * RATE_SCALE * (late.misuse if self.misused else 1))
        self.penalty_rate = int(annual_rate * RATE_SCALE * (late.misuse if self.misused else late.penalty))

    def replan(self, repayment: Repayment, matures_on: date | None, start: date) -> None:
        """Another plan for the principal not yet due; a period that had begun keeps what it has counted."""
        interest = replace(self.terms.interest, annual_rate=self.annual_rate)
        self.repayment, self.next_row = repayment, 0
        if matures_on:
            self.rows = _due_dates(start, repayment, interest.calendar, matures_on)
        else:
            self.rows = plan(self.regular, start, repayment, interest)
        fresh = start == self.as_of == self.counted_to and not self.n
        self.whole = self.rows[0].full and fresh and not self.misused


def open_loan(terms: LoanTerms) -> LoanState:
    """The loan on the day it is drawn."""
    interest = terms.interest
    if terms.matures_on:
        rows = _due_dates(terms.drawn_on, terms.repayment, interest.calendar, terms.matures_on)
    else:
        rows = plan(terms.principal, terms.drawn_on, terms.repayment, interest)
    state = LoanState(
        terms, terms.drawn_on, terms.principal, terms.repayment, rows, interest.annual_rate,
        counted_to=terms.drawn_on, denominator=interest.day_count.denominator * RATE_SCALE,
    )  # fmt: skip
    state.price(interest.annual_rate)
    state.whole = rows[0].full
    state.record(Movement("drawn", terms.drawn_on, terms.principal, source=terms.funded))
    return state


@lru_cache(maxsize=4096)
def _due_dates(start: date, repayment: Repayment, calendar: str, matures_on: date) -> tuple[Row, ...]:
    """The days on which a revolving loan's interest falls due; the amounts of such a plan mean nothing."""
    return plan(0, start, repayment, Interest(Decimal(0), calendar=calendar), matures_on)
