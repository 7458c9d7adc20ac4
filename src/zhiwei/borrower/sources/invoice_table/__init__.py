"""Lists of VAT invoices, one row each, as CSV or xlsx -> `invoices`.

The shipped mapping knows the usual columns of the tax bureau's platform. A number of 20 digits stands alone, an older
one is its code and number together. Where the workbook has the sheet 发票基础信息, that one is read: the sheet beside
it repeats every invoice once a line. What is odd is counted in `warnings`, the rows are kept. A line above the header
that names the days of the query says what the list covers.
"""

import zlib
from collections import Counter
from dataclasses import replace

import polars as pl
import pyarrow as pa

from zhiwei.borrower.covers import periods
from zhiwei.borrower.reading import MOST_PROBLEMS, Parsed
from zhiwei.borrower.reading import mapping as columns
from zhiwei.borrower.reading.grid import Grid, grid_of
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.tabled import mappings_of
from zhiwei.borrower.sources.invoice_table.queried import queried
from zhiwei.borrower.sources.invoice_table.sides import sides, with_number, with_sides
from zhiwei.values import BadInput

KINDS = ("invoices",)
GIVEN = {"direction": ("sale", "purchase")}
BASIC_SHEET = "发票基础信息"
POSITIVE = ("是否正数发票", "正数发票标志")
NOISE = 1e-3  # 分
LINE_LEVEL = ("货物或应税劳务名称", "货物和劳务名称", "项目名称")

__all__ = ["KINDS", "default_mapping", "read", "read_grid"]


def default_mapping() -> Mapping:
    """What the usual export columns mean; a copy of it, mended, is a mapping for another layout."""
    return mappings_of(__name__)[0]


def read(
    content: bytes, name: str, party: str, party_tax_no: str = "", direction: str = "", mapping: Mapping | None = None
) -> Parsed:
    """Invoices of one party. `party_tax_no` decides row by row what was sold and what was bought; `direction` (sale or
    purchase) says it for the rows where no number does. BadInput where the file, a column or the party is wrong.
    """
    return read_grid(_grid(content, name), mapping or default_mapping(), party, party_tax_no, direction)


def _grid(content: bytes, name: str) -> Grid:
    try:
        return grid_of(content, name, BASIC_SHEET) if content.startswith(b"PK") else grid_of(content, name)
    except BadInput as error:
        if error.code != "missing_sheet":
            raise
    except (zlib.error, IndexError) as error:  # packed bytes or a directory that are damaged
        raise BadInput("broken_file", f"{name} cannot be unpacked: {error}", hint="deliver it anew") from error
    return grid_of(content, name)


def read_grid(grid: Grid, mapping: Mapping, party: str, party_tax_no: str = "", direction: str = "") -> Parsed:
    """As `read`, of a table that is open already: one sheet, or the rows of one firm among many."""
    above = grid.above
    unsaid = "status" in mapping.constants and not any(one in grid.header for one in mapping.columns.get("status", ()))
    grid = _without_noise(grid, mapping)
    grid, mapping = with_number(grid, mapping)
    grid, mapping, problems = with_sides(grid, mapping, party_tax_no, direction)
    grid, turned = _red(grid, mapping)
    found = columns.read(grid, mapping, party)
    warnings = found.warnings + turned + _odd(grid, found.tables["invoices"], party_tax_no)
    if unsaid and found.rows():
        warnings["the file has no status: all taken as valid"] = found.rows()
    if any(header in grid.header for header in LINE_LEVEL):
        repeated = found.rows() - len(found.tables["invoices"]["invoice_no"].unique())
        if repeated:
            warnings["rows of a number that stands above already: are they lines of invoices?"] = repeated
    period = queried(above)
    parts = found.tables["invoices"]["direction"].unique().to_pylist() or [direction]
    covered = periods("invoices", party, *period, parts) if period else []
    return Parsed(found.tables, [*problems, *found.problems][:MOST_PROBLEMS], warnings, found.facts, covered)


def _money(grid: Grid, mapping: Mapping) -> list[str]:
    """Headers of the columns of money that the file has."""
    present = (
        next((one for one in mapping.columns.get(target, ()) if one in grid.header), None)
        for target in ("amount", "tax", "total")
    )
    return [header for header in present if header]


