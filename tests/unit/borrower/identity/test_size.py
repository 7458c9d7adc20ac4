"""Size classes: the bounds of 2011 as a table, and what is answered where something is not known."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import size_class, year_of
from zhiwei.borrower.identity.size import CLASSES, standards
from zhiwei.values import BadInput, Refusal

DAY = date(2019, 5, 31)
WAN = 1_000_000  # 分


def at(industry: str, staff: int | None, revenue: int | None, assets: int | None) -> tuple[str, ...]:
    """Possible classes; revenue and assets in 万元."""
    fen = [None if value is None else value * WAN for value in (revenue, assets)]
    return size_class(industry, staff, fen[0], fen[1], DAY).possible


# industry, staff, revenue, assets -> class; every lower bound once met and once missed by one
GOLDEN = """
wholesale      6      900      -       micro
wholesale      25     4000     -       small
wholesale      5      1000     -       small
wholesale      4      1000     -       micro
wholesale      20     5000     -       medium
wholesale      19     5000     -       small
wholesale      200    40000    -       large
wholesale      199    40000    -       medium
wholesale      200    39999    -       medium
agriculture    -      49       -       micro
agriculture    -      50       -       small
agriculture    -      500      -       medium
agriculture    -      20000    -       large
industry       20     300      -       small
industry       19     300      -       micro
industry       300    2000     -       medium
industry       1000   40000    -       large
construction   -      300      300     small
construction   -      300      299     micro
construction   -      6000     5000    medium
construction   -      80000    80000   large
retail         10     100      -       small
retail         50     500      -       medium
retail         300    20000    -       large
transport      20     200      -       small
transport      300    3000     -       medium
transport      1000   30000    -       large
storage        20     100      -       small
storage        100    1000     -       medium
storage        200    30000    -       large
post           20     100      -       small
post           300    2000     -       medium
post           1000   30000    -       large
accommodation  10     100      -       small
accommodation  100    2000     -       medium
accommodation  300    10000    -       large
catering       10     100      -       small
catering       100    2000     -       medium
catering       300    10000    -       large
information    10     100      -       small
information    100    1000     -       medium
information    2000   100000   -       large
software       10     50       -       small
software       100    1000     -       medium
software       300    10000    -       large
real_estate    -      100      2000    small
real_estate    -      1000     5000    medium
real_estate    -      200000   10000   large
property       100    500      -       small
property       300    1000     -       medium
property       1000   5000     -       large
leasing        10     -        100     small
leasing        100    -        8000    medium
leasing        300    -        120000  large
other          9      -        -       micro
other          10     -        -       small
other          100    -        -       medium
other          300    -        -       large
"""


@pytest.mark.parametrize("line", GOLDEN.strip().splitlines())
def test_the_table_of_2011(line: str) -> None:
    """TV 4.1 is the first two lines."""
    industry, *numbers, expected = line.split()
    staff, revenue, assets = (None if number == "-" else int(number) for number in numbers)
    assert at(industry, staff, revenue, assets) == (expected,)


def test_every_row_is_in_the_table() -> None:
    assert {line.split()[0] for line in GOLDEN.strip().splitlines()} == {row.name for row in standards()} - {
        "by_reference"
    }


@pytest.mark.parametrize(
    ("code", "rows"),
    [("51", ("wholesale",)), ("F5112", ("wholesale",)), ("F", ("wholesale", "retail")), ("A", ("agriculture",)),
     ("1311", ("industry",)), ("54", ("transport",)), ("5910", ("transport",)), ("5930", ("storage",)),
     ("59", ("transport", "storage")), ("7010", ("real_estate",)), ("7020", ("property",)), ("7030", ("other",)),
     ("80", ("other",)), ("6410", ("information",)), ("6513", ("software",)), ("P", ("by_reference",))],
)  # fmt: skip
def test_a_code_finds_its_row(code: str, rows: tuple[str, ...]) -> None:
    assert size_class(code, None, None, None, DAY).industries == rows


def test_what_is_missing_is_said() -> None:
    found = size_class("wholesale", 25, None, None, DAY)
    assert (found.possible, found.missing, found.known) == (("micro", "small", "medium"), ("revenue",), None)
    assert found.is_small_or_micro() is None
    assert size_class("wholesale", 6, None, None, DAY).is_small_or_micro() is True
    assert size_class("wholesale", None, None, None, DAY).missing == ("staff", "revenue")


def test_micro_by_one_measure_needs_no_other() -> None:
    found = size_class("wholesale", 4, None, None, DAY)
    assert (found.known, found.missing, found.is_small_or_micro()) == ("micro", (), True)


def test_a_measure_of_no_use_is_not_looked_at() -> None:
    assert at("agriculture", 1, 500, 1) == ("medium",)


def test_a_code_that_says_too_little_leaves_more_open() -> None:
    assert at("F", 25, 4000, None) == ("small",), "small as wholesale and as retail"
    assert at("F", 50, 900, None) == ("micro", "medium"), "micro as wholesale, medium as retail"


@pytest.mark.parametrize(("code", "word"), [("J", "finance"), ("66", "finance"), ("53", "railways")])
def test_industries_without_a_standard(code: str, word: str) -> None:
    found = size_class(code, 5, WAN, WAN, DAY)
    assert (found.possible, found.industries, found.sure) == (CLASSES, (), False)
    assert word in found.because


def test_a_row_by_reference_is_not_sure() -> None:
    assert size_class("83", 50, None, None, DAY).sure is False
    assert size_class("82", 50, None, None, DAY).sure is True


def test_before_the_standard_there_is_no_answer() -> None:
    with pytest.raises(Refusal) as trouble:
        size_class("wholesale", 6, 900 * WAN, None, date(2011, 6, 17))
    assert trouble.value.code == "no_size_standard"


@pytest.mark.parametrize("industry", ["", "fishing", "98", "C51"])
def test_an_industry_that_is_none(industry: str) -> None:
    with pytest.raises(BadInput):
        size_class(industry, 6, None, None, DAY)


def test_nothing_is_negative() -> None:
    with pytest.raises(BadInput):
        size_class("wholesale", -1, None, None, DAY)


numbers = st.integers(0, 3000) | st.none()
amounts = st.integers(0, 250_000) | st.none()
rows = st.sampled_from([row.name for row in standards()])


@given(rows, numbers, amounts, amounts)
def test_what_comes_to_be_known_was_possible(
    industry: str, staff: int | None, revenue: int | None, assets: int | None
) -> None:
    """Whatever a missing measure turns out to be, its class was possible; the ends are reached."""
    possible = at(industry, staff, revenue, assets)
    guesses = (0, 7, 30, 150, 400, 1500, 7000, 10**6)
    reached = {
        at(industry, *filled)
        for filled in product(*((value,) if value is not None else guesses for value in (staff, revenue, assets)))
    }
    assert reached <= {(each,) for each in possible}
    assert (possible[-1],) in reached
    assert (possible[0],) in reached


@given(rows, st.integers(0, 3000), st.integers(0, 250_000), st.integers(0, 250_000), st.integers(0, 1000))
def test_more_is_never_smaller(industry: str, staff: int, revenue: int, assets: int, more: int) -> None:
    def place(*measures: int) -> int:
        (only,) = at(industry, *measures)
        return CLASSES.index(only)

    assert place(staff + more, revenue + more, assets + more) >= place(staff, revenue, assets)


def test_a_young_business_is_taken_for_a_year() -> None:
    assert year_of(300 * WAN, 3) == 1200 * WAN
    assert year_of(100, 7) == 171
    for months in (0, 13):
        with pytest.raises(ValueError, match="months"):
            year_of(100, months)
