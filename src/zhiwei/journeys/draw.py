"""Draw: check and hold, order the payout, let the bank pay, then capture into a loan or release the hold."""

from dataclasses import dataclass, replace
from datetime import date

from zhiwei.journeys.ports import Books, Loan, Payout, Unit, step
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.servicing import check_day, locked_line, service, states_of, watched
from zhiwei.loans import Line, LoanTerms, check_draw
from zhiwei.shelf import Product
from zhiwei.values import DAY, Actor, NotFound, Refusal, identifier, yuan


@dataclass(frozen=True, slots=True)
class Drawn:
    """`status` ordered (nobody knows yet), paid or failed."""

    payout: str
    line: str
    loan: str
    amount: str
    value_date: str
    status: str


def draw(*, books: Books, by: Actor, key: str, line: str, amount: int, on: date) -> Drawn:
    """Order and pay a draw. The order is committed before the bank is called: a crash leaves an order, not a loss."""
    ordered = order_draw(books=books, by=by, key=key, line=line, amount=amount, on=on)
    return pay_out(books=books, by=by, payout=ordered.payout)


def order_draw(*, books: Books, by: Actor, key: str, line: str, amount: int, on: date) -> Drawn:
    """First transaction: the amount is held on the line and a payout is ordered."""
    with step(books, by, "draw", key, {"line": line, "amount": amount, "on": on}) as current:
        if current.earlier is not None:
            return Drawn(**current.earlier)
        unit = current.unit
        check_day(books, unit, on)
        found = locked_line(unit, line, on)
        product = by_hash(unit, found.product, found.product_hash)
        check_draw(_as_of(unit, product, found, on), amount, on, product.line.smallest_draw)
        payout = Payout(identifier("pay", line, key), line, identifier("loan", line, key), amount, on)
        unit.lines.order(payout)
        unit.lines.save(replace(found, held=found.held + amount))
        current.result = _shown(payout)
        return Drawn(**current.result)


def _as_of(unit: Unit, product: Product, line: Line, on: date) -> Line:
    """The line as the close of the day before would leave it: days may pass without one, and debts fall due in them."""
    loans = states_of(unit, unit.loans.of_lines([line.line_id]), on)
    return watched(line, loans, product, whole_line=False)


def pay_out(*, books: Books, by: Actor, payout: str) -> Drawn:
    """Ask the bank, outside any transaction, and settle what it says; asking again is safe at every point."""
    with books.unit(by.tenant) as unit:
        found = unit.lines.payout(payout)
    if found is None:
        raise NotFound("no_such_payout", f"no payout {payout}")
    if found.status != "ordered":
        return Drawn(**_shown(found))
    status, reference = books.payments.pay(found)
    if status == "unknown":
        return Drawn(**_shown(found))
    return settle_payout(books=books, by=by, payout=payout, status=status, reference=reference)


def settle_payout(*, books: Books, by: Actor, payout: str, status: str, reference: str | None) -> Drawn:
    """Second transaction: paid -> the hold becomes a loan with its journal entries; failed -> the hold is released."""
    request = {"payout": payout, "status": status, "reference": reference}
    with step(books, by, "settle_payout", f"settle:{payout}", request) as current:
        if current.earlier is not None:
            return Drawn(**current.earlier)
        unit = current.unit
        unit.days.hold()
        found = unit.lines.payout(payout)
        if found is None or found.status != "ordered" or status not in ("paid", "failed"):
            raise Refusal("cannot_settle", f"payout {payout} cannot become {status}")
        line = unit.lines.lock([found.line])[found.line]
        settled = replace(found, status=status, bank_ref=reference)
        unit.lines.finish(settled)
        held = line.held - found.amount
        if status == "paid":
            product = by_hash(unit, line.product, line.product_hash)
            _capture(unit, product, line, settled)
            unit.lines.save(replace(line, held=held, used=line.used + found.amount))
        else:
            unit.lines.save(replace(line, held=held))
        current.result = _shown(settled)
        return Drawn(**current.result)


def _capture(unit: Unit, product: Product, line: Line, payout: Payout) -> None:
    terms = LoanTerms(
        payout.amount,
        line.annual_rate,
        product.line.day_basis,
        payout.value_date,
        line.expires_on,
        product.line.due_day,
    )
    loan = Loan(payout.loan, line.line_id, line.party, terms, payout.amount, 0, None, "normal", None)
    unit.loans.add(loan)
    closed = unit.days.last_closed()
    if closed is None or closed < payout.value_date:
        service(unit, product, [loan], {}, payout.value_date)
        return
    # Confirmed after its day was closed: what those days would have billed is billed on the first open day, and the
    # close of that day looks at the loan, late as it may be.
    [(late, _)] = service(unit, product, [loan], {}, closed + DAY)
    unit.loans.save([replace(late, next_on=closed + DAY)])


def _shown(payout: Payout) -> dict[str, str]:
    return {
        "payout": payout.payout_id, "line": payout.line, "loan": payout.loan, "amount": yuan(payout.amount),
        "value_date": payout.value_date.isoformat(), "status": payout.status,
    }  # fmt: skip
