"""Draws and repayments that wait at the same time are done together: one transaction for all, an answer for each.

Nobody waits for company. The first to come works at once; those who come meanwhile are the next batch, led by one of
them. No thread of its own runs here, so nothing is left behind when the process stops: who came in is answered.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import Generic, TypeVar

import structlog

from zhiwei.journeys import Draw, Repayment, order_draws, pay_outs, repay_many, settle_payouts
from zhiwei.journeys.money.draw import Drawn, Said
from zhiwei.journeys.money.repay import Repaid
from zhiwei.journeys.ports import Books, Payout
from zhiwei.values import Actor, Refusal

log = structlog.get_logger("zhiwei.api")

MOST = 256  # in one batch
PATIENCE = 0.25  # seconds; a batch that takes longer is stuck behind something, and who still waits goes ahead
T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Books, Actor, Mapping[str, T]], Mapping[str, R | Refusal]]


@dataclass(slots=True, eq=False)
class _Waiting(Generic[T, R]):
    """Somebody at the gate. Who is woken without an answer leads `batch`, or, with none, goes alone."""

    books: Books
    by: Actor
    key: str
    asked: T
    woken: Event = field(default_factory=Event)
    answer: R | Refusal | None = None
    batch: "list[_Waiting[T, R]]" = field(default_factory=list)


class Gate(Generic[T, R]):
    """One verb's. Each tenant has a queue: a batch is of one tenant, of any number of its clients."""

    def __init__(self, work: Work[T, R], most: int = MOST, patience: float = PATIENCE) -> None:
        self._work, self._most, self._patience = work, most, patience
        self._lock = Lock()
        self._queues: dict[str, deque[_Waiting[T, R]]] = {}
        self._leaders: dict[str, int] = {}  # at work, by tenant; one, unless somebody lost patience

    def ask(self, books: Books, by: Actor, key: str, asked: T) -> R:
        """What the work answers to this one. Its Refusal is raised, as is what goes wrong with it and no other."""
        mine = _Waiting[T, R](books, by, key, asked)
        self._come(mine)
        if not mine.woken.wait(self._patience):
            self._lose_patience(mine)
            mine.woken.wait()
        if mine.batch:
            self._lead(mine.batch)
        answer = mine.answer
        if answer is None:  # something unforeseen befell the batch: by itself each fails, or does not, on its own
            answer = self._work(books, by, {key: asked})[key]
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def waiting(self, tenant: str) -> int:
        """How many wait for a batch that has not begun."""
        with self._lock:
            return len(self._queues.get(tenant, ()))

    def _come(self, mine: _Waiting[T, R]) -> None:
        tenant = mine.by.tenant
        with self._lock:
            self._queues.setdefault(tenant, deque()).append(mine)
            if not self._leaders.get(tenant):
                self._leaders[tenant] = 1
                self._call(mine)

    def _lose_patience(self, mine: _Waiting[T, R]) -> None:
        """Lead another batch beside the one that takes so long, unless one has taken this one in."""
        tenant = mine.by.tenant
        with self._lock:
            if not mine.woken.is_set() and mine in self._queues.get(tenant, ()):
                self._leaders[tenant] += 1
                self._call(mine)

    def _call(self, leader: _Waiting[T, R]) -> None:
        """Let it lead those who wait, in their order. A key that is there twice is two batches' business."""
        queue = self._queues[leader.by.tenant]
        queue.remove(leader)
        taken, later = {leader.key: leader}, list[_Waiting[T, R]]()
        while queue and len(taken) < self._most:
            one = queue.popleft()
            if taken.setdefault(one.key, one) is not one:
                later.append(one)
        queue.extendleft(reversed(later))
        leader.batch = list(taken.values())
        leader.woken.set()

    def _lead(self, batch: list[_Waiting[T, R]]) -> None:
        first = batch[0]
        try:
            answers = self._work(first.books, first.by, {one.key: one.asked for one in batch})
            for one in batch:
                one.answer = answers[one.key]
        except Exception as trouble:
            if len(batch) == 1:
                raise
            log.warning("batch_apart", requests=len(batch), trouble=type(trouble).__name__)
        finally:
            self._pass_on(first.by.tenant)
            for one in batch:
                one.woken.set()

    def _pass_on(self, tenant: str) -> None:
        with self._lock:
            if queue := self._queues[tenant]:
                self._call(queue[0])
            elif self._leaders[tenant] == 1:
                del self._queues[tenant], self._leaders[tenant]
            else:
                self._leaders[tenant] -= 1


class MoneyGate:
    """The gate of a process for draws and repayments, of all tenants.

    Only transactions are shared. Each draw speaks with the bank for itself, so one that the bank is slow to answer, or
    does not answer, delays no other.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self.orders = Gate(_order, patience=patience)
        self.settlements = Gate(_settle, patience=patience)
        self.repayments = Gate(_repay, patience=patience)

    def draw(self, books: Books, by: Actor, key: str, wanted: Draw) -> Drawn:
        ordered, payout = self.orders.ask(books, by, key, replace(wanted, by=by))
        known = {payout.payout_id: payout} if payout else None
        [answer] = pay_outs(books=books, by=by, payouts=[ordered.payout], known=known, settle=self._settle).values()
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def repay(self, books: Books, by: Actor, key: str, wanted: Repayment) -> Repaid:
        return self.repayments.ask(books, by, key, replace(wanted, by=by))

    def _settle(self, *, books: Books, by: Actor, said: Mapping[str, Said]) -> dict[str, Drawn | Refusal]:
        return {payout: self.settlements.ask(books, by, payout, one) for payout, one in said.items()}


def _order(books: Books, by: Actor, asked: Mapping[str, Draw]) -> dict[str, tuple[Drawn, Payout | None] | Refusal]:
    """With each the payout that this ordered; None where an earlier call with the key did."""
    fresh: dict[str, Payout] = {}
    found = order_draws(books=books, by=by, draws=asked, fresh=fresh)
    return {
        key: answer if isinstance(answer, Refusal) else (answer, fresh.get(answer.payout))
        for key, answer in found.items()
    }


def _settle(books: Books, by: Actor, asked: Mapping[str, Said]) -> dict[str, Drawn | Refusal]:
    return settle_payouts(books=books, by=by, said=asked)


def _repay(books: Books, by: Actor, asked: Mapping[str, Repayment]) -> dict[str, Repaid | Refusal]:
    return repay_many(books=books, by=by, repayments=asked)
