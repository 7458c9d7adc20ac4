"""One credit product, read from its folder: frozen, and named by the hash of the folder's content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiwei.credit.monitoring import Watch
from zhiwei.credit.underwriting import Policy
from zhiwei.funding import Programme
from zhiwei.loans.postings import Accounts
from zhiwei.tables import Parameter


@dataclass(frozen=True, slots=True)
class LineTerms:
    """loans.toml: amounts in 分; a decision can be accepted for `offer_days`.

    `due_day` bills interest each month; a draw matures when the line expires.
    """

    months: int
    day_basis: int
    due_day: int
    smallest_draw: int
    offer_days: int
    accounts: Accounts


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
    """`since`: it decides from this day on. `scopes` and `purposes`: what consent it needs.

    `campaign`: dated numbers for offers within a budget.
    """

    product_id: str
    version: str
    zh: str
    en: str
    anchor: str
    since: date
    hash: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    policy: Policy
    line: LineTerms
    programme: Programme
    watch: Watch
    campaign: tuple[Parameter, ...]
    cases: tuple[Case, ...]
