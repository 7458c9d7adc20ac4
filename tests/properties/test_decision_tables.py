"""Random tables on random inputs: closure, trace, arrays and a plain reading row by row give the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_tables import KNOWN, NUMBERS, WORDS, facts, tables

from zhiwei.tables import HITS, Column, CompiledTable, DecisionTable, check_table, compile_table, read_table, text
from zhiwei.tables.decision import grid

Facts = dict[str, int | str | None]


def parsed(content: str) -> DecisionTable:
    """Without the static check: what does not cover everything is still compiled alike."""
    problems = []
    table = read_table("t.csv", content, KNOWN, problems, complete=False)
    assert table is not None, problems
    return table


def plainly(table: DecisionTable, given: Facts) -> list[dict[str, int | str | None]]:
    """Row by row, as one reads it."""
    holding = [e for e in table.entries
               if all(cell.holds(given[name]) for name, cell in zip(table.inputs, e.tests, strict=True))]  # fmt: skip
    found = [
        {name: o.word if o.expression is None else o.expression.value(given)
         for name, o in zip(table.outputs, e.outputs, strict=True)}
        for e in holding
    ]  # fmt: skip
    if table.hit == "first":
        return found[:1]
    if table.hit == "priority":
        best = max((e.priority for e in holding), default=0)
        return [one for e, one in zip(holding, found, strict=True) if e.priority == best][:1]
    if table.hit == "collect":
        return found
    total: dict[str, int | None] = {}
    for place, name in enumerate(table.outputs):
        values = [one[name] for e, one in zip(holding, found, strict=True) if e.outputs[place].source]
        total[name] = None if None in values else sum(values)
    return [total]


def columns(rows: list[Facts]) -> dict[str, Column]:
    made = {}
    for name in (*NUMBERS, *WORDS):
        present = np.array([row[name] is not None for row in rows], bool)
        if name in NUMBERS:
            values = np.array([row[name] or 0 for row in rows], np.int64)
        else:
            values = np.array([row[name] or "" for row in rows], object)
        made[name] = (values, present)
    return made


def compiled(table: DecisionTable, way: str) -> CompiledTable:
    """As a grid, where it takes few cells; as a tree, which a large table becomes whose grid would take too many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "_LEAST", 10**6 if way == "grid" else -(10**6))
        made = compile_table(table)
    assert (made.grid is not None) == (way == "grid")
    return made


@pytest.mark.parametrize("way", ["grid", "tree"])
@pytest.mark.parametrize("hit", HITS)
@given(st.data())
def test_closure_trace_and_arrays_agree_with_a_plain_reading(hit: str, way: str, data: st.DataObject) -> None:
    table = parsed(data.draw(tables(hit)))
    rows = data.draw(st.lists(facts(missing=True), min_size=1, max_size=8))
    made = compiled(table, way)
    wanted = [plainly(table, row) for row in rows]
    assert [[dict(one) for one in made.decide(row)] for row in rows] == wanted
    assert [[dict(one) for one in made.explain(row).found] for row in rows] == wanted
    spread = made.over(columns(rows), len(rows))
    for name in table.outputs:
        if hit == "collect":
            assert spread.collected(name) == [[one[name] for one in found] for found in wanted]
            continue
        values, present = spread.output(name)
        got = [values[row] if present[row] else None for row in range(len(rows))]
        assert got == [found[0][name] if found else None for found in wanted]


numbers = st.integers(-12, 12).map(lambda n: n * 250_000) | st.sampled_from([1, -1, 10**17, -(10**17), 2 * 10**17])


@given(st.data())
def test_a_list_of_single_values_is_looked_up_alike(data: st.DataObject) -> None:
    """Numbers that stand on a ruler, beside it and far beyond it, singly and by arrays."""
    named = data.draw(st.lists(st.tuples(numbers, st.sampled_from(["north", "south", "-"])), min_size=1, max_size=30))
    lines = [f'{text(sales)},{region if region == "-" else f"""{chr(34) * 3}{region}{chr(34) * 3}"""},{row}'
             for row, (sales, region) in enumerate(named)]  # fmt: skip
    table = parsed("\n".join(["# hit: first", "sales,region,-> value", *lines]))
    near = st.sampled_from([sales + by for sales, _ in named for by in (-1, 0, 0, 0, 1, 250_000)])
    rows = [
        {"sales": sales, "months": 0, "region": region, "trade": None}
        for sales, region in data.draw(st.lists(
            st.tuples(st.none() | near | numbers, st.sampled_from(["north", "south", "east", None])), min_size=1,
        ))
    ]  # fmt: skip
    wanted = [plainly(table, row) for row in rows]
    for way in ("grid", "tree"):
        made = compiled(table, way)
        assert [[dict(one) for one in made.decide(row)] for row in rows] == wanted
        values, present = made.over(columns(rows), len(rows)).output("value")
        got = [values[row] if present[row] else None for row in range(len(rows))]
        assert got == [found[0]["value"] if found else None for found in wanted]


@pytest.mark.parametrize("hit", HITS)
@given(st.data())
def test_the_static_check_says_what_is_so(hit: str, data: st.DataObject) -> None:
    """No case falls through a table without gaps, and no row that is said to be out of reach ever speaks."""
    table = parsed(data.draw(tables(hit)))
    found = check_table("t.csv", table)
    gaps = any("no row takes" in one.message for one in found)
    unreached = {one.line for one in found if one.message.startswith("nothing reaches this row")}
    made = compile_table(table)
    for row in data.draw(st.lists(facts(missing=True), min_size=1, max_size=12)):
        told = made.explain(row).rows
        assert told or gaps or hit in ("collect", "sum")
        assert unreached.isdisjoint(one.line for one in told)
