"""Codes of organisations: the vectors of the standard, and that a wrong character is noticed."""

import pytest
import stdnum.cn.uscc
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import read_family_farm_code, read_organisation_code, read_taxpayer_no, read_uscc
from zhiwei.borrower.identity.forms import USCC_ALPHABET, organisation_digit, person_digit, uscc_digit
from zhiwei.borrower.party import uscc_check
from zhiwei.values import BadInput

VALID = {
    "91350100M000100Y43": ("35", "M000100Y4", "企业"),  # TV 1.1: the standard's own example
    "91110000600037341L": ("11", "600037341", "企业"),  # TV 1.2
    "91110108551385082Q": ("11", "551385082", "企业"),
    "9153000077859986X2": ("53", "77859986X", "企业"),
    "911101051000000080": ("11", "100000008", "企业"),  # TV 1.3: remainder 0
    "N2440300MF12345673": ("44", "MF1234567", "村级集体经济组织"),  # TV 1.4
}

registrars = st.sampled_from(["91", "92", "93", "11", "12", "51", "N1", "N2", "N3", "Y1", "A1"])
regions = st.sampled_from(["110105", "330106", "440300", "530000", "659004"])
bodies = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


@st.composite
def usccs(draw: st.DrawFn) -> str:
    body = draw(bodies)
    head = draw(registrars) + draw(regions) + body + organisation_digit(body)
    return head + uscc_digit(head)


@pytest.mark.parametrize("code", VALID)
def test_what_a_valid_code_says(code: str) -> None:
    found = read_uscc(code)
    province, organisation, category = VALID[code]
    assert (found.kind, found.value, found.warnings) == ("uscc", code, ())
    assert found.facts["province"] == province
    assert found.facts["organisation_code"] == organisation
    assert found.facts["category_zh"] == category
    assert read_organisation_code(organisation).value == organisation


def test_the_sum_of_the_standards_example() -> None:
    """TV 1.1: 1640, remainder 28, so the check is 3; Z is no character of the alphabet."""
    places = [USCC_ALPHABET.index(char) * pow(3, at, 31) for at, char in enumerate("91350100M000100Y4")]
    assert (sum(places), sum(places) % 31, uscc_digit("91350100M000100Y4")) == (1640, 28, "3")
    with pytest.raises(BadInput, match="18 characters"):
        read_uscc("91350100M000100Y4Z")


@given(usccs())
def test_every_code_made_by_the_rules_is_read(code: str) -> None:
    assert read_uscc(code).value == code
    assert uscc_check(code)
    if code[0].isdigit():  # the oracle refuses A, N and Y
        assert stdnum.cn.uscc.is_valid(code)
    else:
        assert not stdnum.cn.uscc.is_valid(code)


@given(usccs(), st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_any_one_character_changed_is_noticed(code: str, at: int, char: str) -> None:
    changed = code[:at] + char + code[at + 1 :]
    if changed != code:
        with pytest.raises(BadInput):
            read_uscc(changed)


@given(usccs())
def test_width_case_spaces_and_hyphens_do_not_matter(code: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.lower())
    assert read_uscc(f" {wide[:9]}－{wide[9:]}　").value == code


def test_a_wrong_organisation_code_inside_is_noticed() -> None:
    head = "91350100M000100Y5"  # the check of M000100Y is 4
    with pytest.raises(BadInput) as trouble:
        read_uscc(head + uscc_digit(head))
    assert trouble.value.code == "bad_uscc_organisation"
    assert uscc_check(head + uscc_digit(head)), "the outer digit alone would let it pass"


def test_an_unknown_place_or_category_is_a_warning() -> None:
    head = "99990000M000100Y4"
    assert read_uscc(head + uscc_digit(head)).warnings == ("unknown_category", "unknown_place")
    national = "91100000M000100Y4"  # registered with the national registrar
    assert read_uscc(national + uscc_digit(national)).warnings == ()


@pytest.mark.parametrize(
    "text", ["", "91350100M000100Y4", "9135O100M000100Y43", "91A50100M000100Y43", "٩1350100M000100Y43"]
)
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(BadInput) as trouble:
        read_uscc(text)
    assert trouble.value.code == "bad_uscc"


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 8), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_organisation_code_is_noticed(body: str, at: int, digit: str) -> None:
    code = body + organisation_digit(body)
    assert read_organisation_code(f"{code[:8]}-{code[8]}").value == code
    changed = code[:at] + digit + code[at + 1 :]
    if changed != code:
        with pytest.raises(BadInput):
            read_organisation_code(changed)


PERSON = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "form", "warnings"),
    [
        ("91110000600037341L", "uscc", ()),
        (PERSON, "person", ()),
        (PERSON + "00", "person_20", ()),
        ("110000600037341", "organisation_15", ("legacy",)),
        ("110105491231002", "bureau_15", ("legacy", "unchecked")),
        ("11010549123100201", "old_person_17", ("legacy", "unchecked")),
        ("11010549123100200000", "old_person_20", ("legacy", "unchecked")),
    ],
)
def test_forms_of_taxpayer_numbers(text: str, form: str, warnings: tuple[str, ...]) -> None:
    found = read_taxpayer_no(text)
    assert (found.facts["form"], found.warnings) == (form, warnings)


@pytest.mark.parametrize(
    "text", ["", "91110000600037341M", PERSON[:17] + "1", "11010519491231002100", "1101054912310", "A" * 15, "A" * 20]
)
def test_what_is_no_taxpayer_number(text: str) -> None:
    with pytest.raises(BadInput):
        read_taxpayer_no(text)


def test_a_taxpayer_number_of_20_checks_the_identity_number_inside() -> None:
    body = "11010519491231002"
    assert person_digit(body) == "X"
    with pytest.raises(BadInput) as trouble:
        read_taxpayer_no(body + "3" + "00")
    assert trouble.value.code == "bad_id_digit"


def test_a_family_farm_code_is_read_by_its_form_alone_and_says_so() -> None:
    assert read_family_farm_code("y1330106ma12345678").warnings == ("unchecked", "unsure_form")
    for text in ("", "Y1330106MA1234567", "Y1330106MI12345678", "A" * 18):
        with pytest.raises(BadInput):
            read_family_farm_code(text)
