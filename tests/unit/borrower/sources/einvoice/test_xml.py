"""One XML invoice: its row, what keeps it out, and what is odd about it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import INVOICES
from zhiwei.borrower.sources.einvoice import KINDS, fields, in_words, read
from zhiwei.values import BadInput, yuan

from .conftest import BUYER, NUMBER, SELLER, body, einvoice

ROW = {
    "party_id": "p1",
    "direction": "sale",
    "invoice_no": NUMBER,
    "issue_date": date(2026, 3, 18),
    "counterparty": BUYER,
    "amount": 419_717,
    "tax": 25_183,
    "total": 444_900,
    "status": "valid",
    "occurrence": 1,
}


def parsed(content: bytes, tax_no: str = SELLER) -> Parsed:
    found = read(content, "a.xml", "p1", tax_no)
    assert set(found.tables) == set(KINDS)
    assert found.tables["invoices"].schema == INVOICES
    return found


def row(content: bytes, tax_no: str = SELLER) -> dict[str, Any]:
    found = parsed(content, tax_no)
    assert found.problems == []
    (one,) = found.tables["invoices"].to_pylist()
    return dict(one)


def warnings(content: bytes, tax_no: str = SELLER) -> set[str]:
    found = parsed(content, tax_no)
    assert found.rows() == 1
    return set(found.warnings)


def problem(content: bytes, tax_no: str = SELLER) -> tuple[str, str]:
    found = parsed(content, tax_no)
    assert found.rows() == 0
    (one,) = found.problems
    assert one.place == "a.xml"
    return one.column, one.problem


# --- what is good


def test_a_sale_and_a_purchase() -> None:
    """The same file seen from its two sides; nothing is odd about it (TV 2.1, TV 2.3)."""
    assert row(einvoice()) == ROW
    assert row(einvoice(), BUYER) == ROW | {"direction": "purchase", "counterparty": SELLER}
    assert warnings(einvoice()) == set()


def test_spellings_of_a_tax_number() -> None:
    assert row(einvoice(), f" {SELLER.lower()} ")["direction"] == "sale"
    assert row(einvoice(seller_no=SELLER.lower()))["direction"] == "sale"


def test_a_buyer_without_a_number_is_known_by_name() -> None:
    assert row(einvoice(buyer_no=""))["counterparty"] == "北京示例（集团）有限公司"


@pytest.mark.parametrize(
    "text", ["2026-03-18", "20260318", "20260318160542", "2026/3/18", "2026年03月18日", "2026年3月18日 16:05:42"]
)
def test_spellings_of_a_day(text: str) -> None:
    assert row(einvoice(issued=text))["issue_date"] == date(2026, 3, 18)


@pytest.mark.parametrize(
    ("amount", "tax", "total", "balances"),
    [
        ("18.63", "0.56", "19.19", True),
        ("32.43", "0.32", "32.75", True),
        ("4197.17", "251.83", "4449.00", True),
        ("100.00", "6.00", "106.01", True),
        ("100.00", "6.00", "106.02", False),
    ],
)
def test_parts_and_total(amount: str, tax: str, total: str, balances: bool) -> None:
    """TV 2.1, and the tolerance of one 分."""
    content = einvoice([], amount=amount, tax=tax, total=total, words="")
    assert ("amount + tax differs from total by more than 0.01" not in warnings(content)) is balances


def test_a_citizen_is_known_by_name_and_never_by_an_id() -> None:
    citizen = "11010519491231002X"
    assert row(einvoice(buyer_no=citizen, buyer="个人"))["counterparty"] == "个人"
    found = parsed(einvoice(buyer_no=citizen), "91110000600037341L")
    assert all(citizen not in one.value + one.problem for one in found.problems)
    assert problem(einvoice(buyer_no=citizen, buyer=""))[0] == "counterparty"


def test_a_sum_is_no_amount() -> None:
    assert problem(einvoice(amount="4000.00+197.17"))[0] == "amount"


def test_namespaces_and_wrapping() -> None:
    assert row(body().replace("<EInvoice>", '<EInvoice xmlns="urn:x">', 1).encode()) == ROW
    assert row(f"<envelope>{body()}</envelope>".encode()) == ROW


def test_a_signature_says_nothing() -> None:
    """Names inside a signature are not the invoice's, however often they stand there."""
    inside = "<EInvoice><TotalAmWithoutTax>1.00</TotalAmWithoutTax></EInvoice>"
    seal = f'<ds:Signature xmlns:ds="urn:ds">{inside}</ds:Signature>'
    assert row(body().replace("<EInvoiceData>", seal + "<EInvoiceData>").encode()) == ROW


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_encodings(encoding: str) -> None:
    """The bytes say how they are encoded; a header that says something else is counted."""
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + body(buyer_no="")
    content = text.encode(encoding)
    assert row(content)["counterparty"] == "北京示例（集团）有限公司"
    assert warnings(content) == set()
    wrong = ('<?xml version="1.0" encoding="UTF-8"?>' + body(buyer_no="")).encode("gbk")
    assert row(wrong)["counterparty"] == "北京示例（集团）有限公司"
    assert warnings(wrong) == {"the encoding is not the one the file declares"}


