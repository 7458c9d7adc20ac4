"""What a JSON value must be to become a cell, and what a message may show of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn as oracle

from zhiwei.borrower.reading import readers as r
from zhiwei.values import yuan

CARDS = ("6222020200112345679", "6228480012345678903", "6217001234567890122")  # TV 1.6, synthetic
IDS = ("11010519491231002X", "440524188001010014")  # TV 1.5


@pytest.mark.parametrize("card", CARDS)
def test_cards_pass_luhn_and_one_more_does_not(card: str) -> None:
    assert r.luhn(card)
    assert not r.luhn(card[:-1] + str((int(card[-1]) + 1) % 10))


@given(st.text("0123456789", min_size=1, max_size=30))
def test_luhn_is_the_oracles(number: str) -> None:
    assert r.luhn(number) == oracle.is_valid(number)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("form", ["{}", "card {}", "卡号{}", "{}#2", " {} "])
def test_a_card_number_is_no_token(card: str, form: str) -> None:
    grouped = " ".join(card[at : at + 4] for at in range(0, len(card), 4))
    wide = card.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for written in (card, grouped, grouped.replace(" ", "-"), wide):
        with pytest.raises(ValueError, match="a full card number: it must be tokenised"):
            r.token(form.format(written))


@pytest.mark.parametrize("number", [*IDS, "11010519491231002x"])
def test_a_citizens_id_is_no_token(number: str) -> None:
    with pytest.raises(ValueError, match="a citizen's ID: it must be tokenised"):
        r.token(number)


@pytest.mark.parametrize(
    "written",
    [
        "tok_9f2c", "****5679", "622202******5679", "6222020200112345670", "123456789012",
        "0f6222020200112345679ab", "110105194913310021", "9c1185a5c5e9fc54612808977ee8f548b2258d31",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)  # fmt: skip
def test_a_token_is_taken(written: str) -> None:
    """Masked, hashed, too short, a wrong check digit, or no day of birth: nobody's number."""
    assert r.token(written) == written


@pytest.mark.parametrize("number", [*CARDS, *IDS])
def test_no_message_shows_a_number(number: str) -> None:
    for said in (number, f"paid by {number}, thanks", f"{'x' * 50} {number}", f"  {number}"):
        assert number not in r.shown(said)
        assert number[:8] not in r.shown(said)
    assert r.shown(number).endswith(number[-4:])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""), ({"a": 1}, "an object"), ([1], "a list"), (True, "True"), (Decimal("1.50"), "1.50"), (12, "12"),
        (10**400, "a number out of reason"), ("a\nb\x00", "a�b�"), ("\ud800", "�"), ("x" * 100, "x" * 59 + "…"),
    ],
)  # fmt: skip
def test_what_is_shown(value: Any, said: str) -> None:
    assert r.shown(value) == said


@given(st.one_of(st.text(), st.integers(), st.decimals(), st.booleans(), st.none()))
def test_what_is_shown_is_short_and_can_be_printed(value: Any) -> None:
    assert len(r.shown(value)) <= 60
    assert r.shown(value).isprintable()


@given(st.integers(-(10**15), 10**15))
def test_money_to_the_last_fen(minor: int) -> None:
    assert r.money(yuan(minor)) == minor
    assert r.money(Decimal(yuan(minor))) == minor


@pytest.mark.parametrize("value", ["12", 12, Decimal("12.00"), " 12.0 ", "12.000"])
def test_money_is_written_in_many_ways(value: Any) -> None:
    assert r.money(value) == 1200


@pytest.mark.parametrize(
    "value",
    [
        True, 1.5, [], {}, "1,234.50", "¥12", "12.345", Decimal("0.001"), "1e3", Decimal("1E+3"), "+5", "--5", ".5",
        "5.", "NaN", "Infinity", "１２", "10000000000000000", 10**17, "12 元", "1_000",
    ],
)  # fmt: skip
def test_what_is_no_money(value: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        r.money(value)


def test_a_charge_is_not_below_zero() -> None:
    assert r.charge("0") == 0
    with pytest.raises(ValueError, match="zero or more"):
        r.charge("-0.01")


@given(st.dates(min_value=date(1990, 1, 1)))
def test_days_are_iso(on: date) -> None:
    assert r.day(on.isoformat()) == on == r.any_day(f" {on} ")


@pytest.mark.parametrize(
    "value",
    ["2024-02-30", "20240301", "2024-W01-1", "2024/03/01", "2024-3-1", "２０２４-03-01", 20240301, True, "0000-01-01"],
)
def test_what_is_no_day(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a day such as 2024-03-01"):
        r.any_day(value)


def test_old_registers_have_old_days() -> None:
    assert r.any_day("1956-01-18") == date(1956, 1, 18)
    with pytest.raises(ValueError, match="from 1990-01-01 on"):
        r.day("1956-01-18")


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        ("2024-03-01T08:30:00", 8), ("2024-03-01 08:30:00", 8), ("2024-03-01T08:30:00.999", 8),
        ("2024-03-01T08:30:00+08:00", 8), ("2024-03-01T00:30:00Z", 8), ("2024-03-01T02:30:00+02:00", 8),
    ],
)  # fmt: skip
def test_times_are_chinas(value: str, hour: int) -> None:
    assert r.time(value) == datetime(2024, 3, 1, hour, 30)  # noqa: DTZ001 - records have China's time without a zone


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-01", "2024-03-01T24:00:01", "2024-02-30T10:00:00", "2024-03-01T10:00", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00", 1709251200, "2024-W09-5T10:00:00", "1989-12-31T23:00:00",
    ],
)  # fmt: skip
def test_what_is_no_time(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a time"):
        r.time(value)


@pytest.mark.parametrize("value", ["0.3", Decimal("0.3"), "0.30"])
def test_shares(value: Any) -> None:
    assert r.share(value) == 0.3


@pytest.mark.parametrize("value", ["30%", "1.01", 30, "-0.1", "NaN", True, "", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_share(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a share"):
        r.share(value)


@pytest.mark.parametrize("value", ["-1", "1000000000001", "12 kWh", "1,000", "inf", False])
def test_what_is_no_quantity(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a number from 0"):
        r.quantity(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12, "in quotes"),
        ("a\x00b", "control"),
        ("a\u0085b", "control"),
        ("a\ud800", "control"),
        ("x" * 201, "at most 200"),
    ],
)
def test_what_is_no_text(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        r.text(value)


def test_a_word_of_a_list() -> None:
    read = r.one_of({"paid": "paid", "已付款": "paid"})
    assert read("已付款") == read(" paid ") == "paid"
    with pytest.raises(ValueError, match="expected one of paid, 已付款"):
        read("Paid")
