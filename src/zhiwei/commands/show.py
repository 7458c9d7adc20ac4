"""What every command shares: dates and amounts in, tables, progress and troubles out."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from zhiwei.borrower.identity import masked_text
from zhiwei.tables import micro
from zhiwei.values import EARLIEST, BadInput, Breach, Outage, Refusal, fen

# Into a pipe or a file, lines are as wide as ids and tables need; on a terminal, and with COLUMNS, as wide as it says.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
out = Console(highlight=False, soft_wrap=True, width=_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)

LATEST = date(9000, 1, 1)  # what lies between today and then is refused as the future
REFUSED, BAD_INPUT, OUTAGE, BREACH = 1, 2, 3, 4  # exit codes; 0 is success, 130 an interrupt


def probability(written: str) -> int:
    """Of default, in micro-units."""
    try:
        return micro(written)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def day(text: str) -> date:
    """A date as YYYY-MM-DD, in the years a record or a loan can be of."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2020-03-01") from None
    if not EARLIEST <= found < LATEST:
        raise typer.BadParameter(f"{text} is outside {EARLIEST} to {LATEST}")
    return found


def amount(text: str) -> int:
    """An amount in 元, more than zero and with at most two decimals, as 分."""
    try:
        found = fen(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if found <= 0:
        raise typer.BadParameter(f"an amount is more than zero, not {text}")
    return found


On = Annotated[date | None, typer.Option("--on", parser=day, metavar="DATE", help="Value date; default today.")]
Amount = Annotated[int, typer.Argument(parser=amount, metavar="AMOUNT", help="Amount in 元, e.g. 120000 or 1350.25.")]
Key = Annotated[
    str | None,
    typer.Option("--key", help="Idempotency key: the same call again with the same key happens once. Default: new."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def print_json(value: Any) -> None:
    """One JSON object on one line; 中文 as it is."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def print_result(result: Any, as_json: bool) -> None:
    """A journey's answer, a dataclass: for people a line for each field."""
    fields = asdict(result)
    if as_json:
        print_json(fields)
        return
    for name, value in fields.items():
        out.print(f"{name:14s} {value}", markup=False)


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()
) -> None:
    """A table for people; columns numbered in `right` hold figures, which never wrap."""
    cells = [[str(cell) for cell in row] for row in rows]
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        widest = max((cell_len(row[number]) for row in cells), default=0)
        if number in right:
            table.add_column(column, justify="right", min_width=widest)
        else:
            table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*map(escape, row))
    out.print(table)
    out.print()


@contextlib.contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A bar on stderr. Call it with (done) or (done, total), or with a word to say what is going on."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable="--json" in sys.argv) as bar:
        task = bar.add_task(title, total=total)

        def update(done: int | str, new_total: int | None = None) -> None:
            if isinstance(done, str):
                bar.update(task, description=done)
            else:
                bar.update(task, completed=done, total=new_total if new_total is not None else total)

        yield update


@contextlib.contextmanager
def troubles() -> Iterator[None]:
    """Say what went wrong in the caller's words, with an exit code; nothing of ours shows a traceback to a user."""
    try:
        yield
    except Refusal as refusal:
        _say(refusal.code, refusal.message, refusal.hint)
        raise SystemExit(BAD_INPUT if isinstance(refusal, BadInput) else REFUSED) from refusal
    except Outage as outage:
        _say("outage", str(outage), "nothing was changed; try again")
        raise SystemExit(OUTAGE) from outage
    except Breach as breach:
        _say("breach", str(breach), "an invariant broke: stop and look, `zhiwei doctor` tells more")
        raise SystemExit(BREACH) from breach
    except OSError as error:  # a file or folder the user named
        _say(
            "cannot_use_file", f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), "nothing was changed"
        )
        raise SystemExit(BAD_INPUT) from error
    except KeyboardInterrupt:
        err.print("interrupted; what was committed stays, the rest did not happen")
        raise SystemExit(130) from None


def _say(code: str, message: str, hint: str) -> None:
    """A message may repeat what somebody typed or a file holds: numbers of persons are masked, whoever wrote it."""
    message, hint = masked_text(message), masked_text(hint)
    if "--json" in sys.argv:
        sys.stderr.write(json.dumps({"error": code, "message": message, "hint": hint}, ensure_ascii=False) + "\n")
        return
    err.print(f"[bold red]{code}[/]: ", end="")
    err.print(message, markup=False)
    if hint:
        err.print(f"  {hint}", style="dim", markup=False)
