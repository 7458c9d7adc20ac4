"""What one may say of a table's columns on the command line, before or instead of a guess; the same in each command."""

from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.borrower.reading.answers import answers, parties_from
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.values import BadInput

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE",
        help="Say it yourself, again for more: dates=DD/MM/YYYY, currency=EUR, sign=negated, amount=HEADER, ... 自己说明",
    ),
]  # fmt: skip
PartyColumn = Annotated[
    str, typer.Option(metavar="HEADER", help="The file is of several parties: the column that tells whose a row is.")
]
PartyPrefix = Annotated[str, typer.Option(help="What stands before it in the party's id, such as bank-.")]
Parties = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A table account,party: whose an account is; rows of others are left out."),
]


def told_of(
    kind: str, said: list[str] | None, column: str = "", prefix: str = "", parties: Path | None = None
) -> dict[str, dict[str, Any]]:
    """Parts of a mapping's file, as `reading.mapping.understand` takes them. BadInput where they make no sense."""
    told = answers(kind, said or [])
    party = told.get("party", {}) | ({"column": column} if column else {}) | ({"prefix": prefix} if prefix else {})
    if parties is not None:
        party["ids"] = parties_from(text_file(parties), parties.name)
    if party and not party.get("column"):
        raise BadInput("no_party_column", "which column tells the parties apart?", hint="--party-column HEADER")
    return told | ({"party": party} if party else {})


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
