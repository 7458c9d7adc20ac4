"""Bytes of an exported table -> text, where the file does not say in which encoding it is.

`text_of` knows UTF-8, UTF-16 with BOM and GB18030. Banks outside China also export Windows-1252 (Western Europe),
Windows-1251 (Cyrillic), Shift-JIS, Big5, Korean and others, and almost any bytes of those are valid GB18030 too, as
Chinese that nobody wrote. What tells them apart first are the words of headers: only in the right encoding are they
words that headers have. Where no header is known: Chinese bytes stand in pairs, letters with accents alone among ASCII,
Cyrillic ones in words, and Japanese has kana.
"""

import re
from functools import lru_cache

from zhiwei.borrower.reading import headers
from zhiwei.borrower.reading.files import LARGEST_TABLE, bounded, text_of
from zhiwei.values import BadInput

_HIGH = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 200_000  # bytes looked at
_LEVEL_2 = 0xD8  # GB 2312: lead bytes below are the 3,755 common characters, which make up nearly all of any text
_HEADERS = 20_000  # bytes among which the header is
_CODES = (
    "gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "cp1251", "koi8_r", "cp866", "cp1253", "cp1254", "cp1250",
    "iso8859_2", "cp1252", "cp874", "cp1255", "cp1256", "cp850",
)  # fmt: skip
_CELL = re.compile(r"[^,;\t|\r\n\"]+")
_TABLE_MARKS = re.compile(r"<(?:html|table|!doctype)", re.IGNORECASE)


def letters(content: bytes, name: str) -> str:
    """The text of a table as a text file, without BOM. BadInput where it is binary, a PDF or a page of HTML."""
    bounded(content, name, LARGEST_TABLE)
    if content.startswith(b"%PDF"):
        raise BadInput("not_a_table", f"{name} is a PDF", hint="ask the bank for CSV, xlsx, MT940 or camt.053")
    text = (
        _wide(content) or (_narrow(content) if _is_not_utf8(content) else None) or text_of(content, name, LARGEST_TABLE)
    )
    text = text.lstrip("\ufeff")
    if "\x00" in text[:_SAMPLE]:
        raise BadInput("not_text", f"{name} is binary, no table", hint="save it as CSV or xlsx")
    if _TABLE_MARKS.match(text.lstrip()[:20]):
        raise BadInput("not_a_table", f"{name} is a web page", hint="open it in a spreadsheet, save it as xlsx or CSV")
    return text


def _is_not_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content[:2] not in (b"\xff\xfe", b"\xfe\xff")
    return False


def _wide(content: bytes) -> str | None:
    """UTF-16 without its BOM: every other byte of the digits and separators is zero."""
    sample = content[:2000]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    try:
        return content.decode("utf-16-le" if odd > even else "utf-16-be") if max(even, odd) > len(sample) / 8 else None
    except UnicodeDecodeError:
        return None


def _narrow(content: bytes) -> str | None:
    """Text of a one-byte encoding, or None where the bytes stand in pairs as those of Chinese do."""
    mended = content.decode("utf-8", errors="replace")
    lost = mended.count("\ufffd")
    if lost * 5 <= sum(char > "\x7f" for char in mended[:_SAMPLE]) and lost < len(mended) / 100:
        return mended  # UTF-8 with a damaged letter or two
    known, own = _by_headers(content[:_HEADERS]), _by_bytes(content)
    if known and own not in known:
        return content.decode(known[0], errors="replace")
    return content.decode(own, errors="replace") if own else None


def _by_headers(head: bytes) -> list[str]:
    """The encodings in which most cells with letters beyond ASCII are words that headers have; [] where none is one."""
    head = head[: head.rfind(b"\n") + 1] or head
    found: dict[str, int] = {}
    for code in _CODES:
        try:
            text = head.decode(code)
        except UnicodeDecodeError:
            continue
        cells = {cell.strip() for cell in _CELL.findall(text) if not cell.isascii() and len(cell) <= 60}
        found[code] = sum(headers.simple(cell) in _vocabulary() for cell in cells)
    most = max(found.values(), default=0)
    return [code for code, count in found.items() if count == most > 0]


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    """Every word that a header of any kind of record may be, as `headers.simple` has it."""
    return frozenset(
        headers.simple(word) for table in headers.words().values() for words in table.values() for word in words
    )


def _by_bytes(content: bytes) -> str:
    """A one-byte encoding, or "" where the bytes stand in pairs as those of Chinese do."""
    runs = _HIGH.findall(content[:_SAMPLE]) or _HIGH.findall(content)
    if _japanese(content):
        return "cp932"
    single = sum(len(run) == 1 for run in runs)
    if single * 2 > len(runs):
        return _latin(content[:_SAMPLE])
    leads = [byte for run in runs for byte in run[::2]]
    rare = sum(byte >= _LEVEL_2 for byte in leads)
    if rare * 2 > len(leads) and all(byte >= 0xA8 for run in runs for byte in run):
        return "cp1251"
    return _not_chinese(content)


def _not_chinese(content: bytes) -> str:
    """Text that GB18030 cannot decode: Chinese with a damaged letter, or Latin with accents side by side; else ""."""
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        mended = content[:_SAMPLE].decode("gb18030", errors="replace")
        if mended.count("\ufffd") * 20 <= sum("\u4e00" <= char <= "\u9fff" for char in mended):
            return "gb18030"
        control = any(char < " " and char not in "\t\r\n" for char in mended)
        return "" if control else _latin(content[:_SAMPLE])
    return ""


def _japanese(content: bytes) -> bool:
    """Shift-JIS: some of it is kana, which no other bytes give."""
    wide = [char for char in content[:_SAMPLE].decode("cp932", errors="replace") if char > "\u00ff"]
    return sum("\u3040" <= char <= "\u30ff" for char in wide) * 20 > len(wide) > 0


def _latin(content: bytes) -> str:
    """Which of the one-byte Latin encodings: inside words, signs such as ³ or ¹ are Polish letters of another one."""
    text = content.decode("latin-1")
    if len(re.findall(r"(?<=[a-zA-Z])[\xb1\xb6\xbc\xb5]|[\xb1\xb6\xbc](?=[a-z])", text)) > 0:
        return "iso8859_2"
    if re.search(r"(?<=[a-zA-Z])[\xb3\xb9\xbf\x9c\x9f\xbe]|[\xb3\xb9\xbf\x9c\x9f\xbe](?=[a-z])", text):
        return "cp1250"
    return "cp1250" if {"\xf8", "\xec"} <= set(text) and not {"\xe6", "\xe5"} & set(text) else "cp1252"  # ř and ě
