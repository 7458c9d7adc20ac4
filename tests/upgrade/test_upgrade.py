"""From the last tag: nothing of the book is lost or changed, and it goes on.

The book is v0_1_0.sql; what version 0.1.0 said of it is v0_1_0.json. Both were made by that version.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

import psycopg

from zhiwei.journeys import close_days, examine, pay_out, repay, statement
from zhiwei.store.books import Seals
from zhiwei.store.migrate import _files
from zhiwei.values import fen

from .conftest import JOURNAL, SAID, Upgraded

LINES = {head["party"]: line for line, head in SAID["lines"].items()}
ON = date.fromisoformat(SAID["on"])
JULY = date(2024, 7, 31)


def wrong(book: Upgraded) -> dict[str, tuple[str, ...]]:
    return {f.invariant: f.wrong for f in examine(books=book.platform, by=book.platform.actor) if f.wrong}


def totals(book: Upgraded) -> Counter[str]:
    """Account -> balance of the whole journal, by the database's own sum."""
    with psycopg.connect(book.platform.database.url) as connection:
        return Counter(dict(connection.execute("select account, sum(amount)::bigint from journal_posting group by 1")))


def closed(book: Upgraded, until: date) -> None:
    close_days(books=book.platform, by=book.platform.actor, since=None, until=until)


def test_the_fixture_is_a_book_of_the_last_version(old_url: str) -> None:
    """It has what an upgrade can hurt: else the tests below prove little."""
    with psycopg.connect(old_url) as connection:
        rows = dict(connection.execute(
            """select 'days', count(*) from business_day union all select 'frozen', count(*) from line
                 where status = 'frozen' union all select 'credit', count(*) from line where credit > 0
               union all select 'from credit', count(*) from payment where source = 'credit'
               union all select status, count(*) from payout group by 1
               union all select 'repaid', count(*) from loan where principal = 0
               union all select 'open day', count(*) from journal_entry where business_date > '2024-06-28'"""
        ).fetchall())  # fmt: skip
    assert rows == {
        "days": 120, "frozen": 2, "credit": 1, "from credit": 3, "paid": 9, "failed": 1, "ordered": 1, "repaid": 3,
        "open day": 3,
    }  # fmt: skip


def test_every_migration_is_applied(upgraded: Upgraded) -> None:
    assert upgraded.applied == [name for name, _ in _files()][1:]
    assert upgraded.platform.database.migrate() == []


def test_no_row_of_the_journal_changes(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.platform.database.url) as connection:
        assert connection.execute(JOURNAL.encode()).fetchall() == upgraded.journal
    expected: Counter[str] = Counter()
    for place, amount in SAID["totals"].items():
        expected[place.partition(" ")[0]] += amount
    assert totals(upgraded) == expected


def test_the_doctor_finds_nothing_wrong(upgraded: Upgraded) -> None:
    assert wrong(upgraded) == {}


def test_every_line_says_what_it_said(upgraded: Upgraded) -> None:
    """To the cent, by the version that wrote it: owed, due, late, kept."""
    for line, head in SAID["lines"].items():
        now = statement(books=upgraded.platform, by=upgraded.platform.actor, line=line, on=ON).head
        assert {name: now.get(name) for name in head} == head


def test_days_are_closed_on(upgraded: Upgraded) -> None:
    """What a month earns is what its principal costs; the one line more than 90 days late leaves the balance sheet."""
    before = totals(upgraded)
    closed(upgraded, JULY)
    after = totals(upgraded)
    assert sum(after.values()) == 0
    assert after["loan_principal"] == before["loan_principal"]
    lines = {head["party"]: head for head in SAID["lines"].values()}
    late = lines.pop("F4")
    accrued = sum(fen(head["interest_accrued"]) for head in lines.values())
    month = sum(fen(head["principal"]) for head in lines.values()) * Decimal("0.0535") * (JULY - ON).days / 360
    earned = before["interest_income"] - after["interest_income"]
    assert abs(earned - (accrued + month - fen(late["interest_billed"]))) <= len(lines)
    assert after["off_balance_interest"] == -after["off_balance_contra"] > fen(late["interest_billed"])
    assert wrong(upgraded) == {}


def test_the_first_seal_covers_the_whole_old_journal(upgraded: Upgraded) -> None:
    closed(upgraded, date(2024, 6, 29))
    with upgraded.platform.unit("local") as unit:
        seals = Seals(unit.steps.connection, "local")
        assert [seal.on for seal in seals.all()] == [date(2024, 6, 29)]
        assert seals.all()[0].entries >= len({row[0] for row in upgraded.journal})
        assert all(right for _, right in seals.check())


def test_a_repayment_works(upgraded: Upgraded) -> None:
    """All that version 0.1.0 said F5 owes on the day settles it."""
    owed = SAID["lines"][LINES["F5"]]["payoff"]
    paid = repay(
        books=upgraded.platform, by=upgraded.platform.actor, key="after", line=LINES["F5"], amount=fen(owed), on=ON
    )
    assert (Decimal(paid.outstanding), Decimal(paid.credit)) == (0, 0)
    closed(upgraded, ON)
    assert wrong(upgraded) == {}


def test_a_key_used_before_answers_as_before(upgraded: Upgraded) -> None:
    """F5's last repayment, asked again under its own key, is the one that was made."""
    before = totals(upgraded)
    again = repay(
        books=upgraded.platform, by=upgraded.platform.actor, key="repay 21", line=LINES["F5"], amount=123456,
        on=date(2024, 6, 29),
    )  # fmt: skip
    assert Decimal(again.amount) == Decimal("1234.56")
    assert totals(upgraded) == before


def test_a_payout_on_its_way_arrives(upgraded: Upgraded) -> None:
    with upgraded.platform.unit("local") as unit:
        [payout] = unit.lines.payouts(status="ordered")
    drawn = pay_out(books=upgraded.platform, by=upgraded.platform.actor, payout=payout.payout_id)
    assert drawn.status == "paid"
    closed(upgraded, JULY)
    assert wrong(upgraded) == {}


def test_credit_kept_before_still_pays_what_falls_due(upgraded: Upgraded) -> None:
    closed(upgraded, date(2024, 7, 21))
    head = statement(books=upgraded.platform, by=upgraded.platform.actor, line=LINES["F3"], on=date(2024, 7, 21)).head
    assert Decimal(head["due"]) == 0
    assert Decimal(head["credit"]) < Decimal(SAID["lines"][LINES["F3"]]["credit"])


def test_a_frozen_line_is_freed_by_paying(upgraded: Upgraded) -> None:
    due = SAID["lines"][LINES["F2"]]["due"]
    paid = repay(
        books=upgraded.platform, by=upgraded.platform.actor, key="F2", line=LINES["F2"], amount=fen(due), on=ON
    )
    assert paid.status == "open"
