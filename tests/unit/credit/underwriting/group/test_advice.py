"""What a group's word is worth, and its limit: hand figures, full enumeration, and laws that hold for any group."""

import itertools
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zhiwei.credit.underwriting.group import Alike, Member, Numbers, advise, alike, numbers_on
from zhiwei.credit.underwriting.group.advice import Advice, Group, advise_so
from zhiwei.credit.underwriting.group.factor import in_year, line_of, years
from zhiwei.credit.underwriting.group.likeness import correlations, loadings
from zhiwei.values import BadInput, Refusal, fen

ON = date(2026, 3, 1)
NUMBERS = numbers_on(ON)
SHOP = Member("G1", 0.03, fen("300000"), "F5112", "330106")


def so_alike(members: list[Member], correlation: float, numbers: Numbers = NUMBERS) -> Advice:
    """A group in which each two are alike by the same correlation."""
    pairs = {pair: Alike(correlation, (), ()) for pair in itertools.combinations(range(len(members)), 2)}
    return advise_so(members, pairs, numbers, ON)


def same(count: int, pd: float = 0.03, capacity: int | None = None) -> list[Member]:
    return [replace(SHOP, name=f"G{number}", pd=pd, capacity=capacity) for number in range(count)]


# --- likeness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("industry", "region", "links", "correlation", "shared"),
    [
        ("F5112", "330106", (), 0.25, ("same_trade", "same_county")),
        ("F5113", "330106", (), 0.25, ("same_trade", "same_county")),  # another class of the same group
        ("F5121", "330106", (), 0.19, ("same_division", "same_county")),
        ("C1311", "330106", (), 0.13, ("same_county",)),
        ("C1311", "330108", (), 0.07, ("same_city",)),
        ("C1311", "330201", (), 0.03, ()),  # the province alone is no market
        ("C1311", "440305", (), 0.03, ()),
        ("C1311", "440305", ("G1",), 0.23, ("linked",)),
        ("F5112", "330106", ("G1",), 0.45, ("same_trade", "same_county", "linked")),
    ],
)
def test_what_two_members_share_adds_up(industry, region, links, correlation, shared) -> None:
    other = Member("G2", 0.03, 100, industry, region, links=frozenset(links))
    for one in (alike(SHOP, other, NUMBERS), alike(other, SHOP, NUMBERS)):
        assert (one.correlation, one.shared, one.assumed) == (pytest.approx(correlation), shared, ())


def test_what_is_not_known_counts_as_shared_and_is_said() -> None:
    unknown = Member("G2", 0.03, 100, None, None)
    found = alike(SHOP, unknown, NUMBERS)
    assert found.shared == found.assumed == ("same_trade", "same_county")
    section = alike(SHOP, replace(unknown, industry="F", region="330100"), NUMBERS)
    assert (section.correlation, section.assumed) == (pytest.approx(0.25), ())  # as deep as both say
    assert alike(SHOP, replace(unknown, industry="C", region="440000"), NUMBERS).correlation == pytest.approx(0.03)


def test_nobody_is_more_alike_than_the_highest() -> None:
    tight = replace(NUMBERS, linked=0.9)
    assert alike(SHOP, replace(SHOP, name="G2", links=frozenset({"G1"})), tight).correlation == NUMBERS.highest


def test_numbers_are_dated_and_say_what_is_unsure() -> None:
    assert (NUMBERS.lowest_pd, numbers_on(date(2022, 12, 31)).lowest_pd) == (0.0005, 0.0003)
    assert {"same_trade", "free_capacity"} <= set(NUMBERS.unsure)
    assert "downturn" not in NUMBERS.unsure
    with pytest.raises(Refusal, match="downturn"):
        numbers_on(date(2006, 5, 31))


def test_members_of_one_likeness_load_by_its_root() -> None:
    assert loadings(correlations(same(4), NUMBERS), 0.03) == pytest.approx([0.5] * 4)
    assert so_alike(same(4), 0.3).misfit == pytest.approx(0)


# --- money ----------------------------------------------------------------------------------------------------------


def test_two_unrelated_members_by_hand() -> None:
    """Each owes 300,000 and can pay 90,000 for the other: one of two fails in 2 x 3 % x 97 % of years, both in 0.09 %.

    Lost alone: 60 % of 2 x 3 % x 300,000 = 10,800 元 a year; the other pays 90,000 in 5.82 % of years.
    """
    found = so_alike(same(2), 0.0)
    assert found.defaults == pytest.approx([0.97**2, 2 * 0.03 * 0.97, 0.03**2])
    assert found.average.loss_alone == pytest.approx(fen("10800"))
    assert found.average.value == pytest.approx(0.6 * 0.0582 * fen("90000"))
    assert found.average.covered == pytest.approx(0.97 * 0.3)
    assert found.kept == pytest.approx(1)


