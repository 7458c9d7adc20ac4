"""Decide: may we look -> records -> picture -> verdict, stored with all it needs to be replayed byte for byte."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from zhiwei import __version__
from zhiwei.borrower import allowed
from zhiwei.borrower.features import CANNOT_SHOW, whole_picture
from zhiwei.borrower.quality import demanded
from zhiwei.credit.antifraud import check_names, loop_share, loop_shares
from zhiwei.credit.underwriting import Verdict, underwrite
from zhiwei.credit.underwriting.group import JOINT_SHARE
from zhiwei.journeys.antifraud.findings import findings_of
from zhiwei.journeys.borrower.members import everybody, members_of, willing
from zhiwei.journeys.borrower.pictures import Reading
from zhiwei.journeys.deciding.apply import who_is_asked_about_applied
from zhiwei.journeys.deciding.exposure import stored_exposures
from zhiwei.journeys.deciding.group import joint_shares
from zhiwei.journeys.deciding.news import decision_made, task_of
from zhiwei.journeys.ports import Books, StoredDecision, Unit
from zhiwei.journeys.products import by_hash, published
from zhiwei.shelf import Product
from zhiwei.tables import micro, text, unscaled
from zhiwei.values import (
    Actor,
    BadInput,
    NotFound,
    Reason,
    Refusal,
    add_months,
    canonical,
    fingerprint,
    identifier,
    quantized,
    yuan,
)

BUCKET = 64  # parties read and decided together: bounds memory, and is the unit of progress
Facts = dict[str, int | None]


def decide(
    *, books: Books, by: Actor, product: str, parties: Sequence[str] | None, as_of: date,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[StoredDecision]:  # fmt: skip
    """Decide on these parties, or on all of the tenant; facts after `as_of` are not seen.

    Who is named has applied: its application is kept, unless `apply` told of it. Of `parties` None nobody asked.
    The same inputs and versions give the same decision under the same id, so deciding twice stores once. Parties that
    are one are decided on once, under the one that was kept. Refusal where a party has given no consent: with `parties`
    None those are left out instead, since nobody asked for them.
    """
    with books.unit(by.tenant) as unit:
        policy = in_force(books, published(unit, product), as_of)
        days = (as_of, books.today())  # what is known of a day is looked at today: both need consent
        chosen = parties_of(unit, parties, policy, days)
        loops = loops_of(unit, policy, days, chosen)
    decided: list[StoredDecision] = []
    for start in range(0, len(chosen), BUCKET):
        bucket = chosen[start : start + BUCKET]
        with books.unit(by.tenant) as unit:
            if parties is not None:
                who_is_asked_about_applied(unit, by, product, bucket, as_of)
            found = _decide_bucket(unit, policy, bucket, days, loops)
            if unit.decisions.add(found):
                unit.tasks.open((task_of(one.decision_id), one.decision_id) for one in found if one.outcome == "refer")
                unit.outbox.tell(news for one in found for news in decision_made(one, days[1]))
                request = {"product": product, "hash": policy.hash, "as_of": as_of, "parties": len(found)}
                unit.steps.audit(by, "decide", [canonical(request)])
        decided += found
        on_progress(len(decided), len(chosen))
    return decided


def in_force(books: Books, product: Product, as_of: date) -> Product:
    if as_of > books.today():
        raise Refusal("future_date", f"{as_of} is in the future", hint=f"today is {books.today()}")
    if as_of < product.since:
        raise Refusal("product_not_in_force", f"{product.product_id} decides from {product.since} on, not on {as_of}")
    return product


def parties_of(unit: Unit, parties: Sequence[str] | None, product: Product, days: tuple[date, date]) -> list[str]:
    """Those named, or all who allow what the product needs; of those that are one, the one that was kept."""
    if parties is None:
        known = unit.parties.ids()
        consents, needs = unit.parties.consents(known), product.needs
        willing = [allowed(consents, scope, needs.purposes, *days).keys() for scope in needs.scopes]
        those = {party: set(members) for party, members in members_of(unit, known).items() if members[0] == party}
        return [party for party in known if party in those and all(those[party] & scope for scope in willing)]
    unknown = sorted(set(parties) - unit.parties.sources(parties).keys())
    if unknown:
        raise NotFound("no_such_party", f"no party {', '.join(unknown[:5])}", hint="import its records first")
    one = {those[0] for those in members_of(unit, parties).values()}
    return sorted(one, key=lambda party: (len(party), party))  # as all parties are listed


def loops_of(
    unit: Unit, product: Product, days: tuple[date, date], parties: Sequence[str]
) -> Mapping[str, float | None]:  # fmt: skip
    """Share of each seller's sales that run in circles, among all who let us see their invoices."""
    if "loop_share_12m" not in product.facts:
        return {}
    window = add_months(days[0], -12), days[0]

    def willing(those: Sequence[str]) -> list[str]:
        return list(allowed(unit.parties.consents(those), "invoices", product.needs.purposes, *days))

    def sales(sellers: Sequence[str]) -> list[tuple[str, str, int]]:
        return unit.records.sales(willing(sellers), *window)

    def sold_to(buyers: Sequence[str]) -> list[tuple[str, str, int]]:
        edges = unit.records.sold_to(buyers, *window)
        may = set(willing(sorted({seller for seller, _, _ in edges})))
        return [edge for edge in edges if edge[0] in may]

    if len(parties) > BUCKET:
        return loop_shares(sales(unit.parties.ids()))
    return {party: loop_share(party, sales, sold_to) for party in parties}


