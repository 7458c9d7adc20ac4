"""A table of an outsider as text cells under their header: see `tables.grid`."""

from zhiwei.borrower.reading.tables.grid import Grid, grid_of

__all__ = ["Grid", "grid_of"]
