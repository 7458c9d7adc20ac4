"""What the policy leaves to people: tasks, and rulings within an officer's authority. 转人工、人工审批"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhiwei import __version__
from zhiwei.credit.underwriting import Ruling, who_may
from zhiwei.credit.underwriting.disclosure import Told, told_reasons
from zhiwei.journeys.deciding.decide import decision_from
from zhiwei.journeys.deciding.news import decision_made, task_settled
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, StoredDecision, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.referred import Ruled, Task
from zhiwei.shelf import Product
from zhiwei.tables import micro, text, unscaled
from zhiwei.values import (
    Actor,
    BadInput,
    Forbidden,
    NotFound,
    Refusal,
    as_rate,
    canonical,
    digest,
    grouped,
    quantized,
    yuan,
)

LONGEST = 1_000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says of a decision, and why; `limit` 分 and rate are the policy's where none is given."""

    approve: bool
    because: str
    limit: int | None = None
    annual_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The decision that a ruling made; `overruled` is what the policy had said."""

    decision: str
    ruled_on: str
    overruled: str
    outcome: str
    limit: str
    annual_rate: str | None


def tasks(*, books: Books, by: Actor, product: str | None = None) -> list[Task]:
    """What waits for a person, oldest first."""
    with books.unit(by.tenant) as unit:
        return unit.tasks.waiting(product)


def missing_of(task: Task) -> list[dict[str, Any]]:
    """Why a person must look: the reasons that referred, with the fact each rests on; a value None is not known."""
    reasons = json.loads(task.document)["reasons"]
    return [one for one in reasons if one["effect"] == "refer"]


def needed_of(task: Task) -> tuple[Told, ...]:
    """The same in the words that who applied may be told."""
    return told_reasons(missing_of(task), json.loads(task.document)["trace"])


def rule(*, books: Books, by: Actor, decision: str, word: Word) -> Settled:
    """Approve or decline a decision instead of the policy. It becomes another decision, which may be accepted.

    Refusal where it was ruled on or accepted already, or the role may not approve as much; the rate stays within the
    product's floor and cap, the limit is at least its smallest. The same word again changes nothing.
    """
    if not word.because.strip() or len(word.because) > LONGEST:
        raise BadInput("no_reason", f"a ruling says why, in at most {LONGEST:,} characters")
    request = {"decision": decision, **asdict(word)}
    # the word is part of the key: another word of the same person is told that a person has ruled
    with step(books, by, "rule", f"rule:{decision}:{by.person}:{digest(request)[:16]}", request) as current:
        if current.earlier is None:
            current.result = _rule(current.unit, by, request, books.today())
        return Settled(**(current.earlier or current.result))


def _rule(unit: Unit, by: Actor, request: Mapping[str, Any], today: date) -> dict[str, Any]:
    stored = unit.decisions.get(request["decision"])
    if stored is None:
        raise NotFound("no_such_decision", f"no decision {request['decision']}")
    unit.lines.hold([stored.party])  # nobody accepts it meanwhile
    if unit.tasks.ruling(stored.decision_id) or "ruling" in json.loads(stored.inputs):
        raise Refusal("already_ruled", f"a person has ruled on {stored.decision_id}", hint="decide again first")
    if line := _line_of(unit, stored):
        hint = "freeze, cut or close the line instead"
        raise Refusal("already_accepted", f"decision {stored.decision_id} already has line {line}", hint=hint)
    product = by_hash(unit, stored.product, stored.product_hash)
    ruling = _ruling(product, stored, by, request)
    inputs = json.loads(stored.inputs) | {"ruling": _plain(stored, ruling)}
    made = decision_from(product, stored.party, stored.as_of, canonical(inputs), __version__)
    unit.decisions.add([made])
    unit.tasks.rule(Ruled(stored.decision_id, made.decision_id, made.outcome, by.person, by.role, ruling.because))
    for client in unit.clients.holders("decision", stored.decision_id):
        unit.clients.hold(client, [("decision", made.decision_id)])
    unit.outbox.tell([*decision_made(made, today), task_settled(stored, made, today)])
    return {
        "decision": made.decision_id, "ruled_on": stored.decision_id, "overruled": stored.outcome,
        "outcome": made.outcome, "limit": yuan(made.limit),
        "annual_rate": None if made.annual_rate is None else format(made.annual_rate.normalize(), "f"),
    }  # fmt: skip


def _line_of(unit: Unit, stored: StoredDecision) -> str | None:
    lines = unit.lines.of_parties([stored.party])
    return next((line.line_id for line in lines if line.decision == stored.decision_id), None)


def _ruling(product: Product, stored: StoredDecision, by: Actor, request: Mapping[str, Any]) -> Ruling:
    because = request["because"].strip()
    if not request["approve"]:
        return Ruling("decline", 0, None, because, by.person, by.role)
    limit = stored.limit if request["limit"] is None else request["limit"]
    rate = stored.annual_rate if request["annual_rate"] is None else _rate(request["annual_rate"])
    if limit <= 0 or rate is None:
        raise BadInput("no_offer", "the policy found no limit and rate of its own here", hint="say both")
    numbers = product.policy.numbers(stored.as_of)
    floor, cap = unscaled(numbers["rate_floor"]), unscaled(numbers["rate_cap"])
    if not floor <= rate <= cap:
        raise BadInput("bad_rate", f"a rate of {rate} is outside the product's {floor} to {cap}")
    least = int(unscaled(product.policy.smallest_limit) * 100)
    if limit < least:
        raise BadInput(
            "bad_limit", f"{grouped(limit)} 元 is below {product.product_id}'s smallest, {grouped(least)} 元"
        )
    able = who_may(product.authority, limit, overturn=stored.outcome == "decline")
    if by.role not in able:
        what = f"{'overturn a decline with' if stored.outcome == 'decline' else 'approve'} {grouped(limit)} 元"
        hint = f"who may: {', '.join(able)}" if able else "nobody may, by underwriting/authority.csv of the product"
        raise Forbidden("over_authority", f"role {by.role} may not {what} of {product.product_id}", hint=hint)
    return Ruling("approve", limit, rate, because, by.person, by.role)


def _rate(said: Decimal) -> Decimal:
    """Of whole hundredths of a percent: the letter names no other, and the line charges what the letter names."""
    try:
        rate = as_rate(said)
    except ValueError as error:
        raise BadInput("bad_rate", str(error)) from None
    if rate != quantized(rate, "0.0001"):
        raise BadInput("bad_rate", f"a rate of {rate} is no whole hundredth of a percent", hint="0.0654 is 6.54 %")
    return rate


def _plain(stored: StoredDecision, ruling: Ruling) -> dict[str, str | None]:
    return {
        "on": stored.decision_id, "outcome": ruling.outcome, "because": ruling.because, "person": ruling.person,
        "role": ruling.role, "limit": text(micro(yuan(ruling.limit))),
        "annual_rate": None if ruling.annual_rate is None else text(micro(ruling.annual_rate)),
    }  # fmt: skip


def rulings(*, books: Books, by: Actor) -> list[dict[str, Any]]:
    """By product, person and role: how often a person ruled, against the policy, and how the lines turned out.

    `up` approved what the policy had not, `down` declined what it had approved; `bad` of `lines` opened on an approval
    had a loan below special mention. `override_rate` is of all that the policy decided with the product, `bad_rate` of
    those lines; None where there are none.
    """
    with books.unit(by.tenant) as unit:
        found, decided = unit.tasks.outcomes(), unit.decisions.counts()
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for product, person, role, was, became, opened, bad in found:
        one = groups.setdefault((product, person, role), {"rulings": 0, "up": 0, "down": 0, "lines": 0, "bad": 0})
        one["rulings"] += 1
        one["up"] += was != "approve" and became == "approve"
        one["down"] += was == "approve" and became == "decline"
        one["lines"] += opened
        one["bad"] += bad
    return [
        {"product": product, "person": person, "role": role, **counts,
         "override_rate": _share(counts["up"] + counts["down"], decided.get(product, 0)),
         "bad_rate": _share(counts["bad"], counts["lines"])}
        for (product, person, role), counts in sorted(groups.items())
    ]  # fmt: skip


def _share(some: int, all_of_them: int) -> str | None:
    return str(quantized(Decimal(some) / all_of_them, "0.0001")) if all_of_them else None
