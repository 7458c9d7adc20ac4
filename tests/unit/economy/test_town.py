"""The town: the same seed gives the same town, both sides of a deal agree, and the hidden kinds show in the records."""

from collections import Counter, defaultdict
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from zhiwei.borrower import INVOICES, uscc_check
from zhiwei.economy import TRADES, Town, build_town
from zhiwei.economy.businesses import SHARES, credit_code
from zhiwei.economy.town import vat
from zhiwei.economy.trades import daily_weights

UNTIL = date(2026, 1, 31)


@cache
def town(seed: int = 7) -> Town:
    return build_town(seed=seed, until=UNTIL)


def where(table: pa.Table, **equal: str) -> pa.Table:
    for name, value in equal.items():
        table = table.filter(pc.equal(table[name], value))
    return table


def total_by(table: pa.Table, key: str) -> dict[str, int]:
    grouped = table.group_by(key).aggregate([("amount", "sum")])
    return dict(zip(grouped[key].to_pylist(), grouped["amount_sum"].to_pylist(), strict=True))


def test_same_seed_same_bytes() -> None:
    again = build_town(seed=7, until=UNTIL)
    assert again.businesses == town().businesses
    assert again.invoices.equals(town().invoices)


def test_another_seed_another_town() -> None:
    assert not {b.party_id for b in town(8).businesses} & {b.party_id for b in town().businesses}
    assert not town(8).invoices.equals(town().invoices)


def test_records_are_canonical_and_sorted() -> None:
    invoices = town().invoices
    assert invoices.schema.equals(INVOICES)
    assert sum(invoices[name].null_count for name in invoices.column_names) == 0
    keys = list(zip(invoices["party_id"].to_pylist(), invoices["issue_date"].to_pylist(), strict=True))
    assert keys == sorted(keys)
    assert [b.party_id for b in town().businesses] == sorted(b.party_id for b in town().businesses)
    assert 150_000 <= len(invoices) <= 250_000


def test_codes_are_valid_and_names_without_doubt() -> None:
    businesses = town().businesses
    assert all(uscc.is_valid(b.party_id) and uscc_check(b.party_id) for b in businesses)
    assert len({b.name for b in businesses}) == len({b.party_id for b in businesses}) == len(businesses)


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "91110108551385082Q", "9153000077859986X2", "911101051000000080"]
)
def test_check_characters_of_known_codes(code: str) -> None:
    assert credit_code(code[:8], code[8:16]) == code


def test_both_sides_hold_the_same_invoice() -> None:
    people = pa.array([b.party_id for b in town().businesses])
    local = town().invoices.filter(pc.is_in(town().invoices["counterparty"], people))
    facts = ("invoice_no", "issue_date", "amount", "tax", "total", "status")

    def held(direction: str, seller: str, buyer: str) -> list[tuple[object, ...]]:
        side = where(local, direction=direction)
        return sorted(zip(*(side[name].to_pylist() for name in (*facts, seller, buyer)), strict=True))

    sales = held("sale", "party_id", "counterparty")
    assert len(sales) > 5_000
    assert sales == held("purchase", "counterparty", "party_id")
    assert not pc.any(pc.equal(local["party_id"], local["counterparty"])).as_py()


def test_an_invoice_number_names_one_invoice() -> None:
    for direction in ("sale", "purchase"):
        numbers = where(town().invoices, direction=direction)["invoice_no"]
        assert pc.count_distinct(numbers).as_py() == len(numbers)
        assert pc.all(pc.match_substring_regex(numbers, r"^2[3-6]\d{18}$")).as_py()


def test_tax_is_rounded_half_up() -> None:
    amount, percent = np.array([50, 49, -50, 1, 16, 17, 100]), np.array([13, 13, 13, 3, 3, 3, 6])
    # 6.50 -> 7, 6.37 -> 6, -6.50 -> -7, 0.03 -> 0, 0.48 -> 0, 0.51 -> 1, 6
    assert vat(amount, percent).tolist() == [7, 6, -7, 0, 0, 1, 6]


