"""The statement of a line: rows of what happened, and a head that says what is owed and what it costs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiwei.loans import CREDIT, Account, Line, Movement, annualised, daily_rate
from zhiwei.loans.loan import RENEWAL
from zhiwei.shelf import Product
from zhiwei.values import yuan

KINDS = {
    "drawn": ("支用", "Draw"),
    "billed": ("计息", "Interest billed"),
    "repaid": ("还款", "Repayment"),
    "overpaid": ("溢缴", "Overpayment kept"),
    "refunded": ("退款", "Overpayment paid back"),
    "charged": ("收费", "Fee"),
    "waived": ("减免", "Relief"),
    "capitalised": ("转本", "Added to principal"),
    "renewed": ("续贷", "Renewed by a new loan"),
    "written_off": ("核销", "Written off"),
    "recovered": ("核销收回", "Recovered"),
    "transferred": ("转让", "Sold"),
    "claim_sold": ("核销债权转让", "Written-off claim sold"),
    "reversed": ("冲正", "Reversal"),
    "accrued": ("计提", "Interest accrued"),
    "provided": ("拨备", "Provision"),
}
_SIGN = {"drawn": 1, "capitalised": 1}


@dataclass(frozen=True, slots=True)
class Statement:
    """`head` and `rows` hold plain JSON values; amounts are decimal strings of 元."""

    head: dict[str, Any]
    rows: list[dict[str, Any]]


def line_statement(line: Line, product: Product, account: Account, on: date) -> Statement:
    """Pure: from a line and the state of its loans at the end of `on`."""
    daily = daily_rate(line.annual_rate, product.line.day_basis)
    states = list(account.loans.values())
    owed = [state.balances for state in states]
    dues = [due for state in states if (due := state.next_due())]
    head = {
        "line": line.line_id, "party": line.party, "product": line.product, "status": line.status, "on": on.isoformat(),
        "opened_on": line.opened_on.isoformat(), "expires_on": line.expires_on.isoformat(),
        "limit": yuan(line.limit), "used": yuan(line.used), "held": yuan(line.held), "available": yuan(line.available),
        "credit": yuan(line.credit),
        "principal": yuan(sum(one.principal for one in owed)),
        "interest_billed": yuan(sum(state.interest_billed for state in states)),
        "interest_accrued": yuan(sum(state.accrued for state in states)),
        "penalty": yuan(sum(one.penalty for one in owed)), "fee": yuan(sum(one.fee for one in owed)),
        "payoff": yuan(sum(one.total for one in owed)),
        "due": yuan(sum(state.due(on) for state in states)),
        "next_due": min(dues).isoformat() if dues else None,
        "days_past_due": max((state.days_past_due() for state in states), default=0),
        "annual_rate": format(line.annual_rate.normalize(), "f"), "daily_rate": format(daily, "f"),
        "annualised": annualised(line.annual_rate / product.line.day_basis),
    }  # fmt: skip
    return Statement(head, _rows(account))


def _rows(account: Account) -> list[dict[str, Any]]:
    """Movements of all loans and of the line, by day; `cash` is positive when the borrower pays."""
    moves = [(move, loan) for loan, state in account.loans.items() for move in state.movements]
    moves += [(move, "") for move in account.movements]
    rows, balance = [], 0
    for move, loan in sorted(moves, key=lambda one: one[0].value_date):
        principal = _SIGN.get(move.kind, -1) * move.principal
        balance += 0 if move.kind in ("written_off", "billed") else principal
        rows.append({
            "date": move.value_date.isoformat(), "kind": move.kind, "loan": loan,
            "principal": yuan(principal), "interest": yuan(_asked(move) * move.interest),
            "penalty": yuan(-move.penalty), "fee": yuan(_asked(move) * move.fee), "cash": yuan(_cash(move)),
            "balance": yuan(balance),
        })  # fmt: skip
    return rows


def _asked(move: Movement) -> int:
    return 1 if move.kind in ("billed", "charged") else -1


def _cash(move: Movement) -> int:
    match move.kind:
        case "drawn":
            return 0 if move.source == RENEWAL else -move.principal
        case "repaid" | "recovered":
            return 0 if move.source == CREDIT else move.principal + move.interest + move.penalty + move.fee
        case "overpaid":
            return 0 if move.source == RENEWAL else move.cash
        case "refunded":
            return -move.cash
    return 0
