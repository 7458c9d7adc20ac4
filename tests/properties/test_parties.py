"""Links with days: any order of buying and selling, nobody owns more than there is; first days count, last do not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.control import above, beneficial_owners, group_of
from zhiwei.borrower.relations import Link, holds, owned_too_much, shares

FIRST = date(2024, 2, 1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 60
DAYS = [FIRST + timedelta(n) for n in range(SPAN + 1)]


def link(number: int, party: str, other: str, share: str | Decimal, since: date, until: date | None = None) -> Link:
    return Link(f"l{number}", party, "owns", other, Decimal(share), since, until, "told", NOW)


@st.composite
def stakes(draw: st.DrawFn) -> list[Link]:
    """Of one firm, by a few owners, each from a day and perhaps until another."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        start, length = draw(st.integers(0, SPAN - 1)), draw(st.none() | st.integers(1, 20))
        until = None if length is None else FIRST + timedelta(start + length)
        share = Decimal(draw(st.integers(1, 100))) / 100
        found.append(link(number, f"p{draw(st.integers(0, 5))}", "firm", share, FIRST + timedelta(start), until))
    return found


@given(stakes())
def test_what_is_let_in_never_adds_to_more_than_all_of_it_and_what_is_not_would(asked: list[Link]) -> None:
    """Day by day, by a sum that knows nothing of break points."""
    taken: list[Link] = []
    for one in asked:
        too_much = owned_too_much(taken, one)
        days = [day for day in DAYS if day >= one.since]
        over = [day for day in days if total([*taken, one], day) > 1]
        assert (too_much is None) == (not over)
        if too_much is None:
            taken.append(one)
        else:
            assert too_much == (over[0], total([*taken, one], over[0]))
    assert all(sum(shares(taken, "firm", day).values()) <= 1 for day in DAYS)


def total(links: list[Link], day: date) -> Decimal:
    best: dict[str, Decimal] = {}
    for one in links:
        if one.since <= day and not (one.until and day >= one.until):
            best[one.party] = max(best.get(one.party, Decimal(0)), one.share or Decimal(0))
    return sum(best.values(), Decimal(0))


@given(st.integers(0, SPAN), st.integers(1, SPAN))
def test_a_period_has_as_many_days_as_lie_between_its_ends(start: int, length: int) -> None:
    since = FIRST + timedelta(start)
    one = link(1, "p", "firm", "0.5", since, since + timedelta(length))
    inside = [since + timedelta(n) for n in range(-1, length + 2) if holds(one, since + timedelta(n))]
    assert (inside[0], inside[-1], len(inside)) == (since, since + timedelta(length - 1), length)


@st.composite
def webs(draw: st.DrawFn) -> list[Link]:
    """Any owners of any parties, in circles too; of each party all of it at most."""
    taken: list[Link] = []
    for number in range(draw(st.integers(0, 14))):
        party, other = draw(st.integers(0, 6)), draw(st.integers(0, 6))
        one = link(number, f"p{party}", f"p{other}", Decimal(draw(st.integers(1, 20))) / 20, FIRST)
        if party != other and owned_too_much(taken, one) is None:
            taken.append(one)
    return taken


@given(webs())
def test_groups_are_parts_of_the_whole_and_everybody_in_one_names_the_same(links: list[Link]) -> None:
    parties = {f"p{n}" for n in range(7)}
    groups = {party: group_of(party, links, FIRST, Decimal("0.5")) for party in parties}
    for party, group in groups.items():
        assert party in group
        assert all(groups[other] == group for other in group)
        owners = {one.party for one in links if one.other == party}
        assert {party} | owners <= above([party], links, FIRST)
    for one in links:
        if one.share and one.share >= Decimal("0.5"):
            assert one.party in groups[one.other]
    before = FIRST - timedelta(1)
    assert all(group_of(party, links, before, Decimal("0.5")) == {party} for party in parties)


@given(webs())
def test_who_is_behind_a_party_has_what_he_owns_of_it_at_least(links: list[Link]) -> None:
    """And those who own nobody's share twice never hold more than all of it together."""
    for party in {f"p{n}" for n in range(7)}:
        found = beneficial_owners(party, links, FIRST, Decimal("0.01"))
        direct = shares(links, party, FIRST)
        assert party not in found
        assert all(found[owner] >= share for owner, share in direct.items())
        last = [owner for owner in found if not any(one.other == owner for one in links)]
        assert sum((found[owner] for owner in last), Decimal(0)) <= 1
