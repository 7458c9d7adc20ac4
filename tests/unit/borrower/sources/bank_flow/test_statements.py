"""Statements as tables: what is checked of them, mappings given and shipped, and damage of every kind."""

import io
import random

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.records import BANK_FLOW
from zhiwei.borrower.sources.bank_flow import default_mapping, read
from zhiwei.values import BadInput

from .layouts import LAYOUTS
from .test_camt import balance, detail, document, entry, statement
from .test_mt940 import FOOT, HEAD, TWO

SHIPPED = """账号：,6222021234567890
交易日期,交易时间,借贷标志,交易金额,账户余额,对方户名,摘要
2024-01-05,10:00:00,贷,100.00,200.00,A,x
2024-01-06,10:00:01,借,20.00,180.00,B,y
2024-01-07,10:00:01,借,20.00,160.00,B,y
"""


def workbook(text: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("封面").write(0, 0, "某银行")
        sheet = book.add_worksheet("明细")
        for row, line in enumerate(text.splitlines()):
            sheet.write_row(row, 0, line.split(","))
    return target.getvalue()


def test_the_shipped_mapping_reads_the_usual_statement() -> None:
    for content in (SHIPPED.encode(), SHIPPED.encode("gb18030"), workbook(SHIPPED)):
        found = read(content, "s", "P")
        assert found.tables["bank_flow"]["amount"].to_pylist() == [10000, -2000, -2000]
        assert found.tables["bank_flow"]["second"].to_pylist() == [36000, 36001, 36001]
        assert found.facts["account"] == "6222021234567890"
        assert (found.facts["opening"], found.facts["closing"]) == ("10000", "16000")
        assert not any("balance" in what for what in found.warnings)


def test_a_changed_figure_breaks_the_chain_and_is_named() -> None:
    """Chapter 8, forged statements: one break is enough to look at it."""
    found = read(SHIPPED.replace("180.00", "280.00").encode(), "s", "P")
    assert found.warnings["balance does not follow from the one before"] == 2
    assert found.facts["breaks"] == "2024-01-06 row 2 of the account, 2024-01-07 row 3 of the account"


def test_a_stated_opening_that_does_not_fit_is_counted() -> None:
    lines = SHIPPED.splitlines()
    for stated, off in (("100.00", 0), ("90.00", 1)):
        opened = [*lines[:2], f"2024-01-05,,,,{stated},,期初余额", *lines[2:]]
        found = read("\n".join(opened).encode(), "s", "P")
        assert found.tables["bank_flow"].num_rows == 3
        assert found.warnings["rows that only state a balance"] == 1
        assert found.warnings["a balance that is only stated does not fit the rows around it"] == off


def test_rows_that_repeat_are_counted_and_kept() -> None:
    text = "日期,金额,摘要\n" + "2024-01-05,5.00,a\n" * 2 + "2024-01-06,-6.00,a\n"
    found = read(text.encode(), "s", "P")
    assert found.tables["bank_flow"].num_rows == 3
    assert found.warnings["rows that repeat another in everything"] == 1


def test_several_accounts_in_a_file_have_their_own_order_and_balances() -> None:
    rows = ["A,2024-01-01,1.00,1.00", "B,2024-01-01,5.00,5.00", "A,2024-01-02,2.00,3.00", "B,2024-01-03,-1.00,4.00"]
    found = read("\n".join(["账号,交易日期,交易金额,余额", *rows]).encode(), "s", "P")
    told = [(row["account"], row["sequence"], row["balance"]) for row in found.tables["bank_flow"].to_pylist()]
    assert told == [("A", 1, 100), ("B", 1, 500), ("A", 2, 300), ("B", 2, 400)]
    assert (found.facts["closing A"], found.facts["closing B"]) == ("300", "400")
    assert "breaks" not in found.facts


def test_a_mapping_that_is_given_is_followed() -> None:
    mapping = Mapping.from_toml("""
        kind = "bank_flow"
        [columns]
        booked_on = "when"
        amount = "how much"
        [constants]
        account = "7"
        currency = "JPY"
        [formats]
        dates = ["MM/DD/YYYY"]
        [sign]
        rule = "negated"
    """)
    found = read(b"when,how much\n01/02/2024,1000\n02/02/2024,-5\n", "s", "P", mapping)
    rows = found.tables["bank_flow"].to_pylist()
    assert [(str(row["booked_on"]), row["amount"], row["currency"]) for row in rows] == [
        ("2024-01-02", -1000, "JPY"), ("2024-02-02", 5, "JPY")
    ]  # fmt: skip
    with pytest.raises(BadInput, match="missing_column"):
        read(b"when,amount\n01/02/2024,1\n", "s", "P", mapping)


def test_the_shipped_mapping_is_sound() -> None:
    assert Mapping.from_toml(default_mapping().to_toml()) == default_mapping()


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"\x00" * 100, b"%PDF-1.7", b"OFXHEADER:100", b"PK\x03\x04junk", b"a",
     b"a,b\n",
     "日期,金额\n".encode(), b"a,b\nx,y\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
     b"<html><table></table></html>"],
)  # fmt: skip
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read(content, "n", "P")


VALID = [
    SHIPPED.encode(), SHIPPED.encode("gb18030"), workbook(SHIPPED), (HEAD + TWO + FOOT).encode(),
    document(
        statement(balance("OPBD", "1.00"), entry("2.00", "CRDT", f"<NtryDtls>{detail('2.00', 'Dbtr', 'A')}</NtryDtls>"))
    ),
    *(content for content, _ in LAYOUTS.values()),
]  # fmt: skip


def mutated(content: bytes, seed: int) -> bytes:
    chance, damaged = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, other = chance.randrange(len(damaged) + 1), chance.randrange(len(damaged) + 1)
        match chance.randrange(4):
            case 0:
                damaged[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del damaged[at : at + chance.randint(1, 40)]
            case 2:
                damaged[at:at] = damaged[other : other + chance.randint(1, 60)]
            case _:
                damaged[at:at] = bytes([chance.randrange(256)]) * chance.randint(1, 5)
    return bytes(damaged)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(VALID), st.integers(0, 2**32))
def test_damage_is_refused_or_understood_and_nothing_else(content: bytes, seed: int) -> None:
    try:
        found = read(mutated(content, seed), "d", "P")
    except BadInput:
        return
    table = found.tables["bank_flow"]
    assert table.schema == BANK_FLOW
    for needed in ("party_id", "booked_on", "amount", "sequence"):
        assert table[needed].null_count == 0


@settings(max_examples=50, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet="日期,;\t\n\"'.-019:6012025CDEUR<>/?abc", max_size=300).map(str.encode),
    )
)
def test_noise_is_refused_or_understood(content: bytes) -> None:
    try:
        found = read(content, "n", "P")
    except BadInput:
        return
    assert found.tables["bank_flow"].schema == BANK_FLOW
