"""Everything one product decides with, read from its folder by `shelf` and never changed afterwards."""

from dataclasses import dataclass
from datetime import date

from zhiwei.credit.underwriting.pricing import Demand
from zhiwei.credit.underwriting.scorecard import Scorecard
from zhiwei.credit.underwriting.terms import Grade, Term
from zhiwei.tables import Parameter, Rule, values_on
from zhiwei.values import Refusal

ALWAYS = {"base_rate", "rate_floor", "rate_cap"}  # what the decision itself asks for


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
    demand: Demand | None = None  # where there is one, prices are searched against it

    def facts(self) -> set[str]:
        """The facts that anything here looks at."""
        asked = {rule.fact for stage in self.stages for rule in stage.rules}
        named = {name for term in (*self.limit, *self.price) for name in term.expression.names}
        return asked | self.scorecard.bins.keys() | named - {one.name for one in self.parameters} - {"pd", "score"}

    def needs(self) -> set[str]:
        """The parameters without which nothing can be decided."""
        used = {name for term in (*self.limit, *self.price) for name in term.expression.names}
        return ALWAYS | used & {parameter.name for parameter in self.parameters}

    def in_force(self, on: date) -> dict[str, int]:
        """The parameters of a day. Refusal where one that a decision needs is not in force."""
        numbers = self.numbers(on)
        if missing := sorted(self.needs() - numbers.keys()):
            names = ", ".join(missing)
            raise Refusal("no_parameter", f"no {names} is in force on {on}", hint="add a dated value to the product")
        return numbers

    def numbers(self, on: date) -> dict[str, int]:
        return values_on(self.parameters, on)
