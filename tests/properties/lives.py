"""Lives of lines for Hypothesis: one to three loans of every method, day count and rounding, and all that can happen.

A life is lived together with its oracle, so that amounts are what is due or owed on their day, or anything else.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import oracle
from hypothesis import strategies as st

from zhiwei.loans.events import (
    Charge,
    Event,
    Misuse,
    Payment,
    RateChange,
    Refund,
    Renewal,
    Reschedule,
    Technical,
    Transfer,
    Waiver,
    WriteOff,
    order,
)
from zhiwei.loans.terms import Every, Interest, Late, LoanTerms, Prepayment, Repayment
from zhiwei.loans.waterfall import BUCKETS, LEGAL, Allocation, Order
from zhiwei.values import DayCount, Rounding, add_months

DAY = timedelta(days=1)
AWKWARD = [date(2024, 1, 31), date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2023, 2, 1)]
ADDITIVE = tuple(count for count in DayCount if count is not DayCount.THIRTY_US)  # whose nights add up to their months
EVERY = tuple(DayCount)
rates = st.sampled_from(list(map(Decimal, ["0.0435", "0.0535", "0.072", "0.12", "0.24"]))) | st.decimals(
    0, Decimal("0.36"), places=6
)


# --- terms ------------------------------------------------------------------------------------------------------------


@st.composite
def repayments(draw: st.DrawFn, start: date, principal: int) -> tuple[Repayment, date | None]:
    """A plan of any method from a day on, and where it is revolving the day it matures."""
    method = draw(st.sampled_from(["revolving", "revolving", "annuity", "equal-principal", "interest-only", "bullet",
                                   "seasonal", "balloon"]))  # fmt: skip
    due_day = draw(st.sampled_from([0, 1, 20, 21, 29, 30, 31]))
    if method == "revolving":
        return Repayment("revolving", 0, due_day=due_day), start + DAY * draw(st.integers(1, 250))
    if method == "seasonal":
        shares = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
        days = [start + DAY * 40 * (n + 1) for n in range(len(shares))]
        parts = [(Decimal(share) / sum(shares)).quantize(Decimal("0.01")) for share in shares[:-1]]
        return Repayment("seasonal", len(shares), seasons=tuple(zip(days, [*parts, 1 - sum(parts)], strict=True))), None
    periods = draw(st.integers(1, 7))
    every = draw(st.sampled_from(["1m", "1m", "2m", "2w", "30d"]))
    grace = draw(st.integers(0, periods - 1)) if method in ("annuity", "equal-principal") else 0
    balloon = draw(st.integers(1, principal)) if method == "balloon" else 0
    return Repayment(method, periods, Every.parse(every), due_day=due_day, grace=grace, balloon=balloon), None


@st.composite
def allocations(draw: st.DrawFn) -> Allocation:
    """The law's order, or any other up to some day past due and after it."""
    if draw(st.booleans()):
        return LEGAL
    until = draw(st.integers(0, 60))
    mixed = [tuple(draw(st.permutations(BUCKETS))) for _ in range(2)]
    modes = [draw(st.sampled_from(["horizontal", "vertical"])) for _ in range(2)]
    return Allocation((Order(until, modes[0], mixed[0]), Order(None, modes[1], mixed[1])))


@st.composite
def contracts(draw: st.DrawFn, drawn_on: date, counts: Sequence[DayCount] = ADDITIVE) -> LoanTerms:
    principal = draw(st.integers(1, 300) | st.integers(1, 10**9) | st.sampled_from([10**7, 12_345_678]))
    repayment, matures_on = draw(repayments(drawn_on, principal))
    penalty = draw(st.sampled_from(["1", "1.3", "1.5"]))
    return LoanTerms(
        principal, drawn_on, repayment,
        Interest(
            draw(rates), draw(st.sampled_from(counts)), draw(st.booleans()), draw(st.sampled_from(Rounding)),
            draw(st.sampled_from(["none", "none", "weekends"])),
        ),
        Late(
            Decimal(penalty), Decimal(2), draw(st.booleans()), draw(st.sampled_from([0, 0, 0, 1, 3, 10])),
            draw(st.sampled_from([90, 90, 30, 0])),
        ),
        Prepayment(
            draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("0.03")])), draw(st.sampled_from([0, 1])),
            draw(st.sampled_from(["reduce-payment", "shorten-term"])),
        ),
        matures_on, draw(allocations()),
    )  # fmt: skip


# --- lives ------------------------------------------------------------------------------------------------------------


@dataclass
class Life:
    """A line's contracts and events, and what its oracle says of the evenings from `start` to `last`."""

    start: date
    contracts: list[tuple[str, LoanTerms]]
    events: list[Event] = field(default_factory=list)
    evenings: dict[date, Any] = field(default_factory=dict, repr=False)
    last: date = date.min


KINDS = ("payment",) * 12 + (
    "charge", "rate", "rate", "misuse", "technical", "reschedule", "renewal", "waiver", "refund", "write_off",
    "transfer",
)  # fmt: skip


