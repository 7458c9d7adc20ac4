"""Tax returns and ratings of a firm, as JSON lines, one object, or a table of returns or of ratings.

    {"taxpayer_kind": "small", "tax_no": "91110108551385082Q", "arrears_balance": "0",
     "violations": [{"registered_on": "2024-05-06", "status": "已处理"}],
     "returns": [
        {"tax": "增值税", "period": "2026Q1", "filed_on": "2026-04-10", "sales": "300000.00", "payable": "9000.00",
         "paid": "9000.00", "arrears": "0", "late_fee": "0"},
        {"tax": "cit", "period_start": "2025-01-01", "period_end": "2025-12-31", "filed_on": "2026-05-20"}],
     "ratings": [{"year": 2025, "rating": "B", "published_on": "2026-04-20"}]}

`tax`: vat, cit, iit, surcharge, or the tax's Chinese name, 印花税 too; taxes of one class and period become one row,
added up. `period` or both of its ends. A return filed again replaces the one filed before. Amounts in 元.
A return covers its own period once it is filed; `from` and `to` above the list: what was asked for, so that a return
which is not there was not filed. Facts that a vendor's report states beside the rows are in FACTS; they are kept as
facts, money in 分.
"""

import zlib
from collections.abc import Sequence
from typing import Any

from zhiwei.borrower.reading.forms import Gathered, gather, is_json
from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import Reader, charge, one_of, text
from zhiwei.borrower.reading.tabled import gather_table, mappings_of
from zhiwei.borrower.sources.tax.checks import odd_ratings, odd_returns
from zhiwei.borrower.sources.tax.rows import RATINGS, RETURNS, classed, dated
from zhiwei.values import BadInput

KINDS = ("tax_returns", "tax_ratings")
TAXPAYERS = {
    "general": "general",
    "small": "small",
    "一般纳税人": "general",
    "小规模纳税人": "small",
    "小规模": "small",
}
PERIOD_HEADERS = ("税款所属期", "所属期", "税款所属时期", "period")
MOST_VIOLATIONS = 100


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        raise ValueError("expected a whole number of zero or more")
    return value


def _violations(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value) or len(value) > MOST_VIOLATIONS:
        raise ValueError(f"expected a list of at most {MOST_VIOLATIONS} objects with registered_on and status")
    return "; ".join(f"{text(one.get('registered_on', ''), 10)} {text(one.get('status', ''), 40)}" for one in value)


FACTS: dict[str, Reader] = {
    "taxpayer_kind": one_of(TAXPAYERS), "tax_no": text, "violations": _violations, "arrears_balance": charge,
    "arrears_times_12m": _count, "late_fee_3m": charge, "late_fee_12m": charge, "late_fee_times_3m": _count,
    "late_fee_times_12m": _count, "vat_sales_12m": charge, "vat_sales_24m": charge, "paid_12m": charge,
    "paid_24m": charge, "payable_12m": charge, "zero_returns_12m": _count, "zero_returns_longest": _count,
}  # fmt: skip
"""What a document may say of the taxpayer on the day of its delivery, and how it is read."""


def read(content: bytes, name: str, party: str, mappings: Sequence[Mapping] = ()) -> Parsed:
    """Returns and ratings of one party. `mappings`: what the columns of a table mean, where it is not a shipped layout.

    BadInput where the file is neither the form nor a table of returns or ratings.
    """
    if is_json(content, name):
        found = gather(content, name, [RETURNS, RATINGS], facts=FACTS)
    else:
        found = _table(content, name, mappings)
    classed(found)
    dated(found)
    _cross(found)
    return found.parsed(party)


def _table(content: bytes, name: str, mappings: Sequence[Mapping]) -> Gathered:
    """Ratings where the table has their columns and none that names a tax."""
    try:
        header = set(grid_of(content, name).header)
    except (zlib.error, IndexError) as error:  # packed bytes or a directory that are damaged
        raise BadInput("broken_file", f"{name} cannot be unpacked: {error}", hint="deliver it anew") from error
    if mappings:
        kinds = {mapping.kind for mapping in mappings}
        if len(kinds) > 1 or not kinds <= set(KINDS):
            raise BadInput(
                "bad_mapping", f"mappings of {', '.join(sorted(kinds))} for one table of tax_returns or ratings"
            )
        ratings = kinds == {"tax_ratings"}
    else:
        (of_returns,), (of_ratings,) = mappings_of(__name__), mappings_of(__name__, "ratings.toml")
        ratings = bool(header & {*of_ratings.columns["rating"]}) and not header & {*of_returns.columns["tax"]}
        mappings = [of_ratings if ratings else of_returns]
    form, aside = (RATINGS, {}) if ratings else (RETURNS, {"period": PERIOD_HEADERS})
    found = gather_table(content, name, form, mappings, aside=aside)
    for kind in KINDS:
        found.rows.setdefault(kind, [])
    return found


def _cross(found: Gathered) -> None:
    """What the rows say together, and what the document says of them."""
    returns = [row for _, row in found.rows["tax_returns"]]
    ratings = [row for _, row in found.rows["tax_ratings"]]
    found.warnings.update(odd_returns(returns))
    found.warnings.update(odd_ratings(ratings, returns))
    said, owed = found.facts.get("arrears_balance"), [row["arrears"] for row in returns if row["arrears"] is not None]
    if said is not None and owed and int(said) != sum(owed):
        found.warnings["the balance of arrears differs from the arrears of the returns"] += 1
