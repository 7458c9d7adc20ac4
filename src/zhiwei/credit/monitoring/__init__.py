"""The fourth link: what the days do to a line: classes, provisions, freezing and freeing."""

from zhiwei.credit.monitoring.classes import BAD, CLASSES, ZH, ClassRules
from zhiwei.credit.monitoring.classify import Classification, Ground, classify, classify_debtor
from zhiwei.credit.monitoring.facts import SECURITIES, Cure, Debtor, LoanFacts, Restructuring
from zhiwei.credit.monitoring.provisions import (
    GUIDELINE,
    LOWEST,
    MOF,
    STANDARD,
    Exposure,
    Provision,
    Ratios,
    expected_loss,
    floor,
    gap,
    ratios,
    required,
    stage,
)
from zhiwei.credit.monitoring.rules import RuleSet, in_force, of_family, rule_sets
from zhiwei.credit.monitoring.warning import ACTIONS, ACTIONS_ZH, EarlyWarning, Warned, WarningRule, urgency, warn
from zhiwei.credit.monitoring.watch import Watch, read_watch

__all__ = [
    "ACTIONS", "ACTIONS_ZH", "BAD", "CLASSES", "GUIDELINE", "LOWEST", "MOF", "SECURITIES", "STANDARD", "ZH",
    "ClassRules", "Classification", "Cure", "Debtor", "EarlyWarning", "Exposure", "Ground", "LoanFacts",
    "Provision", "Ratios", "Restructuring", "RuleSet", "Warned", "WarningRule", "Watch", "classify",
    "classify_debtor", "expected_loss", "floor", "gap", "in_force", "of_family", "ratios", "read_watch", "required",
    "rule_sets", "stage", "urgency", "warn",
]  # fmt: skip
