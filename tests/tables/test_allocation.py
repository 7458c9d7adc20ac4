"""Each file of allocation/ is one payment over two instalments, to be added up by hand; spreading it gives the same."""

import re
from pathlib import Path

import pytest

from zhiwei.loans.waterfall import BUCKETS, LEGAL, Order, spread
from zhiwei.values import fen

GOLDEN = sorted((Path(__file__).parent / "allocation").glob("*.txt"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_payment_goes_where_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    by_law = re.search(r"^order: by law, (\d+) days past due$", text, re.MULTILINE)
    if by_law:
        order = LEGAL.order(int(by_law[1]))
    else:
        mode, *buckets = re.search(r"^order: (.+)$", text, re.MULTILINE)[1].split()
        order = Order(None, mode, tuple(buckets))
    head, *rows = [line.split() for line in text.partition("\ninstalment ")[2].splitlines()]
    assert tuple(head[1:]) == BUCKETS
    owed, paid = (
        [[fen(cell) for cell in cells] for _, what, *cells in rows if what == kind] for kind in ("owed", "paid")
    )
    assert spread(fen(re.search(r"^pay: (\S+)$", text, re.MULTILINE)[1]), owed, order) == paid


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 4
