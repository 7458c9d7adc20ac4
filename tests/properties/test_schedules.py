"""Plans against an oracle in exact fractions, written from the definitions and sharing no code with the plan's."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.loans.batch import annuities
from zhiwei.loans.schedule import Row, instalment, plan
from zhiwei.loans.terms import MOST_PERIODS, Every, Interest, Repayment, Unit
from zhiwei.values import DayCount, Rounding
from zhiwei.values.money import LARGEST

ACTUAL = (DayCount.ACT_360, DayCount.ACT_365, DayCount.ACT_ACT)

principals = st.one_of(st.integers(1, 100), st.integers(1, 10**12))
starts = st.dates(date(2003, 1, 1), date(2030, 12, 31))
rates = st.one_of(st.just(Decimal(0)), st.integers(0, 10**6).map(lambda micro: Decimal(micro).scaleb(-6)))
everies = st.one_of(
    st.builds(Every, st.sampled_from((1, 1, 1, 2, 3, 6, 12)), st.just(Unit.MONTH)),
    st.builds(Every, st.integers(1, 5), st.just(Unit.WEEK)),
    st.builds(Every, st.integers(1, 100), st.just(Unit.DAY)),
)
interests = st.builds(
    Interest, rates, st.sampled_from(DayCount), st.booleans(), st.sampled_from(Rounding),
    st.sampled_from(("none", "none", "weekends", "china")),
)  # fmt: skip


@st.composite
def instalments(draw: st.DrawFn, start: date, methods: tuple[str, ...]) -> Repayment:
    method, periods = draw(st.sampled_from(methods)), draw(st.integers(1, 40))
    days = draw(st.one_of(st.none(), st.integers(1, 100)))
    return Repayment(
        method, periods, draw(everies), start + timedelta(days=days) if days else None, draw(st.integers(0, 31)),
        draw(st.integers(0, periods - 1)) if method != "interest-only" else 0,
        draw(st.integers(1, 10**12)) if method == "balloon" else 0,
    )  # fmt: skip


@st.composite
def plans(
    draw: st.DrawFn, methods: tuple[str, ...] = ("annuity", "equal-principal", "interest-only", "balloon")
) -> tuple[int, date, Repayment, Interest, tuple[Row, ...]]:
    principal, start, interest = draw(principals), draw(starts), draw(interests)
    repayment = draw(instalments(start, methods))
    return principal, start, repayment, interest, plan(principal, start, repayment, interest)


def exact(interest: Interest, every: Every, first: date, last: date) -> Fraction:
    """The year from one due date to the next, where no holiday moves either and no short month clamps one."""
    if interest.full_months and every.unit is Unit.MONTH and first.day == last.day:
        return Fraction((last.year - first.year) * 12 + last.month - first.month, 12)
    if interest.day_count is DayCount.ACT_ACT:
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        return sum((Fraction(1, (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days) for day in days), Fraction(0))
    return Fraction((last - first).days, 365 if interest.day_count is DayCount.ACT_365 else 360)


def rounded(value: Fraction, rounding: Rounding) -> int:
    """By the nearest whole numbers on both sides."""
    if rounding is Rounding.HALF_EVEN:
        return round(value)
    if rounding is Rounding.HALF_UP:
        return floor(value + Fraction(1, 2))
    return floor(value) if rounding is Rounding.DOWN else ceil(value)


def level_payment(principal: int, balloon: int, years: list[Fraction], rate: Fraction) -> Fraction:
    worth, total = Fraction(1), Fraction(0)
    for year in years:
        worth /= 1 + rate * year
        total += worth
    return (principal - balloon * worth) / total


@given(plans())
def test_the_rows_repay_the_loan_and_nothing_else(
    planned: tuple[int, date, Repayment, Interest, tuple[Row, ...]],
) -> None:
    principal, _, repayment, _, rows = planned
    assert len(rows) == repayment.periods
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row.principal for row in rows) == principal
    assert min(row.principal for row in rows) >= 0
    assert min(row.interest for row in rows) >= 0
    balance = principal
    for row in rows:
        balance -= row.principal
        assert row.balance == balance
    assert balance == 0


@given(plans())
def test_the_periods_join_and_only_holidays_make_one_empty(
    planned: tuple[int, date, Repayment, Interest, tuple[Row, ...]],
) -> None:
    _, start, _, interest, rows = planned
    assert rows[0].starts_on == start
    assert all(before.due_on == after.starts_on for before, after in pairwise(rows))
    for row in rows:
        assert row.starts_on < row.due_on or interest.calendar != "none"
        assert interest.calendar == "none" or row.due_on.weekday() < 5 or interest.calendar == "china"


@given(principals, starts, rates, st.sampled_from(ACTUAL), st.booleans(), st.sampled_from(Rounding), st.data())
def test_each_amount_is_the_exact_one_rounded(
    principal: int, start: date, rate: Decimal, day_count: DayCount, full: bool, rounding: Rounding, data: st.DataObject
) -> None:
    """Interest of every row, the level payment, the balloon: to the fen, against fractions."""
    start = start.replace(day=min(start.day, 28))
    interest = Interest(rate, day_count, full, rounding)
    repayment = data.draw(instalments(start, ("annuity", "balloon", "equal-principal", "interest-only")))
    first = repayment.first_due and repayment.first_due.replace(day=28)
    repayment = replace(repayment, first_due=first if first and first > start else None, due_day=0)
    rows = plan(principal, start, repayment, interest)
    years = [exact(interest, repayment.every, row.starts_on, row.due_on) for row in rows]
    before = [principal, *(row.balance for row in rows)]
    share = Fraction(rate)
    assert [row.interest for row in rows] == [
        rounded(share * balance * year, rounding) for balance, year in zip(before[:-1], years, strict=True)
    ]
    grace = repayment.grace
    assert all(row.principal == 0 for row in rows[: min(grace, len(rows) - 1)])
    if repayment.method in ("annuity", "balloon"):
        balloon = repayment.balloon
        level = level_payment(principal, balloon, years[grace:], share)
        if grace + 1 < len(rows) and level < share * principal * years[grace]:
            grace += 1
            level = level_payment(principal, balloon, years[grace:], share)
        for row, balance in list(zip(rows, before, strict=False))[grace:-1]:
            payment = max(rounded(level, rounding), row.interest)
            assert row.payment == min(payment, balance + row.interest)


@given(starts, st.integers(1, 31), st.sampled_from(("weekends", "china")), st.booleans(), st.integers(2, 15))
def test_a_plan_continues_as_it_began(start: date, due_day: int, calendar: str, full: bool, periods: int) -> None:
    """Planned again from any of its rows, the same days fall due and the same interest, holidays or not."""
    interest = Interest(Decimal("0.06"), full_months=full, calendar=calendar)
    whole = Repayment("interest-only", periods, due_day=due_day)
    rows = plan(10**9, start, whole, interest)
    for row in rows[1:]:
        left = replace(whole, periods=periods + 1 - row.n, first_due=row.due_on)
        again = plan(10**9, row.starts_on, left, interest)
        assert [replace(later, n=later.n + row.n - 1) for later in again] == list(rows[row.n - 1 :])


@given(principals, starts, st.integers(1, 2000), st.integers(0, 31), everies, interests)
def test_a_revolving_plan_fills_the_time_to_maturity(
    principal: int, start: date, days: int, due_day: int, every: Every, interest: Interest
) -> None:
    matures = start + timedelta(days=days)
    repayment = Repayment("revolving", 0, every, due_day=due_day)
    length = every.count * {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28}[every.unit]
    if due_day and days > MOST_PERIODS * length:
        with pytest.raises(ValueError, match="at most"):
            plan(principal, start, repayment, interest, matures)
        return
    rows = plan(principal, start, repayment, interest, matures)
    assert [row.principal for row in rows] == [0] * (len(rows) - 1) + [principal]
    assert rows[0].starts_on == start
    assert rows[-1].due_on >= matures
    assert interest.calendar != "none" or rows[-1].due_on == matures
    if interest.calendar == "none" and every.unit is Unit.MONTH:
        ends = {min(due_day, monthrange(row.due_on.year, row.due_on.month)[1]) for row in rows[:-1]}
        assert all(row.due_on.day in ends for row in rows[:-1])


@given(
    principals, starts, interests, st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 9)), min_size=1, max_size=8)
)
def test_seasons_take_their_shares(
    principal: int, start: date, interest: Interest, seasons: list[tuple[int, int]]
) -> None:
    days = sorted({start + timedelta(days=days) for days, _ in seasons})
    tenths = [weight for _, weight in seasons][: len(days) - 1]
    while sum(tenths) > 10:
        tenths.pop()
    tenths += [0] * (len(days) - 1 - len(tenths))
    shares = [Decimal(tenth) / 10 for tenth in [*tenths, 10 - sum(tenths)]]
    repayment = Repayment("seasonal", len(days), seasons=tuple(zip(days, shares, strict=True)))
    rows = plan(principal, start, repayment, interest)
    assert sum(row.principal for row in rows) == principal
    for row, share in zip(rows[:-1], shares, strict=False):
        assert row.principal in (rounded(principal * Fraction(share), interest.rounding), row.principal + row.balance)


batches = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 100), st.integers(0, 10**10), st.integers(LARGEST - 100, LARGEST)),
        st.one_of(st.integers(0, 10), st.integers(0, 10**6), st.sampled_from((60_000, 120_000, 10**6))),
        st.one_of(st.integers(1, 36), st.integers(1, 400)),
    ),
    min_size=1,
    max_size=6,
)


@given(batches)
def test_a_batch_is_the_plan_to_the_fen(loans: list[tuple[int, int, int]]) -> None:
    many = annuities(*np.array(loans, dtype=np.int64).T)
    for place, (principal, micro, periods) in enumerate(loans):
        interest = Interest(Decimal(micro).scaleb(-6), full_months=True)
        rows = plan(principal, date(2024, 1, 1), Repayment("annuity", periods), interest)
        for name in ("principal", "interest", "balance"):
            one = getattr(many, name)[place].tolist()
            assert one[:periods] == [getattr(row, name) for row in rows]
            assert not any(one[periods:])
        top, bottom = instalment(principal, [micro] * periods, 12 * 10**6)
        assert many.payment[place] == rounded(Fraction(top, bottom), Rounding.HALF_UP)