# --- red


RED = {"amount": "-141.51", "tax": "-8.49", "total": "-150.00", "words": "（负数）壹佰伍拾圆整", "blue": "N"}
RED_LINE = {"quantity": "-1", "price": "141.51", "amount": "-141.51", "rate": "6%", "tax": "-8.49"}
BLUE_NUMBER = "26532912570200000001"


def test_a_red_invoice() -> None:
    """Negative, valid, and the facts name the blue invoice that it takes back (TV 2.2)."""
    content = einvoice([RED_LINE], red_of=BLUE_NUMBER, **RED)
    found = parsed(content)
    assert row(content) == ROW | {"amount": -14_151, "tax": -849, "total": -15_000}
    assert (dict(found.warnings), found.facts) == ({}, {f"red_of:{NUMBER}": BLUE_NUMBER})


def test_the_remark_names_the_blue_invoice() -> None:
    remark = f"被红冲蓝字数电发票号码：{BLUE_NUMBER} 红字发票信息确认单编号：1"
    assert parsed(einvoice([], remark=remark, **RED)).facts == {f"red_of:{NUMBER}": BLUE_NUMBER}


def test_red_but_written_positive() -> None:
    content = einvoice(
        [RED_LINE | {"quantity": "1", "amount": "141.51", "tax": "8.49"}],
        amount="141.51",
        tax="8.49",
        total="150.00",
        words="壹佰伍拾圆整",
        blue="N",
    )
    assert row(content)["total"] == -15_000
    assert warnings(content) == {"a red invoice with a positive total: taken as negative"}


def test_negative_and_not_marked() -> None:
    content = einvoice([], amount="-141.51", tax="-8.49", total="-150.00", words="")
    assert row(content)["amount"] == -14_151
    assert warnings(content) == {"negative and not marked red"}


def test_a_discount_is_not_red() -> None:
    """A line below zero without quantity takes part in the sums; the invoice stays blue."""
    lines = [
        {"quantity": "2", "price": "50", "amount": "100.00", "rate": "0.06", "tax": "6.00"},
        {"quantity": "", "price": "", "amount": "-10.00", "rate": "0.06", "tax": "-0.60"},
    ]
    content = einvoice(lines, amount="90.00", tax="5.40", total="95.40", words="玖拾伍圆肆角整")
    assert row(content)["amount"] == 9_000
    assert warnings(content) == set()


# --- rates, lines and words


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0.06", "0.06"),
        ("0.060000", "0.06"),
        ("6%", "0.06"),
        ("6", "0.06"),
        ("1%", "0.01"),
        ("0.01", "0.01"),
        ("0", "0"),
        ("0.5%", "0.005"),
        ("13", "0.13"),
        ("１３％", "0.13"),
    ],
)
def test_spellings_of_a_rate(text: str, share: str) -> None:
    assert fields.rate(text) == Decimal(share)


@pytest.mark.parametrize("text", ["免税", "不征税", "***", "", "*"])
def test_no_rate(text: str) -> None:
    assert fields.rate(text) is None
    line = {"quantity": "", "price": "", "amount": "100.00", "rate": text, "tax": "***"}
    content = einvoice([line], amount="100.00", tax="***", total="100.00", words="壹佰圆整")
    assert row(content) == ROW | {"amount": 10_000, "tax": 0, "total": 10_000}
    assert warnings(content) == set()


@pytest.mark.parametrize("text", ["sechs", "NaN", "inf", "-1", "100", "1e9"])
def test_a_rate_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        fields.rate(text)


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ({"quantity": "2"}, "a line's amount differs from quantity x price by more than 0.01"),
        ({"rate": "0.13"}, "a line's tax differs from amount x rate by more than 0.01"),
        ({"rate": "0.07"}, "a line's tax rate is none of VAT's"),
        ({"rate": "six"}, "a line's tax rate cannot be read"),
        ({"rate": "免税"}, "a line without a rate has tax"),
        ({"amount": "x"}, "a line's amount or tax cannot be read"),
        (
            {"quantity": "", "amount": "4197.00", "tax": "251.82"},
            "amount of the lines differs from amount of the invoice",
        ),
        ({"tax": "251.90"}, "tax of the lines differs from tax of the invoice"),
    ],
)
def test_lines(line: dict[str, str], phrase: str) -> None:
    """A line that does not add up is counted; the row stays."""
    assert row(einvoice([line])) == ROW
    assert phrase in warnings(einvoice([line]))


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("肆仟肆佰肆拾捌圆整", "the amount in words differs from total"),
        ("肆仟多圆", "the amount in words cannot be read"),
    ],
)
def test_words(words: str, phrase: str) -> None:
    assert warnings(einvoice(words=words)) == {phrase}


