"""A policy compiled for one day: decisions without a trace, one by one or over arrays, equal to `underwrite` in each.

All tests on one fact, those of rules and of the scorecard's bins, become one search among cut points. What is found
there is one whole number that holds the points and how many rules decline and refer, so that a decision is a sum. All
that follows from the score alone (probability, grade, price, often a part of the limit) is computed once per score.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zhiwei.credit.underwriting.decision import Verdict, explained
from zhiwei.credit.underwriting.policy import Policy
from zhiwei.credit.underwriting.pricing import Step, graded, searched_prices
from zhiwei.credit.underwriting.scoring import Bin, placed
from zhiwei.credit.underwriting.terms import annual_rate, whole_steps
from zhiwei.tables import MICRO, Column, Rule, Split, exact
from zhiwei.values import Breach

OUTCOMES = ("approve", "refer", "decline")  # as numbered in `Decisions.outcome`
CHUNK = 16_384  # rows decided together: they stay in the processor's cache
_DECLINE, _REFER, _POINTS = 1 << 47, 1 << 32, (1 << 32) - 1  # fields of one whole number, none reaching the next
_BY_SCORE = frozenset({"pd", "score"})
Facts = Mapping[str, int | None]
Columns = Mapping[str, Column]
Ints = NDArray[np.int64]


class Decided(NamedTuple):
    """A verdict without its reasons. `limit` 元, `annual_rate` and `pd` in micro-units."""

    outcome: str
    limit: int
    annual_rate: int | None
    score: int
    pd: int
    grade: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Those of a population, by row. `outcome` and `grade` are places in OUTCOMES and `grades`.

    `annual_rate` is present where `priced`. `limit` is int64; Python's integers only where one does not fit.
    """

    outcome: NDArray[np.int8]
    limit: NDArray[Any]
    annual_rate: Ints
    priced: NDArray[np.bool_]
    score: Ints
    pd: Ints
    grade: NDArray[np.int16]
    grades: tuple[str, ...]

    def row(self, at: int) -> Decided:
        rate = int(self.annual_rate[at]) if self.priced[at] else None
        return Decided(
            OUTCOMES[self.outcome[at]], int(self.limit[at]), rate, int(self.score[at]), int(self.pd[at]),
            self.grades[self.grade[at]],
        )  # fmt: skip


class _Asked(NamedTuple):
    """All that is asked of one fact: `entries` by segment of its numbers, `missing` where it is not known.

    `anchor`: the place of the card that asks it, among those that are fused; None where no such card does.
    """

    fact: str
    split: Split
    entries: list[int]
    missing: int
    anchor: int | None


class _Scored(NamedTuple):
    """What follows from a score. `least` is the smallest limit term that depends on it alone."""

    pd: int
    grade: int
    rate: int | None
    severity: int  # of the price: 2 above the cap, 1 cannot be computed
    least: int | None
    short: bool  # such a limit term cannot be computed


@dataclass(frozen=True, slots=True)
class Compiled:
    """Made by `compile_policy`. Facts as for `underwrite`; columns by name, at least those of `facts`."""

    decide: Callable[[Facts], Decided]
    explain: Callable[[Facts], Verdict]
    over: Callable[[Columns], Decisions]
    facts: frozenset[str]


def compile_policy(policy: Policy, on: date) -> Compiled:
    """Refusal where a parameter that is needed is not in force on the day."""
    inside = _Inside(policy, on)
    return Compiled(inside.decide, inside.explain, inside.over, frozenset(policy.facts()))


def underwrite_many(policy: Policy, columns: Columns, on: date) -> Decisions:
    """Decide a population: every fact that the policy looks at as micro-units and where they are present."""
    return compile_policy(policy, on).over(columns)


