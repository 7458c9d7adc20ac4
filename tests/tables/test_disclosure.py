"""What a day's rate is in a year (TV 5.13), and what flows cost: files of disclosure/ (TV 5.11, 5.12)."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.loans.rates.disclosure import Cost, annualised, by_date, by_period, cost_sheet, daily_rate
from zhiwei.values import fen, grouped, quantized

ROOM = Path(__file__).parent / "disclosure"
FLOWS = [path for path in sorted(ROOM.glob("*.txt")) if "every: " in path.read_text("utf-8")]

GOLDEN = """
daily    x 360   x 365    compounded
0.033 %  11.88   12.045   12.80
0.03 %   10.80   10.950   11.57
0.05 %   18.00   18.250   20.02
0 %      0.00    0.000    0.00
"""


@pytest.mark.parametrize("row", GOLDEN.strip().splitlines()[1:])
def test_a_daily_rate_as_yearly_figures(row: str) -> None:
    """TV 5.13 is the first row; the others are (1 + d) ** 365 - 1 by calculator."""
    daily, _, contract, simple, compounded = row.split()
    shown = annualised(Decimal(daily) / 100)
    assert shown == {"contract_360": contract, "simple_365": simple, "compounded": compounded}


@pytest.mark.parametrize(("annual", "basis", "daily"), [("0.1188", 360, "0.000330"), ("0.073", 365, "0.000200")])
def test_a_yearly_rate_by_the_day(annual: str, basis: int, daily: str) -> None:
    assert str(daily_rate(Decimal(annual), basis)) == daily


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_flows_cost_what_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    every = re.search(r"^every: (\w+)$", text, re.MULTILINE)[1]
    if every == "month":
        lines = re.findall(r"^flow: ([-\d,.]+)(?: x (\d+))?$", text, re.MULTILINE)
        rate = by_period([fen(amount) for amount, times in lines for _ in range(int(times or 1))])
    else:
        dated = re.findall(r"^flow: (\S+-\d\d) (\S+)$", text, re.MULTILINE)
        rate = by_date([(date.fromisoformat(day), fen(amount)) for day, amount in dated])
    simple, compound = percent(rate.simple, 2), percent(rate.compound, 2)
    assert (
        f"{percent(rate.periodic, 5)} a {every}, {simple} simple, {compound} compounded"
        == re.search(r"^rate: (.+)$", text, re.MULTILINE)[1]
    )


def test_every_cost_has_its_line() -> None:
    text = (ROOM / "the_cost_sheet.txt").read_text("utf-8")
    received, repaid = ([dated(line)] for line in re.findall(r"^re(?:ceived|paid): (.+)$", text, re.MULTILINE))
    rows = re.findall(r"^(\S+) +(20\S+ \S+) +(\S+ %)$", text, re.MULTILINE)
    sheet = cost_sheet(received, repaid, [Cost(name, (dated(paid),)) for name, paid, _ in rows])
    assert [(row.name, percent(row.adds, 4)) for row in sheet.rows] == [(name, adds) for name, _, adds in rows]
    whole = (
        f"{grouped(sheet.amount)}, {percent(sheet.rate.simple, 4)} simple, {percent(sheet.rate.compound, 4)} compounded"
    )
    assert whole == re.search(r"^all: (.+)$", text, re.MULTILINE)[1]
    assert len(rows) == 3


def dated(text: str) -> tuple[date, int]:
    day, amount = text.split()
    return date.fromisoformat(day), fen(amount)


def percent(rate: Decimal, places: int) -> str:
    return f"{quantized(rate * 100, str(Decimal(1).scaleb(-places)))} %"


def test_the_tables_are_there() -> None:
    assert len(FLOWS) >= 6
