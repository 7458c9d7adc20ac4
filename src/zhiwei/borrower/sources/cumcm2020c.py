"""VAT invoices of 425 firms and a demand curve, as the workbooks 附件1-附件3 of CUMCM 2020 C bring them.

Void is 作废发票 (some with a leading space); red is a negative amount; 发票号码 is no key and rows repeat: all rows are
kept, repeats are numbered. 信誉评级 is kept as a label only: it was given by people who knew the outcome.
"""

import hashlib
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from zhiwei.borrower.delivery import BAD_ROW, Delivery, Label
from zhiwei.borrower.party import Party
from zhiwei.borrower.reading.files import DAMAGE, ENDLESS, METHODS
from zhiwei.borrower.records import INVOICES
from zhiwei.values import EARLIEST, BadInput

SOURCE = "cumcm2020c"
CONSENT = "Anonymised invoices published for research: no person can be identified, no decision reaches the firm."
FIRMS = "企业信息"
SHEETS = {"进项发票信息": ("purchase", "销方单位代号"), "销项发票信息": ("sale", "购方单位代号")}
MONEY = {"金额": "amount", "税额": "tax", "价税合计": "total"}
LABELS = {"是否违约": ["是", "否"], "信誉评级": ["A", "B", "C", "D"]}
STATUS = {"有效发票": "valid", "作废发票": "void"}
LARGEST_YUAN = 1e11
LARGEST_FILE = 2**30  # unpacked bytes; a small zip that unpacks to more is an attack or a mistake
# A sheet is held as a rectangle: cells far out, and cells that do not say where they stand, may make it any size.
_FAR = re.compile(
    rb"""<(?:\w+:)?c(?:[/>]|\s++(?!r\s*=\s*["'][A-Z]\d{1,7}["']))|<(?:\w+:)?row\s[^>]*?r\s*=\s*["']\d{8}"""
)
_FAR_PLAIN = re.compile(rb'<c r="[A-Z](?:[A-Z]|\d{8})|<row[^>]*? r="\d{8}')
_DAY = r"^(\d{4}-\d{2}-\d{2})(?:[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$"  # a date, with or without a time of day
Progress = Callable[[str], None]


def read(path: Path, today: date, on_step: Progress = lambda step: None) -> Delivery:
    """Read 附件1 or 附件2. BadInput where the file, a sheet or a column is wrong; bad rows are returned, not raised."""
    book = _open(path)
    missing = [sheet for sheet in (FIRMS, *SHEETS) if sheet not in book.sheet_names]
    if missing:
        raise BadInput(
            "missing_sheet", f"{path.name}: no sheet {'、'.join(missing)}; it has {'、'.join(book.sheet_names)}",
            hint="expected the workbook 附件1 or 附件2 with sheets 企业信息, 进项发票信息, 销项发票信息",
        )  # fmt: skip
    on_step(f"{path.name}: {FIRMS}")
    firms, labels, bad = _firms(book, path)
    known = firms.get_column("企业代号")
    good = []
    for sheet in SHEETS:
        on_step(f"{path.name}: {sheet}")
        rows, wrong = _invoices(_sheet(book, path, sheet), path.name, sheet, known, today)
        good.append(rows)
        bad.append(wrong)
    invoices = pl.concat(good)
    unbalanced = invoices.filter((pl.col("amount") + pl.col("tax") - pl.col("total")).abs() > 1).height
    return Delivery(
        SOURCE, path.name, sha256(path),
        [Party(code, name, SOURCE) for code, name in firms.select("企业代号", "企业名称").iter_rows()],
        invoices.to_arrow().cast(INVOICES), pl.concat(bad), "research", CONSENT, labels,
        {"amount + tax differs from total by more than 0.01": unbalanced} if unbalanced else {},
    )  # fmt: skip


def is_demand_curve(path: Path) -> bool:
    """Is this 附件3 (loan rate against churn) rather than a workbook of firms?"""
    book = _open(path)
    sheets = {FIRMS, *SHEETS} & set(book.sheet_names)
    return not sheets and bool(_demand_rows(book, path.name))


def read_demand(path: Path) -> list[tuple[str, dict[str, str]]]:
    """附件3 as rows (annual rate, {grade: churn}), raw and as decimal strings; BadInput names the cell."""
    rows = _demand_rows(_open(path), path.name)
    if len(rows) < 4 or [str(name)[-1:] for name in rows[1][2:5]] != ["A", "B", "C"]:
        raise BadInput(
            "bad_demand_curve", f"{path.name}: expected 贷款年利率 and 信誉评级A, B, C in the first two rows"
        )
    curve = []
    for number, *cells in rows[2:]:
        shares = []
        for place, cell in zip("ABCD", cells, strict=False):
            try:
                shares.append(float(cell or ""))
            except ValueError:
                shares.append(math.nan)
            if not 0 <= shares[-1] <= 1:
                raise BadInput("bad_demand_curve", f"{path.name}: cell {place}{number}: {cell!r} is no share in 0..1")
        curve.append((f"{shares[0]:.4f}", {grade: f"{shares[k]:.6f}" for k, grade in enumerate("ABC", 1)}))
    return curve