def test_arithmetic_of_every_invoice() -> None:
    amount, tax, total = (town().invoices[name].to_numpy() for name in ("amount", "tax", "total"))
    assert (total == amount + tax).all()
    assert (amount != 0).all()
    off = np.abs(tax[:, None] * 100 - amount[:, None] * np.array([13, 9, 6, 3]))
    assert (off.min(axis=1) <= 50).all()  # half a 分
    rate = {b.party_id: b.vat_percent for b in town().businesses}
    sales = where(town().invoices, direction="sale")
    own = np.array([rate[party] for party in sales["party_id"].to_pylist()])
    assert (sales["tax"].to_numpy() == vat(sales["amount"].to_numpy(), own)).all()


@pytest.mark.parametrize("seed", [1, 7])
def test_shares_of_kinds(seed: int) -> None:
    kinds = Counter(b.kind for b in town(seed).businesses)
    assert kinds == {"sound": 144, "weak": 28, "failing": 16, "cheat": 12}
    assert SHARES.keys() == kinds.keys() - {"sound"}
    assert len({b.trade for b in town(seed).businesses}) == len(TRADES)


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_sizes_are_heavy_tailed(seed: int) -> None:
    sales = where(town(seed).invoices, direction="sale", status="valid")
    year = sales.filter(pc.greater_equal(sales["issue_date"], pa.scalar(date(2025, 1, 31))))
    yuan = np.array(list(total_by(year, "party_id").values())) / 100
    low, median, high = np.quantile(yuan, [0.05, 0.5, 0.95])
    assert 1_400_000 < median < 2_700_000
    assert low < median / 5
    assert high > median * 4
    assert yuan.mean() > 1.4 * median


def test_void_and_red_rates() -> None:
    kind = {b.party_id: b.scheme.partition("-")[0] or b.kind for b in town().businesses}
    sales = where(town().invoices, direction="sale")
    kinds = np.array([kind[party] for party in sales["party_id"].to_pylist()])
    void, red = np.array(sales["status"].to_pylist()) == "void", sales["amount"].to_numpy() < 0
    for name in ("sound", "weak", "failing", "ring"):
        assert 0.01 < void[kinds == name].mean() < 0.03
        assert 0.008 < red[kinds == name].mean() < 0.02
    assert (void | red)[kinds == "packager"].mean() > 0.10
    assert not (void & red).any()


def test_a_red_invoice_repeats_an_earlier_blue_one() -> None:
    rows = where(town().invoices, status="valid").select(
        ["party_id", "direction", "counterparty", "amount", "issue_date"]
    )
    blue: dict[tuple[str, str, str, int], date] = {}
    for *key, amount, day in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        if amount > 0:
            blue.setdefault((*key, amount), day)
        else:
            assert blue[(*key, -amount)] < day  # the table is in order of date, so the blue one was met before


def test_rings_are_circular() -> None:
    schemes = defaultdict(set)
    for business in town().businesses:
        schemes[business.scheme].add(business.party_id)
    assert sorted(len(v) for k, v in schemes.items() if k.startswith("ring")) == [3, 4]
    assert [len(v) for k, v in schemes.items() if k.startswith("pair")] == [2]
    sales = where(town().invoices, direction="sale", status="valid")
    last_year = sales.filter(pc.greater(sales["issue_date"], pa.scalar(date(2025, 1, 31))))
    lifts = []
    for name, members in schemes.items():
        if not name.startswith(("ring", "pair")):
            continue
        mates = pa.array(sorted(members))
        mine = last_year.filter(pc.is_in(last_year["party_id"], mates))
        circle = mine.filter(pc.is_in(mine["counterparty"], mates))
        flow = total_by(circle, "party_id")
        assert flow.keys() == members == total_by(circle, "counterparty").keys()
        assert max(flow.values()) < 1.15 * min(flow.values())  # similar amounts go round
        walk = [min(members)]
        for _ in members:
            sold = total_by(where(circle, party_id=walk[-1]), "counterparty")
            walk.append(max(sold, key=sold.__getitem__))
        assert walk[0] == walk[-1]  # the main customer of each leads back to the first ...
        assert set(walk) == members  # ... by way of all
        lifts += [flow[m] / (total_by(mine, "party_id")[m] - flow[m]) for m in members]
    assert min(lifts) > 0.2
    assert max(lifts) < 2.6
    assert 0.3 < np.median(lifts) < 2.0


