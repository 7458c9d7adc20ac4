"""From facts to a probability of default: scorecards, their calibration, and several of them fused into one."""

from zhiwei.credit.underwriting.scoring.calibration import Calibration, check_origin, read_calibration
from zhiwei.credit.underwriting.scoring.fusion import Anchor, Fusion, Weights, read_fusion
from zhiwei.credit.underwriting.scoring.scorecard import (
    Bin,
    Scorecard,
    placed,
    possible_scores,
    read_anchors,
    read_scorecard,
)

__all__ = [
    "Anchor", "Bin", "Calibration", "Fusion", "Scorecard", "Weights", "check_origin", "placed", "possible_scores",
    "read_anchors", "read_calibration", "read_fusion", "read_scorecard",
]  # fmt: skip
