"""Merges and their undoing at random: who is one with whom, whatever the order, and at every hour as it was then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.relations import Merge
from zhiwei.borrower.sameness import Sameness
from zhiwei.values import BadInput, Breach, Refusal

PARTIES = [f"E{n}" for n in range(1, 9)]
START = datetime(2024, 3, 1, tzinfo=UTC)
Story = list[Merge]


def hour(n: int) -> datetime:
    return START + timedelta(hours=n)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """What could have happened: an act an hour, each allowed by what was in force then."""
    found: Story = []
    for at in range(1, draw(st.integers(0, 25)) + 1):
        standing = [merge for merge in found if merge.undone_at is None]
        if standing and draw(st.integers(0, 3)) == 0:
            gone = draw(st.sampled_from(standing))
            found[found.index(gone)] = replace(gone, undone_at=hour(at))
            continue
        kept, gone = draw(st.sampled_from(PARTIES)), draw(st.sampled_from(PARTIES))
        try:
            Sameness(found).check(kept, gone)
        except Refusal:
            continue
        found.append(merge_of(kept, gone, at))
    return found


def merge_of(kept: str, gone: str, at: int = 0) -> Merge:
    return Merge(f"m{at}", kept, gone, "same", "officer", "second", hour(at), None)


def picture(sameness: Sameness) -> dict[str, list[str]]:
    return {party: sameness.members(party) for party in PARTIES}


@given(stories())
def test_members_are_parts_of_all_and_one_of_them_stands_for_each(story: Story) -> None:
    sameness = Sameness(story)
    for party in PARTIES:
        members = sameness.members(party)
        assert party in members
        assert members[0] == sameness.one(party)
        assert all(sameness.members(other) == members for other in members)
    for one, other in combinations(PARTIES, 2):
        assert (sameness.one(one) == sameness.one(other)) == (other in sameness.members(one))


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_in_which_merges_are_read_changes_nothing(story: Story, dice) -> None:
    mixed = [*story]
    dice.shuffle(mixed)
    for at in (None, hour(5), hour(12)):
        assert picture(Sameness(mixed, at)) == picture(Sameness(story, at))


@given(stories(), st.sampled_from(PARTIES), st.sampled_from(PARTIES))
def test_undone_is_as_if_it_had_never_been(story: Story, kept: str, gone: str) -> None:
    before = Sameness(story)
    try:
        before.check(kept, gone)
    except Refusal:
        assert before.one(kept) == before.one(gone) or kept != before.one(kept) or gone != before.one(gone)
        return
    merge = merge_of(kept, gone, 30)
    together = Sameness([*story, merge])
    assert together.one(gone) == kept
    assert set(together.members(kept)) == {*before.members(kept), *before.members(gone)}
    assert picture(Sameness([*story, replace(merge, undone_at=hour(31))])) == picture(before)


@given(stories(), st.integers(0, 26))
def test_what_was_known_at_an_hour_stays_as_it_was(story: Story, at: int) -> None:
    """Whoever asked at that hour saw what had happened by then, and nothing that was not undone yet as undone."""
    then = [
        replace(merge, undone_at=merge.undone_at if merge.undone_at and merge.undone_at <= hour(at) else None)
        for merge in story
        if merge.merged_at <= hour(at)
    ]
    assert picture(Sameness(story, hour(at))) == picture(Sameness(then))


@given(stories())
def test_what_may_not_be_merged_is_refused(story: Story) -> None:
    sameness = Sameness(story)
    for party in PARTIES:
        with pytest.raises(BadInput, match="same_party"):
            sameness.check(party, party)
        one = sameness.one(party)
        if party != one:
            for pair in ((one, party), (party, one)):
                with pytest.raises(Refusal, match="already_one"):
                    sameness.check(*pair)
            for other in (other for other in PARTIES if sameness.one(other) != one):
                for pair in ((other, party), (party, other)):
                    with pytest.raises(Refusal, match="party_gone"):
                        sameness.check(*pair)


def test_a_chain_ends_in_one_party_and_e2_comes_before_e10() -> None:
    sameness = Sameness([merge_of("A", "E10"), merge_of("A", "E2"), merge_of("C", "A")])
    assert [sameness.one(party) for party in ("E10", "E2", "A", "C", "D")] == ["C", "C", "C", "C", "D"]
    assert sameness.members("E10") == ["C", "A", "E2", "E10"]
    assert sameness.members("D") == ["D"]


def test_what_cannot_be_is_a_breach() -> None:
    with pytest.raises(Breach, match="circle"):
        Sameness([merge_of("A", "B"), merge_of("B", "C"), merge_of("C", "A")])
    with pytest.raises(Breach, match="twice"):
        Sameness([merge_of("A", "B", 1), merge_of("C", "B", 2)])


def test_an_hour_has_a_place() -> None:
    with pytest.raises(BadInput, match="no_time_zone"):
        Sameness([], datetime(2024, 3, 1))  # noqa: DTZ001
