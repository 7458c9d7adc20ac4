"""Personal values in lists and logs: never more than the mask promises, least of all for short ones."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.identity import IDENTIFIERS, mask, masked_cell, masked_text
from zhiwei.borrower.identity.masks import mask_name, mask_phone, masked_file

SHOWN = {
    "person_name": 1,
    "id_card": 7,
    "mobile": 7,
    "phone": 7,
    "bank_card": 8,
    "account": 4,
    "plate": 3,
    "address": 6,
}
"""Characters that a mask shows at most."""
UNITS = set("年月日时時點点分秒元圆角分正整负負零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("person_name", "张三", "张*"), ("person_name", "欧阳某某", "欧***"), ("person_name", "张", "*"),
        ("mobile", "13812345678", "138****5678"), ("mobile", "+86 138-1234-5678", "138****5678"),
        ("mobile", "1381234567", "**********"), ("phone", "0571-88881234", "057*****1234"),
        ("id_card", "11010519491231002X", "110***********002X"), ("id_card", "110105", "******"),
        ("bank_card", "6222 0202 0011 2345 679", "6222***********5679"), ("bank_card", "622202", "******"),
        ("account", "3301040160000123456", "***************3456"), ("account", "123456789", "*********"),
        ("plate", "京A12345", "京A****5"), ("address", "杭州市西湖区文三路1号", "杭州市西湖区*****"),
        ("taxpayer_no", "91110000600037341L", "91110000600037341L"),
        ("taxpayer_no", "11010519491231002X", "110***********002X"),
        ("uscc", "91110000600037341L", "91110000600037341L"), ("a_new_kind", "secret", "******"),
    ],
)  # fmt: skip
def test_how_values_are_shown(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@pytest.mark.parametrize("kind", SHOWN)
@given(text=st.text("0123456789X张三京A ", max_size=40))
def test_no_mask_shows_more_than_it_promises(kind: str, text: str) -> None:
    assert len(mask(kind, text).replace("*", "")) <= SHOWN[kind]


@pytest.mark.parametrize("kind", SHOWN)
@given(text=st.text("0123456789", max_size=40))
def test_something_is_always_hidden(kind: str, text: str) -> None:
    """A short value is hidden as a whole; of a long one at least a third of its usual length."""
    shown = mask(kind, text)
    hidden = shown.count("*")
    assert hidden == len(shown) or hidden >= {"person_name": 1}.get(kind, 4)


def test_personal_kinds_are_never_shown_whole() -> None:
    for name, kind in IDENTIFIERS.items():
        if kind.personal and name != "taxpayer_no":
            assert "*" in mask(name, "13812345678123456")


def test_a_name_of_one_character_says_nothing() -> None:
    assert mask_name(" 张 ") == "*"


def test_prefixes_of_a_country_hide_no_less() -> None:
    assert mask_phone("8613812345678") == mask_phone("13812345678") == "138****5678"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("手机13812345678，证11010519491231002X。", "手机138****5678，证110***********002X。"),
        ("ID=11010519491231002x;", "ID=110***********002X;"),
        ("卡6222 0202 0011 2345 679到账", "卡6222***********5679到账"),
        ("call 138-1234-5678 now", "call 138****5678 now"),
        ("１３８１２３４５６７８（全角）", "138****5678（全角）"),
        ("税号11010519491231002X01", "税号110*************2X01"),
        ("发票26537912570200055449金额1234567.89元", "发票26537912570200055449金额1234567.89元"),
        (
            "代码9153000077859986X2公司",
            "代码9153********9986X2公司",
        ),  # public, and hidden rather than taken for no card
        ("代码91350100M000100Y43", "代码91350100M000100Y43"),
        ("", ""),
    ],
)
def test_free_text(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@given(st.text(" ,，。abc张三", max_size=10), st.text(" ,，。abc张三", max_size=10))
def test_no_identity_number_survives_in_a_log(before: str, after: str) -> None:
    shown = masked_text(f"{before}11010519491231002X{after}13812345678{after}")
    assert "19491231" not in shown
    assert "12345678" not in shown


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert masked_text(masked_text(text)) == masked_text(text)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("2024-13-01", "2024-13-01"), ("2024年3月1日", "2024年3月1日"), ("05 Jan 2024", "05 Jan 2024"),
        ("12,345.678 CNY", "12,345.678 CNY"), ("一百元", "一百元"), ("-1.005", "-1.005"), ("", ""),
        ("某甲商行", "某***"), ("某甲 13812345678", "某* 138****5678"), ("Firm A & Co", "F*** A & C*"),
        ("37040044053201", "**********3201"), ("DE89370400440532013000", "******************3000"),
        ("6222 0202 0011 2345 679", "6222***********5679"), ("11010519491231002X", "110***********002X"),
    ],
)  # fmt: skip
def test_how_cells_of_a_file_are_shown(cell: str, shown: str) -> None:
    """What one looks for in a bad cell is a day or an amount of another form, and never a name."""
    assert masked_cell(cell) == shown


@given(st.text(max_size=60))
def test_a_cell_shows_no_word_and_no_long_number(cell: str) -> None:
    shown = masked_cell(cell)
    assert len(shown) <= len(cell)
    assert all(sum(sign.isdigit() for sign in run) < 10 for run in re.findall("[0-9A-Za-z]+", shown))
    assert all(set(word) <= UNITS for word in re.findall(r"[^\x00-\x7f\W\d_]{2,}", shown))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bank_20240301_20240331.csv", "bank_20240301_20240331.csv"), ("某甲_流水.xlsx", "某*_流*.xlsx"),
        ("6222020200112345679-1.csv", "6222***********5679-1.csv"), ("3704004405320.sta", "*********5320.sta"),
    ],
)  # fmt: skip
def test_how_names_of_files_are_shown(name: str, shown: str) -> None:
    assert masked_file(name) == shown
