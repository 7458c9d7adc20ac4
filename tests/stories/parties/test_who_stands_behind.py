"""Guarantors, spouses, suppliers, owners: who is tied to a borrower on a day, and who was the day before."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from parties_desk import FIRST, Desk, uscc

from zhiwei.borrower import Party
from zhiwei.borrower.control import LARGEST
from zhiwei.borrower.relations import Link
from zhiwei.values import Refusal

JUNE = date(2025, 6, 1)
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_sole_trader_and_her_husbands_guarantee(desk: Desk) -> None:
    """Her shop borrows, he stands for it and lives with her; either sheet shows the other."""
    shop = desk.know("某甲商行", ("uscc", uscc("92")), roles=("borrower",)).party
    wife, husband = desk.person("某甲"), desk.person("某乙", roles=("guarantor",))
    desk.link(wife, "manages", shop)
    married = desk.link(wife, "spouse_of", husband)
    assert desk.link(husband, "spouse_of", wife) == married, "it is the same from either side"
    assert desk.link(husband, "spouse_of", wife, since=JUNE).new is False
    desk.link(husband, "guarantees", shop)

    sheet = desk.sheet(shop)
    assert sheet.kind == "sole_trader"
    assert {(one["direction"], one["kind"], one["party"]) for one in sheet.links} == {
        ("from", "manages", wife), ("from", "guarantees", husband),
    }  # fmt: skip
    assert {one["kind"] for one in desk.sheet(husband).links} == {"spouse_of", "guarantees"}
    assert desk.members(shop) == {shop, wife}, "a guarantee alone makes no group"
    assert (sheet.name, sheet.links[0]["name"]) == ("某甲商行", "某*"), "a shop's name is public, a person's is not"


def test_a_core_enterprise_and_its_suppliers(desk: Desk) -> None:
    core = desk.firm("G1 集团有限公司", roles=("core_enterprise",))
    suppliers = [desk.firm(f"S{n} 有限公司", roles=("supplier",)) for n in range(3)]
    for one in suppliers:
        desk.link(one, "supplies", core)
    assert {one["party"] for one in desk.sheet(core).links} == set(suppliers)
    assert {(one["direction"], one["party"]) for one in desk.sheet(suppliers[0]).links} == {("to", core)}
    assert desk.members(core) == {core}, "who supplies another is its own risk"


def test_an_owner_with_two_firms_makes_a_group(desk: Desk) -> None:
    owner, first, second, third = desk.person(), desk.firm(), desk.firm(), desk.firm()
    desk.link(owner, "owns", first, "0.5")
    desk.link(owner, "owns", second, "0.8")
    desk.link(owner, "owns", third, "0.499999")
    assert desk.members(first) == desk.members(second) == desk.members(owner) == {owner, first, second}
    assert desk.members(third) == {third}
    assert desk.sheet(first).group.people == [(owner, "0.5")]
    assert desk.sheet(third).group.people == [(owner, "0.499999")]


def test_control_through_others_and_with_a_spouse(desk: Desk) -> None:
    """30 % of his own and 30 % of a firm that is his are 60 %; so are 30 % of each of a couple."""
    owner, his, through = desk.person(), desk.firm(), desk.firm()
    desk.link(owner, "owns", his, "1")
    desk.link(owner, "owns", through, "0.3")
    desk.link(his, "owns", through, "0.3")
    assert desk.members(through) == desk.members(his) == {owner, his, through}
    assert desk.sheet(through).group.people == [(owner, "0.6")]

    wife, husband, shop = desk.person(), desk.person(), desk.firm()
    desk.link(wife, "owns", shop, "0.3")
    desk.link(husband, "owns", shop, "0.3")
    assert desk.members(shop) == {shop}
    desk.link(husband, "spouse_of", wife)
    assert desk.members(shop) == {shop, wife, husband}


def test_firms_that_own_each_other_in_a_circle(desk: Desk) -> None:
    one, two, three = desk.firm(), desk.firm(), desk.firm()
    for left, right in ((one, two), (two, three), (three, one)):
        desk.link(left, "owns", right, "0.6")
    group = desk.sheet(two).group
    assert (set(group.members), group.complete) == ({one, two, three}, True)


def test_members_of_a_cooperative_belong_together(desk: Desk) -> None:
    cooperative = desk.know("某某专业合作社", ("uscc", uscc("93"))).party
    farmers = {desk.person() for _ in range(3)}
    for farmer in farmers:
        desk.link(farmer, "member_of", cooperative)
    assert desk.members(cooperative) == farmers | {cooperative}


def test_a_group_too_large_is_cut_and_says_so(desk: Desk) -> None:
    owner, firms = desk.person(), [f"F{n}" for n in range(LARGEST)]
    with desk.platform.unit("local") as unit:
        unit.parties.add([Party(firm, firm, "test") for firm in firms])
        links = [Link(f"to {one}", owner, "owns", one, Decimal("0.9"), FIRST, None, "test", NOW) for one in firms]
        unit.relations.add_links(links, "tester")
    group = desk.sheet(owner).group
    assert (len(group.members), group.complete) == (LARGEST, False)
    assert owner in group.members
    assert "cut at" in group.because


def test_a_guarantor_leaves_and_the_day_before_he_was_there(desk: Desk) -> None:
    shop, guarantor = desk.firm(), desk.person()
    link = desk.link(guarantor, "guarantees", shop)
    assert desk.end(link.id, JUNE).ended == 1
    assert [one["party"] for one in desk.sheet(shop, date(2025, 5, 31)).links] == [guarantor]
    assert desk.sheet(shop, JUNE).links == []
    assert desk.sheet(shop, date(2024, 12, 31)).links == [], "nor before he came"
    assert desk.end(link.id, JUNE, "said again").ended == 0
    with pytest.raises(Refusal, match="already_ended"):
        desk.end(link.id, date(2025, 7, 1))
    assert desk.link(guarantor, "guarantees", shop, since=JUNE).new, "he may come back"
    assert len(desk.sheet(shop, JUNE).links) == 1


def test_what_we_knew_then_is_shown_as_it_was(desk: Desk) -> None:
    """An end that is heard of late changes what was so, not what we knew."""
    shop, guarantor = desk.firm(), desk.person()
    link = desk.link(guarantor, "guarantees", shop)
    with desk.platform.unit("local") as unit:
        [noted] = [one.recorded_at for one in unit.relations.links([shop])]
    desk.role(shop, "borrower")
    desk.end(link.id, FIRST, "it never was")
    assert (desk.sheet(shop).links, len(desk.sheet(shop).roles)) == ([], 1)
    then = desk.sheet(shop, known_at=noted)
    assert ([one["party"] for one in then.links], then.roles) == ([guarantor], [])


def test_owners_hold_no_more_than_all_of_it_on_any_day(desk: Desk) -> None:
    firm, first, second, third = desk.firm(), desk.person(), desk.person(), desk.person()
    sold = desk.link(first, "owns", firm, "0.7")
    desk.link(second, "owns", firm, "0.3")
    with pytest.raises(Refusal, match=r"hold 100\.0001%") as refused:
        desk.link(third, "owns", firm, "0.000001", JUNE)
    assert refused.value.code == "owned_too_much"
    desk.end(sold.id, JUNE)
    with pytest.raises(Refusal, match="owned_too_much"):
        desk.link(third, "owns", firm, "0.7", date(2025, 5, 31))
    assert desk.link(third, "owns", firm, "0.7", JUNE).new, "the day of the sale is the buyer's"
    assert not desk.link(third, "owns", firm, "0.7", date(2025, 8, 1)).new
    with pytest.raises(Refusal, match="share_differs"):
        desk.link(third, "owns", firm, "0.6", date(2025, 8, 1))
    with pytest.raises(Refusal, match=r"owns 70% of .* not 10%"):
        desk.link(first, "owns", firm, "0.1", date(2025, 2, 1))


def test_who_comes_before_another_leaves_him_his_part(desk: Desk) -> None:
    """What is told later may be of an earlier day; it is looked at on every day from then on."""
    firm, early, late = desk.firm(), desk.person(), desk.person()
    desk.link(late, "owns", firm, "0.5", JUNE)
    with pytest.raises(Refusal, match="from 2025-06-01 the owners"):
        desk.link(early, "owns", firm, "0.6")
    assert desk.link(early, "owns", firm, "0.5").new


def test_nobody_is_linked_to_himself_or_to_nobody(desk: Desk) -> None:
    firm = desk.firm()
    with pytest.raises(Refusal, match="linked_to_itself"):
        desk.link(firm, "owns", firm, "0.5")
    with pytest.raises(Refusal, match="no_such_party"):
        desk.link(firm, "owns", "nobody", "0.5")
    for kind, share in (("owns", "1.1"), ("owns", "0"), ("owns", "0.1234567"), ("supplies", "0.5")):
        with pytest.raises(Refusal, match="bad_share"):
            desk.link(firm, kind, desk.firm(), share)
    with pytest.raises(Refusal, match="unknown_link"):
        desk.link(firm, "likes", desk.firm())
