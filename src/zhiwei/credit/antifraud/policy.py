"""The shipped checks and their thresholds: dated, cited, and marked L (law), P (practice) or X (our own start)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache

from zhiwei.credit.antifraud.findings import EFFECTS, Evidence, Finding
from zhiwei.tables import MICRO, Document, Parameter, value_on
from zhiwei.tables.parameters import read_parameters
from zhiwei.tables.shipped import shipped
from zhiwei.tables.table import Problem
from zhiwei.values import Refusal

_PACKAGE, _FILE = "zhiwei.credit.antifraud", "checks.toml"
_TEST = re.compile(r"(>=|>) ([0-9]+(?:\.[0-9]+)?)")
_WORDS = ("name", "typology", "zh", "en", "effect", "test", "basis", "because")


@dataclass(frozen=True, slots=True)
class Check:
    """What is looked for, in what, from which figure on, and what follows. `needs`: kinds of record it looks at."""

    name: str
    typology: str
    zh: str
    en: str
    effect: str
    test: str
    basis: str
    because: str
    needs: tuple[str, ...]
    since: date
    checked_on: date
    sure: bool

    @property
    def threshold(self) -> float:
        return float(self.test.split()[1])

    def met(self, value: float) -> bool:
        return value > self.threshold or (value == self.threshold and self.test.startswith(">="))


@dataclass(frozen=True, slots=True)
class Sieve:
    """The checks in force on a day; a typology asks it whether a figure is a finding."""

    on: date
    checks: Mapping[str, Check] = field(repr=False)

    def number(self, name: str) -> float:
        """A number a check works with: a window, a floor, a likeness."""
        return value_on(_read()[1], name, self.on) / MICRO

    def found(self, name: str, party: str, value: float, evidence: Sequence[Evidence]) -> list[Finding]:
        """One finding where the figure meets the check's test, else none."""
        if name not in self.checks:
            raise Refusal("no_check", f"no check {name} is in force on {self.on}")
        check = self.checks[name]
        if not check.met(value):
            return []
        return [Finding(
            name, check.effect, party, round(float(value), 6), check.test, check.zh, check.en, tuple(evidence),
            check.basis, check.because, check.since, check.checked_on, check.sure,
        )]  # fmt: skip


@lru_cache(maxsize=256)
def sieve(on: date) -> Sieve:
    """For each check the entry in force on a day."""
    return Sieve(on, {check.name: check for check in _read()[0] if check.since <= on})


def check_names() -> tuple[str, ...]:
    return tuple(dict.fromkeys(check.name for check in _read()[0]))


@cache
def _read() -> tuple[tuple[Check, ...], tuple[Parameter, ...]]:
    return shipped(_PACKAGE, _FILE, read)


def read(file: str, content: str, problems: list[Problem]) -> tuple[tuple[Check, ...], tuple[Parameter, ...]]:
    """All [[check]] blocks, oldest first within a name, and all [[parameter]] blocks."""
    document = Document(file, content, problems)
    document.only((), {"check", "parameter"})
    checks = []
    for index in range(len(document.tables("check"))):
        path = ("check", index)
        document.only(path, {*_WORDS, "needs", "from", "checked_on", "sure"})
        words = {key: document.take((*path, key), str) for key in _WORDS}
        needs = tuple(document.take((*path, "needs"), list))
        since, checked_on = document.day((*path, "from")), document.day((*path, "checked_on"))
        if not _TEST.fullmatch(words["test"]):
            document.problem((*path, "test"), f"a test is written as '> 0.1' or '>= 3', not {words['test']!r}")
        if words["effect"] not in EFFECTS or words["basis"] not in ("L", "P", "X"):
            document.problem(path, f"effect is one of {', '.join(EFFECTS)}, basis L, P or X")
        if since and checked_on:
            sure = document.take((*path, "sure"), bool)
            checks.append(Check(**words, needs=needs, since=since, checked_on=checked_on, sure=sure))
    return tuple(sorted(checks, key=lambda check: (check.name, check.since))), read_parameters(document)
