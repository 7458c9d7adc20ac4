"""What files cover: as records of their own, seen on a day, and words of feeds that all modules share."""

from datetime import date

import polars as pl
import pytest

from zhiwei.borrower.covers import REPORTS, Cover, covered_table, part_of, periods, reported, seen_covers
from zhiwei.borrower.quality.policy import speeches
from zhiwei.borrower.quality.spans import parts
from zhiwei.borrower.records import KINDS
from zhiwei.borrower.sources import acquiring, bureau, courts, meters, orders, procurement
from zhiwei.borrower.sources.tax.rows import RETURNS
from zhiwei.values import EARLIEST, BadInput

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))
FORMS = [
    acquiring.FORM,
    bureau.ACCOUNTS,
    bureau.QUERIES,
    courts.FORM,
    meters.FORM,
    orders.FORM,
    procurement.FORM,
    RETURNS,
]


def ordinal(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def test_a_period_of_several_feeds_is_said_of_each_once() -> None:
    found = periods("orders", "P", *JANUARY, ["a", "b", "a"])
    assert found == [Cover("orders", "P", *JANUARY, "a"), Cover("orders", "P", *JANUARY, "b")]
    assert periods("orders", "P", *JANUARY, []) == [Cover("orders", "P", *JANUARY, "")]


def test_a_report_looks_back_as_far_as_anybody_has_looked_unless_it_says() -> None:
    on = date(2024, 3, 1)
    assert reported("courts", "P", on, ["firm"]) == [Cover("courts", "P", EARLIEST, on, "firm")]
    assert reported("courts", "P", on, ["firm"], date(2023, 3, 1))[0].first == date(2023, 3, 1)


def test_days_to_come_are_not_covered() -> None:
    cover = Cover("orders", "P", *JANUARY)
    assert cover.until(date(2024, 1, 10)).last == date(2024, 1, 10)
    assert cover.until(date(2024, 2, 10)) == cover
    with pytest.raises(BadInput, match="has not begun on 2023-12-31"):
        cover.until(date(2023, 12, 31))


def test_reports_and_feeds_are_those_that_quality_knows() -> None:
    """Two modules name the same columns; a feed worded in two ways would be two feeds."""
    assert {kind for kind, speech in speeches().items() if speech.grain == "report"} == set(REPORTS)
    for form in FORMS:
        assert form.feed == speeches()[form.kind].part, form.kind


@pytest.mark.parametrize(
    "row",
    [
        {"account": "1", "currency": "CNY"}, {"account": "1", "currency": "USD"}, {"account": None, "currency": None},
        {"account": "1", "currency": None},
    ],
)  # fmt: skip
def test_a_feed_is_worded_as_quality_words_it(row: dict[str, str | None]) -> None:
    frame = pl.DataFrame([row], schema={"account": pl.String, "currency": pl.String})
    assert part_of(row, ("account", "currency")) == parts(frame, speeches()["bank_flow"])["_part"][0]


def test_a_period_is_seen_up_to_the_day_and_a_report_from_its_day_on() -> None:
    told = covered_table(
        [
            Cover("bank_flow", "P", *JANUARY, "1"), Cover("courts", "P", EARLIEST, JANUARY[1]),
            Cover("bank_flow", "other", *JANUARY),
        ]
    )  # fmt: skip
    half = seen_covers(told, "bank_flow", ["nobody", "P"], date(2024, 1, 10))
    assert half.rows() == [(1, "1", ordinal(JANUARY[0]), ordinal(date(2024, 1, 10)))]
    assert seen_covers(told, "bank_flow", ["P"], date(2023, 12, 31)).is_empty()
    assert seen_covers(told, "courts", ["P"], date(2024, 1, 30)).is_empty()
    assert seen_covers(told, "courts", ["P"], JANUARY[1]).rows() == [(0, "", ordinal(EARLIEST), ordinal(JANUARY[1]))]
    assert seen_covers(None, "courts", ["P"], JANUARY[1]).is_empty()


def test_every_kind_of_report_is_a_kind() -> None:
    assert set(REPORTS) < set(KINDS)
