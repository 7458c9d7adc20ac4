"""Valid bytes -> hostile ones: damage of bytes, of words, of structure, of encodings and of zips; the same dice, the
same file.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

LARGEST = 4 * 2**20  # bytes of a mutated file; larger ones are the affair of a test, not of luck
MOST_UNPACKED = 320 * 2**20  # of all members: a little more than a reader may unpack
_WORDS = re.compile(rb"[A-Za-z0-9_.\x80-\xff-]+|[^A-Za-z0-9_.\x80-\xff-]")
STRANGE = [
    b"", b"0", b"-0", b"-1", b"1e308", b"1e400", b"-1e400", b"NaN", b"Infinity", b"null", b"true", b"[]", b"{}", b'""',
    b"9" * 18, b"9" * 19, b"9" * 40, b"9" * 5000, b"0." + b"0" * 400 + b"1", b"1" + b"0" * 300, b"9223372036854775808",
    b"99999999999999.99", b"0000-00-00", b"9999-12-31", b"10000-01-01", b"1582-10-04", b"2024-02-30", b"2024-13-01",
    b"2024-03-01T24:00:00", b"2024-03-01T12:00:60+99:99", b"6222020200112345679", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"\xe2\x80\xae", b"%s%n", b"=1+1", b"'", b'"', b"\\", b"\r", b"\n", b"\t",
    b"../../x", b"<!--", b"]]>", b"<![CDATA[", b"&lt;", b"&#0;", b"&#x110000;", b"&x;", b"[values.", b"[[", b"'''",
    "万亿元".encode(), "负数".encode(), "零壹贰".encode(), "１２３".encode(), "\u0660\u0661".encode(), "İıſ".encode(),
    "e\u0301".encode() * 50, "😀".encode(), "\u2028".encode(), "\ufdfa".encode() * 30, "二〇二四年".encode(),
]  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "utf-7", "cp1252", "shift-jis")
MARKS = (
    b"<a>", b"[", b"{", b'{"a":', b"(", b"<a/>", b",", b";", b"\n", b'"', b'""', b"/", b":61:", b":20:\n", b"a=", b" ",
    b"|", b"?20", b" + ", b"a.", b"[a]\n", b"=", b"0", b"9", b".", b"x,", b"<a b='", b"-", b"\\",
)  # fmt: skip
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (k, (b"&a%d;" % (k - 1) if k > 1 else b"&a;") * 10) for k in range(1, 9))
    + b"]>"
)
Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutated(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """One to four changes, of a zip mostly inside its members; one file in thirty stays as it is."""
    if dice.random() < 1 / 30:
        return content
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4))):
        packed = content[:2] == b"PK" and dice.random() < 0.8
        content = (dice.choice((*4 * [_zipped], _lying)) if packed else dice.choice(CHANGES))(dice, content, others)
        if len(content) > LARGEST:
            return content[:LARGEST]
    return content


def _place(dice: Random, content: bytes) -> int:
    return dice.randrange(len(content) + 1)


def _bits(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    found = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        if found:
            found[dice.randrange(len(found))] ^= 1 << dice.randrange(8)
    return bytes(found)


def _cut(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    return content[: _place(dice, content)] if dice.random() < 0.7 else content[_place(dice, content) :]


def _without(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    first, last = sorted((_place(dice, content), _place(dice, content)))
    return content[:first] + content[last:]


def _again(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A part of it stands many times."""
    first, last = sorted((_place(dice, content), _place(dice, content)))
    most = LARGEST // max(1, last - first) // 4
    return content[:last] + content[first:last] * min(most, _rare(dice, (1, 2, 10), (100, 1000))) + content[last:]


def _spliced(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A part of another file in the place of a part of this one."""
    other = dice.choice(others)
    first, last = sorted((_place(dice, other), _place(dice, other)))
    at, to = sorted((_place(dice, content), _place(dice, content)))
    return content[:at] + other[first:last] + content[to:]


def _noise(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    at = _place(dice, content)
    return content[:at] + dice.randbytes(dice.randint(1, 16)) + content[at + dice.randint(0, 16) :]


def _nuls(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    at = _place(dice, content)
    return content[:at] + bytes(dice.choice((1, 2, 100, 3_000))) + content[at:]


def _words(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Words exchanged: for strange ones, for words of another file, or with each other."""
    words = _WORDS.findall(content[:200_000])
    if not words:
        return content
    theirs = _WORDS.findall(dice.choice(others)[:200_000]) or [b""]
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(words))
        words[at] = dice.choice((dice.choice(STRANGE), dice.choice(theirs), words[dice.randrange(len(words))]))
    return b"".join(words) + content[200_000:]


