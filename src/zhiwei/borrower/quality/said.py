"""What a person says of a file that does not say it itself: the days that it covers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from zhiwei.borrower.covers import periods
from zhiwei.borrower.quality.policy import speeches
from zhiwei.borrower.quality.spans import parts
from zhiwei.borrower.reading import Parsed


def covering(parsed: Parsed, party: str, kinds: Sequence[str], first: date, last: date) -> Parsed:
    """The file with its days: of the kinds and feeds (accounts, meters, platforms) that its rows name; of all `kinds`
    where it has no row.
    """
    covered = list(parsed.covered)
    for kind in [kind for kind, rows in parsed.tables.items() if rows.num_rows] or kinds:
        feeds = list[str | None]()
        if kind in parsed.tables:
            feeds = parts(pl.DataFrame(pl.from_arrow(parsed.tables[kind])), speeches()[kind])["_part"].to_list()
        covered += periods(kind, party, first, last, feeds)
    return replace(parsed, covered=covered)
