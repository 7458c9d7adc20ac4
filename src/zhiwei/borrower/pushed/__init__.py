"""Rows that somebody pushes, in the columns of their kind: as JSON, as lines, as Arrow; bounded, strict, all or none.

A source's file says things in its own words; who pushes rows says them as the record does: money in whole minor units,
the words of the record, days as days. What a row may say is judged by the rules of the source of its kind.
"""

from zhiwei.borrower.pushed.arrow import read_arrow
from zhiwei.borrower.pushed.columns import row_example, row_schema
from zhiwei.borrower.pushed.files import read_file, said_of, source_named
from zhiwei.borrower.pushed.rows import MOST_LISTED, MOST_PUSHED, Pushed, read_lines, read_list

__all__ = [
    "MOST_LISTED", "MOST_PUSHED", "Pushed", "read_arrow", "read_file", "read_lines", "read_list", "row_example",
    "row_schema", "said_of", "source_named",
]  # fmt: skip
