"""A mapping proposed for a table that nobody has mapped: by the words of its header, and by what its cells are.

For bank statements the cells speak loudest: where a column of balances follows from a column of amounts, in one order
or the other, these are the balance and the amount, whatever they are called. People see the proposal in a preview.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns import headers, looks
from zhiwei.borrower.reading.columns.chain import BALANCE_ONLY
from zhiwei.borrower.reading.columns.mapping import DATES, IN_WORDS, OUT_WORDS, Mapping, Sign
from zhiwei.borrower.reading.tables.grid import Grid
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

_SAMPLE = 2_000  # rows looked at
_MOST_COLUMNS = 60  # columns looked at
_MOST_MONEY = 16  # of these, columns of money tried with each other
_MOVEMENTS = ("amount", "in", "out", "balance")
_LINKS = 0.8  # so many of the links of a chain of balances have to hold
_MOST_WORDS = 8  # a column that says in or out has few different words
_CODES = (
    r"\b(CNY|RMB|EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|RSD|UAH|TRY|JPY|HKD|TWD|KRW|INR|AUD|CAD|NZD|SGD"
    r"|MYR|THB|IDR|PHP|VND|AED|SAR|ILS|EGP|NGN|KES|BRL|MXN|ARS|CLP|COP|PEN|ZAR|RUB|KZT)\b"
)
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "￥": "CNY", "¥": "CNY", "人民币": "CNY", "元": "CNY", "zł": "PLN", "Kč": "CZK", "₽": "RUB",
    "₺": "TRY", "₹": "INR",
}  # fmt: skip
_ACCOUNT = (
    r"(?i)(?:账\s*号|帐\s*号|卡\s*号|账户|帐户|account(?:\s*(?:number|no\.?|nr\.?|id))?|konto(?:nummer|nr\.?)?|cuenta"
    r"|compte|rekening(?:nummer)?|conto|conta|rachunk?u?|účtu?|ucet|hesap|сч[её]т[а-я]*)(?:\s[^\W\d]+)?\W{0,6}"
    r"(?:n[°ºo]\.?\s*)?(\d(?:[\s*xX-]?\d|[*xX]){5,30})"
)
_CHINESE, _KANA = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff]")
_IBAN = r"\b([A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?)\b"


@dataclass(slots=True)
class _Seen:
    """What the guess knows so far: columns in order, which are dates, which amounts (by header, minor units)."""

    grid: Grid
    kind: str
    sample: pl.DataFrame
    decimal: str = "."
    unit: str = "元"
    dates: dict[str, looks.Dates] = field(default_factory=dict)
    money: dict[str, pl.Series] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def best(self, target: str, among: Iterable[str], least: float = 0.0) -> str | None:
        free = [header for header in among if header not in self.taken]
        found = headers.ranked(self.kind, target, free)
        return found[0][1] if found and found[0][0] >= least else None


def guess(grid: Grid, kind: str) -> Mapping:
    """The mapping that the grid itself suggests. BadInput where no dates (for bank flow: or no amounts) are found."""
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"{kind!r} is no kind of record", hint=f"known are {', '.join(KINDS)}")
    seen = _look(grid, kind)
    columns: dict[str, tuple[str, ...]] = {}
    sign = Sign()
    for target, header in _days(seen):
        columns[target] = (header,)
    if kind == "bank_flow":
        sign = _movement(seen, columns)
    for target, header in _rest(seen, columns):
        columns[target] = (header,)
    forms = tuple(dict.fromkeys(form for look in _chosen(seen, columns) for form in look.forms))
    order = [name for name in KINDS[kind].schema.names if name in columns]
    return Mapping(
        kind, {name: columns[name] for name in order}, _constants(seen, columns), forms or DATES,
        seen.decimal, seen.unit if _CHINESE.search(" ".join(grid.header)) else "unit", "auto", sign,
    )  # fmt: skip


def _look(grid: Grid, kind: str) -> _Seen:
    sample = grid.cells.head(_SAMPLE).select(grid.header[:_MOST_COLUMNS])
    idle = sample.select(pl.any_horizontal(pl.all().str.contains(BALANCE_ONLY)).fill_null(False)).to_series()
    if kind == "bank_flow" and idle.sum() * 2 < sample.height:
        sample = sample.filter(~idle)
    if not sample.height:
        raise BadInput("empty_table", f"{grid.name} has a header and no rows")
    seen = _Seen(grid, kind, sample)
    for header in sample.columns:
        look = looks.dates_of(grid.cells[header])
        if look.forms:
            seen.dates[header] = look
    others = [header for header in sample.columns if header not in seen.dates]
    seen.decimal = looks.decimal_of([sample[header] for header in others])
    titles = " ".join([*(text for _, text in grid.above), *grid.header])
    if found := re.search(r"单位\s*[:：]?\s*(亿元|万元|千元)|[(（](万元|千元)[)）]", titles):
        seen.unit = found[1] or found[2]
    for header in sample.columns:
        solid = header in seen.dates and not all(form.isalpha() for form in seen.dates[header].forms)
        if not solid and looks.amount_share(sample[header], seen.decimal) >= looks.ENOUGH:
            empty = sample[header].str.contains(r"^[-–—/]+$").fill_null(False)
            seen.money[header] = understood.amounts(sample[header].set(empty, None), seen.decimal, seen.unit)
    return seen


def _days(seen: _Seen) -> Iterator[tuple[str, str]]:
    """Columns of dates for the targets that are days or times; the kind's own day gets one in any case."""
    kind = KINDS[seen.kind]
    targets = [item.name for item in kind.schema if pa.types.is_date(item.type) or pa.types.is_timestamp(item.type)]
    for target in sorted(targets, key=lambda name: name != kind.day):
        found = seen.best(target, seen.dates)
        if found is None and target == kind.day:
            free = [header for header in seen.dates if headers.score(seen.kind, target, header) >= 0] or [*seen.dates]
            solid = [header for header in free if not all(form.isalpha() for form in seen.dates[header].forms)]
            found = next(iter([*solid, *free]), None)
        if found is not None:
            seen.taken.add(found)
            yield target, found
    if kind.day in targets and not seen.taken:
        raise BadInput(
            "no_dates", f"{seen.grid.name}: no column is dates throughout; columns: {'、'.join(seen.grid.header)}",
            hint="write a mapping with the date format",
        )  # fmt: skip


