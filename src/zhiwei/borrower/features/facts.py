"""What a fact is, and how a module declares its facts beside the function that computes them."""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Seeing(Protocol):
    """What facts are computed from."""

    def believed(self, fact: "Fact", values: Floats) -> Floats:
        """Values of a fact, NaN where it cannot be said after all."""
        ...


Seen = TypeVar("Seen", bound=Seeing)

_RISK = {"+": "riskier", "-": "safer", ".": "neither"}
_WINDOW = re.compile(r"_(\d+[md])$")
_CHOICE = re.compile(r"\{([\d,]+)\}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the operating picture, in the words of both languages.

    `kind`: the kind of record it is made of (`across` where several are). `window`: what it looks back on (`12m`,
    `45d`, `all`, `now`). `risk`: what a higher value means, riskier, safer or neither. `source`: chapter of the domain
    sheet or `practice`; `sure` is False where its definition or its cut is somebody's habit and to be tuned on data.
    """

    name: str
    zh: str
    en: str
    unit: str
    kind: str = ""
    window: str = "all"
    risk: str = "neither"
    source: str = "practice"
    sure: bool = True


Step = Callable[[Seen], dict[str, Floats]]


class Group(Generic[Seen]):
    """The facts of one kind of record, and the steps that compute them from rows seen on a day."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.facts: dict[str, Fact] = {}
        self._steps: list[tuple[tuple[str, ...], Step[Seen]]] = []

    def gives(self, text: str) -> Callable[[Step[Seen]], Step[Seen]]:
        """Declare what a step computes: a line a fact, `name | zh | en | unit | risk | source | window`.

        `name_{3,6}m` stands for a fact each, with `{n}` in the words. Risk is + - or a dot; a source ending in ? is
        unsure; the window may be left out where the name ends in it. ValueError where a name is declared twice.
        """
        declared = self.declares(text)

        def decorate(step: Step[Seen]) -> Step[Seen]:
            self._steps.append((tuple(fact.name for fact in declared), step))
            return step

        return decorate

    def declares(self, text: str) -> list[Fact]:
        """Declare facts that somebody else computes, from more than a party's own records."""
        declared = list(self._declared(text))
        for fact in declared:
            if fact.name in self.facts:
                raise ValueError(f"{fact.name} is declared twice")
            self.facts[fact.name] = fact
        return declared

    def compute(self, rows: Seen, known: NDArray[np.bool_], wanted: Set[str] | None = None) -> dict[str, Floats]:
        """Every fact of the group, NaN for parties that are not `known`, and where the rows do not believe it.

        With `wanted` only those, and what is found in the same step as one of them.
        """
        found: dict[str, Floats] = {}
        everybody = bool(known.all())
        for names, step in self._steps:
            if wanted is not None and wanted.isdisjoint(names):
                continue
            values = step(rows)
            if values.keys() != set(names):
                raise ValueError(f"{self.kind}: {sorted(values.keys() ^ set(names))} declared or computed, not both")
            for name, value in values.items():
                told = rows.believed(self.facts[name], value)
                found[name] = told.astype(np.float64, copy=False) if everybody else np.where(known, told, np.nan)
        return found

    def _declared(self, text: str) -> Iterator[Fact]:
        for line in filter(None, map(str.strip, text.splitlines())):
            name, zh, en, unit, risk, source, *window = (cell.strip() for cell in line.split("|"))
            choice = _CHOICE.search(name)
            for n in choice[1].split(",") if choice else [""]:
                one = _CHOICE.sub(n, name)
                ends = _WINDOW.search(one)
                yield Fact(
                    name=one,
                    zh=zh.replace("{n}", n),
                    en=en.replace("{n}", n),
                    unit=unit,
                    kind=self.kind,
                    window=window[0] if window else ends[1] if ends else "all",
                    risk=_RISK[risk],
                    source=source.removesuffix("?"),
                    sure=not source.endswith("?"),
                )
