"""The resources, in the order in which a partner meets them."""

from zhiwei.interfaces.api.resources import draws, events, parties, webhooks

ROOMS = (parties.room, draws.room, events.room, webhooks.room)
