"""What a product does about late payers and bad signs, from monitoring.toml: classes, freezing, early warnings."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from zhiwei.credit.monitoring.classes import CLASSES, ClassRules
from zhiwei.credit.monitoring.classify import Classification, classify
from zhiwei.credit.monitoring.facts import SECURITIES, LoanFacts
from zhiwei.credit.monitoring.rules import in_force, of_family
from zhiwei.credit.monitoring.warning import WarningRule, read_warnings
from zhiwei.tables import Document
from zhiwei.values import Refusal

GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Watch:
    """`classes` are a product's own thresholds by date, or none: then its family's for loans with its `security`.

    `warnings` say on which facts somebody should look at a running line.
    """

    classes: tuple[ClassRules, ...]
    freeze_above_days: int
    family: str = GENERAL
    security: str = SECURITIES[0]
    warnings: tuple[WarningRule, ...] = ()

    def facts(self) -> set[str]:
        """The facts that warnings look at."""
        return {rule.fact for rule in self.warnings}

    def rules(self, on: date) -> ClassRules:
        """Days past due -> class, as in force on a day."""
        if not self.classes:
            return in_force(self.family, on).days[self.security]
        begun = [rules for rules in self.classes if rules.since <= on]
        if not begun:
            raise Refusal("no_parameter", f"no class rules are in force on {on}", hint="add a dated [[classes]] block")
        return max(begun, key=lambda rules: rules.since)

    def classify(self, facts: LoanFacts, on: date, booked_on: date | None = None) -> Classification:
        """By every rule of the family; days by the product's own thresholds where it has them."""
        rules = in_force(self.family, on, booked_on)
        if self.classes:
            rules = replace(rules, days=dict.fromkeys(SECURITIES, self.rules(on)))
        return classify(facts, rules, on)


def read_watch(document: Document, facts: Collection[str] = ()) -> Watch:
    """`rules` names a shipped family (general, small), `security` its column; [[classes]] are a product's own days.

    [[warning]] blocks may look at any of `facts`.
    """
    document.only((), {"freeze_above_days", "rules", "security", "classes", "warning"})
    family = document.take(("rules",), str, GENERAL)
    security = document.take(("security",), str, SECURITIES[0])
    if security not in SECURITIES:
        document.problem(("security",), f"unknown security {security!r}", f"one of {', '.join(SECURITIES)}")
    try:
        of_family(family)
    except Refusal as error:
        document.problem(("rules",), error.message, error.hint)
    if not document.tables("classes") and document.find(("rules",)) is None:
        document.problem(("classes",), "a product names shipped `rules` or has a dated [[classes]] block")
    freeze = document.take(("freeze_above_days",), int)
    if freeze < 0:
        document.problem(("freeze_above_days",), "freeze_above_days is 0 or more")
    return Watch(_own(document), freeze, family, security, read_warnings(document, facts))


def _own(document: Document) -> tuple[ClassRules, ...]:
    found = []
    for index in range(len(document.tables("classes"))):
        path = ("classes", index)
        document.only(path, {"from", "because", "checked_on", "technical", *CLASSES[1:]})
        document.take((*path, "because"), str)
        above = tuple(document.take((*path, name), int) for name in CLASSES[1:])
        since, _ = (document.day((*path, key)) for key in ("from", "checked_on"))
        technical = document.take((*path, "technical"), int)
        try:
            found.append(ClassRules(since or date.max, above, technical))
        except ValueError as error:
            document.problem((*path, "special_mention"), str(error))
    return tuple(found)
