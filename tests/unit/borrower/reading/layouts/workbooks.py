"""Workbooks: titles over merged cells, days as serial numbers, apostrophes, and the bank of India's columns."""

import io
from datetime import date
from typing import Any

import xlsxwriter

from .layout import Layout

LAYOUTS: dict[str, Layout] = {}


def workbook(rows: list[list[Any]], merged: int = 0, form: str = "dd/mm/yyyy") -> bytes:
    """An xlsx of these rows, the first `merged` of them over five columns; a date is a cell of that form."""
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        sheet, days = book.add_worksheet("Sheet1"), book.add_format({"num_format": form})
        for number, row in enumerate(rows):
            if number < merged:
                sheet.merge_range(number, 0, number, 4, row[0])
                continue
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                elif cell is not None:
                    sheet.write(number, place, cell)
    return into.getvalue()


_HEADER = [
    "Account No", "DATE", "TRANSACTION DETAILS", "CHQ.NO.", "VALUE DATE", " WITHDRAWAL AMT ", " DEPOSIT AMT ",
    "BALANCE AMT", ".",
]  # fmt: skip
FIRST, SECOND = "409000611074'", "409000493201'"


def _of(account: str, on: date, text: str, out: float | None, into: float | None, left: float) -> list[Any]:
    return [account, on, text, None, on, out, into, left, "."]


LAYOUTS["india, many accounts with an apostrophe"] = Layout(
    workbook([
        _HEADER,
        _of(FIRST, date(2017, 6, 29), "TRF FROM  Indiaforensic SERVICES", None, 1000000, 1000000),
        _of(FIRST, date(2017, 7, 5), "TRF FROM  Indiaforensic SERVICES", None, 1000000, 2000000),
        _of(FIRST, date(2017, 7, 18), "FDRL/INTERNAL FUND TRANSFE", 133900.5, None, 1866099.5),
        _of(FIRST, date(2017, 8, 1), "INDO GIBL Indiaforensic STL0", 2000000, None, -133900.5),
        _of(SECOND, date(2016, 4, 1), "Opening deposit", None, 3500.25, 3500.25),
        _of(SECOND, date(2016, 4, 13), "IMPS Beneficiary", 50, None, 3450.25),
    ]),
    [
        ("2017-06-29", 100000000, 100000000), ("2017-07-05", 100000000, 200000000),
        ("2017-07-18", -13390050, 186609950), ("2017-08-01", -200000000, -13390050),
        ("2016-04-01", 350025, 350025), ("2016-04-13", -5000, 345025),
    ],
    None, "409000611074", frozenset({"currency", "party"}),
)  # fmt: skip
LAYOUTS["merged titles and serial days"] = Layout(
    workbook([
        ["Statement of account"], ["Account No: 000123456789 Currency: SGD"], [],
        ["Date", "Description", "Amount", "Balance"],
        [45321, "Customer", 1250.5, 1250.5],
        [45322, "Electric", -85, 1165.5],
        [], ["Total", None, 1165.5, None],
    ], merged=2),
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "SGD", "000123456789",
)  # fmt: skip
LAYOUTS["itau empresas"] = Layout(
    workbook([
        ["Logotipo Itaú"], ["Extrato Conta Corrente"], ["Conta:", None, "00001-2"], [],
        ["Data", "Lançamento", "Razão Social", "CPF/CNPJ", "Valor (R$)", "Saldo (R$)"],
        ["29/01/2024", "SALDO ANTERIOR", None, None, None, 0],
        ["30/01/2024", "PIX RECEBIDO", "CLIENTE LTDA", None, 1250.5, None],
        ["30/01/2024", "SALDO TOTAL DISPONÍVEL DIA", None, None, None, 1250.5],
        ["31/01/2024", "BOLETO PAGO", "ENERGIA SA", None, -85, None],
        ["31/01/2024", "SALDO TOTAL DISPONÍVEL DIA", None, None, None, 1165.5],
    ], merged=2),
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None)],
    "BRL", "000012", aside=3,
)  # fmt: skip
