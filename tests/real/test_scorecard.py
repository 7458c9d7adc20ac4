"""The card developed on 附件1: 123 real firms, 27 defaults. Five repeats here; `zhiwei lab` runs fifty."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from zhiwei.borrower.features import picture
from zhiwei.borrower.records import INVOICES
from zhiwei.lab import DIRECTIONS, Plan, develop, validate
from zhiwei.lab.binning import Floats

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "cumcm2020c"
AS_OF = date(2020, 3, 1)


@pytest.fixture(scope="module")
def sample() -> tuple[dict[str, Floats], Floats]:
    if not FOLDER.is_dir():
        pytest.skip(f"real data are not here: {FOLDER}")
    sides = [("进", "purchase", "销方单位代号"), ("销", "sale", "购方单位代号")]
    table = pl.concat([_invoices(*side) for side in sides]).to_arrow().cast(INVOICES)
    firms = pl.read_parquet(FOLDER / "附件1_企业信息.parquet").sort("企业代号")
    facts = picture(table, firms["企业代号"].to_list(), AS_OF)
    return facts, (firms["是否违约"] == "是").to_numpy().astype(np.float64)


def _invoices(side: str, direction: str, counterparty: str) -> pl.DataFrame:
    rows = pl.read_parquet(FOLDER / f"附件1_{side}项发票信息.parquet")
    fen = {"amount": "金额", "tax": "税额", "total": "价税合计"}
    valid = pl.col("发票状态").str.strip_chars() == "有效发票"
    rows = rows.select(
        party_id="企业代号",
        direction=pl.lit(direction),
        invoice_no=pl.col("发票号码").cast(pl.String),
        issue_date="开票日期",
        counterparty=counterparty,
        **{name: (pl.col(column) * 100).round().cast(pl.Int64) for name, column in fen.items()},
        status=pl.when(valid).then(pl.lit("valid")).otherwise(pl.lit("void")),
    )
    return rows.with_columns(occurrence=pl.int_range(pl.len()).over(rows.columns).cast(pl.Int16) + 1)


def test_the_sample_is_the_one_described(sample: tuple[dict[str, Floats], Floats]) -> None:
    assert (len(sample[1]), sample[1].sum()) == (123, 27)


def test_firms_not_seen_are_ranked(sample: tuple[dict[str, Floats], Floats]) -> None:
    found = validate(*sample, DIRECTIONS, as_of=AS_OF, plan=Plan(repeats=5))
    assert found.fold_auc_repeats.value > 0.8
    assert found.auc_repeats.value > 0.8
    assert found.difference_repeats.value >= -0.02
    assert found.slope.low < 1 < found.slope.high


def test_the_card_is_small_and_spreads_the_firms(sample: tuple[dict[str, Floats], Floats]) -> None:
    card = develop(*sample, DIRECTIONS, as_of=AS_OF)
    assert 1 <= len(card.attributes) <= 12
    assert len(np.unique(card.score(sample[0]))) > 20
