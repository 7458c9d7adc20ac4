"""What is asked of an outside company and what it answers: records of one kind, of one party, of one window."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

LONGEST = 100  # characters of an identifier


@dataclass(frozen=True, slots=True)
class Request:
    """`party` is what the company knows the business by: a credit code, a merchant number. The window is half-open:
    since <= day < until. `consent_id` is under which consent it is asked. BadInput where one of them says nothing.
    """

    kind: str
    party: str
    since: date
    until: date
    consent_id: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput("bad_request", f"no kind of record {self.kind!r}", hint=f"known are {', '.join(KINDS)}")
        for what, said in (("party", self.party), ("consent", self.consent_id)):
            if not said or said != said.strip() or len(said) > LONGEST or not said.isprintable():
                raise BadInput("bad_request", f"the {what} is empty, not one line or too long")
        if self.since >= self.until:
            raise BadInput("bad_request", f"no day lies in {self.since} to {self.until}", hint="`until` comes after")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a company answered, as it was given; `provider` is who. No bytes: it has nothing about this window."""

    provider: str
    content: bytes

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
