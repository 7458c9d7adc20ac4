"""What is written of parties: nothing personal in plain, one party from two threads, who looked, keys that rotate."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import psycopg
import pytest

from zhiwei.adapters.keys import FileKeys
from zhiwei.bootstrap import Platform
from zhiwei.borrower.identity import normal
from zhiwei.borrower.told import Profile, Told
from zhiwei.journeys import (
    Tie,
    add_identifiers,
    end_what,
    find_party,
    know_parties,
    know_party,
    link_parties,
    party_sheet,
    play_role,
)
from zhiwei.store import Database
from zhiwei.values import Actor, BadInput, Refusal, digest

FIRST = date(2025, 1, 1)
CARD, MOBILE, ACCOUNT = "11010519491231002X", "13912345678", "6222020200112345679"
PERSONAL = [
    ("id_card", CARD), ("mobile", MOBILE), ("bank_card", ACCOUNT), ("phone", "0571 8888 1234"), ("plate", "浙A12345"),
    ("taxpayer_no", CARD), ("address", "某市某路壹号"), ("device", "imei 861234560000001"), ("visit_report", "某村 17"),
    ("person_name", "某甲又名某丁"), ("land_contract", "浙农字第0001号"),
]  # fmt: skip
SHE = Told("某甲", FIRST, "farm_ordinary", PERSONAL, ("borrower",), Profile(region="330106", staff=2), "told")


@pytest.fixture
def owner(platform: Platform) -> Iterator[psycopg.Connection]:
    with psycopg.connect(platform.database.url, autocommit=True) as connection:
        yield connection


def dump(owner: psycopg.Connection) -> str:
    """Every cell of every table as text."""
    tables = [name for (name,) in owner.execute("select tablename from pg_tables where schemaname = 'public'")]
    return "\n".join(str(owner.execute(f'select t::text from "{name}" t').fetchall()) for name in tables)


def live(platform: Platform) -> str:
    """A life with all verbs, one of them refused; -> her id."""
    ask = {"books": platform, "by": platform.actor}
    she = know_party(**ask, told=SHE).party
    firm = know_party(**ask, told=Told("G1 有限公司", FIRST, "", [("uscc", "91110000600037341L")])).party
    added = add_identifiers(**ask, party=she, identifiers=[("mobile", "13800138000")], since=FIRST)
    assert added.identifiers == 1
    play_role(**ask, party=she, role="guarantor", since=FIRST)
    link = link_parties(**ask, tie=Tie(she, "owns", firm, FIRST, Decimal("0.5"))).id
    end_what(**ask, what=link, on=FIRST, because=f"she called from {MOBILE}")
    with pytest.raises(Refusal):
        link_parties(**ask, tie=Tie(CARD, "owns", firm, FIRST))
    assert find_party(**ask, value=MOBILE)
    party_sheet(**ask, party=she, on=FIRST, reveal=True)
    return she


def test_nothing_personal_stands_in_the_clear_in_any_table(platform: Platform, owner: psycopg.Connection) -> None:
    """Not as typed, not in its written form, and not as a hash that anybody could compute."""
    live(platform)
    stored = dump(owner)
    for value in ("某甲", "13800138000", CARD[:17], "057188881234", *(value for _, value in PERSONAL)):
        for form in {value, normal(value)}:
            assert form not in stored, f"{form} is stored"
            assert digest(form) not in stored
    assert "91110000600037341L" in stored, "a company's code is public; and the dump sees what is there"
    assert MOBILE[:3] + "****" + MOBILE[-4:] in stored, "what somebody wrote as a reason is masked"


def test_errors_and_reprs_do_not_repeat_what_was_told(platform: Platform) -> None:
    ask = {"books": platform, "by": platform.actor}
    wrong = [("id_card", CARD[:17] + "1"), ("mobile", "123"), ("phone", "12"), ("address", ""), ("dream", CARD)]
    for kind, value in wrong:
        with pytest.raises(BadInput) as refused:
            know_party(**ask, told=Told("某甲", FIRST, "person", [(kind, value)]))
        assert not value or value not in str(refused.value)
    for bad in ({"name": CARD}, {"party": MOBILE}, {"source": MOBILE}):
        with pytest.raises(BadInput) as refused:
            know_party(**ask, told=Told(**{"name": "某甲", "since": FIRST, "kind": "person", **bad}))
        assert CARD not in str(refused.value)
        assert MOBILE not in str(refused.value)
    with pytest.raises(BadInput, match="personal_key"):
        know_party(**ask, told=SHE, key=f"row of {MOBILE}")
    sheet = party_sheet(**ask, party=live(platform), on=FIRST, reveal=True)
    assert [text for text in (repr(SHE), repr(sheet)) if CARD in text or "某甲" in text] == []


def test_values_are_masked_until_somebody_answers_for_looking(platform: Platform) -> None:
    ask = {"books": platform, "by": platform.actor}
    she = know_party(**ask, told=SHE).party
    with platform.unit("local") as unit:
        looked = "select person, request from audit where verb = 'reveal_party'"
        masked = party_sheet(**ask, party=she, on=FIRST)
        assert unit.steps.rows(looked) == []
        shown = party_sheet(**ask, party=she, on=FIRST, reveal=True)
        [(person, request)] = unit.steps.rows(looked)
        party_sheet(**ask, party=she, on=FIRST, reveal=True)
        assert len(unit.steps.rows(looked)) == 2, "each look counts"
    assert (person, masked.name, shown.name) == ("tester", "某*", "某甲")
    assert she in request
    assert "id_card" in request
    assert {one["value"] for one in masked.identifiers if one["kind"] == "id_card"} == {"110***********002X"}
    assert {one["value"] for one in shown.identifiers if one["kind"] == "id_card"} == {CARD}
    assert not {one["value"] for one in masked.identifiers} & {one["value"] for one in shown.identifiers}


def at_once(call, times: int = 4) -> list:
    together = Barrier(times)

    def run(number: int):
        together.wait()
        return call(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_the_same_party_from_many_threads_is_one(platform: Platform) -> None:
    ask = {"books": platform, "by": platform.actor}
    answers = at_once(lambda _: know_party(**ask, told=SHE))
    assert answers == [answers[0]] * 4
    keyed = at_once(
        lambda n: know_party(**ask, told=Told("G1", FIRST, "", [("uscc", "91110000600037341L")]), key=f"{n}")
    )
    assert sorted(one.new for one in keyed) == [False, False, False, True], "by its code it is one under any key"
    assert sum(one.identifiers for one in keyed) == 1
    with platform.unit("local") as unit:
        assert len(unit.parties.ids()) == 2
        [(profiles,)] = unit.relations.rows("select count(*) from party_profile")
    assert profiles == 2


def test_owners_at_once_do_not_hold_more_than_all_of_it(platform: Platform) -> None:
    ask = {"books": platform, "by": platform.actor}
    firm = know_party(**ask, told=Told("G1", FIRST, "", [("uscc", "91110000600037341L")])).party
    people = [know_party(**ask, told=Told("某甲", FIRST, "person"), key=f"p{n}").party for n in range(4)]

    def own(number: int) -> str:
        try:
            return str(link_parties(**ask, tie=Tie(people[number], "owns", firm, FIRST, Decimal("0.4"))).new)
        except Refusal as refusal:
            return refusal.code

    assert sorted(at_once(own)) == ["True", "True", "owned_too_much", "owned_too_much"]


def test_a_key_is_one_request_and_the_same_request_is_one_key(platform: Platform) -> None:
    ask = {"books": platform, "by": platform.actor}
    first = know_party(**ask, told=SHE, key="k")
    assert know_party(**ask, told=SHE, key="k") == first
    with pytest.raises(Refusal, match="key_reused"):
        know_party(**ask, told=Told("某乙", FIRST, "person"), key="k")
    told = know_party(**ask, told=SHE)
    assert (told.new, told.also) == (True, [first.party]), "another key, or none, is another telling"
    assert know_party(**ask, told=SHE) == told
    with platform.unit("local") as unit:
        verbs = [row[0] for row in unit.steps.rows("select verb from audit where verb like 'know%%'")]
    assert verbs == ["know_party", "know_party"]


def test_all_of_a_file_or_nothing(platform: Platform) -> None:
    ask = {"books": platform, "by": platform.actor}
    good = ("row 2", SHE)
    bad = [("row 3", Told("某乙", FIRST, "cloud")), ("row 4", Told("某丙", FIRST, "person", [("mobile", "1")]))]
    with pytest.raises(BadInput, match=r"row 3: .*cloud.*; row 4: .*11 digits") as refused:
        know_parties(**ask, told=[good, *bad])
    assert refused.value.hint == "nothing was taken"
    with platform.unit("local") as unit:
        assert unit.parties.ids() == []
    twice = [good, ("row 3", Told("某乙", FIRST, "person", [("id_card", CARD)])), ("row 4", SHE)]
    first, other, again = know_parties(**ask, told=twice).parties
    assert (first["new"], other["new"], again["new"]) == (True, True, False)
    assert (first["party"], again["identifiers"], other["also"]) == (again["party"], 0, [first["party"]])
    assert know_parties(**ask, told=twice).parties == [first, other, again]
    assert know_party(**ask, told=SHE).party == first["party"], "a row of a file and a single telling are one party"


def test_tenants_do_not_know_each_others_parties(platform: Platform) -> None:
    platform.database.add_tenant("other")
    platform.database.unlock("other")
    theirs = {"books": platform, "by": Actor("other", "tester")}
    ours = know_party(books=platform, by=platform.actor, told=SHE)
    assert find_party(**theirs, value=CARD) == []
    known = know_party(**theirs, told=SHE)
    assert (known.new, known.also) == (True, [])
    assert known.party != ours.party, "the same person has another id for everybody who knows her"


def test_a_rotation_of_keys_hides_nobody_and_makes_nobody_twice(platform: Platform, tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    database = Database(platform.database.url, keys)
    database.add_tenant("fresh")
    database.unlock("fresh")
    ask = {"books": Platform(database, Actor("fresh", "tester"), clock=FIRST), "by": Actor("fresh", "tester")}
    first = know_party(**ask, told=SHE)
    new = keys.rotate("fresh")
    assert know_party(**ask, told=SHE) == first
    other = know_party(**ask, told=Told("某乙", FIRST, "person", [("mobile", MOBILE), ("id_card", CARD)]))
    assert other.also == [first.party]
    assert [one["kind"] for one in party_sheet(**ask, party=first.party, on=FIRST).shared] == ["mobile"]
    with database.unit("fresh") as unit:
        assert unit.relations.reseal(100) == first.identifiers
    with database.unit("fresh") as unit:
        assert unit.relations.reseal(100) == 0
        sealed = unit.relations.rows("select value_sealed from party_identifier")
        assert {row[0].split(".")[2] for row in sealed} == {new.key_id}
    assert {one.party for one in find_party(**ask, value=CARD)} == {first.party, other.party}
    database.close()