def _chosen(seen: _Seen, columns: dict[str, tuple[str, ...]]) -> Iterator[looks.Dates]:
    for found in columns.values():
        if found[0] in seen.dates:
            yield seen.dates[found[0]]


# --- bank statements: what moved, and what it left ------------------------------------------------------------------


def _movement(seen: _Seen, columns: dict[str, tuple[str, ...]]) -> Sign:
    """Fill in amount and balance and return the rule of the sign."""
    named = {name: max(headers.score(seen.kind, word, name) for word in _MOVEMENTS) for name in seen.money}
    free = [name for name in sorted(named, key=lambda name: -named[name]) if name not in seen.taken][:_MOST_MONEY]
    options = sorted(_options(seen, free), key=lambda option: -option[0])
    if not options:
        raise BadInput(
            "no_amounts", f"{seen.grid.name}: no column is amounts throughout; columns: {'、'.join(seen.grid.header)}",
            hint="write a mapping with the decimal sign",
        )  # fmt: skip
    _, sign, amount, balance = options[0]
    for target, header in (("amount", amount), ("balance", balance)):
        if header:
            columns[target] = (header,)
    seen.taken |= {header for header in (amount, balance, sign.into, sign.out, sign.direction) if header}
    return sign


_Option = tuple[float, Sign, str, str]  # score, rule, header of the amount ("" with two columns), of the balance


