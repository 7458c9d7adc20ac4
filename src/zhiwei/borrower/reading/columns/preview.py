"""What a mapping makes of a file, for a person to say yes or no to before anything is stored."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from zhiwei.borrower.reading.columns import chain, looks
from zhiwei.borrower.reading.columns.guess import Guess, Question
from zhiwei.borrower.reading.columns.mapping import Mapping
from zhiwei.borrower.reading.columns.rows import Columns, columns_of, continued, judge, whose_of
from zhiwei.borrower.reading.parsed import Problem
from zhiwei.borrower.reading.tables.grid import Grid
from zhiwei.borrower.records import KINDS
from zhiwei.values import grouped

EXAMPLES = 3
_WIDEST = 28  # characters of an example


@dataclass(frozen=True, slots=True)
class Shown:
    """One target column: where it comes from, examples (raw, understood), and of how many cells that holds."""

    target: str
    source: str
    examples: tuple[tuple[str, str], ...]
    understood: int
    not_understood: int
    empty: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`total_in`, `total_out`: minor units by currency ("" where the file names none); `links`, `held`: of the chain of
    balances, None without balances; `ambiguous`: (target, the format taken, the one that fits as well); `parties`: how
    many there are, None where the mapping does not tell them apart; `decided`: what was guessed, and why; `open`: what
    the file leaves to be said.
    """

    file: str
    kind: str
    rows: int
    good: int
    header_row: int | None
    columns: tuple[Shown, ...]
    unmapped: tuple[str, ...]
    unused: tuple[str, ...]
    days: tuple[str, str] | None
    total_in: dict[str, int]
    total_out: dict[str, int]
    links: int | None
    held: int | None
    broken: tuple[int, ...]
    ambiguous: tuple[tuple[str, str, str], ...]
    left_out: tuple[tuple[int, str, str], ...]
    problems: tuple[Problem, ...]
    warnings: dict[str, int]
    accounts: int
    parties: int | None
    decided: tuple[str, ...] = ()
    open: tuple[Question, ...] = ()

    def text(self) -> str:
        """The same as lines for a terminal of fixed width."""
        return "\n".join([self.title(), "", *_table(self), "", *_findings(self)]) + "\n"

    def title(self) -> str:
        """The file, what it holds and how much of it is understood, in a line."""
        kind = KINDS[self.kind]
        where = f"header in row {self.header_row}" if self.header_row else "no header"
        return f"{self.file}: {kind.en} {kind.zh}; {where}; {self.rows:,} rows, {self.good:,} understood"

    def findings(self) -> list[str]:
        """Lines about days, sums, balances, and whatever was left out, odd or open."""
        return list(_findings(self))


def preview(grid: Grid, mapping: Mapping | Guess) -> Preview:
    """Read the grid by the mapping without keeping anything. BadInput where a column is not in the file."""
    guessed = mapping if isinstance(mapping, Guess) else None
    mapping = mapping.mapping if isinstance(mapping, Guess) else mapping
    grid = continued(grid, mapping)
    columns = columns_of(grid, mapping)
    good, problems, warnings = judge(grid, mapping, columns)
    kind = KINDS[mapping.kind]
    day = columns.typed[kind.day].filter(good).drop_nulls()
    used = {header for header in grid.header if any(_mentions(source, header) for source in columns.source.values())}
    used |= {*mapping.leave_out, mapping.party.column, mapping.sign.less}
    frame = pl.DataFrame([series.alias(name) for name, series in columns.typed.items()])
    links, held, broken = _chain(frame.filter(good), grid.rows.filter(good), mapping, warnings)
    into, out = _sums(frame.filter(good))
    targets = [name for name in kind.schema.names if name in columns.typed]
    return Preview(
        grid.name, mapping.kind, grid.cells.height, int(good.sum()), grid.header_row,
        tuple(_shown(target, columns) for target in targets),
        tuple(name for name in kind.schema.names[1:] if name not in columns.typed and name not in _COUNTED),
        tuple(header for header in grid.header if header not in used),
        (str(day.min()), str(day.max())) if day.len() else None, into, out, links, held, broken,
        tuple(_ambiguous(columns, mapping)), tuple(grid.left_out), tuple(problems),
        dict(Counter(columns.warnings) + warnings + grid.notes), *_owners(grid, mapping, frame, good),
        guessed.reasons if guessed else (), guessed.questions if guessed else (),
    )  # fmt: skip


def _owners(grid: Grid, mapping: Mapping, frame: pl.DataFrame, good: pl.Series) -> tuple[int, int | None]:
    """(accounts, parties) of the good rows."""
    whose = whose_of(grid, mapping.party)
    accounts = frame["account"].filter(good).drop_nulls().n_unique() if "account" in frame.columns else 0
    return accounts, None if whose is None else whose.filter(good).drop_nulls().n_unique()


_COUNTED = ("sequence", "occurrence")  # numbered by us


def _mentions(source: str, header: str) -> bool:
    return any(header in (part, part.removeprefix("by ")) for piece in source.split(" + ") for part in
               (source, piece, *piece.split(" − "), *piece.split(", ")))  # fmt: skip


