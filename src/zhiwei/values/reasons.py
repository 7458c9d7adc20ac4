"""A reason: a stable code, words in both languages, the fact it rests on and the threshold it met."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """`effect` is decline, refer, note or score; `weight` orders reasons, heaviest first."""

    code: str
    effect: str
    zh: str
    en: str
    fact: str
    value: str | None
    threshold: str
    weight: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


SEVERITY = {"decline": 3, "refer": 2, "note": 1, "score": 0}


def by_severity(reasons: list[Reason]) -> list[Reason]:
    """Declines first, then referrals, notes and score reasons; by weight, then code, within each."""
    return sorted(reasons, key=lambda reason: (-SEVERITY[reason.effect], -reason.weight, reason.code))
