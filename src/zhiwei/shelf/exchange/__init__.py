"""A product goes out and comes back: as a JDM graph, or as a workbook; what writes those takes long to import."""

from zhiwei.shelf.exchange.jdm import product_from_graph, product_graph

__all__ = ["product_from_graph", "product_graph"]
