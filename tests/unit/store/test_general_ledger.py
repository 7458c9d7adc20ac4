"""Balances on any day by the database, against sums over the same postings by hand."""

from collections import Counter
from datetime import date, timedelta
from itertools import product

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.ledger import CHART, Account, Side
from zhiwei.reports import account_statement, trial_balances
from zhiwei.store.books import Charts, GeneralLedger, general_ledger
from zhiwei.values import Refusal

FIRST = date(2024, 2, 27)
# (day, currency, [(account, funder, amount)]); the third is backdated: written on the 1st, of the 28th
ENTRIES = [
    (0, "CNY", [("loan_principal", "a", 70), ("loan_principal", "b", 30), ("cash", "a", -70), ("cash", "b", -30)]),
    (1, "CNY", [("interest_receivable", "a", 7), ("interest_income", "a", -7)]),
    (3, "CNY", [("cash", "a", 27), ("loan_principal", "a", -20), ("interest_receivable", "a", -7)]),
    (3, "USD", [("loan_principal", "a", 500), ("cash", "a", -500)]),
    (5, "CNY", [("cash", "", 4), ("customer_credit", "", -4)]),
]


@pytest.fixture
def book(platform: Platform) -> Platform:
    with platform.unit("local") as unit:
        run = unit.steps.connection.execute
        for number, (day, currency, legs) in enumerate(ENTRIES):
            on = FIRST + timedelta(days=day)
            head = [f"e{number}", number, FIRST + timedelta(days=1 if number == 2 else day), on, currency]
            run(
                """insert into journal_entry (tenant_id, entry_id, number, kind, line_id, loan_id, value_date,
                                              business_date, currency)
                   values ('local', %s, %s, 'kind', 'line', 'loan', %s, %s, %s)""",
                head,
            )
            run(
                """insert into journal_posting (tenant_id, entry_id, number, account, funder, amount)
                   select 'local', %s, row_number() over (), * from unnest(%s::text[], %s::text[], %s::bigint[])""",
                [f"e{number}", *map(list, zip(*legs, strict=True))],
            )
    return platform


def ledger(unit) -> GeneralLedger:  # type: ignore[no-untyped-def]
    return GeneralLedger(unit.steps.connection, "local")


def by_hand(first: int, last: int) -> Counter[tuple[str, str]]:
    """Σ of postings written from day to day, by currency and account."""
    sums: Counter[tuple[str, str]] = Counter()
    for day, currency, legs in ENTRIES:
        if first <= day <= last:
            for account, _, amount in legs:
                sums[currency, account] += amount
    return sums


def test_any_day_balances(book: Platform) -> None:
    with book.unit("local") as unit:
        for until, since in product(range(-1, 7), range(-1, 7)):
            on = FIRST + timedelta(days=until)
            balances = trial_balances(ledger(unit).turnovers(on, FIRST + timedelta(days=since) if since >= 0 else None))
            assert all(found.balanced for found in balances)
            rows = {(found.currency, row.account.name): row for found in balances for row in found.rows}
            closing = {place: row.closing for place, row in rows.items()}
            assert closing == dict(by_hand(-1, until))
            expected = by_hand(since, until)
            assert {place: row.debit - row.credit for place, row in rows.items()} == {p: expected[p] for p in rows}


def test_debits_and_credits_are_kept_apart(book: Platform) -> None:
    with book.unit("local") as unit:
        rows = ledger(unit).turnovers(FIRST + timedelta(days=3), FIRST + timedelta(days=1))
    found = {(row.currency, row.account, row.funder): row[3:] for row in rows}
    assert found["CNY", "interest_receivable", "a"] == (0, 7, 7)
    assert found["CNY", "loan_principal", "a"] == (70, 0, 20)
    assert found["CNY", "cash", "b"] == (-30, 0, 0)


def test_an_account_line_by_line(book: Platform) -> None:
    period = (FIRST + timedelta(days=1), FIRST + timedelta(days=4))
    with book.unit("local") as unit:
        opening, rows = ledger(unit).account("cash", "CNY", *period)
        dollars = ledger(unit).account("cash", "USD", *period)
    found = account_statement(CHART["cash"], "CNY", period, opening, rows)
    assert (found.opening, [line.balance for line in found.lines], found.closing) == (-100, [-73], -73)
    assert (rows[0].business_date, rows[0].value_date) == (FIRST + timedelta(days=3), FIRST + timedelta(days=1))
    assert (dollars[0], [row.amount for row in dollars[1]]) == (0, [-500])


def test_a_statement_too_long_is_refused(book: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(general_ledger, "MOST_LINES", 1)
    with pytest.raises(Refusal, match="more than 1 postings to cash"), book.unit("local") as unit:
        ledger(unit).account("cash", "CNY", FIRST, FIRST + timedelta(days=9))


OWN = Account("100201", "cash_ccb", "建行", "CCB", Side.ASSET, sure=False)


def test_a_tenant_has_a_chart_of_its_own(platform: Platform) -> None:
    platform.database.add_tenant("other")
    renumbered = Account("1003", "cash", "存放中央银行款项", "Cash at the central bank", Side.ASSET, sure=False)
    with platform.unit("local") as unit:
        charts = Charts(unit.steps.connection, "local")
        assert charts.chart() == CHART
        assert charts.adopt([renumbered, OWN], "finance") == 2
        assert (charts.chart()["cash"], charts.chart()["cash_ccb"]) == (renumbered, OWN)
        assert charts.adopt([renumbered, OWN], "finance") == 0
    with platform.unit("other") as unit:
        assert Charts(unit.steps.connection, "other").chart() == CHART


def test_the_latest_word_is_in_force_and_the_earlier_stays(platform: Platform, owner: psycopg.Connection) -> None:
    for number in ("100202", "100203"):
        with platform.unit("local") as unit:
            Charts(unit.steps.connection, "local").adopt([Account(number, *OWN_REST)], "finance")
    with platform.unit("local") as unit:
        assert Charts(unit.steps.connection, "local").chart()["cash_ccb"].number == "100203"
    assert owner.execute("select number from account order by recorded_at").fetchall() == [("100202",), ("100203",)]


OWN_REST = ("cash_ccb", "建行", "CCB", Side.ASSET)


def test_what_a_chart_may_not_is_refused(platform: Platform) -> None:
    with platform.unit("local") as unit:
        Charts(unit.steps.connection, "local").adopt([OWN], "finance")
    for account, says in (
        (Account("100201", "cash_icbc", "工行", "ICBC", Side.ASSET), "two accounts with the number 100201"),
        (Account("100201", "cash_ccb", "建行", "CCB", Side.LIABILITY), "stays so"),
    ):
        with pytest.raises(ValueError, match=says), platform.unit("local") as unit:
            Charts(unit.steps.connection, "local").adopt([account], "finance")