def _decide_bucket(
    unit: Unit, product: Product, parties: list[str], days: tuple[date, date], loops: Mapping[str, float | None]
) -> list[StoredDecision]:
    decisions = []
    for party, seen in looked_at(unit, product, parties, days, loops).items():
        inputs = {
            "party": party, "product": product.product_id, "as_of": days[0], "consents": seen.consents,
            "facts": seen.facts,
        }  # fmt: skip
        decisions.append(decision_from(product, party, days[0], canonical(inputs), __version__))
    return decisions


@dataclass(frozen=True, slots=True)
class Seen:
    """What a product looks at of a party: facts as a decision keeps them, and the consents that let it."""

    consents: list[str]
    facts: dict[str, str | None]


def looked_at(
    unit: Unit, product: Product, parties: list[str], days: tuple[date, date], loops: Mapping[str, float | None]
) -> dict[str, Seen]:
    """Each party's facts on the first of these days; Refusal where it does not allow what is needed on all of them."""
    used, tables, covered = _seen(unit, product, parties, days)
    as_of = days[0]
    features = whole_picture(tables, parties, as_of, covered, wanted=set(product.facts))
    figures = demanded(tables, parties, as_of, product.needs.demands, covered)
    fraud = None
    if any(name.startswith("found_") for name in product.facts):
        fraud = findings_of(unit, tables=tables, covered=covered, parties=parties, as_of=as_of, today=days[1])
    sources, owed = unit.parties.sources(parties), stored_exposures(unit, product, parties, as_of)
    seen = {}
    for row, party in enumerate(parties):
        found: dict[str, float | None] = {name: float(values[row]) for name, values in features.items()}
        found["loop_share_12m"] = loops.get(party)
        found |= dict.fromkeys(CANNOT_SHOW.get(sources[party], ()))
        found |= fraud.figures(party, check_names()) if fraud else {}
        found |= {name: float(values[row]) for name, values in figures.items()}
        facts = {name: _text(party, found.get(name)) for name in product.facts} | owed.get(party, {})
        seen[party] = Seen(used[party], facts)
    for party, share in joint_shares(unit, product, {party: one.facts for party, one in seen.items()}, as_of).items():
        seen[party].facts[JOINT_SHARE] = share
    return seen


def _seen(
    unit: Unit, product: Product, parties: list[str], days: tuple[date, date]
) -> tuple[dict[str, list[str]], dict[str, pa.Table], pa.Table]:
    """The consents used of each party; records of every kind the product looks at and it allows; what files cover."""
    needs, members = product.needs, members_of(unit, parties)
    consents, reading = unit.parties.consents(everybody(members)), Reading(unit, members, days[0])
    whose = {kind: willing(consents, members, kind, needs.purposes, *days) for kind in needs.scopes}
    whose |= {kind: allowed(consents, kind, needs.purposes, *days) for kind in needs.optional}
    used = {
        party: list(dict.fromkeys(one for who in whose.values() for member in those for one in who.get(member, ())))
        for party, those in members.items()
    }
    return used, reading.rows(whose), reading.covered(whose)


