"""The shelf: credit products as folders, loaded into frozen values and checked against their own cases."""

from zhiwei.shelf.check import check
from zhiwei.shelf.load import load, read_folder
from zhiwei.shelf.product import Product

__all__ = ["Product", "check", "load", "read_folder"]
