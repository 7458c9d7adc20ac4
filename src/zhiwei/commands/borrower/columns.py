"""What one may say of a table's columns on the command line, before or instead of a guess; the same in each command."""

from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.borrower.reading.answers import answers, parties_from, whose
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.values import BadInput

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE",
        help="Say it yourself, again for more: dates=DD/MM/YYYY, currency=EUR, sign=negated, ... 自己说明",
    ),
]  # fmt: skip
PartyColumn = Annotated[
    str,
    typer.Option(
        metavar="HEADER",
        help="The file is of several parties: the column of their ids; bank-{HEADER} puts bank- before. 多主体",
    ),
]
Given = Annotated[Path | None, typer.Option("--mapping", help="A mapping file; without it one is guessed.")]
_PARTIES = "parties="


def told_of(kind: str, said: list[str] | None, column: str = "") -> dict[str, dict[str, Any]]:
    """Parts of a mapping's file, as `reading.mapping.understand` takes them. BadInput where they make no sense."""
    tables = [text.removeprefix(_PARTIES).strip() for text in said or [] if text.startswith(_PARTIES)]
    told = answers(kind, [text for text in said or [] if not text.startswith(_PARTIES)])
    if column:
        told["party"] = whose(column)
    for file in map(Path, tables):
        if "party" not in told:
            raise BadInput("no_party_column", "which column tells the parties apart?", hint="--party-column HEADER")
        told["party"]["ids"] = parties_from(text_file(file), file.name)
    return told


def mapping_of(file: Path | None, told: dict[str, dict[str, Any]]) -> Mapping | None:
    """The mapping in a file, with what is said besides; None without a file."""
    if file is None:
        return None
    found = Mapping.from_toml(text_file(file))
    return found.with_parts(told) if told else found


def text_file(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("no_such_file", f"cannot read {file}: {error}", hint="a text file in UTF-8") from error


def bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("no_such_file", f"cannot read {file}: {error.strerror}") from error
