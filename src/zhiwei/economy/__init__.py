"""The economy: a small town of businesses, what they invoice each other, and how they behave as borrowers.

`build_town` makes businesses and their invoices from a seed; `acts` says what one borrower does with its line on one
day. Both are pure: no clock, no I/O, the same arguments give the same answer. Nothing here is a real business.
"""

from zhiwei.economy.behaviour import Act, Draw, Habit, LineView, Repay, acts, follow
from zhiwei.economy.businesses import Business, Kind
from zhiwei.economy.town import Town, build_town
from zhiwei.economy.trades import TRADES, Trade

__all__ = [
    "TRADES",
    "Act",
    "Business",
    "Draw",
    "Habit",
    "Kind",
    "LineView",
    "Repay",
    "Town",
    "Trade",
    "acts",
    "build_town",
    "follow",
]
