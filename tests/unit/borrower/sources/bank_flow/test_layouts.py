"""A bank's own table, guessed: real layouts, and any made of the parts that layouts are made of."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.records import BANK_FLOW
from zhiwei.borrower.sources.bank_flow import read
from zhiwei.values import yuan

from .layouts import LAYOUTS


def told(table: pa.Table) -> list[tuple[str, int, int | None]]:
    return [(str(row["booked_on"]), row["amount"], row["balance"]) for row in table.to_pylist()]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_guessed(name: str) -> None:
    content, rows = LAYOUTS[name]
    found = read(content, name, "P").tables["bank_flow"]
    assert sorted(told(found)) == sorted(rows)
    assert found.schema == BANK_FLOW
    assert set(found["party_id"].to_pylist()) == {"P"}
    assert [row["sequence"] for row in found.to_pylist()] == list(range(1, len(rows) + 1))


def test_letters_and_accounts_are_right() -> None:
    """Encodings: Windows-1252, -1250, -1251 and GB18030; the account from a column or from the titles."""
    wanted = {
        "dkb": ("DE12345678901234567890", "EUR", "Ich", "Lohn"),
        "danske": (None, None, None, "Kunde A/S"),
        "mbank pl": (None, None, "KLIENT", "PRZELEW PRZYCHODZĄCY"),
        "russian": ("40702810900000000001", "RUB", None, "Оплата по счету 7"),
        "icbc": ("6222080012345678", "CNY", "客户公司", "汇款"),
        "cmb dr cr corporate": ("571900001110901", "CNY", "客户公司", "货款"),
        "credit agricole": ("12345678901", "EUR", None, "VIREMENT CLIENT"),
    }
    for name, (account, currency, counterparty, text) in wanted.items():
        row = read(LAYOUTS[name][0], name, "P").tables["bank_flow"].to_pylist()[0]
        assert (row["account"], row["currency"], row["counterparty"], row["text"]) == (
            account, currency, counterparty, text
        ), name  # fmt: skip


DATES = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y")
HEADERS = {
    "zh": ("交易日期", "摘要", "交易金额", "收入", "支出", "余额", "借贷标志", "贷", "借"),
    "en": ("Date", "Description", "Amount", "Money in", "Money out", "Balance", "Dr/Cr", "CR", "DR"),
    "de": ("Buchungstag", "Verwendungszweck", "Betrag", "Haben", "Soll", "Saldo", "Soll/Haben", "H", "S"),
    "xx": ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "credit", "debit"),
}
movements = st.lists(
    st.tuples(st.integers(1, 40), st.integers(-10**7, 10**7).filter(bool)),
    min_size=4, max_size=30, unique_by=lambda movement: movement[1],
)  # fmt: skip


def money(minor: int, comma: bool) -> str:
    text = f"{minor / 100:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if comma else text


@settings(max_examples=40, deadline=None)
@given(
    movements, st.sampled_from(DATES), st.sampled_from(sorted(HEADERS)), st.booleans(), st.booleans(),
    st.sampled_from(["signed", "two", "direction"]),
)  # fmt: skip
def test_any_layout_with_balances_is_guessed(
    moved: list[tuple[int, int]], form: str, language: str, comma: bool, backwards: bool, rule: str
) -> None:
    """The chain of balances settles amounts, signs and order, whatever the words; days need one after the 12th."""
    day, balance, truth = date(2023, 11, 20), 5_000_000, []
    for gap, amount in [(0, -1234), *moved]:
        day, balance = day + timedelta(days=gap), balance + amount
        truth.append((str(day), amount, balance))
    names, lines = HEADERS[language], []
    used = {"signed": names[2:3], "two": names[3:5], "direction": (names[2], names[6])}[rule]
    for on, amount, after in reversed(truth) if backwards else truth:
        cells = {
            "signed": [money(amount, comma)],
            "two": [money(amount, comma), ""] if amount > 0 else ["", money(-amount, comma)],
            "direction": [money(abs(amount), comma), names[7] if amount > 0 else names[8]],
        }[rule]
        lines.append(";".join([date.fromisoformat(on).strftime(form), "some words", *cells, money(after, comma)]))
    header = ";".join([names[0], names[1], *used, names[5]])
    content = "\n".join(["A statement", "", header, *lines, ""]).encode("gb18030" if language == "zh" else "utf-8")
    found = read(content, "any.csv", "P")
    assert told(found.tables["bank_flow"]) == truth
    assert not found.problems
    assert "breaks" not in found.facts
    assert found.facts["opening"] == str(5_000_000)
    assert found.facts["closing"] == str(balance), yuan(balance)
