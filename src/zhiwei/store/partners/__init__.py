"""Who calls the API, and what is told to them."""

from zhiwei.store.partners.clients import Clients
from zhiwei.store.partners.sandboxes import Sandboxes

__all__ = ["Clients", "Sandboxes"]
