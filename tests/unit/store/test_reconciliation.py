"""The bank's files in the database: matched once, known again, and what differs queues for a person, once."""

from collections.abc import Callable
from datetime import date

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.ledger.reconcile import BankRow, Result, Statement, reconcile

Line = Callable[..., str]


def day(number: int) -> date:
    return date(2024, 3, number)


def row(on: int, amount: int, reference: str = "", name: str = "") -> BankRow:
    return BankRow(day(on), amount, "CNY", reference, name, "")


@pytest.fixture
def line(platform: Platform, open_line: Line) -> str:
    """A line whose cash moved: payouts R1 (paid), R2 (failed), payments p1 to p3, p3 reversed, and a refund."""
    line = open_line(day(1))
    with platform.unit("local") as unit:
        run = unit.steps.connection.execute
        for number, (status, reference) in enumerate([("paid", "R1"), ("failed", None)]):
            run(
                """insert into payout (tenant_id, payout_id, line_id, loan_id, amount, value_date, status, bank_ref)
                   values ('local', %s, %s, %s, 50000, %s, %s, %s)""",
                [f"pay{number}", line, f"loan{number}", day(2 + number), status, reference],
            )
        for event_id, kind, on, amount, body in (
            ("p1", "payment", 5, 1000, "{}"), ("p2", "payment", 6, 2000, '{"reference": "IN2"}'),
            ("p3", "payment", 7, 3000, "{}"), ("v1", "reversal", 8, 0, '{"of": "p3"}'),
            ("f1", "refund", 9, 400, "{}"), ("c1", "charge", 9, 70, "{}"),
        ):  # fmt: skip
            run(
                """insert into event (tenant_id, event_id, line_id, kind, loan_id, value_date, amount, body)
                   values ('local', %s, %s, %s, '', %s, %s, %s)""",
                [event_id, line, kind, day(on), amount, body],
            )
        run(
            """insert into journal_entry (tenant_id, entry_id, number, kind, line_id, loan_id, value_date,
                                          business_date, currency)
               values ('local', 'e1', 0, 'drawn', %s, 'loan0', '2024-03-02', '2024-03-02', 'CNY')""",
            [line],
        )
        run(
            """insert into journal_posting (tenant_id, entry_id, number, account, funder, amount)
               values ('local', 'e1', 0, 'cash', 'a', -50000), ('local', 'e1', 1, 'loan_principal', 'a', 50000)"""
        )
    return line


def take(platform: Platform, name: str, *rows: BankRow) -> tuple[Result, int, int]:
    """Reconcile a file -> the result, differences that are new, and resolved by it."""
    statement = Statement(name, name.encode().hex().ljust(64, "0")[:64], rows)
    with platform.unit("local") as unit:
        store = unit.reconciliation
        assert not store.knows(statement.sha256)
        work = store.work("cash", statement)
        result = reconcile(work.rows, work.items, since=work.since, until=work.until, used=work.used)
        new, explained = store.keep("cash", statement, result, "finance")
        assert store.knows(statement.sha256)
    return result, new, explained


def queue(platform: Platform) -> list[tuple[str, list[str], list[str]]]:
    with platform.unit("local") as unit:
        found = unit.reconciliation.queue()
    return [(d.kind, [r["amount"] for r in d.facts["bank"]], [i["item_id"] for i in d.facts["book"]]) for d in found]


WHOLE = (row(2, -50000, "R1"), row(5, 1000), row(6, 2000, "IN2"), row(9, -400))


def test_what_agrees_leaves_nothing(platform: Platform, line: str) -> None:
    """A failed payout, a reversed payment and a charge moved no money, and are not asked for."""
    result, new, _ = take(platform, "march", *WHOLE, row(31, 5))
    assert {(pair.item.item_id, pair.found_by) for pair in result.pairs} == {
        ("pay0", "reference"), ("p1", "amount"), ("p2", "reference"), ("f1", "amount"),
    }  # fmt: skip
    assert {pair.item.of for pair in result.pairs} == {line}
    assert new == 1
    assert queue(platform) == [("only_in_bank", ["0.05"], [])]


def test_differences_queue_once(platform: Platform, line: str) -> None:
    rows = (row(2, -50001, "R1"), row(5, 1000), row(20, 7))
    assert take(platform, "one", *rows)[1:] == (4, 0)
    expected = [
        ("amount_differs", ["-500.01"], ["pay0"]), ("only_in_book", [], ["p2"]), ("only_in_book", [], ["f1"]),
        ("only_in_bank", ["0.07"], []),
    ]  # fmt: skip
    assert sorted(queue(platform)) == sorted(expected)
    assert take(platform, "the same again under another name", *rows)[1:] == (0, 0)
    assert sorted(queue(platform)) == sorted(expected)


