"""Cards, accounts, meters, vehicles."""

import pytest
import stdnum.luhn
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import read_account, read_bank_card, read_meter_account, read_plate, read_vin
from zhiwei.borrower.identity.forms import vin_digit
from zhiwei.values import BadInput


@pytest.mark.parametrize("card", ["6222020200112345679", "6228480012345678903", "6217001234567890122"])
def test_cards_end_with_a_luhn_digit(card: str) -> None:
    """TV 1.6."""
    assert read_bank_card(f"{card[:4]} {card[4:]}").facts == {"scheme": "unionpay"}
    with pytest.raises(BadInput) as trouble:
        read_bank_card(card[:-1] + str((int(card[-1]) + 1) % 10))
    assert trouble.value.code == "bad_card_digit"


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 18), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_a_card_is_noticed(body: str, at: int, digit: str) -> None:
    card = body + stdnum.luhn.calc_check_digit(body)
    if len(set(card)) > 1:
        assert read_bank_card(card).value == card
    changed = card[:at] + digit + card[at + 1 :]
    if at < len(card) and changed != card:
        with pytest.raises(BadInput):
            read_bank_card(changed)


@pytest.mark.parametrize(
    "text", ["", "622202020011", "62220202001123456791", "0000000000000000", "622202020011234567X"]
)
def test_what_is_no_card(text: str) -> None:
    with pytest.raises(BadInput):
        read_bank_card(text)


def test_a_companys_account_is_no_card_and_is_read_all_the_same() -> None:
    account = "6222020200112345670"
    with pytest.raises(BadInput):
        read_bank_card(account)
    assert read_account(account).warnings == ("unchecked",)


@pytest.mark.parametrize("text", ["", "12345", "0000000000", "1" * 33, "12345A"])
def test_what_is_no_account(text: str) -> None:
    with pytest.raises(BadInput):
        read_account(text)


@pytest.mark.parametrize(("text", "value"), [("3301 0012 3456", "330100123456"), ("gd12345", "GD12345")])
def test_a_meter_account_is_free(text: str, value: str) -> None:
    assert read_meter_account(text).value == value


def test_the_vin_of_the_standard() -> None:
    """TV 1.7."""
    assert read_vin("1m8gdm9axkp042788").facts == {"maker": "1M8"}
    assert vin_digit("1M8GDM9A0KP042788") == "X"


@given(
    st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from("0123456789"),
)
def test_one_digit_put_for_another_in_a_vin_is_noticed(body: str, at: int, digit: str) -> None:
    vin = body[:8] + vin_digit(body) + body[9:]
    assert read_vin(vin).value == vin
    if vin[at].isdigit() and vin[at] != digit:
        with pytest.raises(BadInput):
            read_vin(vin[:at] + digit + vin[at + 1 :])


@pytest.mark.parametrize("text", ["", "1M8GDM9AXKP04278", "1M8GDM9AXKPO42788", "1M8GDM9A1KP042788"])
def test_what_is_no_vin(text: str) -> None:
    with pytest.raises(BadInput):
        read_vin(text)


@pytest.mark.parametrize(
    ("text", "province", "use"),
    [
        ("京A·12345", "11", "ordinary"), ("粤b12345", "44", "ordinary"), ("浙AD12345", "33", "new_energy"),
        ("沪A12345F", "31", "new_energy"), ("冀B1234挂", "13", "trailer"), ("粤Z1234港", "44", "cross_border"),
        ("京A1234警", "11", "police"), ("苏A1234学", "32", "learner"),
    ],
)  # fmt: skip
def test_plates(text: str, province: str, use: str) -> None:
    assert read_plate(text).facts == {"province": province, "use": use}


@pytest.mark.parametrize(
    "text", ["", "京A1234", "京AI2345", "国A12345", "京A123456", "京AD1234O", "A12345", "京112345"]
)
def test_what_is_no_plate(text: str) -> None:
    with pytest.raises(BadInput):
        read_plate(text)
