"""What an attacker or a broken disk sends: refused or read, and nothing else."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.files import LARGEST, LARGEST_XML, MOST_ELEMENTS
from zhiwei.borrower.records import INVOICES
from zhiwei.borrower.sources.einvoice import read
from zhiwei.values import BadInput

from .conftest import ITSELF, PLACED, SELLER, TAGS, body, einvoice, ofd, packed

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{k} "{f"&a{k - 1 if k > 1 else str()};" * 10}">' for k in range(1, 9))
    + "]><EInvoice>&a8;</EInvoice>"
).encode()
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/hostname">]><EInvoice>&x;</EInvoice>'


def code(content: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read(content, "a", "p1", SELLER)
    return caught.value.code


def test_entities() -> None:
    assert code(BOMB) == code(OUTSIDE) == "unsafe_xml"
    assert code(BOMB.decode().encode("utf-16")) == "unsafe_xml"


def test_large_bodies() -> None:
    """Over 10 MB, and few bytes with very many elements; a large remark within the bound is read."""
    remark = "长" * (LARGEST_XML // 3)
    assert code(einvoice(remark=remark)) == "file_too_large"
    assert code(b"x" * (LARGEST + 1)) == "file_too_large"
    assert code(b"<EInvoice>" + b"<a/>" * MOST_ELEMENTS + b"</EInvoice>") == "xml_too_large"
    assert read(einvoice(remark="长" * 1_000_000), "a", "p1", SELLER).rows() == 1


def test_deep_nesting() -> None:
    depth = MOST_ELEMENTS - 1000
    assert code(b"<a>" * depth + b"</a>" * depth) in ("no_invoice", "not_xml")


def test_zip_bombs() -> None:
    """300 MB of zeros in a zip, and many OFDs that unpack to too much together."""
    many = packed({f"{k}.xml": b"\0" * 2**20 for k in range(260)})
    assert len(many) < 2**20
    assert code(many) == "zip_too_large"
    heavy = packed({"OFD.xml": "<OFD/>", "x.bin": b"\0" * (31 * 2**20)})
    assert code(packed({f"{k}.ofd": heavy for k in range(9)})) == "zip_too_large"


def test_a_zip_in_a_zip_in_a_zip() -> None:
    inner = packed({"a.xml": einvoice()})
    assert code(packed({"a.ofd": inner})) == "no_invoice"


def test_a_locked_zip() -> None:
    content = bytearray(packed({"a.xml": einvoice()}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    assert code(bytes(content)) == "zip_locked"


def test_long_values_are_cut_in_problems() -> None:
    found = read(einvoice(issued="9" * 100_000, buyer_no="", buyer="长" * 100_000), "a", "p1", SELLER)
    assert {one.column for one in found.problems} == {"issue_date", "counterparty"}
    assert all(len(one.value) <= 200 and len(one.problem) <= 300 for one in found.problems)


VALID = [
    einvoice(),
    ("<?xml version='1.0' encoding='GBK'?>" + body()).encode("gbk"),
    ofd(attached=einvoice()),
    ofd(tags=TAGS, page=PLACED, itself=ITSELF),
    packed({"a.xml": einvoice(), "b.ofd": ofd(page=PLACED)}),
]


def read_or_refused(content: bytes) -> None:
    with contextlib.suppress(BadInput):
        found = read(content, "a", "p1", SELLER)
        assert isinstance(found, Parsed)
        assert found.tables["invoices"].schema == INVOICES
        for name in (
            "party_id",
            "direction",
            "invoice_no",
            "issue_date",
            "counterparty",
            "amount",
            "tax",
            "total",
            "status",
        ):
            assert found.tables["invoices"][name].null_count == 0


@given(st.binary(max_size=300))
def test_random_bytes(content: bytes) -> None:
    read_or_refused(content)


@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    st.integers(0, 40),
)
@settings(max_examples=300, deadline=None)
def test_random_damage(valid: bytes, hits: list[tuple[int, int]], cut: int) -> None:
    """Bytes changed anywhere, some bytes gone from the middle."""
    damaged = bytearray(valid)
    for place, value in hits:
        damaged[place % len(damaged)] = value
    middle = hits[0][0] % len(damaged) if hits else 0
    del damaged[middle : middle + cut]
    read_or_refused(bytes(damaged))


WORDS = st.text("0123456789.-¥*年月日%（负数）壹贰圆元整 \ud7ffA<&", max_size=25).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)


@given(
    st.dictionaries(
        st.sampled_from(
            sorted(
                [
                    "number",
                    "issued",
                    "seller_no",
                    "buyer_no",
                    "buyer",
                    "amount",
                    "tax",
                    "total",
                    "words",
                    "blue",
                    "red_of",
                    "remark",
                ]
            )
        ),
        WORDS,
    ),
    st.lists(st.dictionaries(st.sampled_from(["quantity", "price", "amount", "rate", "tax"]), WORDS), max_size=3),
)
@settings(deadline=None)
def test_any_words_in_any_field(said: dict[str, str], lines: list[dict[str, str]]) -> None:
    """A field may say anything: then there is one row or a problem."""
    found = read(einvoice(lines, **said), "a", "p1", SELLER)
    assert (found.rows() == 1) is (not found.problems)


def test_damaged_directory() -> None:
    """A directory that claims a size other than the member's."""
    file = io.BytesIO(packed({"a.xml": einvoice()}))
    content = bytearray(file.getvalue())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert archive.infolist()[0].file_size == 10
    assert code(bytes(content)) == "not_a_zip"
