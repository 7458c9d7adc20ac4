"""Headers by their words: which of the columns is called as a target usually is, in a dozen languages (words.toml)."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

_HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_UNTRANSLATED = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "ı": "i"})


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, list[str]]]:
    """kind -> target -> words; a target "x_not" has the words that speak against x."""
    text = resources.files("zhiwei.borrower.reading").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def unsettled() -> frozenset[str]:
    """Words of a column of states by which a movement never happened, or has not yet."""
    return frozenset(words()["states"]["unsettled"])


@lru_cache(maxsize=4096)
def simple(header: str) -> str:
    """Lower case, no accents, no brackets or signs: "Libellé (détail)" -> "libelle detail"."""
    text = unicodedata.normalize("NFKC", header).lower().translate(_UNTRANSLATED)
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"(?<=[^\W\d])\d$", "", re.sub(r"[^\w]+|_", " ", text).strip())  # beschreibung1
    return " ".join(text.split())


def score(kind: str, target: str, header: str) -> float:
    """How much a header speaks for a target: 0 nothing, about 100 its very name, below zero against it."""
    table = words().get(kind, {})
    whole = simple(header)
    text = simple(re.sub(r"[(（\[].*?[)）\]]", " ", header)) or whole
    if any(_has(whole, simple(word)) for word in table.get(f"{target}_not", [])):
        return -1.0
    best = 0.0
    for place, written in enumerate(table.get(target, [])):
        word = simple(written)
        if text == word:
            best = max(best, 100.0 - place / 100)
        elif _has(whole, word):
            best = max(best, 20.0 + 60.0 * len(word) / len(whole) - place / 100)
    return best


def _has(text: str, word: str) -> bool:
    if _HAN.search(word):
        return word in text
    return f" {word} " in f" {text} "


def ranked(kind: str, target: str, headers: Iterable[str]) -> list[tuple[float, str]]:
    """Headers that speak for the target, best first."""
    found = [(score(kind, target, header), header) for header in headers]
    return sorted((item for item in found if item[0] > 0), key=lambda item: -item[0])
