"""The shelf: credit products as folders, loaded into frozen values and checked against their own cases.

Workbooks have a door of their own, `shelf.exchange.workbook`: what writes and reads them takes long to import.
"""

from zhiwei.shelf.check import check
from zhiwei.shelf.exchange import product_from_graph, product_graph
from zhiwei.shelf.given import Given, read_given
from zhiwei.shelf.load import load, read_folder
from zhiwei.shelf.product import Product

__all__ = [
    "Given", "Product", "check", "load", "product_from_graph", "product_graph", "read_folder", "read_given",
]  # fmt: skip
