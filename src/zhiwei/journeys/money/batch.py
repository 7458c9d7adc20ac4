"""Many requests in one transaction, each with its own key and its own answer; a single request is a batch of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zhiwei.journeys.ports import Books, Changes, Opened, Unit, own_key
from zhiwei.values import Actor, Refusal, canonical, digest

T = TypeVar("T")
R = TypeVar("R")
Answer = dict[str, Any] | Refusal


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """`content` is what the key stands for (plain values); `asked` the same, typed; `line` is what it is about."""

    key: str
    line: str
    content: Mapping[str, Any]
    asked: T


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Requests of one verb by one actor; `loans` and `payouts` say what of their lines is read."""

    books: Books
    by: Actor
    verb: str
    requests: Sequence[Request[T]]
    prefix: str = ""
    loans: bool = False
    payouts: Sequence[str] = ()

    def done(
        self, work: Callable[[Unit, Opened, Sequence[Request[T]], Changes], dict[str, Answer]]
    ) -> dict[str, Answer]:
        """Claim every key, do what is new, keep each answer under its key. A refused request gives its key back.

        `work` puts what it changes into the changes, which are written when it is done.
        """
        own: dict[str, Request[T]] = {}
        answers: dict[str, Answer] = {}
        for request in self.requests:
            try:
                own[own_key(self.verb, self.prefix + request.key)] = request
            except Refusal as refusal:
                answers[request.key] = refusal
        if not own:
            return answers
        with self.books.unit(self.by.tenant) as unit:
            claims = [(key, self.verb, digest([self.verb, request.content])) for key, request in own.items()]
            names = sorted({request.line for request in own.values()})
            opened = unit.desk.open(claims, names, payouts=self.payouts, loans=self.loans)
            fresh = {key: request for key, request in own.items() if key not in opened.earlier}
            changes = Changes()
            found = work(unit, opened, list(fresh.values()), changes) if fresh else {}
            for key, request in fresh.items():
                if isinstance(answer := found[request.key], dict):
                    changes.answers[key] = answer
                    said = canonical({**request.content, "key": self.prefix + request.key})
                    changes.audits.append((self.by, self.verb, said))
            unit.desk.write(changes)
            unit.steps.release([key for key in fresh if key not in changes.answers])
        return {**answers, **{own[key].key: answer for key, answer in opened.earlier.items()}, **found}


def told(answers: Mapping[str, Answer], kind: type[R]) -> dict[str, R | Refusal]:
    return {key: answer if isinstance(answer, Refusal) else kind(**answer) for key, answer in answers.items()}


def one(answers: Mapping[str, R | Refusal]) -> R:
    """The answer of a batch of one; its Refusal is raised."""
    [answer] = answers.values()
    if isinstance(answer, Refusal):
        raise answer
    return answer
