"""TOML that remembers where each key stands, so that a problem can name its line."""

import re
import tomllib
from typing import Any

from zhiwei.tables.table import Problem, did_you_mean

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^(\s*)([A-Za-z0-9_\-]+)\s*=")
Path = tuple[str | int, ...]


class Document:
    """A parsed file; typed `take` reports what is missing, misspelt or of the wrong type with its line."""

    def __init__(self, file: str, content: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems
        self.values: dict[str, Any] = {}
        try:
            self.values = tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"at line (\d+), column (\d+)", str(error))
            line, column = (int(place[1]), f"{place[2]}") if place else (content.count("\n") + 1, "")
            problems.append(Problem(file, line, column, f"not TOML: {str(error).split(' (at')[0]}"))
        self.places = _places(content)

    def problem(self, path: Path, message: str, hint: str = "") -> None:
        line, column = self.places.get(path) or self._nearest(path)
        self.problems.append(Problem(self.file, line, str(column), message, hint))

    def _nearest(self, path: Path) -> tuple[int, int]:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def table(self, *path: str | int) -> dict[str, Any]:
        value = self.find(path)
        return value if isinstance(value, dict) else {}

    def tables(self, name: str) -> list[dict[str, Any]]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or any(not isinstance(item, dict) for item in value):
            self.problem((name,), f"{name} must be written as [[{name}]] blocks")
            return []
        return value

    def take(self, path: Path, kind: type, default: Any = None) -> Any:
        """The value at a path, or the default; without one its absence is a problem and the kind's empty value."""
        value = self.find(path)
        if value is None and default is not None:
            return default
        if value is None or not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            said = "is missing" if value is None else f"must be {kind.__name__}, not {value!r}"
            self.problem(path, f"{'.'.join(map(str, path))} {said}")
            return kind()
        return value

    def number(self, path: Path) -> str:
        """A number as its decimal text, whether written bare or in quotes; '0' (and a problem) where there is none."""
        value = self.find(path)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return str(self.take(path, str)) or "0"

    def only(self, path: Path, known: set[str]) -> None:
        """Report keys that nothing reads: a misspelt key would otherwise be silently without effect."""
        table = self.find(path) if path else self.values
        for name in table if isinstance(table, dict) else ():
            if name not in known:
                self.problem((*path, name), f"unknown key {name!r}", did_you_mean(name, known))

    def find(self, path: Path) -> Any:
        value: Any = self.values
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def _places(content: str) -> dict[Path, tuple[int, int]]:
    """(path of a key) -> (line, column), for the plain TOML that product folders use."""
    places: dict[Path, tuple[int, int]] = {}
    counts: dict[str, int] = {}
    prefix: Path = ()
    for number, line in enumerate(content.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header[2]
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                prefix = (*name.split("."), counts[name])
            else:
                prefix = tuple(name.split("."))
            places[prefix] = (number, 1)
            places.setdefault(prefix[:1], (number, 1))
        elif key := _KEY.match(line):
            places[(*prefix, key[2])] = (number, len(key[1]) + 1)
    return places
