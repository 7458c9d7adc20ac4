"""Identity numbers and mobile numbers."""

from datetime import date, timedelta

import pytest
import stdnum.cn.ric
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import age, read_id_card, read_mobile
from zhiwei.borrower.identity.forms import person_digit
from zhiwei.values import BadInput

days = st.dates(date(1900, 1, 1), date(2020, 12, 31))


@st.composite
def id_cards(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["110105", "330106", "440524", "510104", "810000", "820000", "830000"]))
    body = f"{region}{draw(days):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + person_digit(body)


def test_the_standards_examples() -> None:
    """TV 1.5: sums 167 and 195; the second lived in a county that python-stdnum does not list."""
    found = read_id_card("11010519491231002X")
    assert found.facts == {
        "region": "110105", "province": "11", "born_on": date(1949, 12, 31), "sex": "female", "holder": "citizen",
    }  # fmt: skip
    old = read_id_card("440524188001010014")
    assert (old.facts["born_on"], old.facts["sex"], old.warnings) == (date(1880, 1, 1), "male", ("before_1900",))
    assert not stdnum.cn.ric.is_valid("440524188001010014")


def test_where_the_oracle_crashes() -> None:
    assert read_id_card("34052419800101001X").facts["province"] == "34"
    with pytest.raises(KeyError):
        stdnum.cn.ric.is_valid("34052419800101001X")


@given(id_cards())
def test_check_digit_and_birth_date_are_the_oracles(number: str) -> None:
    assert stdnum.cn.ric.calc_check_digit(number) == number[17]
    assert read_id_card(number).facts["born_on"] == stdnum.cn.ric.get_birth_date(number)


@given(id_cards(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_one_wrong_digit_is_noticed(number: str, at: int, char: str) -> None:
    changed = number[:at] + char + number[at + 1 :]
    if changed != number:
        with pytest.raises(BadInput):
            read_id_card(changed)


@pytest.mark.parametrize(("region", "holder"), [("810000", "香港"), ("820000", "澳门"), ("830000", "台湾")])
def test_residence_permits(region: str, holder: str) -> None:
    body = f"{region}19900101123"
    found = read_id_card(body + person_digit(body))
    assert (found.facts["holder"], found.facts["sex"], found.warnings) == (holder, "male", ())


@pytest.mark.parametrize(("region", "warnings"), [("990101", ("unsure_form",)), ("380101", ("unknown_place",))])
def test_an_unknown_place_is_a_warning(region: str, warnings: tuple[str, ...]) -> None:
    body = f"{region}19900101123"
    assert read_id_card(body + person_digit(body)).warnings == warnings


@pytest.mark.parametrize("birth", ["19900230", "19901301", "19010229", "00010101", "17991231"])
def test_a_day_that_never_was(birth: str) -> None:
    body = f"110105{birth}002"
    with pytest.raises(BadInput) as trouble:
        read_id_card(body + person_digit(body))
    assert trouble.value.code == "bad_birth_date"


def test_nobody_is_born_tomorrow() -> None:
    body = "11010520200102002"
    number = body + person_digit(body)
    assert read_id_card(number, on=date(2020, 1, 2)).value == number
    with pytest.raises(BadInput):
        read_id_card(number, on=date(2020, 1, 1))


def test_the_old_form_is_refused_by_name() -> None:
    with pytest.raises(BadInput) as trouble:
        read_id_card("110105491231002")
    assert trouble.value.code == "old_id_card"


@given(id_cards())
def test_no_error_repeats_the_number(number: str) -> None:
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    with pytest.raises(BadInput) as trouble:
        read_id_card(wrong)
    assert wrong not in str(trouble.value)


@given(days, st.integers(0, 40_000))
def test_age_counts_birthdays(born_on: date, later: int) -> None:
    on = born_on + timedelta(later)
    years = age(born_on, on)
    birthdays = sum(
        1
        for year in range(born_on.year + 1, on.year + 1)
        if (year, born_on.month, born_on.day) <= (on.year, on.month, on.day)
    )
    assert years == birthdays


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138-0013-8000",
        "86 13800138000",
        "008613800138000",
        "(+86)13800138000",
        "１３８００１３８０００",
    ],
)
def test_ways_to_write_a_mobile_number(text: str) -> None:
    assert read_mobile(text).value == "13800138000"


@pytest.mark.parametrize(
    ("prefix", "virtual"),
    [("162", True), ("165", True), ("167", True), ("170", True), ("171", True), ("172", False), ("138", False)],
)
def test_virtual_carriers_are_flagged(prefix: str, virtual: bool) -> None:
    assert (read_mobile(prefix + "12345678").warnings == ("virtual_carrier",)) is virtual


@pytest.mark.parametrize("text", ["", "12800138000", "1380013800", "138001380001", "0571-88888888", "+8513800138000"])
def test_what_is_no_mobile_number(text: str) -> None:
    with pytest.raises(BadInput):
        read_mobile(text)
