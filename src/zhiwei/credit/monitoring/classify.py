"""Facts of a loan or a debtor + the rules in force -> its class, and on which grounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zhiwei.credit.monitoring.classes import BAD, CLASSES, ClassRules
from zhiwei.credit.monitoring.facts import Debtor, LoanFacts
from zhiwei.credit.monitoring.rules import BEFORE, RuleSet, Trigger
from zhiwei.tables import MICRO, text

BY_DAYS = "C01"


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a loan is at least `at_least`: a stable code, words in both languages, the fact and the threshold it met."""

    code: str
    at_least: str
    zh: str
    en: str
    fact: str
    value: str
    threshold: str


@dataclass(frozen=True, slots=True)
class Classification:
    """The class is the worst of its grounds (worst first); a normal loan has none. `rules` names the set."""

    name: str
    grounds: tuple[Ground, ...]
    rules: str

    @property
    def bad(self) -> bool:
        return self.name in BAD


def classify(facts: LoanFacts, rules: RuleSet, on: date) -> Classification:
    """One loan by every rule of the set. Debtor-wide rules ask `facts.debtor`: see classify_debtor."""
    measures = _measures(facts, rules, on)
    grounds = _by_days(facts, rules.days[facts.security])
    for trigger in rules.triggers:
        at_least = facts.before if trigger.at_least == BEFORE else trigger.at_least
        if at_least != CLASSES[0] and _speaks(trigger, measures, facts):
            value = text(measures[trigger.fact])
            grounds.append(
                Ground(trigger.code, at_least, trigger.zh, trigger.en, trigger.fact, value, trigger.cell.source)
            )
    grounds.sort(key=lambda ground: (-CLASSES.index(ground.at_least), ground.code))
    return Classification(grounds[0].at_least if grounds else CLASSES[0], tuple(grounds), rules.name)


def classify_debtor(
    loans: Sequence[tuple[LoanFacts, int]], rules: RuleSet, on: date, elsewhere: Debtor | None = None
) -> list[Classification]:
    """All loans (facts, 分 owed) of one debtor: each alone, then again knowing how much of the whole is bad.

    `elsewhere` says what is known from outside (over 90 days everywhere, bad elsewhere); its amounts here are ignored.
    """
    alone = [classify(replace(facts, debtor=None), rules, on) for facts, _ in loans]
    bad = sum(owed for one, (_, owed) in zip(alone, loans, strict=True) if one.bad)
    debtor = replace(elsewhere or Debtor(), owed_here=sum(owed for _, owed in loans), bad_here=bad)
    return [classify(replace(facts, debtor=debtor), rules, on) for facts, _ in loans]


def _by_days(facts: LoanFacts, days: ClassRules) -> list[Ground]:
    late = facts.days_past_due
    name = days.classify(late, technical=facts.technical)
    if name == CLASSES[0]:
        return []
    limit = days.above[CLASSES.index(name) - 1]
    zh, en = f"逾期{late}天,超过{limit}天", f"{late} days past due, more than {limit}"
    return [Ground(BY_DAYS, name, zh, en, "days_past_due", str(late), f"> {limit}")]


def _speaks(trigger: Trigger, measures: Mapping[str, int], facts: LoanFacts) -> bool:
    if trigger.who == "non-retail" and facts.retail:
        return False
    if trigger.unless and measures[trigger.unless]:
        return False
    return trigger.cell.holds(measures[trigger.fact])


def _measures(facts: LoanFacts, rules: RuleSet, on: date) -> dict[str, int]:
    """What triggers test, in micro-units: yes is 1."""
    debtor = facts.debtor or Debtor()
    change = facts.restructuring
    observed = change is not None and not change.observed(rules.observation, on)
    cured = facts.cure is not None and facts.cure.complete(rules.upgrade, on)
    said = {
        "use_changed": facts.use_changed, "refinanced": facts.refinanced, "evading": facts.evading,
        "qualifying_renewal": facts.qualifying_renewal, "unlawful": facts.unlawful, "impaired": facts.impaired,
        "evading_overdue": facts.evading and facts.days_past_due > 0, "interest_off_book": facts.interest_off_book,
        "rating_cut": facts.rating_cut, "bankrupt": facts.bankrupt,
        "bad_anywhere": debtor.bad_elsewhere or debtor.bad_here > 0,
        "in_observation": observed, "changed_again": observed and change is not None and change.again,
        "overdue_in_observation": observed and facts.days_past_due > 0,
        "upgrade_waits": facts.before in BAD and not cured,
    }  # fmt: skip
    # Down where "from 50 %" is asked, up where "more than 10 %" is: rounding to six places moves nothing over a limit.
    shares = {
        "impaired_loss": int(facts.expected_loss * MICRO) if facts.impaired else 0,
        "bad_share_here": _up(debtor.bad_here, debtor.owed_here),
        "over_90_share_everywhere": _up(debtor.over_90_everywhere, debtor.owed_everywhere),
    }
    return {name: MICRO * yes for name, yes in said.items()} | shares


def _up(part: int, whole: int) -> int:
    return -(-part * MICRO // whole) if whole else 0
