"""Each part of a decision asked alone: may it apply, how good is it, how much, at which price. 准入、评估、额度、定价

A decision is these four put together, and the code of each is the decision's own: nothing is computed by two. A product
folder says how an institution answers them. Each trace begins with what the product's own tables gave.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from zhiwei.credit.underwriting.decision import (
    Facts,
    ask_rules,
    at_once_of,
    everything_of,
    limit_of,
    outcome_of,
    price_of,
    score_of,
)
from zhiwei.credit.underwriting.policy import Policy
from zhiwei.credit.underwriting.pricing import searched_prices
from zhiwei.credit.underwriting.terms import Term, values
from zhiwei.tables import MICRO
from zhiwei.values import BadInput, Reason, by_severity

Trace = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """What the rules of every stage say: demands on data, who may apply, fraud checks, rules of credit."""

    outcome: str  # approve | refer | decline
    reasons: tuple[Reason, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Assessment:
    """`pd` in micro-units, of 12 months; `reasons` are what held the score down, the most points lost first."""

    score: int
    pd: int
    grade: str
    reasons: tuple[Reason, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class TermValue:
    """One term of a limit (元) or a price (per year), in micro-units; None where a fact it needs is missing."""

    name: str
    value: int | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LimitAdvice:
    """`limit` 元 in micro-units, the smallest of `terms` in whole steps: that of `binding`, '' where none is known.

    `at_once`: the part that can be drawn before security is registered; None where all of it can.
    """

    outcome: str
    limit: int
    binding: str
    terms: tuple[TermValue, ...]
    at_once: int | None
    reasons: tuple[Reason, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class PriceAdvice:
    """Per year, in micro-units: the sum of `terms`, not below `floor`. None where it cannot be said or is above `cap`.

    A price above the cap is a decline, for no dearer loan may be offered.
    """

    outcome: str
    annual_rate: int | None
    terms: tuple[TermValue, ...]
    floor: int
    cap: int
    reasons: tuple[Reason, ...]
    trace: Trace


def admit(policy: Policy, facts: Facts, on: date) -> Admission:
    """Ask every rule. `facts`: as for `underwrite`, in micro-units, None where missing."""
    seen = _seen(policy, facts, on)
    reasons, asked = ask_rules(policy, seen.facts)
    return Admission(outcome_of(reasons), tuple(by_severity(reasons)), (*seen.tables, *asked))


def assess(policy: Policy, facts: Facts, on: date) -> Assessment:
    """Score, probability of default and grade."""
    seen = _seen(policy, facts, on)
    trace = [*seen.tables]
    score, pd, grade, reasons = score_of(policy, seen.facts, seen.numbers, trace)
    return Assessment(score, pd, grade, tuple(reasons), tuple(trace))


def advise_limit(policy: Policy, facts: Facts, on: date, pd: int | None = None) -> LimitAdvice:
    """How much at most. `pd`: somebody else's probability instead of the scorecard's, whose score stays."""
    seen = _seen(policy, facts, on)
    everything = _known(policy, seen, pd)
    reasons: list[Reason] = []
    trace = [*seen.tables]
    limit = limit_of(policy, everything, reasons, trace)
    binding = trace[-1]["binding"]
    first = min(limit, at_once_of(policy, everything, trace)) if policy.at_once else None
    terms = _terms(policy.limit, everything)
    return LimitAdvice(outcome_of(reasons), limit, binding, terms, first, tuple(reasons), tuple(trace))


def price(policy: Policy, facts: Facts, on: date, pd: int | None = None) -> PriceAdvice:
    """At which rate a year. `pd` as for a limit."""
    seen = _seen(policy, facts, on)
    everything = _known(policy, seen, pd)
    reasons: list[Reason] = []
    trace = [*seen.tables]
    rate = price_of(policy, everything, reasons, trace, searched_prices(policy, on))
    floor, cap = seen.numbers["rate_floor"], seen.numbers["rate_cap"]
    terms = _terms(policy.price, everything)
    return PriceAdvice(outcome_of(reasons), rate, terms, floor, cap, tuple(reasons), tuple(trace))


class _Seen(NamedTuple):
    """What each question stands on: facts with those that the product's own tables give, and the numbers of the day."""

    facts: dict[str, int | None]
    numbers: dict[str, int]
    tables: list[dict[str, Any]]


def _seen(policy: Policy, facts: Facts, on: date) -> _Seen:
    numbers = policy.in_force(on)
    found, tables = policy.traced(facts, numbers)
    return _Seen(found, numbers, tables)


def _known(policy: Policy, seen: _Seen, pd: int | None) -> dict[str, int | None]:
    if pd is not None and not 0 < pd < MICRO:
        raise BadInput("bad_pd", "a probability of default lies between 0 and 1, neither of them included")
    score, own, *_ = score_of(policy, seen.facts, seen.numbers, [])
    return everything_of(seen.facts, seen.numbers, own if pd is None else pd, score)


def _terms(terms: tuple[Term, ...], facts: Facts) -> tuple[TermValue, ...]:
    found = values(terms, facts)
    return tuple(TermValue(term.name, found[term.name], term.zh, term.en) for term in terms)