def _demand_rows(book: fastexcel.ExcelReader, file: str) -> list[tuple[Any, ...]]:
    """(row number, its cells) of the rows that are not empty; none where the first does not open a demand curve."""
    rows = [row for row in _cells(book, file, 0).iter_rows() if any(cell is not None for cell in row[1:])]
    return rows if rows and rows[0][1] == "贷款年利率" else []


def _open(path: Path) -> fastexcel.ExcelReader:
    try:
        about = path.stat()
        _measure(path, about.st_mtime_ns, about.st_size)
        return fastexcel.read_excel(path)
    except FileNotFoundError:
        raise BadInput("no_such_file", f"there is no file {path}") from None
    except (fastexcel.FastExcelError, *DAMAGE) as error:
        raise BadInput("broken_file", f"{path.name} is not a readable .xlsx workbook: {_first_line(error)}") from error


@lru_cache(maxsize=16)
def _measure(path: Path, changed: int, size: int) -> None:
    """Unpack it block by block before a library holds it: BadInput where that would need very much memory."""
    left = LARGEST_FILE
    with zipfile.ZipFile(path) as packed:
        for info in packed.infolist():
            if info.compress_type not in METHODS:
                raise BadInput("broken_file", f"{path.name} is packed in an unusual way", hint="save it anew")
            info.file_size = ENDLESS  # what a directory claims is not believed
            sheet, rest = info.filename.startswith("xl/worksheets/"), b""
            with packed.open(info) as part:
                while block := part.read(2**20):
                    left -= len(block)
                    if left < 0:
                        raise BadInput(
                            "file_too_large", f"{path.name} unpacks to too many bytes; the limit is {LARGEST_FILE:,}"
                        )
                    whole, cut, begun = (rest + block).rpartition(b"<")  # the last tag may go on in the next block
                    rest = cut + begun
                    if sheet and _has_far_cells(whole):
                        raise BadInput(
                            "table_too_large", f"{path.name}, {info.filename}: a cell stands beyond column Z, or does "
                            "not say where", hint="save the workbook anew",
                        )  # fmt: skip


def _has_far_cells(xml: bytes) -> bool:
    """As every spreadsheet writes cells they are told quickly; anything else is looked at letter by letter."""
    plain = xml.count(b"<c") == xml.count(b'<c r="') and b":c" not in xml and b":row" not in xml
    return bool((_FAR_PLAIN if plain else _FAR).search(xml))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cells(book: fastexcel.ExcelReader, file: str, sheet: str | int) -> pl.DataFrame:
    """All cells as text, stripped and None where empty, and `row` = the row number a person sees."""
    try:
        # header_row=None with skip_rows=0 keeps blank rows at the top: without them every row number would be wrong
        frame = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as error:
        raise BadInput("broken_file", f"{file}, sheet {sheet}: cannot be read: {_first_line(error)}") from error
    return frame.with_columns(pl.all().str.strip_chars().replace("", None)).with_row_index("row", offset=1)


def _sheet(book: fastexcel.ExcelReader, path: Path, sheet: str) -> pl.DataFrame:
    """The columns we read, with `row`; the first row that is not empty names them; wholly empty rows are dropped."""
    frame = _cells(book, path.name, sheet)
    wanted, optional = (
        (["企业代号", "企业名称"], ["是否违约", "信誉评级"])
        if sheet == FIRMS
        else (["企业代号", "发票号码", "开票日期", SHEETS[sheet][1], *MONEY, "发票状态"], [])
    )
    filled = frame.filter(pl.any_horizontal(pl.exclude("row").is_not_null())) if frame.width > 1 else frame.clear()
    top, *header = filled.row(0) if filled.height else (1,)
    names = [name for name in header if name]
    missing = [column for column in wanted if column not in names]
    repeated = [column for column in (*wanted, *optional) if names.count(column) > 1]
    if missing or repeated:
        wrong = f"no column {'、'.join(missing)}" if missing else f"column {'、'.join(repeated)} stands twice"
        message = f"{path.name}, sheet {sheet}, row {top}: {wrong}; it has {'、'.join(names) or 'nothing'}"
        raise BadInput("missing_column" if missing else "repeated_column", message)
    place = {name: frame.columns[number] for number, name in enumerate(header, start=1) if name}
    columns = [pl.col(place[name]).alias(name) for name in (*wanted, *optional) if name in place]
    chosen = filled.slice(1).select("row", *columns)
    return chosen.filter(~pl.all_horizontal(pl.col(wanted).is_null()))


