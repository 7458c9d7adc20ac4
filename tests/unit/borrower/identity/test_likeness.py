"""Which parties may be one: proposals with reasons, none of them acted upon."""

from collections import Counter
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.identity import Likeness, normal, same_parties
from zhiwei.borrower.identity.likeness import _keys
from zhiwei.values import BadInput

USCC, OTHER = "91110000600037341L", "91110108551385082Q"


def table(*rows: tuple[str, str, str]) -> pl.DataFrame:
    schema = {"party_id": pl.String, "kind_of_identifier": pl.String, "value": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def pairs(found: Likeness) -> dict[tuple[str, str], float]:
    return {(left, right): score for left, right, score, _, _ in found.proposals.iter_rows()}


def test_the_same_uscc_written_otherwise() -> None:
    found = same_parties(table(("a", "uscc", "９1110000-6000 37341l"), ("b", "uscc", USCC), ("c", "uscc", OTHER)))
    assert found.proposals.rows() == [("a", "b", 0.98, ["same uscc, shared by 2"], [])]


def test_a_taxpayer_number_is_a_uscc_or_an_identity_number() -> None:
    found = same_parties(
        table(("a", "uscc", USCC), ("b", "taxpayer_no", USCC), ("c", "id_card", "11010519491231002X"),
              ("d", "taxpayer_no", "11010519491231002X"), ("e", "taxpayer_no", "11010519491231002X01"))
    )  # fmt: skip
    assert pairs(found) == {("a", "b"): 0.98, ("c", "d"): 0.98, ("c", "e"): 0.98, ("d", "e"): 0.98}


def test_a_taxpayer_number_of_digits_alone_may_be_a_uscc() -> None:
    """A private school (52) whose places 7 to 14 are no birth date."""
    code = "523301005000000000"
    assert pairs(same_parties(table(("a", "uscc", code), ("b", "taxpayer_no", code)))) == {("a", "b"): 0.98}


def test_an_organisation_code_is_inside_a_uscc_and_an_old_taxpayer_number() -> None:
    found = same_parties(
        table(("a", "uscc", USCC), ("b", "organisation_code", "60003734-1"), ("c", "taxpayer_no", "110000600037341"))
    )
    assert pairs(found) == {("a", "b"): 0.95, ("a", "c"): 0.95, ("b", "c"): 0.95}


@pytest.mark.parametrize(
    ("one", "other"),
    [("杭州某某（贸易）有限公司", "杭州某某(贸易)有限责任公司"), ("某某餐饮店（个体工商户）", "某某餐饮店"),
     ("某某科技股份有限公司", "某某 科技 有限公司"), ("ABC贸易", "ａｂｃ贸易有限公司")],
)  # fmt: skip
def test_names_without_their_legal_form(one: str, other: str) -> None:
    assert pairs(same_parties(table(("a", "company_name", one), ("b", "company_name", other)))) == {("a", "b"): 0.6}


def test_a_branch_is_not_its_company() -> None:
    rows = table(("a", "company_name", "某某有限公司"), ("b", "company_name", "某某有限公司北京分公司"))
    assert pairs(same_parties(rows)) == {}


def test_weak_reasons_add_up_and_are_told() -> None:
    found = same_parties(
        table(("a", "company_name", "某某贸易"), ("b", "company_name", "某某贸易"),
              ("a", "mobile", "13800138000"), ("b", "phone", "+86 138-0013-8000"),
              ("a", "address", "杭州市文三路1号"), ("b", "address", "杭州市 文三路 1号"))
    )  # fmt: skip
    assert found.proposals.rows() == [
        ("a", "b", round(1 - 0.4 * 0.5 * 0.7, 4),
         ["same company_name, shared by 2", "same mobile, shared by 2", "same address, shared by 2"], []),
    ]  # fmt: skip


def test_two_usccs_speak_against() -> None:
    """One owner with two firms: the same person and phone, and yet two parties."""
    rows = table(
        ("a", "uscc", USCC), ("b", "uscc", OTHER), ("a", "id_card", "11010519491231002X"),
        ("b", "id_card", "11010519491231002X"), ("a", "mobile", "13800138000"), ("b", "mobile", "13800138000"),
    )  # fmt: skip
    assert pairs(same_parties(rows)) == {}
    low = same_parties(rows, least=0.1).proposals.row(0, named=True)
    assert low["score"] == pytest.approx(0.2 * (1 - 0.02 * 0.5), abs=1e-4)
    assert low["against"] == ["different organisation_code", "different uscc"]


def test_a_new_head_does_not_make_another_firm() -> None:
    rows = table(
        ("a", "uscc", USCC), ("b", "uscc", USCC), ("a", "id_card", "11010519491231002X"),
        ("b", "id_card", "440524188001010014"),
    )  # fmt: skip
    assert same_parties(rows).proposals.rows() == [
        ("a", "b", 0.98, ["same uscc, shared by 2"], ["different id_card"]),
    ]


def test_what_many_share_says_less_and_then_nothing() -> None:
    def score(parties: int) -> float:
        rows = [(f"p{i:03d}", "mobile", "13800138000") for i in range(parties)]
        return pairs(same_parties(table(*rows), least=0.0)).get(("p000", "p001"), 0.0)

    assert score(2) == 0.5
    assert score(2) > score(5) > score(50) > 0
    assert score(51) == 0


def test_a_phone_of_an_agent_is_said_masked() -> None:
    rows = [(f"p{i:03d}", "mobile", "13800138000") for i in range(51)]
    found = same_parties(table(*rows, ("x", "uscc", USCC), ("y", "uscc", USCC)))
    assert found.capped.rows() == [("mobile", "138****8000", 51)]
    assert pairs(found) == {("x", "y"): 0.98}


@pytest.mark.parametrize("value", ["", "无", "000000000000000000", "null", " - ", "不详", "N/A"])
def test_placeholders_are_no_identifiers(value: str) -> None:
    for kind in ("uscc", "company_name", "mobile", "address"):
        assert pairs(same_parties(table(("a", kind, value), ("b", kind, value)), least=0)) == {}


def test_kinds_that_say_nothing_are_counted() -> None:
    found = same_parties(table(("a", "person_name", "张三"), ("b", "person_name", "张三"), ("b", "invoice", "1")))
    assert (pairs(found), found.ignored) == ({}, {"invoice": 1, "person_name": 2})


def test_nothing_in_nothing_out() -> None:
    found = same_parties(table())
    assert (found.proposals.height, found.capped.height, found.ignored) == (0, 0, {})


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadInput, match="value"):
        same_parties(pl.DataFrame({"party_id": ["a"], "kind_of_identifier": ["uscc"]}))


