"""Kinds of party and the path by which each proves who it is."""

import pytest

from zhiwei.borrower.identity import (
    IDENTIFIERS,
    PATHS,
    PartyKind,
    identity_path,
    kind_of_uscc,
    missing_steps,
    read_taxpayer_no,
    read_uscc,
)
from zhiwei.borrower.identity.kinds import EVIDENCE

UNREGISTERED = [PartyKind.SELF_EMPLOYED, PartyKind.FARM_ORDINARY, PartyKind.FARM_PROFESSIONAL]
FARMS = [PartyKind.FARM_ORDINARY, PartyKind.FARM_PROFESSIONAL, PartyKind.FARM_FAMILY]


@pytest.mark.parametrize("kind", PartyKind)
def test_every_kind_has_names_identifiers_and_a_path(kind: PartyKind) -> None:
    path = PATHS[kind]
    assert path.zh
    assert path.en
    assert set(path.identifiers) <= set(IDENTIFIERS)
    assert len({step.name for step in path.steps}) == len(path.steps)
    for step in path.steps:
        assert set(step.any_of) <= set(IDENTIFIERS) | EVIDENCE, step.name
        assert set(step.any_of) & EVIDENCE or set(step.any_of) & set(path.identifiers), step.name


@pytest.mark.parametrize("kind", PartyKind)
def test_a_person_is_always_proved_in_person(kind: PartyKind) -> None:
    assert [step.any_of for step in identity_path(kind) if step.proof == "id_face"] == [("id_card",)]


@pytest.mark.parametrize("kind", UNREGISTERED)
def test_the_unregistered_need_no_licence_and_show_their_trade(kind: PartyKind) -> None:
    steps = identity_path(kind)
    assert not [step for step in steps if "uscc" in step.any_of]
    assert [step for step in steps if step.proof in ("document", "visit")]
    assert PATHS[kind].registered is False


def test_farms_fall_under_the_farm_limit() -> None:
    assert [kind for kind in PartyKind if PATHS[kind].scope == "farm"] == FARMS


def test_a_larger_farm_shows_more() -> None:
    ordinary, professional = (set(identity_path(kind)) for kind in FARMS[:2])
    assert ordinary < professional


def test_missing_steps_shrink_to_none() -> None:
    kind = PartyKind.SELF_EMPLOYED
    assert missing_steps(kind, []) == identity_path(kind)
    assert [step.name for step in missing_steps(kind, ["id_card", "mobile"])] == ["account", "trade"]
    assert missing_steps(kind, ["id_card", "mobile", "bank_card", "plate"]) == ()


def test_a_family_farm_has_two_ways() -> None:
    rest = ["id_card", "mobile", "bank_card", "land_contract"]
    for farm in ("uscc", "family_farm_code"):
        assert missing_steps(PartyKind.FARM_FAMILY, [farm, *rest]) == ()
    assert [step.name for step in missing_steps(PartyKind.FARM_FAMILY, rest)] == ["farm"]


def test_a_uscc_says_its_kind() -> None:
    assert kind_of_uscc(read_uscc("91110000600037341L")) is PartyKind.COMPANY
    assert kind_of_uscc(read_taxpayer_no("91110000600037341L")) is PartyKind.COMPANY
    assert kind_of_uscc(read_uscc("N2440300MF12345673")) is PartyKind.RURAL_COLLECTIVE
    assert kind_of_uscc(read_taxpayer_no("11010519491231002X")) is None