@given(st.integers(1, 10**13), st.sampled_from([0, 1, 3, 6, 9, 13]))
def test_any_invoice_that_adds_up_is_not_odd(amount: int, percent: int) -> None:
    tax = (amount * percent + 50) // 100
    line = {"quantity": "1", "price": yuan(amount), "amount": yuan(amount), "rate": f"{percent}%", "tax": yuan(tax)}
    content = einvoice(
        [line], amount=yuan(amount), tax=yuan(tax), total=yuan(amount + tax), words=in_words(amount + tax)
    )
    assert row(content) == ROW | {"amount": amount, "tax": tax, "total": amount + tax}
    assert warnings(content) == set()


# --- numbers


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ({"number": "25537912570200055449"}, "the year in the number is not the year of issue"),
        ({"number": "26117912570200055449"}, "the province in the number is not the seller's"),
        ({"number": "26997912570200055449"}, "the number names no province"),
        ({"number": "2653791257020005544"}, "the number is neither of 20 digits nor of 8 with a code"),
        ({"eiid": "26537912570200055440"}, "EIid differs from InvoiceNumber"),
    ],
)
def test_numbers(said: dict[str, str], phrase: str) -> None:
    """TV 2.3: year 26, province 53 of the seller's 91 53 ..."""
    given = {"eiid": said.get("number", NUMBER)} | said
    assert warnings(einvoice(**given)) == {phrase}


def test_cities_with_codes_of_their_own_are_not_compared() -> None:
    number = "26957912570200055449"
    assert warnings(einvoice(number=number, eiid=number)) == set()


# --- what keeps an invoice out


@pytest.mark.parametrize(
    ("said", "column", "words"),
    [
        ({"number": "", "eiid": ""}, "invoice_no", "is empty"),
        ({"number": "26/5379", "eiid": ""}, "invoice_no", "is no number"),
        ({"number": "1" * 65, "eiid": ""}, "invoice_no", "is no number"),
        ({"issued": ""}, "issue_date", "no day"),
        ({"issued": "2026-02-30"}, "issue_date", "no day"),
        ({"issued": "1899-02-03"}, "issue_date", "no day"),
        ({"buyer": "", "buyer_no": ""}, "counterparty", "is empty"),
        ({"buyer": "长" * 201, "buyer_no": ""}, "counterparty", "longer than"),
        ({"amount": ""}, "amount", "is missing"),
        ({"amount": "1.234"}, "amount", "no amount"),
        ({"amount": "9" * 30}, "amount", "no amount"),
        ({"tax": "***"}, "tax", "the total is not the amount"),
        ({"total": "¥", "words": "肆圆整"}, "total", "is missing"),
    ],
)
def test_what_is_missing(said: dict[str, str], column: str, words: str) -> None:
    found, message = problem(einvoice([], **said))
    assert found == column
    assert words in message


def test_a_total_that_only_its_parts_and_the_words_say() -> None:
    assert row(einvoice(total="¥")) == ROW
    assert warnings(einvoice(total="¥")) == {"the total is missing: taken as amount + tax, as the words say"}


@pytest.mark.parametrize(
    ("said", "tax_no", "words"),
    [
        ({}, "", "needs the tax number"),
        ({}, "91110000600037341L", "neither seller nor buyer"),
        ({"buyer_no": SELLER}, SELLER, "are both"),
    ],
)
def test_a_side_that_cannot_be_said(said: dict[str, str], tax_no: str, words: str) -> None:
    column, message = problem(einvoice(**said), tax_no)
    assert column == "direction"
    assert words in message


# --- other dialects


PINYIN = """<?xml version="1.0" encoding="GBK"?><business><FP_DM>053001900111</FP_DM><FPHM>12345678</FPHM>
<KPRQ>20200318101500</KPRQ><XSFMC>云南示例有限公司</XSFMC><XSFNSRSBH>9153000077859986X2</XSFNSRSBH><GMFMC>个人</GMFMC>
<GMFNSRSBH/><HJJE>57.28</HJJE><HJSE>1.72</HJSE><JSHJXX>59.00</JSHJXX><FYXM><XMMC>餐饮</XMMC><XMSL>1</XMSL>
<XMDJ>57.28</XMDJ><XMJE>57.28</XMJE><SL>0.03</SL><SE>1.72</SE></FYXM></business>"""


