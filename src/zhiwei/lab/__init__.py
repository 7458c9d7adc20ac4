"""The laboratory: a scorecard is developed, put to the test on firms it has not seen, drawn and watched.

`zhiwei.lab.plots` is reached by its own name: it alone needs matplotlib (the extra `zhiwei[lab]`).
"""

from zhiwei.lab.binning import Bins, coarse_bins
from zhiwei.lab.directions import DIRECTIONS
from zhiwei.lab.scorecard import Attribute, Card, Recipe, calibrated, develop
from zhiwei.lab.stability import Stability, stability
from zhiwei.lab.validation import Group, Plan, Validation, validate

__all__ = [
    "DIRECTIONS", "Attribute", "Bins", "Card", "Group", "Plan", "Recipe", "Stability", "Validation", "calibrated",
    "coarse_bins", "develop", "stability", "validate",
]  # fmt: skip
