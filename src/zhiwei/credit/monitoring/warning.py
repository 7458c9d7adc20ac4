"""Early warning: facts of a running line beside those it was granted on -> what a person should look at. 贷后预警

A product's monitoring.toml says when to warn, as dated policy:

    [[warning]]
    code = "W01"
    fact = "bank_in_12m"
    test = "< 100000"                 # the value now, as in rules; or
    change = "< -0.3"                 # against the decision, as a share of what it was then; both: both must hold
    action = "call"                   # note | call | visit | freeze | cut
    from = 2024-01-01
    zh = "..."
    en = "..."
    because = "why here"
    checked_on = 2026-11-26

A warning only says what it would have a person do: it freezes nothing and cuts nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiwei.tables import MICRO, Cell, Document, did_you_mean, parse_cell, text
from zhiwei.tables.scale import LARGEST
from zhiwei.values import half_up

ACTIONS = ("note", "call", "visit", "freeze", "cut")  # the mildest first
ACTIONS_ZH = dict(zip(ACTIONS, ("提示", "致电", "走访", "建议冻结", "建议压降"), strict=True))
KEYS = {"code", "fact", "test", "change", "action", "from", "zh", "en", "because", "checked_on"}
Facts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class WarningRule:
    """Speaks where all that it tests holds: `now` the value, `change` its change. In force from `since` on."""

    code: str
    fact: str
    now: Cell | None
    change: Cell | None
    action: str
    since: date
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """What spoke. `before`, `value` and `change` as text; None is not known, and no share where it was zero before."""

    code: str
    action: str
    zh: str
    en: str
    fact: str
    before: str | None
    value: str | None
    change: str | None
    threshold: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Warnings, the most severe first; `action` is the most severe, None where nothing speaks. `at_risk`: 分, if known.

    `trace` has every rule in force, with what could not be looked at for want of a fact.
    """

    warnings: tuple[EarlyWarning, ...]
    action: str | None
    trace: tuple[dict[str, Any], ...]
    at_risk: int | None = None

    @property
    def unknown(self) -> tuple[str, ...]:
        """Facts for want of which a rule could not be asked."""
        return tuple(dict.fromkeys(step["fact"] for step in self.trace if step["result"] == "not known"))


def warn(rules: Iterable[WarningRule], before: Facts, now: Facts, on: date, at_risk: int | None = None) -> Warned:
    """Ask every rule in force on a day. Facts in micro-units; one that is absent is as one that is not known.

    A fact that is not known meets no test but `null`, and has no change.
    """
    found, trace = list[EarlyWarning](), list[dict[str, Any]]()
    for rule in in_force(rules, on):
        was, value = before.get(rule.fact), now.get(rule.fact)
        moved = relative_change(was, value)
        meets = [_met(rule.now, value), _met(rule.change, moved)]
        result = "pass" if False in meets else "not known" if None in meets else rule.action
        shown = {
            "before": _shown(was), "value": _shown(value),
            "change": None if moved is None or abs(moved) == LARGEST else text(moved),
        }  # fmt: skip
        threshold = _threshold(rule)
        trace.append({"step": "warning", "code": rule.code, "fact": rule.fact, **shown, "test": threshold,
                      "result": result})  # fmt: skip
        if result == rule.action:
            found.append(
                EarlyWarning(rule.code, rule.action, rule.zh, rule.en, rule.fact, **shown, threshold=threshold)
            )
    found.sort(key=lambda one: (-ACTIONS.index(one.action), one.code))
    return Warned(tuple(found), found[0].action if found else None, tuple(trace), at_risk)


def urgency(warned: Warned) -> tuple[int, int]:
    """To sort by: the most money at risk first, then the most severe."""
    severity = ACTIONS.index(warned.action) if warned.action else -1
    return -(warned.at_risk or 0), -severity


def in_force(rules: Iterable[WarningRule], on: date) -> list[WarningRule]:
    """The latest of each code that has begun, in the order of the file."""
    latest: dict[str, WarningRule] = {}
    for rule in rules:
        if rule.since <= on and (rule.code not in latest or latest[rule.code].since < rule.since):
            latest[rule.code] = rule
    return list(latest.values())


def relative_change(before: int | None, now: int | None) -> int | None:
    """In micro-units, of the size it had; from zero any change is larger than every share."""
    if before is None or now is None:
        return None
    if before == now:
        return 0
    if before == 0:
        return LARGEST if now > 0 else -LARGEST
    return max(-LARGEST, min(LARGEST, half_up((now - before) * MICRO, abs(before))))


def _met(cell: Cell | None, value: int | None) -> bool | None:
    """Whether a test holds; None where it cannot be said."""
    if cell is None:
        return True
    return cell.holds(value) if value is not None or cell.null else None


def _threshold(rule: WarningRule) -> str:
    said = [rule.now.source] if rule.now else []
    return ", ".join([*said, f"change {rule.change.source}"] if rule.change else said)


def _shown(value: int | None) -> str | None:
    return None if value is None else text(value)


def read_warnings(document: Document, facts: Collection[str]) -> tuple[WarningRule, ...]:
    """The [[warning]] blocks; what is wrong is a problem at its line and column."""
    found: list[WarningRule] = []
    for index in range(len(document.tables("warning"))):
        rule = _read(document, index, facts)
        if rule is None:
            continue
        if any((one.code, one.since) == (rule.code, rule.since) for one in found):
            document.problem(("warning", index, "code"), f"{rule.code} stands twice from {rule.since}")
        found.append(rule)
    return tuple(found)


def _read(document: Document, index: int, facts: Collection[str]) -> WarningRule | None:
    path = ("warning", index)
    before = len(document.problems)
    document.only(path, KEYS)
    words = {key: document.take((*path, key), str) for key in ("code", "fact", "zh", "en", "action", "because")}
    for key in words:
        if document.find((*path, key)) == "":
            document.problem((*path, key), f"{key} is empty")
    code, fact, zh, en, action, _ = words.values()
    since, _ = (document.day((*path, key)) for key in ("from", "checked_on"))
    if fact and fact not in facts:
        document.problem((*path, "fact"), f"unknown fact {fact!r}", did_you_mean(fact, facts))
    if action and action not in ACTIONS:
        document.problem((*path, "action"), f"unknown action {action!r}", f"one of {', '.join(ACTIONS)}")
    now, change = (_cell(document, (*path, key)) for key in ("test", "change"))
    if len(document.problems) > before or not document.sound:
        return None
    if now is None and change is None:
        document.problem(path, "a warning says a test, a change or both", 'write test = "> 0.3" or change = "< -0.3"')
        return None
    return WarningRule(code, fact, now, change, action, since or date.max, zh, en)


def _cell(document: Document, path: tuple[str | int, ...]) -> Cell | None:
    if document.find(path) is None:
        return None
    written = document.take(path, str)
    if document.find(path) != written:
        return None  # not text: said already
    try:
        cell = parse_cell(written)
    except ValueError as error:
        document.problem(path, str(error))
        return None
    if cell.any or cell.words:
        document.problem(path, "a warning that always speaks says nothing" if cell.any else "facts are numbers")
        return None
    if cell.null and path[-1] == "change":
        document.problem(path, "a change that is not known warns of nothing", "test the value for null instead")
        return None
    return cell
