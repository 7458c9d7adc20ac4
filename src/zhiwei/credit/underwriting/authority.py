"""Who may decide instead of the policy, up to which amount: authority by role, a table of the product."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhiwei.tables import Problem, read_rows
from zhiwei.values import fen

COLUMNS = ("role", "limit", "overturns", "zh", "en")


@dataclass(frozen=True, slots=True)
class Authority:
    """`limit` 分: the largest that the role may approve. `overturns`: what the policy declined, too."""

    role: str
    limit: int
    overturns: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's word on a decision: approve (`limit` 分 and a yearly rate) or decline, and why."""

    outcome: str
    limit: int
    annual_rate: Decimal | None
    because: str
    person: str
    role: str


def read_authority(file: str, content: str, problems: list[Problem]) -> tuple[Authority, ...]:
    """Rows of authority.csv, the smallest amount first; each role once."""
    found: list[Authority] = []
    for row in read_rows(file, content, COLUMNS, problems):
        try:
            limit = fen(row["limit"])
        except ValueError:
            limit = 0
        if limit <= 0:
            problems.append(Problem(file, row.line, "limit", "limit is an amount of 元 above 0, such as 200000"))
        if row["overturns"] not in ("yes", "no"):
            problems.append(Problem(file, row.line, "overturns", f"overturns is yes or no, not {row['overturns']!r}"))
        if not row["role"] or row["role"] in {one.role for one in found}:
            problems.append(Problem(file, row.line, "role", "each row names a role of its own"))
        if found and limit < found[-1].limit:
            problems.append(Problem(file, row.line, "limit", "amounts rise from row to row"))
        found.append(Authority(row["role"], limit, row["overturns"] == "yes", row["zh"], row["en"]))
    return tuple(found)


def who_may(authorities: Iterable[Authority], limit: int, *, overturn: bool) -> list[str]:
    """The roles that may approve this amount, the smallest authority first."""
    return [one.role for one in authorities if one.limit >= limit and (one.overturns or not overturn)]
