"""Draw: check and hold, order the payout, let the bank pay, then capture into a loan or release the hold.

Each step takes any number of draws in one transaction, and each draw keeps its own answer; one draw is a batch of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from zhiwei.journeys.lines.find import check_day, no_line, products_of
from zhiwei.journeys.lines.news import draw_news
from zhiwei.journeys.money.batch import Answer, Batch, Request, one, told
from zhiwei.journeys.money.touch import Held, business_day, hold, live_entries, live_with, touch
from zhiwei.journeys.ports import Books, Changes, Loan, Opened, Payout, Unit
from zhiwei.loans import FROZEN, Line, check_draw
from zhiwei.loans.accrual import running
from zhiwei.loans.loan import open_loan
from zhiwei.shelf import Product
from zhiwei.values import Actor, NotFound, Outage, Refusal, grouped, identifier, yuan


@dataclass(frozen=True, slots=True)
class Drawn:
    """`status` ordered (nobody knows yet), paid or failed."""

    payout: str
    line: str
    loan: str
    amount: str
    value_date: str
    status: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw asked for: `amount` 分; `under` names a sub-limit of the line, or ''.

    `by` is who asks for it, where draws of several people travel together.
    """

    line: str
    amount: int
    on: date
    under: str = ""
    by: Actor | None = None

    def request(self) -> dict[str, Any]:
        return {"line": self.line, "amount": self.amount, "on": self.on} | ({"under": self.under} if self.under else {})


@dataclass(frozen=True, slots=True)
class Said:
    """What the bank said of a payout of a line: paid or failed. `by` who asked it, as of `Draw`."""

    line: str
    status: str
    reference: str | None
    by: Actor | None = None


class Settle(Protocol):
    def __call__(self, *, books: Books, by: Actor, said: Mapping[str, Said]) -> dict[str, Drawn | Refusal]: ...


def draw(*, books: Books, by: Actor, key: str, line: str, amount: int, on: date) -> Drawn:
    """Order and pay a draw. The order is committed before the bank is called: a crash leaves an order, not a loss."""
    return one(draw_many(books=books, by=by, draws={key: Draw(line, amount, on)}))


def order_draw(*, books: Books, by: Actor, key: str, line: str, amount: int, on: date) -> Drawn:
    """First transaction: the amount is held on the line and a payout is ordered."""
    return one(order_draws(books=books, by=by, draws={key: Draw(line, amount, on)}))


def draw_many(*, books: Books, by: Actor, draws: Mapping[str, Draw]) -> dict[str, Drawn | Refusal]:
    """Draws by key, by one person, coalesced: two transactions for all, the bank between; each has its own answer."""
    fresh: dict[str, Payout] = {}
    ordered = order_draws(books=books, by=by, draws=draws, fresh=fresh)
    waiting = {answer.payout: key for key, answer in ordered.items() if not isinstance(answer, Refusal)}
    paid = pay_outs(books=books, by=by, payouts=list(waiting), known=fresh)
    return {**ordered, **{waiting[name]: answer for name, answer in paid.items()}}


# --- ordering ---------------------------------------------------------------------------------------------------------


def order_draws(
    *, books: Books, by: Actor, draws: Mapping[str, Draw], fresh: dict[str, Payout] | None = None
) -> dict[str, Drawn | Refusal]:
    """First transaction of any number of draws: those that fit their line are held, in the order given.

    `fresh` gathers the payouts that this call ordered, as against those that an earlier call with the same key did.
    """
    requests = [Request(key, one.line, one.request(), one, one.by) for key, one in draws.items()]

    ordered: list[Payout] = []

    def work(unit: Unit, opened: Opened, asked: Sequence[Request[Draw]], changes: Changes) -> dict[str, Answer]:
        lines, closed = opened.lines, opened.closed
        answers: dict[str, Answer] = {}
        ordered.clear()  # of a transaction that was overtaken nothing stays
        payouts = changes.payouts = ordered
        for request in asked:
            wanted = request.asked
            try:
                line = lines.get(wanted.line) or no_line(unit, wanted.line)
                check_day(books, wanted.on, closed[line.bucket])
                _check(unit, line, wanted, payouts)
            except Refusal as refusal:
                answers[request.key] = refusal
                continue
            number = line.draws + 1
            loan = f"loan_{wanted.line.removeprefix('line_')[:12]}_{number:05d}"
            payouts.append(
                Payout(
                    identifier("pay", wanted.line, request.key), wanted.line, loan, wanted.amount, wanted.on,
                    sub_limit=wanted.under,
                )
            )  # fmt: skip
            lines[wanted.line] = changes.lines[wanted.line] = replace(
                line, held=line.held + wanted.amount, draws=number
            )
            changes.told.append(draw_news(payouts[-1], wanted.on))
            answers[request.key] = _shown(payouts[-1])
        return answers

    answers = told(Batch(books, by, "draw", requests).done(work), Drawn)
    if fresh is not None:
        fresh |= {payout.payout_id: payout for payout in ordered}
    return answers


