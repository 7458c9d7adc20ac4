"""Hypothesis without a clock: no example fails for being slow, and the seed is pytest-randomly's."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.append(str(Path(__file__).parent))  # so that tests here share oracle.py and lives.py
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
