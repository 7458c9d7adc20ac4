"""Parties that may be one are found with reasons; what somebody rejected is not found again until something is new."""

from datetime import date

import pytest

from zhiwei.journeys import Merging, propose_merge, reject_merge
from zhiwei.values import BadInput, NotFound, Refusal

from .conftest import OFFICER, SECOND, Desk, made_uscc

PHONE, OTHER_PHONE = "13900000001", "13900000002"


@pytest.fixture
def three(desk: Desk) -> Desk:
    """G1 and G2 have one USCC, G2 and G3 one phone."""
    desk.know("G1", "G2", "G3", "G4")
    for party in ("G1", "G2"):
        desk.hold(party, "uscc", made_uscc(1))
    for party in ("G2", "G3"):
        desk.hold(party, "mobile", PHONE)
    return desk


def reject(desk: Desk, what: str | tuple[str, str], key: str = "r"):
    return reject_merge(books=desk.platform, by=SECOND, key=key, what=what, because="two brothers, two shops")


def test_who_may_be_one_is_found_with_reasons_and_masked_values(three: Desk) -> None:
    found = three.find()
    assert [(one.one, one.other, one.score) for one in found.found] == [("G1", "G2", 0.98), ("G2", "G3", 0.5)]
    assert found.found[0].reasons == ["same uscc, shared by 2"]
    assert dict(found.found[0].values)["uscc"] == made_uscc(1), "what names an organisation is public"
    assert found.found[1].values == [("mobile", "139****0001")]
    assert PHONE not in repr(found)
    assert (found.capped, found.ignored, found.rejected) == ([], {}, 0)


def test_names_count_and_are_shown_as_a_persons(desk: Desk) -> None:
    desk.know("G1", "G2", name=lambda party: "某某餐饮店" if party == "G1" else "某某餐饮店（个体工商户）")
    [found] = desk.find().found
    assert (found.reasons, found.values) == (["same company_name, shared by 2"], [("company_name", "某****")])


def test_what_speaks_against_is_said(three: Desk) -> None:
    three.hold("G3", "uscc", made_uscc(2))
    assert three.pairs() == [("G1", "G2")]
    [doubted] = three.find("G3", least=0.05).found
    assert (doubted.against, doubted.score) == (["different organisation_code", "different uscc"], 0.1)


def test_what_too_many_share_says_nothing_and_is_listed(desk: Desk) -> None:
    parties = [f"G{n}" for n in range(60)]
    desk.know(*parties)
    for party in parties:
        desk.hold(party, "mobile", PHONE)
        desk.hold(party, "plate", "浙A00001")
    found = desk.find()
    assert (found.found, found.ignored) == ([], {"plate": 60})
    assert [(one.kind, one.value, one.parties) for one in found.capped] == [("mobile", "139****0001", 60)]


def test_what_a_party_holds_no_more_or_not_yet_says_nothing(desk: Desk) -> None:
    """A phone goes to somebody else."""
    desk.know("G1", "G2", "G3")
    desk.hold("G1", "mobile", PHONE, until=date(2025, 6, 1))
    desk.hold("G2", "mobile", PHONE)
    desk.hold("G3", "mobile", PHONE, since=date(2026, 1, 2))
    assert desk.pairs() == []


def test_only_pairs_of_the_parties_asked_for(three: Desk) -> None:
    assert three.pairs("G3") == [("G2", "G3")]
    assert three.pairs("G1", "G3") == [("G1", "G2"), ("G2", "G3")]
    assert three.pairs("G4") == []
    assert three.find().found == three.find("G2").found
    with pytest.raises(NotFound, match="no party G9"):
        three.find("G9")


def test_those_that_are_one_are_found_as_one(three: Desk) -> None:
    """What G2 shares with G3, the one kept shares with it."""
    done = three.merge("G1", "G2")
    assert three.pairs() == [("G1", "G3")]
    assert three.pairs("G2") == [("G1", "G3")]
    three.merge("G3", "G1")
    assert three.pairs() == []
    three.undo(done.merge)
    [found] = three.find().found
    assert (found.one, found.other) == ("G2", "G3"), "G3 is G1 too, which is G2's likeness"
    assert found.reasons == ["same uscc, shared by 2", "same mobile, shared by 2"]


def test_rejected_stays_rejected_until_they_share_something_new(three: Desk) -> None:
    said = reject(three, ("G3", "G2"))
    assert (said.one, said.other, said.proposals, said.person) == ("G2", "G3", [], "second")
    assert (three.pairs(), three.find().rejected) == ([("G1", "G2")], 1)
    three.hold("G2", "mobile", OTHER_PHONE)
    three.hold("G3", "address", "某市某区某路一百号")
    three.hold("G1", "address", "某市某区某路一百号")
    assert ("G2", "G3") not in three.pairs(), "each has something new, and they share none of it"
    three.hold("G3", "mobile", OTHER_PHONE)
    assert ("G2", "G3") in three.pairs()
    reject(three, ("G2", "G3"), "again")
    assert ("G2", "G3") not in three.pairs()


