"""JDM graphs: nodes in a row, from what is asked to what is answered."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from zhiwei.tables.decision.table import DecisionTable
from zhiwei.tables.exchange.jdm_tables import ROWS, jdm_table, sums

Json = dict[str, Any]


def chain(nodes: Sequence[Json]) -> Json:
    """A graph of an input, these nodes one after the other, and an output."""
    row = [_node("request", "inputNode", {"schema": ""}), *nodes, _node("response", "outputNode", {"schema": ""})]
    placed = [{**node, "position": {"x": 120 + 260 * place, "y": 120}} for place, node in enumerate(row)]
    edges = [
        {"id": f"{one['id']} {other['id']}", "type": "edge", "sourceId": one["id"], "targetId": other["id"]}
        for one, other in pairwise(row)
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": placed, "edges": edges}


def table_node(name: str, content: Json, *, into: str | None = None) -> Json:
    """A table whose outputs are put beside what came in; those of a table that collects under `into`."""
    kept = {"passThrough": True, "inputField": None, "outputPath": into, "executionMode": "single"}
    return _node(name, "decisionTableNode", {**content, **kept})


def expression_node(name: str, expressions: Mapping[str, str], *, beside: bool = True) -> Json:
    """Named values; `beside` what came in, or instead of it."""
    rows = [{"id": f"e{place}", "key": key, "value": value} for place, (key, value) in enumerate(expressions.items())]
    return _node(name, "expressionNode", {"expressions": rows, "passThrough": beside})


def _node(name: str, kind: str, content: Json) -> Json:
    return {"id": name, "name": name, "type": kind, "content": content}


def table_graph(table: DecisionTable) -> Json:
    """A graph that answers what the table does: its outputs, or for `collect` those of each row under `rows`.

    JDM knows first and collect. A table by priority is written with its rows in the order in which they win; one that
    adds up collects, and an expression adds.
    """
    content = jdm_table(table)
    if table.hit == "collect":
        return chain([table_node(table.name, content, into=ROWS)])
    if table.hit == "sum":
        return chain([table_node(table.name, content, into=ROWS), expression_node("sum", sums(table.outputs))])
    return chain([table_node(table.name, content)])
