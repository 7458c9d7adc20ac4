"""Coverage, freshness, gaps, checks and scores of single kinds, each worked out by hand."""

from datetime import date, datetime, time
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from zhiwei.borrower import KINDS
from zhiwei.borrower.quality import COVERED, Qualities, Quality, quality

AS_OF = date(2024, 12, 31)
Row = dict[str, Any]


def measured(
    kind: str, rows: list[Row], as_of: date = AS_OF, months: int = 12, told: list[Row] | None = None
) -> Qualities:
    table = pa.Table.from_pylist([{"party_id": "A"} | row for row in rows], schema=KINDS[kind].schema)
    covered = pa.Table.from_pylist([{"party_id": "A", "kind": kind} | row for row in told or []], schema=COVERED)
    return quality({kind: table}, ["A"], as_of, months, covered)


def one(kind: str, rows: list[Row], as_of: date = AS_OF, months: int = 12, told: list[Row] | None = None) -> Quality:
    [found] = [each for each in measured(kind, rows, as_of, months, told).of("A") if each.kind == kind]
    return found


def held(kind: str, rows: list[Row]) -> dict[str, tuple[int, int]]:
    """Check -> (held, tried)."""
    checks = measured(kind, rows).checks
    return {row["check"]: (row["held"], row["tried"]) for row in checks.iter_rows(named=True)}


def bank(day: date, amount: int, balance: int | None, **rest: Any) -> Row:
    return {
        "account": "1",
        "booked_on": day,
        "sequence": 1,
        "amount": amount,
        "balance": balance,
        "currency": "CNY",
    } | rest


def invoice(day: date, amount: int = 10_000, tax: int = 1_300, total: int = 11_300, **rest: Any) -> Row:
    plain: Row = {"direction": "sale", "invoice_no": "7", "issue_date": day, "counterparty": "X", "status": "valid"}
    return plain | {"amount": amount, "tax": tax, "total": total, "occurrence": 1} | rest


def reading(day: date, dial: float | None, usage: float | None = None, **rest: Any) -> Row:
    return {"utility": "power", "meter": "m", "read_on": day, "reading": dial, "usage": usage, "unit": "kWh"} | rest


def at(day: int, hour: int = 0) -> datetime:
    return datetime.combine(date(2024, 12, day), time(hour))


# --- nothing is known


def test_what_is_not_there_is_not_known_and_never_zero() -> None:
    for each in quality({}, ["A"], AS_OF).of("A"):
        unknown = (
            each.coverage, each.freshness_days, each.longest_gap_days, each.parts, each.thinnest_part, each.agreement,
            each.weakest_check, each.weakest_share, each.freshness_score, each.score,
        )  # fmt: skip
        assert unknown == (None,) * 10
        assert (each.rows, each.tried, each.held) == (0, 0, 0)


def test_every_party_has_every_kind_in_order() -> None:
    found = quality({name: kind.schema.empty_table() for name, kind in KINDS.items()}, ["B", "A"], AS_OF)
    assert [each.kind for each in found.of("A")] == list(KINDS)
    assert found.table["party"].to_list() == ["B"] * len(KINDS) + ["A"] * len(KINDS)
    assert quality({}, [], AS_OF).table.height == 0


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="no kind of record: moods"):
        quality({"moods": KINDS["courts"].schema.empty_table()}, ["A"], AS_OF)
    for parties, months in ((["A", "A"], 12), (["A"], 0)):
        with pytest.raises(ValueError, match="each party is named once"):
            quality({}, parties, AS_OF, months)


def test_rows_of_the_future_and_of_others_are_not_seen() -> None:
    rows = [invoice(date(2025, 1, 1)), invoice(date(2024, 12, 1), party_id="B")]
    assert one("invoices", rows).coverage is None


# --- invoices: months


