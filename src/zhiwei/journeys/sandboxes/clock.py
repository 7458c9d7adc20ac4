"""A sandbox from inside: who lives there, and its time, which its partner moves on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from zhiwei.journeys.borrower.pulls import Standing, pull_figures
from zhiwei.journeys.day.close_day import close_day
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.sandboxes.grounds import Borrower, Grounds
from zhiwei.values import DAY, Actor, BadInput, NotFound, Refusal, canonical, days

MOST_DAYS = 400  # that one move closes
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Simulated:
    """A sandbox as it stands. Days before `today` are closed. `sources`: outside companies, and how asking went."""

    sandbox: str
    starts_on: str
    today: str
    borrowers: list[Borrower]
    sources: list[Standing]


@dataclass(frozen=True, slots=True)
class ClockMoved:
    sandbox: str
    was: str
    today: str
    days: int


def look_at_sandbox(*, books: Books, by: Actor, grounds: Grounds) -> Simulated:
    """The sandbox that one calls from. NotFound elsewhere."""
    with books.unit(by.tenant) as unit:
        first, today = _days(unit)
    sources = pull_figures(books=books, by=by)
    return Simulated(by.tenant, f"{first}", f"{today}", list(grounds.scene.borrowers()), sources)


def move_clock(
    *, books: Books, by: Actor, grounds: Grounds, to: date, on_progress: Progress = lambda done, total: None
) -> ClockMoved:
    """Let time pass until the morning of `to`: on each day the borrowers act, then it is closed.

    A day at a time, each of which may be repeated: cut off anywhere, the same call goes on. Refusal where time would go
    back, BadInput for too much of it at once.
    """
    with _alone(books, by) as was:
        if to < was:
            raise Refusal("clock_goes_forward", f"its today is {was}; {to} is over", hint="make another sandbox")
        ahead = (to - was).days
        if ahead > MOST_DAYS:
            raise BadInput("too_far", f"{was} to {to} is more than {MOST_DAYS} days", hint="move the clock in parts")
        scripted = Actor(by.tenant, "script", "system")
        for done, on in enumerate(days(was, to - DAY) if ahead else (), 1):
            then = grounds.at(by.tenant, on)
            grounds.scene.act(then, scripted, on)
            close_day(books=then, by=scripted, on=on)
            with then.unit(by.tenant) as unit:
                unit.sandboxes.move(on + DAY, by.person)
                if on + DAY == to:
                    unit.steps.audit(by, "move_clock", [canonical({"was": was, "to": to})])
            on_progress(done, ahead)
    return ClockMoved(by.tenant, f"{was}", f"{to}", ahead)


@contextmanager
def _alone(books: Books, by: Actor) -> Iterator[date]:
    """-> its today. Who comes meanwhile is refused: a year takes seconds, and nobody shall wait in the door for it."""
    with books.unit(by.tenant) as unit:
        _days(unit)
        if not unit.sandboxes.seize():
            raise Refusal("clock_is_moving", "somebody moves this clock", hint="look at its today, and ask again")
    try:
        with books.unit(by.tenant) as unit:
            was = _days(unit)[1]
        yield was
    finally:
        with books.unit(by.tenant) as unit:
            unit.sandboxes.release()


def _days(unit: Unit) -> tuple[date, date]:
    found = unit.sandboxes.days()
    if found is None:
        raise NotFound("not_a_sandbox", "this is no sandbox: its time is everybody's", hint="POST /v1/sandboxes")
    return found
