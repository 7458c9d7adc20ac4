"""loans.toml: how a product's line and loans live in money, and to which accounts their entries go."""

from decimal import Decimal
from typing import Any

from zhiwei.ledger import CHART
from zhiwei.loans import Every, Interest, Late, Prepayment, Repayment
from zhiwei.loans.postings import Accounts
from zhiwei.loans.waterfall import BUCKETS, HORIZONTAL, Allocation, Order, read_allocation
from zhiwei.shelf.product import LineTerms, Repricing
from zhiwei.tables import Document, did_you_mean
from zhiwei.values import DayCount, Rounding, fen

_KEYS = {
    "line_months", "offer_days", "smallest_draw", "limit_step", "smallest_limit", "method", "periods", "every",
    "due_day", "grace", "day_basis", "day_count", "full_months", "rounding", "calendar", "repriced_every",
    "late", "prepayment", "allocation", "accounts",
}  # fmt: skip
_REQUIRED_ROLES = ("cash", "principal", "interest", "income", "credit")


def read_line(document: Document) -> LineTerms:
    """Every key has a default but the line's own; what does not fit is a problem at its line."""
    document.only((), _KEYS)
    months, offer_days = (document.take((name,), int) for name in ("line_months", "offer_days"))
    if not 1 <= offer_days <= 366:
        document.problem(("offer_days",), "offer_days is between 1 and 366")
    if not 1 <= months <= 36:
        document.problem(("line_months",), "line_months is between 1 and 36")
    repriced = document.take(("repriced_every",), int, 0)
    if not 0 <= repriced <= 60:
        document.problem(("repriced_every",), "repriced_every is a number of months, or 0 for a fixed rate")
    return LineTerms(
        months, amount(document, "smallest_draw"), offer_days, _repayment(document), _interest(document),
        _late(document), _prepayment(document), _allocation(document), _accounts(document),
        Repricing(repriced) if repriced else None,
    )  # fmt: skip


def amount(document: Document, name: str) -> int:
    """An amount of 元 written as text, in 分; 1 元 where it cannot be read (and a problem)."""
    try:
        found = fen(document.take((name,), str, None) or "x")
    except ValueError:
        found = 0
    if found <= 0:
        document.problem((name,), f'{name} must be an amount in 元 above 0 written as text, such as "10000"')
    return found if found > 0 else 100


def _allocation(document: Document) -> Allocation:
    if document.find(("allocation",)) == ["interest", "principal"]:  # as products of version 0.1 say it
        return Allocation((Order(None, HORIZONTAL, BUCKETS),))
    return read_allocation(document)


def _repayment(document: Document) -> Repayment:
    method = document.take(("method",), str, "revolving")
    periods = document.take(("periods",), int, 0)
    due_day, grace = (document.take((name,), int, 0) for name in ("due_day", "grace"))
    if not 0 <= due_day <= 31:
        document.problem(("due_day",), "due_day is a day of the month, or 0 for the day of the draw")
        due_day = 0
    try:
        every = Every.parse(document.take(("every",), str, "1m"))
        return Repayment(method, periods, every, due_day=due_day, grace=grace)
    except ValueError as error:
        document.problem(("method",), str(error))
        return Repayment("bullet")


def _interest(document: Document) -> Interest:
    basis = document.take(("day_basis",), int, 360)  # as products of version 0.1 say it
    if basis not in (360, 365):
        document.problem(("day_basis",), "day_basis is 360 or 365; or say day_count")
    count = document.take(("day_count",), str, (DayCount.ACT_365 if basis == 365 else DayCount.ACT_360).value)
    rounding = document.take(("rounding",), str, Rounding.HALF_UP.value)
    calendar = document.take(("calendar",), str, "none")
    whole = document.take(("full_months",), bool, False)
    try:
        return Interest(Decimal(0), DayCount(count), whole, Rounding(rounding), calendar)
    except ValueError as error:
        document.problem(("day_count",), str(error))
        return Interest(Decimal(0))


def _late(document: Document) -> Late:
    """[late]: what lateness costs."""
    document.only(("late",), {"penalty", "misuse", "compound", "grace_days", "off_balance"})
    usual = Late()
    try:
        return Late(
            _decimal(document, "late", "penalty", usual.penalty), _decimal(document, "late", "misuse", usual.misuse),
            document.take(("late", "compound"), bool, usual.compound),
            document.take(("late", "grace_days"), int, usual.grace_days),
            document.take(("late", "off_balance"), int, usual.off_balance),
        )  # fmt: skip
    except ValueError as error:
        document.problem(("late",), str(error))
        return usual


def _prepayment(document: Document) -> Prepayment:
    document.only(("prepayment",), {"fee", "free_after", "then"})
    usual = Prepayment()
    try:
        return Prepayment(
            _decimal(document, "prepayment", "fee", usual.fee),
            document.take(("prepayment", "free_after"), int, usual.free_after),
            document.take(("prepayment", "then"), str, usual.then),
        )
    except ValueError as error:
        document.problem(("prepayment",), str(error))
        return usual


def _decimal(document: Document, table: str, name: str, usual: Decimal) -> Decimal:
    found: Any = document.take((table, name), str, str(usual))
    try:
        return Decimal(found)
    except ArithmeticError:
        document.problem((table, name), f'{name} is a decimal written as text, such as "1.5"')
        return usual


def _accounts(document: Document) -> Accounts:
    """[accounts]: roles -> accounts of the chart; roles that are not named keep the usual account."""
    document.only(("accounts",), set(Accounts.roles()))
    roles: dict[str, str] = {}
    for role in Accounts.roles():
        if role in _REQUIRED_ROLES or document.find(("accounts", role)) is not None:
            roles[role] = document.take(("accounts", role), str)
            if roles[role] and roles[role] not in CHART:
                document.problem(("accounts", role), f"no account {roles[role]!r}", did_you_mean(roles[role], CHART))
    return Accounts(**roles)