def test_invoices_by_hand() -> None:
    """Trailing months of 31 December end on the last days of months: three months of twelve have a row."""
    rows = [
        invoice(date(2023, 12, 31)),  # the day before the window
        invoice(date(2024, 3, 5)),
        invoice(date(2024, 3, 31)),
        invoice(date(2024, 4, 1), total=11_302),  # 2 分 too much
        invoice(date(2024, 10, 10), tax=1_701, total=11_701),  # above 17 % by 1 分, as much as rounding allows
        invoice(date(2024, 10, 10), tax=1_702, total=11_702),
        invoice(date(2024, 10, 10), tax=None, total=None, occurrence=2),
    ]
    found = one("invoices", rows)
    assert (found.rows, found.coverage) == (6, 3 / 12)
    assert found.freshness_days == 21 + 30 + 31
    assert found.longest_gap_days == (date(2024, 10, 10) - date(2024, 4, 1)).days - 1
    assert (found.parts, found.thinnest_part) == (1, 3 / 12)
    assert held("invoices", rows) == {"arithmetic": (4, 5), "tax_bounds": (4, 5), "once": (5, 6)}
    assert (found.held, found.tried, found.agreement) == (13, 16, 13 / 16)
    assert (found.weakest_check, found.weakest_share) == ("arithmetic", 0.8)
    assert found.freshness_score == pytest.approx((180 - 82) / (180 - 45))
    assert found.score == pytest.approx(0.5 * 0.25 + 0.25 * (98 / 135) + 0.25 * (13 / 16))


def test_within_a_rounding_is_no_difference_and_red_invoices_are_sound() -> None:
    rows = [invoice(date(2024, 5, 1), total=11_301), invoice(date(2024, 5, 1), -10_000, -1_300, -11_300)]
    assert held("invoices", rows) == {"arithmetic": (2, 2), "tax_bounds": (2, 2), "once": (2, 2)}
    wrong = invoice(date(2024, 5, 1), -10_000, 1_300, -8_700)
    assert held("invoices", [wrong])["tax_bounds"] == (0, 1)


def test_the_worst_places_are_the_farthest_off_and_five_at_most() -> None:
    rows = [invoice(date(2024, 5, day), invoice_no=f"n{day}", total=11_300 + 10 * day) for day in range(1, 9)]
    worst = measured("invoices", rows).worst
    assert worst["off"].to_list() == [80.0, 70.0, 60.0, 50.0, 40.0]
    assert worst["place"][0] == "sale / n8 / 2024-05-08"
    assert worst["day"][0] == date(2024, 5, 8)
    assert set(worst["party"]) == {"A"}


def test_sales_alone_are_the_whole_of_one_part_and_purchases_another() -> None:
    sales = [invoice(date(2024, month, 15)) for month in range(1, 13)]
    found = one("invoices", [*sales, invoice(date(2024, 7, 1), direction="purchase")])
    assert (found.coverage, found.parts, found.thinnest_part) == (1.0, 2, 1 / 12)


def test_old_records_speak_for_nothing_of_the_window() -> None:
    found = one("invoices", [invoice(date(2022, 5, 1))])
    assert (found.coverage, found.rows, found.longest_gap_days, found.agreement) == (0.0, 0, 366, None)


# --- statements: days, and what balances prove


def test_a_statement_by_hand() -> None:
    """January 2024: rows near each other speak for the days between; the last one is off by 5.99 元."""
    days = [(1, 100), (5, 200), (9, 300), (20, 999)]
    found = one("bank_flow", [bank(date(2024, 1, day), 100, left) for day, left in days], date(2024, 1, 31), 1)
    assert (found.coverage, found.freshness_days, found.longest_gap_days) == (20 / 31, 11, 11)
    assert (found.tried, found.held, found.weakest_check) == (3, 2, "chain")


@pytest.mark.parametrize(("before", "days"), [(500, 30 + 30 + 31), (499, 2)])
def test_balances_that_follow_prove_that_nothing_lies_between(before: int, days: int) -> None:
    """2 October to 31 December are 91 days, both ends included; without proof, two rows are two days."""
    rows = [bank(date(2024, 10, 2), 100, 500), bank(date(2024, 12, 31), -200, before - 200)]
    found = one("bank_flow", rows)
    assert (found.coverage, found.longest_gap_days) == (days / 366, 275)  # 1 January to 1 October


def test_without_balances_only_near_rows_speak_for_the_days_between() -> None:
    near = [bank(date(2024, 12, 1), 5, None), bank(date(2024, 12, 15), 5, None)]
    assert one("bank_flow", near).coverage == 15 / 366
    far = [bank(date(2024, 12, 1), 5, None), bank(date(2024, 12, 16), 5, None)]
    found = one("bank_flow", far)
    assert (found.coverage, found.tried, found.agreement) == (2 / 366, 0, None)


def test_accounts_and_currencies_have_balances_of_their_own() -> None:
    rows = [
        bank(date(2024, 12, 1), 10, 10),
        bank(date(2024, 12, 2), 7, 1_007, account="2"),
        bank(date(2024, 12, 3), 5, 5, currency="USD"),
        bank(date(2024, 12, 4), 10, 20),
        bank(date(2024, 12, 5), 3, 1_010, account="2"),
    ]
    found = one("bank_flow", rows)
    assert (found.tried, found.held, found.parts, found.thinnest_part) == (2, 2, 3, 1 / 366)
    assert found.coverage == 5 / 366  # 1 to 4 December, and 2 to 5


