"""What a firm ordered, got and was billed, from its ERP or its customer's: UBL 2.1 documents, JSON lines, one object,
or a table. A zip holds any number of UBL documents.

    {"role": "supplier", "documents": [
        {"document": "invoice", "document_no": "I1", "order_no": "O1", "counterparty": "91110000600037341L",
         "dated_on": "2024-03-01", "due_on": "2024-04-30", "paid_on": null, "amount": "11300.00", "rejected": "0"}]}

`role` is the party's own side; `from` and `to` above the list: the days that were asked for. `rejected` is what of
the amount was not accepted; a credit note is an invoice of a negative amount.
"""

from collections.abc import Iterator

from zhiwei.borrower.reading.files import open_xml, open_zip
from zhiwei.borrower.reading.forms import Form, Gathered, Row, below_zero, gather, is_json
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import day, money, one_of, shown, text
from zhiwei.borrower.reading.tabled import gather_table, mappings_of
from zhiwei.borrower.sources.procurement.ubl import ROLES, document_of, is_ubl
from zhiwei.values import BadInput

KINDS = ("procurement",)
GIVEN = {"role": ("supplier", "buyer")}
DOCUMENTS = {
    "order": "order", "receipt": "receipt", "invoice": "invoice",
    "采购订单": "order", "订单": "order", "入库单": "receipt", "收货单": "receipt", "发票": "invoice",
}  # fmt: skip
ROLE_WORDS = {"supplier": "supplier", "buyer": "buyer", "供应商": "supplier", "采购方": "buyer"}


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    yield from below_zero(row, "rejected")
    # paid before it was written is an advance, and happens; due before it was written is a mistake
    if row["due_on"] is not None and row["due_on"] < row["dated_on"]:
        yield "due_on", f"expected a day not before dated_on, {row['dated_on']}"
    if row["amount"] is not None and (row["rejected"] or 0) > abs(row["amount"]):
        yield "rejected", "expected no more than the amount"
    if row["amount"] is None and row["document"] != "receipt":
        yield "amount", f"missing: an {row['document']} has one"


def _odd(row: Row) -> Iterator[str]:
    if row["paid_on"] is not None and row["paid_on"] < row["dated_on"]:
        yield "paid before it was written"
    if row["document"] == "order" and (row["amount"] or 0) < 0:
        yield "order of a negative amount"


FORM = Form(
    "procurement",
    "documents",
    {
        "role": one_of(ROLE_WORDS), "document": one_of(DOCUMENTS), "document_no": text, "order_no": text,
        "counterparty": text, "dated_on": day, "due_on": day, "paid_on": day, "amount": money, "rejected": money,
    },
    needed=("role", "document", "document_no", "counterparty", "dated_on"),
    shared=("role", "counterparty"),
    feed=("role",),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(
    content: bytes,
    name: str,
    party: str,
    role: str | None = None,
    mapping: Mapping | None = None,
    party_tax_no: str = "",
) -> Parsed:
    """Documents of one party. `role` (supplier or buyer): its side, where the file does not say. `mapping`: what the
    columns of a table mean, where it is not the shipped layout. `party_tax_no`: what UBL knows the party by, where
    that is not its id.

    BadInput where the file is neither UBL, nor the form, nor a table of its columns.
    """
    if role is not None and role not in ROLES:
        raise BadInput("bad_role", f"{role!r} is neither supplier nor buyer")
    if content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<":
        return _ubl({name: content}, name, party_tax_no or party, role).parsed(party)
    if content[:4] == b"PK\x03\x04":
        members = {path: file for path, file in open_zip(content, name).items() if not path.startswith("__MACOSX/")}
        if not any(path.startswith("xl/") for path in members):
            return _ubl(members, name, party_tax_no or party, role).parsed(party)
    given = {} if role is None else {"role": role}
    if is_json(content, name):
        return gather(content, name, [FORM], given=given).parsed(party)
    return gather_table(content, name, FORM, [mapping] if mapping else mappings_of(__name__), given).parsed(party)


def _ubl(files: dict[str, bytes], name: str, known_as: str, role: str | None) -> Gathered:
    """Alone, a document that is no XML is BadInput; in a zip it is a Problem of that member."""
    found = Gathered(name, {"procurement": []})
    for member, content in files.items():
        try:
            root = open_xml(content, shown(member))
            if not is_ubl(root):
                raise BadInput(
                    "not_ubl",
                    f"{shown(member)} is {shown(root.tag)}, no UBL 2 Order, DespatchAdvice, Invoice, CreditNote",
                )
        except BadInput as error:
            if len(files) == 1:
                raise
            found.problem(shown(member), "", "", error.message)
            continue
        row = document_of(root, shown(member), known_as, role, found.warnings)
        if isinstance(row, dict):
            found.rows["procurement"].append((member, row))
        else:
            for problem in row:
                found.problem(problem.place, problem.column, problem.value, problem.problem)
    return found
