"""A grid and its mapping -> typed records; every cell that says nothing usable is named."""

from collections import Counter
from dataclasses import dataclass, replace

import polars as pl
import pyarrow as pa

from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns.chain import BALANCE_ONLY, PUT_IN_ORDER, days_in_order, link, newest_first
from zhiwei.borrower.reading.columns.mapping import Mapping, Sign, Whose
from zhiwei.borrower.reading.parsed import MOST_PROBLEMS, Parsed, Problem
from zhiwei.borrower.reading.tables.grid import Grid
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

EMPTY = ("-", "--", "---", "—", "——", "/", "无", "n/a", "N/A", "null", "NULL", "None", "nan", "NaN")


@dataclass(frozen=True, slots=True)
class Columns:
    """`raw`: text per target, null where empty; `typed`: the same understood, in the record's types; `source`: the
    headers each target comes from; `faults`: target -> what is wrong where raw is there and typed is null.
    """

    raw: dict[str, pl.Series]
    typed: dict[str, pl.Series]
    source: dict[str, str]
    faults: dict[str, str]
    warnings: Counter[str]


def read(grid: Grid, mapping: Mapping, party: str) -> Parsed:
    """Rows of `grid` as records of the mapping's kind, oldest first, with `party` in each.

    Where the mapping tells several parties apart, `party` is not looked at. BadInput where a needed column is not in
    the file, or where no row at all was understood.
    """
    grid = continued(grid, mapping)
    columns = columns_of(grid, mapping)
    good, problems, warnings = judge(grid, mapping, columns)
    warnings.update(columns.warnings)
    warnings.update({f"left out: {why}": times for why, times in Counter(why for _, why, _ in grid.left_out).items()})
    warnings.update(grid.notes)
    if grid.cells.height and not good.any() and problems:
        first = problems[0]
        raise BadInput(
            "nothing_understood", f"{grid.name}: not one of {grid.cells.height:,} rows is understood; the first: "
            f"{first.place}, {first.column}: {first.value!r} {first.problem}",
            hint="look at it with a preview and mend the mapping",
        )  # fmt: skip
    whose = whose_of(grid, mapping.party)
    if whose is None:
        whose = pl.Series([party], dtype=pl.String).new_from_index(0, grid.cells.height)
    table = _table(mapping, columns, good, whose.filter(good), warnings)
    day = table[KINDS[mapping.kind].day].cast(pa.date32()).drop_null()
    facts = {"rows": str(table.num_rows)}
    if len(day):
        bounds = pl.from_arrow(day)
        assert isinstance(bounds, pl.Series)
        facts |= {"from": str(bounds.min()), "to": str(bounds.max())}
    return Parsed({mapping.kind: table}, problems, warnings, facts)


def continued(grid: Grid, mapping: Mapping) -> Grid:
    """The rows of a statement, each with the further lines of its text that stand below it without day and amount."""
    text = mapping.columns.get("text", ("",))[0]
    named = [name for target in ("booked_on", "amount", "balance") for name in mapping.columns.get(target, ())]
    named = [name for name in [*named, mapping.sign.into, mapping.sign.out] if name in grid.header]
    if mapping.kind != "bank_flow" or text not in grid.header or text in named or not named or not grid.cells.height:
        return grid
    more = grid.cells.select(pl.all_horizontal(pl.col(named).is_null()) & pl.col(text).is_not_null()).to_series()
    more[0] = False
    if not more.any() or more.sum() * 2 > 3 * (~more).sum():
        return grid
    record = (~more).cast(pl.UInt32).cum_sum()
    joined = grid.cells.group_by(record.alias("_record"), maintain_order=True).agg(
        pl.exclude(text).first(), pl.col(text).drop_nulls().str.join(" ").replace("", None)
    )
    notes = grid.notes + Counter({"lines that go on with the text above them": int(more.sum())})
    return replace(grid, cells=joined.select(grid.header), rows=grid.rows.filter(~more), notes=notes)


def whose_of(grid: Grid, whose: Whose) -> pl.Series | None:
    """The party of each row, null where none is told; None where no column tells parties apart."""
    if not whose.column:
        return None
    if whose.column not in grid.header:
        raise BadInput("missing_column", f"{grid.name} has no column {whose.column}; it has {'、'.join(grid.header)}")
    cells = grid.cells[whose.column]
    if whose.ids:
        return cells.replace_strict(whose.ids, default=None, return_dtype=pl.String)
    return (whose.prefix + cells).rename("party")


