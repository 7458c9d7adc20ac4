"""What would change the answer: the nearest approvals of a business that was declined or referred.

Every candidate is decided by the very same policy; nothing is estimated. A way says what would have to be seen, not
what a business can bring about, and none is promised: facts move together, and here they are moved one by one. What
is counted is moved by whole numbers, and not below zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zhiwei.borrower.features import CATALOGUE
from zhiwei.credit.underwriting.decision import Facts, Verdict, underwrite
from zhiwei.credit.underwriting.policy import Policy
from zhiwei.tables import MICRO, Cell, Rule

MOST = 5  # ways of one change that are told
_FACTORS = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 0.8, 0.6, 0.4, 0.2, 0.0)  # of what only limit or price look at
_COUNTED = ("count", "flag", "grade", "status")  # units of which there is no half
_FOUND = "found_"  # what checks found is counted too


@dataclass(frozen=True, slots=True)
class Change:
    """A fact as it is, None where it is not known, and as it would have to be; micro-units."""

    fact: str
    value: int | None
    becomes: int


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together would be approved, and what would then be offered; `limit` 元 in micro-units."""

    changes: tuple[Change, ...]
    limit: int
    annual_rate: int | None


def nearest_approvals(policy: Policy, facts: Facts, on: date) -> tuple[Way, ...]:
    """Ways of a single change, the smallest first; where none is enough, one way of several, without a spare one.

    () where the answer is yes already, or no change that was tried is enough.
    """
    if underwrite(policy, facts, on).outcome == "approve":
        return ()
    candidates = _candidates(policy, facts, policy.derived(facts, policy.in_force(on)))
    single = [
        way for fact, values in candidates.items() if (way := _first(policy, facts, on, fact, values)) is not None
    ]
    if single:
        return tuple(sorted(single, key=_size)[:MOST])
    together = _together(policy, facts, on, candidates)
    return (together,) if together else ()


def _candidates(policy: Policy, facts: Facts, derived: Facts) -> dict[str, list[int]]:
    """Fact -> values at which some test, bin or term would answer otherwise, the nearest first.

    What the product's own tables give cannot be moved; what they ask can.
    """
    found: dict[str, set[int]] = {}
    rules = [rule for stage in policy.stages for rule in stage.rules if rule.fact in facts]
    against = {rule.fact for rule in rules if _speaks(rule, facts[rule.fact])}
    for one in policy.tables:
        for place, name in enumerate(one.table.inputs):
            if name in facts:
                ends = [end for cell in one.table.column(place) for end in _ends(cell, _step(name))]
                found.setdefault(name, set()).update(ends)
    for rule in rules:
        if rule.fact in against:  # outside one rule another of the same fact may wait
            found.setdefault(rule.fact, set()).update(_outside(rule.cell, _step(rule.fact)))
    for name, bins in policy.scorecard.bins.items():
        if name not in facts:
            continue
        now = next(one for one in bins if one.cell.holds(facts[name]))
        better = (one.cell for one in bins if one.points > now.points)
        found.setdefault(name, set()).update(end for cell in better for end in _inside(cell, facts[name], _step(name)))
    asked = policy.named() & facts.keys()
    for name in asked:
        value = facts[name]
        if value:
            step = _step(name)
            found.setdefault(name, set()).update(round(value * factor / step) * step for factor in _FACTORS)
    tests = {name: [rule for rule in rules if rule.fact == name] for name in found}
    return {
        name: [value for value in _by_distance(values, facts[name]) if not _stopped(tests[name], value)]
        for name, values in found.items()
        if _moves(name)
    }


def _moves(fact: str) -> bool:
    """A code of a place or a use is not nearer to one than to another."""
    known = CATALOGUE.get(fact)
    return known is None or known.unit != "class"


def _speaks(rule: Rule, value: int | None) -> bool:
    reason = rule.judge({rule.fact: value})
    return reason is not None and reason.effect in ("refer", "decline")


