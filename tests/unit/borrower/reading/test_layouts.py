"""Exports of banks of many countries, guessed: what is in them comes out, and what they leave open is asked."""

from collections import Counter

import pytest

from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import Mapping, preview, read, understand
from zhiwei.borrower.records import BANK_FLOW

from .layouts import asian, english, german, romance, slavic, workbooks
from .layouts.layout import Layout

LAYOUTS: dict[str, Layout] = {
    name: layout
    for module in (english, german, romance, slavic, asian, workbooks)
    for name, layout in module.LAYOUTS.items()
}


def test_no_two_layouts_are_called_the_same() -> None:
    assert len(LAYOUTS) == sum(len(module.LAYOUTS) for module in (english, german, romance, slavic, asian, workbooks))


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_a_bank_exported_comes_out(name: str) -> None:
    layout = LAYOUTS[name]
    grid = grid_of(layout.content, name)
    found = understand(grid, "bank_flow")
    assert {question.about for question in found.questions} == layout.open
    parsed = read(grid, found.mapping, "P")
    assert parsed.problems == []
    table = parsed.tables["bank_flow"]
    assert table.schema == BANK_FLOW
    rows = table.to_pylist()
    told = Counter((str(row["booked_on"]), row["amount"], row["balance"]) for row in rows)
    assert told == Counter(layout.rows)
    assert {row["currency"] for row in rows} == {layout.currency}
    assert layout.account in {row["account"] for row in rows}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_preview_tells_the_same(name: str) -> None:
    layout = LAYOUTS[name]
    grid = grid_of(layout.content, name)
    shown = preview(grid, understand(grid, "bank_flow"))
    assert (shown.good, shown.rows - shown.good) == (len(layout.rows), layout.aside)
    assert sum(shown.total_in.values()) == sum(max(amount, 0) for _, amount, _ in layout.rows)
    assert sum(shown.total_out.values()) == sum(min(amount, 0) for _, amount, _ in layout.rows)
    days = sorted(day for day, _, _ in layout.rows)
    assert shown.days == (days[0], days[-1])
    if shown.links is not None and shown.held is not None:
        assert shown.links - shown.held == layout.chain
    assert len(shown.open) == len(layout.open)
    text = shown.text()
    assert all(question.text in text and question.answer in text for question in shown.open)
    assert all(reason in text for reason in shown.decided)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_guess_that_is_kept_reads_the_same(name: str) -> None:
    grid = grid_of(LAYOUTS[name].content, name)
    mapping = understand(grid, "bank_flow").mapping
    assert Mapping.from_toml(mapping.to_toml()) == mapping
