"""The operating picture: by hand on small sets, against a slow plain-Python oracle on random ones."""

import math
import statistics
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower import INVOICES
from zhiwei.borrower.features import PICTURED, picture

AS_OF = date(2024, 2, 29)
Row = dict[str, Any]


def row(day: date, amount: int, *, party: str = "A", kind: str = "sale", other: str = "X", **rest: Any) -> Row:
    """An invoice of `amount` 分."""
    plain: Row = {"party_id": party, "direction": kind, "invoice_no": "1", "issue_date": day, "counterparty": other}
    money = {"amount": amount, "tax": 0, "total": amount}
    return plain | money | {"status": "valid", "occurrence": 1} | rest


def seen(rows: list[Row], as_of: date = AS_OF, parties: tuple[str, ...] = ("A",)) -> dict[str, list[float]]:
    table = pa.Table.from_pylist(rows, schema=INVOICES)
    return {name: values.tolist() for name, values in picture(table, parties, as_of).items()}


def one(rows: list[Row], as_of: date = AS_OF) -> dict[str, float]:
    return {name: values[0] for name, values in seen(rows, as_of).items()}


# --- by hand


def test_a_small_set_by_hand() -> None:
    """Two customers, one supplier who is a customer too, a void, a red and a repeated row, a year before."""
    rows = [
        row(date(2024, 1, 10), 60_000, other="X"),
        row(date(2023, 8, 29), 50_000, other="Y"),
        row(date(2023, 8, 30), -10_000, other="Y"),
        row(date(2023, 8, 30), 99_000, other="Y", status="void"),
        row(date(2023, 8, 29), 50_000, other="Y", occurrence=2),
        row(date(2023, 3, 1), 20_000, other="Y"),
        row(date(2023, 2, 28), 40_000, other="X"),
        row(date(2024, 2, 1), 36_000, kind="purchase", other="Y"),
    ]
    got = one(rows)
    assert set(got) == set(PICTURED) - {"loop_share_12m"}
    days = {"days_since_record": 28, "days_since_sale": 50, "longest_gap_12m": 181}
    money = {"sales_total": 1600.0, "sales_12m": 1200.0, "purchases_12m": 360.0}
    counts = {"active_months_12m": 3, "invoices_12m": 3, "customers_12m": 2, "suppliers_12m": 1}
    shares = {
        "coverage_12m": 5 / 12, "purchase_ratio_12m": 0.3, "sales_growth_12m": 2.0, "void_share_12m": 1 / 5,
        "void_share_total": 1 / 6, "red_share_12m": 1 / 4, "top_customer_share_12m": 0.5,
        "top5_customer_share_12m": 1.0, "top_supplier_share_12m": 1.0, "mutual_share_12m": 0.5,
    }  # fmt: skip
    for name, value in {**days, **money, **counts, **shares}.items():
        assert got[name] == pytest.approx(value), name
    monthly = [0, 600, 0, 0, 0, -100, 500, 0, 0, 0, 0, 200]
    assert got["sales_variation_12m"] == pytest.approx(statistics.pstdev(monthly) / 100)
    assert got["sales_growth_6m"] == pytest.approx(500 / 700 - 1)
    assert got["months_observed"] == pytest.approx((AS_OF - date(2023, 2, 28)).days / (365.25 / 12))


@pytest.mark.parametrize(
    ("as_of", "first", "before"),
    [
        (date(2024, 2, 29), date(2023, 3, 1), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 29), date(2024, 2, 28)),
        (date(2024, 12, 31), date(2024, 1, 1), date(2023, 12, 31)),
        (date(2024, 3, 1), date(2023, 3, 2), date(2023, 3, 1)),
    ],
)
def test_the_year_is_half_open_on_leap_days_and_month_ends(as_of: date, first: date, before: date) -> None:
    """(as_of - 12 months, as_of]: the as-of day is in, its namesake a year before is out."""
    assert one([row(as_of, 100), row(first, 100)], as_of)["sales_12m"] == 2.0
    assert one([row(as_of, 100), row(before, 100)], as_of)["sales_12m"] == 1.0
    assert one([row(as_of, 100), row(as_of + timedelta(days=1), 100)], as_of)["sales_total"] == 1.0