def columns_of(grid: Grid, mapping: Mapping) -> Columns:
    """Every target of the mapping, raw and understood, row by row of the grid. BadInput as `read` does."""
    raw: dict[str, pl.Series] = {}
    source: dict[str, str] = {}
    for target, headers in mapping.columns.items():
        found = _from(grid, headers)
        if found is not None:
            source[target], raw[target] = found
    for target, text in mapping.constants.items():
        filled = pl.Series(target, [text], dtype=pl.String).new_from_index(0, grid.cells.height)
        raw[target] = raw[target].fill_null(filled) if target in raw else filled
        source.setdefault(target, f"= {text}")
    sign = mapping.sign
    two = sign.rule == "two_columns"
    if two:
        source[sign.target] = f"{sign.into} − {sign.out}"
    missing = [name for name in mapping.needed if name not in raw and not (two and name == sign.target)]
    wanted = (sign.into, sign.out) if two else (sign.direction,) if sign.rule == "direction" else ()
    more = (sign.less, sign.balance_direction, mapping.party.column, *mapping.leave_out)
    missing += [header for header in (*wanted, *filter(None, more)) if header not in grid.cells.columns]
    if missing:
        named = "、".join(f"{name} ({' or '.join(mapping.columns.get(name, ())) or 'not mapped'})" for name in missing)
        raise BadInput(
            "missing_column", f"{grid.name} has no column for {named}; it has {'、'.join(grid.header)}",
            hint="write the mapping for this file; a guess is made where none is given",
        )  # fmt: skip
    columns = Columns(raw, {}, source, {}, Counter())
    _understand(grid, mapping, columns)
    return columns


def _from(grid: Grid, headers: tuple[str, ...]) -> tuple[str, pl.Series] | None:
    names = grid.cells.columns
    for header in headers:
        if header in names:
            return header, grid.cells[header]
        parts = [part.strip() for part in header.split(" + ")]
        if len(parts) > 1 and all(part in names for part in parts):
            joined = grid.cells.select(pl.concat_str(parts, separator=" ", ignore_nulls=True).alias(header))
            return header, joined.to_series().replace("", None)
    return None


def _understand(grid: Grid, mapping: Mapping, columns: Columns) -> None:
    schema, two = KINDS[mapping.kind].schema, mapping.sign.rule == "two_columns"
    currency: pl.Series | str = "CNY"
    if "currency" in columns.raw:
        table = mapping.values.get("currency") or CURRENCIES | {"*": "*"}
        currency = _worded(columns.raw["currency"].str.to_uppercase(), table, keep=True)
        columns.typed["currency"] = currency.set(~currency.str.contains("^[A-Z]{3}$").fill_null(False), None)
        columns.faults["currency"] = "is no currency such as CNY"
        currency = columns.typed["currency"].fill_null("CNY")
    if two:
        columns.raw.pop(mapping.sign.target, None)
    for target, text in columns.raw.items():
        if target in columns.typed:
            continue
        if target in mapping.values:
            text = _worded(text, mapping.values[target])
            columns.faults[target] = "is a word that the mapping does not know"
        elif schema.field(target).type != pa.string():
            text = text.set(text.is_in(EMPTY).fill_null(False), None)
            columns.raw[target] = text
        typed, fault = _typed(target, text, schema.field(target).type, mapping, currency)
        columns.typed[target] = typed
        columns.faults.setdefault(target, fault)
    _signed(grid, mapping, columns, currency)


CURRENCIES = {
    "人民币": "CNY",
    "RMB": "CNY",
    "人民币元": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "日元": "JPY",
    "英镑": "GBP",
    "156": "CNY",
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "CNY",
}


def _worded(text: pl.Series, table: dict[str, str], keep: bool = False) -> pl.Series:
    lowered = {word.strip().lower(): meaning for word, meaning in table.items() if word != "*"}
    default = text if keep else table.get("*")
    low = text.str.strip_chars().str.to_lowercase()
    found = low.replace_strict(lowered, default=default, return_dtype=pl.String)
    return found.set(text.is_null(), None)


def _typed(
    target: str, text: pl.Series, kind: pa.DataType, mapping: Mapping, currency: pl.Series | str
) -> tuple[pl.Series, str]:
    if target == "second":
        return understood.clock(text), "is no time of day"
    if pa.types.is_date(kind):
        return understood.times(text, list(mapping.dates)).dt.date(), f"is no date as {' or '.join(mapping.dates)}"
    if pa.types.is_timestamp(kind):
        stamps = understood.times(text, list(mapping.dates)).cast(pl.Datetime("ms"))
        return stamps, f"is no date and time as {' or '.join(mapping.dates)}"
    if kind == pa.int64():
        return understood.amounts(text, mapping.decimal, mapping.unit, currency), "is no amount of money"
    if pa.types.is_floating(kind):
        return understood.numbers(text, mapping.decimal), "is no number"
    if pa.types.is_integer(kind):
        whole = understood.plain(text).str.replace(r"\.0+$", "").cast(pl.Int32, strict=False)
        return (
            whole.set(~whole.is_between(-32768, 32767).fill_null(False), None) if kind == pa.int16() else whole
        ), "is no whole number"
    return text, "is no text"


