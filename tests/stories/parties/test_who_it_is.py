"""Who a party is: registered or not, by which numbers, how far it has proved them, and what it does."""

from datetime import UTC, date, datetime

import pytest
from parties_desk import FIRST, Desk, id_card, mobile, uscc

from zhiwei.borrower import Party
from zhiwei.borrower.relations import Held
from zhiwei.values import BadInput, NotFound, Refusal

JUNE = date(2025, 6, 1)
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_company_is_known_by_its_code_and_sized_by_its_trade(desk: Desk) -> None:
    """TV 4.1: wholesale with 6 people and 900 万 is micro, with 25 and 4000 万 small."""
    code = uscc()
    known = desk.know("G1 有限公司", ("uscc", code), industry="51", staff=6, revenue=900_000_000)
    assert (known.party, known.new) == (code, True)
    assert desk.sheet(code).size["class"] == "micro"
    desk.know("", party=code, staff=25, revenue=4_000_000_000, since=JUNE)
    assert desk.sheet(code, JUNE).size["class"] == "small"
    assert desk.sheet(code, date(2025, 5, 31)).size["class"] == "micro", "what is told from June on is of June"
    assert desk.sheet(code, JUNE).profile["industry"] == "F51", "what was not told again stays"
    bare = desk.firm()
    assert (desk.sheet(bare).kind, desk.sheet(bare).size) == ("company", None)


def test_codes_of_the_standard_come_through_the_door(desk: Desk) -> None:
    """TV 1.2, 1.4, 1.5: a company, a village collective whose code starts with N, and an identity number with X."""
    assert desk.know("G1", ("uscc", "91110000600037341l")).party == "91110000600037341L"
    village = desk.know("某某村股份经济合作社", ("uscc", "N2440300MF12345673"))
    assert desk.sheet(village.party).kind == "rural_collective"
    person = desk.know("某甲", ("id_card", "11010519491231002x"), kind="person").party
    assert [one.party for one in desk.find("１１０１０５ 19491231 002X")] == [person]
    with pytest.raises(BadInput, match="bad_uscc_digit"):
        desk.know("G2", ("uscc", "911100006000373410"))


def test_the_self_employed_without_registration(desk: Desk) -> None:
    """A courier with no licence: his card, his phone, his account, and that he trades."""
    courier = desk.know("某甲", ("id_card", id_card()), ("mobile", mobile()), kind="self_employed").party
    assert desk.steps(courier) == {"person": "told", "phone": "told", "account": "missing", "trade": "missing"}
    desk.tell(courier, ("platform_shop", "某某外卖 站点 7"), source="document")
    desk.tell(courier, ("bank_card", "6222020200112345679"), source="bank")
    assert desk.steps(courier) == {"person": "told", "phone": "told", "account": "proved", "trade": "proved"}
    assert courier.startswith("par_")


@pytest.mark.parametrize(
    ("kind", "papers", "missing"),
    [
        ("farm_ordinary", [], ["land", "visit"]),
        ("farm_ordinary", [("village_statement", "某某村 2025-3")], ["visit"]),
        ("farm_professional", [("village_statement", "某某村 2025-3")], ["scale", "visit"]),
        ("farm_professional", [("livestock_record", "A-17"), ("visit_report", "8")], []),
        ("farm_family", [("land_contract", "浙农字第0001号")], ["farm"]),
        ("farm_family", [("land_contract", "浙农字第0001号"), ("family_farm_code", "93330106MA00000012")], []),
    ],
)
def test_each_tier_of_farm_household_has_its_path(
    desk: Desk, kind: str, papers: list[tuple[str, str]], missing: list[str]
) -> None:
    """Person, phone and account are told; what shows that it farms differs from tier to tier."""
    ids = [("id_card", id_card()), ("mobile", mobile()), ("bank_card", "6228480012345678903"), *papers]
    farm = desk.know("某甲", *ids, kind=kind).party
    assert [step for step, state in desk.steps(farm).items() if state == "missing"] == missing