def test_a_page_that_is_missing_breaks_the_chain_where_it_was() -> None:
    rows = [bank(date(2024, 6, day), 100, 100 * day, sequence=day) for day in range(1, 31) if day != 17]
    found = measured("bank_flow", rows)
    assert found.of("A")[3].held == 27
    assert found.worst.select("day", "off").rows() == [(date(2024, 6, 18), 100.0)]


def test_rows_of_a_day_follow_their_place_in_the_statement() -> None:
    day = date(2024, 12, 3)
    rows = [bank(day, -50, 50, sequence=2), bank(day, 100, 100, sequence=1), bank(day, 25, 75, sequence=3)]
    assert one("bank_flow", rows).agreement == 1.0


def test_a_break_before_the_window_is_not_of_it_but_the_row_before_is_looked_at() -> None:
    rows = [bank(date(2023, 12, 1), 5, 5), bank(date(2023, 12, 31), 5, 99), bank(date(2024, 1, 1), 1, 100)]
    found = one("bank_flow", rows)
    assert (found.rows, found.tried, found.held) == (1, 1, 1)


def test_a_statement_speaks_for_the_period_it_names() -> None:
    told = [{"part": "1", "first": date(2024, 7, 1), "last": date(2025, 3, 31)}]
    found = one("bank_flow", [bank(date(2024, 8, 1), 5, 5)], told=told)
    assert (found.coverage, found.freshness_days, found.longest_gap_days) == (184 / 366, 0, 182)
    assert one("bank_flow", [], told=told).coverage == 184 / 366  # an account that nothing moved


def test_a_period_of_the_future_is_not_known_yet() -> None:
    assert one("bank_flow", [], told=[{"first": date(2025, 1, 1), "last": date(2025, 1, 31)}]).coverage is None


def test_an_account_told_by_an_empty_statement_is_a_part_of_its_own_only_where_it_is_another() -> None:
    rows = [bank(date(2024, 12, day), 5, 5) for day in (1, 10)]
    december = {"first": date(2024, 12, 11), "last": AS_OF}
    for part, many in (("1", 1), ("1 / USD", 2), (None, 2)):
        found = one("bank_flow", rows, told=[december | {"part": part}])
        assert (found.parts, found.coverage) == (many, 31 / 366), part


def test_rows_in_another_currency_are_counted() -> None:
    rows = [bank(date(2024, 12, 1), 5, 5), bank(date(2024, 12, 2), 5, 5, currency="USD")]
    assert one("bank_flow", rows).foreign == 1
    assert one("bank_flow", [rows[0], bank(date(2023, 12, 2), 5, 5, currency="USD")]).foreign == 0, "not of the window"
    assert one("bank_flow", rows[:1]).foreign == 0


# --- takings and orders: days, a closed shop bridged


def test_takings_bridge_a_shop_that_is_closed() -> None:
    days = [at(1, 9), at(17, 23), at(31)]
    rows = [{"merchant": "m", "paid_at": when, "amount": 100, "fee": 1, "reference": str(when)} for when in days]
    found = one("acquiring", rows, months=1)
    assert (found.coverage, found.freshness_days, found.longest_gap_days) == (1.0, 0, 0)
    assert one("acquiring", [rows[0], rows[2]], months=1).coverage == 2 / 31


def test_checks_of_takings_and_orders() -> None:
    taken = {"merchant": "m", "paid_at": at(1), "amount": -100, "fee": -101, "reference": "r"}
    assert held("acquiring", [taken, taken | {"fee": -100}]) == {"fee_bounds": (1, 2), "once": (0, 2)}
    order = {
        "platform": "p", "order_no": "1", "ordered_at": at(2), "shipped_at": at(1),
        "amount": 100, "refund": 101, "fee": 5, "status": "paid",
    }  # fmt: skip
    sound = order | {"order_no": "2", "shipped_at": at(2), "refund": 100, "signed_at": None}
    assert held("orders", [order, sound]) == {
        "shipped_after": (1, 2), "refund_bounds": (1, 2), "fee_bounds": (2, 2), "once": (2, 2),
    }  # fmt: skip


# --- returns: the window ends with the last quarter that had to be filed


