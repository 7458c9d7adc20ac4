"""TOML that remembers where each key stands, so that a problem can name its line."""

import re
import tomllib
from datetime import date
from typing import Any

from zhiwei.tables.table import Problem, did_you_mean

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^(\s*)([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*)\s*=")
_TEXT = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*''', re.DOTALL
)  # strings and comments
MOST_PARTS = 20  # of a dotted key: reading a very long one takes time with the square of its parts
_LONG_KEY = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}""")
Path = tuple[str | int, ...]


def toml_of(content: str) -> dict[str, Any]:
    """What a text says, whoever wrote it: ValueError, and nothing else, where it is no TOML or out of reason."""
    if found := _LONG_KEY.search(content):
        line, column = content.count("\n", 0, found.start()) + 1, found.start() - content.rfind("\n", 0, found.start())
        raise ValueError(f"a key of more than {MOST_PARTS} parts (at line {line}, column {column})")
    try:
        return tomllib.loads(content)
    except RecursionError:
        raise ValueError("lists or tables nested too deeply") from None


class Document:
    """A parsed file; typed `take` reports what is missing, misspelt or of the wrong type with its line."""

    def __init__(self, file: str, content: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems
        self.values: dict[str, Any] = {}
        self.sound = True
        try:
            self.values = toml_of(content)
        except ValueError as error:
            self.sound = False  # what follows from it (everything is missing) would only hide it
            place = re.search(r"at line (\d+), column (\d+)", str(error))
            line, column = (int(place[1]), f"{place[2]}") if place else (content.count("\n") + 1, "")
            problems.append(Problem(file, line, column, f"not TOML: {str(error).split(' (at')[0]}"))
        self.places = _places(content) if self.sound else {}

    def problem(self, path: Path, message: str, hint: str = "") -> None:
        if not self.sound:
            return
        line, column = self._nearest(path)
        self.problems.append(Problem(self.file, line, str(column), message, hint))

    def line(self, path: Path) -> int:
        return self._nearest(path)[0]

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

    def day(self, path: Path) -> date | None:
        """A date without a time of day; None (and a problem) where there is none."""
        value = self.find(path)
        if type(value) is date:  # a datetime is a date too, and cannot be compared with one
            return value
        self.problem(path, f"{path[-1]} must be a date such as 2019-01-01")
        return None

    def number(self, path: Path) -> str:
        """A number as its decimal text, whether written bare or in quotes; '0' (and a problem) where there is none."""
        value = self.find(path)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        written = self.take(path, str)
        return written if isinstance(value, str) else "0"

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
    counts: dict[Path, int] = {}
    prefix: Path = ()
    depth = 0  # of a value's brackets that are still open
    blank = _TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), content)
    for number, line in enumerate(blank.split("\n"), start=1):
        header = _HEADER.match(line) if depth == 0 else None
        if header:
            prefix = _table_path(header[2], counts, array=header[1] == "[[")
            places[prefix] = (number, 1)
            places.setdefault(prefix[:1], (number, 1))
            continue
        if depth == 0 and (key := _KEY.match(line)):
            path = (*prefix, *key[2].split("."))
            for end in range(len(prefix) + 1, len(path) + 1):
                places.setdefault(path[:end], (number, len(key[1]) + 1))
        depth += line.count("[") - line.count("]")
    return places


def _table_path(name: str, counts: dict[Path, int], *, array: bool) -> Path:
    """The path of a [name] or [[name]]; a part that is an array of tables stands for its latest table."""
    path: Path = ()
    steps = name.split(".")
    for place, step in enumerate(steps):
        path = (*path, step)
        if array and place == len(steps) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