class _Inside:
    """The parts both forms are made of."""

    def __init__(self, policy: Policy, on: date) -> None:
        self.policy, self.numbers = policy, policy.in_force(on)
        bound = {name: value for name, value in self.numbers.items() if name not in _BY_SCORE}
        self.asked, lowest = _asked(policy)
        self.lowest = policy.scorecard.calibration.base_points + sum(lowest.values())
        fusion = self.fusion = policy.scorecard.fusion
        anchors = enumerate(fusion.anchors if fusion else ())
        self.starts = [anchor.calibration.base_points + lowest.get(place, 0) for place, anchor in anchors]
        self.grades = tuple(grade.name for grade in policy.grades)
        limit = [term.expression.bound(bound) for term in policy.limit]
        self.price = [term.expression.bound(bound) for term in policy.price]
        self.alone = [term for term in limit if term.names <= _BY_SCORE]
        self.plain = [term for term in limit if term.names.isdisjoint(_BY_SCORE) and term not in self.alone]
        self.mixed = [term for term in limit if term not in self.alone and term not in self.plain]
        self.fixed_price = all(term.names <= _BY_SCORE for term in self.price)
        self.prices = searched_prices(policy, on)  # by score: there is no other price term then
        self.scored: dict[int, _Scored] = {}

    # --- one by one

    def explain(self, facts: Facts) -> Verdict:
        return explained(self.policy, facts, self.numbers, self.prices)

    def decide(self, facts: Facts) -> Decided:
        if self.policy.tables:
            facts = self.policy.derived(facts, self.numbers)
        total = 0
        if self.fusion is None:
            for fact, split, entries, missing, _ in self.asked:
                value = facts[fact]
                total += missing if value is None else entries[bisect_right(split.cuts, value)]
            score = self.lowest + (total & _POINTS)
        else:
            total, score = self._fused(facts)
        scored = self.scored.get(score) or self._score(score)
        severity = 2 if total >= _DECLINE else 1 if total >= _REFER else 0
        limit, effect = self._limit(facts, score, scored)
        rate, dear = (scored.rate, scored.severity) if self.fixed_price else self._price(facts, score, scored.pd)
        severity = max(severity, effect, dear)
        if severity == 2:
            return Decided("decline", 0, None, score, scored.pd, self.grades[scored.grade])
        return Decided(OUTCOMES[severity], limit, rate, score, scored.pd, self.grades[scored.grade])

    def _fused(self, facts: Facts) -> tuple[int, int]:
        """The sum of what rules say, and the fused score."""
        assert self.fusion
        said, known, scores = 0, 0, self.starts.copy()
        for fact, split, entries, missing, anchor in self.asked:
            value = facts[fact]
            entry = missing if value is None else entries[bisect_right(split.cuts, value)]
            said += entry & ~_POINTS
            if anchor is not None:
                scores[anchor] += entry & _POINTS
                known |= (value is not None) << anchor
        return said, self.fusion.fused(self.policy.scorecard.calibration.base_points, known, scores)

    def _score(self, score: int) -> _Scored:
        pd = self.policy.scorecard.calibration.probability(score, self.numbers["base_rate"])
        grade = next(place for place, grade in enumerate(self.policy.grades) if grade.cell.holds(pd))
        facts = {"pd": pd, "score": score * MICRO}
        rate, severity = self._price(facts, score, pd) if self.fixed_price else (None, 0)
        limits = [term.value(facts) for term in self.alone]
        known = [value for value in limits if value is not None]
        found = _Scored(pd, grade, rate, severity, min(known, default=None), len(known) < len(limits))
        if len(self.scored) < 2**16:  # a card of people's points has some hundred scores
            self.scored[score] = found
        return found

    def _limit(self, facts: Facts, score: int, scored: _Scored) -> tuple[int, int]:
        """The limit, and the severity of what it says."""
        least = scored.least
        values = [term.value(facts) for term in self.plain]
        if self.mixed:
            everything = {**facts, "pd": scored.pd, "score": score * MICRO}
            values += [term.value(everything) for term in self.mixed]
        for value in values:
            if value is None:
                return 0, 1
            if least is None or value < least:
                least = value
        if scored.short:
            return 0, 1
        step = self.policy.limit_step
        limit = max(0, least) // step * step if least is not None else 0
        return limit, 2 if limit < self.policy.smallest_limit else 0

    def _price(self, facts: Facts, score: int, pd: int) -> tuple[int | None, int]:
        everything = {**facts, "pd": pd, "score": score * MICRO}
        total = 0
        for term in self.price:
            value = term.value(everything)
            if value is None:
                return None, 1
            total += value
        rate = annual_rate(total, self.numbers["rate_floor"])
        if self.prices is not None:
            rate = self.prices.priced(Step(score, pd, graded(self.policy.grades, pd), total)).rate or rate
        return (None, 2) if rate > self.numbers["rate_cap"] else (rate, 0)

    # --- over a population

    def over(self, columns: Columns) -> Decisions:
        size = len(next(iter(columns.values()))[0]) if columns else 0
        parts = [
            self._chunk({name: (values[at : at + CHUNK], there[at : at + CHUNK])
                         for name, (values, there) in columns.items()}, min(CHUNK, size - at))
            for at in range(0, size, CHUNK)
        ]  # fmt: skip
        if not parts:
            parts = [self._chunk({name: (values[:0], there[:0]) for name, (values, there) in columns.items()}, 0)]
        outcome, limit, rate, priced, score, pd, grade = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Decisions(outcome, limit, rate, priced, score, pd, grade, self.grades)

    def _chunk(self, columns: Columns, size: int) -> tuple[NDArray[Any], ...]:
        columns = self._derived(columns, size)
        entries = [
            np.array([one.missing, *one.entries], np.int64).take(one.split.over(columns[one.fact]))
            for one in self.asked
        ]
        total = sum(entries, np.zeros(size, dtype=np.int64))
        score = self.lowest + (total & _POINTS) if self.fusion is None else self._fused_over(columns, entries, size)
        least = int(score.min()) if size else 0
        severity = np.where(total >= _DECLINE, 2, total >= _REFER).astype(np.int8)
        scores, places = _distinct(score - least)
        found = [self.scored.get(score) or self._score(score) for score in (scores + least).tolist()]
        pd = np.array([one.pd for one in found], np.int64).take(places)
        grade = np.array([one.grade for one in found], np.int16).take(places)
        everything = {**columns, "pd": _whole(pd), "score": _whole(score * MICRO)}
        limit, short = self._limits(everything, size)
        np.maximum(severity, short, out=severity)
        if self.fixed_price:
            rate = np.array([one.rate or 0 for one in found], np.int64).take(places)
            dear = np.array([one.severity for one in found], np.int8).take(places)
        else:
            rate, dear = self._prices(everything, size)
        np.maximum(severity, dear, out=severity)
        declined = severity == 2
        limit = np.where(declined, 0, limit)
        priced = ~declined & (dear == 0)
        return severity, limit, np.where(priced, rate, 0), priced, score, pd, grade

    def _derived(self, columns: Columns, size: int) -> Columns:
        """The columns, and what the product's tables give."""
        if not self.policy.tables:
            return columns
        numbers = {name: _whole(np.full(size, value, np.int64)) for name, value in self.numbers.items()}
        found = dict(columns)
        for one in self.policy.tables:
            given = one.over({**columns, **numbers}, size)
            found |= {name: given.output(name) for name in one.table.outputs}
        return found

    def _fused_over(self, columns: Columns, entries: list[Ints], size: int) -> Ints:
        """The fused scores: rows that know the same anchors are weighed together."""
        assert self.fusion
        known = np.zeros(size, np.int64)
        scores = [np.full(size, start, np.int64) for start in self.starts]
        for (fact, *_, anchor), entry in zip(self.asked, entries, strict=True):
            if anchor is not None:
                scores[anchor] += entry & _POINTS
                known |= columns[fact][1].astype(np.int64) << anchor
        found = np.zeros(size, np.int64)
        for bits in np.unique(known).tolist():
            at = np.flatnonzero(known == bits)
            base = self.policy.scorecard.calibration.base_points
            found[at] = self.fusion.fused(base, bits, [one[at] for one in scores])
        return found

    def _limits(self, columns: Columns, size: int) -> tuple[NDArray[Any], NDArray[np.int8]]:
        least: NDArray[Any] | None = None
        whole = np.ones(size, dtype=bool)
        for term in (*self.alone, *self.plain, *self.mixed):
            values, present = term.over(columns, size)
            least = values if least is None else np.minimum(least, values)
            whole = whole & present
        step = self.policy.limit_step
        limit = np.zeros(size, np.int64) if least is None else np.maximum(least, 0) // step * step
        limit = np.where(whole, limit, 0)
        low = (limit < self.policy.smallest_limit).astype(bool)
        return limit, np.where(whole, np.where(low, 2, 0), 1).astype(np.int8)

    def _prices(self, columns: Columns, size: int) -> tuple[NDArray[Any], NDArray[np.int8]]:
        """A price that is charged fits 64 bits; one that does not is above any cap, and only compared with it."""
        terms = [term.over(columns, size) for term in self.price]
        total, *more = (values for values, _ in terms)
        for values in more:
            try:
                total = exact.plus(total, values)
            except OverflowError:
                total = total.astype(object) + values.astype(object)
        whole = np.logical_and.reduce([present for _, present in terms])
        rate = np.maximum(whole_steps(total), self.numbers["rate_floor"])
        dear = (rate > self.numbers["rate_cap"]).astype(bool)
        charged = np.where(dear | ~whole, 0, rate).astype(np.int64)
        return charged, np.where(whole, np.where(dear, 2, 0), 1).astype(np.int8)


