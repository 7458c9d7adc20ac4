"""What a column is by its cells alone: which day, which decimal mark, which letters; decided, or left open."""

import polars as pl
import pytest

from zhiwei.borrower.reading.columns import looks
from zhiwei.borrower.reading.columns.cells import times
from zhiwei.borrower.reading.headers import words
from zhiwei.borrower.reading.tables.letters import letters


def column(*cells: str) -> pl.Series:
    return pl.Series("c", cells, dtype=pl.String)


@pytest.mark.parametrize(
    ("form", "cell", "day"),
    [
        ("ERA.MM.DD", "R6.3.1", "2024-03-01"), ("ERA年MM月DD日", "令和6年3月1日", "2024-03-01"),
        ("ERA年MM月DD日", "令和元年5月1日", "2019-05-01"), ("ERA/MM/DD", "H31/04/30", "2019-04-30"),
        ("ROC/MM/DD", "113/01/30", "2024-01-30"), ("ROC年MM月DD日", "民國113年1月30日", "2024-01-30"),
        ("ROCMMDD", "1130130", "2024-01-30"), ("DD/MM/BE", "30/01/2567", "2024-01-30"),
        ("EXCEL", "45321", "2024-01-30"),
        ("EXCEL", "45321.5", "2024-01-30"), ("YYYY년 MM월 DD일", "2024년 1월 30일", "2024-01-30"),
    ],
)  # fmt: skip
def test_other_calendars(form: str, cell: str, day: str) -> None:
    found = times(column(cell, "x"), [form])
    assert (str(found.dt.date()[0]), found[1]) == (day, None)
    if form != "EXCEL":
        assert form in looks.FORMATS + looks.NAMED


def test_a_serial_number_has_a_time_of_day() -> None:
    assert str(times(column("45321.75"), ["EXCEL"])[0]) == "2024-01-30 18:00:00"
    assert times(column("12", "99999", "2024.5"), ["EXCEL"]).null_count() == 3


@pytest.mark.parametrize(
    ("cells", "form", "open_"),
    [
        (("05/04/2024", "13/04/2024"), "DD/MM/YYYY", ()),  # a thirteenth
        (("04/05/2024", "04/13/2024"), "MM/DD/YYYY", ()),
        (("01/02/2024", "01/05/2024", "01/09/2024", "01/12/2024", "02/01/2024", "02/03/2024"), "MM/DD/YYYY", ()),
        (("05/04/2024", "06/04/2024"), "DD/MM/YYYY", ("MM/DD/YYYY",)),  # it may be either: asked
        (("03/01/2024", "02/03/2024", "01/02/2024"), "DD/MM/YYYY", ("MM/DD/YYYY",)),  # three days in a row by chance
        (("05.04.2024", "06.04.2024"), "DD.MM.YYYY", ()),  # months do not stand first before dots
        (("24.01.12", "24.01.15", "24.02.03"), "YY.MM.DD", ()),  # else these weeks would be twelve years
        (("930101", "930111", "930228"), "YYMMDD", ()),
        (("010203", "020203", "030203"), "DDMMYY", ("MMDDYY",)),
    ],
)  # fmt: skip
def test_the_order_of_a_day_is_decided_by_the_whole_column_or_open(
    cells: tuple[str, ...], form: str, open_: tuple[str, ...]
) -> None:
    found = looks.dates_of(column(*cells))
    if open_:
        assert {found.forms[0], *found.swapped} == {form, *open_}
    else:
        assert (found.forms, found.swapped) == ((form,), ())


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (("1.250,50", "85,00"), ","), (("1,250.50", "85.00"), "."), (("12,5", "1"), ","),
        (("1.250", "500", "12.000"), ","),
        (("1,250", "500"), "."), (("1.250.000", "500"), ","), (("1,25,000", "500"), "."), (("0.125", "1.5"), "."),
        (("85", "12"), "."),
    ],
)  # fmt: skip
def test_three_digits_behind_a_single_mark_are_thousands(cells: tuple[str, ...], mark: str) -> None:
    assert looks.decimal_of([column(*cells)]) == mark


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("big5", "帳務日期,支出金額,存入金額,餘額"),
        ("cp949", "거래일자,출금액,입금액,잔액"), ("euc_jp", "お引出し,お預入れ,残高"),
        ("cp1253", "Ημερομηνία;Χρέωση;Πίστωση;Υπόλοιπο"), ("cp1254", "İşlem Tarihi;Açıklama;Borç;Alacak"),
        ("cp866", "Дата;Приход;Расход;Остаток"), ("koi8_r", "Дата;Приход;Расход;Остаток"),
        ("cp874", "วันที่,ถอนเงิน,ฝากเงิน,ยอดคงเหลือ"), ("cp850", "Libellé;Débit;Crédit"), ("cp1250", "Částka;Zůstatek;Měna"),
        ("gb18030", "交易日期,收入金额,支出金额,余额"), ("cp1252", "Libellé;Débit;Crédit"),
    ],
)  # fmt: skip
def test_a_header_tells_its_letters(encoding: str, header: str) -> None:
    content = f"{header}\r\n2024-01-30,1\r\n".encode(encoding)
    assert letters(content, "s").splitlines()[0] == header


def test_every_word_of_a_header_is_text() -> None:
    for kind, table in words().items():
        for target, known in table.items():
            assert all(word == word.strip() and word for word in known), (kind, target)