def _signed(grid: Grid, mapping: Mapping, columns: Columns, currency: pl.Series | str) -> None:
    """Give the amounts their sign, as the mapping's rule says; the raw text then shows all cells it came from."""
    sign, target = mapping.sign, mapping.sign.target
    if sign.rule == "negated":
        columns.typed[target] = -columns.typed[target]
    elif sign.rule == "two_columns":
        raws = [
            grid.cells[name].set(grid.cells[name].is_in(EMPTY).fill_null(False), None) for name in (sign.into, sign.out)
        ]
        into, out = (understood.amounts(raw, mapping.decimal, mapping.unit, currency) for raw in raws)
        bad = (into.is_null() & raws[0].is_not_null()) | (out.is_null() & raws[1].is_not_null())
        both = int((into.fill_null(0) != 0).__and__(out.fill_null(0) != 0).sum())
        if both:
            columns.warnings["rows with money both in and out: the difference is taken"] += both
        paid = _paid(out)
        amount = into.fill_null(0) - paid.fill_null(0)
        columns.typed[target] = amount.set(bad | (into.is_null() & out.is_null()), None)
        frame = pl.DataFrame([raws[0].rename("a"), raws[1].rename("b")])
        columns.raw[target] = (
            frame.select(pl.concat_str("a", "b", separator=" − ", ignore_nulls=True)).to_series().replace("", None)
        )
        columns.faults[target] = "is no amount of money"
    elif sign.rule == "direction":
        into, out = _words(grid, sign, sign.direction)
        amount = columns.typed[target]
        moved = amount.zip_with(~out, -_paid(amount.set(~out, None)))
        columns.source[target] += f", by {sign.direction}"
        columns.typed[target] = moved.set(~(into | out), None)
        raw = pl.DataFrame([columns.raw[target].rename("a"), grid.cells[sign.direction].rename("b")])
        columns.raw[target] = raw.select(
            pl.when(pl.col("a").is_not_null()).then(pl.concat_str("a", "b", separator=" ", ignore_nulls=True))
        ).to_series()
        columns.faults[target] = "is no amount of money with a known direction"
    _besides(grid, mapping, columns, currency)


def _words(grid: Grid, sign: Sign, header: str) -> tuple[pl.Series, pl.Series]:
    """Which rows say in, and which out, in a column of the rule's words."""
    word = grid.cells[header].str.strip_chars().str.to_lowercase()
    into = word.is_in([text.lower() for text in sign.words_in]).fill_null(False)
    return into, word.is_in([text.lower() for text in sign.words_out]).fill_null(False)


def _besides(grid: Grid, mapping: Mapping, columns: Columns, currency: pl.Series | str) -> None:
    """Fees off the amount, and the sign of a balance that is written in a column of its own."""
    sign, target = mapping.sign, mapping.sign.target
    if sign.less:
        cells = grid.cells[sign.less].set(grid.cells[sign.less].is_in(EMPTY).fill_null(False), None)
        fee = understood.amounts(cells, mapping.decimal, mapping.unit, currency)
        columns.typed[target] = columns.typed[target] - fee.set(cells.is_null(), 0).abs()
        columns.source[target] += f" − {sign.less}"
    if sign.balance_direction:
        into, out = _words(grid, sign, sign.balance_direction)
        balance = columns.typed["balance"]
        columns.typed["balance"] = balance.zip_with(~out, -balance).set(~(into | out) & (balance != 0), None)
        columns.source["balance"] += f", by {sign.balance_direction}"
        columns.faults["balance"] = "is no balance with a known direction"


def _paid(out: pl.Series) -> pl.Series:
    """What went out, as positive numbers. Where a file writes its payments below zero, that is their sign already;
    one below zero among others is money that came back.
    """
    below, above = int((out < 0).sum()), int((out > 0).sum())
    return -out if below > above else out


