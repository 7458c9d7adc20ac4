"""Records -> the operating picture; one module per kind of record, and the dictionary of facts."""

from zhiwei.borrower.features.catalogue import CANNOT_SHOW, CATALOGUE, Fact
from zhiwei.borrower.features.invoices import picture

__all__ = ["CANNOT_SHOW", "CATALOGUE", "Fact", "picture"]
