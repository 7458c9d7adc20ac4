"""Canonical typed records as Arrow tables; every source lands here and every feature starts here."""

import pyarrow as pa

INVOICES = pa.schema(
    [
        ("party_id", pa.string()),
        ("direction", pa.string()),  # sale (销项) | purchase (进项)
        ("invoice_no", pa.string()),  # no key: sources repeat it
        ("issue_date", pa.date32()),
        ("counterparty", pa.string()),
        ("amount", pa.int64()),  # 分, before tax; negative = red invoice (负数发票)
        ("tax", pa.int64()),
        ("total", pa.int64()),
        ("status", pa.string()),  # valid (有效发票) | void (作废发票)
        ("occurrence", pa.int16()),  # 1 for the first of rows that agree in everything above, then 2, 3, ...
    ]
)
"""One row as the source delivered it. Repeats are kept and numbered, never dropped; features count the first only."""
