"""What is understood of an invoice and yet odd, one phrase each; phrases are counted, rows are kept."""

from datetime import date
from decimal import Decimal

from zhiwei.borrower.sources.einvoice.chinese_amount import from_words
from zhiwei.borrower.sources.einvoice.fields import STARS, Invoice, Line, digits, money, narrow, number, rate

CENT = Decimal(1)
# Rates that VAT ever had: 17, 16, 11 and 10 % until 2019, 5 % from the business tax before it, small ones as relief.
_PERCENT = ("0", "0.5", "1", "1.5", "2", "3", "4", "5", "6", "9", "10", "11", "13", "16", "17")
RATES = {Decimal(percent) / 100 for percent in _PERCENT}
_REGIONS = {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345"}  # GB/T 2260, first two digits
PROVINCES = {f"{region}{province}" for region, provinces in _REGIONS.items() for province in provinces}
# Cities that plan for themselves issue under codes of their own, 91 to 95 (from memory, unsure): not compared.
CITIES = {"91", "92", "93", "94", "95"}


def totals(amount: int, tax: int, other: int, total: int) -> list[str]:
    """`other` is what an air itinerary adds to amount and tax."""
    return ["amount + tax differs from total by more than 0.01"] if abs(amount + tax + other - total) > 1 else []


def words(written: str, total: int, either_sign: bool = False) -> list[str]:
    """The amount in Chinese capitals against the total."""
    if not written:
        return []
    try:
        said = from_words(written)
    except ValueError:
        return ["the amount in words cannot be read"]
    agree = abs(said) == abs(total) if either_sign else said == total
    return [] if agree else ["the amount in words differs from total"]


def lines(invoice: Invoice, amount: int, tax: int) -> list[str]:
    """Lines against the header within 0.01 a line, and each line in itself."""
    found, amounts, taxes = list[str](), list[int](), list[int]()
    for line in invoice.lines:
        try:
            amounts.append(money(line.amount))
            taxes.append(0 if narrow(line.tax) in STARS else money(line.tax))
        except ValueError:
            return ["a line's amount or tax cannot be read"]
        found += _line(line, amounts[-1], taxes[-1])
    for name, parts, whole in (("amount", amounts, amount), ("tax", taxes, tax)):
        if parts and abs(sum(parts) - whole) > len(parts):
            found.append(f"{name} of the lines differs from {name} of the invoice")
    return found


def _line(line: Line, amount: int, tax: int) -> list[str]:
    found = []
    quantity, price = number(line.quantity), number(line.price)
    if quantity is not None and price is not None and abs(quantity * price * 100 - amount) > CENT:
        found.append("a line's amount differs from quantity x price by more than 0.01")
    try:
        share = rate(line.rate)
    except ValueError:
        return [*found, "a line's tax rate cannot be read"]
    if share is None:
        return [*found, "a line without a rate has tax"] if tax and line.rate else found
    if share not in RATES:
        found.append("a line's tax rate is none of VAT's")
    if abs(amount * share - tax) > CENT:
        found.append("a line's tax differs from amount x rate by more than 0.01")
    return found


def numbering(invoice: Invoice, issued: date) -> list[str]:
    """A number of 20 digits is year, province, channel and sequence; before, a code of 10 or 12 went with 8 digits."""
    value, code, seller = digits(invoice.number), digits(invoice.code), narrow(invoice.seller_no)
    if len(value) != 20 or not value.isdigit():
        legacy = len(value) == 8 and value.isdigit() and len(code) in (0, 10, 12) and (code.isdigit() or not code)
        return [] if legacy else ["the number is neither of 20 digits nor of 8 with a code"]
    found = []
    year, province = value[:2], value[2:4]
    if code:
        found.append("a number of 20 digits has no code, and this one has")
    if year != f"{issued.year % 100:02d}":
        found.append("the year in the number is not the year of issue")
    if province not in PROVINCES | CITIES:
        found.append("the number names no province")
    elif len(seller) == 18 and seller[2:8].isdigit() and province not in CITIES and seller[2:4] != province:
        found.append("the province in the number is not the seller's")
    return found
