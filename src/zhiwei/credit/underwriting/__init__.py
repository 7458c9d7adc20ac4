"""The third link: rules, scorecard, limit and price -> a decision with reasons."""

from zhiwei.credit.underwriting.authority import Authority, Ruling, read_authority, who_may
from zhiwei.credit.underwriting.compiled import (
    OUTCOMES,
    Compiled,
    Decided,
    Decisions,
    compile_policy,
    underwrite_many,
)
from zhiwei.credit.underwriting.decision import Verdict, underwrite
from zhiwei.credit.underwriting.nearest import Change, Way, nearest_approvals
from zhiwei.credit.underwriting.policy import ALWAYS, Policy, Stage
from zhiwei.credit.underwriting.pricing import Demand, Ladder, possible_scores, price_ladder, read_demand
from zhiwei.credit.underwriting.scorecard import Scorecard, read_calibration, read_scorecard
from zhiwei.credit.underwriting.terms import Term, read_grades, read_terms

__all__ = [
    "ALWAYS", "OUTCOMES", "Authority", "Change", "Compiled", "Decided", "Decisions", "Demand", "Ladder", "Policy",
    "Ruling", "Scorecard", "Stage", "Term", "Verdict", "Way", "compile_policy", "nearest_approvals", "possible_scores",
    "price_ladder", "read_authority", "read_calibration", "read_demand", "read_grades", "read_scorecard", "read_terms",
    "underwrite", "underwrite_many", "who_may",
]  # fmt: skip
