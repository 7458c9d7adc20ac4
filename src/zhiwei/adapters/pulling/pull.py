"""One company asked with care: a hard time limit, again after outages, left alone while it is down, counted."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from zhiwei.adapters.pulling.breaker import Breaker
from zhiwei.adapters.pulling.figures import Figures, Price, Tally
from zhiwei.adapters.pulling.provider import Answer, Provider, Request
from zhiwei.adapters.pulling.workers import Crowded, Workers
from zhiwei.borrower.reading.files import LARGEST
from zhiwei.values import BadInput, Breach, Outage, Refusal


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, which tests exchange. `wait(done, seconds)`: did the event come in time? `chance`: in [0, 1)."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    wait: Callable[[Event, float], bool] = Event.wait
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds and counts. A call may take `timeout`; a pull makes up to `attempts` calls. Before the n-th retry it
    waits a random time below first_pause x 2^(n-1), at most `longest_pause`. After `failures` calls in a row that
    failed, the company is left alone for `rest`. While `most_hanging` calls left behind have not come back, no new one
    is made. `largest`: bytes of an answer; a provider that reads from a network keeps within it itself.
    """

    timeout: float = 10.0
    attempts: int = 3
    first_pause: float = 0.5
    longest_pause: float = 8.0
    failures: int = 5
    rest: float = 30.0
    most_hanging: int = 8
    largest: int = LARGEST

    def __post_init__(self) -> None:
        for name in ("timeout", "attempts", "failures", "rest", "most_hanging", "largest"):
            if not 0 < getattr(self, name) < float("inf"):
                raise BadInput("bad_policy", f"{name} is more than zero and has an end, not {getattr(self, name)!r}")
        if not 0 <= self.first_pause <= self.longest_pause < float("inf"):
            raise BadInput("bad_policy", f"pauses from {self.first_pause!r} to {self.longest_pause!r} s do not grow")

    def pause(self, retry: int) -> float:
        """The longest wait before the retry of this number, from 1."""
        doublings = min(retry - 1, 1000)  # more overflow a float, and the limit is long reached
        return float(min(self.longest_pause, self.first_pause * 2.0**doublings))

    def longest(self) -> float:
        """Seconds that a pull takes at worst."""
        return self.attempts * self.timeout + sum(self.pause(retry) for retry in range(1, self.attempts))


@dataclass(eq=False)
class Pull:
    """A provider around a provider. Any number of threads may share one, and should: its breaker and figures are what
    all of them saw. Outage where the company did not answer; a Refusal is the company's own and is not asked again.
    """

    provider: Provider
    price: Price = field(default_factory=Price)
    policy: Policy = field(default_factory=Policy)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.name = self.provider.name
        self.breaker = Breaker(self.policy.failures, self.policy.rest, self.clock.now)
        self._tally = Tally(self.name, self.price)
        self._workers = Workers(self.name, self.policy.most_hanging, self.clock.wait)

    def fetch(self, request: Request) -> bytes:
        return self.answer(request).content

    def answer(self, request: Request) -> Answer:
        """What the company answered, after as many calls as that took."""
        return self.answer_counting(request, lambda: None)

    def answer_counting(self, request: Request, called: Callable[[], None]) -> Answer:
        """As `answer`; `called` hears of each call that was made, whatever came of it."""
        for retry in range(self.policy.attempts):
            if retry and self.breaker.admits():
                # Full jitter: those who failed together do not come back together (AWS Architecture Blog, 2015,
                # "Exponential Backoff And Jitter").
                self.clock.sleep(self.clock.chance() * self.policy.pause(retry))
            ticket = self.breaker.enter()
            if ticket is None:
                break
            try:
                return self._call(request, ticket, ["calls", "retries"] if retry else ["calls"], called)
            except Crowded:
                self._tally.count("held_back")
                raise
            except Outage as outage:
                trouble = outage
        else:
            raise Outage(f"{self.name} did not answer {self.policy.attempts} calls; the last: {trouble}") from trouble
        if retry:
            raise Outage(f"{self.name} is left alone after call {retry}: {trouble}") from trouble
        self._tally.count("held_back")
        raise Outage(f"{self.name} kept failing and is left alone for up to {self.policy.rest:g} s")

    def figures(self) -> Figures:
        return self._tally.figures()

    def hanging(self) -> int:
        """Calls left behind that have not come back."""
        return self._workers.hanging()

    def _call(self, request: Request, ticket: int, counted: list[str], called: Callable[[], None]) -> Answer:
        came = "failures"
        try:
            content = self._workers.run(lambda: self.provider.fetch(request), self.policy.timeout)
            if not isinstance(content, bytes):
                raise Outage(f"{self.name}: its answer is {type(content).__name__}, not bytes")
            answer = Answer(self.name, content)
            came = "hits" if answer.hit else "empty"
        except Crowded:
            counted = []  # no call was made
            raise
        except Refusal:
            came = "refusals"
            raise
        except (Outage, Breach):
            raise
        except Exception as error:
            # what a library raises may hold the request and the key to the door: its kind is told, not its words
            raise Outage(f"{self.name}: {type(error).__name__}") from error
        finally:
            if counted:
                self._tally.count(*counted, came)
                called()
            settle = self.breaker.failed if came == "failures" else self.breaker.succeeded
            settle(ticket)
        if len(content) > self.policy.largest:
            raise BadInput(
                "answer_too_large", f"{self.name} answered {len(content):,} bytes, at most {self.policy.largest:,}",
                hint="ask for a shorter window",
            )  # fmt: skip
        return answer