def _check(unit: Unit, line: Line, wanted: Draw, before: Sequence[Payout]) -> None:
    """Refusal unless the draw fits its line and sub-limit. `before` are the payouts of this batch, not yet stored."""
    product = products_of(unit)(line)
    if line.last_event and wanted.on < line.last_event:
        raise Refusal(
            "out_of_order", f"line {line.line_id} already has an event on {line.last_event}, after {wanted.on}"
        )
    if line.late_from and wanted.on >= line.late_from:
        # Days may have passed without a close, and debts fallen due in them: look before more is lent.
        held = hold(unit, {line.line_id: line}, products_of(unit))[line.line_id]
        touch(held, [], wanted.on, "look", live_entries(unit, line.line_id))
        line = replace(line, status=held.line.status, frozen_because=held.line.frozen_because)
    check_draw(line, wanted.amount, wanted.on, product.line.smallest_draw)
    if wanted.under:
        found = unit.lines.sub_limit(line.line_id, wanted.under)
        if found is None:
            raise NotFound("no_such_sub_limit", f"line {line.line_id} has no sub-limit {wanted.under!r}")
        same = sum(p.amount for p in before if (p.line, p.sub_limit) == (line.line_id, wanted.under))
        left = found[0] - found[1] - same
        if wanted.amount > left:
            raise Refusal(
                "over_sub_limit", f"a draw of {grouped(wanted.amount)} 元 exceeds the {grouped(max(left, 0))} 元 "
                f"available under {wanted.under}",
            )  # fmt: skip


# --- paying -----------------------------------------------------------------------------------------------------------


def pay_out(*, books: Books, by: Actor, payout: str) -> Drawn:
    """Ask the bank, outside any transaction, and settle what it says; asking again is safe at every point."""
    answer = pay_outs(books=books, by=by, payouts=[payout]).get(payout)
    if answer is None:
        raise NotFound("no_such_payout", f"no payout {payout}")
    if isinstance(answer, Refusal):
        raise answer
    return answer


def pay_outs(
    *, books: Books, by: Actor, payouts: Sequence[str], known: Mapping[str, Payout] | None = None,
    settle: Settle | None = None,
) -> dict[str, Drawn | Refusal]:  # fmt: skip
    """Ask the bank about each, outside any transaction, and settle what it says in one.

    An Outage of the bank leaves what it did not answer as it is; it is raised after what it did answer is settled.
    `known` are payouts that were ordered just now; others are looked up. `settle` is `settle_payouts`, or what puts
    the words of several banks together before it.
    """
    found = dict(known or {})
    if others := [name for name in payouts if name not in found]:
        with books.unit(by.tenant) as unit:
            found |= unit.lines.payouts_of(others)
    answers: dict[str, Drawn | Refusal] = {name: Drawn(**_shown(payout)) for name, payout in found.items()}
    said: dict[str, tuple[str, str | None]] = {}
    outage: Outage | None = None
    for name, payout in found.items():
        if payout.status == "ordered":
            try:
                status, reference = books.payments.pay(payout)
            except Outage as trouble:
                outage = trouble
                break
            if status != "unknown":
                said[name] = (status, reference)
    if said:
        settled = {name: Said(found[name].line, *one, by) for name, one in said.items()}
        answers |= (settle or settle_payouts)(books=books, by=by, said=settled)
    if outage:
        raise outage
    return answers


def settle_payout(*, books: Books, by: Actor, payout: str, status: str, reference: str | None) -> Drawn:
    """Second transaction: paid -> the hold becomes a loan with its journal entries; failed -> the hold is released."""
    with books.unit(by.tenant) as unit:
        found = unit.lines.payouts_of([payout])
    line = found[payout].line if payout in found else ""
    return one(settle_payouts(books=books, by=by, said={payout: Said(line, status, reference)}))


