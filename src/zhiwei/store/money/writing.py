"""Everything a transaction writes about money, in one statement, however many lines, loans and entries there are."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from zhiwei.journeys.ports import Changes, Loan, Payout
from zhiwei.ledger.journal import check
from zhiwei.loans import Line
from zhiwei.loans.accrual import COUNTS, ROUNDINGS, split_numerator
from zhiwei.loans.events import NAMES, body
from zhiwei.store.partners.outbox import EVENT as TOLD
from zhiwei.store.partners.outbox import QUEUED, event_row
from zhiwei.values import canonical, to_plain

LOAN = {
    "loan_id": "text", "line_id": "text", "party_id": "text", "product_id": "text", "product_hash": "text",
    "sub_limit": "text", "terms": "text", "amount": "bigint", "drawn_on": "date", "day_count": "smallint",
    "rounding": "smallint",
}  # fmt: skip
LOAN_DERIVED = {
    "principal": "bigint", "book": "bigint", "posted": "int", "late": "int", "oldest_due": "date", "class": "text",
    "next_on": "date", "as_of": "date", "off_balance": "boolean", "billed": "bigint", "run_since": "date",
    "run_whole": "bigint", "run_part": "bigint", "run_slope": "bigint", "run_cap": "bigint", "penal": "bigint[]",
}  # fmt: skip
LINE = {
    "line_id": "text", "party_id": "text", "decision_id": "text", "product_id": "text", "product_hash": "text",
    "annual_rate": "numeric", "opened_on": "date", "expires_on": "date",
}  # fmt: skip
LINE_DERIVED = {
    "status": "text", "credit_limit": "bigint", "used": "bigint", "held": "bigint", "credit": "bigint",
    "frozen_because": "text", "posted": "int", "last_event": "date", "late_from": "date", "draws": "int",
}  # fmt: skip
PAYOUT = {
    "payout_id": "text", "line_id": "text", "loan_id": "text", "amount": "bigint", "value_date": "date",
    "sub_limit": "text",
}  # fmt: skip
PAYOUT_SETTLED = {"status": "text", "bank_ref": "text"}
STEP = {"key": "text", "verb": "text", "request_hash": "text", "result": "text"}
EVENT = {
    "event_id": "text", "line_id": "text", "kind": "text", "loan_id": "text", "value_date": "date", "amount": "bigint",
    "body": "text",
}  # fmt: skip
ENTRY = {
    "entry_id": "text", "number": "int", "kind": "text", "line_id": "text", "loan_id": "text", "value_date": "date",
    "currency": "text", "business_date": "date", "reverses": "text", "product_id": "text",
}  # fmt: skip
POSTING = {"entry_id": "text", "number": "smallint", "account": "text", "funder": "text", "amount": "bigint"}
CLASS = {"loan_id": "text", "since": "date", "class": "text"}
AUDIT = {"person": "text", "role": "text", "verb": "text", "request": "text"}


def _insert(table: str, columns: dict[str, str], more: str = "") -> str:
    """Parameter 1 is the tenant; `{rows}` is where the number of the rows' parameter goes."""
    names, typed = ", ".join(columns), ", ".join(f"{name} {kind}" for name, kind in columns.items())
    rows = f"json_to_recordset(${{rows}}::json) n ({typed})"
    return f"insert into {table} (tenant_id, {names}) select $1::text, {names} from {rows} {more}"


def _keep(table: str, key: str, fixed: dict[str, str], derived: dict[str, str], only: str = "") -> str:
    """New rows, or what changes of known ones. They are found by their key whatever the planner knows of the table:
    an update joined to a document of unknown length may read all of it.
    """
    assigned = ", ".join(f"{name} = excluded.{name}" for name in derived)
    return _insert(table, fixed | derived, f"on conflict (tenant_id, {key}) do update set {assigned} {only}")


_PARTS = {
    "answers": _insert("step", STEP, "order by key on conflict do nothing returning 1"),
    "lines": _keep("line", "line_id", LINE, LINE_DERIVED),
    "payouts": _keep("payout", "payout_id", PAYOUT, PAYOUT_SETTLED, "where payout.status = 'ordered'"),
    "loans": _keep("loan", "loan_id", LOAN, LOAN_DERIVED),
    "events": _insert("event", EVENT),
    "entries": _insert("journal_entry", ENTRY),
    "postings": _insert("journal_posting", POSTING),
    "classes": _insert("class_change", CLASS, "on conflict do nothing"),
    "audits": _insert("audit", AUDIT),
    "told": _insert("outbox_event", TOLD, "on conflict do nothing returning tenant_id, event_id, number"),
}


def statement(tenant: str, changes: Changes) -> tuple[bytes, list[str]]:
    """One SQL statement with its values, or none; it answers with the number of keys that were free.

    Only what has rows is in it, so that a few shapes are planned once and used again.
    """
    written = dict(_written(changes))
    rows = [json.dumps(found, ensure_ascii=False, separators=(",", ":")) for found in written.values()]
    return (_statement(tuple(written)) if written else b""), [tenant, *rows]


