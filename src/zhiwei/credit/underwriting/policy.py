"""Everything one product decides with, read from its folder by `shelf` and never changed afterwards."""

from dataclasses import dataclass
from datetime import date

from zhiwei.credit.underwriting.scorecard import Scorecard
from zhiwei.credit.underwriting.terms import Grade, Term
from zhiwei.tables import Parameter, Rule, values_on


@dataclass(frozen=True, slots=True)
class Stage:
    """Rules of one chapter, in the order they are asked."""

    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """`limit_step` and `smallest_limit` in 元 micro-units; parameters as dated in the folder."""

    stages: tuple[Stage, ...]
    scorecard: Scorecard
    grades: tuple[Grade, ...]
    limit: tuple[Term, ...]
    price: tuple[Term, ...]
    parameters: tuple[Parameter, ...]
    limit_step: int
    smallest_limit: int

    def numbers(self, on: date) -> dict[str, int]:
        return values_on(self.parameters, on)
