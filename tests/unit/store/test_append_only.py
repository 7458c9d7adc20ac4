"""What happened stays: the database itself refuses change, whoever asks, and entries that do not balance."""

import psycopg
import pytest
from psycopg import sql

from zhiwei.bootstrap import Platform
from zhiwei.journeys.ports import Changes

LASTING = (
    "journal_entry", "journal_posting", "event", "audit", "decision", "business_day", "class_change", "invoice",
    "delivery", "line_change", "shard_day", "set_aside", "seal", "account", "bank_file", "bank_match",
    "party_profile", "party_role", "party_link", "party_ended", "outbox_event", "client_event", "webhook",
    "webhook_terms", "webhook_attempt",
    "sandbox", "sandbox_clock", "sandbox_made", "sandbox_end", "client", "client_terms", "client_holding",
    "signed_request",
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    ["update {} set tenant_id = tenant_id", "delete from {}", "truncate {} cascade", "delete from {} where false"],
)
def test_the_owner_cannot_change_what_happened(lived_in: Platform, owner: psycopg.Connection, change: str) -> None:
    for table in LASTING:
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            owner.execute(sql.SQL(change).format(sql.Identifier(table)))


def test_the_platforms_own_role_may_not_even_try(lived_in: Platform) -> None:
    for table in (*LASTING, "party", "consent", "tenant"):
        for change in ("update {} set tenant_id = tenant_id", "delete from {}", "truncate {} cascade"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), lived_in.unit("local") as unit:
                unit.steps.connection.execute(sql.SQL(change).format(sql.Identifier(table)))


HEAD = """insert into journal_entry
  (tenant_id, entry_id, number, kind, line_id, loan_id, value_date, business_date, currency)
  values ('local', 'e', 0, 'drawn', 'l', '', '2024-03-01', '2024-03-23', 'CNY')"""


@pytest.mark.parametrize(
    "legs",
    [
        [("cash", "a", 100)],
        [("cash", "a", 100), ("loan_principal", "a", -99)],
        [("cash", "a", 100), ("loan_principal", "b", -100)],  # zero in all, not for each funder
    ],
)
def test_an_entry_that_does_not_balance_is_refused(lived_in: Platform, legs: list[tuple[str, str, int]]) -> None:
    """By hand, past our own code; at the end of the statement that brings its postings."""
    rows = ", ".join(f"('local', 'e', {n}, '{a}', '{f}', {amount})" for n, (a, f, amount) in enumerate(legs))
    with lived_in.unit("local") as unit:
        unit.steps.connection.execute(HEAD)
        with pytest.raises(psycopg.errors.RaiseException, match="INV-01"), unit.steps.connection.transaction():
            unit.steps.connection.execute(
                f"insert into journal_posting (tenant_id, entry_id, number, account, funder, amount) values {rows}"
            )


def test_the_same_fact_cannot_be_written_twice(lived_in: Platform) -> None:
    with lived_in.unit("local") as unit:
        entry = next(iter(unit.journal.entries()))
    with pytest.raises(psycopg.errors.UniqueViolation), lived_in.unit("local") as unit:
        unit.desk.write(Changes(entries=[(entry, entry.value_date)]))


@pytest.mark.parametrize(
    "change",
    ["used = -1", "held = -1", "status = 'lost'", "credit_limit = 0", "annual_rate = 1.01"],
)
def test_a_line_without_sense_is_refused(lived_in: Platform, owner: psycopg.Connection, change: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(f"update line set {change}")
