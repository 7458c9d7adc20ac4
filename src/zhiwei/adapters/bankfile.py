"""A bank's statement as a CSV file -> typed rows, or everything that is wrong with it, line by line.

The first line names the columns, in this order, in English or Chinese:

    date,direction,amount,currency,reference,counterparty,text
    日期,收付,金额,币种,流水号,对方户名,摘要

`date` 2024-03-01 or 20240301; `direction` in or out (收 or 付), seen from the account's owner; `amount` 元 above zero,
two decimals at most; `currency` ISO 4217; `reference` the bank's own number of the transfer, and the three last ones
may be empty. UTF-8 or GB18030.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from zhiwei.borrower.identity import masked_cell
from zhiwei.ledger.reconcile import BankRow, Statement
from zhiwei.values import EARLIEST, BadInput, fen

HEADERS = (
    ("date", "direction", "amount", "currency", "reference", "counterparty", "text"),
    ("日期", "收付", "金额", "币种", "流水号", "对方户名", "摘要"),
)
SIGN = {"in": 1, "out": -1, "收": 1, "付": -1}
LARGEST_FILE = 2**26  # bytes
MOST_ROWS = 200_000
LONGEST_CELL = 500
MOST_FAULTS = 20
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_bank_file(path: Path) -> Statement:
    """BadInput where it is no statement; its message names file and line of the first faults. OSError where no file."""
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(
            "bank_file_too_large", f"{path} is larger than {LARGEST_FILE >> 20} MiB", hint="split it by days"
        )
    content, faults = path.read_bytes(), list[str]()
    rows = list(_rows(path, _text(path, content), faults)) if content.strip() else []
    if faults:
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise BadInput("bad_bank_file", "; ".join(faults[:MOST_FAULTS]) + more, hint="nothing of the file was taken")
    if not rows:
        raise BadInput("empty_bank_file", f"{path} has no rows", hint="a statement without rows names no days")
    return Statement(path.name, hashlib.sha256(content).hexdigest(), tuple(rows))


def _text(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise BadInput("not_text", f"{path}:{line}: neither UTF-8 nor GB18030", hint="export the statement as CSV")


def _rows(path: Path, text: str, faults: list[str]) -> Iterator[BankRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    seen: Counter[tuple[object, ...]] = Counter()
    try:
        header = tuple(cell.strip() for cell in next(reader, ()))
        if header not in HEADERS:
            raise BadInput(
                "bad_bank_file", f"{path}:1: the columns are not those of a statement",
                hint=f"the first line is {','.join(HEADERS[0])}",
            )  # fmt: skip
        filled = (cells for cells in reader if any(cell.strip() for cell in cells))
        for number, cells in enumerate(filled):
            if number >= MOST_ROWS:
                faults.append(f"{path}:{reader.line_num}: more than {MOST_ROWS:,} rows; split the file by days")
                return
            row = _row([cell.strip() for cell in cells])
            if isinstance(row, str):
                faults.append(f"{path}:{reader.line_num}: {row}")
                continue
            seen[row] += 1
            on, amount, currency, reference, counterparty, words = row
            yield BankRow(on, amount, currency, reference, counterparty, words, seen[row], reader.line_num)
    except csv.Error as error:
        faults.append(f"{path}:{reader.line_num}: not CSV: {error}")


def _row(cells: list[str]) -> tuple[date, int, str, str, str, str] | str:
    """The row's content, or what is wrong with it."""
    if len(cells) != len(HEADERS[0]):
        return f"{len(cells)} cells, not {len(HEADERS[0])}"
    day, direction, written, currency, reference, counterparty, words = cells
    found = _DAY.fullmatch(day)
    try:
        on = date(*map(int, found.groups())) if found else None
    except ValueError:
        on = None
    if on is None or on < EARLIEST:
        return f"{masked_cell(day)!r} is no date; write it as 2024-03-01"
    if direction not in SIGN:
        return f"direction {masked_cell(direction)!r} is neither in nor out (收, 付)"
    try:
        amount = fen(written)
    except ValueError as error:
        return f"{str(error).partition(':')[0]}: {masked_cell(written)!r}"
    if amount <= 0:
        return f"an amount is above zero, not {masked_cell(written)}; the direction says which way it went"
    if not _CURRENCY.fullmatch(currency):
        return f"currency {masked_cell(currency)!r} is no ISO 4217 code such as CNY"
    if any(len(cell) > LONGEST_CELL or _CONTROL.search(cell) for cell in (reference, counterparty, words)):
        return f"a cell is longer than {LONGEST_CELL} characters or has control characters in it"
    return on, SIGN[direction] * amount, currency, reference, counterparty, words
