"""Files of instruments/: a bill, a lease, goods or receivables with every figure a pocket calculator gives."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.loans.instruments import (
    Bill,
    Discount,
    Eligibility,
    Lease,
    Pledge,
    Receivable,
    borrowing_base,
    lease_plan,
    lease_test,
    lease_worth,
    settle,
)
from zhiwei.loans.terms import Interest
from zhiwei.values import fen, grouped

ROOM = Path(__file__).parent / "instruments"
RESULT = re.compile(r"^([a-z][a-z0-9,.\- ]{0,30}): (.+)$", re.MULTILINE)


def files(kind: str) -> list[Path]:
    return sorted(ROOM.glob(f"{kind}_*.txt"))


def results(text: str) -> dict[str, str]:
    """The `name: figure` lines after the instrument's own."""
    return dict(RESULT.findall(text)[1:])


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", files("bill"), ids=named)
def test_a_bill(path: Path) -> None:
    text = path.read_text("utf-8")
    face, on, matures, percent, calendar = re.search(
        r"^bill: (\S+) discounted (\S+) matures (\S+) at (\S+) % calendar (\w+)$", text, re.MULTILINE
    ).groups()
    day = date.fromisoformat(on)
    found = Discount(Bill(fen(face), day, date.fromisoformat(matures), calendar=calendar), day, Decimal(percent) / 100)
    said = results(text)
    shown = {
        "paid on": found.bill.paid_on.isoformat(), "days": str(found.days), "interest": grouped(found.interest),
        "net": grouped(found.net),
    }  # fmt: skip
    for name in said:
        if name.startswith("earned by "):
            until = date.fromisoformat(name.split()[-1])
            shown[name] = grouped(found.earned(until))
            assert found.earned(until) + found.unearned(until) == found.interest
    assert shown == said


@pytest.mark.parametrize("path", files("lease"), ids=named)
def test_a_lease(path: Path) -> None:
    text = path.read_text("utf-8")
    price, down, months, percent, start, residual = re.search(
        r"^lease: (\S+) down (\S+) for (\d+) months at (\S+) % from (\S+) residual (\S+)$", text, re.MULTILINE
    ).groups()
    interest = Interest(Decimal(percent) / 100, full_months=True)
    lease = Lease(fen(price), fen(down), int(months), date.fromisoformat(start), interest, fen(residual))
    rows = lease_plan(lease)
    said = results(text)
    shown = {}
    for name in said:
        number = int(re.search(r"\d+", name)[0])
        row = rows[number - 1]
        worth = lease_worth(lease.price, number, Decimal("0.65"), Decimal("0.15"))
        tested = lease_test(row.balance, worth)
        rent, part, left = map(grouped, (row.payment, row.interest, row.balance))
        shown[name] = {
            "row": f"{row.due_on} rent {rent} interest {part} balance {left}",
            "worth": grouped(worth), "ltv": f"{tested.ltv * 100:.2f} %", "uncovered": grouped(tested.uncovered),
        }[name.split()[0]]  # fmt: skip
    assert shown == said


@pytest.mark.parametrize("path", files("inventory"), ids=named)
def test_goods(path: Path) -> None:
    text = path.read_text("utf-8")
    quantity, price, *shares = re.search(
        r"^goods: (\S+) at (\S+) rate (\S+) watch (\S+) close (\S+)$", text, re.MULTILINE
    ).groups()
    pledge = Pledge(Decimal(quantity), fen(price), *map(Decimal, shares))
    said = results(text)
    shown = {
        "loan": grouped(pledge.loan), "watch line": grouped(pledge.watch_line), "close line": grouped(pledge.close_line)
    }  # fmt: skip
    for name in said:
        if name.startswith("at "):
            today = fen(name.split()[-1])
            call = pledge.call(pledge.loan, today)
            lacks = f"cash {grouped(call.cash)} or goods {call.goods}" if call else "nothing lacks"
            shown[name] = f"{pledge.state(today)}, {lacks}"
    assert shown == said


@pytest.mark.parametrize("path", files("receivable"), ids=named)
def test_receivables(path: Path) -> None:
    text = path.read_text("utf-8")
    on, said = date.fromisoformat(re.search(r"^on: (\S+)$", text, re.MULTILINE)[1]), results(text)
    rows = [line.split() for line in text.partition("\nnumber ")[2].partition("\n\n")[0].splitlines()[1:]]
    found = borrowing_base(
        [
            Receivable(number, debtor, fen(amount), date.fromisoformat(due), flag == "related", flag == "disputed")
            for number, debtor, amount, due, flag, *_ in rows
        ],
        fen(said.pop("limit")),
        Eligibility(Decimal("0.8"), 90, Decimal("0.5"), Decimal("0.5")),
        on,
    )
    assert [[grouped(one.counted), ",".join(one.reasons) or "-"] for one in found.tested] == [row[5:] for row in rows]
    assert said == {
        "eligible": grouped(found.eligible), "advance": grouped(found.advance), "reserve": grouped(found.reserve)
    }  # fmt: skip


@pytest.mark.parametrize("path", files("settle"), ids=named)
def test_a_debtors_money(path: Path) -> None:
    rows = [line.split() for line in path.read_text("utf-8").partition("\npaid ")[2].splitlines()[1:]]
    for paid, advance, charges, recourse, held, *parts in rows:
        done = settle(fen(paid), fen(advance), fen(charges), recourse=recourse == "yes", held=fen(held))
        shown = [done.charges, done.advance, done.to_seller, done.kept, done.from_seller, done.lost]
        assert [grouped(amount) for amount in shown] == parts
    assert len(rows) == 6


def test_the_tables_are_there() -> None:
    assert [len(files(kind)) for kind in ("bill", "lease", "inventory", "receivable", "settle")] == [3, 2, 1, 1, 1]
