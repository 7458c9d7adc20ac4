"""Dated sets of classification rules, from rules.toml and triggers.csv: what makes a loan at least of some class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from zhiwei.credit.monitoring.classes import CLASSES, ClassRules
from zhiwei.credit.monitoring.facts import SECURITIES, Wait
from zhiwei.tables import Cell, Document, Problem, parse_cell, read_rows
from zhiwei.tables.shipped import shipped
from zhiwei.values import Refusal

BEFORE = "before"  # as a trigger's class: the one the loan had
Path = tuple[str | int, ...]
WHO = ("any", "non-retail")
MEASURES = (
    "use_changed", "refinanced", "qualifying_renewal", "evading", "evading_overdue", "unlawful", "interest_off_book",
    "rating_cut", "impaired", "impaired_loss", "bankrupt", "bad_anywhere", "bad_share_here", "over_90_share_everywhere",
    "in_observation", "changed_again", "overdue_in_observation", "upgrade_waits",
)  # fmt: skip
COLUMNS = ("code", "rules", "who", "fact", "test", "unless", "at_least", "zh", "en")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Where `cell` holds for the measure `fact`, and not the measure `unless`, a loan is at least `at_least`."""

    code: str
    rules: frozenset[str]
    who: str
    fact: str
    cell: Cell
    unless: str
    at_least: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one regulation for some families of loans (general, small), from a day on.

    `old_book_from`: loans booked before `since` may keep the older rules until then. `days` is by type of security.
    `observation` is how long a restructured loan is watched, `upgrade` how long a cured bad one waits. `sure` False
    marks what must be verified.
    """

    name: str
    families: tuple[str, ...]
    since: date
    old_book_from: date
    days: Mapping[str, ClassRules]
    observation: Wait
    upgrade: Wait
    triggers: tuple[Trigger, ...]
    because: str
    checked_on: date
    sure: bool


def read_rules(document: Document, triggers: tuple[Trigger, ...]) -> tuple[RuleSet, ...]:
    """All [[rules]] blocks, each with its triggers; problems go to the document."""
    found = []
    keys = {"name", "families", "from", "old_book_from", "above", "technical", "observation", "upgrade", "because",
            "checked_on", "sure"}  # fmt: skip
    for index in range(len(document.tables("rules"))):
        path = ("rules", index)
        document.only(path, keys)
        name, because = (document.take((*path, key), str) for key in ("name", "because"))
        families = tuple(map(str, document.take((*path, "families"), list)))
        since, checked = (document.day((*path, key)) for key in ("from", "checked_on"))
        old = document.day((*path, "old_book_from")) if document.find((*path, "old_book_from")) else since
        days = _days(document, path, since or date.max)
        observation, upgrade = (_wait(document, (*path, key)) for key in ("observation", "upgrade"))
        sure = document.take((*path, "sure"), bool)
        if since is None or checked is None or old is None:
            continue
        own = tuple(trigger for trigger in triggers if name in trigger.rules)
        found.append(RuleSet(name, families, since, old, days, observation, upgrade, own, because, checked, sure))
    return tuple(found)


def _days(document: Document, path: Path, since: date) -> dict[str, ClassRules]:
    """Thresholds by security; `any` stands for every one that is not named."""
    technical = document.take((*path, "technical"), int)
    document.only((*path, "above"), {"any", *SECURITIES})
    days = {}
    for security in SECURITIES:
        key = (*path, "above", security if document.find((*path, "above", security)) else "any")
        try:
            days[security] = ClassRules(since, tuple(document.take(key, list)), technical)
        except (TypeError, ValueError) as error:
            document.problem(key, str(error))
    return days


def _wait(document: Document, path: Path) -> Wait:
    document.only(path, {"months", "periods"})
    return Wait(document.take((*path, "months"), int), document.take((*path, "periods"), int))


def read_triggers(file: str, content: str, problems: list[Problem]) -> tuple[Trigger, ...]:
    """A CSV with COLUMNS; `rules` are names with spaces between, `test` is a cell of a decision table."""
    found = []
    for row in read_rows(file, content, COLUMNS, problems):
        known = {"who": WHO, "fact": MEASURES, "unless": ("", *MEASURES), "at_least": (*CLASSES[1:], BEFORE)}
        wrong = [column for column, words in known.items() if row[column] not in words]
        problems.extend(Problem(file, row.line, column, f"unknown {column} {row[column]!r}") for column in wrong)
        try:
            cell = parse_cell(row["test"])
        except ValueError as error:
            problems.append(Problem(file, row.line, "test", str(error)))
            continue
        code, rules, who, fact, _, unless, at_least, zh, en = (row[column] for column in COLUMNS)
        if not wrong:
            found.append(Trigger(code, frozenset(rules.split()), who, fact, cell, unless, at_least, zh, en))
    return tuple(found)


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """What ships: 银监发〔2007〕54号, 银监发〔2007〕63号, 银保监会·央行令〔2023〕1号."""
    package = "zhiwei.credit.monitoring"
    triggers = shipped(package, "triggers.csv", read_triggers)
    return shipped(
        package, "rules.toml", lambda file, content, problems: read_rules(Document(file, content, problems), triggers)
    )


def of_family(family: str) -> tuple[RuleSet, ...]:
    """A family's sets, oldest first. Refusal where there is no such family."""
    found = sorted((rules for rules in rule_sets() if family in rules.families), key=lambda rules: rules.since)
    if not found:
        known = sorted({name for rules in rule_sets() for name in rules.families})
        raise Refusal("no_parameter", f"no class rules for {family!r}", hint=f"one of {', '.join(known)}")
    return tuple(found)


def in_force(family: str, on: date, booked_on: date | None = None) -> RuleSet:
    """The newest set of a family on a day; a loan `booked_on` before a set began may wait for its `old_book_from`."""
    for rules in reversed(of_family(family)):
        waits = booked_on is not None and booked_on < rules.since
        if on >= (rules.old_book_from if waits else rules.since):
            return rules
    raise Refusal("no_parameter", f"no class rules for {family} are in force on {on}", hint="the first are of 2007")
