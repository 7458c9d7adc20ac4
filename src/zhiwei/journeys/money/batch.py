"""Many requests in one transaction, each with its own key and its own answer; a single request is a batch of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zhiwei.journeys.once import own_key
from zhiwei.journeys.ports import Books, Changes, Opened, Overtaken, Unit
from zhiwei.values import Actor, Refusal, canonical, digest

T = TypeVar("T")
R = TypeVar("R")
Answer = dict[str, Any] | Refusal


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """`content` is what the key stands for (plain values); `asked` the same, typed; `line` is what it is about.

    `by` is who asks, where requests of several people travel together; None for who does the batch.
    """

    key: str
    line: str
    content: Mapping[str, Any]
    asked: T
    by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Requests of one verb in one tenant; `loans` and `payouts` say what of their lines is read.

    Not `keyed`: the request itself says what it is about (a payout), and what that has become is its answer.
    """

    books: Books
    by: Actor
    verb: str
    requests: Sequence[Request[T]]
    keyed: bool = True
    loans: bool = False
    payouts: Sequence[str] = ()

    def done(
        self, work: Callable[[Unit, Opened, Sequence[Request[T]], Changes], dict[str, Answer]]
    ) -> dict[str, Answer]:
        """Do what was not done before, and keep each answer under its key. A refused request leaves its key unused.

        `work` puts what it changes into the changes, which are written when it is done. It is done again where another
        transaction meanwhile used one of the keys for other lines; with the same lines one waits for the other.
        """
        own: dict[str, Request[T]] = {}
        answers: dict[str, Answer] = {}
        for request in self.requests:
            try:
                own[own_key(self.verb, request.key) if self.keyed else request.key] = request
            except Refusal as refusal:
                answers[request.key] = refusal
        while own:
            try:
                return answers | self._transaction(own, work)
            except Overtaken:
                continue
        return answers

    def _transaction(
        self, own: Mapping[str, Request[T]],
        work: Callable[[Unit, Opened, Sequence[Request[T]], Changes], dict[str, Answer]],
    ) -> dict[str, Answer]:  # fmt: skip
        hashes = {key: digest([self.verb, request.content]) for key, request in own.items() if self.keyed}
        names = sorted({request.line for request in own.values()})
        with self.books.unit(self.by.tenant, pipelined=True) as unit:
            opened = unit.desk.open(list(hashes.items()), names, payouts=self.payouts, loans=self.loans)
            fresh = {key: request for key, request in own.items() if key not in opened.earlier}
            changes = Changes()
            found = work(unit, opened, list(fresh.values()), changes) if fresh else {}
            for key, request in fresh.items():
                if isinstance(answer := found[request.key], dict):
                    if self.keyed:
                        changes.answers[key] = (self.verb, hashes[key], answer)
                    said = canonical({**request.content, "key": request.key})
                    changes.audits.append((request.by or self.by, self.verb, said))
            unit.desk.write(changes)
        return {own[key].key: answer for key, answer in opened.earlier.items()} | found


def told(answers: Mapping[str, Answer], kind: type[R]) -> dict[str, R | Refusal]:
    return {key: answer if isinstance(answer, Refusal) else kind(**answer) for key, answer in answers.items()}


def one(answers: Mapping[str, R | Refusal]) -> R:
    """The answer of a batch of one; its Refusal is raised."""
    [answer] = answers.values()
    if isinstance(answer, Refusal):
        raise answer
    return answer