def test_a_farm_grows_from_tier_to_tier(desk: Desk) -> None:
    """It is the same party under the same id; what it must show grows with it."""
    card = ("id_card", id_card())
    farm = desk.know("某甲", card, kind="farm_ordinary").party
    assert desk.know("某甲", card, kind="farm_professional", since=JUNE).party == farm
    assert (desk.sheet(farm).kind, desk.sheet(farm, JUNE).kind) == ("farm_ordinary", "farm_professional")
    assert "scale" in desk.steps(farm, JUNE)


def test_a_number_told_and_then_proved_is_one_number(desk: Desk) -> None:
    number = mobile()
    firm = desk.know("G1 有限公司", ("uscc", uscc()), ("mobile", number)).party
    assert desk.steps(firm)["phone"] == "told"
    assert desk.tell(firm, ("phone", f"+86 {number}"), source="carrier").identifiers == 1
    assert desk.tell(firm, ("mobile", number), since=JUNE).identifiers == 0, "that it still holds is no news"
    assert desk.steps(firm)["phone"] == "proved"
    [line] = [one for one in desk.sheet(firm).identifiers if one["kind"] == "mobile"]
    assert line["sources"] == ["carrier", "told"]
    assert desk.end(line["id"], JUNE).ended == 2, "it ends whoever told it"
    assert desk.steps(firm, JUNE)["phone"] == "missing"


def test_roles_are_held_together(desk: Desk) -> None:
    firm = desk.firm(roles=("borrower", "dealer"))
    desk.role(firm, "guarantor", JUNE)
    assert not desk.role(firm, "guarantor", date(2025, 7, 1)).new
    assert {one["role"] for one in desk.sheet(firm, JUNE).roles} == {"borrower", "dealer", "guarantor"}
    [dealer] = [one["id"] for one in desk.sheet(firm).roles if one["role"] == "dealer"]
    desk.end(dealer, JUNE)
    assert {one["role"] for one in desk.sheet(firm, JUNE).roles} == {"borrower", "guarantor"}
    assert {one["role"] for one in desk.sheet(firm).roles} == {"borrower", "dealer"}


def test_who_holds_anothers_number_is_named_and_stays(desk: Desk) -> None:
    """It may be the same party: that is for merging to propose, not for registering to refuse."""
    card = id_card()
    first = desk.know("某甲", ("id_card", card), kind="person").party
    second = desk.know("某甲养殖", ("id_card", card), kind="farm_ordinary")
    assert (second.new, second.also) == (True, [first])
    third = desk.know("某甲运输", ("taxpayer_no", card), kind="self_employed", key="row 7")
    assert set(third.also) == {first, second.party}, "a person's taxpayer number is his identity number"
    assert {one.party for one in desk.find(card)} == {first, second.party, third.party}


def test_another_name_is_found_too(desk: Desk) -> None:
    code = uscc()
    desk.know("G1 有限公司", ("uscc", code))
    desk.know("G1 股份有限公司", ("uscc", code), since=JUNE)
    assert [one.party for one in desk.find("G1股份有限公司", "name")] == [code]
    assert [one.party for one in desk.find("ｇ1 有限公司")] == [code]
    assert desk.find("G2 有限公司") == []


