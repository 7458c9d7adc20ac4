"""Small workbooks in the layout of 附件1, made cell by cell."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Rows = list[list[Any]]
FIRMS: Rows = [
    ["企业代号", "企业名称", "信誉评级", "是否违约"],
    ["E1", "***电器", "A", "否"],
    ["E2", "***建材", "D", "是"],
]
BOUGHT = ["企业代号", "发票号码", "开票日期", "销方单位代号", "金额", "税额", "价税合计", "发票状态"]
SOLD = [*BOUGHT[:3], "购方单位代号", *BOUGHT[4:]]


def invoice(firm: str = "E1", number: Any = 3390939, day: Any = date(2019, 7, 18), **rest: Any) -> list[Any]:
    plain = {"other": "B00297", "amount": -943.4, "tax": -56.6, "total": -1000, "status": "有效发票"}
    return [firm, number, day, *(plain | rest).values()]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """workbook(sales=[...], purchases=[...], firms=[...]): full rows, header included where given with `raw`."""

    def make(
        sales: Rows | None = None, purchases: Rows | None = None, firms: Rows | None = None, raw: bool = False
    ) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        contents = {
            "企业信息": firms or FIRMS,
            "进项发票信息": [BOUGHT, *(purchases or [])],
            "销项发票信息": sales if raw and sales is not None else [SOLD, *(sales or [])],
        }
        for name, rows in contents.items():
            sheet = book.create_sheet(name)
            for number, row in enumerate(rows, start=1):
                for place, cell in enumerate(row, start=1):
                    if cell is not None:
                        sheet.cell(number, place, cell)
        path = tmp_path / "附件1.xlsx"
        book.save(path)
        return path

    return make
