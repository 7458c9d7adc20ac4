"""Many files as one delivery: repeats, contradictions, and files that are not invoices."""

import zipfile
from io import BytesIO

import pytest

from zhiwei.borrower.reading import MOST_PROBLEMS, Parsed
from zhiwei.borrower.sources.einvoice import read, read_many
from zhiwei.values import BadInput

from .conftest import BUYER, ITSELF, NUMBER, PLACED, SELLER, body, einvoice, ofd, packed

OTHER = "26537912570200055450"


def parsed(content: bytes) -> Parsed:
    return read(content, "all.zip", "p1", SELLER)


def second(**said: str) -> bytes:
    return einvoice(**({"number": OTHER, "eiid": OTHER} | said))


def test_a_zip_and_a_list_are_the_same() -> None:
    members = {"2026/a.xml": einvoice(), "2026/b.xml": second(), "c.ofd": ofd(page=PLACED)}
    listed = read_many(members.items(), "p1", SELLER)
    zipped = parsed(packed(members))
    assert zipped.tables["invoices"].equals(listed.tables["invoices"])
    assert (zipped.problems, zipped.warnings) == ([], listed.warnings)
    rows = [(one["invoice_no"], one["occurrence"]) for one in zipped.tables["invoices"].to_pylist()]
    assert rows == [(NUMBER, 1), (OTHER, 1), (NUMBER, 2)]


def test_a_file_of_two_costs_itself() -> None:
    """More than one invoice in a file is refused as a whole: none of them is taken."""
    found = parsed(
        packed({"a.xml": einvoice(), "b.xml": f"<all>{body()}{body()}</all>", "c.xml": "<html/>", "d.xml": "no"})
    )
    assert found.rows() == 1
    assert [(one.place, one.problem.split(":")[0]) for one in found.problems] == [
        ("b.xml", "many_invoices"),
        ("c.xml", "no_invoice"),
        ("d.xml", "not_xml"),
    ]


def test_a_number_with_two_contents() -> None:
    """The more trustworthy file counts, wherever it stands; the other one is a problem and no second row."""
    found = parsed(packed({"a.ofd": ofd(itself=ITSELF | {"合计税额": "251.80"}), "b.xml": einvoice()}))
    assert [one["tax"] for one in found.tables["invoices"].to_pylist()] == [25_183]
    (one,) = found.problems
    assert (one.place, one.column, one.value) == ("a.ofd", "tax", "25180")
    assert "b.xml" in one.problem


def test_other_files_are_counted() -> None:
    members = {"a.xml": einvoice(), "a.pdf": b"%PDF", "__MACOSX/a.xml": b"x", ".DS_Store": b"x"}
    found = parsed(packed(members))
    assert (found.rows(), found.problems) == (1, [])
    assert dict(found.warnings) == {"a file that is neither XML nor OFD: not read": 1}


def test_warnings_are_counted() -> None:
    found = parsed(packed({"a.xml": einvoice(words="壹圆整"), "b.xml": second(words="壹圆整")}))
    assert dict(found.warnings) == {"the amount in words differs from total": 2}


def test_warnings_of_rows_that_are_left_out_do_not_count() -> None:
    found = read(einvoice(words="壹圆整"), "a.xml", "p1", "91110000600037341L")
    assert (found.rows(), dict(found.warnings), len(found.problems)) == (0, {}, 1)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "no_invoice"),
        ({"a.pdf": b"x"}, "no_invoice"),
        ({"a.xml": b"<html/>"}, "no_invoice"),
        ({f"{k}.xml": b"<html/>" for k in range(MOST_PROBLEMS + 1)}, "too_many_problems"),
    ],
)
def test_nothing_usable(members: dict[str, bytes | str], code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_many(((name, bytes(content)) for name, content in members.items()), "p1", SELLER)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_member_that_stands_twice() -> None:
    """A dictionary of members would drop one silently."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.xml", einvoice())
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.xml", second())
    with pytest.raises(BadInput) as caught:
        parsed(file.getvalue())
    assert caught.value.code == "repeated_member"


def test_both_sides() -> None:
    members = packed({"a.xml": einvoice(), "b.xml": second(buyer_no=SELLER, buyer="x", seller_no=BUYER)})
    assert parsed(members).tables["invoices"]["direction"].to_pylist() == ["sale", "purchase"]


def test_a_thousand_files() -> None:
    members = {f"{k}.xml": einvoice(number=f"26537{k:015d}", eiid=f"26537{k:015d}") for k in range(1000)}
    found = parsed(packed(members))
    assert (found.rows(), found.problems, dict(found.warnings)) == (1000, [], {})
