"""What a loan costs, said per day and per year, the year at least as prominent (PBOC 公告〔2021〕第3号).

The yearly figure counts interest and every fee that comes with the loan over the principal really used: the internal
rate of return of the borrower's cash flows. Compound or simple (单利): whoever shows the simple one says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import exp, expm1, log1p

import pyxirr

from zhiwei.values import BadInput, quantized

YEAR = 365
DEAREST = 10**18  # times the money lent in a year, or of it lost: beyond that a rate has no digits left
TOLERANCE = 1e-6  # of the largest flow: a balance solved to nothing is not quite nothing
Dated = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Rate:
    """A cost as a share: per period (of a plan, or a day), per year simple (x periods), per year compounded."""

    periodic: Decimal
    simple: Decimal
    compound: Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """One named cost of a loan (利息, 担保费, 保险费, 评估费...): what the borrower pays for it, and when, in 分."""

    name: str
    paid: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the cost sheet: 分 in all, and what it adds to the simple yearly rate of the lines above it."""

    name: str
    amount: int
    adds: Decimal


@dataclass(frozen=True, slots=True)
class Sheet:
    """综合融资成本: the rows' amounts and rates add up to the whole (银办发〔2025〕203号)."""

    rows: tuple[Row, ...]
    amount: int
    rate: Rate


def daily_rate(annual_rate: Decimal, day_basis: int) -> Decimal:
    """Rate per day, six places, for display; accrual never uses it."""
    return quantized(annual_rate / day_basis, "0.000001")


def annualised(daily: Decimal) -> dict[str, str]:
    """A daily rate, not rounded, as yearly percentages: contract (x360), simple (x365), compounded (365 days)."""
    compounded = (1 + daily) ** 365 - 1
    return {
        "contract_360": f"{quantized(daily * 360 * 100, '0.01')}",
        "simple_365": f"{quantized(daily * 365 * 100, '0.001')}",
        "compounded": f"{quantized(compounded * 100, '0.01')}",
    }


def by_period(flows: Sequence[int], periods: int = 12) -> Rate:
    """The rate of flows (分) one period apart, `periods` a year; what the borrower receives is positive, net of fees.

    BadInput no_rate where no rate makes them worth nothing, ambiguous_rate where more than one may.
    """
    largest = _largest(flows)
    solved = pyxirr.irr([flow / largest for flow in flows], silent=True)  # scaled: the solver's tolerance is absolute
    return _rate(_log(solved), periods, list(enumerate(flows)))


def by_date(flows: Sequence[Dated]) -> Rate:
    """The rate of dated flows (分), a year being 365 days, per day, simple (x 365) and compounded; errors as above."""
    net: dict[date, int] = {}
    for day, amount in sorted(flows):
        net[day] = net.get(day, 0) + amount
    largest, first = _largest([*net.values()]), min(net)
    solved = pyxirr.xirr([*net], [amount / largest for amount in net.values()], silent=True)
    return _rate(_log(solved) / YEAR, YEAR, [((day - first).days, amount) for day, amount in net.items()])


def cost_sheet(received: Sequence[Dated], repaid: Sequence[Dated], costs: Sequence[Cost]) -> Sheet:
    """All costs of a loan over the principal `received` and `repaid` (分), row by row in the order given."""
    if sum(amount for _, amount in received) != sum(amount for _, amount in repaid):
        raise BadInput("bad_flows", "the principal repaid is not the principal received")
    flows = [*received, *((day, -amount) for day, amount in repaid)]
    rate, rows = by_date(flows), []
    for cost in costs:
        flows += [(day, -amount) for day, amount in cost.paid]
        before, rate = rate, by_date(flows)
        rows.append(Row(cost.name, sum(amount for _, amount in cost.paid), rate.simple - before.simple))
    return Sheet(tuple(rows), sum(row.amount for row in rows), rate)


def _largest(amounts: Sequence[int]) -> int:
    first = next((amount for amount in amounts if amount), 0)
    if first <= 0:
        raise BadInput("no_rate", "the borrower receives nothing to pay for", hint="fees take all that was lent")
    if min(amounts) >= 0:
        raise BadInput("no_rate", "the borrower pays nothing back", hint="are all payments there?")
    return max(map(abs, amounts))


def _log(solved: float | None) -> float:
    """The rate as a logarithm (continuous), in which years, periods and days are multiples."""
    if solved is None or solved <= -1:
        raise BadInput("no_rate", "no rate makes these flows worth nothing", hint="are all amounts right?")
    return log1p(solved)


def _rate(log: float, periods: int, flows: Sequence[tuple[int, int]]) -> Rate:
    """The rate found, if it is the only one; `flows` are (period, amount).

    A rate at which the borrower never is in credit is the only one: every balance rises with the rate. So a line drawn
    and repaid many times has one rate too.
    """
    if max(periods * log, -log * max(period for period, _ in flows)) > log1p(DEAREST):
        raise BadInput("no_rate", "these flows cost or lose more than a rate can say", hint="are all amounts right?")
    worth, slack = 0.0, 1 + TOLERANCE * max(abs(amount) for _, amount in flows)  # one 分 is rounding
    for period, amount in flows:
        worth += amount * exp(-period * log)  # of what is owed after this flow, in money of the first day
        if worth < -slack:
            raise BadInput("ambiguous_rate", "the borrower is in credit in between: more than one rate fits the flows")
    periodic = expm1(log)
    return Rate(_decimal(periodic), _decimal(periods * periodic), _decimal(expm1(periods * log)))


def _decimal(rate: float) -> Decimal:
    return quantized(Decimal(rate), "0.00000001") + 0  # and never -0