def enumerated(members: list[Member], loads: list[float], year: float) -> tuple[float, float]:
    """(loss alone, loss with the guarantee) in a year, pattern by pattern, in words one can follow."""
    pds = in_year([one.pd for one in members], loads, year)
    alone = guaranteed = 0.0
    for fails in itertools.product([False, True], repeat=len(members)):
        chance = math.prod(pd if bad else 1 - pd for pd, bad in zip(pds, fails, strict=True))
        owed = sum(one.limit for one, bad in zip(members, fails, strict=True) if bad)
        free = sum(one.capacity for one, bad in zip(members, fails, strict=True) if not bad)
        alone += chance * owed * NUMBERS.loss_given_default
        guaranteed += chance * max(owed - free, 0) * NUMBERS.loss_given_default
    return alone, guaranteed


UNEQUAL = [
    Member("G1", 0.01, fen("500000"), "F51", "330106", fen("20000")),
    Member("G2", 0.08, fen("100000"), "F51", "330106", fen("90000")),
    Member("G3", 0.03, fen("250000"), "C13", "330106", 0),
    Member("G4", 0.20, fen("50000"), "C13", "440305", fen("300000"), frozenset({"G1"})),
]


def test_unequal_members_by_full_enumeration() -> None:
    found = advise(UNEQUAL, ON)
    loads = [place.loading for place in found.members]
    alone, guaranteed = enumerated(UNEQUAL, loads, -line_of(NUMBERS.downturn))
    assert (found.downturn.loss_alone, found.downturn.loss_guaranteed) == pytest.approx((alone, guaranteed))
    drawn = np.random.default_rng(7).standard_normal(1500)
    told = np.array([enumerated(UNEQUAL, loads, float(year)) for year in drawn])
    for column, exact in enumerate((found.average.loss_alone, found.average.loss_guaranteed)):
        assert abs(told[:, column].mean() - exact) <= 4 * told[:, column].std() / math.sqrt(len(drawn))


def test_the_factor_stands_for_any_likeness_within_bounds() -> None:
    """Nine shops of one market and an outsider, drawn with every pair's own correlation: what the group's loss on
    average comes to by the one factor is within a tenth of it, and `misfit` says that it is no exact fit.
    """
    members = [*same(5), replace(SHOP, name="G9", industry="C13", region="440305")]
    found = advise(members, ON)
    cov = correlations(members, NUMBERS)
    rng, size = np.random.default_rng(11), 400_000
    fails = rng.multivariate_normal(np.zeros(6), cov, size) < line_of(0.03)
    owed, free = fails @ np.full(6, SHOP.limit), ~fails @ np.full(6, SHOP.limit * 0.3)
    drawn = NUMBERS.loss_given_default * np.maximum(owed - free, 0)
    assert found.misfit > 0.05
    assert found.average.loss_guaranteed == pytest.approx(drawn.mean(), rel=0.1)


def test_why_joint_liability_failed() -> None:
    """Five wholesalers: strangers' word covers 93 % of losses and four fifths of that in a bad year; in one market of
    one trade, half; and where all live on one thing, a sixth, when four in five of a bad year's 元 are lost.
    """
    by = {correlation: so_alike(same(5), correlation) for correlation in (0.03, 0.25, 0.6)}
    assert [round(one.average.covered, 2) for one in by.values()] == [0.93, 0.83, 0.59]
    assert [round(one.kept, 2) for one in by.values()] == [0.89, 0.51, 0.13]
    assert [round(one.scale, 2) for one in by.values()] == [1.0, 0.6, 0.17]


def test_the_limit_loses_what_unrelated_borrowers_would() -> None:
    """At the scaled limits, with what members can pay as before: the downturn takes just what is bearable."""
    found = so_alike(same(5), 0.25)
    assert 0.5 < found.scale < 0.7
    assert found.limit == sum(place.limit for place in found.members) == math.floor(SHOP.limit * found.scale) * 5
    smaller = [replace(one, limit=place.limit, capacity=place.capacity)
               for one, place in zip(same(5), found.members, strict=True)]  # fmt: skip
    lost = enumerated(smaller, [0.5] * 5, -line_of(NUMBERS.downturn))[1]
    unrelated = in_year([0.03], [math.sqrt(NUMBERS.unrelated)], -line_of(NUMBERS.downturn))[0]
    assert found.bearable == pytest.approx(NUMBERS.loss_given_default * unrelated)
    assert lost == pytest.approx(found.bearable * found.asked, rel=1e-5)