def _text(party: str, value: float | None) -> str | None:
    """A fact as a decision keeps it: six decimal places; None is not known."""
    if value is None or value != value:
        return None
    try:
        return text(micro(value))
    except ValueError as error:
        raise BadInput("fact_out_of_reason", f"{party}: {error}", hint="look at its largest amounts") from error


def decision_from(product: Product, party: str, as_of: date, inputs: str, code: str) -> StoredDecision:
    """From the canonical inputs alone, so that a replay walks the very same way; a person's ruling is among them."""
    stored = json.loads(inputs)
    verdict = ruled(underwrite(product.policy, numbers_of(product, stored["facts"]), as_of), stored.get("ruling"))
    versions = {"product": product.version, "product_hash": product.hash, "code": code}
    inputs_hash = fingerprint(inputs)
    decision_id = identifier("dec", inputs_hash, versions)
    limit = int(unscaled(verdict.limit) * 100)
    document = _document(decision_id, party, product.product_id, as_of, verdict) | {
        "limit": yuan(limit), "versions": versions, "inputs_hash": inputs_hash,
    }  # fmt: skip
    if verdict.at_once is not None:
        document["at_once"] = yuan(min(limit, int(unscaled(verdict.at_once) * 100)))
    rate = None if verdict.annual_rate is None else unscaled(verdict.annual_rate)
    return StoredDecision(
        decision_id, party, product.product_id, product.hash, as_of, verdict.outcome, limit, rate,
        unscaled(verdict.pd), verdict.grade, canonical(document), inputs,
    )  # fmt: skip


def ruled(verdict: Verdict, ruling: Mapping[str, str] | None) -> Verdict:
    """A person's word instead of the policy's outcome, limit and rate; what the policy found stands beside it."""
    if ruling is None:
        return verdict
    said = "approve", "人工批准", "Approved by a person"
    if ruling["outcome"] == "decline":
        said = "decline", "人工拒绝", "Declined by a person"
    reason = Reason("O01", "note", *said[1:], "ruling", ruling["outcome"], f"{ruling['role']}: {ruling['because']}")
    rate = micro(ruling["annual_rate"]) if ruling["annual_rate"] else None
    return replace(
        verdict, outcome=said[0], limit=micro(ruling["limit"]), annual_rate=rate, reasons=(reason, *verdict.reasons)
    )


def facts_of(product: Product, inputs: str) -> Facts:
    """The facts that a product looks at, of stored inputs, in micro-units."""
    return numbers_of(product, json.loads(inputs)["facts"])


def numbers_of(product: Product, facts: Mapping[str, str | None]) -> Facts:
    return {name: None if (known := facts.get(name)) is None else micro(known) for name in product.facts}


def _document(decision_id: str, party: str, product: str, as_of: date, verdict: Verdict) -> dict[str, Any]:
    rate = None if verdict.annual_rate is None else format(quantized(unscaled(verdict.annual_rate), "0.0001"), "f")
    reasons = []
    for reason in verdict.reasons:
        words = reason.as_dict()
        del words["weight"]
        reasons.append(words)
    return {
        "decision": decision_id, "party": party, "product": product, "as_of": as_of, "outcome": verdict.outcome,
        "annual_rate": rate, "score": verdict.score, "pd": format(unscaled(verdict.pd), "f"), "grade": verdict.grade,
        "reasons": reasons, "trace": list(verdict.trace),
    }  # fmt: skip


def replay(*, books: Books, by: Actor, decision_id: str) -> tuple[StoredDecision, bool]:
    """Decide again from the stored inputs and the product version used then; was every byte the same?"""
    with books.unit(by.tenant) as unit:
        stored = unit.decisions.get(decision_id)
        if stored is None:
            raise NotFound(
                "no_such_decision", f"no decision {decision_id}", hint="`zhiwei decide --json` prints the ids"
            )
        again = replayed(unit, stored)
    return again, again == stored


def replayed(unit: Unit, stored: StoredDecision) -> StoredDecision:
    """The decision made again; the code version is the one then noted, so that only what it decides is compared."""
    product = by_hash(unit, stored.product, stored.product_hash)
    code = json.loads(stored.document)["versions"]["code"]
    return decision_from(product, stored.party, stored.as_of, stored.inputs, code)


def accepted_rate(decision: StoredDecision) -> Decimal:
    if decision.outcome != "approve" or decision.annual_rate is None:
        raise Refusal(
            "not_approved", f"decision {decision.decision_id} is {decision.outcome}, there is no offer to accept"
        )
    return decision.annual_rate
