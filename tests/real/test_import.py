"""附件1 and 附件2 as our importer reads them, against the parquet files beside them, which somebody else made."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from zhiwei.borrower.delivery import Delivery
from zhiwei.borrower.sources.cumcm2020c import is_demand_curve, read

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "cumcm2020c"
BOOKS = {"附件1": "附件1：123家有信贷记录企业的相关数据.xlsx", "附件2": "附件2：302家无信贷记录企业的相关数据.xlsx"}
COUNTS = {("附件1", "purchase"): 210_947, ("附件1", "sale"): 162_484,
          ("附件2", "purchase"): 395_175, ("附件2", "sale"): 330_835}  # fmt: skip
SIDES = {"purchase": ("进项发票信息", "销方单位代号"), "sale": ("销项发票信息", "购方单位代号")}
ALL = pytest.mark.parametrize(("book", "direction"), sorted(COUNTS))


@pytest.fixture(scope="module")
def deliveries() -> dict[str, Delivery]:
    if not FOLDER.is_dir():
        pytest.skip(f"real data are not here: {FOLDER}")
    return {book: read(FOLDER / name, date(2026, 1, 1)) for book, name in BOOKS.items()}


def ours(deliveries: dict[str, Delivery], book: str, direction: str) -> pl.DataFrame:
    frame = pl.from_arrow(deliveries[book].invoices)
    assert isinstance(frame, pl.DataFrame)
    return frame.filter(pl.col("direction") == direction)


def theirs(book: str, direction: str) -> pl.DataFrame:
    """The parquet in our words: independent of the importer but for the names of the columns."""
    sheet, other = SIDES[direction]
    return pl.read_parquet(FOLDER / f"{book}_{sheet}.parquet").select(
        party_id="企业代号", direction=pl.lit(direction), invoice_no=pl.col("发票号码").cast(pl.String),
        issue_date=pl.col("开票日期").cast(pl.Date), counterparty=pl.lit("cumcm2020c:") + pl.col(other),
        **{to: pl.col(name).cast(pl.Decimal(18, 2)).cast(pl.Float64).mul(100).round().cast(pl.Int64)
           for to, name in (("amount", "金额"), ("tax", "税额"), ("total", "价税合计"))},
        status=pl.when(pl.col("发票状态").str.contains("作废")).then(pl.lit("void")).otherwise(pl.lit("valid")),
    )  # fmt: skip


@ALL
def test_every_row_is_there(deliveries: dict[str, Delivery], book: str, direction: str) -> None:
    """As many as the README says, none refused; void and red as in the parquet; sums equal to the 分."""
    mine, other = ours(deliveries, book, direction), theirs(book, direction)
    assert mine.height == other.height == COUNTS[book, direction]
    assert deliveries[book].bad_rows.height == 0
    void, red = pl.col("status") == "void", pl.col("amount") < 0
    for kind in (void, red, void & red):
        assert mine.filter(kind).height == other.filter(kind).height > 0
    money = ["amount", "tax", "total"]
    assert mine.select(money).sum().rows() == other.select(money).sum().rows()


@ALL
def test_row_by_row(deliveries: dict[str, Delivery], book: str, direction: str) -> None:
    """The same rows in the same order, and the repeats numbered 1, 2, 3, ... as a count over equal rows says."""
    mine, other = ours(deliveries, book, direction), theirs(book, direction)
    assert mine.drop("occurrence").equals(other)
    repeats = other.group_by(other.columns).len().filter(pl.col("len") > 1)
    assert repeats["len"].sum() - repeats.height == mine.filter(pl.col("occurrence") > 1).height > 0
    assert mine["occurrence"].max() == repeats["len"].max()


def test_firms_and_labels(deliveries: dict[str, Delivery]) -> None:
    """123 firms with 27 defaults, all 24 of rating D among them; 302 firms without a label."""
    first, second = deliveries["附件1"], deliveries["附件2"]
    assert [len(d.parties) for d in (first, second)] == [123, 302]
    labels = {name: {x.party: x.value for x in first.labels if x.name == name} for name in ("default", "bank_rating")}
    assert (len(labels["default"]), sorted(labels["default"].values()).count("1")) == (123, 27)
    rated_d = [party for party, rating in labels["bank_rating"].items() if rating == "D"]
    assert [labels["default"][party] for party in rated_d] == ["1"] * 24
    assert second.labels == []


def test_workbooks_of_firms_are_no_demand_curve() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"real data are not here: {FOLDER}")
    assert [is_demand_curve(path) for path in sorted(FOLDER.glob("*.xlsx"))] == [False, False, True]
