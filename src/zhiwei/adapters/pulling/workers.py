"""Calls with a hard time limit: each runs in a thread of its own, and who does not come back is left behind."""

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

from zhiwei.values import Outage


class Crowded(Outage):
    """No call was made: too many earlier ones still hang."""


class Workers:
    """Python ends no thread from outside, so one that hangs stays until its call returns, at worst until the process
    ends, which it does not hold up. While `most` are left behind, `run` makes no call.
    """

    def __init__(self, name: str, most: int, wait: Callable[[Event, float], bool]) -> None:
        self.name, self.most = name, most
        self._wait, self._lock = wait, Lock()
        self._left: list[Event] = []

    def hanging(self) -> int:
        """Calls left behind that have not come back."""
        with self._lock:
            self._left = [done for done in self._left if not done.is_set()]
            return len(self._left)

    def run(self, call: Callable[[], Any], seconds: float) -> Any:
        """What the call returns or raises; Outage where it does neither within `seconds`; Crowded."""
        if (hanging := self.hanging()) >= self.most:
            raise Crowded(f"{self.name}: {hanging} calls hang and have not come back")
        made = _Call(call)
        Thread(target=made.run, name=f"pull {self.name}", daemon=True).start()
        in_time = False
        try:
            in_time = self._wait(made.done, seconds)
        finally:
            if not in_time:  # or the one who waits was interrupted
                with self._lock:
                    self._left.append(made.done)
        if not in_time:
            raise Outage(f"{self.name}: no answer within {seconds:g} s")
        if made.trouble is not None:
            raise made.trouble
        return made.answer


class _Call:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call, self.done = call, Event()
        self.answer: Any = None
        self.trouble: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer = self.call()
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            self.trouble = error
        finally:
            self.done.set()
