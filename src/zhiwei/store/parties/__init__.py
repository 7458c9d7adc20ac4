"""Parties as tables: who is known, what they hold and do and how they are tied, and which of them are one."""

from zhiwei.store.parties.applications import Applications
from zhiwei.store.parties.known import NAME, Parties
from zhiwei.store.parties.merges import Merges
from zhiwei.store.parties.network import Network
from zhiwei.store.parties.relations import Relations

__all__ = ["NAME", "Applications", "Merges", "Network", "Parties", "Relations"]