def test_pinyin() -> None:
    """Code and number together are the invoice's number; here the buyer has no tax number."""
    content = PINYIN.encode("gbk")
    assert row(content) == ROW | {
        "invoice_no": "05300190011112345678",
        "issue_date": date(2020, 3, 18),
        "counterparty": "个人",
        "amount": 5_728,
        "tax": 172,
        "total": 5_900,
    }
    assert warnings(content) == set()
    assert row(PINYIN.replace("</FPHM>", "</FPHM><ZFBZ>Y</ZFBZ>").encode("gbk"))["status"] == "void"


def test_the_form_of_2020() -> None:
    content = """<fp:eInvoice xmlns:fp="urn:fp"><fp:InvoiceCode>053002000111</fp:InvoiceCode>
    <fp:InvoiceNo>87654321</fp:InvoiceNo><fp:IssueDate>2020年05月28日</fp:IssueDate><fp:Buyer><fp:BuyerName>某公司</fp:BuyerName><fp:BuyerTaxID>91110108551385082Q</fp:BuyerTaxID>
    </fp:Buyer><fp:Seller><fp:SellerName>卖方</fp:SellerName><fp:SellerTaxID>9153000077859986X2</fp:SellerTaxID></fp:Seller>
    <fp:TaxInclusiveTotalAmount>¥113.00</fp:TaxInclusiveTotalAmount><fp:TaxExclusiveTotalAmount>100.00</fp:TaxExclusiveTotalAmount>
    <fp:TaxTotalAmount>13.00</fp:TaxTotalAmount><fp:GoodsInfos><fp:GoodsInfo><fp:Item>*x*y</fp:Item><fp:Amount>100.00</fp:Amount>
    <fp:TaxScheme>13%</fp:TaxScheme><fp:TaxAmount>13.00</fp:TaxAmount></fp:GoodsInfo></fp:GoodsInfos><fp:TaxControlCode>x
    </fp:TaxControlCode></fp:eInvoice>""".encode()
    assert row(content, BUYER) == ROW | {
        "direction": "purchase",
        "invoice_no": "05300200011187654321",
        "issue_date": date(2020, 5, 28),
        "counterparty": SELLER,
        "amount": 10_000,
        "tax": 1_300,
        "total": 11_300,
    }
    assert warnings(content, BUYER) == set()


def test_an_air_itinerary() -> None:
    """The aviation fund is in the total and neither in the amount nor in the tax."""
    content = f"""<a><ElectronicInvoiceAirTransportReceiptNumber>{NUMBER}</ElectronicInvoiceAirTransportReceiptNumber>
    <IssueDate>2026-03-18</IssueDate><NameOfSeller>某航空公司</NameOfSeller><UnifiedSocialCreditCodeOfPurchaser>{BUYER}
    </UnifiedSocialCreditCodeOfPurchaser><Fare>1000.00</Fare><FuelSurcharge>100.00</FuelSurcharge><VatTaxAmount>99.00</VatTaxAmount>
    <CivilAviationDevelopmentFund>50.00</CivilAviationDevelopmentFund><OtherTaxes>0.00</OtherTaxes><TotalAmount>1249.00</TotalAmount>
    </a>""".encode()
    assert row(content, BUYER) == ROW | {
        "direction": "purchase",
        "counterparty": "某航空公司",
        "amount": 110_000,
        "tax": 9_900,
        "total": 124_900,
    }
    assert warnings(content, BUYER) == set()


def test_a_rail_ticket() -> None:
    content = f"""<r><ElectronicInvoiceRailwayETicketNumber>{NUMBER}</ElectronicInvoiceRailwayETicketNumber>
    <DateOfIssue>2026-03-18</DateOfIssue><IssueParty/><UnifiedSocialCreditCodeOfPurchaser>{BUYER}</UnifiedSocialCreditCodeOfPurchaser><Fare>109.00</Fare>
    <TotalAmountExcludingTax>100.00</TotalAmountExcludingTax><TaxAmount>9.00</TaxAmount><TaxRate>0.09</TaxRate></r>""".encode()
    assert row(content, BUYER) == ROW | {
        "direction": "purchase",
        "counterparty": "铁路电子客票",
        "amount": 10_000,
        "tax": 900,
        "total": 10_900,
    }


# --- files that say nothing


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n ", "empty_file"),
        (b"not xml", "not_xml"),
        (einvoice()[:-30], "not_xml"),
        (b"<html/>", "no_invoice"),
        (b"%PDF-1.7", "not_xml"),
        (b"\x00\x01\x02", "not_text"),
        (f"<all>{body()}{body()}</all>".encode(), "many_invoices"),
        (b"<all><FP><FPHM>1</FPHM></FP><FP><FPHM>2</FPHM></FP></all>", "many_invoices"),
    ],
)
def test_no_file_of_an_invoice(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parsed(content)
    assert caught.value.code == code
    assert "a.xml" in caught.value.message
