"""zhiwei import: files of outside parties into canonical records."""

import itertools
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.borrower.delivery import Delivery
from zhiwei.borrower.identity import masked_cell
from zhiwei.borrower.sources import cumcm2020c as source
from zhiwei.commands.show import Json, err, out, print_json, print_table, progress
from zhiwei.journeys import Received, receive, receive_demand
from zhiwei.values import BadInput

app = typer.Typer(no_args_is_help=True, help="Import records from files. 导入数据")
SHOWN = 10  # bad cells named on the screen; all of them go to the file


@app.command("cumcm2020c")
def cumcm2020c(
    files: Annotated[
        list[Path], typer.Argument(help="附件1, 附件2 and 附件3 as .xlsx, any of them.", metavar="FILE...")
    ],
    skip_bad_rows: Annotated[bool, typer.Option(help="Import the good rows and write the bad ones to a file.")] = False,
    bad_rows: Annotated[Path, typer.Option(help="Where --skip-bad-rows writes them.")] = Path("bad_rows.csv"),
    as_json: Json = False,
) -> None:
    """VAT invoices of CUMCM 2020 C: firms with invoices (附件1, 附件2) and the demand curve (附件3).

    All files together or none: where one cannot be read, or has a bad row, nothing is imported (exit code 2).
    Importing again changes nothing.
    """
    with open_platform() as platform:
        curves = [file for file in files if source.is_demand_curve(file)]
        demand = [(source.sha256(file), source.read_demand(file)) for file in curves]
        deliveries = _read([file for file in files if file not in curves], platform.today())
        _judge(deliveries, skip_bad_rows, bad_rows)
        received = _store(platform, deliveries, str(files[0].resolve().parent))
        points = sum(
            receive_demand(books=platform, by=platform.actor, source=source.SOURCE, sha256=sha256, curve=curve)
            for sha256, curve in demand
        )
    if as_json:
        for item in received:
            print_json(asdict(item))
        return
    names = ("parties", "invoices", "new_parties", "new_invoices", "labels")
    rows = [[item.file, *(f"{getattr(item, name):,}" for name in names)] for item in received]
    columns = ["file", "firms", "invoices", "new firms", "new invoices", "labels"]
    print_table("Imported 已导入", columns, rows, right=range(1, 6))
    for delivery in deliveries:
        for what, count in delivery.warnings.items():
            out.print(f"note: {delivery.file}: {count} rows where {what}; kept as they are")
    if curves:
        out.print(f"demand curve: {points} new points")


def _read(files: list[Path], today: date) -> list[Delivery]:
    with progress("reading", total=3 * len(files)) as update:
        steps = itertools.count()

        def step(what: str) -> None:
            update(f"reading {what}")
            update(next(steps))

        deliveries = [source.read(file, today, step) for file in files]
        update(3 * len(files))
    return deliveries


def _store(platform: Platform, deliveries: list[Delivery], folder: str) -> list[Received]:
    if not deliveries:
        return []
    total = sum(delivery.invoices.num_rows for delivery in deliveries)
    with progress("storing", total=total) as update:
        received = receive(books=platform, by=platform.actor, deliveries=deliveries, folder=folder, on_progress=update)
        update(total)
    return received


def _judge(deliveries: list[Delivery], skip: bool, target: Path) -> None:
    bad = pl.concat([delivery.bad_rows for delivery in deliveries]) if deliveries else pl.DataFrame()
    if not bad.height:
        return
    for row in bad.head(SHOWN).iter_rows(named=True):
        value = "(empty)" if row["value"] is None else repr(masked_cell(row["value"]))
        place = f"{row['file']}, sheet {row['sheet']}, row {row['row']}, column {row['column']}"
        err.print(f"{place}: {value} {row['problem']}", markup=False)
    if bad.height > SHOWN:
        err.print(f"... and {bad.height - SHOWN:,} more")
    if not skip:
        raise BadInput(
            "bad_rows", f"{bad.height:,} bad cells, nothing imported", hint="mend the file, or use --skip-bad-rows"
        )
    bad.write_csv(target)
    err.print(f"{bad.select('file', 'sheet', 'row').unique().height:,} bad rows left out, written to {target}")
