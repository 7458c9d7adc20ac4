"""The rows of a form from a table: CSV or a workbook through a column mapping, then judged as rows of JSON are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

from zhiwei.borrower.reading import mapping as columns
from zhiwei.borrower.reading.forms import MOST_ROWS, Form, Gathered
from zhiwei.borrower.reading.grid import Grid, grid_of
from zhiwei.borrower.reading.readers import shown
from zhiwei.values import BadInput


@cache
def mappings_of(package: str, *names: str) -> tuple[columns.Mapping, ...]:
    """Mappings that a source's folder ships, in the order in which they are tried."""
    return tuple(
        columns.Mapping.from_toml(files(package).joinpath(name).read_text("utf-8"))
        for name in names or ["mapping.toml"]
    )


def gather_table(
    content: bytes,
    name: str,
    form: Form,
    mappings: Sequence[columns.Mapping],
    given: Mapping[str, Any] | None = None,
    aside: Mapping[str, Sequence[str]] | None = None,
) -> Gathered:
    """Rows by their numbers in the file. The first mapping whose headers are all there is taken, else the first.

    `given` as in `forms.gather`; `aside`: fields that are no column of the record -> headers they may have.
    """
    grid = grid_of(content, name)
    if grid.cells.height > MOST_ROWS:
        raise BadInput("too_many_rows", f"{name} has more than {MOST_ROWS:,} rows", hint="split it by days")
    other = next((mapping.kind for mapping in mappings if mapping.kind != form.kind), None)
    if other is not None:
        raise BadInput("bad_mapping", f"the mapping is of {other}, the file of {form.kind}")
    if any(mapping.leave_out or mapping.party.column for mapping in mappings):
        raise BadInput("bad_mapping", f"leave_out and party are for statements, not for {form.kind}")
    chosen = next((mapping for mapping in mappings if _fits(grid, mapping)), mappings[0])
    # The order of the file keeps rows and their numbers together; a form's rows need no order of their own.
    parsed = columns.read(grid, replace(chosen, order="oldest_first"), "")
    found = Gathered(name, {form.kind: []}, warnings=parsed.warnings)
    for problem in parsed.problems:
        found.problem(problem.place, problem.column, problem.value, problem.problem)
    bad = {problem.place for problem in parsed.problems}
    at = [number for number, row in enumerate(grid.rows) if f"row {row}" not in bad]
    rows = parsed.tables[form.kind].to_pylist()
    if len(at) != len(rows):
        raise BadInput("too_many_problems", f"{name} has more problems than can be listed", hint="mend the mapping")
    beside = {field: next((header for header in headers if header in grid.header), None)
              for field, headers in (aside or {}).items()}  # fmt: skip
    for number, row in zip(at, rows, strict=True):
        said = row | {field: grid.cells[header][number] for field, header in beside.items() if header is not None}
        _row(found, form, f"row {grid.rows[number]}", said, given or {})
    found.warnings.update(_days_only([row for _, row in found.rows[form.kind]]))
    return found


def _days_only(rows: list[dict[str, Any]]) -> list[str]:
    """A column of days read as times: every row at midnight is no hour of anybody's shop."""
    said = {name: value for row in rows[:1] for name, value in row.items() if isinstance(value, datetime)}
    return [f"{name} has no time of day" for name in said if all(_at_midnight(row[name]) for row in rows)]


def _at_midnight(value: datetime | None) -> bool:
    return value is None or value.time() == time()


def _fits(grid: Grid, mapping: columns.Mapping) -> bool:
    def there(header: str) -> bool:
        return all(part.strip() in grid.header for part in header.split(" + ")) or header in grid.header

    sign = mapping.sign
    wanted = {"two_columns": (sign.into, sign.out), "direction": (sign.direction,)}.get(sign.rule, ())
    return all(map(there, wanted)) and all(
        target in mapping.constants or any(map(there, mapping.columns.get(target, ()))) for target in mapping.needed
    )


def _row(found: Gathered, form: Form, place: str, said: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Words go through the form's own readers; days, times and numbers the mapping has read."""
    before, row = len(found.problems), dict[str, Any]()
    for name, reader in form.fields.items():
        so_far, value = len(found.problems), said.get(name)
        value = found.cell(place, name, reader, value) if isinstance(value, str) else value
        row[name] = given.get(name) if value is None else value
        if row[name] is None and name in form.needed and len(found.problems) == so_far:
            found.problem(place, name, said.get(name), "missing")
    if len(found.problems) == before:
        found.judge(form, place, row, {name: shown(value) for name, value in said.items()})
