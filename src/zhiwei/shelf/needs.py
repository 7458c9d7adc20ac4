"""borrower.toml: what a product must be allowed to see, what it may see besides, and how good that has to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhiwei.borrower import KINDS, PURPOSES
from zhiwei.borrower.features import CATALOGUE
from zhiwei.borrower.quality import Demand, demand_of, figure_names, rules_of
from zhiwei.tables import Document, Rule, did_you_mean, rules_from_toml
from zhiwei.values import BadInput

KEYS = {"scopes", "optional", "purposes", "demand", "quality", "silence"}


@dataclass(frozen=True, slots=True)
class Needs:
    """`scopes`: kinds of record without which nothing is decided; `optional` ones are used where the party allows them.

    `demands` are of the quality of records; what falls short is a rule of the first stage. `silences`: kinds whose
    absence may turn out better than what they could show -> why the product allows it.
    """

    scopes: tuple[str, ...]
    optional: tuple[str, ...]
    purposes: tuple[str, ...]
    demands: tuple[Demand, ...]
    silences: Mapping[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        return (*self.scopes, *self.optional)

    def figures(self) -> tuple[str, ...]:
        """Names of the figures of quality that are asked for, each once."""
        return tuple(dict.fromkeys(name for demand in self.demands for name in figure_names(demand)))


def read_needs(document: Document) -> tuple[Needs, tuple[Rule, ...]]:
    """What a product needs, and the rules of its first stage: demands on facts, then on quality."""
    document.only((), KEYS)
    scopes, purposes = _words(document, "scopes", KINDS), _words(document, "purposes", PURPOSES)
    optional = _words(document, "optional", KINDS) if document.find(("optional",)) is not None else ()
    if twice := set(scopes) & set(optional):
        document.problem(("optional",), f"{', '.join(sorted(twice))} is among scopes already")
    demands, rules = [], list(rules_from_toml(document, "demand", CATALOGUE))
    for index, plain in enumerate(document.tables("quality")):
        if demand := _demand(document, index, plain, (*scopes, *optional)):
            demands.append(demand)
            rules += rules_of(demand, document.line(("quality", index, "code")))
    silences = _silences(document, (*scopes, *optional))
    return Needs(scopes, optional, purposes, tuple(demands), silences), tuple(rules)


def _silences(document: Document, kinds: tuple[str, ...]) -> dict[str, str]:
    """[[silence]]: kind and because."""
    found: dict[str, str] = {}
    for index in range(len(document.tables("silence"))):
        path = ("silence", index)
        document.only(path, {"kind", "because"})
        kind, because = (document.take((*path, key), str) for key in ("kind", "because"))
        if kind not in kinds or kind in found:
            document.problem((*path, "kind"), f"{kind!r} is neither in scopes nor in optional, or stands twice")
        found[kind] = because
    return found


def _words(document: Document, name: str, known: Mapping[str, Any] | tuple[str, ...]) -> tuple[str, ...]:
    words = document.take((name,), list)
    if not words or any(not isinstance(word, str) or not word for word in words):
        document.problem((name,), f"{name} names at least one, as text")
    for word in words:
        if isinstance(word, str) and word not in known:
            hint = did_you_mean(word, known) or f"one of {', '.join(known)}"
            document.problem((name,), f"unknown {name.removesuffix('s')} {word!r}", hint)
    return tuple(str(word) for word in words)


def _demand(document: Document, index: int, plain: Mapping[str, Any], kinds: tuple[str, ...]) -> Demand | None:
    try:
        demand = demand_of(plain)
    except BadInput as error:
        document.problem(("quality", index), error.message, error.hint or "")
        return None
    if demand.kind not in kinds:
        document.problem(("quality", index, "kind"), f"{demand.kind} is neither in scopes nor in optional")
    return demand
