"""A table that people drew in zen's editor is read; what our tables cannot say is a problem with its row and column."""

import json
from typing import Any

import pytest

from zhiwei.tables import Problem, compile_table, parse_cell, write_table
from zhiwei.tables.exchange import jdm_cell, read_jdm_cell, read_jdm_decision

DRAWN = {
    "hitPolicy": "first",
    "inputs": [{"id": "a", "name": "Sales", "field": "sales"}, {"id": "b", "name": "Region", "field": "region"}],
    "outputs": [{"id": "c", "name": "Limit", "field": "limit"}, {"id": "d", "name": "Word", "field": "word"}],
    "rules": [
        {"_id": "1", "_description": "small", "a": "< 5", "b": "'north', 'south'", "c": "sales * 2", "d": "'few'"},
        {"_id": "2", "a": "[5..9], 12", "b": "", "c": "min([sales, 7])", "d": '"some"'},
        {"_id": "3", "a": "", "b": "", "c": "null", "d": ""},
    ],
}


def graph(content: dict[str, Any], *more: dict[str, Any]) -> str:
    nodes = [{"id": "in", "name": "in", "type": "inputNode"},
             {"id": "t", "name": "limits", "type": "decisionTableNode", "content": content}, *more]  # fmt: skip
    return json.dumps({"nodes": nodes, "edges": []})


def test_a_table_drawn_in_the_editor_is_read() -> None:
    problems: list[Problem] = []
    table = read_jdm_decision("t.json", graph(DRAWN), problems)
    assert table is not None, problems
    assert write_table(table).splitlines() == [
        "sales,region,-> limit,-> word,# note",
        "< 5,\"'north', 'south'\",sales * 2,'few',small",
        '"[5..9], 12",-,"min(sales, 7)","""some""",',
        "-,-,,,",
    ]
    found = compile_table(table).decide({"sales": 8_000_000, "region": None})
    assert [dict(one) for one in found] == [{"limit": 7_000_000, "word": "some"}]


@pytest.mark.parametrize(
    ("rule", "key", "cell", "line", "column", "said"),
    [
        (0, "a", "$ > 5 and $ < 9", 1, "sales", "an expression, where a test such as > 5 is meant"),
        (1, "a", "not in [1..5]", 2, "sales", "write the tests it leaves"),
        (1, "a", "date('2026-01-01')", 2, "sales", "cannot read"),
        (1, "b", True, 2, "region", "a cell is text, not True"),
        (2, "c", "true", 3, "limit", "write 1 and 0, or a text"),
        (2, "c", "round(sales, 2)", 3, "limit", "expected ')'"),
        (2, "c", "sales > 5 ? null : 3", 3, "limit", "our expressions ask by themselves"),
        (2, "d", "upper(word)", 3, "word", "no function 'upper'"),
    ],
)
def test_a_cell_that_has_no_place_is_named(rule: int, key: str, cell: Any, line: int, column: str, said: str) -> None:
    content = json.loads(json.dumps(DRAWN))
    content["rules"][rule][key] = cell
    problems: list[Problem] = []
    assert read_jdm_decision("t.json", graph(content), problems) is None
    assert [(one.line, one.column) for one in problems] == [(line, column)]
    assert said in problems[0].message
    assert "table limits" in problems[0].message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hitPolicy": "ruleOrder"}, "unknown hit policy 'ruleOrder' (first or collect)"),
        ({"inputs": []}, "there are no inputs"),
        ({"inputs": [{"id": "a", "name": "x", "field": "sales * 2"}]}, "'sales * 2' is no name"),
        ({"outputs": [{"id": "c", "field": "x"}, {"id": "d", "field": "x"}]}, "x stands twice"),
        ({"outputs": 5}, "there are no outputs"),
    ],
)
def test_a_table_that_has_no_place_is_named(change: dict[str, Any], said: str) -> None:
    problems: list[Problem] = []
    assert read_jdm_decision("t.json", graph({**DRAWN, **change}), problems) is None
    assert said in str(problems[0])


def test_what_would_be_lost_of_a_graph_is_a_problem() -> None:
    problems: list[Problem] = []
    function = {"id": "f", "name": "adds", "type": "functionNode", "content": {"source": "x"}}
    assert read_jdm_decision("t.json", graph(DRAWN, function), problems) is None
    assert (
        read_jdm_decision("t.json", graph(DRAWN, {"id": "u", "name": "u", "type": "decisionTableNode"}), problems)
        is None
    )
    assert [one.message.partition(",")[0] for one in problems] == [
        "only the table of the graph is read", "the graph has 2 tables",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "jdm"),
    [
        ("-", ""),
        ("null", "null"),
        ("1, 2, null", "1, 2, null"),
        ("'A', 'US$'", "'A', 'US$'"),
        ("< 5", "$ ?? 5 < 5"),
        (">= -3", "$ ?? -3.000001 >= -3"),
        ("[1..5), 7", "$ ?? 0 in [1..5) or $ ?? 0 == 7"),
        ("< 5, null", "$ ?? 4.999999 < 5"),
        ("< 5, >= 5", "$ != null"),
    ],
)
def test_golden_cells(cell: str, jdm: str) -> None:
    assert jdm_cell(parse_cell(cell)) == jdm
    back = read_jdm_cell(jdm)
    for value in (None, -4_000_000, -3_000_000, 0, 1_000_000, 4_999_999, 5_000_000, 7_000_000, "A", "US$", "B"):
        numbers = not parse_cell(cell).words
        if value is None or isinstance(value, int) == numbers:
            assert back.holds(value) == parse_cell(cell).holds(value)
