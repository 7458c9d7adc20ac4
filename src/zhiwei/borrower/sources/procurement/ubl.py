"""UBL 2.1 documents (OASIS; ISO/IEC 19845) -> rows of procurement: Order, DespatchAdvice, Invoice, CreditNote.

What is read, below cbc and cac: ID, IssueDate, the parties, OrderReference, the totals and the due date. An amount is
what the document comes to with tax (TaxInclusiveAmount, else PayableAmount, which leaves out what was prepaid). A
credit note is an invoice of a negative amount. A despatch advice says what was sent and no amount: it has none.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from zhiwei.borrower.reading.parsed import Problem
from zhiwei.borrower.reading.readers import Reader, charge, day, money, shown, text

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_SPACES = {"b": f"{_UBL}CommonBasicComponents-2", "a": f"{_UBL}CommonAggregateComponents-2"}
_IDS = (
    "a:PartyLegalEntity/b:CompanyID", "a:PartyTaxScheme/b:CompanyID", "a:PartyIdentification/b:ID", "b:EndpointID",
)  # fmt: skip
_NAMES = ("a:PartyLegalEntity/b:RegistrationName", "a:PartyName/b:Name")
ROLES = ("supplier", "buyer")


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a type of document keeps what we read; the first path that is there counts."""

    document: str
    sign: int
    supplier: str
    buyer: str
    totals: str
    order: tuple[str, ...]
    lines: str


_INVOICE = ("a:AccountingSupplierParty/a:Party", "a:AccountingCustomerParty/a:Party", "a:LegalMonetaryTotal")
_OF_INVOICE = ("a:OrderReference/b:ID", "a:InvoiceLine/a:OrderLineReference/a:OrderReference/b:ID")
SHAPES = {
    f"{{{_UBL}Order-2}}Order": _Shape(
        "order", 1, "a:SellerSupplierParty/a:Party", "a:BuyerCustomerParty/a:Party", "a:AnticipatedMonetaryTotal",
        ("b:ID",), "a:OrderLine/a:LineItem",
    ),
    f"{{{_UBL}DespatchAdvice-2}}DespatchAdvice": _Shape(
        "receipt", 1, "a:DespatchSupplierParty/a:Party", "a:DeliveryCustomerParty/a:Party", "",
        ("a:OrderReference/b:ID", "a:DespatchLine/a:OrderLineReference/a:OrderReference/b:ID"), "a:DespatchLine",
    ),
    f"{{{_UBL}Invoice-2}}Invoice": _Shape("invoice", 1, *_INVOICE, _OF_INVOICE, "a:InvoiceLine"),
    f"{{{_UBL}CreditNote-2}}CreditNote": _Shape("invoice", -1, *_INVOICE, _OF_INVOICE[:1], "a:CreditNoteLine"),
}  # fmt: skip


def is_ubl(root: Element) -> bool:
    return root.tag in SHAPES


def document_of(
    root: Element, place: str, party: str, role: str | None, warnings: Counter[str]
) -> dict[str, Any] | list[Problem]:
    """The row of one document, or everything that is wrong with it. `role` is the party's, where the identifiers of
    the document do not tell it; `root` is one that `is_ubl` knows.
    """
    return _Reading(root, SHAPES[root.tag], place, party, role).row(warnings)