def _whole(values: Ints) -> Column:
    return values, np.ones(len(values), dtype=bool)


def _distinct(points: Ints) -> tuple[Ints, Ints]:
    """The values there are, ascending, and the place of each row's value among them."""
    if points.size and (high := int(points.max())) < 2**20:
        seen = np.zeros(high + 1, dtype=bool)
        seen[points] = True
        return np.flatnonzero(seen), (np.cumsum(seen) - 1).take(points)
    scores, places = np.unique(points, return_inverse=True)
    return scores, places


def _asked(policy: Policy) -> tuple[list[_Asked], dict[int | None, int]]:
    """By fact, in the order first asked, and the sum of the fewest points of each card: entries count from there."""
    rules: dict[str, list[Rule]] = {}
    for rule in (rule for stage in policy.stages for rule in stage.rules):
        rules.setdefault(rule.fact, []).append(rule)
    anchors = policy.scorecard.fusion.attributes if policy.scorecard.fusion else {}
    asked: list[_Asked] = []
    lowest: dict[int | None, int] = {}
    for fact in dict.fromkeys((*rules, *policy.scorecard.bins)):
        bins, own = policy.scorecard.bins.get(fact, ()), rules.get(fact, [])
        least = min((bin_.points for bin_ in bins), default=0)
        anchor = anchors.get(fact)
        lowest[anchor] = lowest.get(anchor, 0) + least
        split = Split([*(rule.cell for rule in own), *(bin_.cell for bin_ in bins)])
        entries = _entries(split, own, bins, least)
        asked.append(_Asked(fact, split, entries[1:], entries[0], anchor))
    return asked, lowest


def _entries(split: Split, rules: list[Rule], bins: tuple[Bin, ...], least: int) -> list[int]:
    """One whole number per segment, the missing value first."""
    numbers = len(split.cuts) + 2
    entries = [0] * numbers
    worth = {"decline": _DECLINE, "refer": _REFER}
    for rule in rules:
        for segment in split.segments(rule.cell):
            if segment < numbers:
                entries[segment] += worth.get(rule.effect, 0)
        if not rule.cell.null:
            entries[0] += worth.get(rule.if_missing, 0)
    for segment, bin_ in enumerate(placed(split, bins) if bins else ()):
        if bin_ is None:
            raise Breach(f"no bin of {bins[0].attribute} takes {split.said(segment)}")
        entries[segment] += bin_.points - least
    return entries
