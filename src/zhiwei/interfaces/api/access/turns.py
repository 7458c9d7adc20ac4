"""Work that takes seconds: so much of it at a time, and no thread waits for it that others need."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zhiwei.interfaces.api.problems import TooMany


class Turns:
    """`at_once` work and `waiting` more wait for `seconds`: all others, and who waits too long, are told to come again.

    Who waits holds a thread of the few that a process has: one client's long calls must not take them all.
    """

    def __init__(self, at_once: int, waiting: int, seconds: int) -> None:
        self.seconds = seconds
        self._work = threading.BoundedSemaphore(at_once)
        self._inside = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def one(self, what: str) -> Iterator[None]:
        """TooMany where it is not one's turn; `what` others do."""
        if not self._inside.acquire(blocking=False):
            raise self._busy(what)
        try:
            if not self._work.acquire(timeout=self.seconds):
                raise self._busy(what)
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._inside.release()

    def _busy(self, what: str) -> TooMany:
        return TooMany("busy", f"{what}: too much at a time", wait=max(self.seconds, 1),
                       hint="ask again with the same Idempotency-Key")  # fmt: skip
