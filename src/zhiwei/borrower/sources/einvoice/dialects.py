"""XML of one invoice -> `Invoice`, in the dialects that occur in the field.

1. `EInvoice`: the 数电票 of the tax bureau's platform, also as the marks of an OFD.
2. `FPHM`, `KPRQ`, `HJJE`, ...: initials of pinyin, as tax-control systems before it wrote.
3. `InvoiceNo`, `Buyer/BuyerName`, `TaxInclusiveTotalAmount`, ...: what OFDs of 2020 carry, also as marks.
4. The receipts of air and rail tickets.

A header's `TotalTax-includedAmount` is the total of the invoice; a line's `TotaltaxIncludedAmount` is not.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from zhiwei.borrower.reading import open_xml, text_of
from zhiwei.borrower.reading.files import LARGEST_XML
from zhiwei.borrower.sources.einvoice.fields import SUM, Invoice, Line, clean
from zhiwei.values import BadInput

SIGNATURES = frozenset({"Signature", "Signatures", "XMLSignature", "TaxControlCode"})
RAILWAY = "铁路电子客票"  # these receipts name no seller
_DECLARED = re.compile(r"\A\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(r"""\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BLUE = re.compile(r"被红冲蓝字.{0,12}?号码[:：]?\s*([0-9]{8,20})")
# more than one of these in a file is more than one invoice
_ONCE = ("EInvoice", "EInvoiceData", "FPHM", "InvoiceNo",
         "ElectronicInvoiceAirTransportReceiptNumber", "ElectronicInvoiceRailwayETicketNumber")  # fmt: skip


def document(content: bytes, name: str) -> tuple[Element, list[str]]:
    """Root with plain tags and without signatures, and what was odd. The bytes say their encoding, not the header."""
    text = text_of(content, name, LARGEST_XML)
    opening = _DECLARED.match(text)
    said = _ENCODING.search(opening[0]) if opening else None
    odd = []
    try:
        content.decode(said[1] if said else "utf-8")
    except (UnicodeDecodeError, LookupError):
        odd = ["the encoding is not the one the file declares"]
    # UTF-8 takes three bytes where GB18030 takes two
    root = open_xml(
        (text[opening.end() :] if opening else text.lstrip("\ufeff")).encode(), name, largest=2 * LARGEST_XML
    )
    return stripped(root), odd


def stripped(root: Element) -> Element:
    """Tags without namespaces and prefixes, signatures gone; changes the tree it is given."""
    left = [root]
    while left:
        element = left.pop()
        element.tag = _local(element.tag)
        element[:] = [child for child in element if _local(child.tag) not in SIGNATURES]
        left.extend(element)
    return root


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def invoice(root: Element, place: str, trust: int = 3) -> Invoice | None:
    """The invoice in the document, None where it is no invoice's; BadInput where there is more than one."""
    names = [_capital(element.tag) for element in root.iter()]
    for tag in _ONCE:
        if names.count(tag) > 1:
            raise BadInput(
                "many_invoices", f"{place} holds {names.count(tag)} invoices ({tag} stands {names.count(tag)} times)",
                hint="one invoice per file; many files go into a zip",
            )  # fmt: skip
    known = set(names)
    if "EInvoiceData" in known or "TaxSupervisionInfo" in known:
        found = _modern(root, place)
    elif "ElectronicInvoiceAirTransportReceiptNumber" in known:
        found = _air(root, place)
    elif "ElectronicInvoiceRailwayETicketNumber" in known:
        found = _rail(root, place)
    elif "InvoiceNo" in known:
        found = _of_2020(root, place)
    elif "FPHM" in {name.replace("_", "").upper() for name in known}:
        found = _pinyin(root, place)
    else:
        return None
    found.trust = trust
    return found


def _capital(tag: str) -> str:
    """eInvoice and EInvoice are one name; FP_HM and FPHM too."""
    name = tag[:1].upper() + tag[1:]
    return name.replace("_", "") if name.replace("_", "").isupper() else name


def _texts(root: Element) -> dict[str, str]:
    """Tag -> text of the first element of that name that says something."""
    found: dict[str, str] = {}
    for element in root.iter():
        text = clean(element.text)
        if text:
            found.setdefault(_capital(element.tag), text)
    return found


def _below(root: Element, tag: str) -> Element:
    """The first element of that name, or an empty one."""
    return next((element for element in root.iter() if _capital(element.tag) == tag), Element(tag))


def _said(element: Element, path: str) -> str:
    return clean(element.findtext(path))


