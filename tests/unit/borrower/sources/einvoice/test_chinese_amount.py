"""Amounts in Chinese capitals, both ways (TV 2.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.sources.einvoice import from_words, in_words

WRITTEN = [
    (195998, "壹仟玖佰伍拾玖圆玖角捌分"),  # TV 2.2
    (-15000, "（负数）壹佰伍拾圆整"),  # TV 2.2
    (0, "零圆整"),
    (1, "壹分"),
    (50, "伍角整"),
    (100_05, "壹佰圆零伍分"),
    (1_060_00, "壹仟零陆拾圆整"),
    (100_000_00, "壹拾万圆整"),
    (100_010_001_00, "壹亿零壹万零壹圆整"),
    (10_500_000_000_000_00, "壹拾万伍仟亿圆整"),
]


@pytest.mark.parametrize(("fen", "words"), WRITTEN)
def test_both_ways(fen: int, words: str) -> None:
    assert in_words(fen) == words
    assert from_words(words) == fen
    assert in_words(fen, "元") == words.replace("圆", "元")
    assert from_words(words.replace("圆", "元").replace("整", "正")) == fen


@pytest.mark.parametrize(
    ("words", "fen"),
    [
        ("人民币壹仟玖佰伍拾玖元玖角捌分", 195998),
        ("(负数) 壹佰伍拾圆整", -15000),
        ("负壹佰伍拾元", -15000),
        ("拾伍圆整", 1500),
        ("壹万零伍佰圆零角伍分", 10_500_05),
        ("貳萬陸仟圓正", 26_000_00),
        ("一百二十元五角", 120_50),
    ],
)
def test_other_hands(words: str, fen: int) -> None:
    assert from_words(words) == fen


@pytest.mark.parametrize(
    "words", ["", "圆", "整", "壹", "壹万万圆", "壹亿贰亿圆", "壹圆圆", "万圆整", "壹贰圆", "百元大钞", "负数", "¥5.00"]
)
def test_no_amount(words: str) -> None:
    with pytest.raises(ValueError, match=r"Chinese capitals|stands twice"):
        from_words(words)


def test_out_of_reason() -> None:
    with pytest.raises(ValueError, match="no words"):
        in_words(10**18)


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.sampled_from("圆元"))
def test_round_trip(fen: int, unit: str) -> None:
    assert from_words(in_words(fen, unit)) == fen


@given(st.text("零壹贰叁肆拾佰仟万亿圆元角分整负数（）一〇", max_size=80))
def test_any_words_are_an_amount_or_a_value_error(words: str) -> None:
    try:
        fen = from_words(words)
    except ValueError:
        return
    assert from_words(in_words(fen)) == fen