def test_months_that_end_on_the_31st_lose_and_double_no_day() -> None:
    """An invoice a day through a year: every day falls into one of the 12 months."""
    as_of = date(2024, 8, 31)
    rows = [row(as_of - timedelta(days=back), 100) for back in range(366)]
    got = one(rows, as_of)
    assert (got["sales_12m"], got["active_months_12m"], got["coverage_12m"]) == (366.0, 12.0, 1.0)
    assert got["longest_gap_12m"] == 1


def test_what_a_red_invoice_takes_back_is_gone_to_the_last_fen() -> None:
    """0.1 + 0.2 - 0.3 is not zero in floats of 元: a month would be active, a customer counted, a ratio absurd."""
    back = [row(date(2023, 1, 5), 10), row(date(2023, 1, 6), 20), row(date(2023, 1, 7), -30)]
    year = [row(date(2024, 1, 5), 10), row(date(2024, 1, 6), 20), row(date(2024, 1, 7), -30)]
    got = one([*back, *year])
    assert (got["sales_12m"], got["active_months_12m"], got["customers_12m"]) == (0.0, 0.0, 0.0)
    assert math.isnan(got["sales_growth_12m"])
    assert math.isnan(got["top_customer_share_12m"])


def test_void_invoices_alone() -> None:
    """They are records, and all void; there are no sales, and what needs sales is not known."""
    got = one([row(date(2024, 1, 5), 500, status="void")])
    assert (got["void_share_12m"], got["void_share_total"], got["sales_12m"], got["customers_12m"]) == (1, 1, 0, 0)
    assert got["coverage_12m"] == 1 / 12
    assert got["longest_gap_12m"] == 366
    assert [name for name, value in got.items() if math.isnan(value)] == [
        "purchase_ratio_12m", "sales_growth_12m", "sales_growth_6m", "sales_variation_12m", "days_since_sale",
        "red_share_12m", "top_customer_share_12m", "top5_customer_share_12m", "top_supplier_share_12m",
        "mutual_share_12m",
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [[], [row(date(2024, 1, 5), 100, party="B")], [row(AS_OF + timedelta(days=1), 100)]])
def test_of_a_party_without_records_nothing_is_known(rows: list[Row]) -> None:
    """Every fact is NaN, none is 0: an empty table, only others' rows, only rows after the day."""
    assert [name for name, value in one(rows).items() if not math.isnan(value)] == []


def test_no_parties_no_rows() -> None:
    assert {name: values for name, values in seen([], parties=()).items() if values} == {}


# --- against an oracle

DAYS = st.one_of(
    st.dates(date(2021, 1, 1), date(2024, 6, 30)),
    st.sampled_from([AS_OF - timedelta(days=k) for k in (-1, 0, 1, 28, 29, 182, 183, 365, 366, 367, 730, 731, 732)]),
)
ROWS = st.lists(
    st.builds(
        row,
        DAYS,
        st.sampled_from([10, 20, -30, 100, -100, 12_345]) | st.integers(-(10**6), 10**7),
        party=st.sampled_from("ABC"),
        kind=st.sampled_from(["sale", "sale", "purchase"]),
        other=st.sampled_from(["X", "Y", "Z", "A", "V", "W", "U"]),
        status=st.sampled_from(["valid", "valid", "valid", "void"]),
        occurrence=st.sampled_from([1, 1, 1, 2]),
    ),
    max_size=40,
)
AS_OFS = st.sampled_from([AS_OF, date(2024, 3, 31), date(2023, 12, 31), date(2024, 2, 28)]) | st.dates(
    date(2022, 6, 1), date(2024, 6, 30)
)


