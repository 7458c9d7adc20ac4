"""The form of each kind of record as rows are pushed in it, and the same as a JSON Schema.

Money is a JSON integer of minor units, and nothing else: an amount in 元 that was meant as 分 would be a hundredfold.
"""

import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Any

import pyarrow as pa

from zhiwei.borrower.reading.forms import Form, Row
from zhiwei.borrower.reading.readers import LONGEST, OneOf, Reader, charge, day, matching, money, quantity, share, text
from zhiwei.borrower.records import KINDS
from zhiwei.borrower.sources import acquiring, bureau, courts, identity, meters, orders, pledges, procurement, property
from zhiwei.borrower.sources import registry as registers
from zhiwei.borrower.sources.tax.rows import RATINGS, RETURNS
from zhiwei.values.money import LARGEST

COUNTED = {"invoices": "occurrence"}
"""Columns that are numbered here and never pushed."""
_SIDES = {"sale": "sale", "purchase": "purchase"}
_TAXES = {tax: tax for tax in ("vat", "cit", "iit", "surcharge", "other")}
_BEYOND = 10**13
_PLACES = 12  # of a number that is no money: float64 tells no more of what is measured here
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"  # one line, not blank
_TIME = (  # no date-time of JSON Schema: that one has a zone
    r"^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?$"
)
Schema = dict[str, Any]


def _wrong_invoice(row: Row) -> Iterator[tuple[str, str]]:
    if row["amount"] * row["total"] < 0:
        yield "total", "expected the sign of the amount: all of a red invoice is below zero"


def _odd_invoice(row: Row) -> Iterator[str]:
    if row["amount"] + row["tax"] != row["total"]:
        yield "amount and tax differ from the total"


INVOICES = Form(
    "invoices",
    "invoices",
    {
        "direction": OneOf(_SIDES), "invoice_no": text, "issue_date": day, "counterparty": text, "amount": money,
        "tax": money, "total": money, "status": OneOf({"valid": "valid", "void": "void"}),
    },
    needed=("direction", "invoice_no", "issue_date", "counterparty", "amount", "tax", "total", "status"),
    feed=("direction",),
    wrong=_wrong_invoice,
    odd=_odd_invoice,
)  # fmt: skip


def _wrong_movement(row: Row) -> Iterator[tuple[str, str]]:
    if row["amount"] == 0:
        yield "amount", "expected an amount above zero, or below it for what went out"
    for column, most in (("sequence", 2**31 - 1), ("second", 86_399)):
        if row[column] is not None and not (column == "sequence") <= row[column] <= most:
            yield column, f"expected a whole number up to {most:,}"


BANK_FLOW = Form(
    "bank_flow",
    "movements",
    {
        "account": text, "booked_on": day, "sequence": int, "second": int, "amount": money, "balance": money,
        "currency": matching("[A-Z]{3}", "three letters of ISO 4217, such as CNY"), "counterparty": text,
        "counterparty_account": text, "text": text, "reference": text,
    },
    needed=("account", "booked_on", "amount", "currency"),
    feed=("account",),
    wrong=_wrong_movement,
)  # fmt: skip

_FORMS = (
    INVOICES, BANK_FLOW, RETURNS, RATINGS, acquiring.FORM, orders.FORM, procurement.FORM, meters.FORM, registers.FORM,
    courts.FORM, bureau.ACCOUNTS, bureau.QUERIES, property.FORM, pledges.FORM, identity.FORM,
)  # fmt: skip


@cache
def form_of(kind: str) -> Form:
    """What a pushed row of this kind says, and what makes it wrong or odd: the rules are those of its source."""
    theirs = next(form for form in _FORMS if form.kind == kind)
    schema = KINDS[kind].schema
    fields = {
        field.name: _plain(theirs.fields[field.name], field.type) for field in schema if field.name in theirs.fields
    }
    needed = {*theirs.needed, KINDS[kind].day}
    if kind == "tax_returns":
        fields["tax"], needed = OneOf(_TAXES), needed | {"period_start", "period_end"}
    return Form(
        kind, theirs.rows, fields, tuple(name for name in fields if name in needed), feed=theirs.feed,
        wrong=partial(_with_aside, theirs.aside, theirs.wrong), odd=partial(_with_aside, theirs.aside, theirs.odd),
    )  # fmt: skip