def vat(first: date, last: date, **rest: Any) -> Row:
    return {"tax": "vat", "period_start": first, "period_end": last, "filed_on": date(2024, 11, 10)} | rest


def test_a_diligent_filer_is_whole_before_the_next_return_is_due() -> None:
    quarters = [
        vat(date(2023, 10, 1), date(2023, 12, 31)), vat(date(2024, 1, 1), date(2024, 3, 31)),
        vat(date(2024, 4, 1), date(2024, 6, 30)), vat(date(2024, 7, 1), date(2024, 9, 30)),
    ]  # fmt: skip
    for as_of in (date(2024, 11, 30), date(2024, 12, 31), date(2025, 1, 25)):
        assert one("tax_returns", quarters, as_of).coverage == 1.0
    late = one("tax_returns", quarters, date(2025, 1, 26))  # the fourth quarter had to be filed by now
    assert (late.coverage, late.longest_gap_days) == (9 / 12, 92)
    assert late.freshness_days == (date(2025, 1, 26) - date(2024, 9, 30)).days


def test_a_yearly_return_of_another_tax_says_nothing_of_the_months() -> None:
    yearly = vat(date(2024, 1, 1), date(2024, 9, 30), tax="cit")
    assert one("tax_returns", [yearly]).coverage == 0.0


def test_a_period_without_an_end_in_sight_stays_with_its_party() -> None:
    endless = vat(date(2024, 1, 1), date(9999, 12, 31), party_id="A")
    table = pa.Table.from_pylist([endless], schema=KINDS["tax_returns"].schema)
    told = pa.Table.from_pylist(
        [
            {"party_id": party, "kind": "tax_returns", "first": date(1, 1, 1), "last": date(2023, 12, 31)}
            for party in "AB"
        ],
        schema=COVERED,
    )
    found = quality({"tax_returns": table}, ["A", "B", "C"], AS_OF, 12, told)
    coverage = [found.of(party)[1].coverage for party in "ABC"]
    assert coverage == [1.0, 3 / 12, None]  # October to December 2023 are of the window


def test_checks_of_returns() -> None:
    rows = [
        vat(date(2024, 1, 1), date(2024, 1, 31), payable=100, arrears=101),
        vat(date(2024, 1, 31), date(2024, 2, 29), payable=100, arrears=100),
        vat(date(2024, 11, 1), date(2024, 11, 30), payable=-5, arrears=0),
        vat(date(2024, 3, 2), date(2024, 3, 1)),
        vat(date(2024, 1, 1), date(2024, 12, 31), tax="cit"),
    ]
    assert held("tax_returns", rows) == {
        "period": (4, 5), "filed_after": (3, 5), "no_overlap": (2, 3), "arrears_bounds": (2, 3),
    }  # fmt: skip


def test_ratings() -> None:
    rows = [
        {"year": 2023, "rating": "A", "published_on": date(2024, 4, 20)},
        {"year": 2023, "rating": "E", "published_on": date(2024, 5, 20)},
        {"year": 2024, "rating": "B", "published_on": date(2024, 6, 20)},
    ]
    assert held("tax_ratings", rows) == {"letter": (2, 3), "published_after": (2, 3), "once": (1, 3)}
    found = one("tax_ratings", rows)
    assert (found.coverage, found.freshness_days, found.longest_gap_days) == (1.0, 194, None)


# --- meters


def test_a_meter_never_runs_back() -> None:
    rows = [
        reading(date(2024, 9, 1), 100.0, 30.0),
        reading(date(2024, 10, 1), 150.0, 50.0),
        reading(date(2024, 11, 1), 140.0, 20.0),  # back by 10
        reading(date(2024, 12, 1), 190.0, 60.0),  # 50 moved, 60 said
        reading(date(2024, 12, 1), 7.0, 7.0, meter="other"),
    ]
    found = measured("meters", rows)
    assert held("meters", rows) == {"never_back": (2, 3), "usage": (1, 2)}
    worst = found.worst.filter(pl.col("check") == "never_back")
    assert worst.select("place", "off").rows() == [("power / m / 2024-11-01", 10.0)]


def test_a_meter_that_began_anew_did_not_run_back() -> None:
    rows = [
        reading(date(2024, 9, 1), 100.0, 30.0),
        reading(date(2024, 10, 1), 5.0, 50.0, event="replaced"),
        reading(date(2024, 11, 1), 90.0, 20.0, event="estimated"),
        reading(date(2024, 12, 1), 65.0, 60.0),  # after the replaced one, not after the estimate
    ]
    assert held("meters", rows) == {"never_back": (1, 1), "usage": (1, 1)}
    assert held("meters", [row | {"event": None} for row in rows])["never_back"] == (1, 3)


