"""What a party can hold is read into one form, whoever types it; thresholds of control are dated."""

from datetime import date

import pytest

from zhiwei.borrower.control import threshold
from zhiwei.borrower.identity import IDENTIFIERS, PATHS
from zhiwei.borrower.particulars import DOCUMENTS, HOLDABLE, ONE_NUMBER, read_particular, shown_name, steps_of
from zhiwei.borrower.relations import SHARED
from zhiwei.borrower.told import KINDS_OF_PARTY, party_code
from zhiwei.values import BadInput


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("phone", "+86 139-1234-5678", ("mobile", "13912345678")),
        ("phone", "（0571）8888 1234", ("phone", "057188881234")),
        ("phone", "+86 571 88881234", ("phone", "57188881234")),
        ("phone", "96123", ("phone", "96123")),
        ("mobile", "１３９１２３４５６７８", ("mobile", "13912345678")),
        ("address", "  某市 \n 某路 1 号 ", ("address", "某市 某路 1 号")),
        ("id_card", "11010519491231002x", ("id_card", "11010519491231002X")),
    ],
)
def test_one_form_whoever_types_it(kind: str, typed: str, read: tuple[str, str]) -> None:
    found = read_particular(kind, typed)
    assert (found.kind, found.value) == read
    assert read[1] not in repr(found)
    assert read_particular(*read) == found, "what was read reads as itself"


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("phone", "1234", "bad_phone"), ("phone", "none", "bad_phone"), ("address", " ", "bad_address"),
        ("address", "x" * 301, "bad_address"), ("device", "a\x00b", "bad_device"), ("device", "a\ud800", "bad_device"),
        ("invoice", "011001900111" + "1" * 8, "unknown_identifier"), ("mood", "good", "unknown_identifier"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(kind: str, typed: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_particular(kind, typed)
    assert refused.value.code == code


def test_kinds_fit_together() -> None:
    """Every step of every path can be fulfilled, whatever is shared can be held, and no two tables claim one kind."""
    asked = {kind for path in PATHS.values() for step in path.steps for kind in step.any_of}
    assert asked | set(SHARED) | set(ONE_NUMBER) <= set(HOLDABLE)
    assert len(HOLDABLE) == len(set(HOLDABLE))
    assert set(IDENTIFIERS) - set(HOLDABLE) == set(DOCUMENTS)
    assert all(steps_of(kind) for kind in KINDS_OF_PARTY)
    assert steps_of(None) == ()


def test_whose_name_is_public() -> None:
    assert shown_name("p", "company", "G1 有限公司") == "G1 有限公司"
    assert [shown_name("p", kind, "某甲") for kind in ("person", "farm_ordinary", "self_employed", None)] == ["某*"] * 4
    assert shown_name("E30", None, "E30") == "E30"


@pytest.mark.parametrize("typed", ["E30", "par_0f", "G-1.2", "91110000600037341l", ""])
def test_an_id_of_a_source(typed: str) -> None:
    assert party_code(typed) == typed.upper() if typed.startswith("91") else party_code(typed) == typed


@pytest.mark.parametrize("typed", ["13912345678", "6222020200112345679", "11010519491231002X", "某甲", "a b", "x" * 65])
def test_a_persons_number_or_name_is_no_id(typed: str) -> None:
    with pytest.raises(BadInput, match="bad_party"):
        party_code(typed)


def test_thresholds_are_of_their_day() -> None:
    days = [date(2017, 10, 20), date(2024, 10, 31), date(2024, 11, 1)]
    found = [threshold("beneficial_share", day) for day in days]
    assert [(str(one.share), one.sure) for one in found if one] == [
        ("0.250000", False), ("0.250000", False), ("0.250000", True),
    ]  # fmt: skip
    control = threshold("control_share", date(2025, 1, 1))
    assert str(control and control.share) == "0.500000"
    assert threshold("beneficial_share", date(2017, 10, 19)) is None
