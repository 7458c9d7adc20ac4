"""Parties through the API: told once, shown masked, tied among one client's own; what others told is not there."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.api.conftest import Partner

from zhiwei.bootstrap import Platform
from zhiwei.economy.businesses import credit_code
from zhiwei.journeys import party_sheet

MOBILE = "13800138000"


def uscc(number: int) -> str:
    """A code of a sole trader that is nobody's."""
    return credit_code("92450300", f"MA{number:06}")


def told(number: int, **other: Any) -> dict[str, Any]:
    return {"name": f"某某{number}号五金店", "since": "2020-01-01",
            "identifiers": [{"kind": "uscc", "value": uscc(number)}]} | other  # fmt: skip


def person(value: str = MOBILE) -> dict[str, Any]:
    return {"name": "某甲", "kind": "person", "since": "2020-01-01",
            "identifiers": [{"kind": "mobile", "value": value}]}  # fmt: skip


def registered(partner: Partner, body: dict[str, Any]) -> str:
    made = partner.post("/v1/parties", body)
    assert made.status_code == 201, made.text
    return str(made.json()["party"])


def test_a_sheet_shows_what_was_told_and_no_persons_number(shop: Partner) -> None:
    profile = {"region": "450304", "staff": 3, "revenue": {"amount": 80_000_000}}
    party = registered(shop, told(1, roles=["borrower"], profile=profile))
    assert party == uscc(1)
    more = {"identifiers": [{"kind": "mobile", "value": MOBILE}], "since": "2021-01-01"}
    assert shop.post(f"/v1/parties/{party}/identifiers", more).json() == {"new": 1, "warnings": []}
    assert shop.post(f"/v1/parties/{party}/roles", {"role": "supplier", "since": "2022-01-01"}).json()["new"]
    sheet = shop.get(f"/v1/parties/{party}").json()
    assert (sheet["name"], sheet["kind"], sheet["on"]) == ("某某1号五金店", "sole_trader", "2026-01-01")
    shown = {one["kind"]: one["value"] for one in sheet["identifiers"]}
    assert shown == {"uscc": party, "mobile": "138****8000"}
    assert sorted(one["role"] for one in sheet["roles"]) == ["borrower", "supplier"]
    assert {one["step"]: one["state"] for one in sheet["steps"]} == {
        "licence": "told", "operator": "missing", "phone": "told", "account": "missing",
    }  # fmt: skip


def test_a_persons_name_is_masked(shop: Partner) -> None:
    sheet = shop.get(f"/v1/parties/{registered(shop, person())}").json()
    assert sheet["name"] == "某*"
    assert MOBILE not in str(sheet)


def test_many_are_registered_at_once_all_or_none(shop: Partner) -> None:
    bad = shop.post("/v1/parties/many", {"parties": [told(1), told(2, identifiers=[]), told(3, since="2020-01-01")]})
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_rows"), bad.text
    assert [one["place"] for one in bad.json()["errors"]] == ["parties[1]"]
    assert shop.get("/v1/parties").json()["items"] == []
    done = shop.post("/v1/parties/many", {"parties": [told(number) for number in range(1, 101)]})
    assert done.status_code == 201, done.text
    assert [one["party"] for one in done.json()["parties"]] == [uscc(number) for number in range(1, 101)]
    assert all(one["new"] for one in done.json()["parties"])
    again = shop.post("/v1/parties/many", {"parties": [told(number) for number in range(1, 101)]})
    assert not any(one["new"] for one in again.json()["parties"])
    first = shop.get("/v1/parties", limit=60).json()
    second = shop.get("/v1/parties", limit=60, cursor=first["next"]).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (60, 40, None)


def test_owners_and_guarantors_are_tied_among_the_clients_own(
    shop: Partner, partner_of: Callable[..., Partner]
) -> None:
    firm, owner = registered(shop, told(1)), registered(shop, person())
    tie = {"kind": "owns", "other": firm, "share": "0.6", "since": "2020-01-01"}
    made = shop.post(f"/v1/parties/{owner}/links", tie)
    assert made.status_code == 201, made.text
    assert shop.post(f"/v1/parties/{owner}/links", tie).json()["id"] == made.json()["id"]
    [link] = shop.get(f"/v1/parties/{firm}").json()["links"]
    assert (link["kind"], link["direction"], link["other"], link["share"]) == ("owns", "from", owner, "0.6")
    other = partner_of("other")
    theirs = registered(other, told(2))
    for party, body in ((theirs, tie), (owner, tie | {"other": theirs})):
        for partner in (shop, other):
            told_off = partner.post(f"/v1/parties/{party}/links", body)
            assert (told_off.status_code, told_off.json()["code"]) == (404, "no_such_party")
    too_much = registered(shop, person("13900139000"))
    refused = shop.post(f"/v1/parties/{too_much}/links", tie)
    assert (refused.status_code, refused.json()["code"]) == (409, "owned_too_much")


def test_two_clients_of_one_firm_see_what_each_told(
    shop: Partner, partner_of: Callable[..., Partner], platform: Platform
) -> None:
    """Neither learns from the other's telling, nor from `new`, that the firm was known; the lender sees all of it."""
    firm = registered(shop, told(1, roles=["borrower"]))
    shop.post(f"/v1/parties/{firm}/identifiers", {"identifiers": [{"kind": "mobile", "value": MOBILE}],
                                                  "since": "2021-01-01"})  # fmt: skip
    shop.post(f"/v1/parties/{registered(shop, person('13900139000'))}/links",
              {"kind": "owns", "other": firm, "since": "2020-01-01"})  # fmt: skip
    other = partner_of("other")
    assert other.get(f"/v1/parties/{firm}").json()["code"] == "no_such_party"
    assert other.post("/v1/parties", told(1)).json()["new"] is True
    sheet = other.get(f"/v1/parties/{firm}").json()
    assert [one["kind"] for one in sheet["identifiers"]] == ["uscc"]
    assert (sheet["roles"], sheet["links"]) == ([], [])
    steps = [
        {one["step"]: one["state"] for one in by.get(f"/v1/parties/{firm}").json()["steps"]} for by in (shop, other)
    ]
    assert [one["phone"] for one in steps] == ["told", "missing"]
    whole = party_sheet(books=platform, by=platform.actor, party=firm, on=date(2026, 1, 1))
    assert {one["kind"] for one in whole.identifiers} == {"uscc", "mobile"}


def test_what_cannot_be_right_is_refused_without_its_value(shop: Partner) -> None:
    wrong = uscc(1)[:-1] + ("0" if uscc(1)[-1] != "0" else "1")
    for body, code in (
        (told(1, identifiers=[{"kind": "uscc", "value": wrong}]), "bad_uscc_digit"),
        (told(1, kind="castle"), "unknown_kind"), (told(1, roles=["king"]), "unknown_role"),
        (told(1, since="1890-01-01"), "bad_request_body"), (told(1, wish=1), "bad_request_body"),
        (told(1, profile={"revenue": {"amount": 1.5, "currency": "CNY"}}), "bad_request_body"),
    ):  # fmt: skip
        refused = shop.post("/v1/parties", body)
        assert refused.status_code == 422, refused.text
        assert refused.json()["code"] == code
        assert wrong not in refused.text