def _options(seen: _Seen, money: list[str]) -> Iterator[_Option]:
    """Every way in which these columns could be amount and balance, with what speaks for it."""
    balances = [header for header in money if seen.money[header].count() >= 0.5 * seen.sample.height]
    marked = [(header, found) for header in seen.sample.columns if (found := _directions(seen, header))]
    for amount in money:
        named = headers.score(seen.kind, "amount", amount)
        if named < 0:
            continue
        values = seen.money[amount]
        fill = values.count() / seen.sample.height
        base = named - 150 * (1 - fill) + (10 if (values < 0).any() else 0) - _as_balance(seen, amount)
        yield from _with_balance(seen, base, Sign(), amount, values, balances)
        yield from _with_balance(seen, base - 15, Sign(rule="negated"), amount, -values, balances)
        for column, (into, out) in marked:
            rule = Sign(rule="direction", direction=column, words_in=into, words_out=out)
            low = seen.sample[column].str.strip_chars().str.to_lowercase()
            moved = values.zip_with(~low.is_in(list(out)).fill_null(False), -values)
            extra = 25 + headers.score(seen.kind, "direction", column) / 4 if not (values < 0).any() else -25
            yield from _with_balance(seen, base + extra, rule, amount, moved, balances)
    yield from _two_columns(seen, money, balances)


def _two_columns(seen: _Seen, money: list[str], balances: list[str]) -> Iterator[_Option]:
    for into in money:
        for out in money:
            if into == out:
                continue
            filled = [(seen.money[header].fill_null(0) != 0) for header in (into, out)]
            both, either = int((filled[0] & filled[1]).sum()), int((filled[0] | filled[1]).sum())
            if either < 0.5 * seen.sample.height or both > 0.05 * seen.sample.height:
                continue
            named = headers.score(seen.kind, "in", into) + headers.score(seen.kind, "out", out)
            wrong = headers.score(seen.kind, "in", out) + headers.score(seen.kind, "out", into)
            rule = Sign(rule="two_columns", into=into, out=out)
            paid = seen.money[out]
            paid = -paid if (paid < 0).sum() > (paid > 0).sum() else paid
            moved = seen.money[into].fill_null(0) - paid.fill_null(0)
            base = 20 + named - wrong - 150 * (1 - either / seen.sample.height)
            yield from _with_balance(seen, base, rule, "", moved, balances)


def _with_balance(
    seen: _Seen, base: float, sign: Sign, amount: str, moved: pl.Series, balances: list[str]
) -> Iterator[_Option]:
    """The option without a balance, and with each column that could be one; a chain that holds outweighs all words."""
    yield base, sign, amount, ""
    for balance in balances:
        if balance in (amount, sign.into, sign.out):
            continue
        named = headers.score(seen.kind, "balance", balance)
        links, held = _chain(moved, seen.money[balance])
        proof = (300.0 if links > 1 else 100.0) * held / links if links and held >= _LINKS * links else 0.0
        if proof or named > 0:
            yield base + proof + named / 2 + 5, sign, amount, balance


def _chain(moved: pl.Series, balance: pl.Series) -> tuple[int, int]:
    """(links, how many hold in the better order). Rows that move nothing and change nothing prove nothing; a balance
    that changes where nothing moved speaks against.
    """
    frame = pl.DataFrame([moved.fill_null(0).rename("m"), balance.rename("b")]).filter(pl.col("b").is_not_null())
    step = pl.col("b").diff()
    forwards, backwards = step == pl.col("m"), -step == pl.col("m").shift(1)
    real = ((pl.col("m") != 0) | (step != 0)) & step.is_not_null()
    counts = frame.select(
        real.sum().alias("n"), (forwards & real).sum().alias("f"), (backwards & real).sum().alias("r")
    )
    links, one, other = counts.row(0)
    return int(links or 0), max(int(one or 0), int(other or 0))


def _as_balance(seen: _Seen, header: str) -> float:
    return max(headers.score(seen.kind, "balance", header), 0.0)