def test_what_is_matched_is_not_matched_again(platform: Platform, line: str) -> None:
    take(platform, "one", row(5, 1000), row(9, -400))
    result, new, _ = take(platform, "overlapping", row(5, 1000), BankRow(day(5), 1000, "CNY", "", "", "", 2))
    assert result.pairs == ()
    assert [d.rows[0].occurrence for d in result.differences if d.rows] == [2]
    assert new == 1


def test_a_later_file_explains_an_earlier_difference(platform: Platform, line: str) -> None:
    take(platform, "one", row(3, -50000, "R1"), row(20, 7))
    assert ("only_in_book", [], ["p2"]) in queue(platform)
    result, _, explained = take(platform, "late", row(25, 2000, "IN2"))
    assert [pair.item.item_id for pair in result.pairs] == ["p2"]
    assert explained == 1
    assert ("only_in_book", [], ["p2"]) not in queue(platform)


def test_a_row_waits_for_the_book(platform: Platform, line: str, owner: psycopg.Connection) -> None:
    """The bank had the money first; when somebody enters it, the next file closes the difference."""
    take(platform, "one", *WHOLE, row(20, 777))
    assert queue(platform) == [("only_in_bank", ["7.77"], [])]
    owner.execute("insert into event values ('local', 'p9', %s, 'payment', '', '2024-03-21', 777, '{}')", [line])
    result, new, explained = take(platform, "two", row(22, 1))
    assert ([pair.item.item_id for pair in result.pairs], new, explained) == (["p9"], 1, 1)
    assert queue(platform) == [("only_in_bank", ["0.01"], [])]


def test_a_payout_made_twice_in_two_files_stays_the_banks(platform: Platform, line: str) -> None:
    take(platform, "one", *WHOLE[:3], row(8, 1))
    twice = BankRow(day(9), -400, "CNY", "R1", "", "again")
    result, _, _ = take(platform, "two", twice, row(20, 2))
    assert result.pairs == ()
    assert {d.kind for d in result.differences if twice in d.rows} == {"only_in_bank"}


def test_a_person_resolves_once_and_for_good(platform: Platform, line: str, owner: psycopg.Connection) -> None:
    result, _, _ = take(platform, "one", *WHOLE, row(20, 7))
    [difference] = result.differences
    with platform.unit("local") as unit:
        store = unit.reconciliation
        assert store.resolve(difference.difference_id, "li", "interest the bank pays us")
        assert not store.resolve(difference.difference_id, "wang", "no")
    assert queue(platform) == []
    assert take(platform, "again", *WHOLE, row(20, 7), row(21, 9))[1] == 1
    kept = owner.execute(
        "select state, resolved_by, because from difference where difference_id = %s", [difference.difference_id]
    ).fetchone()
    assert kept == ("resolved", "li", "interest the bank pays us")


@pytest.mark.parametrize(
    "change",
    [
        "update difference set facts = '{}'", "update difference set kind = 'ambiguous'",
        "update difference set state = 'resolved'", "update difference set state = 'resolved', resolved_by = 'x', "
        "because = ' ', resolved_at = now()", "delete from difference", "truncate difference",
        "update bank_file set file = ''", "delete from bank_match", "update seal set sha256 = sha256",
        "update account set zh = ''",
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_found(
    platform: Platform, line: str, owner: psycopg.Connection, change: str
) -> None:
    take(platform, "one", *WHOLE, row(20, 7))
    refused = (psycopg.errors.RaiseException, psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)
    with pytest.raises(refused):
        owner.execute(change.encode())
    with pytest.raises(refused), platform.unit("local") as unit:
        unit.steps.connection.execute(change.encode())


def test_what_was_resolved_stays_resolved(platform: Platform, line: str, owner: psycopg.Connection) -> None:
    result, _, _ = take(platform, "one", *WHOLE, row(20, 7))
    with platform.unit("local") as unit:
        unit.reconciliation.resolve(result.differences[0].difference_id, "li", "known")
    with pytest.raises(psycopg.errors.RaiseException, match="nothing else of it changes"):
        owner.execute("update difference set because = 'other'")


def test_another_account_is_another_book(platform: Platform, line: str) -> None:
    statement = Statement("ccb", "c" * 64, (row(2, -50000, "R1"),))
    with platform.unit("local") as unit:
        work = unit.reconciliation.work("cash_ccb", statement)
    assert (len(work.rows), work.items) == (1, [])
