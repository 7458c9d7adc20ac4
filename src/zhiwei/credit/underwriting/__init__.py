"""The third link: rules, scorecard, limit and price -> a decision with reasons."""

from zhiwei.credit.underwriting.compiled import (
    OUTCOMES,
    Compiled,
    Decided,
    Decisions,
    compile_policy,
    underwrite_many,
)
from zhiwei.credit.underwriting.decision import Verdict, underwrite
from zhiwei.credit.underwriting.policy import ALWAYS, Policy, Stage
from zhiwei.credit.underwriting.scorecard import Scorecard, read_calibration, read_scorecard
from zhiwei.credit.underwriting.terms import Term, read_grades, read_terms

__all__ = [
    "ALWAYS", "OUTCOMES", "Compiled", "Decided", "Decisions", "Policy", "Scorecard", "Stage", "Term", "Verdict",
    "compile_policy", "read_calibration", "read_grades", "read_scorecard", "read_terms", "underwrite",
    "underwrite_many",
]  # fmt: skip
