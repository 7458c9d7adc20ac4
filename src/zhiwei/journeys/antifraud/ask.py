"""Three questions about one party, answered at once from the network: near a bad one? in a circle? in a ring?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhiwei.credit.antifraud.findings import Evidence
from zhiwei.credit.antifraud.network import ALIKE
from zhiwei.credit.antifraud.policy import sieve
from zhiwei.credit.antifraud.typologies.invoicing import Ring
from zhiwei.credit.antifraud.walks import FAN_OUT, Frontier, Step, ring_of_guarantees, rings_through
from zhiwei.journeys.network import Near, Snapshot, Standing
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, Refusal, grouped

HOPS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """`yes` where `value` is above the threshold. `cut`: parties of whom only the FAN_OUT heaviest edges were looked
    at; where there are any, a no means "not among those".
    """

    question: str
    zh: str
    en: str
    yes: bool
    value: float
    evidence: tuple[Evidence, ...]
    cut: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers as of the day of the snapshot; `standing` is what the last batch made of the party."""

    party: str
    as_of: date
    snapshot: int
    fan_out: int
    standing: Standing | None
    answers: tuple[Answer, ...]


def ask_network(*, books: Books, by: Actor, party: str) -> Asked:
    """Refusal where no network was built yet. A party that the network does not know has no edges."""
    with books.unit(by.tenant) as unit:
        return asked(unit, party, books.today())


def asked(unit: Unit, party: str, today: date) -> Asked:
    """The same inside a transaction that is open."""
    snapshot = unit.network.snapshot()
    if snapshot is None:
        raise Refusal("no_network", "no network was built yet", hint="zhiwei network build")
    standing = unit.network.standing(snapshot.number, party)
    answers = (
        _near(unit, snapshot, party, today),
        _circles(unit, snapshot, party, standing),
        _ring(unit, snapshot, party, standing),
    )
    return Asked(party, snapshot.as_of, snapshot.number, FAN_OUT, standing, answers)


def _near(unit: Unit, snapshot: Snapshot, party: str, on: date) -> Answer:
    found, cut = unit.network.near(snapshot.number, party, HOPS, on)
    words = ("两步以内有无已知不良主体", "Is a party known to be bad within two steps?")
    return Answer("near_bad_party", *words, bool(found), len(found), near_evidence(found), tuple(cut))


def near_evidence(found: Sequence[Near]) -> tuple[Evidence, ...]:
    told = []
    for one in found:
        path = " — ".join(one.path)
        ties = ", ".join(one.kinds) or "itself"
        told.append(Evidence(
            "mark", (one.mark.mark_id, *one.path), f"{path}（{ties}）：{one.mark.why}，自 {one.mark.since}",
            f"{path} ({ties}): {one.mark.why}, since {one.mark.since}",
        ))  # fmt: skip
    return tuple(told)


def rings_of_party(
    unit: Unit, snapshot: Snapshot, party: str, standing: Standing | None
) -> tuple[list[Ring], list[str]]:
    """Circles of sales through a party, as the batch found them, and whose edges were not all looked at.

    Where the batch left dense parts out, the party's own edges are walked now, the heaviest of each step.
    """
    stored = unit.network.circles(snapshot.number, party) if standing and standing.circled else []
    if not snapshot.left_out:
        return stored, []

    def hop(frontier: Frontier, into: bool) -> Sequence[Step]:
        return unit.network.hop(snapshot.number, "sells_to", frontier, ALIKE, into=into)

    walked, cut = rings_through(party, hop)
    known = {ring.first for ring in stored}
    return stored + [ring for ring in walked if ring.first not in known], cut


def ring_of_party(
    unit: Unit, snapshot: Snapshot, party: str, standing: Standing | None
) -> tuple[tuple[str, ...], list[str]]:
    """A ring of guarantees through a party; likewise nothing is walked where the batch found none."""
    if not (standing and standing.guarantee_ring):
        return (), []

    def hop(frontier: Frontier, into: bool) -> Sequence[Step]:
        return unit.network.hop(snapshot.number, "guarantees", frontier, 1.0, into=into)

    return ring_of_guarantees(party, hop)


def _circles(unit: Unit, snapshot: Snapshot, party: str, standing: Standing | None) -> Answer:
    rings, cut = rings_of_party(unit, snapshot, party, standing)
    sales = {ring.first: ring.amounts[0] for ring in rings}  # one sale may stand in several circles
    share = sum(sales.values()) / standing.sold if standing and standing.sold else 0.0
    evidence = tuple(
        Evidence("ring", ring.parties, f"{ring}，{amounts} 元", f"{ring}, {amounts} 元")
        for ring in rings
        for amounts in [" / ".join(grouped(fen) for fen in ring.amounts)]
    )
    words = ("是否处于占销售10%以上的闭环", "Is it in circles of at most six that carry more than 10 % of its sales?")
    worth = sieve(snapshot.as_of).number("circle.worth")
    return Answer("in_circle", *words, share > worth, round(share, 6), evidence, tuple(cut))


def _ring(unit: Unit, snapshot: Snapshot, party: str, standing: Standing | None) -> Answer:
    ring, cut = ring_of_party(unit, snapshot, party, standing)
    path = " → ".join((*ring, party)) if ring else ""
    evidence = (Evidence("ring", ring, f"担保 {path}", f"guarantees {path}"),) if ring else ()
    words = ("是否处于担保圈", "Is it in a ring of guarantees?")
    return Answer("in_guarantee_ring", *words, bool(ring), len(ring), evidence, tuple(cut))