def test_an_address_shared_by_few_links_and_by_many_does_not(desk: Desk) -> None:
    """Two in one yard belong together perhaps; fifty-one in a business park do not."""
    yard, park = ("address", "某市某路 1 号"), ("address", "某市产业园 8 号楼")
    one, other = desk.firm(), desk.firm()
    desk.tell(one, yard, park)
    desk.tell(other, ("address", "某市某路1号"))
    assert [(row["kind"], row["party"]) for row in desk.sheet(one).shared] == [("address", other)]
    many = [f"F{n}" for n in range(49)]
    with desk.platform.unit("local") as unit:
        unit.parties.add([Party(firm, firm, "test") for firm in many])
        held = [Held(f"of {firm}", firm, *park, FIRST, None, "test", NOW) for firm in many]
        unit.relations.add_identifiers(held, "tester")
    assert len(desk.sheet(one).shared) == 50
    desk.tell(desk.firm(), park)
    sheet = desk.sheet(one)
    assert [row["party"] for row in sheet.shared] == [other]
    assert [(row["kind"], row["parties"]) for row in sheet.crowded] == [("address", 51)]
    [address] = [row["id"] for row in desk.sheet(other).identifiers if row["kind"] == "address"]
    desk.end(address, JUNE)
    assert (desk.sheet(one, JUNE).shared, desk.sheet(other, JUNE).shared) == ([], [])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"kind": "cloud"}, "unknown_kind"), ({"kind": "person", "roles": ("king",)}, "unknown_role"),
        ({"kind": "person", "staff": -1}, "bad_measure"), ({"kind": "company", "region": "1"}, "bad_region"),
        ({"kind": "company", "industry": "A99"}, "bad_industry"), ({"kind": "person", "source": " "}, "bad_source"),
        ({"kind": "company", "opened_on": JUNE}, "bad_day"), ({"kind": "person"}, "nothing_to_know_by"),
        ({"kind": "person", "party": "33010619900307001X"}, "bad_party"),
        ({"kind": "person", "source": "call 13900000000"}, "personal_source"), ({"party": "E1"}, "no_kind"),
        ({"kind": "person", "since": date(1890, 1, 1)}, "bad_day"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(desk: Desk, told: dict, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.know("某甲", **told)
    assert refused.value.code == code


def test_what_contradicts_the_code_is_refused(desk: Desk) -> None:
    for kind in ("sole_trader", "person", "cooperative"):
        with pytest.raises(BadInput, match="kind_differs"):
            desk.know("G1", ("uscc", uscc("91")), kind=kind)
    with pytest.raises(BadInput, match="two_codes"):
        desk.know("G1", ("uscc", uscc()), ("uscc", uscc()))
    assert desk.know("某某家庭农场", ("uscc", uscc("92")), kind="farm_family").new
    odd = desk.know("某某律师事务所", ("uscc", uscc("31")), kind="company")
    assert odd.warnings == ["uscc: no kind of borrower"]


def test_a_firm_that_a_source_knows_by_its_own_code(desk: Desk, good_firm: str) -> None:
    """G1 came with its invoices; who it is is told later, under the id it has."""
    assert (desk.sheet(good_firm).kind, desk.sheet(good_firm).steps) == (None, [])
    code = uscc()
    known = desk.know("", ("uscc", code), party=good_firm, roles=("borrower",))
    assert (known.party, known.new, known.roles) == (good_firm, False, 1)
    assert (desk.sheet(good_firm).kind, desk.steps(good_firm)["licence"]) == ("company", "told")
    assert [one.party for one in desk.find(code)] == [good_firm]
    assert desk.know("G1 有限公司", ("uscc", code)).also == [good_firm]


def test_a_code_is_for_life(desk: Desk) -> None:
    firm = desk.firm()
    with pytest.raises(Refusal, match="two_codes"):
        desk.tell(firm, ("uscc", uscc()))
    farm = desk.know("某甲", ("id_card", id_card()), kind="farm_family").party
    wrong, right = uscc("92"), uscc("92")
    desk.tell(farm, ("uscc", wrong))
    with pytest.raises(Refusal, match="two_codes"):
        desk.know("某甲", ("uscc", right), party=farm)
    [line] = [one["id"] for one in desk.sheet(farm).identifiers if one["kind"] == "uscc"]
    desk.end(line, FIRST, "mistyped")
    assert desk.tell(farm, ("uscc", right)).identifiers == 1


def test_nobody_has_no_sheet(desk: Desk) -> None:
    for ask in (lambda: desk.sheet("nobody"), lambda: desk.end("nothing", FIRST), lambda: desk.role("nobody", "agent")):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotFound):
        desk.tell("nobody", ("mobile", mobile()))
    with pytest.raises(NotFound):
        desk.know("", party="nobody", kind="company")
    role = desk.role(desk.firm(), "agent", JUNE)
    with pytest.raises(Refusal, match="bad_period"):
        desk.end(role.id, FIRST)
