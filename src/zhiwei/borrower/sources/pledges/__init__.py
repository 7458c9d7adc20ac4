"""Pledges of movables and receivables as the register (中登网) tells them: JSON lines, one object, or a table.

    {"report_on": "2026-03-02", "pledges": [
        {"pledge_id": "0123 4567 8901 2345", "lender": "bank_7", "registered_on": "2025-11-03",
         "invoice_no": "25332000000012345678", "debtor": "某乙公司", "contract": "HT-77", "amount": "200000.00",
         "dated_on": "2025-10-28", "released_on": null}]}

`report_on` is the day of the search: an empty list then says that nothing is pledged. One's own registrations are told
in the same form, without it. A registration of many things has a row for each. A number of a thing is what two pledges
are compared by: the twenty digits of an invoice (older ones: code and number together), a VIN, a warehouse receipt. The
register holds no mortgages of vehicles; leases of them it does.
"""

from collections.abc import Iterator
from typing import Any

from zhiwei.borrower.identity import normal, read_vin
from zhiwei.borrower.reading import mapping as columns
from zhiwei.borrower.reading.forms import Form, Row, below_zero, gather, is_json
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import any_day, charge, day, text
from zhiwei.borrower.reading.tabled import gather_table, mappings_of
from zhiwei.borrower.records import PLEDGED_THINGS
from zhiwei.values import BadInput

KINDS = ("pledges",)
FEWEST_DIGITS = 18  # of an invoice's code and number; eight digits alone are the number of many invoices
_VIN = 17


def _number(value: Any) -> str:
    """A number as it is compared: plain letters and digits, no spaces and hyphens."""
    return normal(text(value))


def _vin(value: Any) -> str:
    written = _number(value)
    if not (len(written) == _VIN and written.isascii() and written.isalnum() and not set(written) & set("IOQ")):
        raise ValueError("expected a VIN: 17 digits and capitals without I, O and Q")
    return written


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    yield from below_zero(row, "amount")
    if row["released_on"] is not None and row["released_on"] < row["registered_on"]:
        yield "released_on", f"expected a day not before registered_on, {row['registered_on']}"


def _odd(row: Row) -> Iterator[str]:
    if not any(row[name] for name in (*PLEDGED_THINGS, "contract")):
        yield "a pledge of which no number says what is pledged: it is compared with no other"
    if row["invoice_no"] is not None and len(row["invoice_no"]) < FEWEST_DIGITS:
        yield "an invoice's number without its code, which other invoices may have too"
    if row["vin"] is not None:
        try:
            read_vin(row["vin"])
        except BadInput:
            yield "a VIN whose check digit does not fit"


FORM = Form(
    "pledges",
    "pledges",
    {
        "pledge_id": _number, "lender": text, "registered_on": day, "invoice_no": _number, "vin": _vin,
        "receipt_no": _number, "debtor": text, "contract": _number, "amount": charge, "dated_on": any_day,
        "released_on": any_day,
    },
    needed=("pledge_id", "lender", "registered_on"),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(content: bytes, name: str, party: str, mapping: columns.Mapping | None = None) -> Parsed:
    """Pledges of one party. `mapping`: what the columns of a table mean, where it is not the shipped layout. BadInput
    where the file is neither the form nor a table of its columns.
    """
    if is_json(content, name):
        found = gather(content, name, [FORM])
    else:
        found = gather_table(content, name, FORM, [mapping] if mapping else mappings_of(__name__))
    for told in found.told:
        later = sum(told.last is not None and row["registered_on"] > told.last for _, row in found.rows["pledges"])
        found.warnings.update({"registered after the day of the search": later} if later else {})
    return found.parsed(party)