def test_the_same_value_noted_again_is_nothing_new(three: Desk) -> None:
    reject(three, ("G2", "G3"))
    three.hold("G3", "phone", "+86 139-0000-0001")
    assert three.pairs() == [("G1", "G2")]


def test_rejected_is_open_again_when_what_spoke_against_is_gone(three: Desk) -> None:
    for party in ("G2", "G3"):
        three.hold(party, "bank_card", "6200000000000000005")
    wrong = three.hold("G3", "uscc", made_uscc(2))
    reject(three, ("G2", "G3"))
    assert three.pairs() == [("G1", "G2")]
    with three.platform.unit("local") as unit:
        unit.relations.end(wrong, date(2023, 1, 1), "it was another firm's", "officer")
    assert ("G2", "G3") in three.pairs()


def test_what_is_merged_later_is_new_to_a_rejected_pair(desk: Desk) -> None:
    """G1 and G3 share a phone and are two; then G1 turns out to be G2, whose USCC is G3's."""
    desk.know("G1", "G2", "G3")
    for party in ("G1", "G3"):
        desk.hold(party, "mobile", PHONE)
    for party in ("G2", "G3"):
        desk.hold(party, "uscc", made_uscc(1))
    reject(desk, ("G1", "G3"))
    reject(desk, ("G2", "G3"), "second")
    assert desk.pairs() == []
    done = desk.merge("G1", "G2")
    assert desk.pairs() == [("G1", "G3")]
    desk.undo(done.merge)
    assert desk.pairs() == []


def test_a_rejected_pair_is_proposed_again_only_knowingly(three: Desk) -> None:
    reject(three, ("G2", "G3"))
    with pytest.raises(Refusal, match="rejected_before: second found on"):
        three.propose("G3", "G2")
    three.propose("G3", "G2", again=True)
    three.hold("G1", "mobile", PHONE)
    three.propose("G1", "G3")


def test_what_is_new_can_be_proposed(three: Desk) -> None:
    reject(three, ("G2", "G3"))
    for party in ("G2", "G3"):
        three.hold(party, "bank_card", "6200000000000000005")
    three.propose("G3", "G2")


def test_who_is_one_or_not_there_or_itself_is_not_rejected(three: Desk) -> None:
    three.merge("G1", "G2")
    for pair, trouble, code in (
        (("G1", "G2"), Refusal, "already_one"), (("G1", "G9"), NotFound, "no_such_party"),
        (("G1", "G1"), BadInput, "same_party"),
    ):  # fmt: skip
        with pytest.raises(trouble, match=code):
            reject(three, pair)


def test_the_same_words_again_are_said_once(three: Desk) -> None:
    assert reject(three, ("G2", "G3")) == reject(three, ("G3", "G2"))
    with three.platform.unit("local") as unit:
        assert len(unit.merges.rejections()) == 1


def test_reasons_are_kept_without_numbers_of_people(three: Desk) -> None:
    merging = Merging("G1", "G2", f"her phone is {PHONE} in both")
    asked = propose_merge(books=three.platform, by=OFFICER, key="p", merging=merging)
    with three.platform.unit("local") as unit:
        [waiting] = unit.steps.proposals()
        audited = unit.steps.rows("select request from audit where verb = 'propose_merge'")
    assert asked.proposal == waiting.proposal_id
    assert "139****0001" in waiting.request
    assert PHONE not in waiting.request + str(audited)
    for blank in ("", "  ", "x" * 501):
        with pytest.raises(BadInput, match="no_reason"):
            three.propose("G1", "G3", because=blank)


def test_ten_thousand_parties(desk: Desk) -> None:
    """Every hundredth one came twice; an agent's phone is everybody's."""
    with desk.platform.unit("local") as unit:
        _many(unit)
    found = desk.find()
    assert [(one.kind, one.parties) for one in found.capped] == [("mobile", 10_000)]
    assert {(one.one, one.other) for one in found.found} == {(f"G{n}", f"H{n}") for n in range(0, 9_900, 100)}
    assert {one.score for one in found.found} == {0.98}


def _many(unit) -> None:
    from datetime import UTC, datetime

    from zhiwei.borrower import Party
    from zhiwei.borrower.relations import Held

    parties = [f"G{n}" for n in range(9_901)] + [f"H{n}" for n in range(0, 9_900, 100)]
    assert len(parties) == 10_000
    unit.parties.add(Party(party, party, "test") for party in parties)
    now = datetime(2023, 1, 1, tzinfo=UTC)
    unit.relations.add_identifiers(
        [
            Held(f"{kind} {party}", party, kind, value, date(2023, 1, 1), None, "test", now)
            for party in parties
            for kind, value in (("uscc", made_uscc(int(party[1:]))), ("mobile", PHONE))
        ],
        "tester",
    )
