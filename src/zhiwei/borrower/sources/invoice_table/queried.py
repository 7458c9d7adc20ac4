"""What days a list of invoices was asked for, where the lines above its header say so."""

import re
from collections.abc import Iterable
from datetime import date

Period = tuple[date, date]
_ASKED = re.compile(r"开票日期|开票时间|查询|起止|期间|日期范围|时间范围|[Pp]eriod|[Dd]ate range")
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})[-/.年]?([01]?[0-9])[-/.月]?([0-3]?[0-9])日?(?![0-9])")


def queried(above: Iterable[tuple[int, str]]) -> Period | None:
    """The first and last day of the query, None where no line names exactly two days of one; a line is (row, text)."""
    for _, text in above:
        if not _ASKED.search(text):
            continue
        days = [day for found in _DAY.finditer(text) if (day := _day(found)) is not None]
        if len(days) == 2 and days[0] <= days[1]:
            return days[0], days[1]
    return None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None
