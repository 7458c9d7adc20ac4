"""Borrowers of the town: pure, never beyond the line, and each kind pays as its kind does."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.economy import Business, Draw, LineView, Repay, acts, build_town, follow
from zhiwei.economy.behaviour import MOST_TOO_MUCH, STEP

START = date(2025, 1, 31)


@cache
def people() -> tuple[Business, ...]:
    return build_town(seed=5, businesses=100, until=START, months=6).businesses


def business(kind: str, **changes: object) -> Business:
    return replace(next(b for b in people() if b.kind == kind), **changes)


def view(**changes: object) -> LineView:
    idle = LineView(
        limit=500_000_00,
        available=500_000_00,
        principal=0,
        interest_due=0,
        payoff=0,
        due_on=None,
        days_past_due=0,
        frozen=False,
    )
    return replace(idle, **changes)


def days(count: int, start: date = START) -> list[date]:
    return [start + timedelta(days=n) for n in range(count)]


@dataclass
class Life:
    draws: int = 0
    repayments: int = 0
    worst: int = 0  # days past due
    owed: int = 0  # principal at the end


def live(who: Business, seed: int, count: int = 365) -> Life:
    """A toy line at 12 % (360 days), billed on the 21st, frozen past 30 days; checks every act on the way."""
    limit, principal, accrued, billed, missed, life = 300_000_00, 0, 0.0, 0, None, Life()
    for on in days(count):
        accrued += principal * 0.12 / 360
        if on.day == 21 and int(accrued):
            billed, missed = int(accrued), missed or on
        late = (on - missed).days if missed else 0
        payoff = principal + int(accrued)
        seen = LineView(limit, limit - principal, principal, billed, payoff, missed, late, late > 30)
        for act in acts(who, seen, on, seed):
            if isinstance(act, Draw):
                assert 0 < act.amount <= seen.available
                assert not seen.frozen
                principal, life.draws = principal + act.amount, life.draws + 1
            else:
                assert 0 < act.amount <= payoff + MOST_TOO_MUCH
                interest = min(act.amount, int(accrued))
                accrued, billed = accrued - interest, max(0, billed - interest)
                principal -= min(principal, act.amount - interest)
                missed = missed if billed else None
                life.repayments += 1
        life.worst = max(life.worst, late)
    life.owed = principal
    return life


def test_sound_ones_draw_repay_and_are_never_late() -> None:
    lives = [live(b, seed) for seed in (1, 2) for b in people() if b.kind == "sound"]
    assert max(life.worst for life in lives) == 0
    assert sum(life.draws for life in lives) > 3 * len(lives)
    assert sum(life.repayments for life in lives) > sum(life.draws for life in lives) / 2


def test_weak_ones_are_late_and_then_pay() -> None:
    lives = [live(b, seed) for seed in (1, 2) for b in people() if b.kind == "weak"]
    assert 3 <= max(life.worst for life in lives) <= 40
    assert sum(life.worst >= 3 for life in lives) > len(lives) / 2


def test_failing_ones_fall_silent_before_the_end() -> None:
    end = START + timedelta(days=200)
    who = business("failing", failed_on=end)
    silent = follow(who, 1).silent_from
    assert silent is not None
    assert 25 <= (end - silent).days <= 45
    due = view(principal=100_000_00, interest_due=900_00, payoff=100_900_00, due_on=START)
    assert any(acts(who, due, on, 1) for on in days((silent - START).days))
    assert not any(acts(who, due, on, 1) for on in days(90, silent))


def test_cheats_take_all_and_half_never_pay() -> None:
    cheats = [(b, seed) for seed in range(30) for b in people() if b.kind == "cheat"]
    lives = [live(b, seed, 120) for b, seed in cheats]
    assert all(life.draws == 1 and life.owed == 300_000_00 for life in lives)
    never = sum(life.repayments == 0 for life in lives) / len(lives)
    assert 0.4 < never < 0.6
    for (who, seed), life in zip(cheats, lives, strict=True):
        assert (life.repayments > 0) is follow(who, seed).pays


def test_interest_is_paid_on_its_day_and_not_before() -> None:
    who, due_on = business("sound"), date(2024, 2, 29)
    owing = view(available=0, principal=10_000_00, interest_due=100_00, payoff=10_100_00, due_on=due_on)
    assert acts(who, owing, due_on, 1) == (Repay(100_00),)
    assert Repay(100_00) not in acts(who, owing, due_on - timedelta(days=1), 1)
    with_principal = replace(owing, principal_due=10_000_00)
    assert acts(who, with_principal, due_on, 1) == (Repay(10_100_00),)


def test_a_matured_line_is_paid_off() -> None:
    matured = view(available=0, principal=10_000_00, payoff=10_003_00, days_past_due=1)
    assert acts(business("sound"), matured, START, 1) == (Repay(10_003_00),)


def test_draws_are_whole_thousands_within_the_appetite() -> None:
    who = business("sound")
    drawn = [act.amount for on in days(2_000) for act in acts(who, view(), on, 1)]
    assert 20 < len(drawn) < 120
    assert all(amount % STEP == 0 for amount in drawn)
    assert min(drawn) >= 0.2 * 500_000_00 - STEP
    assert max(drawn) <= 0.6 * 500_000_00


@pytest.mark.parametrize("kind", ["sound", "weak", "failing", "cheat"])
@pytest.mark.parametrize("shut", [{"frozen": True}, {"available": 0}, {"available": STEP - 1}, {"days_past_due": 4}])
def test_no_draw_from_a_shut_line(kind: str, shut: dict[str, object]) -> None:
    closed = view(**shut)
    assert not any(acts(business(kind, failed_on=None), closed, on, 1) for on in days(200))


def test_the_order_of_calls_does_not_matter() -> None:
    asked = [(b, on) for b in people()[:20] for on in days(60)]
    busy = view(available=200_000_00, principal=300_000_00, payoff=301_000_00)
    forward = {(b.party_id, on): acts(b, busy, on, 9) for b, on in asked}
    backward = {(b.party_id, on): acts(b, busy, on, 9) for b, on in reversed(asked)}
    assert forward == backward
    assert forward != {(b.party_id, on): acts(b, busy, on, 10) for b, on in asked}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_act_exceeds_the_line(data: st.DataObject) -> None:
    money = st.integers(0, 10**12)
    who = data.draw(st.sampled_from(people()))
    on = data.draw(st.dates(date(2024, 2, 28), date(2027, 12, 31)))
    principal, available, interest = data.draw(money), data.draw(money), data.draw(st.integers(0, 10**9))
    seen = LineView(
        limit=principal + available,
        available=available,
        principal=principal,
        interest_due=interest,
        payoff=principal + interest,
        due_on=data.draw(st.none() | st.dates(on - timedelta(days=60), on + timedelta(days=60))),
        days_past_due=data.draw(st.integers(0, 400)),
        frozen=data.draw(st.booleans()),
        principal_due=data.draw(st.integers(0, principal)),
    )
    done = acts(who, seen, on, data.draw(st.integers(0, 2**64)))
    assert len(done) <= 1
    for act in done:
        assert act.amount > 0
        if isinstance(act, Draw):
            assert act.amount <= available
            assert not seen.frozen
        else:
            assert act.amount <= seen.payoff + MOST_TOO_MUCH
