"""OFDs of invoices: four places that say something, in order of trust."""

from datetime import date
from typing import Any

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.sources.einvoice import read
from zhiwei.values import BadInput

from .conftest import BUYER, ITSELF, NUMBER, PLACED, SELLER, TAGS, einvoice, nested, ofd, packed

ROW = {
    "party_id": "p1",
    "direction": "purchase",
    "invoice_no": NUMBER,
    "issue_date": date(2026, 3, 18),
    "counterparty": SELLER,
    "amount": 419_717,
    "tax": 25_183,
    "total": 444_900,
    "status": "valid",
    "occurrence": 1,
}


def parsed(content: bytes) -> Parsed:
    return read(content, "a.ofd", "p1", BUYER)


def row(content: bytes) -> dict[str, Any]:
    found = parsed(content)
    assert found.problems == []
    (one,) = found.tables["invoices"].to_pylist()
    return dict(one)


def test_attached() -> None:
    """The attached XML says everything, broken signatures do not matter."""
    content = ofd(attached=einvoice(), tags=TAGS, page=PLACED, itself=ITSELF)
    assert row(content) == ROW
    assert dict(parsed(content).warnings) == {}


def test_marks() -> None:
    """Marks point at the page; the total is only a ¥ there, so the page's own number counts."""
    content = ofd(tags=TAGS, page=PLACED, itself=ITSELF)
    assert row(content) == ROW
    assert dict(parsed(content).warnings) == {}


def test_marks_that_point_at_the_sign_alone() -> None:
    """Without the line of the total, amount + tax counts, because the words say the same."""
    page = {key: piece for key, piece in PLACED.items() if key not in ("42", "44")}
    content = ofd(tags=TAGS, page=page)
    assert row(content) == ROW
    assert dict(parsed(content).warnings) == {"the total is missing: taken as amount + tax, as the words say": 1}


def test_marks_of_2020_with_two_pointers() -> None:
    """The sign and the number are two text objects; both are pointed at."""
    paths = {
        "InvoiceNo": "11",
        "IssueDate": "13",
        "Buyer/BuyerTaxID": "25",
        "Seller/SellerTaxID": "27",
        "TaxExclusiveTotalAmount": "32",
        "TaxTotalAmount": "34",
        "TaxInclusiveTotalAmount": "43",
    }
    pointer = '<ofd:ObjectRef PageRef="1">{}</ofd:ObjectRef>'
    marks = "".join(
        nested(path, pointer.format(ref) + (pointer.format("44") if ref == "43" else "")) for path, ref in paths.items()
    )
    page = ofd(
        page={key: (text, 0, 0) for key, (text, _, _) in PLACED.items()}
    )  # all in one heap: the page says nothing
    assert row(with_tags(page, marks)) == ROW


def test_marks_with_object_data() -> None:
    marks = "".join(nested(path + "/ObjectData", f"<ofd:ObjectRef>{ref}</ofd:ObjectRef>") for path, ref in TAGS.items())
    assert row(with_tags(ofd(page=PLACED), marks)) == ROW


def with_tags(content: bytes, marks: str) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    members["Doc_0/Tags/CustomTag.xml"] = f'<ofd:root xmlns:ofd="http://www.ofdspec.org/2016">{marks}</ofd:root>'
    return packed(members)


def test_attached_in_another_folder() -> None:
    content = packed({"OFD.xml": "<OFD/>", "Doc_0/original.xml": einvoice()})
    assert row(content) == ROW


def test_page_alone() -> None:
    assert row(ofd(page=PLACED)) == ROW
    assert dict(parsed(ofd(page=PLACED)).warnings) == {}


def test_words_about_itself_alone() -> None:
    """合计金额 is before tax: the total is that and the tax, and is said to be so."""
    found = parsed(ofd(itself=ITSELF))
    assert found.tables["invoices"].to_pylist() == [ROW]
    assert dict(found.warnings) == {"the total is missing: taken as amount + tax, nothing else says it": 1}


def test_places_that_disagree() -> None:
    content = ofd(attached=einvoice(), itself=ITSELF | {"合计金额": "4449.00"})
    assert row(content) == ROW
    assert dict(parsed(content).warnings) == {"the parts of the OFD name different values of amount": 1}
    other = ofd(attached=einvoice(), itself=ITSELF | {"发票号码": "26537912570200055440"})
    assert row(other) == ROW
    assert dict(parsed(other).warnings) == {"the parts of the OFD name different numbers": 1}


def test_a_broken_part_costs_itself() -> None:
    content = ofd(attached=b"<broken", page=PLACED)
    assert row(content) == ROW
    assert dict(parsed(content).warnings) == {"a part of the OFD cannot be read": 1}


def test_a_page_that_does_not_say_who_is_who() -> None:
    """One tax number of two: whose it is cannot be said, so the side cannot either."""
    page = {key: piece for key, piece in PLACED.items() if key not in ("26", "27")}
    found = parsed(ofd(page=page))
    assert found.rows() == 0
    assert [(one.column, one.place) for one in found.problems] == [("direction", "a.ofd")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ofd(), "no_invoice"),
        (ofd(attached=b"<other/>"), "no_invoice"),
        (ofd(attached=einvoice())[:200], "not_a_zip"),
        (packed({"OFD.xml": "<broken"}), "not_xml"),
        (
            packed(
                {
                    "OFD.xml": "<OFD/>",
                    "Doc_0/Attachs/a.xml": einvoice(),
                    "Doc_0/Attachs/b.xml": einvoice(number="26537912570200055440"),
                }
            ),
            "many_invoices",
        ),
        (packed({"OFD.xml": '<!DOCTYPE x [<!ENTITY a "b">]><OFD/>'}), "unsafe_xml"),
        (packed({"OFD.xml": "<OFD/>", "Doc_0/Res/x.bin": b"\0" * (33 * 2**20)}), "zip_too_large"),
    ],
)
def test_no_invoice(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parsed(content)
    assert caught.value.code == code


@pytest.mark.parametrize("boundary", ["", "nan nan 1 1", "inf 0", "a b c d", "1e400 1 1 1", "5"])
def test_places_that_are_no_places(boundary: str) -> None:
    """Odd coordinates spoil the page's lines at most; here the marks do not need them."""
    texts = "".join(
        f'<TextObject ID="{key}" Boundary="{boundary}"><TextCode>{text}</TextCode></TextObject>'
        for key, (text, _, _) in PLACED.items()
    )
    marks = "".join(nested(path, f"<ofd:ObjectRef>{ref}</ofd:ObjectRef>") for path, ref in TAGS.items())
    content = with_tags(packed({"OFD.xml": "<OFD/>", "Doc_0/Pages/Page_0/Content.xml": f"<Page>{texts}</Page>"}), marks)
    assert row(content) == ROW
