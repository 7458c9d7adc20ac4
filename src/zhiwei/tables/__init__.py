"""Decision tables: cells and expressions in JDM's syntax, compiled to closures and to arrays; rules and parameters."""

from zhiwei.tables.cells import Cell, Column, parse_cell, uncovered
from zhiwei.tables.decision import (
    HITS,
    CompiledTable,
    DecisionTable,
    check_table,
    compile_table,
    read_table,
    write_table,
)
from zhiwei.tables.expressions import Expression, parse_expression
from zhiwei.tables.parameters import Parameter, read_parameters, value_on, values_on
from zhiwei.tables.rules import Rule, rules_from_csv, rules_from_toml
from zhiwei.tables.scale import MICRO, micro, text, unscaled
from zhiwei.tables.splits import Split
from zhiwei.tables.table import Problem, Row, did_you_mean, read_rows
from zhiwei.tables.toml import Document, toml_of

__all__ = [
    "HITS", "MICRO", "Cell", "Column", "CompiledTable", "DecisionTable", "Document", "Expression", "Parameter",
    "Problem", "Row", "Rule", "Split", "check_table", "compile_table", "did_you_mean", "micro", "parse_cell",
    "parse_expression", "read_parameters", "read_rows", "read_table", "rules_from_csv", "rules_from_toml", "text",
    "toml_of", "uncovered", "unscaled", "value_on", "values_on", "write_table",
]  # fmt: skip
