"""Everything one product decides with, read from its folder by `shelf` and never changed afterwards."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiwei.credit.underwriting.pricing import Demand
from zhiwei.credit.underwriting.scoring import Scorecard
from zhiwei.credit.underwriting.terms import Grade, Term
from zhiwei.tables import CompiledTable, Parameter, Rule, text, values_on
from zhiwei.values import Refusal

ALWAYS = {"base_rate", "rate_floor", "rate_cap"}  # what the decision itself asks for


@dataclass(frozen=True, slots=True)
class Stage:
    """Rules of one chapter, in the order they are asked."""

    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """`limit_step` and `smallest_limit` in 元 micro-units; parameters as dated in the folder.

    `tables` are the product's own (tables/NAME.csv): what they give are facts for rules, cards, limit and price.
    `at_once`: the part of a limit that can be drawn before what secures the rest is in place; () for all of it.
    """

    stages: tuple[Stage, ...]
    scorecard: Scorecard
    grades: tuple[Grade, ...]
    limit: tuple[Term, ...]
    price: tuple[Term, ...]
    parameters: tuple[Parameter, ...]
    limit_step: int
    smallest_limit: int
    tables: tuple[CompiledTable, ...] = ()
    at_once: tuple[Term, ...] = ()
    demand: Demand | None = None  # where there is one, prices are searched against it

    def facts(self) -> set[str]:
        """The facts that anything here looks at, other than what its own tables give."""
        asked = {rule.fact for stage in self.stages for rule in stage.rules}
        given = {name for one in self.tables for name in one.table.outputs}
        others = {"pd", "score", *given, *(one.name for one in self.parameters)}
        return (asked | self.scorecard.bins.keys() | self.named()) - others

    def named(self) -> set[str]:
        """All that limit, price and the product's tables name: facts, parameters, pd and score."""
        every = (*self.limit, *self.price, *self.at_once)
        terms = {name for term in every for name in term.expression.names}
        return terms.union(*(one.table.names() for one in self.tables))

    def resting_on(self, facts: Collection[str]) -> set[str]:
        """These facts, and what the product's tables give by them."""
        found = set(facts)
        for one in self.tables:  # in the order they are asked
            if one.table.names() & found:
                found.update(one.table.outputs)
        return found

    def needs(self) -> set[str]:
        """The parameters without which nothing can be decided."""
        return ALWAYS | self.named() & {parameter.name for parameter in self.parameters}

    def derived(self, facts: Mapping[str, int | None], numbers: Mapping[str, int]) -> dict[str, int | None]:
        """The facts, and what the product's tables give; what no row gives is missing."""
        found = dict(facts)
        for one in self.tables:
            found |= dict.fromkeys(one.table.outputs)
            for given in one.decide({**facts, **numbers}):
                found |= given  # type: ignore[arg-type]  # the shelf takes numbers only
        return found

    def traced(
        self, facts: Mapping[str, int | None], numbers: Mapping[str, int]
    ) -> tuple[dict[str, int | None], list[dict[str, Any]]]:
        """The same, and the rows of the product's tables that spoke, as steps of a trace."""
        found, steps = dict(facts), list[dict[str, Any]]()
        for one in self.tables:
            told = one.explain({**facts, **numbers})
            found |= dict.fromkeys(one.table.outputs)
            for given in told.found:
                found |= given  # type: ignore[arg-type]
            steps += [
                {"step": "table", "table": one.table.name, "line": row.line,
                 "tests": {name: f"{value if value is not None else '-'} in {test}" for name, value, test in row.tests},
                 "gives": {name: text(value) if isinstance(value, int) else value
                           for name, value in row.outputs.items()}}
                for row in told.rows
            ]  # fmt: skip
        return found, steps

    def in_force(self, on: date) -> dict[str, int]:
        """The parameters of a day. Refusal where one that a decision needs is not in force."""
        numbers = self.numbers(on)
        if missing := sorted(self.needs() - numbers.keys()):
            names = ", ".join(missing)
            raise Refusal("no_parameter", f"no {names} is in force on {on}", hint="add a dated value to the product")
        return numbers

    def numbers(self, on: date) -> dict[str, int]:
        return values_on(self.parameters, on)
