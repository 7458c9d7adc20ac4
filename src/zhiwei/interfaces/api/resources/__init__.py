"""The resources, in the order in which a partner meets them."""

from zhiwei.interfaces.api.resources import client, parties, products, sandboxes, services
from zhiwei.interfaces.api.resources.data import consents, deliveries, records
from zhiwei.interfaces.api.resources.lending import applications, decisions, draws, lines
from zhiwei.interfaces.api.resources.telling import events, webhooks

ROOMS = (
    products.room, parties.room, consents.room, records.room, deliveries.room, services.room, applications.room,
    decisions.room, lines.room, draws.room, events.room, webhooks.room, client.room, sandboxes.room,
)  # fmt: skip
