"""What the town invoices: deals between businesses and with the outside, drawn day by day with numpy.

A deal is one invoice seen from above; a party holds it as a sale or a purchase. Sellers and buyers are numbers: a
place in the register, or `len(register) + k` for the outside firm OUT-k. Days count from the window's first day.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from zhiwei.economy.businesses import MEDIAN_MONTH, Business
from zhiwei.economy.trades import TRADES, daily_weights

DEAL = np.dtype([
    ("seller", "i8"), ("buyer", "i8"), ("day", "i4"), ("amount", "i8"), ("percent", "i8"), ("void", "?"), ("fake", "?"),
])  # fmt: skip
Deals = NDArray[np.void]  # of dtype DEAL; amount in 分 ex tax

OUTSIDE = 1_000_000  # OUT-000000..OUT-999999; customers in the lower half, suppliers in the upper
PER_DAY = 12 / 365.25  # a monthly figure to a daily one
PARTNERS = 3  # customers a business may have in the town
PURCHASES = 0.45  # purchase invoices per sale invoice, if all are from outside


class Firms:
    """The register as arrays of one value per business, with traits no one outside this module needs."""

    def __init__(self, businesses: tuple[Business, ...], first_day: date, rng: np.random.Generator) -> None:
        self.count = n = len(businesses)
        trades = list(TRADES)
        self.trade = np.array([trades.index(b.trade) for b in businesses])
        self.kind = np.array([b.kind for b in businesses])
        self.scheme = np.array([b.scheme for b in businesses])
        self.month = np.array([b.monthly_sales for b in businesses], dtype=float)
        self.percent = np.array([b.vat_percent for b in businesses])
        self.opened = np.array([(b.opened_on - first_day).days for b in businesses])
        self.failed = np.array([(b.failed_on - first_day).days if b.failed_on else 2**31 for b in businesses])
        self.invoices = (16 * (self.month / MEDIAN_MONTH) ** 0.4 * np.exp(rng.normal(0, 0.3, n))).clip(5, 60)
        self.pool = np.ceil(5 + self.invoices * rng.uniform(0.5, 1.5, n))  # outside customers; suppliers are half
        self.focus = rng.uniform(1.2, 3.0, n)  # how far sales lean on the first few of them
        self.start = rng.integers(0, OUTSIDE // 2, (2, n))
        self.partners = self._partners(rng)

    def _partners(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Town customers, shape (businesses, PARTNERS): drawn by size from trades sold to; -1 if there is none."""
        partners = np.full((self.count, PARTNERS), -1)
        names = np.array(list(TRADES))[self.trade]
        for code, trade in enumerate(TRADES.values()):
            pool, sellers = np.flatnonzero(np.isin(names, trade.sells_to)), self.trade == code
            if len(pool):
                weight = self.month[pool] / self.month[pool].sum()
                partners[sellers] = rng.choice(pool, size=(int(sellers.sum()), PARTNERS), p=weight)
        return partners

    def open_on(self, who: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each party trades on its day; the outside always does."""
        inside = np.where(who < self.count, who, 0)
        return (who >= self.count) | ((day >= self.opened[inside]) & (day < self.failed[inside]))

    def outsiders(self, who: NDArray[np.int64], side: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """One of each business's own outside customers (side 0) or suppliers (side 1)."""
        pool = self.pool[who] / (1 + side)
        place = (pool * rng.random(len(who)) ** self.focus[who]).astype(np.int64)
        half = OUTSIDE // 2
        return self.count + side * half + (self.start[side, who] + 7919 * place) % half


def draw_deals(businesses: tuple[Business, ...], first_day: date, days: int, rng: np.random.Generator) -> Deals:
    """All deals of the window, in order of day."""
    firms = Firms(businesses, first_day, rng)
    pace = _pace(firms, first_day, days, rng)
    sales = _sales(firms, pace, rng)
    parts = [sales, _supplies(firms, pace, sales, rng)]
    for scheme in np.unique(firms.scheme[firms.scheme != ""]):
        members = np.flatnonzero(firms.scheme == scheme)
        circles = len(members) > 1
        parts.append(_circles(firms, members, sales, days, rng) if circles else _padding(firms, members[0], days, rng))
    deals = np.concatenate(parts)
    deals = deals[(deals["day"] < days) & (deals["amount"] > 0)]
    deals = _undo(firms, deals, days, rng)
    order: NDArray[np.int64] = np.argsort(deals["day"], kind="stable")
    return deals[order]


def _pace(firms: Firms, first_day: date, days: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Activity against the latent level, shape (businesses, days): season, trend, noise, opening, failure and gaps."""
    n, day = firms.count, np.arange(days)
    weak, failing = firms.kind == "weak", firms.kind == "failing"
    trend = np.where(weak, rng.uniform(-0.6, -0.2, n), rng.normal(0.03, 0.12, n))  # of log sales, per year
    rough = np.where(weak, 0.55, 0.15)[:, None]
    noise = np.exp(rng.normal(0, 1, (n, days // 30 + 1)) * rough - rough**2 / 2)
    pace = daily_weights(first_day, days)[firms.trade] * np.exp(trend[:, None] * day / 365.25) * noise[:, day // 30]
    pace *= (0.3 + 0.7 * (day - firms.opened[:, None]) / 120).clip(0, 1)
    decay = rng.uniform(150, 300, n)[:, None]
    pace *= np.where(failing[:, None], ((firms.failed[:, None] - day) / decay).clip(0, 1) ** 1.2, 1.0)
    pace[~firms.open_on(*np.broadcast_arrays(np.arange(n)[:, None], day))] = 0
    for _ in range(round(days / 365)):  # a gap a year or so, for the weak
        begin, long = rng.integers(0, days, (n, 1)), rng.integers(25, 71, (n, 1))
        pace[weak[:, None] & (day >= begin) & (day < begin + long)] = 0
    return pace


def _spread(pace: NDArray[np.float64], rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Poisson events from a rate of shape (businesses, days): the business and the day of each."""
    counts = rng.poisson(pace).ravel()
    who, day = np.divmod(np.repeat(np.arange(counts.size), counts), pace.shape[1])
    return who, day


def _deals(seller: object, buyer: object, day: object, amount: NDArray[np.float64], percent: object) -> Deals:
    deals = np.zeros(amount.shape, dtype=DEAL)
    columns = {"seller": seller, "buyer": buyer, "day": day, "amount": np.rint(amount), "percent": percent}
    for name, values in columns.items():
        deals[name] = values
    return deals.ravel()


def _amounts(mean: NDArray[np.float64], sigma: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Log-normal amounts with the given means, no more than 20 times them: one invoice must not be a year's sales."""
    return mean * np.minimum(np.exp(rng.normal(0, 1, len(mean)) * sigma - sigma**2 / 2), 20)


def _sales(firms: Firms, pace: NDArray[np.float64], rng: np.random.Generator) -> Deals:
    who, day = _spread(pace * firms.invoices[:, None] * PER_DAY, rng)
    mean = (firms.month / firms.invoices)[who]
    amount = _amounts(mean, np.where(firms.kind == "weak", 1.2, 0.8)[who], rng)
    buyer = firms.outsiders(who, 0, rng)
    partner = firms.partners[who, rng.integers(PARTNERS, size=len(who))]
    local = rng.uniform(0.05, 0.35, firms.count)[who]  # share of invoices to the town
    inside = (partner >= 0) & (rng.random(len(who)) < local * pace[partner, day].clip(0, 1))  # it buys while it trades
    buyer[inside] = partner[inside]
    # A large seller's usual invoice to a small customer is no more than a tenth of the customer's month.
    amount[inside] *= np.minimum(1, firms.month[partner] / 10 / mean)[inside]
    return _deals(who, buyer, day, amount, firms.percent[who])


def _supplies(firms: Firms, pace: NDArray[np.float64], sales: Deals, rng: np.random.Generator) -> Deals:
    """Purchases from outside: what a business needs for its sales less what it bought in the town, but some always."""
    cost = np.array([trade.cost for trade in TRADES.values()])[firms.trade]
    local = sales[sales["buyer"] < firms.count]
    bought = np.bincount(local["buyer"], weights=local["amount"], minlength=firms.count)
    needed = cost * firms.month * PER_DAY * pace.sum(axis=1)
    outside = (1 - bought / np.maximum(needed, 1)).clip(0.15, 1)[:, None]
    who, day = _spread(pace * outside * firms.invoices[:, None] * PER_DAY * PURCHASES, rng)
    mean = (cost * firms.month / firms.invoices / PURCHASES)[who]
    usual = np.array([trade.vat_percent for trade in TRADES.values()])[firms.trade[who]]
    percent = np.where(rng.random(len(who)) < 0.7, usual, rng.choice([13, 9, 6, 3], len(who)))
    return _deals(firms.outsiders(who, 1, rng), who, day, _amounts(mean, np.full(len(who), 0.8), rng), percent)


def _circles(firms: Firms, members: NDArray[np.int64], sales: Deals, days: int, rng: np.random.Generator) -> Deals:
    """Rounds of invoices from each member to the next and back to the first, of one amount +-5 %, within 42 days.

    They add 50-150 % to the members' mean of true sales from then on; to the single member about 30-200 %.
    """
    size, rounds, lift = len(members), int(rng.integers(3, 8)), rng.uniform(0.5, 1.5)  # rounds a month; added share
    begin = max(rng.uniform(0.2, 0.45) * days, firms.opened[members].max() + 30)
    true = sales["amount"][np.isin(sales["seller"], members) & (sales["day"] >= begin)].sum()
    month = true / size / max(days - begin, 30) / PER_DAY
    starts = np.arange(begin, days, 30.4 / rounds).astype(int)[:, None]
    lags = np.cumsum(rng.integers(2, 15, (len(starts), size)), axis=1)
    round_amount = month * lift / rounds * np.exp(rng.normal(0, 0.15, starts.shape))
    amount = round_amount * rng.uniform(0.95, 1.05, (len(starts), size))
    deals = _deals(members, np.roll(members, -1), starts + lags - lags[:, :1], amount, firms.percent[members])
    deals["fake"] = True
    return deals


def _padding(firms: Firms, who: int, days: int, rng: np.random.Generator) -> Deals:
    """A packager's sales to two or three outside shells, many of them undone later."""
    begin = int(max(rng.uniform(0.3, 0.6) * days, firms.opened[who] + 30))
    rate = np.where(np.arange(days) >= begin, firms.invoices[who] * rng.uniform(0.5, 1.5) * PER_DAY, 0.0)
    _, day = _spread(rate[None, :], rng)
    mean = np.full(len(day), firms.month[who] / firms.invoices[who] * 1.3)
    shells = firms.count + rng.integers(0, OUTSIDE // 2, 3)[rng.integers(3, size=len(day))]
    deals = _deals(who, shells, day, _amounts(mean, np.full(len(day), 0.4), rng), firms.percent[who])
    deals["fake"] = True
    return deals


def _undo(firms: Firms, deals: Deals, days: int, rng: np.random.Generator) -> Deals:
    """Void some deals and add the red one of some others: the earlier blue amounts negated, a new invoice."""
    seller = np.where(deals["seller"] < firms.count, deals["seller"], deals["buyer"])
    padded = deals["fake"] & np.char.startswith(firms.scheme[seller].astype(str), "packager")
    voids, reds = rng.uniform(0.01, 0.03, firms.count)[seller], rng.uniform(0.01, 0.02, firms.count)[seller]
    deals["void"] = rng.random(len(deals)) < np.where(padded, 0.20, voids)
    red = deals[~deals["void"] & (rng.random(len(deals)) < np.where(padded, 0.40, reds))]
    red["day"] += rng.integers(1, 46, len(red)).astype(np.int32)
    red["amount"] *= -1
    red = red[(red["day"] < days) & firms.open_on(red["seller"], red["day"]) & firms.open_on(red["buyer"], red["day"])]
    return np.concatenate([deals, red])
