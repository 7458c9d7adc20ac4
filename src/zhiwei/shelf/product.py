"""One credit product, read from its folder: frozen, and named by the hash of the folder's content."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from zhiwei.credit.monitoring import Watch
from zhiwei.credit.underwriting import Authority, Policy
from zhiwei.funding import Programme
from zhiwei.loans import Allocation, Interest, Late, LoanTerms, Prepayment, Repayment
from zhiwei.loans.postings import Accounts
from zhiwei.shelf.needs import Needs
from zhiwei.tables import Parameter
from zhiwei.values import DayCount, add_months


@dataclass(frozen=True, slots=True)
class Repricing:
    """A floating rate: every `months` after the draw it becomes the LPR of that day plus the points it was drawn at."""

    months: int

    def after(self, drawn_on: date, on: date) -> date:
        """The first day after `on` on which a loan drawn then is repriced."""
        times = 1
        while (day := add_months(drawn_on, self.months * times)) <= on:
            times += 1
        return day


@dataclass(frozen=True, slots=True)
class LineTerms:
    """loans.toml: amounts in 分; a decision can be accepted for `offer_days`, and its line lives for `months`.

    A revolving draw matures when the line expires; other methods run their own plan. `interest` has no rate of its own:
    the line's decision brings it.
    """

    months: int
    smallest_draw: int
    offer_days: int
    repayment: Repayment
    interest: Interest
    late: Late
    prepayment: Prepayment
    allocation: Allocation
    accounts: Accounts
    repricing: Repricing | None = None

    @property
    def day_basis(self) -> int:
        """Days of a year by which a rate per day is shown."""
        return 365 if self.interest.day_count is DayCount.ACT_365 else 360

    def loan(self, amount: int, annual_rate: Decimal, on: date, expires_on: date) -> LoanTerms:
        """The terms of a draw on a day."""
        matures_on = expires_on if self.repayment.method == "revolving" else None
        interest = replace(self.interest, annual_rate=annual_rate)
        return LoanTerms(amount, on, self.repayment, interest, self.late, self.prepayment, matures_on, self.allocation)


@dataclass(frozen=True, slots=True)
class Case:
    """A golden applicant: facts in, expected outcome and (where given) limit, rate and reason codes out."""

    name: str
    file: str
    facts: Mapping[str, int | None]
    on: date
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Product:
    """`since`: it decides from this day on. `facts`: those it looks at, and those kept beside them with each decision.

    `campaign`: dated numbers for offers within a budget. `segment`: for whom it is, in words.
    """

    product_id: str
    version: str
    zh: str
    en: str
    anchor: str
    since: date
    hash: str
    needs: Needs
    facts: tuple[str, ...]
    policy: Policy
    authority: tuple[Authority, ...]
    line: LineTerms
    programme: Programme
    watch: Watch
    campaign: tuple[Parameter, ...]
    cases: tuple[Case, ...]
    segment: str = ""
