"""A circuit breaker: a company that keeps failing is left alone for a while, then tried by one call.

The pattern: M. Nygard, Release It!, ch. "Circuit Breaker". It counts failures in a row; a share of failures among the
last calls was not chosen, because small sources have too few calls for a share to say anything.
"""

from collections.abc import Callable
from threading import Lock


class Breaker:
    """Closed: calls go. Open, after `failures` in a row: none goes for `rest` seconds. Then half-open: one call goes;
    its success closes, its failure opens again. `now` is a monotonic clock. Any number of threads may share one.
    """

    def __init__(self, failures: int, rest: float, now: Callable[[], float]) -> None:
        self.failures, self.rest = failures, rest
        self._now, self._lock = now, Lock()
        self._in_a_row, self._trying, self._era = 0, False, 0
        self._opened: float | None = None
        self._seen = False

    @property
    def state(self) -> str:
        """closed | open | half_open"""
        with self._lock:
            if self._opened is None:
                return "closed"
            return "open" if self._resting() else "half_open"

    def admits(self) -> bool:
        """Would a call go now? Another thread may be quicker: only `enter` admits one."""
        with self._lock:
            return self._open_for_one()

    def enter(self) -> int | None:
        """A ticket to hand back with how the call went; None where it must not be made."""
        with self._lock:
            if not self._open_for_one():
                return None
            self._trying, self._seen = self._opened is not None, True
            return self._era

    def recall(self, failures: int, ago: float) -> None:
        """What others saw before this one began: so many failures in a row, the last of them `ago` seconds ago.

        Nothing where this one has seen a call itself.
        """
        with self._lock:
            if not self._seen and self._opened is None:
                self._in_a_row = failures
                if failures >= self.failures:
                    self._in_a_row, self._opened = 0, self._now() - max(ago, 0.0)
                    self._era += 1

    def succeeded(self, ticket: int) -> None:
        with self._lock:
            if ticket == self._era:
                if self._opened is not None:
                    self._era += 1
                self._in_a_row, self._opened, self._trying = 0, None, False

    def failed(self, ticket: int) -> None:
        with self._lock:
            if ticket != self._era:
                return
            self._in_a_row += 1
            if self._opened is not None or self._in_a_row >= self.failures:
                # what was asked before says nothing about afterwards: its tickets are of an era that is over
                self._in_a_row, self._opened, self._trying = 0, self._now(), False
                self._era += 1

    def _open_for_one(self) -> bool:
        return self._opened is None or not (self._trying or self._resting())

    def _resting(self) -> bool:
        return self._opened is not None and self._now() - self._opened < self.rest
