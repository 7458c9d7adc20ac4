"""The third link: rules, scorecard, limit and price -> a decision with reasons."""

from zhiwei.credit.underwriting.advice import (
    Admission,
    Assessment,
    LimitAdvice,
    PriceAdvice,
    TermValue,
    admit,
    advise_limit,
    assess,
    price,
)
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
from zhiwei.credit.underwriting.pricing import Demand, Ladder, price_ladder, read_demand
from zhiwei.credit.underwriting.scoring import (
    Fusion,
    Scorecard,
    possible_scores,
    read_anchors,
    read_calibration,
    read_fusion,
    read_scorecard,
)
from zhiwei.credit.underwriting.terms import Term, folded, read_grades, read_terms

__all__ = [
    "ALWAYS", "OUTCOMES", "Admission", "Assessment", "Authority", "Change", "Compiled", "Decided", "Decisions",
    "Demand", "Fusion", "Ladder", "LimitAdvice", "Policy", "PriceAdvice", "Ruling", "Scorecard", "Stage", "Term",
    "TermValue", "Verdict", "Way", "admit", "advise_limit", "assess", "compile_policy", "folded",
    "nearest_approvals",
    "possible_scores", "price", "price_ladder", "read_anchors", "read_authority", "read_calibration", "read_demand",
    "read_fusion", "read_grades", "read_scorecard", "read_terms", "underwrite", "underwrite_many", "who_may",
]  # fmt: skip
