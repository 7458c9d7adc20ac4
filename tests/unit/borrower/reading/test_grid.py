"""Tables out of files: encodings, separators, titles, page breaks, totals, workbooks, and files that mean harm."""

import io
import zipfile
from collections.abc import Callable

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.reading.grid import grid_of
from zhiwei.values import BadInput

PAGED = """某银行流水
账号：,6222021234567890

日期,收入,支出,余额,摘要
2024-01-01,100.00,,100.00,货款
2024-01-02,,30.00,70.00,"水,电"
日期,收入,支出,余额,摘要
2024-01-03,,30.00,40.00,电
合计,100.00,60.00,,
打印日期 2024-02-01
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_titles_pages_and_totals_are_told_from_records(encoding: str, newline: str, mark: str) -> None:
    content = PAGED.replace(",", mark).replace(f"水{mark}电", "水,电").replace("\n", newline).encode(encoding)
    grid = grid_of(content, "s")
    assert grid.header == ["日期", "收入", "支出", "余额", "摘要"]
    assert grid.header_row == 4
    assert grid.rows.to_list() == [5, 6, 8]
    assert grid.cells["摘要"].to_list() == ["货款", "水,电", "电"]
    assert grid.cells["收入"].to_list() == ["100.00", None, None]
    assert grid.above == [(1, "某银行流水"), (2, "账号： | 6222021234567890")]
    assert [(row, why) for row, why, _ in grid.left_out] == [
        (7, "header repeated"), (9, "total"), (10, "line about the page")
    ]  # fmt: skip


def test_a_table_without_a_header_names_its_columns_by_letters() -> None:
    grid = grid_of(b"20240101\t100,00\tfoo\n20240102\t90,00\tbar\n", "s")
    assert (grid.header, grid.header_row, grid.cells.height) == (["column A", "column B", "column C"], None, 2)


def test_two_lines_of_header_are_one() -> None:
    text = "日期,发生额,,余额\n,借方,贷方,\n2024-01-01,1.00,,9.00\n2024-01-02,,2.00,11.00\n"
    assert grid_of(text.encode(), "s").header == ["日期", "发生额 借方", "发生额 贷方", "余额"]


def test_names_are_unique_and_empty_columns_are_dropped() -> None:
    grid = grid_of(b"Date,Amount,,Amount,Amount (2)\n2024-01-01,1,,2,3\n2024-01-02,1,,2,3\n", "s")
    assert grid.header == ["Date", "Amount", "Amount (2)", "Amount (2) (2)"]


def test_spreadsheet_armour_comes_off() -> None:
    grid = grid_of('号,日期\n="00123",2024-01-01\n\'00456,2024-01-02\n\u3000x\u00a0 ,2024-01-03\n'.encode(), "s")
    assert grid.cells["号"].to_list() == ["00123", "00456", "x"]


def test_a_quotation_mark_that_never_closes_does_not_swallow_the_file() -> None:
    content = "日期,摘要,金额\n" + '2024-01-01,"水,1.00\n' + "2024-01-02,电,2.00\n" * 200
    grid = grid_of(content.encode(), "s")
    assert grid.cells.height == 201
    assert grid.notes["quotation marks do not pair: taken as text"] == 1


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Buchungstag;Empfänger;Betrag\n01.02.2024;Müller & Söhne;5,00\n", "cp1252"),
        ("Дата;Описание;Сумма\n01.02.2024;Оплата по счёту;5,00\n", "cp1251"),
        ("Data;Tytuł;Kwota\n2024-02-01;Zapłata za prąd;5,00\n", "cp1250"),
        ("Data;Tytuł;Kwota\n2024-02-01;Zapłata za prąd\u015b;5,00\n", "iso8859_2"),
        ("Datum;Popis;Částka\n1.2.2024;Příjem za účet, dvě položky;5,00\n", "cp1250"),
        ("取引日,お取引内容,金額\n2024/02/01,デンキダイ,500\n", "cp932"),
        ("日期,摘要,金额\n2024-02-01,采购原材料一批,5.00\n", "gbk"),
    ],
)
def test_encodings_are_told_apart(text: str, encoding: str) -> None:
    grid = grid_of(text.encode(encoding), "s")
    assert grid.header == text.splitlines()[0].replace(",", ";").split(";")
    assert grid.cells.row(0)[1] in text


def test_a_damaged_letter_does_not_lose_the_file() -> None:
    content = ("日期,摘要\n" + "2024-01-01,采购原材料\n" * 50).encode()
    grid = grid_of(content[:-3] + b"\n", "s")
    assert grid.cells["摘要"].to_list()[:2] == ["采购原材料"] * 2


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        fill(book)
    return target.getvalue()


def test_the_sheet_with_the_table_is_found_and_rows_keep_their_numbers() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("说明").write(0, 0, "本表由银行出具")
        sheet = book.add_worksheet("明细")
        sheet.merge_range(0, 0, 0, 2, "对账单")
        for row, cells in enumerate(
            [("日期", "金额", "摘要"), ("2024-01-01", 1.5, "a"), ("2024-01-02", 0.1 + 0.2, "b")]
        ):
            sheet.write_row(row + 3, 0, cells)

    content = workbook(fill)
    grid = grid_of(content, "s.xlsx")
    assert (grid.sheet, grid.header_row, grid.rows.to_list()) == ("明细", 4, [5, 6])
    assert grid.cells["金额"].to_list() == ["1.5", "0.3"]
    with pytest.raises(BadInput, match="missing_sheet"):
        grid_of(content, "s.xlsx", sheet="nowhere")


def test_cells_in_far_corners_do_not_fill_the_memory() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")

    with pytest.raises(BadInput, match="table_too_large"):
        grid_of(workbook(fill), "s.xlsx")


def test_cells_that_name_no_place_count_as_they_stand() -> None:
    """60,000 of them in the first row, and one a million rows below: the rectangle between them is not asked for."""
    rows = "<row>" + "<c><v>1</v></c>" * 60_000 + '</row><row r="1000000"><c r="A1000000"><v>1</v></c></row>'
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(lambda book: book.add_worksheet()))) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = old.read(name).replace(b"<sheetData/>", f"<sheetData>{rows}</sheetData>".encode())
            new.writestr(name, text)
    with pytest.raises(BadInput, match="table_too_large"):
        grid_of(target.getvalue(), "s.xlsx")


def test_a_zip_that_is_no_workbook_and_one_that_unpacks_without_end_are_refused() -> None:
    for name, size in (("a.txt", 10), ("xl/worksheets/sheet1.xml", 300 * 2**20)):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b"0" * size)
        with pytest.raises(BadInput):
            grid_of(target.getvalue(), "s.xlsx")


@pytest.mark.parametrize("content", [b"," * 100_000, b",\n" * 100, b"\x89PNG\r\n\x1a\n\x00\x00", b"%PDF-1.4", b""])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        grid_of(content, "s")


def test_many_rows_are_read() -> None:
    lines = "".join(f"2024-01-{n % 28 + 1:02d},{n}.50,text {n}\n" for n in range(200_000))
    grid = grid_of(("date,amount,text\n" + lines).encode(), "s")
    assert grid.cells.height == 200_000
    assert grid.cells["amount"][-1] == "199999.50"
    assert grid.rows[-1] == 200_001


cell = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@given(st.lists(st.tuples(st.integers(0, 9999), cell), min_size=3, max_size=20), st.sampled_from(",;\t|"))
def test_cells_come_back_as_they_were_written(rows: list[tuple[int, str]], mark: str) -> None:
    lines = [["when", "number", "words"], *(["2024-05-17", f"{number}.25", f"w {words} w"] for number, words in rows)]
    text = "\n".join(mark.join('"' + part.replace('"', '""') + '"' for part in line) for line in lines)
    grid = grid_of(text.encode(), "s")
    assert grid.cells.equals(pl.DataFrame(lines[1:], schema=lines[0], orient="row"))
