"""An OFD (GB/T 33190) of an invoice -> `Invoice`.

An OFD is a zip of XML. In order of trust it may hold: an attached XML of the invoice; marks (CustomTag) that point at
text on the page; the text of the page itself; and words about itself (DocInfo/CustomDatas), whose 合计金额 is the
amount before tax. What a better place leaves out is taken from the next one; where two disagree, that is counted.
"""

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields
from xml.etree.ElementTree import Element

from zhiwei.borrower.reading import open_zip
from zhiwei.borrower.sources.einvoice.dialects import document, invoice
from zhiwei.borrower.sources.einvoice.fields import STARS, Invoice, clean, digits, money, narrow
from zhiwei.borrower.sources.einvoice.page import Piece, invoice_on_page, pieces
from zhiwei.values import BadInput

LARGEST_OFD = 32 * 2**20  # bytes, unpacked
MOST_PAGES = 50
MARKS = "customtag.xml"
LINES = frozenset({"IssuItemInformation", "GoodsInfos", "GoodsInfo"})
OF_ITSELF = {
    "发票号码": "number", "发票代码": "code", "开票日期": "issued", "合计金额": "amount", "合计税额": "tax",
    "价税合计": "total", "销售方纳税人识别号": "seller_no", "购买方纳税人识别号": "buyer_no",
    "销售方名称": "seller", "购买方名称": "buyer",
}  # fmt: skip
"""Names of CustomData -> fields. 合计金额 is before tax."""


def unpacked_size(content: bytes, name: str) -> int:
    """Bytes that a zip says it unpacks to. Python's reader gives no member more than its directory says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        raise BadInput("not_a_zip", f"{name} cannot be unpacked: {error}") from error
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        raise BadInput("repeated_member", f"{name} holds {twice[:100]!r} twice: which one counts is not known")
    return sum(member.file_size for member in members)


def members_of(content: bytes, name: str) -> Mapping[str, bytes]:
    """As open_zip, also where the packed bytes themselves are damaged."""
    try:
        return open_zip(content, name)
    except (zlib.error, lzma.LZMAError, struct.error, OverflowError, IndexError) as error:
        raise BadInput("not_a_zip", f"{name} cannot be unpacked: {error}") from error


def read_ofd(content: bytes, name: str) -> Invoice:
    """BadInput where it is no OFD, holds no invoice or more than one."""
    _within(unpacked_size(content, name), name)
    return invoice_of(members_of(content, name), name)


def _within(size: int, name: str) -> None:
    if size > LARGEST_OFD:
        raise BadInput("zip_too_large", f"{name} unpacks to {size:,} bytes, at most {LARGEST_OFD:,} for an OFD")


def is_ofd(members: Mapping[str, bytes]) -> bool:
    """Is OFD.xml at its root?"""
    return any(name.lower() == "ofd.xml" for name in members)


def invoice_of(members: Mapping[str, bytes], name: str) -> Invoice:
    """The invoice in the members of an OFD."""
    if not is_ofd(members):
        raise BadInput("not_an_ofd", f"{name} is a zip without OFD.xml", hint="zips within zips are not opened")
    _within(sum(map(len, members.values())), name)
    odd: list[str] = []
    trees = {path: tree for path in members if (tree := _tree(members, path, name, odd)) is not None}
    found = _attached(trees, name)
    texts = _pages(trees)
    for tags in (path for path in trees if posixpath.basename(path).lower() == MARKS):
        marked = invoice(_resolved(trees[tags], texts), name, trust=2)
        found += [marked] if marked else []
    on_page = invoice_on_page(texts, name)
    found += [on_page] if on_page else []
    found += _of_itself(trees, name)
    if not found:
        raise BadInput(
            "no_invoice", f"{name} is an OFD without an invoice's data or text", hint="deliver the XML of the invoice"
        )
    return _merged(found, odd)


def _tree(members: Mapping[str, bytes], path: str, name: str, odd: list[str]) -> Element | None:
    """Signatures and resources are not looked at; a broken part costs itself, not the file, but for OFD.xml."""
    low = path.lower()
    if not low.endswith(".xml") or low.startswith("signs/") or "/signs/" in low:
        return None
    try:
        return document(members[path], f"{name}/{path}")[0]
    except BadInput as error:
        if error.code == "unsafe_xml" or low == "ofd.xml":
            raise
        odd.append("a part of the OFD cannot be read")
        return None


def _attached(trees: Mapping[str, Element], name: str) -> list[Invoice]:
    """XML among the attachments, or anywhere else where its root is an invoice's own."""
    inside = {
        path: tree
        for path, tree in trees.items()
        if "attach" in posixpath.dirname(path).lower()
        or (tree.tag.lower() == "einvoice" and posixpath.basename(path).lower() != MARKS)
    }
    found = [one for path in sorted(inside) if (one := invoice(inside[path], f"{name}/{path}"))]
    if len({digits(one.number) for one in found}) > 1:
        raise BadInput("many_invoices", f"{name} has {len(found)} invoices attached", hint="one invoice per file")
    for one in found:
        one.place = name
    return found