def _directions(seen: _Seen, header: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """(words for in, words for out) of a column that says nothing else, else None."""
    if header in seen.money or header in seen.dates:
        return None
    found = seen.sample[header].drop_nulls().str.strip_chars().str.to_lowercase().unique().to_list()
    if not 1 <= len(found) <= _MOST_WORDS or seen.sample[header].count() < looks.ENOUGH * seen.sample.height:
        return None
    into = tuple(sorted(word for word in found if word in IN_WORDS))
    out = tuple(sorted(word for word in found if word in OUT_WORDS))
    if len(into) + len(out) < len(found) or not (into or out):
        return None
    # a small sample may show one word only; the usual ones are understood all the same
    return (into or IN_WORDS, out or OUT_WORDS) if not (into and out) else (into, out)


# --- everything else ------------------------------------------------------------------------------------------------


def _rest(seen: _Seen, columns: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Targets by their names, the surest first, each column once; the text by its length where nothing names it."""
    schema = KINDS[seen.kind].schema
    pairs: list[tuple[float, str, str]] = []
    for item in schema:
        if item.name in columns or item.name in ("party_id", "sequence", "occurrence"):
            continue
        for points, header in headers.ranked(seen.kind, item.name, seen.sample.columns):
            if header not in seen.taken and _fits(seen, item, header):
                pairs.append((points, item.name, header))
    done: set[str] = set()
    for points, target, header in sorted(pairs, key=lambda pair: -pair[0]):
        if target not in done and header not in seen.taken and points > 0:
            done.add(target)
            seen.taken.add(header)
            yield target, header
    if seen.kind == "bank_flow":
        if "second" not in done and seen.dates[columns["booked_on"][0]].timed:
            yield "second", columns["booked_on"][0]
        free = [header for header in seen.sample.columns if header not in seen.taken | {*seen.money, *seen.dates}]
        letters = {
            header: seen.sample[header].str.count_matches(r"\p{L}").fill_null(0).mean() or 0.0 for header in free
        }
        if "text" not in done and free:
            yield "text", max(free, key=lambda header: float(letters[header]))  # type: ignore[arg-type]


def _fits(seen: _Seen, item: pa.Field, header: str) -> bool:
    """Can the column's cells be of the target's type?"""
    sample = seen.sample[header].drop_nulls()
    if item.name == "account":
        return _own(seen, sample)
    if item.name == "second":
        return bool(sample.len()) and understood.clock(sample).count() >= looks.ENOUGH * sample.len()
    if item.name == "currency":
        return bool(sample.len()) and bool(sample.str.len_chars().max() <= 6)  # type: ignore[operator]
    if item.type == pa.int64():
        return header in seen.money
    if pa.types.is_floating(item.type) or pa.types.is_integer(item.type):
        return bool(sample.len()) and understood.numbers(sample, seen.decimal).count() >= looks.ENOUGH * sample.len()
    return item.type == pa.string()


def _own(seen: _Seen, numbers: pl.Series) -> bool:
    """Are these the numbers of our own accounts: the one in the titles, or else few different ones?"""
    titled = account_in(text for _, text in seen.grid.above)
    if titled:
        return bool((numbers.str.replace_all(r"[\s-]", "") == titled).any())
    return bool(numbers.len()) and numbers.n_unique() <= max(3, numbers.len() // 20)


def _constants(seen: _Seen, columns: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Account and currency of a statement, where its titles or headers say them once for all rows."""
    if seen.kind != "bank_flow":
        return {}
    found: dict[str, str] = {}
    titles = [text.replace(" | ", " ") for _, text in seen.grid.above]
    if "account" not in columns and (account := account_in(titles)):
        found["account"] = account
    if "currency" not in columns and (currency := _currency(seen, titles, columns)):
        found["currency"] = currency
    return found


def account_in(titles: Iterable[str]) -> str:
    """The account's number in the lines above a table, "" where they name none."""
    lines = list(titles)
    for pattern in (_IBAN, _ACCOUNT):
        for text in lines:
            if found := re.search(pattern, text):
                return re.sub(r"[\s-]", "", found[1])
    return ""


def _currency(seen: _Seen, titles: list[str], columns: dict[str, tuple[str, ...]]) -> str:
    money = [header for header in seen.money if header in seen.taken]
    cells = [text for header in money for text in seen.sample[header].drop_nulls().head(20).to_list()]
    for text in [*money, *cells, *titles, *seen.grid.header]:
        if found := re.search(_CODES, text):
            return {"RMB": "CNY"}.get(found[1], found[1])
        if signs := [code for symbol, code in _SYMBOLS.items() if symbol in text]:
            return signs[0]
    header = " ".join(seen.grid.header)
    return "CNY" if _CHINESE.search(header) and not _KANA.search(header) else ""