def settle_payouts(*, books: Books, by: Actor, said: Mapping[str, Said]) -> dict[str, Drawn | Refusal]:
    """What the bank said of each payout."""
    requests = [
        Request(name, one.line, {"payout": name, "status": one.status, "reference": one.reference}, one, one.by)
        for name, one in said.items()
    ]

    def work(unit: Unit, opened: Opened, fresh: Sequence[Request[Said]], changes: Changes) -> dict[str, Answer]:
        lines, payouts, settled = opened.lines, opened.payouts, changes.payouts
        answers: dict[str, Answer] = {}
        for request in fresh:
            status, reference = request.asked.status, request.asked.reference
            payout = payouts.get(request.key)
            if payout and payout.status == status != "ordered":  # the bank says it again
                answers[request.key] = _shown(payout)
                continue
            if payout is None or payout.status != "ordered" or status not in ("paid", "failed"):
                answers[request.key] = Refusal("cannot_settle", f"payout {request.key} cannot become {status}")
                continue
            settled.append(replace(payout, status=status, bank_ref=reference))
            line = lines[payout.line]
            lines[payout.line] = changes.lines[payout.line] = replace(line, held=line.held - payout.amount)
            changes.told.append(draw_news(settled[-1], business_day(opened.closed[line.bucket], payout.value_date)))
            answers[request.key] = _shown(settled[-1])
        _capture(unit, [payout for payout in settled if payout.status == "paid"], opened, changes)
        return answers

    batch = Batch(books, by, "settle_payout", requests, keyed=False, payouts=list(said))
    return told(batch.done(work), Drawn)


def _capture(unit: Unit, paid: Sequence[Payout], opened: Opened, changes: Changes) -> None:
    """Paid payouts become loans. Where nothing later happened on the line, a new loan changes nothing but itself.

    A repayment of the same day is later: one of its loans may have been ordered after this one, and is paid after it.
    """
    product = products_of(unit)
    apart: list[Payout] = []
    for payout in paid:
        line, key = changes.lines[payout.line], f"settle:{payout.payout_id}"
        paid_since = opened.latest.get(payout.line, date.min) >= payout.value_date
        if line.credit or paid_since or (line.last_event and line.last_event > payout.value_date):
            apart.append(payout)
            continue
        loan = _loan(payout, line, product(line))
        held = Held(line, product(line), {loan.loan_id: loan}, [], opened.closed[line.bucket])
        done = touch(held, [], payout.value_date, key, list)
        done.write_into(changes, held, [], done.with_accruals(line.line_id, key, payout.value_date))
        changes.lines[line.line_id] = _with_loan(line, held.line, payout)
    for payout in apart:
        _capture_among(unit, payout, opened, changes)


def _capture_among(unit: Unit, payout: Payout, opened: Opened, changes: Changes) -> None:
    """The same on a line with later events, or money of the borrower's: all of the line is replayed."""
    line, key = changes.lines[payout.line], f"settle:{payout.payout_id}"
    held = hold(unit, {line.line_id: line}, products_of(unit))[line.line_id]
    # What this transaction already did to the line is not stored yet.
    held.loans |= {name: known for name, known in changes.loans.items() if known.line == line.line_id}
    loan = _loan(payout, line, held.product)
    held.loans[loan.loan_id] = loan
    done = touch(held, [], payout.value_date, key, live_with(unit, line.line_id, changes))
    done.write_into(changes, held, [], done.with_accruals(line.line_id, key, payout.value_date))


def _loan(payout: Payout, line: Line, product: Product) -> Loan:
    terms = product.line.loan(payout.amount, line.annual_rate, payout.value_date, line.expires_on)
    return Loan(
        payout.loan, line.line_id, line.party, line.product, line.product_hash, payout.sub_limit, terms, 0, 0, 0, 0,
        None, "normal", None, running(open_loan(terms)),
    )  # fmt: skip


def _with_loan(line: Line, alone: Line, payout: Payout) -> Line:
    """The line with one loan more, given the line as it would be with that loan alone."""
    days = [day for day in (line.late_from, alone.late_from) if day]
    late = alone.status == FROZEN != line.status  # confirmed so late that the loan is overdue already
    return replace(
        line, used=line.used + payout.amount, last_event=payout.value_date, late_from=min(days, default=None),
        status=alone.status if late else line.status,
        frozen_because=alone.frozen_because if late else line.frozen_because,
    )  # fmt: skip


def _shown(payout: Payout) -> dict[str, str]:
    return {
        "payout": payout.payout_id, "line": payout.line, "loan": payout.loan, "amount": yuan(payout.amount),
        "value_date": payout.value_date.isoformat(), "status": payout.status,
    }  # fmt: skip
