"""Tables of several inputs and outputs: read, checked, and compiled to a closure, to a trace and to arrays."""

from zhiwei.tables.decision.checking import check_table
from zhiwei.tables.decision.compiled import CompiledTable, Explained, Found, Spoken, compile_table
from zhiwei.tables.decision.reading import read_table, write_table
from zhiwei.tables.decision.table import HITS, DecisionTable, Entry, Output, parse_output

__all__ = [
    "HITS", "CompiledTable", "DecisionTable", "Entry", "Explained", "Found", "Output", "Spoken", "check_table",
    "compile_table", "parse_output", "read_table", "write_table",
]  # fmt: skip
