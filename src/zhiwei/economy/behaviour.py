"""What a borrower of the town does with its line on one day.

Pure: an act depends on the arguments only, never on the order of calls, so any day of any borrower can be asked alone.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from zhiwei.economy.businesses import Business
from zhiwei.economy.trades import TRADES

STEP = 1000_00  # 分: borrowers think in thousands of 元
MOST_TOO_MUCH = 50_00  # 分: how far a payment may exceed the payoff


@dataclass(frozen=True, slots=True)
class LineView:
    """What the borrower sees of its line. All amounts in 分.

    `interest_due` and `principal_due` are what `due_on` (or an earlier missed date) asks for; `payoff` is principal
    and all interest to today. A line past due that asks for neither is taken to want its payoff: it has matured.
    """

    limit: int
    available: int
    principal: int
    interest_due: int
    payoff: int
    due_on: date | None
    days_past_due: int
    frozen: bool
    principal_due: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """Ask for `amount` 分."""

    amount: int


@dataclass(frozen=True, slots=True)
class Repay:
    """Pay `amount` 分; the lender allocates it."""

    amount: int


Act = Draw | Repay


@dataclass(frozen=True, slots=True)
class Habit:
    """Lasting traits. Chances are per day; `silent_from` is the first day without any act."""

    draw_chance: float
    appetite: tuple[float, float]  # share of what is available, from..to
    repay_chance: float
    late_chance: float  # per due date
    pays: bool
    silent_from: date | None


@lru_cache(maxsize=65_536)
def follow(business: Business, seed: int) -> Habit:
    """The traits of one borrower, the same on every day."""
    rng = _dice(seed, business.party_id, 0)
    repay, quiet, honest = rng.uniform(1 / 60, 1 / 25), int(rng.integers(25, 46)), bool(rng.random() < 0.5)
    if business.kind == "cheat":
        return Habit(1.0, (1.0, 1.0), 0.0, 0.1, pays=honest, silent_from=None)
    if business.kind == "weak":
        return Habit(1 / 25, (0.4, 0.9), repay / 2, 0.25, pays=True, silent_from=None)
    silent = business.failed_on - timedelta(days=quiet) if business.failed_on else None
    return Habit(1 / 35, (0.2, 0.6), repay, 0.0, pays=True, silent_from=silent)


def acts(business: Business, view: LineView, on: date, seed: int) -> tuple[Act, ...]:
    """What the borrower does on the day: nothing, one repayment or one draw.

    Never draws more than `available` or on a frozen or overdue line; never pays more than `payoff` + MOST_TOO_MUCH.
    """
    habit = follow(business, seed)
    if habit.silent_from and on >= habit.silent_from:
        return ()
    rng = _dice(seed, business.party_id, on.toordinal())
    act = _pay(business, habit, view, on, seed) or _prepay(habit, view, rng)
    if act is None and not view.frozen and view.days_past_due == 0:
        act = _draw(business, habit, view, on, rng)
    return (act,) if act else ()


def _pay(business: Business, habit: Habit, view: LineView, on: date, seed: int) -> Act | None:
    """What is due: on its day, or some days late if the borrower is late with this due date."""
    overdue = view.days_past_due > 0
    asked = view.interest_due + view.principal_due or (view.payoff if overdue else 0)
    if not habit.pays or asked <= 0 or not (overdue or (view.due_on is not None and on >= view.due_on)):
        return None
    # Keyed by the missed due date, so that every day of the delay agrees how long it lasts.
    missed = on - timedelta(days=view.days_past_due)
    rng = _dice(seed, business.party_id, -min(missed, view.due_on or missed).toordinal())
    late = 3 + int(38 * rng.random() ** 2) if rng.random() < habit.late_chance else 0  # 3..40 days, mostly few
    return Repay(min(asked, view.payoff)) if view.days_past_due >= late else None


def _prepay(habit: Habit, view: LineView, rng: np.random.Generator) -> Act | None:
    """Some principal after some weeks; a fifth of the time all of it, and then rarely a little too much."""
    if view.principal <= 0 or view.days_past_due > 0 or rng.random() >= habit.repay_chance:
        return None
    if rng.random() < 0.2:
        return Repay(view.payoff + (int(rng.integers(1, MOST_TOO_MUCH + 1)) if rng.random() < 0.05 else 0))
    part = int(view.principal * rng.uniform(0.2, 0.6)) // STEP * STEP
    return Repay(min(max(part, STEP), view.payoff))


def _draw(business: Business, habit: Habit, view: LineView, on: date, rng: np.random.Generator) -> Act | None:
    """Some of what is available, oftener before busy months and, for the failing, in the last months."""
    if view.available < STEP:
        return None
    if habit.appetite == (1.0, 1.0):
        return Draw(view.available)
    season = TRADES[business.trade].season
    need = habit.draw_chance * season[on.month % 12] / (sum(season) / 12)  # on.month % 12 is next month, from 0
    share = rng.uniform(*habit.appetite)
    if habit.silent_from and (habit.silent_from - on).days < 120:
        need, share = 2 * need, 0.6 + 0.4 * rng.random()
    amount = int(view.available * share) // STEP * STEP
    return Draw(amount) if amount > 0 and rng.random() < need else None


@lru_cache(maxsize=65_536)
def _key(seed: int, party_id: str) -> int:
    return int.from_bytes(blake2b(f"{seed}:{party_id}".encode(), digest_size=16).digest(), "little")


def _dice(seed: int, party_id: str, day: int) -> np.random.Generator:
    """Independent dice for each seed, party and day: Philox is a function of (key, counter), so no order matters."""
    return np.random.Generator(np.random.Philox(key=_key(seed, party_id), counter=[0, 0, 0, day % 2**32]))
