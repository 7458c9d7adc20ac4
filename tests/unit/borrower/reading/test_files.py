"""Bytes of an outsider are opened within bounds: as text, as XML, as the members of a zip, or refused in words."""

import contextlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.reading import files as bounds
from zhiwei.borrower.reading import open_xml, open_zip, text_of
from zhiwei.values import BadInput


def zipped(*members: tuple[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return into.getvalue()


def code_of(call, *args) -> str:
    with pytest.raises(BadInput) as refused:
        call(*args)
    return refused.value.code


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_text_in_the_codes_of_the_field(code: str) -> None:
    assert text_of("余额,1,280.00\n往来".encode(code), "a.csv") == "余额,1,280.00\n往来"


@pytest.mark.parametrize("content", [b"\xff\xff\x00\x01", b"a\x00b", b"\x81"])
def test_what_is_no_text(content: bytes) -> None:
    assert code_of(text_of, content, "a.csv") == "not_text"


def test_nothing_and_too_much() -> None:
    assert code_of(text_of, b" \n", "a") == "empty_file"
    assert code_of(text_of, b"x" * 11, "a", 10) == "file_too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<a", "not_xml"), (b"text", "not_xml"),
        (b'<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>', "unsafe_xml"),
        (b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "unsafe_xml"),
        (b"<a>" + b"<b/>" * (bounds.MOST_ELEMENTS + 1) + b"</a>", "xml_too_large"),
        (b"<a>" + b" " * bounds.LARGEST_XML + b"</a>", "file_too_large"),
        (b'<?xml version="1.0" encoding="no-such-code"?><a/>', "not_xml"),
    ],
)  # fmt: skip
def test_xml_that_is_refused(content: bytes, code: str) -> None:
    assert code_of(open_xml, content, "a.xml") == code


def test_a_zip_is_its_members() -> None:
    assert dict(open_zip(zipped(("a.xml", b"<a/>"), ("in/b.xml", b"<b/>")), "a.zip")) == {
        "a.xml": b"<a/>", "in/b.xml": b"<b/>",
    }  # fmt: skip


def test_a_zip_that_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LARGEST_UNPACKED", 10_000)
    assert code_of(open_zip, zipped(("a", b"0" * 6_000), ("b", b"0" * 6_000)), "a.zip") == "zip_too_large"


def test_a_zip_whose_directory_hides_most_of_a_member() -> None:
    """The size and the sum of its first ten bytes: whoever believes them sees ten, another reader sees all of it."""
    content = b"0123456789" * 1_000
    packed = bytearray(zipped(("a", content)))
    for head, at in ((b"PK\x01\x02", 16), (b"PK\x03\x04", 14)):
        place = packed.index(head) + at
        packed[place : place + 4] = struct.pack("<I", zlib.crc32(content[:10]))
        packed[place + 8 : place + 12] = struct.pack("<I", 10)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("a") == content[:10]
    assert code_of(open_zip, bytes(packed), "a.zip") == "not_a_zip"


def test_a_member_packed_by_lzma_does_not_say_how_much_memory_it_takes() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"1" * 1_000)
    packed = bytearray(file.getvalue())
    properties = packed.index(b"\x05\x00", 30)  # their length, then a byte and the size of the dictionary
    packed[properties + 3 : properties + 7] = b"\xff\xff\xff\xff"
    assert code_of(open_zip, bytes(packed), "a.zip") == "not_a_zip"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name() -> None:
    assert code_of(open_zip, zipped(("a", b"1"), ("a", b"2")), "a.zip") == "zip_ambiguous"


@given(st.binary(max_size=200))
def test_any_bytes_are_opened_or_refused(content: bytes) -> None:
    for call in (text_of, open_xml, open_zip):
        with contextlib.suppress(BadInput):
            call(content, "a")


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_zip_is_refused_or_read(place: int, damage: bytes) -> None:
    whole = zipped(("a.xml", b"<a/>" * 40), ("b.xml", b"<b/>"))
    broken = whole[:place] + damage + whole[place + len(damage) :]
    with contextlib.suppress(BadInput):
        open_zip(broken, "a.zip")
