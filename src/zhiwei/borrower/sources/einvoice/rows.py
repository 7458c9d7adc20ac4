"""An invoice in words -> a row of `invoices`, or the problems that keep it out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhiwei.borrower.reading import Problem
from zhiwei.borrower.reading.readers import sensitive, shown
from zhiwei.borrower.sources.einvoice import checks
from zhiwei.borrower.sources.einvoice.chinese_amount import from_words
from zhiwei.borrower.sources.einvoice.fields import (
    LONGEST_NAME,
    LONGEST_NUMBER,
    STARS,
    SUM,
    Invoice,
    day,
    digits,
    money,
    narrow,
    tax_number,
)

Wrong = Callable[[str, str, str], None]
"""Takes note of a problem: column, value, what is wrong with it."""

CITIZEN = "a citizen's ID"  # as `sensitive` says it
LONGEST_VALUE = 200  # of a problem: a cell may be as long as its file


@dataclass(frozen=True, slots=True)
class Amounts:
    """分; signs as they go into the row. `turned`: the file had them the other way round."""

    amount: int
    tax: int
    other: int
    total: int
    odd: tuple[str, ...] = ()
    turned: bool = False


def row(invoice: Invoice, party: str, party_tax_no: str) -> tuple[dict[str, Any] | None, list[Problem], list[str]]:
    """The row (None where there are problems), the problems, and what is odd about it. `occurrence` is not set."""
    problems: list[Problem] = []

    def wrong(column: str, value: str, problem: str) -> None:
        problems.append(Problem(invoice.place, column, shown(value, LONGEST_VALUE), problem))

    value = digits(invoice.code) + digits(invoice.number)
    if not invoice.number:
        wrong("invoice_no", "", "is empty")
    elif len(value) > LONGEST_NUMBER or not (value.isascii() and value.isalnum()):
        wrong("invoice_no", value, "is no number of an invoice")
    issued = _issued(invoice, wrong)
    direction = _direction(invoice, party_tax_no, wrong)
    other_no, other = (invoice.buyer_no, invoice.buyer) if direction == "sale" else (invoice.seller_no, invoice.seller)
    counterparty = _name_of(other_no, other)
    if direction and (not counterparty or len(counterparty) > LONGEST_NAME):
        wrong("counterparty", counterparty, f"is empty or longer than {LONGEST_NAME} characters")
    amounts = _amounts(invoice, wrong)
    if problems or amounts is None or issued is None:
        return None, problems, []
    found = {
        "party_id": party, "direction": direction, "invoice_no": value, "issue_date": issued,
        "counterparty": counterparty, "amount": amounts.amount, "tax": amounts.tax, "total": amounts.total,
        "status": "void" if invoice.void else "valid",
    }  # fmt: skip
    return found, [], _odd(invoice, amounts, issued)


def _name_of(number: str, name: str) -> str:
    """A firm by its tax number, so that it is the same firm in every source; a person by name, never by an ID."""
    plain = tax_number(number)
    return name if not plain or sensitive(plain) == CITIZEN else plain


def _odd(invoice: Invoice, amounts: Amounts, issued: date) -> list[str]:
    found = [*invoice.odd, *amounts.odd]
    found += checks.totals(amounts.amount, amounts.tax, amounts.other, amounts.total)
    found += checks.words(invoice.words, amounts.total, either_sign=amounts.turned)
    sign = -1 if amounts.turned else 1
    found += checks.lines(invoice, sign * amounts.amount, sign * amounts.tax)
    return found + checks.numbering(invoice, issued)


def _issued(invoice: Invoice, wrong: Wrong) -> date | None:
    try:
        return day(invoice.issued)
    except ValueError as error:
        wrong("issue_date", invoice.issued, f"is no day of issue: {error}"[:LONGEST_VALUE])
        return None


def _direction(invoice: Invoice, party_tax_no: str, wrong: Wrong) -> str:
    """Which side the party is on, by its tax number; "" and a problem where that cannot be said."""
    party, seller, buyer = tax_number(party_tax_no), tax_number(invoice.seller_no), tax_number(invoice.buyer_no)
    sides = f"seller {seller or '-'}, buyer {buyer or '-'}"
    if not party:
        wrong("direction", sides, "whether it is a sale or a purchase needs the tax number of the party")
    elif seller == buyer == party:
        wrong("direction", sides, f"seller and buyer are both the party {party}")
    elif party not in (seller, buyer):
        wrong("direction", sides, f"neither seller nor buyer is the party {party}")
    else:
        return "sale" if party == seller else "purchase"
    return ""


def _amounts(invoice: Invoice, wrong: Wrong) -> Amounts | None:
    """What the file leaves out is taken from the rest only where the rest can say it."""
    values: dict[str, int | None] = {}
    for column in ("amount", "tax", "other", "total"):
        text = getattr(invoice, column)
        try:
            # a lone ¥ is a mark of an OFD that misses its number
            values[column] = None if narrow(text) in STARS | {"¥"} else sum(map(money, text.split(SUM)))
        except ValueError:
            wrong(column, text, "is no amount in 元 with two decimals")
            return None
    amount, tax, total, other = values["amount"], values["tax"], values["total"], values["other"] or 0
    odd = []
    if amount is None:
        wrong("amount", invoice.amount, "the amount before tax is missing")
        return None
    if tax is None:
        if total is not None and total != amount + other:
            wrong("tax", invoice.tax, "the tax is missing and the total is not the amount")
            return None
        tax = 0
        odd += [] if narrow(invoice.tax) else ["the tax is missing, the total equals the amount: taken as 0"]
    if total is None:
        total = amount + tax + other
        if not _confirmed(invoice, total):
            wrong("total", invoice.total, "the total is missing and the amount in words is not amount + tax")
            return None
        confirmed = "as the words say" if invoice.words else "nothing else says it"
        odd.append(f"the total is missing: taken as amount + tax, {confirmed}")
    return _signed(invoice, Amounts(amount, tax, other, total, tuple(odd)))


def _confirmed(invoice: Invoice, total: int) -> bool:
    try:
        return not invoice.words or from_words(invoice.words) == total
    except ValueError:
        return False


def _signed(invoice: Invoice, found: Amounts) -> Amounts:
    """A red invoice is negative; a file that marks it red and writes it positive means the same."""
    red = bool(invoice.red or invoice.red_of or "负" in invoice.words)
    if red and found.total > 0:
        note = "a red invoice with a positive total: taken as negative"
        return Amounts(-found.amount, -found.tax, -found.other, -found.total, (*found.odd, note), True)
    if found.total < 0 and not red:
        return replace(found, odd=(*found.odd, "negative and not marked red"))
    return found
