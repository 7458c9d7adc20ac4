"""Property and pledges by hand: which valuation counts, what goes first, which is best, and what is not known."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from zhiwei.borrower.covers import Cover
from zhiwei.values import EARLIEST

Row = dict[str, Any]
MONEY = ("purchase_price", "appraisal", "first_lien")


def holds(got: dict[str, float], **wanted: float | None) -> None:
    """None stands for a fact that cannot be said."""
    for name, value in wanted.items():
        found = got.get(name, np.nan)
        assert found == pytest.approx(np.nan if value is None else value, nan_ok=True), name


def title(number: str, **said: Any) -> Row:
    """What was said of a title on the first of February; money in 元."""
    plain = {"title_no": number, "said_on": date(2024, 2, 1), "seized": "no", "first_lien_balance": 0} | said
    return {name: value * 100 if name.startswith(MONEY) and value else value for name, value in plain.items()}


def test_property(facts) -> None:
    """Of three valuations the middle one, and no more than was paid; a registered maximum goes before us as a whole."""
    best = title(
        "t1", purchase_price=5_000_000, appraisal_1=4_900_000, appraisal_2=4_700_000, appraisal_3=4_800_000,
        first_lien_balance=1_500_000, first_lien_maximum=2_100_000, city=330106, use="shop", area=89.5,
        co_owners_consent="given", built_year=2008,
    )  # fmt: skip
    less = title("t2", purchase_price=900_000, appraisal_1=2_000_000, appraisal_2=1_000_000, city=110105)
    seized = title("t3", appraisal_1=90_000_000, seized="restricted")
    refused = title("t4", appraisal_1=90_000_000, co_owners_consent="refused")
    later = {"title_no": "t1", "said_on": date(2024, 2, 20), "mortgage_registered_on": date(2024, 2, 20)}
    tomorrow = title("t5", appraisal_1=99_000_000, said_on=date(2024, 3, 1))
    got = facts(property=[best, less, seized, refused, later, tomorrow])
    holds(
        got, property_count=4, property_seized=1, property_value=4_800_000, property_lien=2_100_000,
        property_city=330100, property_use=2, property_age_years=16, property_area=89.5, mortgage_registered=1,
        property_valuation_age_days=28, property_valuations=3, property_valuation_spread=200_000 / 4_800_000,
        property_value_total=5_700_000, property_lien_total=2_100_000,
    )  # fmt: skip
    holds(facts(property=[less]), property_value=900_000, mortgage_registered=0, property_city=110000)


def test_a_property_whose_lien_is_known_comes_before_one_of_which_nobody_says(facts) -> None:
    known = title("t1", appraisal_1=1_000_000, first_lien_balance=400_000)
    silent = title("t2", appraisal_1=9_000_000, first_lien_balance=None)
    holds(facts(property=[known, silent]), property_value=1_000_000, property_lien=400_000, property_lien_total=None)
    holds(facts(property=[silent]), property_value=9_000_000, property_lien=None, property_value_total=9_000_000)


def test_a_lien_that_was_paid_off_is_gone_with_its_maximum(facts) -> None:
    rows = [
        title("t1", appraisal_1=100, first_lien_maximum=50),
        {"title_no": "t1", "said_on": date(2024, 2, 9), "first_lien_balance": 0},
    ]
    holds(facts(property=rows), property_lien=0)


def test_a_property_of_which_too_little_is_said_is_no_value_and_no_zero(facts) -> None:
    unsearched, unvalued = title("t1", appraisal_1=100, seized=None), title("t2", purchase_price=100)
    for rows in ([unsearched], [unvalued]):
        holds(
            facts(property=rows), property_count=1, property_value=None, property_value_total=None,
            property_lien_total=None, mortgage_registered=None,
        )  # fmt: skip
    holds(facts(property=[unsearched]), property_seized=None)
    seized = title("t3", appraisal_1=100, seized="seized")
    holds(facts(property=[unsearched, seized]), property_seized=1, property_value=None)
    holds(facts(property=[seized]), property_value=0, property_value_total=0, property_lien=0, property_city=None)


def test_a_search_that_finds_no_property_is_zero(facts) -> None:
    covers = [Cover("property", "A", EARLIEST, date(2024, 2, 20))]
    got = facts(covers=covers)
    holds(got, property_count=0, property_seized=0, property_value=0, property_lien_total=0, mortgage_registered=0)
    holds(got, property_use=None, property_valuation_age_days=None)
    early = facts(as_of=date(2024, 2, 19), covers=covers)
    holds(early, property_count=None, property_value=None)


def test_pledges(facts) -> None:
    def one(number: str, day: date, yuan: int, lender: str, **rest: Any) -> Row:
        return {"pledge_id": number, "registered_on": day, "amount": yuan * 100, "lender": lender} | rest

    got = facts(pledges=[
        one("r1", date(2023, 6, 1), 1000, "b1", invoice_no="1", debtor="d1"),
        one("r1", date(2023, 6, 1), 500, "b1", invoice_no="2", debtor="d1"),  # one registration, two things
        one("r2", date(2023, 12, 2), 70, "b2", debtor="d2", released_on=date(2024, 3, 5)),  # released later
        one("r3", date(2023, 12, 1), 90, "b3", released_on=date(2024, 1, 5)),
        one("r4", date(2024, 3, 1), 9000, "b4"),
    ])  # fmt: skip
    holds(
        got, pledges_open=2, pledges_total=3, pledged_amount=1570, pledge_lenders=2, pledge_debtors=2,
        pledged_last_90d=1, days_since_pledge=89,
    )  # fmt: skip
