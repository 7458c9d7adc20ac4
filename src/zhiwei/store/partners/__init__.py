"""Who calls the API, and what is told to them."""

from zhiwei.store.partners.clients import Clients

__all__ = ["Clients"]
