"""Four kinds of trouble, four words: a Verdict is a value; Refusal, Outage and Breach are exceptions."""

from functools import partial
from typing import Any


class Refusal(Exception):
    """Not possible in this state. `code` is stable and public; `hint` says what to do."""

    status = 409

    def __init__(self, code: str, message: str, *, hint: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.facts = code, message, hint, facts

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is the same."""
        return partial(type(self), hint=self.hint, **self.facts), (self.code, self.message)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class NotFound(Refusal):
    """The thing named does not exist in this tenant."""

    status = 404


class BadInput(Refusal):
    """What was handed in cannot be understood; the message says what, where and what to do."""

    status = 422


class Forbidden(Refusal):
    """The actor may not do this (role, or one person playing two)."""

    status = 403


class Outage(Exception):
    """Something outside failed; retried and counted."""


class Breach(Exception):
    """An invariant broke: stop and wake someone."""