def _firms(book: fastexcel.ExcelReader, path: Path) -> tuple[pl.DataFrame, list[Label], list[pl.DataFrame]]:
    frame = _sheet(book, path, FIRMS)
    tests = {
        "企业代号": (pl.col("企业代号").is_null(), "is empty"),
        "企业名称": (pl.col("企业名称").is_null(), "is empty"),
    }
    bad = _bad(frame, path.name, FIRMS, tests)
    repeated = frame.filter(pl.col("企业代号").is_not_null() & ~pl.col("企业代号").is_first_distinct())
    bad = pl.concat([bad, *_bad_cells(repeated, path.name, FIRMS, "企业代号", "stands twice")])
    good = frame.filter(~pl.col("row").is_in(bad.get_column("row").implode()))
    unread = [  # a bad outcome costs the firm its label, not its invoices
        _bad(
            good,
            path.name,
            FIRMS,
            {column: (~pl.col(column).is_in(known).fill_null(False), f"is none of {'、'.join(known)}")},
        )
        for column, known in LABELS.items()
        if column in good.columns
    ]
    bad = pl.concat([bad, *unread]).sort("row", maintain_order=True)
    names = [
        (column, name)
        for column, name in (("是否违约", "default"), ("信誉评级", "bank_rating"))
        if column in good.columns
    ]
    words = {"是": "1", "否": "0"}
    labels = [
        Label(code, name, words.get(value, value))
        for column, name in names
        for code, value in good.select("企业代号", column).drop_nulls().iter_rows()
        if value in LABELS[column]
    ]
    return good, labels, [bad]


def _invoices(
    frame: pl.DataFrame, file: str, sheet: str, firms: pl.Series, today: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows in canonical form, and a line for each bad cell."""
    direction, other = SHEETS[sheet]
    day = pl.col("开票日期").str.extract(_DAY).str.to_date("%Y-%m-%d", strict=False)
    minor = {name: pl.col(name).cast(pl.Float64, strict=False) * 100 for name in MONEY}
    tests = {
        "企业代号": (~pl.col("企业代号").is_in(firms.implode()).fill_null(False), f"is not in sheet {FIRMS}"),
        "发票号码": (pl.col("发票号码").is_null(), "is empty"),
        "开票日期": (
            day.is_null() | (day < EARLIEST).fill_null(True) | (day > today).fill_null(True),
            f"is no date between {EARLIEST} and {today}",
        ),
        other: (pl.col(other).is_null(), "is empty"),
        **{name: (_no_amount(value), "is no amount in 元 with two decimals") for name, value in minor.items()},
        "发票状态": (~pl.col("发票状态").is_in(list(STATUS)).fill_null(False), "is neither 有效发票 nor 作废发票"),
    }
    bad = _bad(frame, file, sheet, tests)
    good = frame.filter(~pl.col("row").is_in(bad.get_column("row").unique().implode())).select(
        party_id="企业代号",
        direction=pl.lit(direction),
        invoice_no=pl.col("发票号码").str.replace(r"\.0$", ""),
        issue_date=day,
        counterparty=pl.format(SOURCE + ":{}", pl.col(other)),
        **{target: minor[name].round().cast(pl.Int64) for name, target in MONEY.items()},
        status=pl.col("发票状态").replace_strict(STATUS),
    )
    return good.with_columns(occurrence=(pl.int_range(pl.len()).over(good.columns) + 1).cast(pl.Int16)), bad


def _no_amount(minor: pl.Expr) -> pl.Expr:
    """Not a number, not whole 分 (beyond the noise of a float in the file), or absurdly large."""
    off = (minor - minor.round()).abs() > 1e-3
    return (minor.is_null() | minor.is_nan() | off | (minor.abs() > LARGEST_YUAN * 100)).fill_null(True)


def _bad(frame: pl.DataFrame, file: str, sheet: str, tests: dict[str, tuple[pl.Expr, str]]) -> pl.DataFrame:
    found = [
        cells
        for column, (wrong, problem) in tests.items()
        for cells in _bad_cells(frame.filter(wrong), file, sheet, column, problem)
    ]
    return pl.concat([pl.DataFrame(schema=BAD_ROW), *found]).sort("row", maintain_order=True)


def _bad_cells(rows: pl.DataFrame, file: str, sheet: str, column: str, problem: str) -> Iterator[pl.DataFrame]:
    if rows.height:
        yield rows.select(
            file=pl.lit(file),
            sheet=pl.lit(sheet),
            row=pl.col("row").cast(pl.Int64),
            column=pl.lit(column),
            value=pl.col(column),
            problem=pl.lit(problem),
        )
