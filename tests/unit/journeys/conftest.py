"""A line with a short life in several loans, for tests of what stands around the money."""

from collections.abc import Callable
from datetime import date

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import close_days, draw, repay

MARCH = date(2024, 3, 1)


@pytest.fixture
def line(open_line: Callable[..., str]) -> str:
    return open_line(MARCH)


@pytest.fixture
def used_line(platform: Platform, line: str) -> str:
    """Two loans, one of them partly repaid on the 11th; days closed from 1 to 22 March."""
    by = platform.actor
    for key, amount in (("d1", 30_000_000), ("d2", 10_000_001)):
        draw(books=platform, by=by, key=key, line=line, amount=amount, on=MARCH)
    close_days(books=platform, by=by, since=MARCH, until=date(2024, 3, 10))
    repay(books=platform, by=by, key="r1", line=line, amount=5_000_000, on=date(2024, 3, 11))
    close_days(books=platform, by=by, since=MARCH, until=date(2024, 3, 22))
    return line
