"""What a product looks at of a business today, without deciding: for advice, and for warnings of running lines.

Consents are asked as for a decision. Nothing is stored, and nothing is done to any line.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from zhiwei.credit.monitoring import Warned, urgency, warn
from zhiwei.journeys.borrower.members import everybody, members_of
from zhiwei.journeys.deciding.decide import (
    BUCKET,
    Facts,
    Seen,
    in_force,
    looked_at,
    loops_of,
    numbers_of,
    parties_of,
)
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.products import published
from zhiwei.loans import CLOSED, Line
from zhiwei.shelf import Given, Product
from zhiwei.values import Actor, Breach, NotFound


@dataclass(frozen=True, slots=True)
class LineWarned:
    """What warns of a line, beside the facts as of `since`, of the decision that opened it. `used`: 分 at risk now."""

    line: str
    party: str
    decision: str
    since: date
    used: int
    warned: Warned


@dataclass(frozen=True, slots=True)
class Watched:
    """Running lines that were looked at, the most money at risk first; those of `unseen` parties could not be.

    They no longer let us see what the product needs.
    """

    lines: list[LineWarned]
    unseen: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question to a product is about: facts in micro-units on a day, None where missing; `before` of the day
    on which a line was granted, for warnings.
    """

    product: Product
    on: date
    facts: Facts
    party: str | None = None
    before: Facts = field(default_factory=dict)


def asked_of(product: Product, on: date, given: Given | None = None) -> Asked:
    """About facts that somebody gives, or about none: all else is missing. `on` where what is given names no day."""
    missing: Facts = dict.fromkeys(product.facts)
    if given is None:
        return Asked(product, on, missing)
    return Asked(product, given.as_of or on, missing | given.facts, None, given.before)


def asked_about(*, books: Books, by: Actor, product: str, party: str, as_of: date) -> Asked:
    """About a party on record; as `facts_on`."""
    known, facts = facts_on(books=books, by=by, product=product, party=party, as_of=as_of)
    return Asked(known, as_of, facts, party)


def facts_on(*, books: Books, by: Actor, product: str, party: str, as_of: date) -> tuple[Product, Facts]:
    """The published product and all it looks at of a party, in micro-units, under the consents that a decision needs.

    Refusal, NotFound as for `decide`.
    """
    with books.unit(by.tenant) as unit:
        policy, days = _asked(books, unit, product, as_of)
        [chosen] = parties_of(unit, [party], policy, days)
        seen = looked_at(unit, policy, [chosen], days, loops_of(unit, policy, days, [chosen]))
    return policy, numbers_of(policy, seen[chosen].facts)


def warnings_of(*, books: Books, by: Actor, product: str, parties: Sequence[str] | None, as_of: date) -> Watched:
    """Warn of running lines: of these parties, or of all. By the version in force, whichever opened the line.

    A fact that the decision did not look at has no change. NotFound where a party named has no running line, Refusal
    where it no longer lets us see what is needed; with `parties` None those are told in `unseen` instead.
    """
    with books.unit(by.tenant) as unit:
        policy, days = _asked(books, unit, product, as_of)
        of = everybody(members_of(unit, parties)) if parties is not None else None
        lines = unit.lines.all() if of is None else unit.lines.of_parties(of)
        running = [one for one in lines if one.product == product and _runs(one, as_of)]
        kept = {one: those[0] for one, those in members_of(unit, sorted({line.party for line in running})).items()}
        willing = parties_of(unit, parties, policy, days)
        if missing := sorted(set(willing) - set(kept.values())) if parties else []:
            raise NotFound("no_running_line", f"no running line of {product}: {', '.join(missing[:5])}")
        lines = [line for line in running if kept[line.party] in set(willing)]
        chosen = sorted({kept[line.party] for line in lines})
        loops = loops_of(unit, policy, days, chosen)
    found = []
    for start in range(0, len(chosen), BUCKET):
        bucket = chosen[start : start + BUCKET]
        with books.unit(by.tenant) as unit:
            seen = looked_at(unit, policy, bucket, days, loops)
            found += [_warned(unit, policy, line, seen[kept[line.party]], as_of) for line in lines
                      if kept[line.party] in seen]  # fmt: skip
    found.sort(key=lambda one: (*urgency(one.warned), one.line))
    unseen = sorted({line.party for line in running} - {line.party for line in lines}) if parties is None else []
    return Watched(found, unseen)


def _asked(books: Books, unit: Unit, product: str, as_of: date) -> tuple[Product, tuple[date, date]]:
    return in_force(books, published(unit, product), as_of), (as_of, books.today())


def _runs(line: Line, on: date) -> bool:
    """Something is owed, or may still be drawn."""
    return line.opened_on <= on and line.status != CLOSED and (on < line.expires_on or line.used > 0)


def _warned(unit: Unit, product: Product, line: Line, seen: Seen, on: date) -> LineWarned:
    decision = unit.decisions.get(line.decision)
    if decision is None:
        raise Breach(f"line {line.line_id} was opened on no decision")
    before = numbers_of(product, json.loads(decision.inputs)["facts"])
    warned = warn(product.watch.warnings, before, numbers_of(product, seen.facts), on, line.used)
    return LineWarned(line.line_id, line.party, line.decision, decision.as_of, line.used, warned)
