"""What a check found: whom, by what figure against which dated threshold, and evidence that a person can follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

EFFECTS = ("block", "refer", "score", "note")
"""Heaviest first: no lending; a person looks; worth points; worth knowing."""
SHOWN = 8  # pieces of evidence of one finding: more is a list, not a reason


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact one can look up: `ids` of records, parties or applications of a `kind`, and what they say."""

    kind: str
    ids: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """`value` met the `test`; the threshold is in force `since`, was read on `checked_on`, and may be a guess."""

    check: str
    effect: str
    party: str
    value: float
    test: str
    zh: str
    en: str
    evidence: tuple[Evidence, ...]
    basis: str  # L: law or tax authority, P: practice, X: our own start
    because: str
    since: date
    checked_on: date
    sure: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found, heaviest first, and which checks could look at anybody: silence of another check says nothing.

    `unseen`: party -> those of them that could not look at it.
    """

    findings: tuple[Finding, ...]
    looked: tuple[str, ...]
    unseen: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, party: str) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.party == party)

    def figures(self, party: str, names: Iterable[str]) -> dict[str, float | None]:
        """Facts for a decision: `found_CHECK` is the figure found, 0 where the check had nothing to say, None where it
        could not look; `found_block`, `found_refer`, `found_score`, `found_note` count findings.
        """
        mine = self.of(party)
        facts: dict[str, float | None] = {f"found_{name}": None for name in names}
        facts |= {f"found_{name}": 0.0 for name in self.looked if name not in self.unseen.get(party, ())}
        facts |= {f"found_{one.check}": one.value for one in reversed(mine)}
        return facts | {f"found_{effect}": float(sum(one.effect == effect for one in mine)) for effect in EFFECTS}


def found_names(checks: Iterable[str]) -> tuple[str, ...]:
    """Every fact of `Searched.figures`, for these checks."""
    return tuple(Searched((), ()).figures("", checks))


def by_effect(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (EFFECTS.index(one.effect), one.check, one.party)))


def listed(words: Sequence[str], most: int = 5) -> str:
    """The first few of many, and how many more there are."""
    more = f" … +{len(words) - most}" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def grouped_rows(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Any, list[Mapping[str, Any]]]:
    """Rows by what they say in a column; those that say nothing are left out."""
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row[key] not in (None, ""):
            found.setdefault(row[key], []).append(row)
    return found
