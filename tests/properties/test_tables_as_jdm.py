"""Random tables written as JDM: zen-engine gives our result, missing values included, and reading them back too."""

import json

import pytest
import zen
from hypothesis import assume, given
from hypothesis import strategies as st
from random_tables import KNOWN, VALUES, for_zen, from_zen, number_tests, tables

from zhiwei.tables import HITS, compile_table, parse_cell, parse_expression, read_table
from zhiwei.tables.exchange import (
    jdm_cell,
    jdm_expression,
    read_jdm_cell,
    read_jdm_decision,
    read_jdm_expression,
    table_graph,
)

SMALL = st.none() | VALUES | st.integers(-(10**8), 10**8)  # what zen's 28 digits hold through two products
GIVEN = st.fixed_dictionaries({
    "sales": SMALL, "months": SMALL,
    **dict.fromkeys(("region", "trade"), st.none() | st.sampled_from(["north", "south", "east", "elsewhere"])),
})  # fmt: skip
Found = list[dict[str, int | str | None]]


def asked(graph: dict, hit: str, given: dict[str, int | str | None]) -> Found:
    """zen's answer in our words."""
    result = zen.ZenEngine().create_decision(json.dumps(graph)).evaluate(for_zen(given))["result"]
    rows = result["rows"] if hit == "collect" else [result]
    found = [{name: from_zen(row.get(name)) for name in ("value", "word")} for row in rows]
    return found if hit in ("collect", "sum") or "word" in rows[0] else []


@pytest.mark.parametrize("hit", HITS)
@given(st.data())
def test_zen_gives_our_result_and_so_does_the_table_read_back(hit: str, data: st.DataObject) -> None:
    table = read_table("t.csv", data.draw(tables(hit)), KNOWN, [], complete=False)
    assert table
    graph = table_graph(table)
    problems = []
    again = read_jdm_decision("t.json", json.dumps(graph), problems)
    assert again, problems
    made, remade = compile_table(table), compile_table(again)
    for given_ in data.draw(st.lists(GIVEN, min_size=1, max_size=4)):
        ours = [dict(one) for one in made.decide(given_)]
        assert asked(graph, hit, given_) == ours
        assert [dict(one) for one in remade.decide(given_)] == ours


@given(st.lists(number_tests() | st.just("null"), min_size=1, max_size=3).map(", ".join), st.lists(SMALL, min_size=1))
def test_a_cell_means_the_same_to_zen_on_a_missing_value_too(source: str, values: list[int | None]) -> None:
    cell = parse_cell(source)
    written, back = jdm_cell(cell), read_jdm_cell(jdm_cell(cell))
    assume(written)  # an empty cell is a matter of tables
    for value in values:
        assert zen.evaluate_unary_expression(written, for_zen({"$": value})) == cell.holds(value)
        assert back.holds(value) == cell.holds(value)


@pytest.mark.parametrize("source", ["a + b * 2", "min(a, b / c, 3)", "a / (b / c)", "a - (b - c)", "-a * (0 - 2.5)"])
def test_an_expression_reads_back_from_jdm(source: str) -> None:
    expression = parse_expression(source).bound({})
    assert read_jdm_expression(jdm_expression(expression)).tree == expression.tree
