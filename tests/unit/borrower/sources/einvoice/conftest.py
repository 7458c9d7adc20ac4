"""Invoices made word by word: a 数电票 XML with anything replaced, and OFDs around it."""

import io
import zipfile
from collections.abc import Mapping

SELLER, BUYER = "9153000077859986X2", "91110108551385082Q"
NUMBER = "26537912570200055449"
LINE = {"quantity": "1", "price": "4197.16981132075", "amount": "4197.17", "rate": "0.06", "tax": "251.83"}
SAID = {
    "number": NUMBER, "eiid": NUMBER, "issued": "2026-03-18 16:05:42", "seller_no": SELLER,
    "seller": "云南示例有限公司",
    "buyer_no": BUYER, "buyer": "北京示例（集团）有限公司", "amount": "4197.17", "tax": "251.83", "total": "4449.00",
    "words": "肆仟肆佰肆拾玖圆整", "blue": "Y", "red_of": "", "remark": "",
}  # fmt: skip


def line_xml(line: Mapping[str, str]) -> str:
    said = LINE | line
    return (
        f"<IssuItemInformation><ItemName>*餐饮服务*餐费</ItemName><Quantity>{said['quantity']}</Quantity>"
        f"<UnPrice>{said['price']}</UnPrice><Amount>{said['amount']}</Amount><TaxRate>{said['rate']}</TaxRate>"
        f"<ComTaxAm>{said['tax']}</ComTaxAm><TotaltaxIncludedAmount>1.00</TotaltaxIncludedAmount></IssuItemInformation>"
    )


def body(lines: list[dict[str, str]] | None = None, **said: str) -> str:
    """<EInvoice>...</EInvoice> without a declaration; `lines` [] is none, None is the usual one."""
    it = SAID | said
    goods = "".join(map(line_xml, [{}] if lines is None else lines))
    red = (
        f"<RedEInvoice><OriginalInvoiceCode>{it['red_of']}</OriginalInvoiceCode></RedEInvoice>" if it["red_of"] else ""
    )
    return (
        f"<EInvoice><Header><EIid>{it['eiid']}</EIid><InherentLabel><InIssuType><LabelCode>{it['blue']}</LabelCode>"
        "</InIssuType><GeneralOrSpecialVAT><LabelName>普通发票</LabelName></GeneralOrSpecialVAT></InherentLabel></Header>"
        f"<EInvoiceData><SellerInformation><SellerIdNum>{it['seller_no']}</SellerIdNum><SellerName>{it['seller']}"
        f"</SellerName></SellerInformation><BuyerInformation><BuyerIdNum>{it['buyer_no']}</BuyerIdNum><BuyerName>"
        f"{it['buyer']}</BuyerName></BuyerInformation><BasicInformation><TotalAmWithoutTax>{it['amount']}"
        f"</TotalAmWithoutTax><TotalTaxAm>{it['tax']}</TotalTaxAm><TotalTax-includedAmount>{it['total']}"
        f"</TotalTax-includedAmount><TotalTax-includedAmountInChinese>{it['words']}</TotalTax-includedAmountInChinese>"
        f"</BasicInformation>{goods}<SpecificInformation>{red}</SpecificInformation><AdditionalInformation><Remark>"
        f"{it['remark']}</Remark></AdditionalInformation></EInvoiceData><TaxSupervisionInfo><InvoiceNumber>"
        f"{it['number']}</InvoiceNumber><IssueTime>{it['issued']}</IssueTime></TaxSupervisionInfo></EInvoice>"
    )


def einvoice(lines: list[dict[str, str]] | None = None, **said: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>' + body(lines, **said)).encode()


def packed(members: Mapping[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


OFD = "http://www.ofdspec.org/2016"
PLACED = {  # id -> text, x, y: a page as the forms draw it, labels in the template and values apart
    "10": ("发票号码：", 150, 10), "11": (NUMBER, 170, 10.5),
    "12": ("开票日期：", 150, 16), "13": ("2026年03月18日", 170, 16),
    "20": ("名称：", 10, 30), "21": ("北京示例（集团）有限公司", 30, 30), "22": ("名称：", 110, 30),
    "23": ("云南示例有限公司", 130, 30), "24": ("统一社会信用代码/纳税人识别号：", 10, 38), "25": (BUYER, 60, 38),
    "26": ("统一社会信用代码/纳税人识别号：", 110, 38), "27": (SELLER, 160, 38.4),
    "30": ("合 计", 10, 90), "31": ("¥", 100, 90), "32": ("4197.17", 104, 90),
    "33": ("¥", 150, 90), "34": ("251.83", 154, 90),
    "40": ("价税合计（大写）", 10, 98), "41": ("肆仟肆佰肆拾玖圆整", 50, 98), "42": ("（小写）", 120, 98),
    "43": ("¥", 140, 98), "44": ("4449.00", 144, 98),
}  # fmt: skip
ITSELF = {"发票号码": NUMBER, "合计金额": "4197.17", "合计税额": "251.83", "开票日期": "2026年03月18日",
          "销售方纳税人识别号": SELLER, "购买方纳税人识别号": BUYER}  # fmt: skip
TAGS = {
    "TaxSupervisionInfo/InvoiceNumber": "11", "TaxSupervisionInfo/IssueTime": "13",
    "EInvoiceData/SellerInformation/SellerName": "23", "EInvoiceData/SellerInformation/SellerIdNum": "27",
    "EInvoiceData/BuyerInformation/BuyerName": "21", "EInvoiceData/BuyerInformation/BuyerIdNum": "25",
    "EInvoiceData/BasicInformation/TotalAmWithoutTax": "32", "EInvoiceData/BasicInformation/TotalTaxAm": "34",
    "EInvoiceData/BasicInformation/TotalTax-includedAmount": "43",  # only the ¥, as most systems mark it
    "EInvoiceData/BasicInformation/TotalTax-includedAmountInChinese": "41",
}  # fmt: skip


def nested(path: str, inside: str) -> str:
    names = path.split("/")
    return "".join(f"<ofd:{name}>" for name in names) + inside + "".join(f"</ofd:{name}>" for name in reversed(names))


def ofd(
    attached: bytes | None = None,
    tags: Mapping[str, str] | None = None,
    page: Mapping[str, tuple[str, float, float]] | None = None,
    itself: Mapping[str, str] | None = None,
) -> bytes:
    """An OFD with the parts that are given."""
    datas = "".join(f'<ofd:CustomData Name="{name}">{text}</ofd:CustomData>' for name, text in (itself or {}).items())
    members: dict[str, bytes | str] = {
        "OFD.xml": f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="{OFD}"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:CustomDatas>{datas}</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{OFD}"/>',
        "Doc_0/Signs/Sign_0/Signature.xml": "<broken",
    }
    if attached is not None:
        members["Doc_0/Attachs/original_invoice.xml"] = attached
    if tags is not None:
        marks = "".join(nested(path, f'<ofd:ObjectRef PageRef="1">{ref}</ofd:ObjectRef>') for path, ref in tags.items())
        members["Doc_0/Tags/CustomTag.xml"] = f'<ofd:root xmlns:ofd="{OFD}">{marks}</ofd:root>'
    if page is not None:
        texts = "".join(
            f'<ofd:TextObject ID="{key}" Boundary="{x} {y} 30 4"><ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject>'
            for key, (text, x, y) in page.items()
        )
        members["Doc_0/Pages/Page_0/Content.xml"] = (
            f'<ofd:Page xmlns:ofd="{OFD}"><ofd:Content>{texts}</ofd:Content></ofd:Page>'
        )
    return packed(members)
