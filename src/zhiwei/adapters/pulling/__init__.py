"""Deliveries of records from outside companies: asked with a time limit, again on outages, elsewhere in order, counted.

    taxes = Pull(TaxBureau(...), price=Price(120, "hits"))
    other = Pull(OtherCompany(...), price=Price(300, "calls"))
    answer = InOrder([taxes, other]).answer(Request(("invoices",), code, since, until, (consent_id,)))

A provider asks one company in its own protocol and is all that has to be written for a new one; its tests are
`zhiwei.testing.ProviderContract`. What it answers is the file as the company gave it, for the source that reads it.
"""

from zhiwei.adapters.pulling.breaker import Breaker
from zhiwei.adapters.pulling.companies import Companies, Company, read_companies
from zhiwei.adapters.pulling.figures import Figures, Price
from zhiwei.adapters.pulling.folder import FolderCompany
from zhiwei.adapters.pulling.order import InOrder
from zhiwei.adapters.pulling.provider import Answer, Provider, Request
from zhiwei.adapters.pulling.pull import Clock, Policy, Pull
from zhiwei.adapters.pulling.web import WebCompany

__all__ = [
    "Answer", "Breaker", "Clock", "Companies", "Company", "Figures", "FolderCompany", "InOrder", "Policy", "Price",
    "Provider", "Pull", "Request", "WebCompany", "read_companies",
]  # fmt: skip