@st.composite
def lives(draw: st.DrawFn, counts: Sequence[DayCount] = EVERY, *, watched: bool = False) -> Life:
    """Up to three loans, up to ten events; amounts are shares of what the oracle says is due or owed, or any.

    `watched`: every evening of the oracle is kept.
    """
    start = draw(st.sampled_from(AWKWARD) | st.dates(date(2019, 1, 1), date(2027, 12, 31)))
    gaps = draw(st.lists(st.integers(0, 60), max_size=2))
    days = [start, *(start + DAY * gap for gap in gaps)]
    life = Life(start, [(f"loan{n}", draw(contracts(day, counts))) for n, day in enumerate(days)])
    line = oracle.Line(life.contracts, start)
    for gap in draw(st.lists(st.integers(0, 45), max_size=10)):
        sleep(life, line, gap, watched)
        event = draw(events(life, line, draw(st.sampled_from(KINDS))))
        before = life.events[-1] if life.events else None
        if before and (order(event) < order(before) or (type(event) is Renewal and before.value_date == line.today)):
            continue  # an earlier kind on the same day, or a loan: that would change what the amounts were made for
        life.events.append(event)
        if isinstance(event, Renewal):
            line.contracts.append((event.by, renewed(life, event)))
            life.contracts.append(line.contracts[-1])
            line.open()
        line.happen(event)
    sleep(life, line, draw(st.integers(0, 130)), watched)
    life.last = line.today
    if watched:
        life.evenings[line.today] = evening(line)
    return life


def renewed(life: Life, event: Renewal) -> LoanTerms:
    return replace(
        dict(life.contracts)[event.loan], principal=event.amount, drawn_on=event.value_date, funded="renewal",
        repayment=Repayment("bullet", 3), matures_on=None,
    )  # fmt: skip


def sleep(life: Life, line: Any, nights: int, watched: bool) -> None:
    for _ in range(nights):
        if watched:
            life.evenings[line.today] = evening(line)
        line.sleep()


@st.composite
def events(draw: st.DrawFn, life: Life, line: Any, kind: str) -> Event:
    """One event of today that makes sense of itself; whether it does of the loan is the kernel's trouble."""
    event_id, on = f"e{len(life.events):03d}", line.today
    name = draw(st.sampled_from(["", *line.loans]))
    one = name or draw(st.sampled_from([*line.loans]))
    owed = line.loans[one].sums()
    part = st.integers(1, 100).map(lambda share: max(1, owed["principal"] * share // 99))
    amount = draw(st.integers(1, 20_000) | part)
    match kind:
        case "payment":
            due = sum(loan.due() for loan in line.loans.values())
            whole = sum(sum(loan.sums().values()) for loan in line.loans.values())
            paid = draw(st.sampled_from([due, whole, sum(owed.values()), amount]) | st.just(amount))
            return Payment(event_id, on, draw(st.sampled_from(["", "", name])), max(1, paid), draw(st.booleans()))
        case "charge":
            return Charge(event_id, on, name, amount, "visit")
        case "rate":
            until = draw(st.none() | st.integers(1, 60).map(lambda days: on + DAY * days))
            return RateChange(event_id, on, one, draw(rates), until)
        case "misuse":
            return Misuse(event_id, on, one)
        case "technical":
            return Technical(event_id, on, name)
        case "reschedule":
            return draw(reschedules(event_id, on, one, line.loans[one]))
        case "renewal" if owed["principal"]:
            return Renewal(event_id, on, one, f"{one}r{event_id}", owed["principal"], add_months(on, 3))
        case "waiver":
            gifts = {bucket: draw(st.integers(0, 2 * owed[bucket])) for bucket in BUCKETS[:-1]}
            return Waiver(event_id, on, one, **gifts)
        case "refund" if line.credit > 0:
            return Refund(event_id, on, amount=draw(st.integers(1, line.credit)))
        case "write_off":
            return WriteOff(event_id, on, one)
        case "transfer":
            return Transfer(event_id, on, one, amount, "another bank")
    return Payment(event_id, on, amount=amount)


@st.composite
def reschedules(draw: st.DrawFn, event_id: str, on: date, one: str, loan: Any) -> Event:
    repayment, matures_on = draw(repayments(on, max(1, loan.fresh)))
    if (matures_on is None) != (loan.terms.matures_on is None):
        repayment, matures_on = Repayment("bullet", 2), None
        if loan.terms.matures_on:
            repayment, matures_on = Repayment("revolving", 0, due_day=15), on + DAY * 90
    return Reschedule(event_id, on, one, repayment, matures_on, draw(st.booleans()))


def visits(draw: st.DrawFn, life: Life) -> list[date]:
    """Evenings to look at: around every event, the last, and any others."""
    days = {life.last, *draw(st.lists(st.dates(life.start, life.last), max_size=6))}
    days |= {event.value_date + DAY * near for event in life.events for near in (-1, 0, 1, 30)}
    return sorted(day for day in days if life.start <= day <= life.last)


# --- what the oracle says of an evening -------------------------------------------------------------------------------


def evening(line: Any) -> tuple[Any, ...]:
    loans = {}
    for name, loan in line.loans.items():
        sums, late = loan.sums(), loan.due_debts()
        overdue = [debt for debt in loan.debts if debt.due_on < line.today]
        loans[name] = {
            "principal": sums["principal"], "interest": sums["interest"], "fee": sums["fee"],
            "penalty": sums["penalty"] + sums["compound"], "accrued": loan.accrued(),
            "due": loan.due(), "late": max(((line.today - debt.due_on).days for debt in late), default=0),
            "technical": bool(overdue) and all(debt.technical for debt in overdue),
            "settled": loan.settled, "moved": told(loan.moved),
        }  # fmt: skip
    return loans, line.credit, +line.moved


def told(moved: Counter) -> dict[tuple[str, str], int]:
    """Compound interest is penalty in a movement."""
    sums: Counter = Counter()
    for (kind, what), amount in moved.items():
        sums[kind, "penalty" if what == "compound" else what] += amount
    return dict(+sums)
