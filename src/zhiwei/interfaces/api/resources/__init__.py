"""The resources, in the order in which a partner meets them."""

from zhiwei.interfaces.api.resources import draws, parties

ROOMS = (parties.room, draws.room)
