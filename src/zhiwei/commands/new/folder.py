"""The folder of a new source, out of a template and what a table of its kind usually looks like."""

import builtins
import keyword
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa

from zhiwei.borrower.reading.mapping import Mapping as Columns
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput, yuan

TEMPLATES = resources.files("zhiwei.commands").joinpath("templates")
FILES = {
    "init.py.tmpl": "__init__.py", "mapping.toml.tmpl": "mapping.toml", "README.md.tmpl": "README.md",
    "test.py.tmpl": "test_{name}.py",
}  # fmt: skip
NUMBERED = {"sequence": (1, 2), "occurrence": (1, 1)}  # by the reader of tables: no file has to say them
LONGEST_NAME = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_TITLE = re.compile(r"[\w ,.·、，()（）/&+-]*\w[\w ,.·、，()（）/&+-]*")  # nothing that is code in a text
_VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "processor", "service", "base", "misc"}


def written(name: str, kind: str, titles: tuple[str, str], to: Path) -> tuple[Path, str]:
    """Make folder `to`/`name`; -> (it, the name of its package). `titles`: Chinese, English; "" is the kind's.

    BadInput where something of it cannot be. The folder is there whole or not at all.
    """
    folder = to / name
    _check(name, kind, titles, to)
    package = _package(to, name)
    if package == name and (name in sys.stdlib_module_names or find_spec(name) is not None):
        raise BadInput("bad_name", f"Python has a module {name!r} already", hint="choose another name")
    contents = _contents(name, kind, titles, package)
    partial = to / f".{name}.{os.getpid()}.partial"
    partial.mkdir()
    try:
        for file, content in contents.items():
            (partial / file).write_text(content, encoding="utf-8", newline="\n")
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder, package


def looks(kind: str) -> Mapping[str, Any]:
    """What is known of tables of a kind: `required`, `columns` (name -> header and what two rows say), `words`."""
    found: Mapping[str, Any] = tomllib.loads(TEMPLATES.joinpath("kinds.toml").read_text("utf-8"))[kind]
    return found


def _check(name: str, kind: str, titles: tuple[str, str], to: Path) -> None:
    reserved = keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name)
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or reserved or name.startswith("test_"):
        raise BadInput(
            "bad_name", f"{name!r} cannot be a source's name",
            hint=f"small letters, digits and single _ between, {LONGEST_NAME} at most, no word of Python: till_feed",
        )  # fmt: skip
    if name.rpartition("_")[2] in _VAGUE:
        raise BadInput("bad_name", f"{name!r} does not say what it reads", hint="name it after who delivers, or what")
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"no kind of record {kind!r}", hint=f"one of {', '.join(KINDS)}")
    for title in titles:
        if title and (len(title) > LONGEST_NAME or not _TITLE.fullmatch(title) or not title.isprintable()):
            raise BadInput(
                "bad_title", f"{title!r} cannot be what a source is called",
                hint=f"words of one line, {LONGEST_NAME} characters at most",
            )  # fmt: skip
    if not to.is_dir():
        raise BadInput("no_such_folder", f"{to} is no folder", hint="make it first, or choose another with --to")
    if os.path.lexists(to / name):
        raise BadInput("folder_exists", f"{to / name} already exists", hint="choose another name, or --to")


def _package(to: Path, name: str) -> str:
    """The dotted name under which Python imports the folder: those above that are packages belong to it."""
    parts, above = [name], to.resolve()
    while (above / "__init__.py").is_file():
        parts.insert(0, above.name)
        above = above.parent
    return ".".join(parts)


def _contents(name: str, kind: str, titles: tuple[str, str], package: str) -> dict[str, str]:
    known = looks(kind)
    columns, words = known["columns"], known.get("words", {})
    schema = KINDS[kind].schema
    cells = {
        column: [_cell(column, schema.field(column).type, value, words.get(column, {})) for value in said]
        for column, (_, *said) in columns.items()
    }
    mapping = Columns(
        kind, {column: tuple(dict.fromkeys((said[0], column))) for column, said in columns.items()},
        values={column: table | {word: word for word in table.values()} for column, table in words.items()},
        required=tuple(known["required"]),
    )  # fmt: skip
    day = KINDS[kind].day
    values = {
        "name": name, "kind": kind, "package": package,
        "zh": titles[0] or KINDS[kind].zh, "en": titles[1] or KINDS[kind].en,
        "mapping": mapping.to_toml(), "day": columns[day][0], "imports": "\n".join(sorted(_imports(package))),
        "dates": ", ".join(sorted({type(value).__name__ for said in columns.values() for value in said[1:]
                                   if isinstance(value, date)})),
        "rows": "\n".join(f"| {said[0]} | `{column}` | {cells[column][0]} |" for column, said in columns.items()),
        "table": "\n".join(f"    {_quoted(columns[column][0])}: {_listed(two)}," for column, two in cells.items()),
        "expected": "\n".join(_expected(schema, columns, row) for row in range(2)),
    }  # fmt: skip
    return {
        target.format(name=name): Template(TEMPLATES.joinpath("source", file).read_text("utf-8")).substitute(values)
        for file, target in FILES.items()
    }


def _imports(package: str) -> list[str]:
    return [
        f"from {package} import KINDS, read", "from zhiwei.borrower import records",
        "from zhiwei.borrower.reading import Parsed", "from zhiwei.values import BadInput",
    ]  # fmt: skip


def _cell(column: str, kind: pa.DataType, value: Any, words: Mapping[str, str]) -> str:
    """How a file writes what a record says."""
    if column == "second":
        return f"{value // 3600:02d}:{value // 60 % 60:02d}:{value % 60:02d}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if kind == pa.int64():
        return yuan(value)
    return next((word for word, meaning in words.items() if meaning == value), str(value))


def _expected(schema: pa.Schema, columns: Mapping[str, Sequence[Any]], row: int) -> str:
    lines = ['        "party_id": "P1",']
    for column in schema.names[1:]:
        said = columns[column][1 + row] if column in columns else NUMBERED[column][row]
        lines.append(f"        {_quoted(column)}: {_literal(said)},")
    return "\n".join(["    {", *lines, "    },"])


def _literal(value: Any) -> str:
    if isinstance(value, datetime):
        return f'datetime.fromisoformat("{value.isoformat()}")'
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    assert text.isprintable(), text
    assert not set('"\\') & set(text), text
    return f'"{text}"'


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"