def _with_aside(aside: tuple[str, ...], rule: Callable[[Row], Any], row: Row) -> Any:
    """A rule of a source that looks at what only its files say: a row that is pushed does not say it."""
    return rule(row | dict.fromkeys(aside)) if aside else rule(row)


def _plain(reader: Reader, of: pa.DataType) -> Reader:
    """The reader of a column whose values come as the record has them."""
    if reader is money or reader is charge:
        return partial(_minor, reader is charge)
    if isinstance(reader, OneOf):
        return OneOf({word: word for word in reader.words.values()})
    if pa.types.is_integer(of):
        return partial(_whole, reader, 2 ** (of.bit_width - 1))
    if pa.types.is_floating(of):
        return partial(_real, reader)
    if pa.types.is_string(of):
        return partial(_text, reader)
    return reader


def _minor(positive: bool, value: Any) -> int:
    found = _integer(value)
    if found is None or abs(found) > LARGEST:
        raise ValueError("expected whole minor units (分) as a JSON integer, such as 123450 for 1,234.50 元")
    if positive and found < 0:
        raise ValueError("expected an amount of zero or more")
    return found


def _whole(reader: Reader, beyond: int, value: Any) -> int:
    found = _integer(value)
    if found is None or not -beyond <= found < beyond:
        raise ValueError("expected a whole number")
    return int(reader(found))


def _integer(value: Any) -> int | None:
    """1 and 1.0 are the same in JSON."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**18 and value == int(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _real(reader: Reader, value: Any) -> float:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("expected a number")
    if (isinstance(value, Decimal) and value.is_nan()) or not -_BEYOND < value < _BEYOND:
        raise ValueError("expected a number within reason")
    return float(reader(format(round(Decimal(value), _PLACES), "f") if reader in (quantity, share) else value))


def _text(reader: Reader, value: Any) -> Any:
    longest = _longest(reader)
    if isinstance(value, str) and len(value) > longest:
        raise ValueError(f"expected at most {longest:,} characters, not {len(value):,}")
    return reader(value)


def _longest(reader: Reader) -> int:
    return int(reader.keywords.get("longest", LONGEST)) if isinstance(reader, partial) else LONGEST


# --- the same as a schema


def row_example(kind: str) -> dict[str, Any]:
    """A row as somebody would push it."""
    return _read("examples.toml")[kind]


@cache
def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def row_schema(kind: str, party: bool = False) -> Schema:
    """JSON Schema of a row; `party`: of one that says whose it is."""
    form, schema = form_of(kind), KINDS[kind].schema
    whose: Schema = {"party": {"type": "string", "minLength": 1, "maxLength": 100, "description": "The party's id"}}
    properties = {
        name: _column(reader, schema.field(name).type, name in form.needed)
        | {"description": _read("columns.toml")[kind][name]}
        for name, reader in form.fields.items()
    }
    return {
        "type": "object", "title": f"{KINDS[kind].en} {KINDS[kind].zh}", "additionalProperties": False,
        "required": [*(["party"] if party else []), *form.needed],
        "properties": (whose if party else {}) | properties,
    }  # fmt: skip


def _column(reader: Reader, of: pa.DataType, needed: bool) -> Schema:
    found = _typed(reader, of)
    if needed:
        return found
    return found | {"type": [found["type"], "null"]} | ({"enum": [*found["enum"], None]} if "enum" in found else {})


def _typed(reader: Reader, of: pa.DataType) -> Schema:
    if isinstance(reader, OneOf):
        return {"type": "string", "enum": list(reader.words)}
    if isinstance(reader, partial) and reader.func is _minor:
        return {"type": "integer", "minimum": 0 if reader.args[0] else -LARGEST, "maximum": LARGEST, "x-unit": "分"}
    if pa.types.is_integer(of):
        return {"type": "integer", "minimum": -(2 ** (of.bit_width - 1)), "maximum": 2 ** (of.bit_width - 1) - 1}
    if pa.types.is_floating(of):
        return {"type": "number"}
    if pa.types.is_date(of):
        return {"type": "string", "format": "date", "minLength": 10, "maxLength": 40}
    if pa.types.is_timestamp(of):
        return {"type": "string", "pattern": _TIME, "minLength": 19, "maxLength": 60}
    return {
        "type": "string",
        "minLength": 1,
        "pattern": _PLAIN,
        "maxLength": _longest(reader.args[0] if isinstance(reader, partial) else reader),
    }
