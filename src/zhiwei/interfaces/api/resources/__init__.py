"""The resources, in the order in which a partner meets them."""

from zhiwei.interfaces.api.resources import draws, parties, products, services
from zhiwei.interfaces.api.resources.data import consents, deliveries, records

ROOMS = (
    products.room, parties.room, consents.room, records.room, deliveries.room, services.room, draws.room,
)  # fmt: skip
