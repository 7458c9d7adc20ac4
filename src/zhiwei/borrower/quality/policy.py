"""What quality is measured against: how each kind of record speaks of time, thresholds, and words; from TOML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from zhiwei.borrower.records import KINDS
from zhiwei.tables import MICRO, Document, Parameter, value_on
from zhiwei.tables.shipped import shipped, shipped_parameters

_PACKAGE = "zhiwei.borrower.quality"
SPEAKS = ("rows", "chain", "periods", "readings", "report", "events")
GRAINS = ("month", "day", "report")


@dataclass(frozen=True, slots=True)
class Speech:
    """How a kind of record speaks of time; kinds.toml says what each field means."""

    name: str
    speaks: str
    grain: str
    part: tuple[str, ...]
    bridge_days: int
    fresh_days: int
    stale_days: int
    closes_days: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one topic from a day on: a row that has one in any of the columns `where` is of the topic."""

    topic: str
    since: date
    where: tuple[str, ...]
    words: tuple[str, ...]
    because: str
    sure: bool

    @property
    def pattern(self) -> str:
        return "|".join(re.escape(word) for word in self.words)


@cache
def speeches() -> Mapping[str, Speech]:
    """Kind of record -> how it speaks of time, for every kind there is."""
    return shipped(_PACKAGE, "kinds.toml", _read_speeches)


@cache
def thresholds() -> tuple[Parameter, ...]:
    """Every threshold with its day, reason and certainty."""
    return shipped_parameters(_PACKAGE, "thresholds.toml")


@lru_cache(maxsize=1024)
def threshold(name: str, on: date) -> float:
    """The value in force on a day. Refusal where none is."""
    return value_on(thresholds(), name, on) / MICRO


def words_on(on: date) -> tuple[Words, ...]:
    """For each topic the words in force on a day."""
    newest = {each.topic: each for each in _words() if each.since <= on}  # the file's oldest first
    return tuple(newest.values())


@cache
def _words() -> tuple[Words, ...]:
    return shipped(_PACKAGE, "words.toml", _read_words)


def _read_speeches(file: str, content: str, problems: list[Any]) -> Mapping[str, Speech]:
    document = Document(file, content, problems)
    document.only((), {"source", "kind"})
    found = {}
    numbers = ("bridge_days", "fresh_days", "stale_days")
    for index in range(len(document.tables("kind"))):
        path = ("kind", index)
        document.only(path, {"name", "speaks", "grain", "part", "closes_days", *numbers})
        name, speaks, grain = (document.take((*path, key), str) for key in ("name", "speaks", "grain"))
        part = tuple(document.take((*path, "part"), list))
        one = Speech(
            name, speaks, grain, part,
            **{key: document.take((*path, key), int) for key in numbers},
            closes_days=document.take((*path, "closes_days"), int, 0),
        )  # fmt: skip
        if name not in KINDS or name in found:
            document.problem((*path, "name"), f"{name!r} is no kind of record, or said twice")
        elif not set(part) <= set(KINDS[name].schema.names):
            document.problem((*path, "part"), f"{name} has no columns {part}")
        if speaks not in SPEAKS or grain not in GRAINS or one.fresh_days >= one.stale_days:
            document.problem(path, f"speaks {speaks!r}, grain {grain!r} or the days of freshness make no sense")
        found[name] = one
    if missing := sorted(set(KINDS) - set(found)):
        document.problem(("kind",), f"missing: {', '.join(missing)}")
    return found


def _read_words(file: str, content: str, problems: list[Any]) -> tuple[Words, ...]:
    document = Document(file, content, problems)
    document.only((), {"words"})
    found = []
    for index in range(len(document.tables("words"))):
        path = ("words", index)
        document.only(path, {"topic", "from", "where", "zh", "because", "checked_on", "sure"})
        since, checked = document.day((*path, "from")), document.day((*path, "checked_on"))
        where, words = (tuple(document.take((*path, key), list)) for key in ("where", "zh"))
        if not words or not set(where) <= {"text", "counterparty"}:
            document.problem((*path, "where"), "words are looked for in text, counterparty or both")
        if since and checked:
            topic, because = (document.take((*path, key), str) for key in ("topic", "because"))
            found.append(Words(topic, since, where, words, because, document.take((*path, "sure"), bool)))
    return tuple(sorted(found, key=lambda each: (each.since, each.topic)))
