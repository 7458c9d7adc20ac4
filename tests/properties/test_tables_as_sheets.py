"""Random tables go into a workbook and come back as they were, cell for cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import KNOWN, tables

from zhiwei.shelf.exchange.sheets import read_sheets, table_from_sheet, table_sheet, write_sheets
from zhiwei.tables import HITS, Problem, check_table, read_table


@pytest.mark.parametrize("hit", HITS)
@settings(max_examples=25)
@given(st.data())
def test_a_table_comes_back_from_its_sheet(hit: str, data: st.DataObject) -> None:
    """With what the static check says about it, in the same rows."""
    table = read_table("t.csv", data.draw(tables(hit)), KNOWN, [], complete=False)
    assert table
    problems: list[Problem] = []
    sheets = read_sheets("t.xlsx", write_sheets([table_sheet(table)]), problems)
    again = table_from_sheet("t.csv", sheets["t"], KNOWN, problems)
    if again is None:
        assert [one.message for one in problems] == [one.message for one in check_table("t.csv", table)]
    else:
        assert again == table
