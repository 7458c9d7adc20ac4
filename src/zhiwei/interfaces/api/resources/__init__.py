"""The resources, in the order in which a partner meets them."""

from zhiwei.interfaces.api.resources import parties
from zhiwei.interfaces.api.resources.lending import applications, decisions, draws, lines

ROOMS = (parties.room, applications.room, decisions.room, lines.room, draws.room)
