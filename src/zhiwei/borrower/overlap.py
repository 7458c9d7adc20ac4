"""The same record, told under several ids of one party: which rows are one, so that each counts once.

Two kinds of record are told apart. An invoice, a row of an account, an order, a reading of a meter, a title carries a
name that the world gave it: whoever it came under, the same key is the same record, and the later word corrects the
earlier. A tax return, a rating or an entry of a register is named only within its party ("VAT of the first quarter"):
two shops of one owner each file one, and neither corrects the other. There, rows of two ids are one record where both
ids once brought a row that agrees in all that a record does not change later.
"""

import polars as pl

from zhiwei.borrower.records import KINDS

NAMED_BY = {
    "invoices": "invoice_no", "bank_flow": "account", "acquiring": "merchant", "orders": "order_no", "meters": "meter",
    "courts": "case_no", "property": "title_no", "pledges": "pledge_id", "identity": "event_id",
}  # fmt: skip
"""The column that names a record wherever it is told; a row without it is named only within its party."""
LATER = {
    "tax_returns": ("paid", "arrears", "late_fee"),
    "procurement": ("due_on", "paid_on", "rejected"),
    "registry": ("until",),
    "pledges": ("released_on",),
}
"""What of a record changes while it stays the same record."""


def counted_once(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The last row of each record, in their order. `rows` are of the kind's schema, as they came, and say in `_member`
    under which id, and in `_repeat` which of the equal rows of its delivery a row is.
    """
    key = ["party_id", *KINDS[kind].key, "_repeat"]
    kept = [name for name in KINDS[kind].schema.names if name not in LATER.get(kind, ())]
    named = pl.col(NAMED_BY[kind]).fill_null("") != "" if kind in NAMED_BY else pl.lit(False)
    rows = rows.with_columns(_record=pl.when(named).then(pl.lit("")).otherwise("_member"))
    while True:
        agree = pl.col("_record").min().over([*kept, "_repeat"])
        told = rows.with_columns(_record=agree).with_columns(_record=pl.col("_record").min().over([*key, "_member"]))
        if told["_record"].equals(rows["_record"]):
            return rows.unique([*key, "_record"], keep="last", maintain_order=True).drop("_record")
        rows = told