# --- laws -----------------------------------------------------------------------------------------------------------

some = st.builds(
    Member, st.just(""), st.floats(0.0005, 0.5), st.integers(1_000_000, 500_000_000), st.none(), st.none(),
    st.one_of(st.none(), st.integers(0, 300_000_000)),
)  # fmt: skip
groups = st.lists(some, min_size=2, max_size=5).map(
    lambda members: [replace(one, name=f"G{number}") for number, one in enumerate(members)]
)
ORDINARY = settings(max_examples=60, deadline=None)


@given(groups, st.floats(0, 0.6))
@ORDINARY
def test_a_guarantee_never_adds_to_a_loss_and_no_group_gets_more_than_its_members(
    members: list[Member], correlation: float
) -> None:
    found = so_alike(members, correlation)
    for year in (found.average, found.downturn):
        assert 0 <= year.loss_guaranteed <= year.loss_alone * (1 + 1e-12)
        assert 0 <= year.covered <= 1 + 1e-12
    assert 0 < found.scale <= 1
    assert found.limit <= found.asked
    assert all(place.limit <= place.asked for place in found.members)


@given(groups, st.data())
@ORDINARY
def test_the_limit_never_rises_where_any_two_become_more_alike(members: list[Member], data: st.DataObject) -> None:
    places = list(itertools.combinations(range(len(members)), 2))
    drawn = {pair: data.draw(st.floats(0.0, 0.6)) for pair in places}
    pair = data.draw(st.sampled_from(places))
    more = {**drawn, pair: data.draw(st.floats(drawn[pair], 0.6))}
    before, after = (
        advise_so(members, {at: Alike(one, (), ()) for at, one in those.items()}, NUMBERS, ON)
        for those in (drawn, more)
    )
    assert after.downturn_loss >= before.downturn_loss * (1 - 1e-9)
    assert after.scale <= before.scale * (1 + 1e-9)
    assert after.limit <= before.limit + len(members)  # 分 lost in rounding down


@given(st.integers(2, 8), st.floats(0.002, 0.2), st.floats(0.1, 1), st.floats(0.0, 0.55), st.floats(0.01, 0.05))
@ORDINARY
def test_what_a_downturn_leaves_of_the_guarantee_falls_with_likeness(
    count: int, pd: float, share: float, correlation: float, more: float
) -> None:
    """Of members who are alike in all: what is covered on average falls, in the downturn more, and so their ratio."""
    members = same(count, pd, math.floor(SHOP.limit * share))
    before, after = so_alike(members, correlation), so_alike(members, correlation + more)
    assert after.average.covered <= before.average.covered * (1 + 1e-9)
    assert after.downturn.covered < before.downturn.covered * (1 + 1e-9)
    assert after.kept < before.kept * (1 + 1e-9)


@given(groups, st.floats(0, 0.6), st.integers(0, 100_000_000))
@ORDINARY
def test_who_can_pay_more_never_lowers_the_limit(members: list[Member], correlation: float, more: int) -> None:
    assume(members[0].capacity is not None)
    richer = [replace(members[0], capacity=members[0].capacity + more), *members[1:]]
    assert so_alike(richer, correlation).limit >= so_alike(members, correlation).limit - 1


def test_columns_keep_the_order_of_members() -> None:
    group = Group.of(UNEQUAL, [0.1, 0.2, 0.3, 0.4], NUMBERS)
    assert (group.pds, group.capacities[2]) == ((0.01, 0.08, 0.03, 0.20), 0)
    assert Group.of(same(2, pd=0.0), [0, 0], NUMBERS).pds == (0.0005, 0.0005)
    weights, _ = years(group.pds, group.loads)
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([SHOP], "2 to 12 members, not 1"), (same(13), "not 13"), ([SHOP, SHOP], "G1 is in the group twice"),
        ([SHOP, replace(SHOP, name="G2", pd=1.0)], "from 0 to less than 1"),
        ([SHOP, replace(SHOP, name="G2", pd=float("nan"))], "from 0 to less than 1"),
        ([SHOP, replace(SHOP, name="G2", limit=0)], "more than zero"),
        ([SHOP, replace(SHOP, name="G2", capacity=-1)], "more than zero"),
    ],
)  # fmt: skip
def test_what_is_no_group_is_said(members: list[Member], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        advise(members, ON)
