"""An oracle of a line's loans: it lives one day at a time in exact fractions and knows nothing of `zhiwei.loans`.

Of the kernel it takes only what is data (terms, events) and `schedule.plan`, which has tests of its own. Every night
each balance earns a night's interest, every morning the plan asks for what it says; money is rounded where it is asked
for. It counts no stretch of days and has no closed form: what agrees with it is right for another reason.
"""

from calendar import isleap
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from zhiwei.loans.events import NAMES
from zhiwei.loans.schedule import Row, plan
from zhiwei.loans.terms import LoanTerms

DAY = timedelta(days=1)
BUCKETS = ("fee", "compound", "penalty", "interest", "principal")


def year_part(count: str, day: date) -> Fraction:
    """What the night after `day` is of a year. Of 30/360 US this is near enough only: its nights do not add up."""
    if count in ("30e/360", "30/360"):
        after = day + DAY
        months = 12 * (after.year - day.year) + after.month - day.month
        return Fraction(30 * months + min(after.day, 30) - min(day.day, 30), 360)
    return Fraction(1, {"act/360": 360, "act/365f": 365, "act/act": 366 if isleap(day.year) else 365}[count])


def rounded(amount: Fraction, how: str) -> int:
    down, half = floor(amount), amount - floor(amount)
    if how == "half-up":
        return down + (half >= Fraction(1, 2))
    if how == "half-even":
        return down + (half > Fraction(1, 2) or (half == Fraction(1, 2) and down % 2))
    return ceil(amount) if how == "up" else down


@dataclass
class Debt:
    """What fell due on one day. `nights` is Σ rate x part of a year since then: what one 分 of it has earned."""

    due_on: date
    owed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("fee", "interest", "principal"), 0))
    nights: Fraction = Fraction(0)
    earned: dict[str, Fraction] = field(default_factory=lambda: {"penalty": Fraction(0), "compound": Fraction(0)})
    paid: dict[str, int] = field(default_factory=lambda: {"penalty": 0, "compound": 0})
    technical: bool = False


