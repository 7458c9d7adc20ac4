"""Files of provisions/: a book by class, its allowance and ratios; expected losses; the regulator's own figures."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.credit.monitoring import CLASSES, Exposure, expected_loss, floor, gap, ratios, required
from zhiwei.values import fen, grouped, quantized

ROOM = Path(__file__).parent / "provisions"
BOOKS = [path for path in sorted(ROOM.glob("*.txt")) if "standard: " in path.read_text("utf-8")]


def percent(share: Decimal) -> str:
    return f"{quantized(share * 100, '0.01')} %"


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_a_book_is_provided_for_as_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    standard, day = re.search(r"^standard: (\w+), on (\S+)$", text, re.MULTILINE).groups()
    on = date.fromisoformat(day)
    rows = re.findall(r"^(\w+) +([\d,.]+) +([\d,.]+)$", text, re.MULTILINE)
    assert [name for name, *_ in rows] == [*CLASSES]
    balances = {name: fen(balance) for name, balance, _ in rows}
    provision = required(balances, on, standard)
    share = ratios(balances, provision.total)
    assert {name: grouped(amount) for name, amount in provision.special.items()} == {n: s for n, _, s in rows}
    shown = {
        "general": grouped(provision.general), "total": grouped(provision.total), "bad loans": percent(share.bad),
        "coverage": percent(share.coverage), "allowance to loans": percent(share.allowance),
        "floor": grouped(floor(balances, on)), "gap": grouped(gap(balances, provision.total, on)),
    }  # fmt: skip
    assert shown == dict(re.findall(r"^(\w[\w ]+): ([\d,.]+(?: %)?)$", text, re.MULTILINE))


def test_expected_losses() -> None:
    rows = (ROOM / "tv_6_4_expected_loss.txt").read_text("utf-8").partition("\nstage ")[2].splitlines()[1:]
    for stage, exposures, probabilities, lgd, discount, loss in map(str.split, rows):
        amounts = tuple(map(fen, exposures.split(";")))
        exposure = Exposure(amounts, tuple(map(Decimal, probabilities.split(";"))), Decimal(lgd), Decimal(discount))
        assert grouped(expected_loss(exposure, int(stage))) == loss
    assert len(rows) == 5


def test_the_regulators_figures() -> None:
    """A book of those shares has the ratio that is their product."""
    rows = re.findall(
        r"^20\d\dQ\d +([\d.]+) % +([\d.]+) % +([\d.]+) %$",
        (ROOM / "tv_6_3_identity.txt").read_text("utf-8"),
        re.MULTILINE,
    )
    for bad, coverage, allowance in rows:
        lost = int(Decimal(bad) * 10**10)
        book = {"normal": 10**12 - lost, "substandard": lost}
        found = ratios(book, int(lost * Decimal(coverage) / 100))
        assert (percent(found.bad), percent(found.coverage)) == (f"{bad} %", f"{coverage} %")
        assert percent(found.allowance) == f"{allowance} %"
    assert len(rows) == 2


def test_the_tables_are_there() -> None:
    assert len(BOOKS) >= 3