def test_a_meter_may_count_through_a_transformer() -> None:
    rows = [reading(date(2024, 10, 1), 100.0), reading(date(2024, 11, 1), 110.0, 400.0)]
    assert held("meters", rows)["usage"] == (1, 1)


def test_two_readings_of_a_day_are_not_one_after_the_other() -> None:
    rows = [reading(date(2024, 10, 1), 100.0), reading(date(2024, 10, 1), 90.0), reading(date(2024, 11, 1), 99.0)]
    assert held("meters", rows) == {"never_back": (0, 1)}


def test_every_other_month_read_is_every_month_spoken_for() -> None:
    rows = [reading(date(2024, month, 1), 10.0 * month) for month in (2, 4, 6, 8, 10, 12)]
    found = one("meters", rows)
    assert (found.coverage, found.longest_gap_days) == (11 / 12, 31)
    gone = one("meters", [row for row in rows if row["read_on"].month not in (6, 8)])
    assert gone.coverage == 6 / 12  # February to April, October to December


# --- reports and events


def test_courts_are_covered_by_one_report_even_an_empty_one() -> None:
    told = [{"first": date(2024, 12, 21), "last": date(2024, 12, 21)}]
    found = one("courts", [], told=told)
    assert (found.coverage, found.freshness_days, found.agreement) == (1.0, 10, None)
    assert found.score == 1.0  # of what is known, all is well


def test_a_report_of_a_later_day_is_not_there_yet() -> None:
    told = [{"first": date(1990, 1, 1), "last": date(2025, 1, 1), "part": "firm"}]
    assert one("courts", [], told=told).coverage is None
    assert one("courts", [], date(2025, 1, 1), told=told).freshness_days == 0


def test_an_old_case_says_nothing_of_when_one_looked() -> None:
    case = {"subject": "firm", "what": "defendant", "case_no": "c", "filed_on": date(2015, 1, 1)}
    found = one("courts", [case])
    assert (found.coverage, found.freshness_days, found.rows) == (1.0, None, 0)


def test_shares_of_todays_holders() -> None:
    def holder(value: str, share: float, until: date | None = None, on: date = date(2024, 2, 1)) -> Row:
        return {"on": on, "what": "shareholder", "value": value, "share": share, "until": until}

    sold = holder("c", 0.9, until=date(2024, 6, 1))
    assert held("registry", [holder("a", 0.6), holder("b", 0.4), sold])["shares"] == (1, 1)
    assert held("registry", [holder("a", 0.6), holder("b", 0.41)])["shares"] == (0, 1)
    again = holder("a", 0.5, on=date(2024, 3, 1))  # a holder's latest share counts
    assert held("registry", [holder("a", 0.6), again, holder("b", 0.5)])["shares"] == (1, 1)


def test_checks_of_the_bureau_and_of_documents() -> None:
    account = {
        "subject": "firm", "report_on": date(2024, 12, 1), "account": "1", "opened_on": date(2023, 1, 1),
        "due_on": date(2025, 1, 1), "balance": 100, "overdue": 10, "months": "NNN",
    }  # fmt: skip
    late = account | {"account": "2", "months": "N12", "due_on": date(2022, 1, 1), "overdue": 101}
    assert held("bureau_accounts", [account, late]) == {
        "due_after": (1, 2), "reported_after": (2, 2), "overdue_bounds": (1, 2), "latest_month": (1, 2), "once": (2, 2),
    }  # fmt: skip
    query = {"subject": "firm", "report_on": date(2024, 12, 1), "queried_on": date(2024, 12, 2), "lender": "x"}
    assert held("bureau_queries", [query]) == {"reported_after": (0, 1)}
    paper = {
        "role": "supplier", "document": "order", "document_no": "1", "dated_on": date(2024, 12, 1),
        "due_on": date(2024, 11, 1), "amount": 5, "rejected": 6,
    }  # fmt: skip
    assert held("procurement", [paper]) == {"rejected_bounds": (0, 1), "due_after": (0, 1), "once": (1, 1)}
    case = {"subject": "firm", "what": "executed", "case_no": "c", "filed_on": date(2024, 2, 1)}
    assert held("courts", [case | {"closed_on": date(2024, 1, 1)}, case]) == {"closed_after": (0, 1), "once": (0, 2)}
