"""The straight line of a loan left alone, and the columns of the whole book, against replay one loan after another."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lives import DAY, Life, lives, visits

from zhiwei.loans import LoanState, replay
from zhiwei.loans.accrual import NO_CAP, Growth, Growths, Receivable, Running, running, split_numerator
from zhiwei.loans.events import RateChange
from zhiwei.values import DayCount, Rounding


def quiet_until(state: LoanState, life: Life) -> date:
    """The last day before something happens to a loan: an event, a due date, penalties that begin, 90 days."""
    late = state.terms.late
    days = [row.due_on for row in state.rows[state.next_row :]][:1] + [event.value_date for event in life.events]
    days += [event.until for event in life.events if type(event) is RateChange and event.until]
    days += [terms.drawn_on for _, terms in life.contracts]
    for claim in state.claims:
        days += [claim.due_on, claim.due_on + DAY * (late.grace_days + 1), claim.due_on + DAY * (late.off_balance + 1)]
    return min((day for day in days if day > state.as_of), default=state.as_of + DAY * 400) - DAY


def owned(state: LoanState) -> Receivable:
    """Interest and penalties by replay: on the books until the loan is too late, then off them."""
    owed = state.balances
    if state.written_off or state.days_past_due() > state.terms.late.off_balance:
        return Receivable(off=owed.interest + owed.penalty)
    return Receivable(owed.interest, owed.penalty)


@given(lives(), st.data())
def test_a_loan_left_alone_is_a_straight_line(life: Life, data: st.DataObject) -> None:
    """The closed form of an evening gives every later evening until something happens."""
    for on in visits(data.draw, life)[:6]:
        for name, state in replay(life.contracts, life.events, on).loans.items():
            line, last = running(state), quiet_until(state, life)
            later = {on, last, *(on + (last - on) * part // 10 for part in data.draw(st.lists(st.integers(0, 10))))}
            for day in later:
                assert line.receivable(day) == owned(replay(life.contracts, life.events, day).loans[name]), (name, day)


numbers = st.integers(0, 2**62 // 10**4)


@given(
    st.sampled_from(DayCount), st.sampled_from(Rounding), st.dates(date(1995, 1, 1), date(2060, 1, 1)),
    st.lists(
        st.tuples(
            st.dates(date(2000, 1, 1), date(2040, 1, 1)), numbers, st.integers(0, 2**63 // 3) | st.integers(0, 10**6),
            st.integers(0, 10**6), st.just(NO_CAP) | st.integers(0, 10**9),
        ),
        min_size=1, max_size=8,
    ),
)  # fmt: skip
def test_columns_give_what_each_loan_gives(
    count: DayCount, rounding: Rounding, on: date, rows: list[tuple[date, int, int, int, int]]
) -> None:
    """The book in columns against one loan after another, to the largest slope that terms allow and for decades."""
    growths = [Growth(since, n, slope, less, cap) for since, n, slope, less, cap in rows]
    stored = [(g.since.toordinal(), *split_numerator(g.n, count), g.slope, g.less, g.cap) for g in growths]
    columns = Growths(*np.array(stored, dtype=np.int64).T)
    one_by_one = [
        Running(on, False, 0, growth, (), count, rounding).receivable(max(on, growth.since)).interest
        for growth in growths
    ]
    assert columns.grown(on, count, rounding).tolist() == one_by_one
