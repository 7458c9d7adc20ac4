"""Reconcile: a bank's statement against what the book says happened to an account; what differs waits for a person."""

from dataclasses import dataclass

from zhiwei.journeys.bookkeeping import OpenDifference
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.ledger import Side
from zhiwei.ledger.reconcile import Statement
from zhiwei.ledger.reconcile import reconcile as compared
from zhiwei.values import Actor, BadInput, NotFound, canonical

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one file brought: rows `matched`, `new` differences, and earlier ones that it `explained`.

    `waiting` counts movements of the book that the bank may still show.
    """

    file: str
    account: str
    since: str
    until: str
    rows: int
    matched: int
    new: int
    explained: int
    waiting: int


def reconcile(*, books: Books, by: Actor, statement: Statement, account: str) -> Reconciled:
    """Match a statement and keep what it says. The same file again answers the same; Refusal for another account."""
    request = {"sha256": statement.sha256, "account": account}
    with step(books, by, "reconcile", f"reconcile:{statement.sha256}", request) as current:
        if current.earlier is None:
            current.result = _reconciled(current.unit, by, statement, account)
        return Reconciled(**(current.earlier or current.result) | {"file": statement.name})


def _reconciled(unit: Unit, by: Actor, statement: Statement, account: str) -> dict[str, str | int]:
    known = unit.charts.chart().get(account)
    if known is None or known.side is not Side.ASSET:
        raise BadInput("no_such_account", f"{account!r} is no asset of the chart", hint="see `zhiwei chart`")
    work = unit.reconciliation.work(account, statement)
    result = compared(work.rows, work.items, since=work.since, until=work.until, used=work.used)
    new, explained = unit.reconciliation.keep(account, statement, result, by.person)
    return {
        "account": account, "since": statement.since.isoformat(),
        "until": statement.until.isoformat(), "rows": len(statement.rows), "matched": len(result.pairs), "new": new,
        "explained": explained, "waiting": len(result.waiting),
    }  # fmt: skip


def differences(*, books: Books, by: Actor) -> list[OpenDifference]:
    """What waits for a person, oldest first."""
    with books.unit(by.tenant) as unit:
        return unit.reconciliation.queue()


def resolve(*, books: Books, by: Actor, difference: str, because: str) -> None:
    """Close a difference for good, with a person's reason. NotFound where no open one has that id."""
    reason = because.strip()
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise BadInput("no_reason", f"a reason has 1 to {LONGEST_REASON} printable characters")
    with books.unit(by.tenant) as unit:
        if not unit.reconciliation.resolve(difference, by.person, reason):
            raise NotFound("no_such_difference", f"no open difference {difference}", hint="see `zhiwei differences`")
        unit.steps.audit(by, "resolve", [canonical({"difference": difference, "because": reason})])
