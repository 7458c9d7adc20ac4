"""A town of small businesses and every invoice they issued or received in a window of months."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower import INVOICES
from zhiwei.economy.businesses import Business, register
from zhiwei.economy.invoices import Deals, draw_deals

MOST_BUSINESSES, MOST_MONTHS = 5_000, 60
_EPOCH = date(1970, 1, 1)
_HOME, _ELSEWHERE = 53, (11, 31, 32, 33, 44, 51, 53)  # provinces in invoice numbers


@dataclass(frozen=True)
class Town:
    """A town and its records.

    `businesses` is sorted by party_id. `invoices` has the columns of INVOICES, covers [first_day, until) and is sorted
    by (party_id, issue_date).
    """

    seed: int
    first_day: date
    until: date
    businesses: tuple[Business, ...]
    invoices: pa.Table

    def known_on(self, on: date) -> pa.Table:
        """Invoices issued before `on`. A voided one is void from its first day: the day of voiding is not kept."""
        return self.invoices.filter(pc.less(self.invoices["issue_date"], pa.scalar(on, pa.date32())))


def build_town(*, seed: int, businesses: int = 200, until: date, months: int = 36) -> Town:
    """A deterministic town whose records cover the `months` months before `until` (exclusive).

    The same arguments give the same bytes with the same numpy on the same kind of processor. One window is not the
    prefix of a longer one: to let time pass, build to the end of the simulation and read `known_on(day)`. About 900
    invoices a business in three years. ValueError outside 1..5000 businesses and 1..60 months.

    Set by eye to the ranges we were given: size (log-normal, median about 200万 元 a year, most 30万 to 2000万), void
    1-3 % and red 1-2 % of invoices, VAT 13/9/6/3 %, the Spring Festival dip, ages as in a stock of which 78 %
    survive a year. None of it is fitted to data.

    Not calibrated: deaths. The report's 15-20 % of stock a year counts all market entities, most of which never invoice
    a company or ask for a loan; here 8 % of the town fail, spread over 0.45 to 1.3 windows from the first day (with 36
    months, about 3 % a year of the stock once it begins). Nor penetration, margins, prices, contagion from customer to
    supplier, or the cycle. The shares of weak ones (14 %) and cheats (6 %) give a test something to find; they are no
    forecast of a loss. Shops and restaurants sell mostly without invoices in life; here invoices are all they sell.
    """
    if not (1 <= businesses <= MOST_BUSINESSES and 1 <= months <= MOST_MONTHS):
        raise ValueError(f"a town has 1..{MOST_BUSINESSES} businesses and 1..{MOST_MONTHS} months of records")
    rng = np.random.Generator(np.random.PCG64(seed))
    first_day = _months_before(until, months)
    return _lived(seed, register(rng, businesses, first_day, until), first_day, until, rng)


def build_street(people: Sequence[Business], *, seed: int, until: date, months: int) -> Town:
    """As `build_town`, of these businesses and no others."""
    first_day = _months_before(until, months)
    rng = np.random.Generator(np.random.PCG64(seed))
    return _lived(seed, tuple(sorted(people, key=lambda one: one.party_id)), first_day, until, rng)


def _lived(
    seed: int, people: tuple[Business, ...], first_day: date, until: date, rng: np.random.Generator
) -> Town:  # fmt: skip
    deals = draw_deals(people, first_day, (until - first_day).days, rng)
    return Town(seed, first_day, until, people, _table(people, deals, first_day, rng))


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def vat(amount: np.ndarray, percent: np.ndarray) -> np.ndarray:
    """Tax in 分, half a 分 away from zero, so that a red invoice is the exact negative of its blue one."""
    rounded: np.ndarray = np.sign(amount) * ((np.abs(amount) * percent + 50) // 100)
    return rounded


def _table(people: tuple[Business, ...], deals: Deals, first_day: date, rng: np.random.Generator) -> pa.Table:
    """Each party's own view of its deals: the seller holds a sale, the buyer a purchase, under one number."""
    count = len(people)
    sold, bought = (np.flatnonzero(deals[side] < count) for side in ("seller", "buyer"))
    deal = np.concatenate([sold, bought])
    sale = np.arange(len(deal)) < len(sold)
    me = np.where(sale, deals["seller"][deal], deals["buyer"][deal])
    order = np.lexsort((deal, deals["day"][deal], me))  # register order is party_id order; deals are in order of day
    deal, sale, me = deal[order], sale[order], me[order]
    other = np.where(sale, deals["buyer"][deal], deals["seller"][deal])
    amount, day = deals["amount"][deal], deals["day"][deal] + (first_day - _EPOCH).days
    tax = vat(amount, deals["percent"][deal])
    ids = pa.array([b.party_id for b in people], pa.string())
    outside = pc.binary_join_element_wise("OUT-", _digits(np.where(other < count, 0, other - count), 6), "")
    columns = [
        ids.take(pa.array(me)),
        pc.if_else(pa.array(sale), "sale", "purchase"),
        _numbers(deals, count, first_day, rng).take(pa.array(deal)),
        pa.array(day.astype(np.int32)).cast(pa.date32()),
        pc.if_else(pa.array(other < count), ids.take(pa.array(np.where(other < count, other, 0))), outside),
        *map(pa.array, (amount, tax, amount + tax)),
        pc.if_else(pa.array(deals["void"][deal]), "void", "valid"),
        pa.array(np.ones(len(deal), dtype=np.int16)),
    ]
    return pa.Table.from_arrays(columns, schema=INVOICES)


def _numbers(deals: Deals, count: int, first_day: date, rng: np.random.Generator) -> pa.Array:
    """数电票 numbers, 20 digits: year, the seller's province, channel, then a running number of 15."""
    year = (np.datetime64(first_day) + deals["day"]).astype("datetime64[Y]").astype(int) + 1970
    province = np.where(deals["seller"] < count, _HOME, rng.choice(_ELSEWHERE, len(deals)))
    running = int(rng.integers(10**14)) + np.arange(len(deals))
    head = _digits((year % 100 * 100 + province) * 10 + 2, 5)
    return pc.binary_join_element_wise(head, _digits(running, 15), "")


def _digits(numbers: np.ndarray, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
