"""What a string can be, and that no string at all is more than refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import IDENTIFIERS, identify, is_valid, normal, read
from zhiwei.values import BadInput

EXAMPLES = {
    "uscc": "91110000600037341L",
    "id_card": "11010519491231002X",
    "organisation_code": "600037341",
    "vin": "1M8GDM9AXKP042788",
    "bank_card": "6222020200112345679",
    "taxpayer_no": "110000600037341",
    "mobile": "13800138000",
    "plate": "京A12345",
    "e_invoice": "26537912570200055449",
    "invoice": "440304214001234567",
    "bill": "131333100001420190430123456789",
    "declaration": "222920191123456789",
    "family_farm_code": "Y1330106MA12345678",
    "merchant_no": "898330154110001",
    "account": "3301040160000123456",
    "meter_account": "330100123456",
    "land_contract": "杭农地承包权(2016)第00123号",
}
ORDER = list(IDENTIFIERS)


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(IDENTIFIERS)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_is_read_and_read_again(kind: str) -> None:
    found = read(kind, EXAMPLES[kind])
    assert found.kind == kind
    assert read(kind, found.value) == found, "the normal form reads as itself"
    assert hash(found) == hash(read(kind, found.value))


@pytest.mark.parametrize("kind", [kind for kind in EXAMPLES if not IDENTIFIERS[kind].free])
def test_an_example_is_identified(kind: str) -> None:
    kinds = [found.kind for found in identify(EXAMPLES[kind])]
    assert kind in kinds
    assert kinds == sorted(kinds, key=ORDER.index), "those with a check digit first"


def test_a_free_form_is_named_where_nothing_else_fits() -> None:
    assert [found.kind for found in identify("GD12345")] == ["meter_account", "land_contract"]
    assert "land_contract" not in [found.kind for found in identify(EXAMPLES["uscc"])]


@pytest.mark.parametrize("kind", [kind for kind in EXAMPLES if IDENTIFIERS[kind].checked])
def test_kinds_that_promise_it_notice_any_one_wrong_digit(kind: str) -> None:
    value = EXAMPLES[kind]
    wrong = [
        value[:at] + digit + value[at + 1 :]
        for at, char in enumerate(value) if char.isdigit()
        for digit in "0123456789" if digit != char
    ]  # fmt: skip
    assert wrong
    assert not [each for each in wrong if is_valid(kind, each)]


def test_nothing_is_nothing() -> None:
    assert identify("") == ()
    assert identify("无") == ()


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(BadInput) as trouble:
        read("passport", "E12345678")
    assert trouble.value.code == "unknown_identifier"


@given(st.text(max_size=120) | st.text("0123456789XABCKNY京挂-－　 年", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for found in identify(text):
        assert found.value == normal(found.value)
        assert read(found.kind, found.value) == found


@given(st.sampled_from(ORDER), st.data())
def test_a_damaged_example_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    value = EXAMPLES[kind]
    at = data.draw(st.integers(0, len(value)))
    inserted = data.draw(st.text(max_size=3))
    text = value[:at] + inserted + value[at + data.draw(st.integers(0, 3)) :]
    assert is_valid(kind, text) in (True, False)


@given(st.text())
def test_the_normal_form_is_final(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_a_number_is_not_read_into_other_signs() -> None:
    """What Unicode would call compatible (²  ①  Arabic digits) stays what it is."""
    assert normal("²①٣ａ１ - b") == "²①٣A1B"
    assert not is_valid("mobile", "1380013800٠")
