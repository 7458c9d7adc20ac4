"""UBL documents made piece by piece, so that a test may take a piece out or put another in."""

import pytest

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
SUPPLIER, BUYER = "91110000600037341L", "91110108551385082Q"
TOTALS = {"Order": "AnticipatedMonetaryTotal", "Invoice": "LegalMonetaryTotal", "CreditNote": "LegalMonetaryTotal"}
SIDES = {
    "Order": ("SellerSupplierParty", "BuyerCustomerParty"),
    "DespatchAdvice": ("DespatchSupplierParty", "DeliveryCustomerParty"),
    "Invoice": ("AccountingSupplierParty", "AccountingCustomerParty"),
    "CreditNote": ("AccountingSupplierParty", "AccountingCustomerParty"),
}
LINES = {
    "Order": "<cac:OrderLine><cac:LineItem>{}</cac:LineItem></cac:OrderLine>",
    "DespatchAdvice": "<cac:DespatchLine><cbc:DeliveredQuantity>4</cbc:DeliveredQuantity></cac:DespatchLine>",
    "Invoice": "<cac:InvoiceLine>{}</cac:InvoiceLine>",
    "CreditNote": "<cac:CreditNoteLine>{}</cac:CreditNoteLine>",
}


def party(tag: str, code: str) -> str:
    return (
        f"<cac:{tag}><cac:Party><cac:PartyName><cbc:Name>{tag}</cbc:Name></cac:PartyName><cac:PartyLegalEntity>"
        f"<cbc:CompanyID>{code}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:{tag}>"
    )


def amount(name: str, yuan: str, currency: str = "CNY") -> str:
    return f'<cbc:{name} currencyID="{currency}">{yuan}</cbc:{name}>'


def document(kind: str, number: str = "D1", *, total: str = "113.00", line: str = "50.00", more: str = "") -> bytes:
    """A document with two lines of `line` each."""
    supplier, buyer = SIDES[kind]
    order = "" if kind == "Order" else "<cac:OrderReference><cbc:ID>O1</cbc:ID></cac:OrderReference>"
    totals = "" if kind not in TOTALS else (
        f"<cac:{TOTALS[kind]}>{amount('LineExtensionAmount', '100.00')}{amount('TaxInclusiveAmount', total)}"
        f"{amount('PayableAmount', '13.00')}</cac:{TOTALS[kind]}>"
    )  # fmt: skip
    lines = 2 * LINES[kind].format(amount("LineExtensionAmount", line))
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{UBL}{kind}-2"'
        f' xmlns:cac="{UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{UBL}CommonBasicComponents-2"><cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:ID>{number}</cbc:ID>'
        f"<cbc:IssueDate>2024-03-01</cbc:IssueDate>{more}{order}{party(supplier, SUPPLIER)}{party(buyer, BUYER)}"
        f"{totals}{lines}</{kind}>"
    )
    return text.encode()


@pytest.fixture(scope="session")
def ubl():
    return document
