"""The contest's workbooks: good rows become canonical records, a bad cell is named by file, sheet, row and column."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from zhiwei.borrower import INVOICES, Party
from zhiwei.borrower.delivery import Label
from zhiwei.borrower.sources.cumcm2020c import is_demand_curve, read, read_demand
from zhiwei.values import BadInput

from .conftest import BOUGHT, FIRMS, SOLD, invoice

TODAY = date(2026, 1, 1)
Make = Callable[..., Path]
SALES = "销项发票信息"


def rows(path: Path) -> list[dict[str, Any]]:
    delivery = read(path, TODAY)
    assert delivery.bad_rows.rows() == []
    assert delivery.invoices.schema == INVOICES
    return delivery.invoices.to_pylist()


def bad(path: Path) -> list[tuple[Any, ...]]:
    """(sheet, row, column, value) of each bad cell."""
    found = read(path, TODAY).bad_rows
    assert set(found["file"]) <= {path.name}
    return found.select("sheet", "row", "column", "value").rows()


# --- what is good


def test_a_good_file(workbook: Make) -> None:
    """Amounts in 分, red rows negative, void with its leading space, counterparties named by source."""
    path = workbook(
        sales=[invoice(), invoice("E2", "00000123", amount=0.1, tax=0.2, total=0.3, status=" 作废发票")],
        purchases=[invoice(other="A1", amount=1_234_567.89, tax=0, total="1234567.89")],
    )
    delivery = read(path, TODAY)
    assert delivery.parties == [Party("E1", "***电器", "cumcm2020c"), Party("E2", "***建材", "cumcm2020c")]
    assert sorted((label.party, label.name, label.value) for label in delivery.labels) == [
        ("E1", "bank_rating", "A"), ("E1", "default", "0"), ("E2", "bank_rating", "D"), ("E2", "default", "1"),
    ]  # fmt: skip
    assert (delivery.bad_rows.height, delivery.warnings, len(delivery.sha256)) == (0, {}, 64)
    common = {"issue_date": date(2019, 7, 18), "occurrence": 1}
    assert delivery.invoices.to_pylist() == [
        {"party_id": "E1", "direction": "purchase", "invoice_no": "3390939", "counterparty": "cumcm2020c:A1",
         "amount": 123_456_789, "tax": 0, "total": 123_456_789, "status": "valid", **common},
        {"party_id": "E1", "direction": "sale", "invoice_no": "3390939", "counterparty": "cumcm2020c:B00297",
         "amount": -94_340, "tax": -5_660, "total": -100_000, "status": "valid", **common},
        {"party_id": "E2", "direction": "sale", "invoice_no": "00000123", "counterparty": "cumcm2020c:B00297",
         "amount": 10, "tax": 20, "total": 30, "status": "void", **common},
    ]  # fmt: skip


def test_repeated_rows_are_kept_and_numbered(workbook: Make) -> None:
    """Only rows that agree in everything are repeats; the same number with another amount is another invoice."""
    path = workbook(sales=[invoice(), invoice(amount=-943.3), invoice(), invoice(status="作废发票"), invoice()],
                    purchases=[invoice()])  # fmt: skip
    assert sorted((r["direction"], r["amount"], r["status"], r["occurrence"]) for r in rows(path)) == [
        ("purchase", -94_340, "valid", 1), ("sale", -94_340, "valid", 1), ("sale", -94_340, "valid", 2),
        ("sale", -94_340, "valid", 3), ("sale", -94_340, "void", 1), ("sale", -94_330, "valid", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "day",
    [
        "2019-07-18",
        "2019-07-18 00:00:00",
        " 2019-07-18 ",
        datetime.fromisoformat("2019-07-18T23:59"),
        date(2019, 7, 18),
    ],
)
def test_dates_as_they_come(workbook: Make, day: Any) -> None:
    assert rows(workbook(sales=[invoice(day=day)]))[0]["issue_date"] == date(2019, 7, 18)


@pytest.mark.parametrize("day", [date(1990, 1, 1), TODAY, date(2020, 2, 29)])
def test_the_first_and_the_last_day_that_can_be(workbook: Make, day: date) -> None:
    assert rows(workbook(sales=[invoice(day=day)]))[0]["issue_date"] == day


@pytest.mark.parametrize(
    ("amount", "fen"),
    [(0.1 + 0.2, 30), (99_999_999_999.99, 9_999_999_999_999), (12_345_678.91, 1_234_567_891), ("-0.01", -1), (0, 0),
     (100_000_000_000, 10_000_000_000_000)],
)  # fmt: skip
def test_amounts_to_the_last_fen(workbook: Make, amount: Any, fen: int) -> None:
    """The noise of a float is none of ours; the largest amounts keep their 分."""
    assert rows(workbook(sales=[invoice(amount=amount)]))[0]["amount"] == fen


def test_columns_in_any_order_with_spaces_and_more_of_them(workbook: Make) -> None:
    """Extra columns, also ones without a name or with the same one, are not looked at."""
    order = [7, 0, 1, 2, 3, 4, 5, 6]
    head = ["备注", *(f" {SOLD[at]} " for at in order), "备注", None]
    plain = invoice()
    path = workbook(sales=[head, ["x", *(plain[at] for at in order), "y", "z"]], raw=True)
    assert [(r["party_id"], r["amount"], r["status"]) for r in rows(path)] == [("E1", -94_340, "valid")]


def test_a_workbook_without_labels(workbook: Make) -> None:
    """附件2 has no 信誉评级 and no 是否违约."""
    assert read(workbook(firms=[row[:2] for row in FIRMS]), TODAY).labels == []


def test_a_firm_without_a_rating_has_only_the_other_label(workbook: Make) -> None:
    firms = [FIRMS[0], ["E1", "x", None, "否"]]
    assert read(workbook(firms=firms), TODAY).labels == [Label("E1", "default", "0")]


def test_amounts_that_do_not_add_up_are_counted_not_dropped(workbook: Make) -> None:
    """Off by one 分 is rounding; by two it is worth a warning, and nothing to refuse a row for."""
    path = workbook(sales=[invoice(total=-1000.01), invoice(total=-1000.02)])
    delivery = read(path, TODAY)
    assert delivery.invoices.num_rows == 2
    assert list(delivery.warnings.values()) == [1]


# --- bad cells


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("企业代号", "E9", "E9"),
        ("企业代号", None, None),
        ("发票号码", None, None),
        ("开票日期", "2019-13-45", "2019-13-45"),
        ("开票日期", "2019-02-29", "2019-02-29"),
        ("开票日期", "2019-01-051", "2019-01-051"),
        ("开票日期", "2019/07/18", "2019/07/18"),
        ("开票日期", 20190718, "20190718"),
        ("开票日期", 43664, "43664"),
        ("开票日期", date(2026, 1, 2), "2026-01-02 00:00:00"),
        ("开票日期", date(1989, 12, 31), "1989-12-31 00:00:00"),
        ("开票日期", None, None),
        ("购方单位代号", "  ", None),
        ("金额", "壹佰", "壹佰"),
        ("金额", "1,234.56", "1,234.56"),
        ("金额", 12.345, "12.345"),
        ("金额", 1e12, "1000000000000"),
        ("金额", "NaN", "NaN"),
        ("金额", "inf", "inf"),
        ("金额", "-Infinity", "-Infinity"),
        ("金额", "#N/A", None),
        ("金额", "=1/0", None),
        ("金额", True, "true"),
        ("税额", None, None),
        ("价税合计", "x", "x"),
        ("发票状态", "红冲发票", "红冲发票"),
        ("发票状态", "作废", "作废"),
        ("发票状态", None, None),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(workbook: Make, column: str, cell: Any, value: str | None) -> None:
    """Sheet, the row that a person sees, column and what stands there; the rows around it are read.

    What Excel itself calls an error (#N/A), and a formula that was never calculated, reach us as empty.
    """
    wrong = invoice()
    wrong[SOLD.index(column)] = cell
    path = workbook(sales=[invoice(), wrong, invoice()])
    assert bad(path) == [(SALES, 3, column, value)]
    delivery = read(path, TODAY)
    assert delivery.invoices.num_rows == 2
    assert delivery.bad_rows["problem"][0]


def test_every_bad_cell_of_a_row_is_named_in_the_order_of_rows(workbook: Make) -> None:
    path = workbook(
        sales=[invoice(amount="x", day="y"), invoice(), invoice(status="z")], purchases=[invoice(other=None)]
    )
    assert bad(path) == [
        ("进项发票信息", 2, "销方单位代号", None), (SALES, 2, "开票日期", "y"), (SALES, 2, "金额", "x"),
        (SALES, 4, "发票状态", "z"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("firms", "cells"),
    [
        ([["E1", "x", "A", "未知"]], [(2, "是否违约", "未知")]),
        ([["E1", "x", "A", None]], [(2, "是否违约", None)]),
        ([["E1", "x", "A", "否"], ["E1", "y", "A", "否"]], [(3, "企业代号", "E1")]),
        ([[None, "x", "A", "否"]], [(2, "企业代号", None)]),
        ([["E1", None, "A", "否"], ["E2", "x", "A", "?"]], [(2, "企业名称", None), (3, "是否违约", "?")]),
    ],
)
def test_a_bad_firm_is_named(workbook: Make, firms: list[list[Any]], cells: list[tuple[Any, ...]]) -> None:
    assert bad(workbook(firms=[FIRMS[0], *firms])) == [("企业信息", *cell) for cell in cells]


def test_of_a_firm_that_is_bad_no_invoice_is_good(workbook: Make) -> None:
    """Nothing is kept of a party that could not be made."""
    path = workbook(firms=[FIRMS[0], ["E1", "", "A", "否"], FIRMS[2]], sales=[invoice("E1"), invoice("E2")])
    assert bad(path) == [("企业信息", 2, "企业名称", None), (SALES, 2, "企业代号", "E1")]


def test_a_bad_outcome_costs_a_firm_its_label_alone(workbook: Make) -> None:
    path = workbook(firms=[FIRMS[0], ["E1", "x", "Z", "?"], FIRMS[2]], sales=[invoice("E1"), invoice("E2")])
    assert bad(path) == [("企业信息", 2, "是否违约", "?"), ("企业信息", 2, "信誉评级", "Z")]
    assert {label.party for label in read(path, TODAY).labels} == {"E2"}
    assert read(path, TODAY).invoices.num_rows == 2


def test_blank_rows_are_ignored_and_counted(workbook: Make) -> None:
    """In the middle, also ones with blanks or a remark far right: the row after them keeps its number."""
    path = workbook(
        sales=[invoice(), [], [" ", None, "  "], [*[None] * 8, "remark"], invoice(amount="x"), [], invoice()]
    )
    assert bad(path) == [(SALES, 6, "金额", "x")]
    assert read(path, TODAY).invoices.num_rows == 2


@pytest.mark.parametrize("blank", [1, 3])
def test_blank_rows_above_the_header_do_not_shift_the_numbers(workbook: Make, blank: int) -> None:
    path = workbook(sales=[*[[]] * blank, SOLD, invoice(), invoice(amount="x")], raw=True)
    assert bad(path) == [(SALES, blank + 3, "金额", "x")]


def test_merged_cells_hold_their_value_once(workbook: Make) -> None:
    """Only the first cell of a merged range has a value, so that the second row has no firm."""
    path = workbook(sales=[invoice(), invoice(), invoice()])
    book = openpyxl.load_workbook(path)
    book[SALES].merge_cells("A2:A3")
    book.save(path)
    assert bad(path) == [(SALES, 3, "企业代号", None)]


# --- files that cannot be read


def refused(path: Path, code: str) -> str:
    with pytest.raises(BadInput) as refusal:
        read(path, TODAY)
    assert refusal.value.code == code
    assert path.name in refusal.value.message
    return refusal.value.message


def test_a_missing_sheet(workbook: Make) -> None:
    path = workbook()
    book = openpyxl.load_workbook(path)
    del book[SALES]
    book.save(path)
    assert "no sheet 销项发票信息; it has 企业信息、进项发票信息" in refused(path, "missing_sheet")


@pytest.mark.parametrize("column", BOUGHT)
def test_a_missing_column(workbook: Make, column: str) -> None:
    path = workbook(purchases=[invoice()])
    book = openpyxl.load_workbook(path)
    book["进项发票信息"].delete_cols(BOUGHT.index(column) + 1)
    book.save(path)
    assert f"sheet 进项发票信息, row 1: no column {column}; it has " in refused(path, "missing_column")


def test_a_missing_column_of_firms_and_an_empty_sheet(workbook: Make) -> None:
    assert "sheet 企业信息, row 1: no column 企业代号" in refused(
        workbook(firms=[["代号", "企业名称"]]), "missing_column"
    )
    message = refused(workbook(sales=[], raw=True), "missing_column")
    assert f"sheet {SALES}, row 1: no column" in message
    assert "it has nothing" in message


def test_a_title_above_the_header_is_no_header(workbook: Make) -> None:
    """The message names the row that was taken for one."""
    message = refused(workbook(sales=[[], ["销项发票"], SOLD, invoice()], raw=True), "missing_column")
    assert f"sheet {SALES}, row 2: no column 企业代号" in message


def test_a_column_that_stands_twice(workbook: Make) -> None:
    """Which of the two is meant is nobody's guess."""
    path = workbook(sales=[[*SOLD, " 金额"], [*invoice(), 1]], raw=True)
    assert "column 金额 stands twice" in refused(path, "repeated_column")


def test_files_that_are_no_workbook(workbook: Make, tmp_path: Path) -> None:
    """Truncated anywhere, empty, text, a directory, a zip of something else, not there."""
    whole = workbook(sales=[invoice()] * 50).read_bytes()
    path = tmp_path / "file.xlsx"
    for content in (whole[: len(whole) // 2], whole[:-1], whole[:100], b"", b"PK\x03\x04", "企业代号,金额\n".encode()):
        path.write_bytes(content)
        assert "is not a readable .xlsx workbook" in refused(path, "broken_file")
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    refused(folder, "broken_file")
    refused(tmp_path / "nowhere.xlsx", "no_such_file")


@pytest.mark.parametrize("content", [b"", b"<worksheet><sheetData><row><c r='A1'", b"\x00\xff"])
def test_a_workbook_with_a_damaged_part(workbook: Make, tmp_path: Path, content: bytes) -> None:
    """The zip is whole, what is in it is not: no traceback from the depths."""
    import zipfile

    path, damaged = workbook(sales=[invoice()]), tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for part in old.namelist():
            new.writestr(part, content if part == "xl/worksheets/sheet3.xml" else old.read(part))
    with pytest.raises(BadInput) as refusal:
        read(damaged, TODAY)
    assert refusal.value.code in ("broken_file", "missing_column")
    assert SALES in refusal.value.message


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(
    workbook: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhiwei.borrower.sources import cumcm2020c

    monkeypatch.setattr(cumcm2020c, "LARGEST_FILE", 1000)
    assert "the limit is 1,000" in refused(workbook(), "file_too_large")


@pytest.mark.parametrize(
    ("cell", "put"),
    [
        (b'<c r="H2"', b'<c r="H99999999999"'), (b'<c r="H2"', b'<c r="XFD2"'), (b'<c r="H2"', b"<c"),
        (b'<c r="H2"', b'<c t="n" r="AA2"'), (b'<c r="H2"', b"<c r='AA2'"), (b'<row r="2"', b'<row r="99999999"'),
        (b'<row r="2"', b'<row spans="1:8" r="10000000"'), (b'<c r="H2"', b'<x:c r="AA2"'),
    ],
)  # fmt: skip
def test_cells_far_out_are_not_opened(workbook: Make, cell: bytes, put: bytes) -> None:
    """A workbook of a few kilobytes whose sheet, held as a rectangle, would need gigabytes."""
    path = workbook(sales=[invoice()])
    changed(path, "xl/worksheets/sheet3.xml", cell, put)
    assert "sheet3.xml" in refused(path, "table_too_large")


@pytest.mark.parametrize(("cell", "put"), [(b'<c r="H2"', b'<c  r = "H2"'), (b'<c r="H2"', b"<c r='H2'")])
def test_cells_written_in_other_ways_are_read(workbook: Make, cell: bytes, put: bytes) -> None:
    path = workbook(sales=[invoice()])
    changed(path, "xl/worksheets/sheet3.xml", cell, put)
    assert read(path, TODAY).invoices.num_rows == 1


def changed(path: Path, member: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {one.filename: archive.read(one) for one in archive.infolist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


# --- 附件3

CURVE = [
    ["贷款年利率", "客户流失率"], [None, "信誉评级A", "信誉评级B", "信誉评级C"],
    [0.04, 0, 0, 0], [0.0425, 0.094574126, 0.066799583, 0.068725306], [0.15, 0.9, 1, 0.5],
]  # fmt: skip


def curve(tmp_path: Path, table: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for number, row in enumerate(table, start=1):
        for place, cell in enumerate(row, start=1):
            if cell is not None:
                book.active.cell(number, place, cell)
    path = tmp_path / "附件3.xlsx"
    book.save(path)
    return path


def test_a_good_demand_curve(tmp_path: Path) -> None:
    path = curve(tmp_path, [*CURVE[:4], [], CURVE[4]])
    assert is_demand_curve(path)
    assert read_demand(path) == [
        ("0.0400", {"A": "0.000000", "B": "0.000000", "C": "0.000000"}),
        ("0.0425", {"A": "0.094574", "B": "0.066800", "C": "0.068725"}),
        ("0.1500", {"A": "0.900000", "B": "1.000000", "C": "0.500000"}),
    ]


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [
        ((4, 3), "x", "cell C4: 'x' is no share"), ((3, 1), None, "cell A3: None is no share"),
        ((5, 4), 1.01, "cell D5: '1.01' is no share"), ((5, 2), -0.1, "cell B5: '-0.1' is no share"),
        ((5, 2), "nan", "cell B5: 'nan' is no share"), ((3, 1), "4%", "cell A3: '4%' is no share"),
        ((2, 2), "信誉评级D", "expected 贷款年利率 and 信誉评级A, B, C"), ((1, 1), "利率", "expected 贷款年利率"),
    ],
)  # fmt: skip
def test_a_damaged_demand_curve_names_the_cell(tmp_path: Path, place: tuple[int, int], cell: Any, said: str) -> None:
    table = [list(row) + [None] * (4 - len(row)) for row in CURVE]
    table[place[0] - 1][place[1] - 1] = cell
    with pytest.raises(BadInput) as refusal:
        read_demand(curve(tmp_path, table))
    assert refusal.value.code == "bad_demand_curve"
    assert said in refusal.value.message


def test_blank_rows_above_a_curve_do_not_shift_its_cells(tmp_path: Path) -> None:
    table = [[], *CURVE[:4], ["x", 0, 0, 0]]
    with pytest.raises(BadInput, match="cell A6: 'x'"):
        read_demand(curve(tmp_path, table))


def test_what_is_no_curve(workbook: Make, tmp_path: Path) -> None:
    assert not is_demand_curve(workbook())
    assert not is_demand_curve(curve(tmp_path, []))
    assert not is_demand_curve(curve(tmp_path, [["x", "y"]]))
    with pytest.raises(BadInput, match="expected 贷款年利率"):
        read_demand(curve(tmp_path, CURVE[:2]))
