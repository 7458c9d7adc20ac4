"""Facts and a policy -> a decision that explains itself; the same inputs give the same bytes, for ever.

Order: demands on data -> admission -> fraud checks -> rules -> score -> limit -> price. All of it is computed even for
a business that is declined early, so that the decision carries a score, a probability and every reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from zhiwei.credit.underwriting.policy import Policy
from zhiwei.credit.underwriting.pricing import Ladder, Step, graded, searched_prices
from zhiwei.credit.underwriting.scoring import Bin, Scorecard
from zhiwei.credit.underwriting.terms import annual_rate, values
from zhiwei.tables import MICRO, text
from zhiwei.values import Reason, by_severity

MAX_SCORE_REASONS = 4
Facts = Mapping[str, int | None]
_fixed = lru_cache(1024)(text)  # of parameters, which every decision shows again


@dataclass(frozen=True, slots=True)
class Verdict:
    """`limit` 元 and `annual_rate`, `pd` in micro-units; `annual_rate` None where no price is possible.

    `at_once` is the most of the limit that can be drawn before security is registered; None where all of it can.
    """

    outcome: str  # approve | refer | decline
    limit: int
    annual_rate: int | None
    score: int
    pd: int
    grade: str
    reasons: tuple[Reason, ...]
    trace: tuple[dict[str, Any], ...]
    at_once: int | None = None


def underwrite(policy: Policy, facts: Facts, on: date) -> Verdict:
    """Decide. `facts`: every fact of the catalogue in micro-units, None where missing; `on` dates the parameters."""
    return explained(policy, facts, policy.in_force(on), searched_prices(policy, on))


def explained(policy: Policy, facts: Facts, numbers: Mapping[str, int], prices: Ladder | None) -> Verdict:
    """The same with the parameters of the day at hand, and the prices where they are searched."""
    facts, trace = policy.traced(facts, numbers)
    reasons, asked = ask_rules(policy, facts)
    trace += asked
    score, pd, grade, short = score_of(policy, facts, numbers, trace)
    everything = everything_of(facts, numbers, pd, score)
    limit = limit_of(policy, everything, reasons, trace)
    rate = price_of(policy, everything, reasons, trace, prices)
    outcome = outcome_of(reasons)
    shown = by_severity(reasons) + short
    if outcome == "decline":
        limit, rate = 0, None
    first = at_once_of(policy, everything, trace) if policy.at_once else None
    return Verdict(outcome, limit, rate, score, pd, grade, tuple(shown), tuple(trace), first)


def ask_rules(policy: Policy, facts: Facts) -> tuple[list[Reason], list[dict[str, Any]]]:
    reasons, trace = [], []
    for stage in policy.stages:
        for rule in stage.rules:
            value = facts[rule.fact]
            result = "not known" if value is None else "pass"
            if (value is None or rule.cell.holds(value)) and (reason := rule.judge(facts)):
                reasons.append(reason)
                result = reason.effect
            trace.append({
                "step": stage.name, "code": rule.code, "fact": rule.fact,
                "value": None if value is None else text(value), "test": rule.cell.source, "result": result,
            })  # fmt: skip
    return reasons, trace


def score_of(
    policy: Policy, facts: Facts, numbers: Mapping[str, int], trace: list[dict[str, Any]]
) -> tuple[int, int, str, list[Reason]]:
    """The score, its probability and grade, and what held the score down."""
    matched = policy.scorecard.matches(facts)
    score = policy.scorecard.score(matched, facts)
    pd = policy.scorecard.calibration.probability(score, numbers["base_rate"])
    grade = graded(policy.grades, pd)
    trace += [
        {"step": "score", "fact": bin_.attribute, "value": _shown(facts[bin_.attribute]), "bin": bin_.cell.source,
         "points": bin_.points}
        for bin_ in matched
    ]  # fmt: skip
    trace += _anchors(policy.scorecard, matched, facts, numbers["base_rate"])
    trace.append(
        {"step": "pd", "score": score, "base_rate": _fixed(numbers["base_rate"]), "pd": text(pd), "grade": grade}
    )
    return score, pd, grade, policy.scorecard.reasons(matched, facts, MAX_SCORE_REASONS)


def everything_of(facts: Facts, numbers: Mapping[str, int], pd: int, score: int) -> dict[str, int | None]:
    """What the terms of limit and price may name."""
    return {**facts, **numbers, "pd": pd, "score": score * 10**6}


def outcome_of(reasons: Iterable[Reason]) -> str:
    effects = {reason.effect for reason in reasons}
    return "decline" if "decline" in effects else "refer" if "refer" in effects else "approve"


def _anchors(card: Scorecard, matched: list[Bin], facts: Facts, base_rate: int) -> list[dict[str, Any]]:
    """What each anchor's own card says, and what it weighs: an anchor that is not known says nothing."""
    fusion = card.fusion
    if fusion is None:
        return []
    known = fusion.known(facts)
    scores = fusion.scores({bin_.attribute: bin_.points for bin_ in matched})
    steps: list[dict[str, Any]] = []
    for place, (anchor, score) in enumerate(zip(fusion.anchors, scores, strict=True)):
        seen = bool(known >> place & 1)
        own = text(anchor.calibration.probability(score, base_rate)) if seen else None
        weight = text(fusion.weights[known].of[place])
        steps.append(
            {"step": "anchor", "anchor": anchor.name, "score": score if seen else None, "pd": own, "weight": weight}
        )
    steps.append({"step": "fusion", "known": fusion.named(known), "shift": text(fusion.weights[known].shift)})
    return steps


