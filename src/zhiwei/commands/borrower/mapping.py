"""zhiwei mapping: what the columns of somebody's table mean: guessed, looked at, kept in a small file."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from zhiwei.borrower.identity.masks import masked_cell, masked_file, masked_numbers
from zhiwei.borrower.reading.answers import whose
from zhiwei.borrower.reading.files import LARGEST_TABLE
from zhiwei.borrower.reading.grid import Grid, grid_of
from zhiwei.borrower.reading.mapping import Guess, Preview, Whose, understand, whose_of
from zhiwei.borrower.reading.mapping import preview as preview_of
from zhiwei.borrower.records import KINDS
from zhiwei.commands.borrower.columns import Given, PartyColumn, Set, bytes_of, mapping_of, told_of
from zhiwei.commands.show import Json, out, print_json, print_table
from zhiwei.values import BadInput

app = typer.Typer(no_args_is_help=True, help="Columns of any table: guess, look, keep. 列映射")

File = Annotated[Path, typer.Argument(help="A table as CSV, TSV or workbook, in any encoding.", metavar="FILE")]
Kind = Annotated[str, typer.Option(help=f"What its rows are: {', '.join(KINDS)}.")]
Sheet = Annotated[str | None, typer.Option(help="The sheet of a workbook; without it the one that looks like a table.")]


@app.command()
def preview(
    file: File, kind: Kind = "bank_flow", mapping: Given = None, sheet: Sheet = None, said: Set = None,
    party_column: PartyColumn = "", as_json: Json = False,
) -> None:  # fmt: skip
    """Show what a file would be read as, column by column, what was decided and why, and what is open. 预览

    Nothing is stored. What is wrong or open, say with --set: dates=DD/MM/YYYY decimal=, currency=EUR account=7
    sign=negated in=HEADER out=HEADER direction=HEADER words_in=CR words_out=DR less=HEADER leave_out.HEADER=WORD,
    or any column of the record: booked_on=HEADER amount=HEADER balance=HEADER text=HEADER. Of a file of several
    parties: --party-column, and parties=TABLE for a table of two columns, account,party.
    """
    told = told_of(kind, said, party_column)
    grid, found = _understood(file, kind, mapping, sheet, told)
    shown = _masked(preview_of(grid, found))
    if as_json:
        print_json(asdict(shown) | {"mapping": masked_numbers(found.mapping.to_toml()), "guessed": mapping is None})
        return
    _print(shown)
    if mapping is None:
        out.print("This is a guess. Keep it with `zhiwei mapping save`, mend it, and look again.", style="dim")


@app.command()
def save(
    file: File,
    to: Annotated[Path, typer.Option(help="Where to write the mapping.")],
    kind: Kind = "bank_flow", mapping: Given = None, sheet: Sheet = None, said: Set = None,
    party_column: PartyColumn = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:  # fmt: skip
    """Write the mapping of a file as TOML: the guess, or --mapping once it has been tried on the file. 保存

    A guess that leaves something open is not kept before you --set it.
    """
    told = told_of(kind, said, party_column)
    grid, found = _understood(file, kind, mapping, sheet, told)
    used = found.decided()
    shown = preview_of(grid, used)
    if to.exists() and not force:
        raise BadInput("file_exists", f"{to} is there already", hint="choose another name, or --force")
    to.write_text(used.to_toml(), encoding="utf-8")
    out.print(f"{to}: {shown.good:,} of {shown.rows:,} rows of {file.name} are understood with it", markup=False)
    for question in found.questions:
        out.print(f"note: {question.text}; {question.answer}", markup=False)


@app.command()
def parties(
    file: File, mapping: Given = None, sheet: Sheet = None, party_column: PartyColumn = "",
    to: Annotated[Path | None, typer.Option(help="Write them there, an id a line, for `consent give @FILE`.")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List the parties of a file that holds the records of several. 主体清单"""
    known = mapping_of(mapping, told_of("bank_flow", None, party_column))
    told = known.party if known else Whose(**whose(party_column)) if party_column else Whose()
    found = whose_of(grid_of(bytes_of(file), file.name, sheet), told)
    if found is None:
        raise BadInput("no_party_column", "which column tells the parties apart?", hint="--party-column HEADER")
    ids = found.drop_nulls().unique(maintain_order=True).to_list()
    if to is not None:
        to.write_text("".join(f"{one}\n" for one in ids), encoding="utf-8")
    if as_json:
        print_json({"file": file.name, "parties": len(ids), "ids": ids})
    else:
        out.print(
            f"{masked_file(file.name)}: {len(ids):,} parties: {', '.join(map(masked_numbers, ids[:5]))}"
            f"{', ...' if len(ids) > 5 else ''}",
            markup=False,
        )


def _understood(
    file: Path, kind: str, mapping: Path | None, sheet: str | None, told: dict[str, dict[str, Any]]
) -> tuple[Grid, Guess]:
    content = bytes_of(file)
    if len(content) > LARGEST_TABLE:
        raise BadInput("file_too_large", f"{file.name} is larger than {LARGEST_TABLE >> 20} MiB", hint="split it")
    used = mapping_of(mapping, told)
    grid = grid_of(content, file.name, sheet)
    return grid, Guess(used) if used else understand(grid, kind, told)


def _print(shown: Preview) -> None:
    columns = ["target", "from", "understood", "not", "empty", "examples"]
    rows = [
        [
            item.target, item.source, f"{item.understood:,}", f"{item.not_understood:,}", f"{item.empty:,}",
            "; ".join(raw if raw == said else f"{raw} → {said}" for raw, said in item.examples),
        ]
        for item in shown.columns
    ]  # fmt: skip
    print_table(shown.title(), columns, rows, right=range(2, 5))
    for line in shown.findings():
        out.print(line, markup=False)


def _masked(shown: Preview) -> Preview:
    """Columns are told apart by days, amounts and our own words; names, accounts and texts are shown in part."""
    types = KINDS[shown.kind].schema
    columns = []
    for one in shown.columns:
        words = types.field(one.target).type == pa.string() and one.target not in OWN_WORDS
        examples = tuple((masked_cell(raw), masked_cell(said)) for raw, said in one.examples) if words else one.examples
        columns.append(replace(one, source=masked_numbers(one.source), examples=examples))
    return replace(
        shown, columns=tuple(columns), file=masked_file(shown.file),
        left_out=tuple((row, why, masked_cell(text)) for row, why, text in shown.left_out),
        problems=tuple(replace(one, value=masked_cell(one.value)) for one in shown.problems),
    )  # fmt: skip


OWN_WORDS = frozenset((
    "direction", "status", "invoice_no", "tax", "rating", "currency", "channel", "platform", "role", "document",
    "utility", "unit", "reader", "what", "subject", "kind", "class", "months", "reason",
))  # fmt: skip
"""Columns of text whose values are words of a list, or public numbers."""