def _shown(target: str, columns: Columns) -> Shown:
    raw, typed = columns.raw[target], columns.typed[target]
    both = (raw.is_not_null() & typed.is_not_null()).arg_true()
    spread = sorted({int(both[place]) for place in (0, both.len() // 2, both.len() - 1)}) if both.len() else []
    examples = tuple((str(raw[place]), _said(target, typed, place)) for place in spread[:EXAMPLES])
    bad = int((raw.is_not_null() & typed.is_null()).sum())
    return Shown(target, columns.source[target], examples, both.len(), bad, raw.null_count())


def _said(target: str, typed: pl.Series, place: int) -> str:
    value = typed[place]
    return grouped(value) if typed.dtype == pl.Int64 else str(value)


def _sums(frame: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    if "amount" not in frame.columns:
        return {}, {}
    currency = pl.col("currency").fill_null("") if "currency" in frame.columns else pl.lit("")
    sums = frame.group_by(currency.alias("of")).agg(
        pl.col("amount").filter(pl.col("amount") > 0).sum().alias("in"),
        pl.col("amount").filter(pl.col("amount") < 0).sum().alias("out"),
    )
    rows = sorted(sums.iter_rows())
    return {name: into for name, into, _ in rows}, {name: out for name, _, out in rows}


def _chain(
    frame: pl.DataFrame, numbers: pl.Series, mapping: Mapping, warnings: Counter[str]
) -> tuple[int | None, int | None, tuple[int, ...]]:
    """(links, how many hold, rows where they do not) in the order in which the rows are kept."""
    day = KINDS[mapping.kind].day
    if not {"amount", "balance"} <= set(frame.columns):
        return None, None, ()
    backwards = chain.newest_first(frame, day)
    frame = frame.with_columns(numbers.alias("_row"))
    frame = frame.reverse() if backwards else frame
    if mapping.kind == "bank_flow" and mapping.order == "auto":
        frame, moved = chain.days_in_order(frame, day)
        warnings.update({chain.PUT_IN_ORDER: moved} if moved else {})
    links = chain.link(frame)
    places = frame["_row"].filter((~links).fill_null(False))
    return links.len() - links.null_count(), int(links.sum()), tuple(int(place) for place in places.head(20))


def _ambiguous(columns: Columns, mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    for target, typed in columns.typed.items():
        if not typed.dtype.is_temporal() or target not in columns.raw:
            continue
        for form in mapping.dates:
            found = looks.order_of(columns.raw[target], form, looks.FORMATS)
            for other in found.others:
                yield target, form, found.form if other == form else other


def _table(shown: Preview) -> Iterator[str]:
    rows: list[Sequence[str]] = [("target", "from", "understood", "not", "empty", "examples")]
    for column in shown.columns:
        examples = "; ".join(
            f"{_cut(raw)} → {_cut(said)}" if raw != said else _cut(raw) for raw, said in column.examples
        )
        counts = (f"{column.understood:,}", f"{column.not_understood:,}", f"{column.empty:,}")
        rows.append((column.target, _cut(column.source), *counts, examples))
    widths = [max(_width(row[place]) for row in rows) for place in range(5)]
    for row in rows:
        yield "  ".join([*(_padded(text, width) for text, width in zip(row, widths, strict=False)), row[5]]).rstrip()


def _findings(shown: Preview) -> Iterator[str]:
    if shown.unmapped:
        yield f"not in the file: {', '.join(shown.unmapped)}"
    if shown.unused:
        yield f"columns not used: {'、'.join(shown.unused)}"
    if shown.days:
        yield f"days: {shown.days[0]} to {shown.days[1]}"
    if shown.parties is not None:
        yield f"parties: {shown.parties:,}, with {shown.accounts:,} accounts"
    for name, into in shown.total_in.items():
        yield f"sums {name or '(no currency)'}: in {grouped(into)}, out {grouped(shown.total_out[name])}"
    if shown.links is not None and shown.held is not None:
        broken = f"; broken at row {', '.join(map(str, shown.broken))}" if shown.broken else ""
        yield f"balances: {shown.held:,} of {shown.links:,} follow from the one before{broken}"
    for reason in shown.decided:
        yield f"decided: {reason}"
    for question in shown.open:
        yield f"{'open' if question.blocks else 'note'}: {question.text}; {question.answer}"
    for target, form, other in () if shown.open else shown.ambiguous:
        yield f"{target}: days and months could also be the other way round: read as {form}, fits {other} too"
    for row, why, text in shown.left_out[:5]:
        yield f"left out: row {row} ({why}): {_cut(text, 80)}"
    if len(shown.left_out) > 5:
        yield f"left out: {len(shown.left_out) - 5:,} more rows"
    for problem in shown.problems[:5]:
        yield f"not understood: {problem.place}, {problem.column}: {_cut(problem.value)!r} {problem.problem}"
    if len(shown.problems) > 5:
        yield f"not understood: {len(shown.problems) - 5:,} more cells"
    yield from _advice(shown)
    for what, times in shown.warnings.items():
        yield f"note: {what}: {times:,}"


def _advice(shown: Preview) -> Iterator[str]:
    """Of each column that is not understood, what one can say of it."""
    for column in shown.columns:
        if not column.not_understood:
            continue
        header = column.source.split(",")[0].split(" − ")[0]
        said = {
            "booked_on": "--set dates=FORMAT, written with YYYY YY MM DD MON", "second": "--set second=HEADER",
            "amount": "--set decimal=, (or .) amount=HEADER direction=HEADER, or leave_out.HEADER=WORD",
            "balance": "--set decimal=, (or .), or --set balance=HEADER", "currency": "--set currency=EUR",
        }.get(column.target, f"--set {column.target}=HEADER")  # fmt: skip
        yield f"to mend: {column.not_understood:,} cells of {header} as {column.target}: {said}"


def _cut(text: str, widest: int = _WIDEST) -> str:
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= widest else line[: widest - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