def limit_of(policy: Policy, facts: Facts, reasons: list[Reason], trace: list[dict[str, Any]]) -> int:
    """The smallest term, rounded down to the product's step; a missing term is referred, never taken for zero."""
    terms = values(policy.limit, facts)
    missing = [name for name, value in terms.items() if value is None]
    for name in missing:
        reasons.append(
            Reason("L01", "refer", "额度依据缺失", "A term of the limit cannot be computed", name, None, "-")
        )
    known = {name: value for name, value in terms.items() if value is not None}
    binding = min(known, key=lambda name: known[name], default="")
    limit = max(0, known[binding]) // policy.limit_step * policy.limit_step if binding and not missing else 0
    trace.append({
        "step": "limit", "binding": binding, "limit": text(limit),
        "terms": {name: _shown(value) for name, value in terms.items()},
    })  # fmt: skip
    if not missing and limit < policy.smallest_limit:
        words = ("可贷额度低于产品最低额度", "The limit would be below the product's smallest")
        reasons.append(Reason("L02", "decline", *words, binding, text(limit), f"< {text(policy.smallest_limit)}"))
    return limit


def at_once_of(policy: Policy, facts: Facts, trace: list[dict[str, Any]]) -> int:
    """The smallest of these terms, rounded down; nothing where one cannot be computed."""
    terms = values(policy.at_once, facts)
    least = min((0 if value is None else value for value in terms.values()), default=0)
    part = max(0, least) // policy.limit_step * policy.limit_step
    shown = {name: _shown(value) for name, value in terms.items()}
    trace.append({"step": "at_once", "limit": text(part), "terms": shown})
    return part


def price_of(
    policy: Policy, facts: Facts, reasons: list[Reason], trace: list[dict[str, Any]], prices: Ladder | None
) -> int | None:
    """The sum of the price terms, half up to 0.01 %, not below the floor; above the cap the business is declined.

    Where demand is known that sum is the least, and the price is the one of the score.
    """
    terms = values(policy.price, facts)
    if any(value is None for value in terms.values()):
        reasons.append(
            Reason("P01", "refer", "定价依据缺失", "A term of the price cannot be computed", "price", None, "-")
        )
        return None
    floor, cap = facts["rate_floor"] or 0, facts["rate_cap"] or 0
    total = sum(value or 0 for value in terms.values())
    rate, searched = annual_rate(total, floor), {}
    if prices is not None:
        pd = facts["pd"] or 0
        rung = prices.priced(Step((facts["score"] or 0) // MICRO, pd, graded(policy.grades, pd), total))
        rate, searched = rung.rate or rate, prices.shown(rung)
    trace.append({
        "step": "price", "annual_rate": text(rate), "floor": _fixed(floor), "cap": _fixed(cap),
        "terms": {name: _shown(value) for name, value in terms.items()}, **searched,
    })  # fmt: skip
    if rate > cap:
        words = ("风险所需利率超过产品利率上限", "The rate that the risk requires exceeds the product's cap")
        reasons.append(Reason("P02", "decline", *words, "annual_rate", text(rate), f"> {text(cap)}"))
        return None
    return rate


def _shown(value: int | None) -> str | None:
    return None if value is None else text(value)
