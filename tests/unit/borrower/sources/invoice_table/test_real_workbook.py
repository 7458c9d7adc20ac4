"""附件1 through the generic path gives the rows that its own importer gives."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.sources import cumcm2020c
from zhiwei.borrower.sources.invoice_table import default_mapping, read_grid

FOLDER = Path(__file__).parents[5].parent / "shared" / "data" / "cumcm2020c"
BOOK = "附件1：123家有信贷记录企业的相关数据.xlsx"
SIDES = {"进项发票信息": ("purchase", "销方单位代号", 210_947), "销项发票信息": ("sale", "购方单位代号", 162_484)}


def mapping_of(other: str) -> Mapping:
    """The shipped mapping; the workbook's order is kept."""
    shipped = default_mapping()
    return replace(shipped, columns={**shipped.columns, "counterparty": (other,)}, order="oldest_first")


@pytest.mark.slow
def test_the_generic_path_gives_the_importers_rows() -> None:
    """All 373,431 rows of the 123 firms, in their order, repeats numbered alike."""
    if not FOLDER.is_dir():
        pytest.skip(f"real data are not here: {FOLDER}")
    delivery = cumcm2020c.read(FOLDER / BOOK, date(2026, 1, 1))
    theirs = pl.from_arrow(delivery.invoices)
    assert isinstance(theirs, pl.DataFrame)
    content = (FOLDER / BOOK).read_bytes()
    for sheet, (direction, other, count) in SIDES.items():
        grid, mapping = grid_of(content, BOOK, sheet), mapping_of(other)
        tables = []
        for firm in grid.cells["企业代号"].unique(maintain_order=True):
            own = grid.cells["企业代号"] == firm
            part = replace(grid, cells=grid.cells.filter(own), rows=grid.rows.filter(own))
            found = read_grid(part, mapping, firm, direction=direction)
            assert found.problems == []
            tables.append(found.tables["invoices"])
        mine = pl.from_arrow(pa.concat_tables(tables))
        assert isinstance(mine, pl.DataFrame)
        mine = mine.with_columns(pl.format(cumcm2020c.SOURCE + ":{}", pl.col("counterparty")).alias("counterparty"))
        expected = theirs.filter(pl.col("direction") == direction).sort("party_id", maintain_order=True)
        assert mine.height == count
        assert mine.sort("party_id", maintain_order=True).equals(expected)
