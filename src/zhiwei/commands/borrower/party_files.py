"""A CSV of parties: one row a party, one column for each thing told of it."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from zhiwei.borrower.particulars import HOLDABLE
from zhiwei.borrower.told import Profile, Told
from zhiwei.values import BadInput, fen

COLUMNS = (
    "name", "kind", "party", "since", "source", "roles",
    "region", "industry", "opened_on", "staff", "revenue", "assets",
)  # fmt: skip
LARGEST = 20_000_000  # bytes
MOST_DIGITS = 9  # of a number of people
_FIELDS = ("region", "industry", "opened_on", "staff", "revenue", "assets")


def read_parties(file: Path, since: date, source: str) -> list[tuple[str, Told]]:
    """(row 2, what it tells) of each row; `since` and `source` where a row has none. BadInput names a bad one."""
    content = file.read_bytes()
    if len(content) > LARGEST:
        raise BadInput("too_large", f"{file.name} has {len(content):,} bytes; {LARGEST:,} is the most")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("not_utf8", f"{file.name} is not UTF-8", hint="save it as CSV in UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(rows, [])]
        _check(head)
        found, problems = [], []
        for row in rows:
            place = f"row {rows.line_num}"
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(head):
                problems.append(f"{place}: {len(row)} cells, not {len(head)}")
                continue
            try:
                found.append((place, _told(dict(zip(head, map(str.strip, row), strict=True)), since, source)))
            except BadInput as bad:
                problems.append(f"{place}: {bad.message}")
    except csv.Error as error:
        raise BadInput("bad_csv", f"row {rows.line_num}: {error}", hint="nothing was taken") from None
    if problems:
        raise BadInput("bad_rows", "; ".join(problems[:20]), hint="nothing was taken")
    if not found:
        raise BadInput("no_rows", f"{file.name} tells of no party")
    return found


def _check(head: list[str]) -> None:
    unknown = sorted(set(head) - set(COLUMNS) - set(HOLDABLE))
    if unknown or "name" not in head or len(set(head)) != len(head):
        wrong = (
            f"no column is called {', '.join(unknown)}" if unknown else "name is missing, or a column is there twice"
        )
        raise BadInput("bad_columns", wrong, hint=", ".join((*COLUMNS, *HOLDABLE)))


def _told(row: Mapping[str, str], since: date, source: str) -> Told:
    numbers = [
        (kind, value.strip())
        for kind in HOLDABLE
        for value in row.get(kind, "").split(";")
        if value.strip()
    ]  # fmt: skip
    roles = [name.strip() for name in row.get("roles", "").split(";") if name.strip()]
    return Told(
        row["name"], _day("since", row["since"]) if row.get("since") else since, row.get("kind", ""), numbers, roles,
        profile_of({name: row[name] for name in _FIELDS if row.get(name)}), row.get("source") or source,
        row.get("party", ""),
    )  # fmt: skip


def profile_of(values: Mapping[str, str]) -> Profile:
    """Fields as somebody wrote them; amounts are 元."""
    unknown = sorted(set(values) - set(_FIELDS))
    if unknown:
        raise BadInput("unknown_field", f"a profile has no {', '.join(unknown)}", hint=", ".join(_FIELDS))
    return Profile(
        values.get("region"), values.get("industry"),
        _day("opened_on", values["opened_on"]) if "opened_on" in values else None,
        _whole("staff", values.get("staff")), _amount("revenue", values.get("revenue")),
        _amount("assets", values.get("assets")),
    )  # fmt: skip


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_day", f"{name} is no date", hint="2020-03-01") from None


def _whole(name: str, text: str | None) -> int | None:
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadInput("bad_measure", f"{name} is no whole number of at most {MOST_DIGITS} digits")
    return int(text) if text else None


def _amount(name: str, text: str | None) -> int | None:
    try:
        return fen(text) if text else None
    except ValueError:
        raise BadInput("bad_measure", f"{name} is no amount in 元", hint="1350.25") from None
