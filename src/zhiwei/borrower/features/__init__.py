"""Records -> the operating picture; one module per kind of record, and the dictionary of facts."""

from zhiwei.borrower.features.across import COMPARED
from zhiwei.borrower.features.catalogue import (
    CANNOT_SHOW,
    CATALOGUE,
    PICTURED,
    catalogue_page,
    catalogue_rows,
    whole_picture,
)
from zhiwei.borrower.features.facts import Fact, Floats
from zhiwei.borrower.features.kinds.invoices import picture
from zhiwei.borrower.features.working_capital import (
    Balances,
    Turnover,
    additional_credit,
    turnover,
    working_capital,
)

__all__ = [
    "CANNOT_SHOW", "CATALOGUE", "COMPARED", "PICTURED", "Balances", "Fact", "Floats", "Turnover", "additional_credit",
    "catalogue_page", "catalogue_rows", "picture", "turnover", "whole_picture", "working_capital",
]  # fmt: skip
