"""Tables in other people's formats: JDM, the format of GoRules' engine and editor, and sheets of a workbook."""

from zhiwei.tables.exchange.graph import chain, expression_node, table_graph, table_node
from zhiwei.tables.exchange.jdm import jdm_cell, jdm_expression, read_jdm_cell, read_jdm_expression, read_jdm_output
from zhiwei.tables.exchange.jdm_tables import (
    jdm_field,
    jdm_table,
    read_jdm_decision,
    read_jdm_graph,
    read_jdm_table,
)

__all__ = [
    "chain", "expression_node", "jdm_cell", "jdm_expression", "jdm_field", "jdm_table", "read_jdm_cell",
    "read_jdm_decision", "read_jdm_expression", "read_jdm_graph", "read_jdm_output", "read_jdm_table", "table_graph",
    "table_node",
]  # fmt: skip