def _modern(root: Element, place: str) -> Invoice:
    data, supervision = _below(root, "EInvoiceData"), _below(root, "TaxSupervisionInfo")
    seller, buyer = _below(data, "SellerInformation"), _below(data, "BuyerInformation")
    totals, special = _below(data, "BasicInformation"), _below(data, "SpecificInformation")
    header = _below(root, "Header")
    given, repeated = _said(supervision, "InvoiceNumber"), _said(header, "EIid")
    blue = _said(special, "RedEInvoice/OriginalInvoiceCode")
    remark = _BLUE.search(_said(data, "AdditionalInformation/Remark"))
    found = Invoice(
        place,
        number=given or repeated,
        issued=_said(supervision, "IssueTime") or _said(totals, "RequestTime"),
        seller_no=_said(seller, "SellerIdNum"), seller=_said(seller, "SellerName"),
        buyer_no=_said(buyer, "BuyerIdNum"), buyer=_said(buyer, "BuyerName"),
        amount=_said(totals, "TotalAmWithoutTax"), tax=_said(totals, "TotalTaxAm"),
        total=_said(totals, "TotalTax-includedAmount"), words=_said(totals, "TotalTax-includedAmountInChinese"),
        red="Y" if blue or remark or _said(header, "InherentLabel/InIssuType/LabelCode") == "N" else "",
        red_of=blue or (remark[1] if remark else ""),
        lines=[
            Line(_said(line, "Quantity"), _said(line, "UnPrice"), _said(line, "Amount"), _said(line, "TaxRate"),
                 _said(line, "ComTaxAm"))
            for line in data.iter("IssuItemInformation")
        ],
    )  # fmt: skip
    if given and repeated and given != repeated:
        found.odd.append("EIid differs from InvoiceNumber")
    return found


def _pinyin(root: Element, place: str) -> Invoice:
    """Names of the header are verified in the field; those of lines, KPLX, ZFBZ and HSBZ are from memory, unsure."""
    said = _texts(root)

    def first(*names: str) -> str:
        return next((said[name] for name in names if name in said), "")

    with_tax = first("HSBZ") == "1"  # prices of lines hold the tax: nothing to compare them with
    return Invoice(
        place,
        number=first("FPHM"), code=first("FPDM"), issued=first("KPRQ"),
        seller_no=first("XSFNSRSBH", "XHFNSRSBH"), seller=first("XSFMC", "XHFMC"),
        buyer_no=first("GMFNSRSBH", "GHFNSRSBH"), buyer=first("GMFMC", "GMFNSRMC", "GHFMC"),
        amount=first("HJJE", "HJBHSJE"), tax=first("HJSE"), total=first("JSHJXX", "JSHJ", "KPHJJE"),
        words=first("JSHJDX"),
        red="Y" if first("KPLX") == "1" else "",
        red_of=first("YFPDM") + first("YFPHM"),
        void="Y" if first("ZFBZ").upper() in {"Y", "1"} else "",
        lines=[] if with_tax else list(_pinyin_lines(root)),
    )  # fmt: skip


def _pinyin_lines(root: Element) -> Iterator[Line]:
    for element in root.iter():
        said = {_capital(child.tag): clean(child.text) for child in element}
        if "XMJE" in said:
            yield Line(*(said.get(name, "") for name in ("XMSL", "XMDJ", "XMJE", "SL", "SE")))


def _of_2020(root: Element, place: str) -> Invoice:
    said = _texts(root)
    lines = [
        Line(*(_said(line, name) for name in ("Quantity", "Price", "Amount", "TaxScheme", "TaxAmount")))
        for line in root.iter("GoodsInfo")
    ]
    return Invoice(
        place,
        number=said.get("InvoiceNo", ""), code=said.get("InvoiceCode", ""), issued=said.get("IssueDate", ""),
        seller_no=said.get("SellerTaxID", ""), seller=said.get("SellerName", ""),
        buyer_no=said.get("BuyerTaxID", ""), buyer=said.get("BuyerName", ""),
        amount=said.get("TaxExclusiveTotalAmount", ""), tax=said.get("TaxTotalAmount", ""),
        total=said.get("TaxInclusiveTotalAmount", ""), lines=lines,
    )  # fmt: skip


def _air(root: Element, place: str) -> Invoice:
    """Taxed are fare and fuel; the aviation fund and other levies are part of the total only."""
    said = _texts(root)
    return Invoice(
        place,
        number=said.get("ElectronicInvoiceAirTransportReceiptNumber", ""), issued=said.get("IssueDate", ""),
        seller=said.get("NameOfSeller", "") or said.get("IssueParty", ""),
        buyer_no=said.get("UnifiedSocialCreditCodeOfPurchaser", ""), buyer=said.get("NameOfPurchaser", ""),
        amount=SUM.join(said[name] for name in ("Fare", "FuelSurcharge") if name in said),
        tax=said.get("VatTaxAmount", ""), total=said.get("TotalAmount", ""),
        other=SUM.join(said[name] for name in ("CivilAviationDevelopmentFund", "OtherTaxes") if name in said),
    )  # fmt: skip


def _rail(root: Element, place: str) -> Invoice:
    said = _texts(root)
    return Invoice(
        place,
        number=said.get("ElectronicInvoiceRailwayETicketNumber", ""), issued=said.get("DateOfIssue", ""),
        seller_no=said.get("IssuePartyCode", ""), seller=said.get("IssueParty", "") or RAILWAY,
        buyer_no=said.get("UnifiedSocialCreditCodeOfPurchaser", ""), buyer=said.get("NameOfPurchaser", ""),
        amount=said.get("TotalAmountExcludingTax", ""), tax=said.get("TaxAmount", ""), total=said.get("Fare", ""),
        red_of=said.get("NumberOfOriginalInvoice", ""),
    )  # fmt: skip
