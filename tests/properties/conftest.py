"""Hypothesis without a clock: no example fails for being slow, and the seed is pytest-randomly's.

ZHIWEI_EXAMPLES=20000 hunts: what one run in a hundred would show is better found at a desk than when a change lands.
"""

import os
import sys
from pathlib import Path

from hypothesis import settings

sys.path.append(str(Path(__file__).parent))  # so that tests here share oracle.py and lives.py
settings.register_profile("untimed", deadline=None, max_examples=int(os.environ.get("ZHIWEI_EXAMPLES", "100")))
settings.load_profile("untimed")
