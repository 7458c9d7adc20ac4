"""Money in Chinese capitals (大写金额), written and read, as it stands on invoices and drafts.

圆 and 元 both occur, and so do 整 and 正; a red invoice opens with （负数）. Money here is whole 分.
"""

import re

from zhiwei.values import grouped

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
LARGEST = 10**18  # 分: one 亿 of 亿 元, where the words 万亿 end
# other hands and older forms of the same characters
_SAME = str.maketrans(
    "〇○一二貳弍两三參叄四五六陸七八九十百千萬億圆圓正負數", "零零壹贰贰贰贰叁叁叁肆伍陆陆柒捌玖拾佰仟万亿元元整负数"
)
_SIGN = re.compile(r"^[（(]?(负数|负)[)）]?")
_WHOLE = re.compile(
    r"(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?零?"
    r"(?:(?P<jiao>[零壹贰叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[零壹贰叁肆伍陆柒捌玖])分)?整?"
)
_SECTION = re.compile(
    r"零*(?:([壹贰叁肆伍陆柒捌玖])仟)?零*(?:([壹贰叁肆伍陆柒捌玖])佰)?零*(?:([壹贰叁肆伍陆柒捌玖])?(拾))?零*([壹贰叁肆伍陆柒捌玖])?零*"
)


def in_words(fen: int, unit: str = "圆") -> str:
    """195998 -> 壹仟玖佰伍拾玖圆玖角捌分; -15000 -> （负数）壹佰伍拾圆整. ValueError where it is out of reason."""
    if abs(fen) >= LARGEST:
        raise ValueError(f"no words for an amount of {grouped(fen)} 元")
    yuan, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    words = _integer(yuan) + unit if yuan or not rest else ""
    if jiao:
        words += DIGITS[jiao] + "角"
    if cents:
        words += ("零" if yuan and not jiao else "") + DIGITS[cents] + "分"
    else:
        words += "整"
    return ("（负数）" if fen < 0 else "") + words


def _integer(number: int) -> str:
    """Four digits a section, sections joined by 万 and 亿; one 零 for any run of zeros between two digits."""
    if number >= 10**8:
        high, low = divmod(number, 10**8)
        return _integer(high) + "亿" + _tail(low, 10**7)
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return _integer(high) + "万" + _tail(low, 10**3)
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + _PLACES[place]
        gap = not digit
    return words or "零"


def _tail(low: int, full: int) -> str:
    return ("" if low >= full else "零") + _integer(low) if low else ""


def from_words(words: str) -> int:
    """分 of an amount in words. ValueError where the words say no amount."""
    plain = "".join(words.split()).removeprefix("人民币").translate(_SAME)
    bare = _SIGN.sub("", plain, count=1).removeprefix("人民币")
    found = _WHOLE.fullmatch(bare)
    if not found or not any(found[part] for part in ("yuan", "jiao", "fen")):
        raise ValueError(f"not an amount in Chinese capitals: {words[:60]!r}")
    minor = _number(found["yuan"]) * 100 if found["yuan"] else 0
    for part, weight in (("jiao", 10), ("fen", 1)):
        minor += DIGITS.index(found[part]) * weight if found[part] else 0
    return -minor if bare != plain and _SIGN.match(plain) else minor


def _number(words: str) -> int:
    """The integer part; 亿 and 万 each split it once, 万 before 亿 counts 万 of 亿."""
    if words.count("亿") > 1 or len(words) > 60:
        raise ValueError(f"not a number in Chinese capitals: {words[:60]!r}")
    high, mark, low = words.rpartition("亿")
    return (_ten_thousands(high, empty=not mark) * 10**8 if mark else 0) + _ten_thousands(low, empty=bool(mark))


def _ten_thousands(words: str, empty: bool) -> int:
    high, mark, low = words.rpartition("万")
    if "万" in high:
        raise ValueError(f"万 stands twice: {words[:60]!r}")
    return (_section(high, empty=False) * 10**4 if mark else 0) + _section(low, empty=empty or bool(mark))


def _section(words: str, empty: bool) -> int:
    found = _SECTION.fullmatch(words)
    if not found or not (words or empty):
        raise ValueError(f"not a number in Chinese capitals: {words[:60]!r}")
    thousands, hundreds, tens, ten, ones = found.groups()
    digits = [DIGITS.index(digit) if digit else 0 for digit in (thousands, hundreds, tens, ones)]
    if ten and not tens:
        digits[2] = 1  # 拾伍 for 壹拾伍
    return digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
