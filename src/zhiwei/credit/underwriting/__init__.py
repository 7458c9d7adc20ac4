"""The third link: rules, scorecard, limit and price -> a decision with reasons."""

from zhiwei.credit.underwriting.decision import Verdict, underwrite
from zhiwei.credit.underwriting.policy import Policy, Stage
from zhiwei.credit.underwriting.scorecard import Scorecard, read_calibration, read_scorecard
from zhiwei.credit.underwriting.terms import read_grades, read_terms

__all__ = [
    "Policy", "Scorecard", "Stage", "Verdict", "read_calibration", "read_grades", "read_scorecard", "read_terms",
    "underwrite",
]  # fmt: skip
