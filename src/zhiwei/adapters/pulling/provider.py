"""One outside company in its own protocol, and what it answers."""

from dataclasses import dataclass, field
from typing import Protocol

from zhiwei.journeys.providers import Request

__all__ = ["Answer", "Provider", "Request"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a company answered, as it was given; `provider` is who. No bytes: it has nothing about this window."""

    provider: str
    content: bytes = field(repr=False)

    @property
    def hit(self) -> bool:
        return bool(self.content.strip())


class Provider(Protocol):
    """One outside company. `name` is short, says which, and stays the same: figures and logs go by it.

    `fetch` may be called by several threads at once. It answers the file, and b"" where the company knows the party
    and has nothing in the window. What the company will not do is a Refusal (NotFound "no_such_party" where it does
    not know the party, "no_consent" where the consent does not do); that it cannot now is an Outage, and so is any
    other exception. An Outage is logged, so it names neither the party nor the consent, nor what opens the door.
    """

    @property
    def name(self) -> str: ...
    def fetch(self, request: Request) -> bytes: ...
