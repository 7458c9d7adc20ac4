"""Places, trades and merchants by the form of their codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import read_industry, read_mcc, read_region, section_of
from zhiwei.borrower.identity.codes import lists
from zhiwei.values import BadInput


@pytest.mark.parametrize(
    ("code", "level", "province"),
    [
        ("330000", "province", "浙江省"),
        ("330100", "city", "浙江省"),
        ("330106", "county", "浙江省"),
        ("469001", "county", "海南省"),
    ],
)
def test_regions(code: str, level: str, province: str) -> None:
    region = read_region(code)
    assert region.province is not None
    assert (region.level, region.province.zh) == (level, province)


def test_an_unknown_province_is_no_error() -> None:
    assert read_region("380101").province is None


@pytest.mark.parametrize("code", ["", "33010", "3301066", "33010A", "000106", "330006"])
def test_what_is_no_region(code: str) -> None:
    with pytest.raises(BadInput):
        read_region(code)


def test_the_lists_are_whole() -> None:
    """34 provinces, 31 of them with plates; 20 sections that share out divisions 1 to 97 without gap or overlap."""
    provinces = lists().provinces.values()
    plates = [province.short for province in provinces if province.short]
    assert (len(provinces), len(plates), len(set(plates))) == (34, 31, 31)
    assert "".join(section.code for section in lists().sections) == "ABCDEFGHIJKLMNOPQRST"
    covered = [division for section in lists().sections for division in range(section.first, section.last + 1)]
    assert covered == list(range(1, 98))


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [("F", "F", "section"), ("51", "F51", "division"), ("f51", "F51", "division"), ("512", "F512", "group"),
     ("F5112", "F5112", "class"), ("0111", "A0111", "class"), ("97", "T97", "division")],
)  # fmt: skip
def test_industries(text: str, code: str, level: str) -> None:
    industry = read_industry(text)
    assert (industry.code, industry.level) == (code, level)


@pytest.mark.parametrize("text", ["", "U", "00", "98", "5", "51123", "C51", "AA", "５１１２３"])
def test_what_is_no_industry(text: str) -> None:
    with pytest.raises(BadInput):
        read_industry(text)


@given(st.integers(1, 97))
def test_letter_and_division_agree(division: int) -> None:
    section = section_of(division)
    assert section is not None
    assert read_industry(f"{section.code}{division:02d}") == read_industry(f"{division:02d}")


def test_there_are_no_other_divisions() -> None:
    assert section_of(0) is None
    assert section_of(98) is None


def test_mcc() -> None:
    assert read_mcc(" 5411") == "5411"
    for text in ("", "0000", "541", "54111", "54A1"):
        with pytest.raises(BadInput):
            read_mcc(text)
