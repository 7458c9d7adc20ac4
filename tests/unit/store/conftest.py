"""A tenant with at least one row in every table, and a connection that no row-level security binds."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.covers import Cover
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.relations import Held, Link, Role
from zhiwei.borrower.sameness import Rejection
from zhiwei.journeys import (
    CameWith,
    Permission,
    Source,
    apply,
    close_days,
    draw,
    give_consent,
    receive_records,
    repay,
    withdraw_consent,
)
from zhiwei.journeys.network import CIRCLES, EDGES, STANDINGS, Made, Mark
from zhiwei.journeys.partners.ports import ACTIVE, Call, Signature, Terms
from zhiwei.journeys.partners.telling import DELIVERED, Answer, Outcome, Webhook
from zhiwei.journeys.providers import Asking, Ended
from zhiwei.journeys.referred import Ruled
from zhiwei.ledger import Account, Side
from zhiwei.ledger.reconcile import BankRow, Statement, reconcile
from zhiwei.store.books import Charts
from zhiwei.values.happenings import happening
from zhiwei.values.secrets import Secret


@pytest.fixture
def lived_in(platform: Platform, open_line: Callable[..., str]) -> Platform:
    """Tenant `local` with a line that was drawn, billed, late, repaid and overpaid; every table has a row of it."""
    line, by = open_line(date(2024, 3, 1)), platform.actor
    draw(books=platform, by=by, key="d", line=line, amount=1_000_000, on=date(2024, 3, 1))
    close_days(books=platform, by=by, since=date(2024, 3, 1), until=date(2024, 3, 22))
    repay(books=platform, by=by, key="r", line=line, amount=2_000_000, on=date(2024, 3, 23))
    came = CameWith("counter", [("device", "fp-1")])
    apply(books=platform, by=by, product="tax_credit", party="G1", on=date(2024, 3, 1), came_with=came)
    permission = Permission(
        Party("G1", "G1", "test"), ["meters", "pledges"], "Read my meter.", "page 1", date(2024, 3, 1)
    )
    give_consent(books=platform, by=by, permission=permission)
    rows = [{"party_id": "G1", "utility": "power", "meter": "8", "read_on": date(2024, 3, 1), "reading": 1.0}]
    told = [Cover("meters", "G1", date(2024, 3, 1), date(2024, 3, 31), "power / 8")]
    pledged = {"party_id": "G1", "pledge_id": "1", "lender": "B", "registered_on": date(2024, 3, 1), "invoice_no": "2"}
    tables = {"meters": table_of("meters", rows), "pledges": table_of("pledges", [pledged])}
    parsed = Parsed(tables, covered=told)
    receive_records(books=platform, by=by, source=Source("meters", "m.csv", "1" * 64), parsed=parsed)
    withdraw_consent(books=platform, by=by, party="G1", scopes=["meters"], on=date(2024, 3, 24), because="asked")
    with platform.unit("local") as unit:
        run = unit.steps.connection.execute
        run("insert into label (tenant_id, party_id, name, value) values ('local', 'G1', 'defaulted', 'no')")
        run("insert into demand_point values ('local', 'test', 'A', 0.04, 0.1)")
        run("insert into sub_limit values ('local', %s, 'partner', 5)", [line])
        run("insert into line_change values ('local', 'c', %s, '2024-03-01', 'limit', '1', '2', 'why', 'x')", [line])
        run("insert into set_aside values ('local', %s, '2024-03-22', 'why')", [line])
        run("insert into proposal values ('local', 'p', 'waiver', '{}', 'x')")
        Charts(unit.steps.connection, "local").adopt([Account("100201", "ccb", "建行", "CCB", Side.ASSET)], "x")
        _related(unit, date(2024, 3, 1))
        decided = next(unit.decisions.all()).decision_id
        unit.tasks.open([("t", decided)])
        unit.tasks.rule(Ruled(decided, decided, "decline", "x", "officer", "why"))
        _asked(unit)
        _partner(unit, line)
        run("insert into sandbox (tenant_id, made_by) values ('local', 'maker')")
        assert unit.sandboxes.register("sandbox-a", "", "x") + unit.sandboxes.end("sandbox-a", "x") == 2
        assert unit.sandboxes.move(date(2024, 3, 1), "x")
        row = BankRow(date(2024, 3, 1), -1_000_000, "CNY", "", "", "")
        statement = Statement("bank.csv", "0" * 64, (row, BankRow(date(2024, 3, 28), 1, "CNY", "", "", "")))
        reconciliation = unit.reconciliation
        work = reconciliation.work("cash", statement)
        result = reconcile(work.rows, work.items, since=work.since, until=work.until, used=work.used)
        assert result.pairs
        assert reconciliation.keep("cash", statement, result, "x")[0] > 0
    return platform


def _related(unit: Any, on: date) -> None:
    """G1 owns another party, has a phone and a role, and was once thought to be that other one."""
    other, now = "G2", datetime.now(UTC)
    unit.parties.add([Party(other, "G2", "test")])
    unit.relations.profile("G1", {"kind": "company"}, "x")
    unit.relations.add_identifiers([Held("i", "G1", "mobile", "13800138000", on, None, "test", now)], "x")
    unit.relations.add_roles([Role("r", "G1", "owner", on, None, "test", now)], "x")
    unit.relations.add_links([Link("l", "G1", "owns", other, Decimal("0.5"), on, None, "test", now)], "x")
    unit.relations.end("l", on, "sold", "x")
    unit.merges.add("m", other, "G1", "same phone", ("x", "y"))
    _networked(unit, on)
    unit.merges.undo("m", "two after all", "x")
    unit.merges.reject(Rejection("j", "G1", other, "two after all", "x", "", frozenset("i"), frozenset()))


def _partner(unit: Any, line: str) -> None:
    """A client called, and its webhook was told of what it holds; one event waits for nobody yet."""
    now, name = datetime.now(UTC), "shop.local"
    unit.clients.add(name, "A shop", "x")
    unit.clients.set_terms(Terms(name, ACTIVE, ("lines:read",)), "x", "y")
    unit.clients.hold(name, [("party", "G1"), ("line", line)])
    signed = Signature("POST", "/v1/draws", "0" * 64, "e30..x")
    unit.clients.admit(Call(name, "r", "p", now + timedelta(hours=1), "k", "h", signed), date(2026, 1, 1))
    unit.clients.add_test_key(name, "0" * 64)
    webhook = Webhook("hook_1", name, "https://shop.example.com/told", (), "")
    unit.webhooks.add(webhook, "x")
    unit.webhooks.add_secret("hook_1", Secret(bytes(32)), timedelta())
    for n in range(2):
        unit.outbox.tell([happening("party.registered", n, date(2026, 1, 1), {}, party="G1")])
        if not n:
            assert unit.outbox.fan_out(10) == 1
    claimed = unit.webhooks.claim(now + timedelta(hours=1), now + timedelta(hours=2))
    unit.webhooks.record(claimed, Outcome(DELIVERED, now, now, Answer(204)))


def _asked(unit: Any) -> None:
    """A company was asked about G1, and had nothing."""
    pull = unit.pulls.begin(Asking("k", "power", "G1", ("meters",), ("con_1",), "x"))
    now = datetime.now(UTC)
    unit.pulls.end(Ended(pull, "power", "G1", ("meters",), now, now, "empty", 100, 1))


def _networked(unit: Any, on: date) -> None:
    """G1 and G2 bill each other; somebody who is no party of ours is known to be bad."""
    day = {"first_on": on, "last_on": on, "kind": "sells_to", "out_rank": 1, "in_rank": 1, "weight": 5}
    edges = [{"from_party": one, "to_party": other, **day} for one, other in (("G1", "G2"), ("G2", "G1"))]
    standing = {"component": "G1", "component_size": 2, "guarantee_core": 0, "guarantee_ring": 0, "sold": 5}
    standing |= {"circled": 5, "risk": 0.0}
    standings = [{"party_id": party, **standing} for party in ("G1", "G2")]
    circles = [{"circle": 0, "place": n, "party_id": f"G{n + 1}", "amount": 5} for n in range(2)]
    tables = [(edges, EDGES), (standings, STANDINGS), (circles, CIRCLES)]
    made = Made(*(pa.Table.from_pylist(rows, schema=schema) for rows, schema in tables), 0)
    unit.network.build(on, made, "x")
    unit.network.mark(Mark("m", "S1", "ran away", "notice 1", on, None, "x"))


@pytest.fixture
def owner(platform: Platform) -> Iterator[psycopg.Connection]:
    """The database's owner, as somebody with the keys to the machine would come in; autocommit."""
    with psycopg.connect(platform.database.url, autocommit=True) as connection:
        connection.execute("select set_config('zhiwei.tenant', 'local', false)")
        yield connection
