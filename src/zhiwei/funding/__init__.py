"""Whose money lends: funders, programmes and how every entry is shared among them."""

from zhiwei.funding.programme import Funder, Programme

__all__ = ["Funder", "Programme"]
