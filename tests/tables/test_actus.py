"""The ACTUS test cases of loans (PAM, LAM, ANN) as plans: every case whose features a plan has is met to the cent.

An ACTUS contract is a plan of ours where its rows are ours: PAM pays interest on dates and the principal at maturity,
LAM a fixed part of the principal with each interest, ANN a level payment. Money is counted in units of 1e-10, so that
no rounding of ours hides a difference. After a reset of the rate, or once interest was capitalised, what follows is a
plan of the rest. What no plan has is in NOT_OURS, case by case; a case that is met after all has to come off the
list.
"""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import pytest

from zhiwei.loans.schedule import Row, plan
from zhiwei.loans.terms import Every, Interest, Repayment, Unit
from zhiwei.values import DayCount, quantized

FOLDER = Path(__file__).parents[3] / "shared" / "reference" / "actus"
SCALE = 10**10
DAY_COUNTS = {"A360": DayCount.ACT_360, "A365": DayCount.ACT_365, "30E360": DayCount.THIRTY_EU, "AA": DayCount.ACT_ACT}
NEWS = {"IED", "IPCI", "RR", "RRF", "PRF"}  # the payout, and what becomes of principal, rate and payment

REASONS = {
    "interest to the day agreed, but payment on the business day after it": "pam06 pam08",
    "a due date may move to the business day before": "pam07 pam10 pam11",
    "bought or sold on the way, at a price between lenders": "ann18 ann19 lam02 lam03 lam04 lam18 lam21 pam12 pam20",
    "begins with interest of before, or with none since the day of lending": "ann23 pam13 pam14",
    "matures at a time of day": "ann26 pam25",
    "the first payment is on the day of lending": "ann03 ann09 lam05",
    "a negative rate": "lam10 lam13",
    "interest on another amount than the principal owed": "lam16 lam17",
    "interest and principal on cycles of their own": "lam23 lam24",
    "principal or interest follow an index": "lam25 lam26",
    "level payments with an odd last period": "ann04 ann10 ann22",
    "the payment is given, not solved for the term": "ann05 ann11 ann13 ann28 ann30 ann31",
    "matures before the day its payment is solved for": "ann12",
}
NOT_OURS = {name: reason for reason, names in REASONS.items() for name in names.split()}

Flow = tuple[date, Decimal, Decimal, Decimal]  # due date, principal, interest, notional after


class Foreign(Exception):
    """The contract has a feature that no plan has."""


@cache
def cases() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for kind in ("pam", "lam", "ann"):
        path = FOLDER / f"actus-tests-{kind}.json"
        found |= json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def expected(case: dict[str, Any]) -> list[Flow]:
    """What the borrower pays, by date; a payment of nothing is none."""
    sign = -1 if case["terms"]["contractRole"] == "RPL" else 1
    flows: dict[date, list[Decimal]] = {}
    for event in case["results"]:
        if event["eventType"] in NEWS:
            continue
        if event["eventType"] not in ("IP", "PR", "MD"):
            raise Foreign(f"{event['eventType']} events")
        flow = flows.setdefault(_day(event["eventDate"]), [Decimal(0)] * 3)
        flow[1 if event["eventType"] == "IP" else 0] += sign * Decimal(str(event["payoff"]))
        flow[2] = sign * Decimal(str(event["notionalPrincipal"]))
    return [(on, *flow) for on, flow in sorted(flows.items()) if any(flow[:2])]


def computed(case: dict[str, Any]) -> list[Flow]:
    """The same from plans of ours, each at the rate until the next reset."""
    terms = {name: str(value).strip() for name, value in case["terms"].items()}
    principal, start = int(Decimal(terms["notionalPrincipal"]) * SCALE), _day(terms["initialExchangeDate"])
    interest = Interest(
        Decimal(terms["nominalInterestRate"]), DAY_COUNTS[terms["dayCountConvention"]], calendar=_calendar(terms)
    )
    resets = [
        (_day(event["eventDate"]), replace(interest, annual_rate=_rate(event["nominalInterestRate"])))
        for event in case["results"]
        if event["eventType"] in ("RR", "RRF")
    ]
    carried, lent = 0, principal  # carried: interest of the period in hand, at rates that were
    for on in _capitalised(terms, start):
        while resets and resets[0][0] < on:
            carried += _interest(principal, start, resets[0][0], interest)
            start, interest = resets.pop(0)
        principal, start, carried = principal + carried + _interest(principal, start, on, interest), on, 0
    repayment, matures = _repayment(terms, lent, principal, start)

    rows: list[Row] = []
    for reset, next_interest in [*resets, (date.max, interest)]:
        ahead = plan(principal, start, repayment, interest, matures)
        done = sum(row.due_on <= reset for row in ahead)
        rows += [replace(row, interest=row.interest + carried * (row is ahead[0])) for row in ahead[:done]]
        if done == len(ahead):
            break
        carried, principal = carried * (not done), ahead[done].principal + ahead[done].balance
        if ahead[done].starts_on < reset:
            carried += _interest(principal, ahead[done].starts_on, reset, interest)
        repayment, start, interest = _rest(repayment, done, ahead), reset, next_interest
    until = _day(case["to"]) if case["to"] else date.max
    money = ((row.due_on, row.principal, row.interest, row.balance) for row in rows if row.due_on <= until)
    return [(on, *(Decimal(amount) / SCALE for amount in amounts)) for on, *amounts in money]


def _rest(repayment: Repayment, done: int, rows: tuple[Row, ...]) -> Repayment:
    """What is left of a repayment after some rows."""
    ahead = rows[done]
    if repayment.method == "seasonal":
        return _by_dates([row.due_on for row in rows[done:]], ahead.balance + ahead.principal, rows[0].principal)
    left, grace = repayment.periods and len(rows) - done, max(0, repayment.grace - done)
    return replace(repayment, periods=left, first_due=ahead.due_on, grace=grace)


