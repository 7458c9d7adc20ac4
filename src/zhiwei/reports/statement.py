"""The statement of a line: rows of what happened, and a head that says what is owed and what it costs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiwei.loans import Line, LoanState, annualised, daily_rate
from zhiwei.loans.postings import Entry
from zhiwei.shelf import Product
from zhiwei.values import yuan

KINDS = {
    "drawn": ("支用", "Draw"),
    "billed": ("计息", "Interest billed"),
    "repaid": ("还款", "Repayment"),
    "overpaid": ("溢缴", "Overpayment kept"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """`head` and `rows` hold plain JSON values; amounts are decimal strings of 元."""

    head: dict[str, Any]
    rows: list[dict[str, Any]]


def line_statement(
    line: Line, product: Product, states: Sequence[LoanState], entries: Sequence[Entry], on: date
) -> Statement:
    """Pure: from a line, its loans' states at the end of `on` and its journal entries to date."""
    daily = daily_rate(line.annual_rate, product.line.day_basis)
    dues = [state.terms.next_due(on) for state in states if state.principal]
    head = {
        "line": line.line_id, "party": line.party, "product": line.product, "status": line.status, "on": on.isoformat(),
        "opened_on": line.opened_on.isoformat(), "expires_on": line.expires_on.isoformat(),
        "limit": yuan(line.limit), "used": yuan(line.used), "held": yuan(line.held), "available": yuan(line.available),
        "credit": yuan(line.credit),
        "principal": yuan(sum(state.principal for state in states)),
        "interest_billed": yuan(sum(state.interest_billed for state in states)),
        "interest_accrued": yuan(sum(state.accrued for state in states)),
        "payoff": yuan(sum(state.payoff for state in states)),
        "due": yuan(sum(state.due(on) for state in states)),
        "next_due": min(dues).isoformat() if dues else None,
        "days_past_due": max((state.days_past_due() for state in states), default=0),
        "annual_rate": format(line.annual_rate.normalize(), "f"), "daily_rate": format(daily, "f"),
        "annualised": annualised(line.annual_rate / product.line.day_basis),
    }  # fmt: skip
    return Statement(head, _rows(product, entries))


def _rows(product: Product, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    accounts = product.line.accounts
    rows, balance = [], 0
    for entry in entries:
        change: defaultdict[str, int] = defaultdict(int)
        for posting in entry.postings:
            change[posting.account] += posting.amount
        balance += change[accounts.principal]
        rows.append({
            "date": entry.value_date.isoformat(), "kind": entry.kind, "loan": entry.loan,
            "principal": yuan(change[accounts.principal]), "interest": yuan(change[accounts.interest]),
            "cash": yuan(change[accounts.cash]), "balance": yuan(balance),
        })  # fmt: skip
    return rows