class _Reading:
    def __init__(self, root: Element, shape: _Shape, place: str, party: str, role: str | None) -> None:
        self.root, self.shape, self.place, self.party, self.role = root, shape, place, party, role
        self.problems: list[Problem] = []

    def row(self, warnings: Counter[str]) -> dict[str, Any] | list[Problem]:
        role = self._role()
        found = {
            "role": role,
            "document": self.shape.document,
            "document_no": self._needed("b:ID", text),
            "order_no": self._first(self.shape.order, text),
            "counterparty": self._counterparty(role),
            "dated_on": self._needed("b:IssueDate", day),
            "due_on": self._first(("b:DueDate", "a:PaymentMeans/b:PaymentDueDate"), day),
            "amount": self._amount(),
        }
        self._due(found["dated_on"], found["due_on"])
        if self.problems:
            return self.problems
        warnings.update(self._odd())
        return found

    def _role(self) -> str | None:
        """The side whose identifiers name the party; the caller's word where neither does."""
        sides = {"supplier": self.shape.supplier, "buyer": self.shape.buyer}
        told = [role for role, path in sides.items() if self.party in self._ids(path)]
        if len(told) == 2:
            self._problem("party", self.party, "the party is both supplier and buyer")
        elif told and self.role not in (None, told[0]):
            self._problem("party", self.party, f"is the {told[0]} of this document, not the {self.role}")
        elif not told and self.role is None:
            self._problem("party", self.party, "neither supplier nor buyer has this identifier: say the role")
        return told[0] if len(told) == 1 else self.role

    def _ids(self, side: str) -> set[str]:
        found = (self.root.findall(f"{side}/{path}", _SPACES) for path in _IDS)
        return {(element.text or "").strip() for elements in found for element in elements}

    def _counterparty(self, role: str | None) -> str | None:
        if role is None:
            return None
        side = self.shape.buyer if role == "supplier" else self.shape.supplier
        found = self._first(tuple(f"{side}/{path}" for path in (*_IDS, *_NAMES)), text)
        if found is None:
            self._problem("counterparty", "", "the other party has no identifier and no name")
        return None if found is None else str(found)

    def _amount(self) -> int | None:
        if not self.shape.totals:
            return None
        before = len(self.problems)
        for name in ("TaxInclusiveAmount", "PayableAmount"):
            found = self._money(name)
            if found is not None or len(self.problems) > before:
                return None if found is None else self.shape.sign * found
        self._problem(self._path(f"{self.shape.totals}/b:PayableAmount"), "", "missing")
        return None

    def _money(self, name: str) -> int | None:
        path = f"{self.shape.totals}/b:{name}"
        element = self.root.find(path, _SPACES)
        if element is not None and element.get("currencyID") != "CNY":
            self._problem(self._path(path), element.get("currencyID", ""), "expected an amount in CNY")
            return None
        # an invoice may come to less than nothing (a correction); a credit note of less than nothing is a mistake
        found = self._first((path,), money if self.shape.sign > 0 else charge)
        return None if found is None else int(found)

    def _odd(self) -> Iterator[str]:
        if self.root.find(self.shape.lines, _SPACES) is None:
            yield "document without lines"
        if not self.shape.totals:
            yield "despatch advice states no amount"
            return
        lines = self.root.findall(f"{self.shape.lines}/b:LineExtensionAmount", _SPACES)
        total = self.root.find(f"{self.shape.totals}/b:LineExtensionAmount", _SPACES)
        said = [_fen(element) for element in (*lines, total) if element is not None]
        if lines and total is not None and (None in said or sum(filter(None, said[:-1])) != said[-1]):
            yield "lines do not add up to their total"

    def _due(self, dated: date | None, due: date | None) -> None:
        if dated is not None and due is not None and due < dated:
            self._problem("due_on", str(due), f"expected a day not before IssueDate, {dated}")

    def _needed(self, path: str, reader: Reader) -> Any:
        before = len(self.problems)
        found = self._first((path,), reader)
        if found is None and len(self.problems) == before:
            self._problem(self._path(path), "", "missing")
        return found

    def _first(self, paths: tuple[str, ...], reader: Reader) -> Any:
        """The first element of these paths that has text, read; None where none has, or where it is a problem."""
        for path in paths:
            said = self.root.findtext(path, "", _SPACES).strip()
            if said:
                try:
                    return reader(said)
                except ValueError as error:
                    self._problem(self._path(path), said, str(error))
                    return None
        return None

    def _problem(self, column: str, value: str, problem: str) -> None:
        self.problems.append(Problem(self.place, column, shown(value), problem))

    @staticmethod
    def _path(path: str) -> str:
        return path.replace("a:", "").replace("b:", "")


def _fen(element: Element) -> int | None:
    try:
        return money(element.text or "")
    except ValueError:
        return None
