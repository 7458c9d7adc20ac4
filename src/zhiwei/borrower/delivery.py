"""What any source hands over, and how it says what is wrong with a row."""

from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from zhiwei.borrower.party import Party


@dataclass(frozen=True, slots=True)
class Label:
    """An outcome somebody observed about a party; it trains and tests models and is never a feature."""

    party: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file read. `bad_rows` has file, sheet, row, column, value, problem (one line per bad cell).

    `purpose` and `consent_text` say what the parties allowed their records to be used for, and in which words.
    """

    source: str
    file: str
    sha256: str
    parties: list[Party]
    invoices: pa.Table
    bad_rows: pl.DataFrame
    purpose: str
    consent_text: str
    labels: list[Label] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)


BAD_ROW = {
    "file": pl.String, "sheet": pl.String, "row": pl.Int64,
    "column": pl.String, "value": pl.String, "problem": pl.String,
}  # fmt: skip