def judge(grid: Grid, mapping: Mapping, columns: Columns) -> tuple[pl.Series, list[Problem], Counter[str]]:
    """(which rows are good, what is wrong with the others, what is odd); rows that only state a balance are neither."""
    height = grid.cells.height
    good = pl.Series("good", [True], dtype=pl.Boolean).new_from_index(0, height)
    warnings: Counter[str] = Counter()
    idle = _idle(grid, mapping, columns)
    if idle is not None and idle.any():
        good = ~idle
        warnings["rows that only state a balance"] = int(idle.sum())
        if "balance" in columns.typed and (off := _off(mapping, columns, idle)):
            warnings["a balance that is only stated does not fit the rows around it"] = off
    good &= ~_left_out(grid, mapping, warnings)
    wrong: list[tuple[int, str, str, str]] = []
    skip, count = ~good, 0
    if mapping.party.column and not mapping.party.ids:
        nobody = grid.cells[mapping.party.column].is_null() & good
        wrong += [
            (place, mapping.party.column, "", "names no party") for place in nobody.arg_true().head(MOST_PROBLEMS)
        ]
        count += int(nobody.sum())
        good &= ~nobody
    for target, raw in columns.raw.items():
        bad = columns.typed[target].is_null() & (raw.is_not_null() | (target in mapping.needed)) & ~skip
        places = bad.arg_true()
        count += places.len()
        for place in places.head(MOST_PROBLEMS):
            value = raw[place]
            fault = "is empty" if value is None else columns.faults[target]
            wrong.append((place, columns.source[target], str(value or "")[:200], fault))
        good &= ~bad
    wrong.sort(key=lambda fault: fault[0])
    problems = [Problem(f"row {grid.rows[place]}", column, text, fault) for place, column, text, fault in wrong]
    if count > MOST_PROBLEMS:
        warnings["problems that are not listed"] = count - MOST_PROBLEMS
    return good, problems[:MOST_PROBLEMS], warnings


def _left_out(grid: Grid, mapping: Mapping, warnings: Counter[str]) -> pl.Series:
    """Rows with a word by which they moved nothing, and rows of accounts that the table of parties does not know."""
    out = pl.Series([False], dtype=pl.Boolean).new_from_index(0, grid.cells.height)
    for header, words in mapping.leave_out.items():
        low = grid.cells[header].str.strip_chars().str.to_lowercase()
        found = low.is_in([word.strip().lower() for word in words]).fill_null(False) & ~out
        if found.any():
            warnings[f"left out: {header} is {' or '.join(words)}"] = int(found.sum())
            out |= found
    if mapping.party.ids:
        nobody = ~grid.cells[mapping.party.column].is_in(list(mapping.party.ids)).fill_null(False) & ~out
        if nobody.any():
            warnings["left out: of accounts that the table of parties does not have"] = int(nobody.sum())
            out |= nobody
    return out


def _idle(grid: Grid, mapping: Mapping, columns: Columns) -> pl.Series | None:
    """Rows of a statement that say "brought forward" or the like and move nothing; None where there can be none."""
    if mapping.kind != "bank_flow" or "amount" not in columns.raw:
        return None
    still = columns.raw["amount"].is_null() | (columns.typed["amount"] == 0).fill_null(False)
    if not still.any():
        return None
    rows = grid.cells.filter(still)
    said = rows.select(pl.any_horizontal(pl.all().str.contains(BALANCE_ONLY)).fill_null(False)).to_series()
    places = still.arg_true().filter(said)
    idle = pl.Series([False], dtype=pl.Boolean).new_from_index(0, grid.cells.height)
    return idle.scatter(places, True) if places.len() else idle


def _off(mapping: Mapping, columns: Columns, idle: pl.Series) -> int:
    """How many of these stated balances break the chain, before or after them."""
    names = [name for name in ("account", "amount", "balance", "booked_on") if name in columns.typed]
    frame = pl.DataFrame([columns.typed[name].alias(name) for name in names] + [idle.alias("idle")])
    frame = frame.with_columns(pl.when("idle").then(0).otherwise("amount").alias("amount"))
    if mapping.order == "newest_first" or (mapping.order == "auto" and newest_first(frame, "booked_on")):
        frame = frame.reverse()
    broken = (~link(frame)).fill_null(False)
    return int((broken & (frame["idle"] | frame["idle"].shift(1).fill_null(False))).sum())


def _table(mapping: Mapping, columns: Columns, good: pl.Series, whose: pl.Series, warnings: Counter[str]) -> pa.Table:
    schema = KINDS[mapping.kind].schema
    count = int(good.sum())
    frame = pl.DataFrame([whose.rename("party_id")])
    frame = frame.with_columns([series.filter(good).alias(target) for target, series in columns.typed.items()])
    if mapping.order == "newest_first" or (mapping.order == "auto" and newest_first(frame, KINDS[mapping.kind].day)):
        frame = frame.reverse()
    if mapping.kind == "bank_flow" and mapping.order == "auto":
        frame, moved = days_in_order(frame, KINDS[mapping.kind].day)
        warnings.update({PUT_IN_ORDER: moved} if moved else {})
    if "sequence" in schema.names and "sequence" not in frame.columns:
        account = ["party_id", "account"] if "account" in frame.columns else ["party_id"]
        frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(account).alias("sequence"))
    if "occurrence" in schema.names and "occurrence" not in frame.columns:
        same = list(frame.columns)
        frame = frame.with_columns(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(same).clip(1, 32767).alias("occurrence")
        )
    arrays = [
        frame[column.name].to_arrow().cast(column.type) if column.name in frame.columns
        else pa.nulls(count, column.type)
        for column in schema
    ]  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=schema)