def months_back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def slow(rows: list[Row], party: str, as_of: date) -> dict[str, float]:
    """The definitions of the catalogue, one row at a time and in whole 分."""
    mine = [r for r in rows if r["party_id"] == party and r["occurrence"] == 1 and r["issue_date"] <= as_of]
    if not mine:
        return dict.fromkeys(set(PICTURED) - {"loop_share_12m"}, math.nan)

    def within(chosen: list[Row], first: int, last: int) -> list[Row]:
        return [r for r in chosen if months_back(as_of, last) < r["issue_date"] <= months_back(as_of, first)]

    def net(chosen: list[Row]) -> int:
        return sum(r["amount"] for r in chosen)

    def share(above: float, below: float) -> float:
        return above / below if below > 0 else math.nan

    issued = [r for r in mine if r["direction"] == "sale"]
    sales = [r for r in issued if r["status"] == "valid"]
    bought = [r for r in mine if r["direction"] == "purchase" and r["status"] == "valid"]
    year, year_bought = within(sales, 0, 12), within(bought, 0, 12)
    monthly = [net(within(sales, k, k + 1)) for k in range(12)]
    blue = sorted(r["issue_date"] for r in sales if r["amount"] > 0)
    stops = [months_back(as_of, 12), *(d for d in blue if d > months_back(as_of, 12)), as_of]

    def partners(chosen: list[Row]) -> dict[str, int]:
        trade: defaultdict[str, int] = defaultdict(int)
        for r in chosen:
            trade[r["counterparty"]] += r["amount"]
        return trade

    customers, suppliers = partners(year), partners(year_bought)
    sold, supplied = (sorted((v for v in p.values() if v > 0), reverse=True) for p in (customers, suppliers))
    mutual = sum(v for name, v in customers.items() if v > 0 and name in suppliers)
    days = [r["issue_date"] for r in mine]
    mean = sum(monthly) / 12
    return {
        "months_observed": (as_of - min(days)).days / 365.25 * 12,
        "days_since_record": (as_of - max(days)).days,
        "coverage_12m": sum(bool(within(mine, k, k + 1)) for k in range(12)) / 12,
        "sales_total": net(sales) / 100,
        "sales_12m": net(year) / 100,
        "purchases_12m": net(year_bought) / 100,
        "purchase_ratio_12m": share(net(year_bought), net(year)),
        "sales_growth_12m": share(net(year), net(within(sales, 12, 24))) - 1,
        "sales_growth_6m": share(net(within(sales, 0, 6)), net(within(sales, 6, 12))) - 1,
        "sales_variation_12m": share(math.sqrt(sum((m - mean) ** 2 for m in monthly) / 12), mean),
        "active_months_12m": sum(m > 0 for m in monthly),
        "days_since_sale": (as_of - blue[-1]).days if blue else math.nan,
        "longest_gap_12m": max((b - a).days for a, b in pairwise(stops)),
        "invoices_12m": sum(r["amount"] > 0 for r in year),
        "void_share_12m": share(sum(r["status"] == "void" for r in within(issued, 0, 12)), len(within(issued, 0, 12))),
        "void_share_total": share(sum(r["status"] == "void" for r in issued), len(issued)),
        "red_share_12m": share(sum(r["amount"] < 0 for r in year), len(year)),
        "customers_12m": len(sold),
        "suppliers_12m": len(supplied),
        "top_customer_share_12m": share(sum(sold[:1]), sum(sold)),
        "top5_customer_share_12m": share(sum(sold[:5]), sum(sold)),
        "top_supplier_share_12m": share(sum(supplied[:1]), sum(supplied)),
        "mutual_share_12m": share(mutual, sum(sold)),
    }


@settings(deadline=None, max_examples=200)
@given(ROWS, AS_OFS)
def test_the_picture_is_what_the_catalogue_says(rows: list[Row], as_of: date) -> None:
    parties = ("C", "A", "nobody")
    got = seen(rows, as_of, parties)
    for place, party in enumerate(parties):
        wanted = slow(rows, party, as_of)
        assert {name: got[name][place] for name in wanted} == pytest.approx(wanted, rel=1e-9, abs=1e-9, nan_ok=True)
        assert set(got) == set(wanted)


@settings(deadline=None)
@given(ROWS, st.randoms(use_true_random=False), AS_OFS)
def test_order_and_company_change_nothing_to_the_last_bit(rows: list[Row], random: Any, as_of: date) -> None:
    """A party alone, among others, with their rows around and its own shuffled: the same floats."""
    together = seen(rows, as_of, ("B", "A", "C"))
    shuffled = list(rows)
    random.shuffle(shuffled)
    alone = seen([r for r in shuffled if r["party_id"] == "A"], as_of)
    for name, values in alone.items():
        assert np.array_equal(values[0], together[name][1], equal_nan=True), name


@settings(deadline=None)
@given(ROWS, ROWS, AS_OFS)
def test_what_comes_after_the_day_is_not_seen(rows: list[Row], more: list[Row], as_of: date) -> None:
    """Adding later invoices, of anybody, changes no fact of today."""
    later = [r | {"issue_date": as_of + timedelta(days=1 + at)} for at, r in enumerate(more)]
    before, after = seen(rows, as_of, ("A", "B")), seen([*later, *rows], as_of, ("A", "B"))
    for name, values in before.items():
        assert np.array_equal(values, after[name], equal_nan=True), name
