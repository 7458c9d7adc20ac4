"""What waits for a person, and what journeys about it need of the store: tasks, and what needs a second person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """A decision that was referred to a person; `limit` 分 is what the policy computed, `document` the decision's."""

    task_id: str
    decision: str
    party: str
    product: str
    as_of: date
    limit: int
    opened_at: datetime
    document: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """A person's word on a decision, and the decision that it became."""

    decision: str
    became: str
    outcome: str
    person: str
    role: str
    because: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A task as who applied follows it. `status`: waiting, approve or decline as a person ruled, or replaced by a later
    decision; `became` the decision that a ruling made, or ''. `number`: its place in the client's list.
    """

    number: int
    task: Task
    status: str
    became: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something out of the ordinary that one person asks for and another must approve; `request` is JSON."""

    proposal_id: str
    verb: str
    request: str
    proposed_by: str
    approved_by: str | None


class Tasks(Protocol):
    def open(self, tasks: Iterable[tuple[str, str]]) -> int: ...
    def waiting(self, product: str | None = None) -> list[Task]: ...
    def followed(self, client: str, after: int, most: int, *, waiting: bool = False) -> list[Followed]: ...
    def ruled_on(self, decision: str) -> str | None:
        """The decision that a ruling made this one of."""
        ...

    def rule(self, ruled: Ruled) -> bool: ...
    def ruling(self, decision: str) -> Ruled | None: ...
    def approvers(self) -> dict[str, str]: ...
    def outcomes(self) -> list[tuple[str, str, str, str, str, bool, bool]]: ...
