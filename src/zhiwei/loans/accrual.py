"""What a loan has earned by a day without anything happening to it: a closed form, for one loan and for a million.

A loan nobody touches is a straight line: fixed claims, plus numerators that grow by the same step each day. The day
close adds up the whole book from a few columns and rewrites no row; replaying a loan's events gives the same numbers.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from zhiwei.loans.loan import LoanState
from zhiwei.loans.terms import RATE_SCALE
from zhiwei.values import DayCount, Rounding

COUNTS = tuple(DayCount)
ROUNDINGS = tuple(Rounding)
NO_CAP = 2**62
_HALF = 2**18
Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Receivable:
    """Unpaid interest of a loan in 分: `interest` and `penalty` (with compound) on the books, or all `off` them."""

    interest: int = 0
    penalty: int = 0
    off: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """min(cap, round((n + slope x day count from `since`) / denominator)) - less."""

    since: date
    n: int
    slope: int
    less: int = 0
    cap: int = NO_CAP


@dataclass(frozen=True, slots=True)
class Running:
    """A loan's interest from `as_of` on, until something happens to it: billed, growing, and growing on late claims."""

    as_of: date
    off_balance: bool
    billed: int
    interest: Growth
    penal: tuple[Growth, ...]
    count: DayCount
    rounding: Rounding

    def receivable(self, on: date) -> Receivable:
        """At the end of a day not before `as_of`."""
        interest = self.billed + self._grown(self.interest, on)
        penalty = sum(self._grown(growth, on) for growth in self.penal)
        return Receivable(off=interest + penalty) if self.off_balance else Receivable(interest, penalty)

    def _grown(self, growth: Growth, on: date) -> int:
        n = growth.n + growth.slope * self.count.parts(growth.since, on) if growth.slope else growth.n
        return min(growth.cap, self.rounding.divide(n, self.count.denominator * RATE_SCALE)) - growth.less


def running(state: LoanState) -> Running:
    """The closed form of a loan's state, good until its next event or due date."""
    interest, late = state.terms.interest, state.terms.late
    cap = state.rows[state.next_row].interest if state.whole else NO_CAP
    regular = Growth(state.counted_to, state.n, state.regular * state.rate, 0, cap)
    penal = []
    for claim in state.claims:
        past = (state.as_of - claim.due_on).days
        if past > late.grace_days or past == late.grace_days == 0:  # grace that ends is a day on which to look again
            penal.append(
                Growth(claim.counted_to, claim.penalty_n, claim.principal * state.penalty_rate, claim.penalty_paid)
            )
            if late.compound:
                slope = claim.interest * state.penalty_rate
                penal.append(Growth(claim.counted_to, claim.compound_n, slope, claim.compound_paid))
    return Running(
        state.as_of, not state.on_balance, state.interest_billed, regular,
        tuple(growth for growth in penal if growth.n or growth.slope), interest.day_count, interest.rounding,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Growths:
    """Columns of many Growth of one day count and rounding; `since` as proleptic ordinals.

    A numerator is `whole` x denominator + `part`, so that every product below fits 64 bits.
    """

    since: Column
    whole: Column
    part: Column
    slope: Column
    less: Column
    cap: Column

    def grown(self, on: date, count: DayCount, rounding: Rounding) -> Column:
        """What each has grown to at the end of a day (or at its own `since` where that is later), in 分."""
        denominator = count.denominator * RATE_SCALE
        days = _counts(self.since, on, count)
        step, rest = np.divmod(self.slope, denominator)
        high, low = np.divmod(rest, _HALF)  # of Act/Act, the product of a rest and five years' days needs 65 bits
        over, high = np.divmod(high * days, denominator)
        part = self.part + high * _HALF + low * days
        counted = self.whole + step * days + over * _HALF + _divided(part, denominator, rounding)
        grown: Column = np.minimum(counted, self.cap) - self.less
        return grown


def split_numerator(n: int, count: DayCount) -> tuple[int, int]:
    """A numerator as (whole 分, the rest)."""
    return divmod(n, count.denominator * RATE_SCALE)


def _counts(since: Column, on: date, count: DayCount) -> Column:
    starts, place = np.unique(since, return_inverse=True)
    found = [max(0, count.parts(date.fromordinal(int(start)), on)) if start < on.toordinal() else 0 for start in starts]
    return np.array(found, dtype=np.int64)[place]


def _divided(part: Column, denominator: int, rounding: Rounding) -> Column:
    """Non-negative numerators divided, by the product's rounding."""
    whole, rest = np.divmod(part, denominator)
    match rounding:
        case Rounding.HALF_UP:
            up = 2 * rest >= denominator
        case Rounding.HALF_EVEN:
            up = (2 * rest > denominator) | ((2 * rest == denominator) & (whole % 2 == 1))
        case Rounding.UP:
            up = rest > 0
        case _:
            up = np.zeros(len(rest), dtype=bool)
    return whole + up
