"""What payments and other events do to one loan: one function for each, called on the event's own day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from zhiwei.loans.events import (
    Charge,
    Event,
    Misuse,
    RateChange,
    Reschedule,
    Technical,
    Transfer,
    Waiver,
    WriteOff,
)
from zhiwei.loans.loan import (
    CASH,
    COMPOUND,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    RENEWAL,
    LoanState,
    Movement,
)
from zhiwei.loans.schedule import plan
from zhiwei.loans.terms import Repayment, Unit
from zhiwei.values import Rounding, quantized


@dataclass(frozen=True, slots=True)
class RateReturns(Event):
    """A rate for a time ends; not an event that anyone reports, it follows from `RateChange.until`."""


def record(loan: LoanState, parts: Sequence[int], source: str) -> None:
    """One movement for all that a payment did to a loan."""
    if any(parts):
        kind = "recovered" if loan.written_off else "repaid"
        _record(loan, kind, parts, source)


def _record(loan: LoanState, kind: str, parts: Sequence[int], source: str = CASH) -> None:
    penalty = parts[PENALTY] + parts[COMPOUND]
    principal, interest, fee = parts[PRINCIPAL], parts[INTEREST], parts[FEE]
    loan.record(Movement(kind, loan.as_of, principal, interest, penalty, fee, source, loan.tally))


def _charge(loan: LoanState, fee: int, name: str) -> None:
    loan.record(Movement("charged", loan.as_of, fee=fee, source=name, before=loan.tally))


def prepay(loan: LoanState, amount: int, parts: list[int]) -> int:
    """Prepay principal not yet due out of `amount`, with its fee; -> what was used."""
    fee = prepayment_fee(loan, loan.regular)
    if fee and loan.regular + fee > amount:
        fee = amount - _net_of_fee(loan, amount)
    payment = max((row.payment for row in loan.rows[loan.next_row :]), default=0)
    used = loan.prepay(amount - fee, parts)
    if fee:
        parts[FEE] += fee
        _charge(loan, fee, "prepayment_fee")
    if loan.regular and not loan.terms.matures_on:
        _replan_after(loan, payment)
    return used + fee


def prepayment_fee(loan: LoanState, principal: int) -> int:
    """What it costs to repay `principal` early today, in 分."""
    terms = loan.terms.prepayment
    if not terms.fee or (terms.free_after and loan.rows_passed >= terms.free_after):
        return 0
    numerator, denominator = terms.fee.as_integer_ratio()
    return Rounding.HALF_UP.divide(principal * numerator, denominator)


def _net_of_fee(loan: LoanState, amount: int) -> int:
    """The most principal p with p + fee(p) <= amount; a 分 that does not fit goes to the fee."""
    numerator, denominator = loan.terms.prepayment.fee.as_integer_ratio()
    principal = amount * denominator // (numerator + denominator) + 1
    while principal + prepayment_fee(loan, principal) > amount:
        principal -= 1
    return principal


def _replan_after(loan: LoanState, payment: int) -> None:
    """After a part prepayment: the same term and smaller payments, or payments as before and a shorter term."""
    repayment, start = remaining(loan)
    if loan.terms.prepayment.then == "shorten-term" and repayment.method in ("annuity", "equal-principal"):
        interest = replace(loan.terms.interest, annual_rate=loan.annual_rate)
        for periods in range(1, repayment.periods):
            shorter = replace(repayment, periods=periods, grace=min(repayment.grace, periods - 1))
            if max(row.payment for row in plan(loan.regular, start, shorter, interest)) <= payment:
                repayment = shorter
                break
    loan.replan(repayment, None, start)


def change(loan: LoanState, event: Event) -> None:
    match event:
        case Charge():
            loan.claim_on(loan.as_of).fee += event.amount
            _charge(loan, event.amount, event.name)
        case RateChange():
            loan.rates.append((event.until, event.annual_rate))
            _rate(loan)
        case RateReturns():
            _rate(loan)
        case Misuse():
            loan.misused = True
            loan.set_rate(loan.annual_rate)
        case Technical():
            for claim in loan.claims:
                claim.technical = claim.technical or claim.due_on <= loan.as_of
        case Reschedule() if not loan.written_off:
            _reschedule(loan, event)
        case Waiver():
            _waive(loan, event)
        case WriteOff():
            if not loan.written_off:
                loan.movements.append(Movement("written_off", loan.as_of, loan.principal, before=loan.tally))
                loan.written_off = True
        case Transfer():
            _transfer(loan, event)


def _rate(loan: LoanState) -> None:
    """The last change that still runs is the rate from today, of the rest of an instalment plan too."""
    running = [rate for until, rate in loan.rates if until is None or until > loan.as_of]
    rate = running[-1] if running else loan.terms.interest.annual_rate
    if rate == loan.annual_rate:
        return
    loan.set_rate(rate)
    if loan.regular and not loan.terms.matures_on:
        repayment, start = remaining(loan)
        loan.replan(repayment, None, start)


def _reschedule(loan: LoanState, event: Reschedule) -> None:
    if event.capitalise:
        _capitalise(loan)
    if not loan.regular:
        return
    loan.count_to(loan.as_of)
    loan.replan(event.repayment, event.matures_on, loan.as_of)


def _capitalise(loan: LoanState) -> None:
    """All that is due, and interest to date, become principal not yet due."""
    loan.ask_to_date()
    owed = loan.balances
    added = owed.total - owed.principal
    loan.regular = owed.total
    loan.claims.clear()
    loan.record(Movement("capitalised", loan.as_of, added, owed.interest, owed.penalty, owed.fee, before=loan.tally))


def renew(loan: LoanState, amount: int) -> int:
    """Principal is repaid by another loan, interest to date stays due on this one; -> what was used of it."""
    parts, left = [0] * 5, amount
    loan.ask_to_date()
    for claim in loan.claims:
        taken = min(left, claim.principal)
        share = (0, 0, 0, 0, taken)
        loan.pay_claim(claim, share)
        parts[PRINCIPAL] += taken
        left -= taken
    loan.prepay(left, parts)
    loan.drop_paid()
    _record(loan, "renewed", parts, RENEWAL)
    return parts[PRINCIPAL]


def _waive(loan: LoanState, event: Waiver) -> None:
    left = [event.fee, event.compound, event.penalty, event.interest, 0]
    given = [0] * 5
    for claim in loan.claims:
        share = [min(most, owed) for most, owed in zip(left, loan.owed(claim, loan.as_of), strict=True)]
        loan.pay_claim(claim, share)
        for bucket, part in enumerate(share):
            given[bucket] += part
            left[bucket] -= part
    loan.drop_paid()
    if any(given):
        _record(loan, "waived", given)


def _transfer(loan: LoanState, event: Transfer) -> None:
    owed = loan.balances
    loan.regular, loan.n, loan.next_row, loan.whole = 0, 0, len(loan.rows), False
    loan.claims.clear()
    loan.transferred = True
    if loan.written_off:  # only fees still are on the books: what is paid for the claim restores the allowance
        sold = Movement(
            "claim_sold", loan.as_of, owed.principal, fee=owed.fee, source=event.owner, before=loan.tally,
            cash=event.price,
        )  # fmt: skip
        loan.record(sold)
        return
    loan.record(
        Movement(
            "transferred", loan.as_of, owed.principal, owed.interest, owed.penalty, owed.fee, event.owner, loan.tally,
            event.price,
        )
    )  # fmt: skip


def remaining(state: LoanState) -> tuple[Repayment, date]:
    """The rest of the plan as a plan of its own, from the start of the period in hand, its due dates kept."""
    repayment, rows, start = state.repayment, state.rows[state.next_row :], state.rows[0].starts_on
    first_due = rows[0].due_on
    if repayment.every.unit is not Unit.MONTH and repayment.method not in ("bullet", "seasonal"):
        # Before holidays: due dates by days or weeks are counted from here.
        first_due = repayment.every.after(repayment.first_due or repayment.every.after(start, 1), state.next_row)
    seasons = repayment.seasons[len(repayment.seasons) - len(rows) :] if repayment.seasons else ()
    balloon = min(repayment.balloon, state.regular)
    return replace(
        repayment,
        method="annuity" if repayment.balloon and not balloon else repayment.method,
        periods=len(rows) if repayment.periods else 0,
        first_due=first_due,
        due_day=repayment.due_day or (repayment.first_due or start).day,
        grace=max(0, repayment.grace - state.next_row),
        balloon=balloon,
        seasons=_whole(seasons),
    ), rows[0].starts_on


def _whole(seasons: Sequence[tuple[date, Decimal]]) -> tuple[tuple[date, Decimal], ...]:
    """The seasons left, their shares scaled to add to exactly 1."""
    if not seasons:
        return ()
    left = sum(share for _, share in seasons)
    scaled = [(day, quantized(share / left, "0.00000001")) for day, share in seasons[:-1]]
    return (*scaled, (seasons[-1][0], 1 - sum((share for _, share in scaled), Decimal(0))))