def _without_noise(grid: Grid, mapping: Mapping) -> Grid:
    """A workbook holds numbers in binary, so that 9939977.78 comes as 9939977.779999999. Real third decimals stay."""
    changed = []
    for header in _money(grid, mapping) if grid.sheet else ():
        text = pl.col(header)
        minor = text.str.extract(r"^(-?[0-9]{1,13}\.[0-9]{6,})$").cast(pl.Float64, strict=False) * 100
        whole = minor.round()
        fen = whole.abs().cast(pl.Int64)
        sign = pl.when(whole < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        plain = pl.concat_str(sign, fen // 100, pl.lit("."), (fen % 100).cast(pl.String).str.zfill(2))
        changed.append(pl.when((minor - whole).abs() < NOISE).then(plain).otherwise(text).alias(header))
    return replace(grid, cells=grid.cells.with_columns(changed))


def _red(grid: Grid, mapping: Mapping) -> tuple[Grid, Counter[str]]:
    """是否正数发票 = 否 is red: an amount that the file writes positive all the same gets its sign."""
    header = next((one for one in POSITIVE if one in grid.header), None)
    money = _money(grid, mapping)
    if header is None or not money or mapping.sign.rule != "signed":
        return grid, Counter()
    written = pl.col(money[0]).str.strip_chars()
    minus = written.str.contains(r"^\s*[-−–(（]|[-−]\s*$").fill_null(False)
    nothing = ~written.str.contains("[1-9]").fill_null(False)
    red = pl.col(header).is_in(["否", "N", "n", "0", "false", "红字"]).fill_null(False)
    turn = red & ~minus & ~nothing
    odd = ~red & pl.col(header).is_not_null() & minus
    turns, odds = grid.cells.select(turn.sum(), odd.sum().alias("odd")).row(0)
    turned = [
        pl.when(turn).then("-" + pl.col(one).str.strip_chars()).otherwise(pl.col(one)).alias(one) for one in money
    ]
    cells = grid.cells.with_columns(turned)
    return replace(grid, cells=cells), +Counter({
        "a red invoice with a positive amount: taken as negative": turns, "negative and marked as no red invoice": odds,
    })  # fmt: skip


def _odd(grid: Grid, table: pa.Table, party_tax_no: str) -> Counter[str]:
    """Parts against the total; the year in a number of 20 digits against the day, its province against the seller."""
    rows = pl.from_arrow(table)
    assert isinstance(rows, pl.DataFrame)
    number = pl.col("invoice_no")
    digital = number.str.contains("^[0-9]{20}$").fill_null(False)
    legacy = number.str.contains("^(?:[0-9]{10}|[0-9]{12})?[0-9]{8}$").fill_null(False)
    own = "".join(party_tax_no.split()).upper() or None
    seller = pl.when(pl.col("direction") == "sale").then(pl.lit(own, dtype=pl.String)).otherwise(pl.col("counterparty"))
    province = number.str.slice(2, 2)
    # codes from 91 on are those of cities that plan for themselves (from memory, unsure): not compared
    comparable = digital & seller.str.contains("^[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}$").fill_null(False) & (province < "90")
    phrases = {
        "amount + tax differs from total by more than 0.01": (
            (pl.col("amount") + pl.col("tax") - pl.col("total")).abs() > 1
        ),
        "the year in the number is not the year of issue": digital
        & (number.str.slice(0, 2) != pl.col("issue_date").dt.strftime("%y")),
        "the province in the number is not the seller's": comparable & (province != seller.str.slice(2, 2)),
        "the number is neither of 20 digits nor of 8 with a code": ~digital & ~legacy,
    }
    counts = rows.select(expr.fill_null(False).sum().alias(phrase) for phrase, expr in phrases.items())
    if not any(side.number for side in sides(grid)):
        # lists without tax numbers number firms and invoices in their own way
        counts = counts.drop("the number is neither of 20 digits nor of 8 with a code")
    return +Counter({phrase: int(count) for phrase, count in counts.row(0, named=True).items()})
