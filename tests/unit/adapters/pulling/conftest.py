"""Time that moves only when it is told to, and companies that fail as they are told."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from threading import Event, Lock

import pytest

from zhiwei.adapters.pulling import Clock, Figures, Request
from zhiwei.values import Outage

REQUEST = Request(("bank_flow",), "91330100TEST000001", date(2024, 1, 1), date(2024, 4, 1), ("con_1",))


class Time:
    """`slept` is every sleep. `hangs` says of each call in turn whether it hangs: then its time is up at once."""

    def __init__(self) -> None:
        self.at, self.slept = 1000.0, list[float]()
        self.hangs: list[bool] = []

    def clock(self, chance: float = 1.0) -> Clock:
        return Clock(lambda: self.at, self.sleep, self.wait, lambda: chance)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def wait(self, done: Event, seconds: float) -> bool:
        if not self.hangs or not (self.hangs.pop(0) if len(self.hangs) > 1 else self.hangs[0]):
            return done.wait()
        self.at += seconds
        return False


class Scripted:
    """Does the next thing of `script` at each call: answers bytes, raises an exception, or hangs; the last for ever."""

    def __init__(self, name: str, script: Sequence[object]) -> None:
        self.name, self.script = name, list(script)
        self.calls, self.let_go, self._lock = 0, Event(), Lock()

    def fetch(self, request: Request) -> bytes:
        with self._lock:
            doing = self.script[min(self.calls, len(self.script) - 1)]
            self.calls += 1
        if doing == "hang":
            self.let_go.wait()
            return b"too late"
        if isinstance(doing, BaseException):
            raise doing
        return doing  # type: ignore[return-value]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def scripted(time: Time) -> Iterator[Callable[..., Scripted]]:
    """Makes scripted companies and lets go of their hanging calls afterwards. One that hangs is alone in its test."""
    made: list[Scripted] = []

    def make(*script: object, name: str = "scripted") -> Scripted:
        made.append(Scripted(name, script))
        if "hang" in script:
            time.hangs = [doing == "hang" for doing in script]
        return made[-1]

    yield make
    for company in made:
        company.let_go.set()


def down(words: str = "the line is dead") -> Outage:
    return Outage(words)


def add_up(figures: Figures) -> bool:
    return figures.calls == figures.hits + figures.empty + figures.refusals + figures.failures
