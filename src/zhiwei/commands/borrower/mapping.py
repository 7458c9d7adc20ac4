"""zhiwei mapping: what the columns of somebody's table mean: guessed, looked at, kept in a small file."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from zhiwei.borrower.identity.masks import masked_cell, masked_file, masked_numbers
from zhiwei.borrower.reading.files import LARGEST
from zhiwei.borrower.reading.grid import Grid, grid_of
from zhiwei.borrower.reading.mapping import Mapping, Preview, guess
from zhiwei.borrower.reading.mapping import preview as preview_of
from zhiwei.borrower.records import KINDS
from zhiwei.commands.show import Json, out, print_json, print_table
from zhiwei.values import BadInput

app = typer.Typer(no_args_is_help=True, help="Columns of any table: guess, look, keep. 列映射")

File = Annotated[Path, typer.Argument(help="A table as CSV, TSV or workbook, in any encoding.", metavar="FILE")]
Kind = Annotated[str, typer.Option(help=f"What its rows are: {', '.join(KINDS)}.")]
Given = Annotated[Path | None, typer.Option("--mapping", help="A mapping file; without it one is guessed.")]
Sheet = Annotated[str | None, typer.Option(help="The sheet of a workbook; without it the one that looks like a table.")]


@app.command()
def preview(
    file: File, kind: Kind = "bank_flow", mapping: Given = None, sheet: Sheet = None, as_json: Json = False
) -> None:
    """Show what a file would be read as, column by column. Nothing is stored; names and accounts are masked."""
    grid, used = _understood(file, kind, mapping, sheet)
    shown = _masked(preview_of(grid, used))
    if as_json:
        print_json(asdict(shown) | {"mapping": masked_numbers(used.to_toml()), "guessed": mapping is None})
        return
    _print(shown)
    if mapping is None:
        out.print("This is a guess. Keep it with `zhiwei mapping save`, mend it, and look again.", style="dim")


@app.command()
def save(
    file: File,
    to: Annotated[Path, typer.Option(help="Where to write the mapping.")],
    kind: Kind = "bank_flow",
    mapping: Given = None,
    sheet: Sheet = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write the mapping of a file as TOML: the guess, or --mapping once it has been tried on the file."""
    grid, used = _understood(file, kind, mapping, sheet)
    shown = preview_of(grid, used)
    if to.exists() and not force:
        raise BadInput("file_exists", f"{to} is there already", hint="choose another name, or --force")
    to.write_text(used.to_toml(), encoding="utf-8")
    out.print(f"{to}: {shown.good:,} of {shown.rows:,} rows of {file.name} are understood with it", markup=False)


def _understood(file: Path, kind: str, mapping: Path | None, sheet: str | None) -> tuple[Grid, Mapping]:
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"{kind!r} is no kind of record", hint=f"choose one of {', '.join(KINDS)}")
    if file.stat().st_size > LARGEST:
        raise BadInput("file_too_large", f"{file.name} is larger than {LARGEST >> 20} MiB", hint="split it")
    used = Mapping.from_toml(mapping.read_bytes().decode("utf-8", errors="replace")) if mapping else None
    grid = grid_of(file.read_bytes(), file.name, sheet)
    return grid, used or guess(grid, kind)


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