def test_a_party_is_never_like_itself() -> None:
    rows = table(("a", "uscc", USCC), ("a", "uscc", USCC.lower()), ("a", "mobile", "13800138000"), ("b", "uscc", OTHER))
    assert pairs(same_parties(rows)) == {}


def test_arrow_and_polars_give_the_same() -> None:
    rows = table(("a", "uscc", USCC), ("b", "uscc", USCC))
    assert same_parties(rows.to_arrow()).proposals.equals(same_parties(rows).proposals)


values = st.tuples(
    st.sampled_from("abcdefgh"),
    st.sampled_from(["uscc", "mobile", "account"]),
    st.sampled_from(["13800138000", "13900139000", "13700137000"]),
)


@settings(max_examples=50)
@given(st.lists(values, max_size=30), st.randoms())
def test_proposals_are_those_of_comparing_all_pairs(rows: list[tuple[str, str, str]], random) -> None:
    """The joins find what a loop over all pairs finds, in any order of rows."""
    held: dict[str, set[tuple[str, str]]] = {}
    for party, kind, value in rows:
        held.setdefault(party, set()).add((kind, value))
    expected = {(left, right) for left, right in combinations(sorted(held), 2) if held[left] & held[right]}
    first = same_parties(table(*rows), least=0.0)
    assert set(pairs(first)) == expected
    shuffled = random.sample(rows, len(rows))
    assert same_parties(table(*shuffled), least=0.0).proposals.equals(first.proposals)


@given(st.text("0123456789ABCDEXYabcxy -－—　０１２ＡＢａｂ\t\u200b", max_size=30))
def test_keys_are_the_normal_form(text: str) -> None:
    keys = _keys(pl.DataFrame({"party_id": ["a"], "kind": ["uscc"], "value": [text]}))["key"].to_list()
    assert keys in ([], [normal(text)])


def test_a_hundred_thousand_parties() -> None:
    """Known pairs are found among many, and a shared phone of a few thousand is capped and not multiplied out."""
    many = 100_000
    party = pl.int_range(many, eager=True).cast(pl.String).str.zfill(6)
    number = pl.int_range(many, eager=True)
    firm = pl.DataFrame(
        {
            "party_id": party,
            "kind_of_identifier": "uscc",
            "value": "91330106MA" + (number // 2 + 1_000_000).cast(pl.String) + "1",
        }
    )
    phone = pl.DataFrame(
        {
            "party_id": party,
            "kind_of_identifier": "mobile",
            "value": "138" + (number % 20).cast(pl.String).str.zfill(8),
        }
    )
    found = same_parties(pl.concat([firm, phone]).to_arrow())
    assert found.proposals.height == many // 2
    assert Counter(found.proposals["score"]) == {0.98: many // 2}
    assert found.capped.height == 20
    assert set(found.capped["parties"]) == {5000}