def _pages(trees: Mapping[str, Element]) -> list[Piece]:
    """Text of the pages and of the templates under them."""
    content = [path for path in sorted(trees) if posixpath.basename(path).lower() == "content.xml"]
    return [piece for path in content[:MOST_PAGES] for piece in pieces(trees[path])]


def _resolved(tags: Element, texts: list[Piece]) -> Element:
    """Marks with the text they point at in the place of the pointers, each container once."""
    by_id: dict[str, str] = {}
    for piece in texts:
        by_id[piece.id] = by_id.get(piece.id, "") + piece.text
    for element in list(tags.iter()):
        pointers = [child for child in element if child.tag == "ObjectRef"]
        if pointers:
            element.text = "".join(by_id.get(clean(pointer.text), "") for pointer in pointers)
            element[:] = [child for child in element if child.tag != "ObjectRef"]
    for element in list(tags.iter()):
        inner = element.find("ObjectData")
        if inner is not None:
            element.text = element.text if clean(element.text) else inner.text
            element.remove(inner)
    return _folded(tags)


def _folded(tags: Element) -> Element:
    """Some systems write the whole path anew for every mark: one element per path and text.

    Lines are left out: their narrow columns run into one another on the page.
    """
    root = Element(tags.tag)
    left = [(tags, root)]
    while left:
        old, new = left.pop()
        for child in old:
            if child.tag in LINES:
                continue
            text = clean(child.text)
            same = next((one for one in new if one.tag == child.tag and (len(child) or one.text == text)), None)
            if same is None:
                same = Element(child.tag)
                same.text = text
                new.append(same)
            left.append((child, same))
    return root


def _of_itself(trees: Mapping[str, Element], name: str) -> list[Invoice]:
    found = Invoice(name, trust=0)
    root = next((tree for path, tree in trees.items() if path.lower() == "ofd.xml"), None)
    for data in root.iter("CustomData") if root is not None else ():
        field = OF_ITSELF.get(data.get("Name", ""))
        if field and clean(data.text):
            setattr(found, field, clean(data.text))
    return [found] if found.number else []


def _merged(found: list[Invoice], odd: list[str]) -> Invoice:
    """The best source, its gaps filled from the others of the same number."""
    best, *rest = sorted(found, key=lambda one: -one.trust)
    best.odd += odd
    names = [one.name for one in fields(Invoice) if one.name not in ("place", "trust", "lines", "odd")]
    for other in rest:
        if best.number and other.number and digits(best.number) != digits(other.number):
            best.odd.append("the parts of the OFD name different numbers")
            continue
        for name in names:
            mine, theirs = getattr(best, name), getattr(other, name)
            if narrow(mine) in ("", "¥"):
                setattr(best, name, theirs)
            elif name in ("amount", "tax", "total") and _differ(mine, theirs):
                best.odd.append(f"the parts of the OFD name different values of {name}")
        best.lines = best.lines or other.lines
    return best


def _differ(mine: str, theirs: str) -> bool:
    if narrow(theirs) in STARS | {"¥"}:
        return False
    try:
        return money(mine) != money(theirs)
    except ValueError:
        return False
