"""Facts of parties of whom a file says that there is nothing; what nobody asked for stays unknown."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.covers import COVERED, REPORTS, Cover
from zhiwei.borrower.features import CATALOGUE, whole_picture
from zhiwei.borrower.records import KINDS
from zhiwei.values import EARLIEST

AS_OF = date(2024, 2, 29)
YEARS = (date(2021, 1, 1), AS_OF)
Row = dict[str, Any]


def told(got: dict[str, float], kind: str) -> set[str]:
    """Facts of a kind that can be said."""
    return {name for name, value in got.items() if CATALOGUE[name].kind == kind and not np.isnan(value)}


# --- courts


def test_courts_that_were_asked_and_found_nothing_are_clean(facts) -> None:
    got = facts(covers=[Cover("courts", "A", EARLIEST, date(2024, 2, 20), part) for part in ("firm", "owner")])
    zeros = {name for name in told(got, "courts") if got[name] == 0}
    counted = {name for name, fact in CATALOGUE.items() if fact.kind == "courts" and fact.unit in ("count", "元")}
    assert zeros == counted
    assert np.isnan(got["months_since_court_record"])


def test_nobody_asked_nothing_is_known(facts) -> None:
    assert told(facts(courts=[]), "courts") == set()
    later = [Cover("courts", "A", EARLIEST, date(2024, 3, 1), "firm")]
    assert told(facts(covers=later), "courts") == set(), "a report of tomorrow"


def test_a_firm_without_cases_says_nothing_of_its_owner(facts) -> None:
    got = facts(covers=[Cover("courts", "A", EARLIEST, AS_OF, "firm")])
    assert (got["dishonest_open"], got["defendant_12m"]) == (0, 0)
    assert np.isnan([got[name] for name in got if name.startswith("owner_") and CATALOGUE[name].kind == "courts"]).all()
    owner = facts(covers=[Cover("courts", "A", EARLIEST, AS_OF, "owner")])
    assert owner["owner_dishonest_open"] == 0
    assert np.isnan(owner["dishonest_open"])


def test_one_who_looked_back_two_years_knows_two_years(facts) -> None:
    got = facts(covers=[Cover("courts", "A", date(2022, 2, 20), date(2024, 2, 20), "firm")])
    assert (got["defendant_12m"], got["defendant_24m"]) == (0, 0)
    assert np.isnan(got["dishonest_total"])
    assert np.isnan(got["dishonest_open"]), "one listed before, and not struck off, would stand today"
    stale = facts(covers=[Cover("courts", "A", EARLIEST, date(2023, 2, 1), "firm")])
    assert np.isnan(stale["defendant_12m"]), "no report since the window began"
    assert stale["dishonest_total"] == 0


def test_what_is_there_is_counted_whatever_was_looked_at(facts) -> None:
    case = {"what": "defendant", "filed_on": date(2023, 6, 1), "subject": "firm", "case_no": "1"}
    got = facts(courts=[case], covers=[Cover("courts", "A", date(2023, 3, 1), AS_OF, "firm")])
    assert (got["defendant_12m"], got["court_records"]) == (1, 1)
    assert np.isnan(got["executed_total"])
    assert facts(courts=[case])["executed_total"] == 0, "a file of cases that says no day was looked up as a whole"


# --- bureau


def report(on: date, subject: str = "firm") -> list[Cover]:
    first = date(2019, 1, 1)
    return [Cover(kind, "A", first, on, subject) for kind in ("bureau_accounts", "bureau_queries")]


def test_a_report_without_an_account_or_a_query_is_clean(facts) -> None:
    got = facts(covers=report(date(2024, 2, 10)))
    clean = (
        "debt_balance", "lenders", "open_accounts", "overdue_now", "overdue_rule_24m", "overdue_run_24m",
        "compensated_60m", "bad_balance", "hard_queries_1m", "hard_queries_6m", "query_lenders_3m",
    )  # fmt: skip
    assert [got[name] for name in clean] == [0] * len(clean)
    assert got["bureau_report_days"] == 19
    for name in ("worst_class", "card_use", "owner_debt_balance", "owner_hard_queries_3m", "days_since_hard_query"):
        assert np.isnan(got[name]), name
    assert facts(covers=report(AS_OF, "owner"))["owner_debt_balance"] == 0


def test_of_the_days_after_a_report_nothing_is_known(facts) -> None:
    asked = {"subject": "firm", "report_on": date(2024, 1, 10), "queried_on": date(2023, 12, 20), "lender": "l"}
    for got in (facts(bureau_queries=[asked | {"reason": "loan"}]), facts(covers=report(date(2024, 1, 10)))):
        assert np.isnan(got["hard_queries_1m"]), "the month began after the report"
        assert got["hard_queries_3m"] in (0, 1)


def test_accounts_of_an_older_report_are_gone_where_a_later_one_is_empty(facts) -> None:
    account = {"subject": "firm", "report_on": date(2023, 6, 1), "account": "1", "lender": "l", "kind": "loan"}
    account |= {"balance": 5_000, "months": "N12", "overdue": None}
    assert facts(bureau_accounts=[account])["debt_balance"] == 50
    got = facts(bureau_accounts=[account], covers=report(date(2024, 2, 1)))
    assert (got["debt_balance"], got["overdue_run_24m"], got["overdue_now"]) == (0, 0, 0)
    owner = facts(bureau_accounts=[account], covers=report(date(2024, 2, 1), "owner"))
    assert (owner["debt_balance"], owner["owner_debt_balance"]) == (50, 0), "each subject has reports of its own"


# --- flows


def test_a_statement_on_which_nothing_moved_is_no_money_in(facts) -> None:
    got = facts(covers=[Cover("bank_flow", "A", date(2023, 8, 31), date(2024, 2, 20), "1")])
    assert (got["bank_in_3m"], got["bank_out_1m"]) == (0, 0)
    assert np.isnan(got["bank_in_12m"]), "of the six months before nothing is known"
    assert got["bank_months_observed"] == pytest.approx(182 / (365.25 / 12))
    assert np.isnan(got["days_since_bank_row"])


def test_a_hole_between_statements_is_not_spoken_for(facts) -> None:
    whole = [Cover("bank_flow", "A", date(2023, 1, 1), date(2023, 12, 31)),
             Cover("bank_flow", "A", date(2024, 1, 1), AS_OF)]  # fmt: skip
    assert facts(covers=whole)["bank_in_12m"] == 0
    holed = [whole[0], Cover("bank_flow", "A", date(2024, 1, 2), AS_OF)]
    got = facts(covers=holed)
    assert np.isnan(got["bank_in_12m"])
    assert got["bank_in_1m"] == 0


def test_an_export_of_sales_alone_says_nothing_of_purchases(facts) -> None:
    sales = Cover("invoices", "A", *YEARS, "sale")
    assert told(facts(covers=[sales]), "invoices") == set()
    got = facts(covers=[sales, Cover("invoices", "A", *YEARS, "purchase")])
    assert (got["sales_12m"], got["suppliers_12m"]) == (0, 0)
    assert facts(covers=[Cover("invoices", "A", *YEARS)])["sales_12m"] == 0


def test_a_covered_silence_is_compared_with_other_sources(facts) -> None:
    sold = {"direction": "sale", "issue_date": date(2024, 1, 5), "amount": 100_000, "total": 113_000, "status": "valid"}
    sold |= {"occurrence": 1, "counterparty": "x"}
    assert np.isnan(facts(invoices=[sold])["bank_sales_gap_12m"])
    got = facts(invoices=[sold], covers=[Cover("bank_flow", "A", *YEARS)])
    assert (got["bank_sales_ratio_12m"], got["bank_sales_gap_12m"]) == (0, 1)
    half = facts(invoices=[sold], covers=[Cover("bank_flow", "A", date(2023, 9, 1), AS_OF)])
    assert np.isnan(half["bank_sales_ratio_12m"])


# --- currencies


def paid(day: date, amount: int, **rest: Any) -> Row:
    row = {"account": "1", "booked_on": day, "sequence": 1, "amount": amount, "balance": None, "counterparty": "X"}
    return row | {"currency": "CNY", "text": "货款"} | rest


def test_what_came_in_another_currency_is_not_added_and_not_left_out(facts) -> None:
    rows = [paid(date(2024, 2, 1), 10_000), paid(date(2023, 12, 20), 5_000, currency="USD")]
    got = facts(bank_flow=rows)
    assert got["bank_in_1m"] == 100, "the dollars came before"
    assert np.isnan([got["bank_in_3m"], got["bank_in_12m"], got["bank_balance"], got["bank_payers_12m"]]).all()
    rated = facts(bank_flow=rows, rates={"USD": 7.1})
    assert (rated["bank_in_3m"], rated["bank_in_1m"]) == (100 + 50 * 7.1, 100)
    assert np.isnan(facts(bank_flow=rows, rates={"EUR": 7.8})["bank_in_3m"])
    assert told(facts(bank_flow=rows[1:]), "bank_flow") == set()


def test_a_currency_without_cents_is_converted_by_its_own_units(facts) -> None:
    rows = [paid(date(2024, 2, 1), 10_000, currency="JPY"), paid(date(2024, 2, 2), 10_000, currency="KWD")]
    assert facts(bank_flow=rows, rates={"JPY": 0.05, "KWD": 23.0})["bank_in_1m"] == 10_000 * 0.05 + 10 * 23


def test_balances_of_two_currencies_of_an_account_are_two_chains(facts) -> None:
    """Amounts that are rounded when they are converted break no chain."""
    days = [date(2024, 2, day) for day in (1, 2, 3)]
    yuan = [paid(day, 100, balance=100 * place) for place, day in enumerate(days, 1)]
    dollars = [paid(day, 33, balance=33 * place, currency="USD") for place, day in enumerate(days, 1)]
    got = facts(bank_flow=[*yuan, *dollars], rates={"USD": 7.1234})
    assert got["bank_chain_breaks_12m"] == 0
    assert got["bank_balance"] == 3 + round(99 * 7.1234) / 100


# --- meters


def test_a_meter_replaced_or_estimated_breaks_nothing(facts) -> None:
    def read(month: int, dial: float, used: float, event: str | None = None) -> Row:
        return {"utility": "power", "meter": "1", "read_on": date(2023, month, 1), "reading": dial, "usage": used,
                "event": event}  # fmt: skip

    rows = [read(6, 900, 90), read(7, 990, 90), read(8, 12, 80, "replaced"), read(9, 500, 85, "estimated"),
            read(10, 182, 170)]  # fmt: skip
    assert facts(meters=rows)["meter_breaks_12m"] == 0
    silent = [row | {"event": None} for row in rows]
    assert facts(meters=silent)["meter_breaks_12m"] == 3


# --- always

DAYS = st.dates(date(2021, 1, 1), date(2024, 8, 31))
COVERS = st.lists(
    st.fixed_dictionaries(
        {
            "party_id": st.sampled_from("ABC"), "kind": st.sampled_from(list(KINDS)), "first": DAYS, "last": DAYS,
            "part": st.sampled_from([None, "firm", "owner", "sale", "purchase", "a1"]),
        }
    ),
    max_size=12,
)  # fmt: skip


def seen(make, seed: int, covers: list[Row], parties: str = "ABC", many: int = 12) -> dict[str, Any]:
    tables = {kind: make.table(kind, rows) for kind, rows in make.all_kinds(seed, many).items()}
    return whole_picture(tables, list(parties), AS_OF, pa.Table.from_pylist(covers, schema=COVERED))


def is_later(cover: Row) -> bool:
    return cover["last" if cover["kind"] in REPORTS else "first"] > AS_OF


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), covers=COVERS)
def test_later_covers_change_nothing_and_parties_stay_apart(make, seed: int, covers: list[Row]) -> None:
    known = [cover for cover in covers if not is_later(cover)]
    whole, earlier = seen(make, seed, covers), seen(make, seed, known)
    alone = seen(make, seed, [cover for cover in known if cover["party_id"] == "B"][::-1], "B")
    for name, values in whole.items():
        assert np.array_equal(values, earlier[name], equal_nan=True), name
        assert np.array_equal(values[1:2], alone[name], equal_nan=True), name


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), covers=COVERS)
def test_a_cover_takes_no_money_that_is_there_and_makes_none(make, seed: int, covers: list[Row]) -> None:
    """Sums of 12 months are those of the rows; what a cover adds is a 0 where there was nothing to say."""
    bare, told_of = seen(make, seed, []), seen(make, seed, covers)
    for name in ("bank_in_12m", "takings_12m", "order_sales_12m", "sales_12m", "vat_sales_12m"):
        new = np.isnan(bare[name]) & ~np.isnan(told_of[name])
        assert (told_of[name][new] == 0).all(), name
        assert np.array_equal(bare[name][~np.isnan(bare[name])], told_of[name][~np.isnan(bare[name])]), name
