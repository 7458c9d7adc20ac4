"""What every product on the shelf owes to sense: silence does not pay unless it says so, and bad news never helps."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhiwei.borrower.features import CATALOGUE
from zhiwei.credit.underwriting import OUTCOMES, Verdict, underwrite
from zhiwei.shelf import Product, load, read_folder
from zhiwei.shelf.silence import kinds_of
from zhiwei.tables import Cell

SHELF = Path(__file__).parents[2] / "products"
PRODUCTS = sorted(path.name for path in SHELF.iterdir() if (path / "product.toml").is_file())
WHOLE = ("count", "months", "days", "class", "flag")  # units whose facts are whole numbers
Facts = dict[str, int | None]


def loaded(name: str) -> Product:
    product, problems = load(read_folder(SHELF / name))
    assert product, problems
    return product


SOLD = {name: loaded(name) for name in PRODUCTS}


def ends(cells: Iterable[Cell]) -> set[int]:
    """Numbers at the edges of tests, and next to them."""
    some = {end for cell in cells for span in cell.spans for end in (span.low, span.high) if end is not None}
    return {end + step for end in some for step in (-(10**6), -1, 0, 1, 10**6)}


def interesting(product: Product, fact: str) -> list[int]:
    """Values of a fact where some test may answer otherwise; whole ones where there are no others."""
    policy = product.policy
    tested = [rule.cell for stage in policy.stages for rule in stage.rules if rule.fact == fact]
    tested += [bin_.cell for bin_ in policy.scorecard.bins.get(fact, ())]
    tested += [c for t in policy.tables if fact in t.table.inputs for c in t.table.column(t.table.inputs.index(fact))]
    told = CATALOGUE.get(fact)
    found = ends(tested) | {0, 10**6, 5 * 10**11, 2 * 10**13 if told and told.unit == "元" else 3 * 10**5}
    if told and told.unit in WHOLE:
        found = {value // 10**6 * 10**6 for value in found}
    if told and told.unit == "flag":
        found = {0, 10**6}
    return sorted(value for value in found if value >= 0 or (told is not None and told.unit == "share"))


VALUES = {name: {fact: interesting(one, fact) for fact in one.facts} for name, one in SOLD.items()}


@st.composite
def applicants(draw: st.DrawFn, name: str) -> Facts:
    """A golden applicant with some facts changed, so that many of them are approved."""
    product = SOLD[name]
    case = draw(st.sampled_from([one for one in product.cases if any(one.facts.values())]))
    changed = draw(st.lists(st.sampled_from(product.facts), max_size=4, unique=True))
    return {**case.facts, **{fact: draw(st.none() | st.sampled_from(VALUES[name][fact])) for fact in changed}}


def granted(verdict: Verdict) -> int:
    """The limit that a business gets without any person."""
    return verdict.limit if verdict.outcome == "approve" else 0


@pytest.mark.parametrize("name", PRODUCTS)
@given(data=st.data())
def test_without_a_source_no_limit_rises_unless_the_product_says_so(name: str, data: st.DataObject) -> None:
    product = SOLD[name]
    kind = data.draw(st.sampled_from([one for one in product.needs.kinds if one not in product.needs.silences]))
    facts = data.draw(applicants(name))
    silent = {
        fact: None if kind in kinds_of(fact, product.needs) else value for fact, value in facts.items()
    }  # fmt: skip
    on = product.cases[0].on
    without, shown = (underwrite(product.policy, one, on) for one in (silent, facts))
    assert granted(without) <= granted(shown)
    assert OUTCOMES.index(without.outcome) >= OUTCOMES.index(shown.outcome)


@pytest.mark.parametrize("name", PRODUCTS)
@given(data=st.data())
def test_bad_news_raises_no_limit_and_lowers_no_price(name: str, data: st.DataObject) -> None:
    """One fact moves to where the catalogue says that it is riskier."""
    product = SOLD[name]
    sided = [fact for fact in product.facts if fact in CATALOGUE and CATALOGUE[fact].risk != "neither"]
    facts, fact = data.draw(applicants(name)), data.draw(st.sampled_from(sided))
    was = facts[fact]
    assume(was is not None)
    way = 1 if CATALOGUE[fact].risk == "riskier" else -1
    worse = [value for value in VALUES[name][fact] if (value - was) * way > 0]
    assume(worse)
    on = product.cases[0].on
    before = underwrite(product.policy, facts, on)
    after = underwrite(product.policy, {**facts, fact: data.draw(st.sampled_from(worse))}, on)
    assert granted(after) <= granted(before)
    if after.outcome == before.outcome == "approve":
        assert after.annual_rate is not None
        assert before.annual_rate is not None
        assert after.annual_rate >= before.annual_rate