def test_failing_ones_stop() -> None:
    failing = [b for b in town().businesses if b.kind == "failing"]
    assert any(b.failed_on < UNTIL for b in failing)
    assert any(b.failed_on >= UNTIL for b in failing)
    assert all(b.failed_on is None for b in town().businesses if b.kind != "failing")
    for business in failing:
        days = where(town().invoices, party_id=business.party_id)["issue_date"]
        assert pc.max(days).as_py() < business.failed_on


def test_the_town_stays_at_home_for_the_spring_festival() -> None:
    weights = daily_weights(date(2020, 1, 1), 366 + 365)
    first = (date(2021, 2, 12) - date(2020, 1, 1)).days
    assert (weights[:, first : first + 7].mean(axis=1) < 0.5).all()
    assert np.allclose(daily_weights(date(2021, 1, 1), 1461).mean(axis=1), 1)
    sales = where(town().invoices, direction="sale")
    days = np.asarray(sales["issue_date"].to_numpy(), dtype="datetime64[D]")
    festival = ((days >= np.datetime64("2025-01-29")) & (days < np.datetime64("2025-02-05"))).sum()
    march = ((days >= np.datetime64("2025-03-05")) & (days < np.datetime64("2025-03-12"))).sum()
    assert festival < march / 2


def test_known_on_sees_no_later_day() -> None:
    known = town().known_on(date(2024, 2, 29))
    assert pc.max(known["issue_date"]).as_py() == date(2024, 2, 28)
    assert town().known_on(UNTIL).equals(town().invoices)


@pytest.mark.parametrize(
    ("until", "months", "first"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 1), 24, date(2023, 1, 1)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
    ],
)
def test_window_at_ends_of_months(until: date, months: int, first: date) -> None:
    small = build_town(seed=3, businesses=20, until=until, months=months)
    days = small.invoices["issue_date"]
    assert small.first_day == first
    assert first <= pc.min(days).as_py()
    assert pc.max(days).as_py() < until


@pytest.mark.parametrize(("businesses", "months"), [(0, 12), (5_001, 12), (10, 0), (10, 61)])
def test_a_town_has_limits(businesses: int, months: int) -> None:
    with pytest.raises(ValueError, match="a town has"):
        build_town(seed=1, businesses=businesses, until=UNTIL, months=months)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**63),
    businesses=st.integers(1, 40),
    months=st.integers(1, 14),
    until=st.dates(date(2019, 1, 1), date(2040, 12, 31)) | st.sampled_from([date(2024, 2, 29), date(2100, 2, 28)]),
)
def test_any_small_town_holds_together(seed: int, businesses: int, months: int, until: date) -> None:
    small = build_town(seed=seed, businesses=businesses, until=until, months=months)
    assert len({b.party_id for b in small.businesses}) == businesses
    life = {b.party_id: (b.opened_on, b.failed_on or date.max) for b in small.businesses}
    invoices = small.invoices
    assert invoices.schema.equals(INVOICES)
    for party, other, day in zip(
        *(invoices[n].to_pylist() for n in ("party_id", "counterparty", "issue_date")), strict=True
    ):
        assert small.first_day <= day < until
        assert life[party][0] <= day < life[party][1]
        assert other.startswith("OUT-") or life[other][0] <= day < life[other][1]
