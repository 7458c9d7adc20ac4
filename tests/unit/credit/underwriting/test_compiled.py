"""A compiled policy at its edges: many chunks, nobody at all, a day without parameters, a card with a hole."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from zhiwei.credit.underwriting import OUTCOMES, Decided, Policy, compile_policy, underwrite, underwrite_many
from zhiwei.credit.underwriting.compiled import CHUNK
from zhiwei.shelf import Product, load, read_folder
from zhiwei.values import Breach, Refusal

SHELF = Path(__file__).parents[4] / "products"
PRODUCTS = sorted(p.name for p in SHELF.iterdir() if p.is_dir() and not p.name.startswith("_"))


def shelved(name: str) -> Product:
    product, problems = load(read_folder(SHELF / name))
    assert product is not None, problems
    return product


def population(policy: Policy, cases: list[dict[str, int | None]], size: int) -> dict[str, tuple]:
    """The golden cases, then firms made of their facts, each fact from another case, some of them missing."""
    dice = np.random.default_rng(3)
    columns = {}
    for name in sorted(policy.facts()):
        known = [case.get(name) for case in cases]
        drawn = dice.integers(0, len(known), size)
        present = np.array([value is not None for value in known])[drawn]
        values = np.array([value or 0 for value in known], np.int64)[drawn] + dice.integers(-(10**6), 10**6, size)
        present[: len(known)] = [value is not None for value in known]
        values[: len(known)] = [value or 0 for value in known]
        columns[name] = (values, present)
    return columns


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_population_of_several_chunks_is_decided_like_each_of_its_firms(name: str) -> None:
    product = shelved(name)
    policy, on, size = product.policy, product.cases[0].on, 2 * CHUNK + 5
    columns = population(policy, [dict(case.facts) for case in product.cases], size)
    decisions = underwrite_many(policy, columns, on)
    made = compile_policy(policy, on)
    for row in [*range(0, size, 997), CHUNK - 1, CHUNK, size - 1]:
        facts = {fact: int(values[row]) if there[row] else None for fact, (values, there) in columns.items()}
        verdict = underwrite(policy, facts, on)
        wanted = Decided(*(getattr(verdict, field) for field in Decided._fields))
        assert decisions.row(row) == made.decide(facts) == wanted
    assert set(np.unique(decisions.outcome)) == set(range(len(OUTCOMES))), "the sample meets every outcome"


def test_nobody_at_all_is_decided_too() -> None:
    product = shelved("tax_credit")
    nobody = {name: (np.empty(0, np.int64), np.empty(0, bool)) for name in product.policy.facts()}
    assert len(underwrite_many(product.policy, nobody, product.cases[0].on).outcome) == 0


def test_a_day_without_parameters_is_refused_before_anybody_is_decided() -> None:
    with pytest.raises(Refusal, match="is in force on 1999-01-01"):
        compile_policy(shelved("tax_credit").policy, date(1999, 1, 1))


def test_a_card_with_a_hole_is_a_breach_not_a_score() -> None:
    product = shelved("tax_credit")
    bins = dict(product.policy.scorecard.bins)
    bins["sales_12m"] = tuple(bin_ for bin_ in bins["sales_12m"] if not bin_.cell.null)
    holed = replace(product.policy, scorecard=replace(product.policy.scorecard, bins=bins))
    with pytest.raises(Breach, match="no bin of sales_12m takes null"):
        compile_policy(holed, product.cases[0].on)
    with pytest.raises(Breach, match="no bin of sales_12m takes None"):
        underwrite(holed, {**product.cases[0].facts, "sales_12m": None}, product.cases[0].on)
