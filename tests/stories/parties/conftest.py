"""A desk for stories about parties; tests here share parties_desk.py."""

import sys
from pathlib import Path

import pytest

from zhiwei.bootstrap import Platform

sys.path.append(str(Path(__file__).parent))
from parties_desk import Desk


@pytest.fixture
def desk(platform: Platform) -> Desk:
    return Desk(platform)