def _flood(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Depth, columns, rows, quotation marks: one mark very often."""
    at, mark = _place(dice, content), dice.choice(MARKS)
    times = _rare(dice, (2, 60, 600, 5_000), (50_000, 300_000))
    return content[:at] + (mark * times)[: LARGEST // 2] + content[at:]


def _lines(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Lines exchanged, repeated very often, or joined by other ends."""
    lines = content.split(b"\n")
    way = dice.randrange(4)
    if way == 0:
        dice.shuffle(lines)
    elif way == 1:
        at = dice.randrange(len(lines))
        times = min(_rare(dice, (2, 50, 500), (3_000, 40_000)), LARGEST // 2 // (len(lines[at]) + 1))
        lines[at:at] = [lines[at]] * times
    elif way == 2:
        lines = [line + dice.choice((b",", b"\t", b'"', b"", b"\r")) for line in lines]
    return dice.choice((b"\n", b"\r\n", b"\r", b"\n\n", b"\x00\n", "\u2028".encode())).join(lines)


def _encoded(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Another encoding, in part, or cut in the middle of a letter."""
    text = content.decode(dice.choice(("utf-8", "gb18030", "latin-1")), errors="replace")
    found = text.encode(dice.choice(ENCODINGS), errors="replace")
    return found[: len(found) - dice.randint(0, 3)] if dice.random() < 0.6 else found[:40] + content[40:]


def _headed(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The beginning of another kind of file."""
    heads = (
        BOMB, b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.4\n", b"<html>", b"OFXHEADER:100\n",
        b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b'<?xml version="1.0" encoding="utf-16"?>', b"sep=;\n", b"{", b"[",
        b'<?xml version="1.0" encoding="idna"?>', b"<", b":20:x\n:25:y\n", b"\x1f\x8b\x08",
    )  # fmt: skip
    return dice.choice(heads) + content


def _zipped(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A zip packed anew around changed members; what is no zip becomes a member."""
    members = _members(content)
    name = dice.choice(list(members))
    way = dice.randrange(12)
    if way < 8:
        inner = _zipped if members[name][:2] == b"PK" and dice.random() < 0.8 else dice.choice(CHANGES + SHEET)
        members[name] = inner(dice, members[name], others)
    elif way == 8:
        members[dice.choice((name + "x", "../x", "/", "a/" * 300, name.upper(), "\u202e", "x.xml", "x.ofd"))] = (
            dice.choice(others)
        )
    elif way == 9:
        members[name] = bytes(_rare(dice, (2**16, 2**20), (2**25,))) + members[name]
    elif way == 10:
        members = {f"{k}{name}": members[name] for k in range(_rare(dice, (2, 5, 9), (300, 11_000)))}
    else:
        del members[name]
    usual = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
    return _pack(members, dice.choice((*usual, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA) if len(members) < 50 else usual))


def _members(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {one.filename: archive.read(one)[:LARGEST] for one in archive.infolist()[:500]} or {"a": b""}
    except Exception:  # noqa: BLE001 - damaged by an earlier change, in any way
        return {"a": content[:LARGEST]}


def _pack(members: dict[str, bytes], method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name or "a"), content[: MOST_UNPACKED // len(members)], method, 1)
    return file.getvalue()


def _lying(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A zip that tells another size, another sum or another place of a member than it has."""
    found = bytearray(content)
    heads = [place.start() for place in re.finditer(rb"PK\x01\x02|PK\x03\x04", content)]
    for place in dice.sample(heads, min(len(heads), 3)):
        at = place + dice.choice((8, 10, 14, 16, 18, 20, 22, 24, 28, 42))
        found[at : at + 4] = dice.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x0a\0\0\0", dice.randbytes(4)))
    return bytes(found)


def _rare(dice: Random, usual: Sequence[int], large: Sequence[int]) -> int:
    """Large numbers cost time, and find what they find with few files."""
    return dice.choice(large if dice.random() < 0.08 else usual)


def _corner(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A sheet whose cells stand in other places, far corners among them."""
    place = dice.choice((b"XFD1048576", b"A1048576", b"XFD1", b"A0", b"A", b"1", b"ZZZZZZZ9", b"A99999999999", b"a1"))
    count = dice.choice((1, 3, 0))
    if dice.random() < 0.2:
        return re.sub(rb'<c r="[A-Z]+\d+"', b"<c", content, count=count)
    return re.sub(rb'r="[A-Z]+\d+"', b'r="' + place + b'"', content, count=count)


def _sheet_words(dice: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """What a cell is, and how far a sheet or a list reaches."""
    old, new = dice.choice((
        (rb't="[a-zA-Z]+"', b't="s"'), (rb't="[a-zA-Z]+"', b't="e"'), (rb't="[a-zA-Z]+"', b't="d"'),
        (rb"<v>[^<]*</v>", b"<v>99999999999999999999</v>"), (rb"<v>[^<]*</v>", b"<v>-1</v>"),
        (rb'ref="[^"]*"', b'ref="A1:XFD1048576"'), (rb'(uniqueC|c)ount="\d+"', b'count="4294967295"'),
        (rb'sheetId="\d+"', b'sheetId="0"'), (rb"<si>", b"<si><r>"), (rb's="\d+"', b's="4294967296"'),
        (rb'Target="[^"]*"', b'Target="/xl/workbook.xml"'), (rb'numFmtId="\d+"', b'numFmtId="14"'),
        (rb"<v>[^<]*</v>", b"<v>2958466</v>"), (rb"<v>[^<]*</v>", b"<v>1e300</v>"),
    ))  # fmt: skip
    return re.sub(old, new, content, count=dice.choice((1, 2, 0)))


SHEET: tuple[Change, ...] = (_corner, _sheet_words)
CHANGES: tuple[Change, ...] = (
    _bits, _cut, _without, _again, _spliced, _noise, _nuls, _words, _words, _words, _words, _flood, _flood, _lines,
    _lines, _encoded, _headed, _zipped,
)  # fmt: skip