def _stopped(rules: Iterable[Rule], value: int) -> bool:
    return any(_speaks(rule, value) for rule in rules)


def _step(fact: str) -> int:
    """By how much a fact can move."""
    known = CATALOGUE.get(fact)
    return MICRO if fact.startswith(_FOUND) or (known and known.unit in _COUNTED) else 1


def _outside(cell: Cell, step: int) -> list[int]:
    """The numbers next to what a cell takes; 0 for one that takes only what is missing."""
    below = [(span.low - 1) // step * step for span in cell.spans if span.low is not None]
    above = [-(-(span.high + 1) // step) * step for span in cell.spans if span.high is not None]
    return [one for one in (*below, *above) if step == 1 or one >= 0] or [0]


def _inside(cell: Cell, value: int | None, step: int) -> list[int]:
    """The numbers of a cell that are nearest to a value."""
    ends = _ends(cell, step)
    return ends if value is None else [min(ends, key=lambda end: abs(end - value))] if ends else []


def _ends(cell: Cell, step: int) -> list[int]:
    """The least and the most that each span takes, of the numbers that there can be."""
    low = [-(-span.low // step) * step for span in cell.spans if span.low is not None]
    high = [span.high // step * step for span in cell.spans if span.high is not None]
    return [end for end in (*low, *high) if cell.holds(end)]


def _by_distance(values: Iterable[int], value: int | None) -> list[int]:
    return sorted((one for one in values if one != value), key=lambda one: (abs(one - (value or 0)), one))


def _first(policy: Policy, facts: Facts, on: date, fact: str, values: list[int]) -> Way | None:
    for value in values:
        verdict = underwrite(policy, {**facts, fact: value}, on)
        if verdict.outcome == "approve":
            return _way(facts, {fact: value}, verdict)
    return None


def _together(policy: Policy, facts: Facts, on: date, candidates: Mapping[str, list[int]]) -> Way | None:
    """What speaks against is moved first, then what earns points, one by one until it is enough; then what was spare
    is taken back.
    """
    rules = [rule for stage in policy.stages for rule in stage.rules if rule.fact in facts]
    against = sorted({rule.fact for rule in rules if _speaks(rule, facts[rule.fact])})
    if not all(candidates.get(name) for name in against):
        return None  # what cannot be moved goes on speaking
    rest = [name for name in candidates if name not in against]
    changed = {name: candidates[name][0] for name in against}
    for name in ["", *rest, *against]:
        if name and candidates[name]:
            changed[name] = max(candidates[name], key=lambda value: _worth(policy, facts, name, value))
        if (verdict := underwrite(policy, {**facts, **changed}, on)).outcome == "approve":
            break
    else:
        return None
    for name in list(changed):
        fewer = {key: value for key, value in changed.items() if key != name}
        if (again := underwrite(policy, {**facts, **fewer}, on)).outcome == "approve":
            changed, verdict = fewer, again
    return _way(facts, changed, verdict)


def _worth(policy: Policy, facts: Facts, name: str, value: int) -> tuple[int, int]:
    """Points at a value of an attribute, and the nearer of two that earn the same."""
    points = next((one.points for one in policy.scorecard.bins.get(name, ()) if one.cell.holds(value)), 0)
    return points, -abs(value - (facts[name] or 0))


def _way(facts: Facts, changed: Mapping[str, int], verdict: Verdict) -> Way:
    changes = tuple(Change(name, facts[name], value) for name, value in sorted(changed.items()))
    return Way(changes, verdict.limit, verdict.annual_rate)


def _size(way: Way) -> tuple[float, str]:
    """How far the facts of a way move, each as a share of itself; what is not known yet comes after what is."""
    moved = sum(
        2.0 if one.value is None else abs(one.becomes - one.value) / max(abs(one.value), abs(one.becomes), 1)
        for one in way.changes
    )
    return moved, way.changes[0].fact
