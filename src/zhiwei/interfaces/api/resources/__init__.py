"""The resources, in the order in which a partner meets them."""

from zhiwei.interfaces.api.resources import draws, parties
from zhiwei.interfaces.api.resources.data import consents, deliveries, records

ROOMS = (parties.room, consents.room, records.room, deliveries.room, draws.room)