def _repayment(terms: dict[str, str], lent: int, principal: int, start: date) -> tuple[Repayment, date | None]:
    """Plans whose principal and interest fall due together, on one cycle; where it can, `plan` finds the dates."""
    kind, cycle = terms["contractType"], terms["cycleOfInterestPayment"]
    every, first = _every(cycle), _day(terms["cycleAnchorDateOfInterestPayment"])
    if kind != "PAM" and _every(terms["cycleOfPrincipalRedemption"]) != every:
        raise Foreign("interest and principal on cycles of their own")
    at_end = terms.get("endOfMonthConvention") == "EOM" and (first + timedelta(days=1)).day == 1
    due_day = 0 if every.unit is not Unit.MONTH else 31 if at_end else first.day
    dates = [on for on in (every.after(first, n, due_day) for n in range(400)) if on > start]
    part = int(Decimal(terms.get("nextPrincipalRedemptionPayment", "0")) * SCALE)
    ends = terms.get("amortizationDate") or terms.get("maturityDate")
    repaid = _day(terms.get("cycleAnchorDateOfPrincipalRedemption", str(dates[0])))
    grace = dates.index(repaid) if repaid in dates else 0

    if not ends:
        dates = dates[: grace - -lent // part]
    else:
        odd = _day(ends) not in dates
        dates = [*(on for on in dates if on < _day(ends)), _day(ends)]
        if odd and cycle.endswith("0"):
            del dates[-2]  # a long last stub
        if odd and kind == "ANN":
            raise Foreign("level payments with an odd last period")
        if odd:
            return _by_dates(dates, principal, 0 if kind == "PAM" else part or lent // len(dates)), None
    if kind == "PAM":
        return Repayment("revolving", 0, every, dates[0], due_day), dates[-1]
    if kind == "LAM" and part and part * (len(dates) - grace) != principal:
        return _by_dates(dates, principal, part), None
    method = "annuity" if kind == "ANN" else "equal-principal"
    return Repayment(method, len(dates), every, dates[0], due_day, grace), None


def _by_dates(dates: list[date], principal: int, part: int) -> Repayment:
    """Interest on each date, and `part` of the principal on all but the last."""
    shares = [Decimal(part) / principal] * (len(dates) - 1)
    seasons = zip(dates, [*shares, 1 - sum(shares, Decimal(0))], strict=True)
    return Repayment("seasonal", len(dates), seasons=tuple(seasons))


def _interest(principal: int, first: date, last: date, interest: Interest) -> int:
    return plan(principal, first, Repayment("bullet", first_due=last), interest)[0].interest


def _rate(text: str) -> Decimal:
    """A reset rate of ACTUS has sixteen places, one of ours six."""
    return quantized(Decimal(str(text)), "0.000001")


def _capitalised(terms: dict[str, str], start: date) -> list[date]:
    """The days on which interest becomes principal."""
    if "capitalizationEndDate" not in terms:
        return []
    every, first = _every(terms["cycleOfInterestPayment"]), _day(terms["cycleAnchorDateOfInterestPayment"])
    end = _day(terms["capitalizationEndDate"])
    days = takewhile(lambda on: on < end, (every.after(first, n) for n in count()))
    return [*(on for on in days if on > start), end]


def _calendar(terms: dict[str, str]) -> str:
    convention = terms.get("businessDayConvention", "NOS")
    if convention not in ("NOS", "SCF"):
        raise Foreign(f"business days by {convention}")
    return "weekends" if convention == "SCF" and terms["calendar"] == "MF" else "none"


def _every(cycle: str) -> Every:
    number, unit = int(cycle[1:-3]), cycle[-3]
    if unit in "DWM":
        return Every(number, Unit(unit.lower()))
    return Every(number * {"Q": 3, "H": 6, "Y": 12}[unit], Unit.MONTH)


def _day(text: str) -> date:
    if text[11:].strip("0:"):
        raise Foreign("a time of day")
    return date.fromisoformat(text[:10])


def difference(case: dict[str, Any]) -> str:
    """What sets our plan apart from the case, or nothing where they agree."""
    try:
        theirs, ours = expected(case), computed(case)
    except (Foreign, ValueError) as error:
        return str(error)
    if [flow[0] for flow in theirs] != [flow[0] for flow in ours]:
        return f"due dates {[str(flow[0]) for flow in ours]} for {[str(flow[0]) for flow in theirs]}"
    near = (
        Decimal("0.005") if any(event["eventType"] in ("RR", "RRF") for event in case["results"]) else Decimal("1e-6")
    )
    for their, our in zip(theirs, ours, strict=True):
        if any(abs(one - other) > near for one, other in zip(their[1:], our[1:], strict=True)):
            return f"on {our[0]}: {[f'{x:.4f}' for x in our[1:]]} for {[f'{x:.4f}' for x in their[1:]]}"
    return ""


@pytest.mark.skipif(not cases(), reason="no ACTUS cases: they are read from ../shared/reference/actus where it is")
class TestActus:
    @pytest.mark.parametrize("name", sorted(set(cases()) - set(NOT_OURS)))
    def test_a_case_is_met(self, name: str) -> None:
        assert difference(cases()[name]) == ""

    @pytest.mark.parametrize("name", sorted(NOT_OURS))
    def test_a_case_that_is_not_ours_differs(self, name: str) -> None:
        assert difference(cases()[name]), f"{name} is met: take it off NOT_OURS ({NOT_OURS[name]})"
