"""The figures that demands of a product ask for: as `quality` measures them, and none of what only people look at."""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from zhiwei.borrower.covers import seen_covers
from zhiwei.borrower.quality.coverage import Floats
from zhiwei.borrower.quality.demands import Demand, figure_names
from zhiwei.borrower.quality.internal import counted
from zhiwei.borrower.quality.measure import agreement, covered_and_fresh, dated_and_known
from zhiwei.borrower.quality.policy import speeches
from zhiwei.borrower.quality.spans import ordinal, parts, seen, statement
from zhiwei.borrower.records import KINDS
from zhiwei.values import add_months


def demanded(
    tables: Mapping[str, pa.Table],
    parties: Sequence[str],
    as_of: date,
    demands: Sequence[Demand],
    covered: pa.Table | None = None,
) -> dict[str, Floats]:
    """Name of a figure -> a value for each party, NaN where it is not known; arguments as of `quality`."""
    figures: dict[str, Floats] = {}
    for kind in dict.fromkeys(one.kind for one in demands):
        speech = speeches()[kind]
        table = tables[kind] if kind in tables else KINDS[kind].schema.empty_table()
        rows = parts(seen(table, KINDS[kind].day, parties, as_of), speech)
        rows = statement(rows) if speech.speaks == "chain" else rows
        told = seen_covers(covered, kind, parties, as_of)
        dated, known = dated_and_known(rows, told, speech, len(parties), by_part=False)
        for one in {one.months: one for one in demands if one.kind == kind}.values():
            asked = len(parties), as_of, one.months
            found = covered_and_fresh(dated, known, speech, asked)
            checked = counted(kind, rows, ordinal(add_months(as_of, -one.months)), as_of)
            held = agreement(checked, len(parties))["agreement"]
            figures |= zip(figure_names(one), (found["coverage"], found["freshness_days"], held), strict=True)
    return figures
