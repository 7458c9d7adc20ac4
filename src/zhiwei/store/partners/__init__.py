"""Who calls the API, and what is told to them."""

from zhiwei.store.partners.clients import Clients
from zhiwei.store.partners.outbox import Outbox
from zhiwei.store.partners.sandboxes import Sandboxes
from zhiwei.store.partners.webhooks import Webhooks

__all__ = ["Clients", "Outbox", "Sandboxes", "Webhooks"]