@dataclass
class Loan:
    terms: LoanTerms
    today: date = date.min
    fresh: int = 0  # principal not yet due
    rows: list[Row] = field(default_factory=list)
    passed: int = 0  # rows of any plan that fell due
    done: int = 0  # rows of this plan that fell due
    pending: Fraction = Fraction(0)
    whole: bool = False
    rate: Decimal = Decimal(0)
    rates: list[tuple[date | None, Decimal]] = field(default_factory=list)  # changes of it: until when, and to what
    repayment: Any = None
    planned_on: date = date.min
    matures_on: date | None = None
    misused: bool = False
    written_off: bool = False
    sold: bool = False
    debts: list[Debt] = field(default_factory=list)
    moved: Counter = field(default_factory=Counter)  # (kind, what) -> 分

    def __post_init__(self) -> None:
        terms = self.terms
        self.today, self.fresh, self.repayment = terms.drawn_on, terms.principal, terms.repayment
        self.rate = terms.interest.annual_rate
        self.plan_anew(terms.repayment, terms.matures_on, terms.drawn_on)
        self.moved["drawn", "principal"] = terms.principal

    # --- what is owed -------------------------------------------------------------------------------------------------

    @property
    def principal(self) -> int:
        return self.fresh + sum(debt.owed["principal"] for debt in self.debts)

    @property
    def settled(self) -> bool:
        return not self.fresh and not self.debts

    @property
    def next_row(self) -> date | None:
        return self.rows[0].due_on if self.rows else None

    def round(self, amount: Fraction) -> int:
        return rounded(amount, self.terms.interest.rounding.value)

    def accrued(self) -> int:
        """Interest since the last bill; a month that was left alone costs what a month costs."""
        if not self.fresh:
            return 0
        counted = self.round(self.pending)
        if self.whole:
            return self.rows[0].interest if self.today >= self.rows[0].due_on else min(counted, self.rows[0].interest)
        return counted

    def within_grace(self, debt: Debt) -> bool:
        return (self.today - debt.due_on).days <= self.terms.late.grace_days

    def owes(self, debt: Debt, bucket: str) -> int:
        if bucket in debt.owed:
            return debt.owed[bucket]
        if self.within_grace(debt) or (bucket == "compound" and not self.terms.late.compound):
            return 0
        return self.round(debt.earned[bucket]) - debt.paid[bucket]

    def all_of(self, debt: Debt) -> int:
        return sum(self.owes(debt, bucket) for bucket in BUCKETS)

    def due(self) -> int:
        return sum(self.all_of(debt) for debt in self.debts if debt.due_on <= self.today)

    def days_late(self) -> int:
        return max(((self.today - debt.due_on).days for debt in self.debts), default=0) if self.due_debts() else 0

    def due_debts(self) -> list[Debt]:
        return [debt for debt in self.debts if debt.due_on <= self.today]

    def sums(self) -> dict[str, int]:
        found = {bucket: sum(self.owes(debt, bucket) for debt in self.debts) for bucket in BUCKETS}
        return {**found, "principal": self.principal, "interest": found["interest"] + self.accrued()}

    # --- days ---------------------------------------------------------------------------------------------------------

    def sleep(self) -> None:
        """One night and one morning."""
        late, part = self.terms.late, year_part(self.terms.interest.day_count.value, self.today)
        rate = Fraction(self.rate)
        self.pending += self.fresh * rate * (Fraction(late.misuse) if self.misused else 1) * part
        night = rate * Fraction(late.misuse if self.misused else late.penalty) * part
        for debt in self.due_debts():
            debt.nights += night
            debt.earned["penalty"] += debt.owed["principal"] * night
            debt.earned["compound"] += debt.owed["interest"] * night
        self.today += DAY
        while self.rows and self.rows[0].due_on == self.today:
            self.fall_due()

    def fall_due(self) -> None:
        interest, row = self.accrued(), self.rows[0]
        principal = self.fresh if len(self.rows) == 1 else min(row.principal, self.fresh)
        self.bill(interest, self.today)
        if principal:
            self.debt_of(self.today).owed["principal"] += principal
        self.fresh -= principal
        self.rows = self.rows[1:]
        self.passed += 1
        self.done += 1
        self.whole = bool(self.rows) and self.by_months(self.rows[0])
        if not self.fresh:
            self.pending = Fraction(0)

    def debt_of(self, due_on: date) -> Debt:
        found = [debt for debt in self.debts if debt.due_on == due_on]
        if not found:
            found = [Debt(due_on)]
            self.debts = sorted([*self.debts, *found], key=lambda debt: debt.due_on)
        return found[0]

    def bill(self, interest: int, due_on: date) -> None:
        """Less than half a 分 is not asked for and waits."""
        if interest:
            self.debt_of(due_on).owed["interest"] += interest
            self.moved["billed", "interest"] += interest
            self.pending = Fraction(0)

    def bill_to_date(self) -> None:
        """Asked for today, payable when the plan next asks for something. No month is broken on its first day."""
        self.bill(self.accrued(), self.next_row or self.today)
        self.whole = self.whole and self.rows[0].starts_on == self.today and not self.pending

    # --- money --------------------------------------------------------------------------------------------------------

    def take(self, debt: Debt, bucket: str, most: int) -> int:
        part = min(most, self.owes(debt, bucket))
        if bucket in debt.paid:
            debt.paid[bucket] += part
            return part
        debt.owed[bucket] -= part
        if self.within_grace(debt):  # what is paid within the days of grace earns nothing
            debt.earned["penalty"] = debt.owed["principal"] * debt.nights
            debt.earned["compound"] = debt.owed["interest"] * debt.nights
        return part

    def pay_debts(self, amount: int, parts: Counter, *, all_of_them: bool) -> int:
        """In the product's order; -> what was used."""
        order = next(o for o in self.terms.allocation.orders if o.until is None or self.days_late() <= o.until)
        debts = self.debts if all_of_them else self.due_debts()
        places = [(debt, bucket) for debt in debts for bucket in order.buckets]
        if order.mode == "vertical":
            places = [(debt, bucket) for bucket in order.buckets for debt in debts]
        left = amount
        for debt, bucket in places:
            part = self.take(debt, bucket, left)
            parts[bucket] += part
            left -= part
        self.drop()
        return amount - left

    def renewed(self, amount: int) -> int:
        """Principal paid by another loan; -> what is left of it."""
        self.bill_to_date()
        left = amount
        for debt in self.debts:
            part = self.take(debt, "principal", left)
            left -= part
        now = min(left, self.fresh)
        self.fresh -= now
        if now:
            self.whole = False
        if not self.fresh:
            self.pending, self.rows = Fraction(0), []
        self.moved["renewed", "principal"] += amount - left + now
        self.drop()
        return left - now

    def drop(self) -> None:
        self.debts = [debt for debt in self.debts if self.all_of(debt)]

    def prepay(self, amount: int, parts: Counter) -> int:
        """Principal not yet due, and the fee for it; what is left of the plan is planned anew."""
        agreed = self.terms.prepayment
        free = agreed.free_after and self.passed >= agreed.free_after

        def fee_of(principal: int) -> int:
            return 0 if free else rounded(principal * Fraction(agreed.fee), "half-up")

        principal = self.fresh
        while principal + fee_of(principal) > amount:  # by halves, then one by one: no formula to get wrong
            step = max(1, (principal + fee_of(principal) - amount) // 2)
            principal -= step
        while principal < self.fresh and principal + 1 + fee_of(principal + 1) <= amount:
            principal += 1
        fee = amount - principal if principal < self.fresh else fee_of(principal)
        if principal:
            before = max((row.payment for row in self.rows), default=0)
            self.fresh -= principal
            self.whole = False
            parts["principal"] += principal
        if fee:
            parts["fee"] += fee
            self.moved["charged", "fee"] += fee
        if not self.fresh:
            self.pending, self.rows = Fraction(0), []
        elif principal and self.matures_on is None:
            self.plan_rest(before)
        return principal + fee

    # --- plans --------------------------------------------------------------------------------------------------------

    def plan_anew(self, repayment: Any, matures_on: date | None, start: date) -> None:
        interest = replace(self.terms.interest, annual_rate=self.rate)
        self.rows = list(plan(self.fresh, start, repayment, interest, matures_on))
        self.repayment, self.done, self.planned_on, self.matures_on = repayment, 0, start, matures_on
        self.whole = self.by_months(self.rows[0]) and start == self.today and not self.pending

    def by_months(self, row: Row) -> bool:
        """A whole month costs a twelfth of the rate; where one draws and repays at will only days count."""
        return row.full and not self.misused and self.matures_on is None

    def plan_rest(self, most: int | None = None) -> None:
        """The rest of the plan on its own dates; with `most` fewer rows, of payments no larger than that."""
        old, rows = self.repayment, self.rows
        rest: dict[str, Any] = {
            "periods": len(rows), "first_due": self.next_agreed(), "grace": max(0, old.grace - self.done),
            "due_day": old.due_day or (old.first_due or self.planned_on).day, "balloon": min(old.balloon, self.fresh),
        }  # fmt: skip
        if old.balloon and not rest["balloon"]:
            rest["method"] = "annuity"
        if old.seasons:
            left = old.seasons[-len(rows) :]
            whole = sum(share for _, share in left)
            shares = [(share / whole).quantize(Decimal("1e-8"), "ROUND_HALF_UP") for _, share in left[:-1]]
            shares.append(1 - sum(shares))
            rest["seasons"] = tuple((day, share) for (day, _), share in zip(left, shares, strict=True))
        found = replace(old, **rest)
        if most is not None and self.terms.prepayment.then == "shorten-term":
            found = self.shorter(found, rows[0].starts_on, most)
        self.plan_anew(found, None, rows[0].starts_on)
        assert [row.due_on for row in self.rows] == [row.due_on for row in rows][: len(self.rows)], "the dates are kept"

    def next_agreed(self) -> date:
        """The next due date; of a plan by days or weeks before holidays, for those after it are counted from there."""
        plan_of = self.repayment
        if plan_of.every.unit == "m" or plan_of.method in ("bullet", "seasonal"):
            return self.rows[0].due_on
        first = plan_of.first_due or plan_of.every.after(self.planned_on, 1)
        return plan_of.every.after(first, self.done)

    def shorter(self, whole: Any, start: date, most: int) -> Any:
        interest = replace(self.terms.interest, annual_rate=self.rate)
        for periods in range(1, whole.periods if whole.method in ("annuity", "equal-principal") else 1):
            found = replace(whole, periods=periods, grace=min(whole.grace, periods - 1))
            if max(row.payment for row in plan(self.fresh, start, found, interest)) <= most:
                return found
        return whole


@dataclass
class Line:
    """All loans of a line, its credit, and what it ever kept and paid back."""

    contracts: list[tuple[str, LoanTerms]]
    today: date
    loans: dict[str, Loan] = field(default_factory=dict)
    credit: int = 0
    moved: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.contracts = sorted(self.contracts, key=lambda one: (one[1].drawn_on, one[0]))
        self.open()

    def open(self) -> None:
        for name, terms in self.contracts:
            if terms.drawn_on == self.today:
                self.loans[name] = Loan(terms)

    def sleep(self) -> None:
        for loan in self.loans.values():
            loan.sleep()
        self.today += DAY
        self.open()
        self.use_credit()
        for loan in self.loans.values():
            if any(until == self.today for until, _ in loan.rates):
                self.price(loan)

    def addressed(self, name: str) -> list[Loan]:
        if name:
            return [self.loans[name]] if name in self.loans else []
        return [loan for loan in self.loans.values() if not loan.settled]

    # --- events -------------------------------------------------------------------------------------------------------

    def happen(self, event: Any) -> None:
        name = NAMES[type(event)]
        if name == "payment":
            self.pay(event.amount, event.loan, prepay=event.prepay, cash=True)
        elif name == "refund":
            self.credit -= event.amount
            self.moved["refunded"] += event.amount
        elif name == "renewal":
            loan = self.loans[event.loan]
            left = event.amount if loan.sold or loan.written_off else loan.renewed(event.amount)
            self.credit += left
            self.moved["overpaid"] += left
        else:
            for loan in self.addressed(event.loan):
                if not loan.sold:
                    getattr(self, f"on_{name}")(loan, event)
        self.use_credit()

    def use_credit(self) -> None:
        due = sum(loan.due() for loan in self.loans.values())
        if due and self.credit > 0:
            self.credit -= self.pay(min(due, self.credit), "", prepay=False, cash=False)

    def pay(self, amount: int, name: str, *, prepay: bool, cash: bool) -> int:
        left = amount
        if cash and self.credit < 0:
            left -= self.keep(min(left, -self.credit))
        loans = [(loan, Counter()) for loan in self.addressed(name)]
        for loan, parts in loans:
            left -= loan.pay_debts(left, parts, all_of_them=False)
            if loan.fresh and loan.terms.matures_on and sum(parts.values()):
                loan.bill_to_date()
        early = [one for one in loans if cash and (prepay or one[0].terms.matures_on)]
        for loan, parts in early:
            if left and loan.fresh:
                loan.bill_to_date()
            left -= loan.pay_debts(left, parts, all_of_them=True)
        for loan, parts in early:
            if left and loan.fresh:
                left -= loan.prepay(left, parts)
        for loan, parts in loans:
            for bucket, part in parts.items():
                loan.moved["recovered" if loan.written_off else "repaid", bucket] += part
        if cash and left:
            self.keep(left)
        return amount - left

    def keep(self, amount: int) -> int:
        self.credit += amount
        self.moved["overpaid"] += amount
        return amount

    def price(self, loan: Loan) -> None:
        """The last change that still runs is the rate; a month at two rates is counted by days."""
        in_force = [rate for until, rate in loan.rates if until is None or until > self.today]
        rate = in_force[-1] if in_force else loan.terms.interest.annual_rate
        if rate != loan.rate and not loan.settled:
            loan.rate, loan.whole = rate, False
            if loan.fresh and loan.matures_on is None:
                loan.plan_rest()

    def on_charge(self, loan: Loan, event: Any) -> None:
        loan.debt_of(self.today).owed["fee"] += event.amount
        loan.moved["charged", "fee"] += event.amount

    def on_rate(self, loan: Loan, event: Any) -> None:
        loan.rates.append((event.until, event.annual_rate))
        self.price(loan)

    def on_misuse(self, loan: Loan, event: Any) -> None:
        loan.misused, loan.whole = True, False

    def on_technical(self, loan: Loan, event: Any) -> None:
        for debt in loan.due_debts():
            debt.technical = True

    def on_reschedule(self, loan: Loan, event: Any) -> None:
        if loan.written_off:
            return
        if event.capitalise:
            loan.bill_to_date()
            owed = loan.sums()
            for bucket in BUCKETS[:-1]:
                loan.moved["capitalised", bucket] += owed[bucket]
                loan.moved["capitalised", "principal"] += owed[bucket]
            loan.fresh, loan.debts = sum(owed.values()), []
        if loan.fresh:
            loan.plan_anew(event.repayment, event.matures_on, self.today)

    def on_waiver(self, loan: Loan, event: Any) -> None:
        for bucket in BUCKETS[:-1]:
            left = getattr(event, bucket)
            for debt in loan.debts:
                part = loan.take(debt, bucket, left)
                loan.moved["waived", bucket] += part
                left -= part
        loan.drop()

    def on_write_off(self, loan: Loan, event: Any) -> None:
        if not loan.written_off:
            loan.moved["written_off", "principal"] += loan.principal
        loan.written_off = True

    def on_transfer(self, loan: Loan, event: Any) -> None:
        for bucket, amount in loan.sums().items():
            if not loan.written_off:
                loan.moved["transferred", bucket] += amount
            elif bucket in ("principal", "fee"):  # interest and penalty of a written-off claim never were on the books
                loan.moved["claim_sold", bucket] += amount
        loan.fresh, loan.debts, loan.rows, loan.pending, loan.sold = 0, [], [], Fraction(0), True
