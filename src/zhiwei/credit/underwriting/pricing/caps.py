"""What the law lets a lender charge: a dated table by kind of lender, and the rates of a product that break it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from zhiwei.loans.rates import lpr, lpr_days
from zhiwei.tables import Document, Parameter, Problem, micro, text
from zhiwei.tables.shipped import shipped

KEYS = {"kinds", "from", "value", "because", "checked_on", "sure"}
_TIMES_LPR = re.compile(r"([0-9]+) x LPR")


@dataclass(frozen=True, slots=True)
class LegalCap:
    """From one day on, for some kinds of lender: a rate in micro-units, or so many times the one-year LPR."""

    kinds: tuple[str, ...]
    since: date
    rate: int | None
    times_lpr: int | None
    because: str
    sure: bool

    def on(self, day: date) -> int:
        """Micro-units a year."""
        return self.rate if self.rate is not None else (self.times_lpr or 0) * micro(lpr(day))

    def said(self, day: date) -> str:
        return text(self.on(day)) + (f" ({self.times_lpr} x LPR)" if self.times_lpr else "")


class Over(NamedTuple):
    """A dated value of `rate_cap` that is above the law from a day on."""

    parameter: Parameter
    day: date
    cap: LegalCap


def lender_kinds() -> tuple[str, ...]:
    """The kinds of lender that the table knows."""
    return tuple(dict.fromkeys(kind for cap in _caps() for kind in cap.kinds))


def legal_cap(kind: str, on: date) -> LegalCap | None:
    """The cap of a day; None where none is known."""
    return next((cap for cap in reversed(_caps()) if kind in cap.kinds and cap.since <= on), None)


def over_the_law(parameters: Iterable[Parameter], kind: str) -> list[Over]:
    """Values of `rate_cap` that a kind of lender may not charge on some day they are in force, with the first such day.

    Looked at are the day a value comes into force and each later day on which the law, or the LPR it follows, changes.
    """
    caps = sorted((one for one in parameters if one.name == "rate_cap"), key=lambda one: one.since)
    changes = sorted({*(cap.since for cap in _caps() if kind in cap.kinds), *lpr_days()})
    found = []
    for parameter, later in zip_longest(caps, caps[1:]):
        until = later.since if later else date.max
        for day in (parameter.since, *(day for day in changes if parameter.since < day < until)):
            cap = legal_cap(kind, day)
            if cap and parameter.value > cap.on(day):
                found.append(Over(parameter, day, cap))
                break
    return found


@cache
def _caps() -> tuple[LegalCap, ...]:
    return shipped("zhiwei.credit.underwriting.pricing", "caps.toml", read_caps)


def read_caps(file: str, content: str, problems: list[Problem]) -> tuple[LegalCap, ...]:
    """All [[cap]] blocks, oldest first."""
    document = Document(file, content, problems)
    document.only((), {"cap"})
    found = []
    for index in range(len(document.tables("cap"))):
        path = ("cap", index)
        document.only(path, KEYS)
        kinds, written = document.take((*path, "kinds"), list), document.take((*path, "value"), str)
        because, sure = document.take((*path, "because"), str), document.take((*path, "sure"), bool)
        since, checked = (document.day((*path, key)) for key in ("from", "checked_on"))
        times = _TIMES_LPR.fullmatch(written)
        try:
            rate = None if times else micro(written)
        except ValueError:
            document.problem((*path, "value"), f'{written!r} is neither a rate such as "0.24" nor "4 x LPR"')
            continue
        if since and checked:
            found.append(LegalCap(tuple(map(str, kinds)), since, rate, int(times[1]) if times else None, because, sure))
    return tuple(sorted(found, key=lambda cap: cap.since))