@cache
def _statement(names: tuple[str, ...]) -> bytes:
    parts = [f"{name} as ({_PARTS[name].format(rows=number)})" for number, name in enumerate(names, 2)]
    if "told" in names:
        parts.append(f"queued as ({QUEUED})")
    return f"with {', '.join(parts)} select {'count(*) from answers' if 'answers' in names else '0'}".encode()


def _written(changes: Changes) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    entries, postings = _entries(changes)
    found: dict[str, Iterable[dict[str, Any]]] = {
        "answers": (
            {"key": key, "verb": verb, "request_hash": request_hash, "result": canonical(answer)}
            for key, (verb, request_hash, answer) in changes.answers.items()
        ),
        "lines": map(_line, changes.lines.values()),
        "payouts": map(_payout, changes.payouts),
        "loans": map(_loan, changes.loans.values()),
        "events": (
            {
                "event_id": event.event_id, "line_id": line, "kind": NAMES[type(event)], "loan_id": event.loan,
                "value_date": event.value_date.isoformat(), "amount": getattr(event, "amount", 0),
                "body": canonical(body(event)),
            }
            for line, event in changes.events
        ),
        "entries": entries,
        "postings": postings,
        "classes": (
            {"loan_id": loan, "since": since.isoformat(), "class": asset_class}
            for loan, since, asset_class in changes.classes
        ),
        "audits": (
            {"person": by.person, "role": by.role, "verb": verb, "request": request}
            for by, verb, request in changes.audits
        ),
        "told": map(event_row, changes.told),
    }  # fmt: skip
    for name, rows in found.items():
        if gathered := list(rows):
            yield name, gathered


def _entries(changes: Changes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    heads, postings = [], []
    for entry, business_date in changes.entries:
        check(entry)
        heads.append({
            "entry_id": entry.entry_id, "number": entry.number, "kind": entry.kind, "line_id": entry.line,
            "loan_id": entry.loan, "value_date": entry.value_date.isoformat(), "currency": entry.currency,
            "business_date": business_date.isoformat(), "reverses": entry.reverses or None,
            "product_id": entry.product,
        })  # fmt: skip
        postings += [
            {"entry_id": entry.entry_id, "number": n, "account": p.account, "funder": p.funder, "amount": p.amount}
            for n, p in enumerate(entry.postings)
        ]
    return heads, postings


def _line(line: Line) -> dict[str, Any]:
    return {
        "line_id": line.line_id, "party_id": line.party, "decision_id": line.decision, "product_id": line.product,
        "product_hash": line.product_hash, "annual_rate": str(line.annual_rate),
        "opened_on": line.opened_on.isoformat(), "expires_on": line.expires_on.isoformat(), "status": line.status,
        "credit_limit": line.limit, "used": line.used, "held": line.held, "credit": line.credit,
        "frozen_because": line.frozen_because, "posted": line.posted,
        "last_event": line.last_event and line.last_event.isoformat(),
        "late_from": line.late_from and line.late_from.isoformat(), "draws": line.draws,
    }  # fmt: skip


def _payout(payout: Payout) -> dict[str, Any]:
    return {
        "payout_id": payout.payout_id, "line_id": payout.line, "loan_id": payout.loan, "amount": payout.amount,
        "value_date": payout.value_date.isoformat(), "sub_limit": payout.sub_limit, "status": payout.status,
        "bank_ref": payout.bank_ref,
    }  # fmt: skip


def _loan(loan: Loan) -> dict[str, Any]:
    run = loan.running
    whole, part = split_numerator(run.interest.n, run.count)
    penal: list[int] = []
    for growth in run.penal:
        penal += [growth.since.toordinal(), *split_numerator(growth.n, run.count), growth.slope, growth.less]
    return {
        "loan_id": loan.loan_id, "line_id": loan.line, "party_id": loan.party, "product_id": loan.product,
        "product_hash": loan.product_hash, "sub_limit": loan.sub_limit,
        "terms": "" if loan.known else canonical(to_plain(loan.terms)),
        "amount": loan.terms.principal, "drawn_on": loan.terms.drawn_on.isoformat(),
        "day_count": COUNTS.index(run.count), "rounding": ROUNDINGS.index(run.rounding),
        "principal": loan.principal, "book": loan.book, "posted": loan.posted, "late": loan.late,
        "oldest_due": loan.oldest_due and loan.oldest_due.isoformat(), "class": loan.asset_class,
        "next_on": loan.next_on and loan.next_on.isoformat(), "as_of": run.as_of.isoformat(),
        "off_balance": run.off_balance, "billed": run.billed, "run_since": run.interest.since.isoformat(),
        "run_whole": whole, "run_part": part, "run_slope": run.interest.slope, "run_cap": run.interest.cap,
        "penal": penal,
    }  # fmt: skip
