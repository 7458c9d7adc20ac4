"""Allocation of a payment over what is owed: which instalment and which bucket first, by days past due.

Decided (LEGAL, which a product may replace): 费用 -> 利息 -> 本金 (民法典 561), 罚息 and 复利 before the interest, the
oldest instalment first; past 90 days, when interest leaves the balance sheet, principal first. Others do: one order
for good and bad days alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhiwei.tables import Document

BUCKETS = ("fee", "compound", "penalty", "interest", "principal")
HORIZONTAL, VERTICAL = "horizontal", "vertical"


@dataclass(frozen=True, slots=True)
class Order:
    """The order up to `until` days past due (None: for ever), over all BUCKETS.

    `mode` horizontal finishes the oldest instalment before the next; vertical finishes a bucket of every instalment
    before the next bucket. ValueError where a bucket is missing or named twice: it would never be paid, or paid twice.
    """

    until: int | None
    mode: str
    buckets: tuple[str, ...]
    places: tuple[int, ...] = field(init=False, repr=False, compare=False)  # of the buckets in BUCKETS

    def __post_init__(self) -> None:
        if self.mode not in (HORIZONTAL, VERTICAL):
            raise ValueError(f"mode is {HORIZONTAL} or {VERTICAL}, not {self.mode!r}")
        if sorted(self.buckets) != sorted(BUCKETS):
            raise ValueError(f"buckets are {', '.join(BUCKETS)}, each once, in the order in which they are paid")
        if self.until is not None and self.until < 0:
            raise ValueError("until is 0 or more days past due")
        object.__setattr__(self, "places", tuple(BUCKETS.index(bucket) for bucket in self.buckets))


@dataclass(frozen=True, slots=True)
class Allocation:
    """A product's orders by days past due: rising `until`, the last without end."""

    orders: tuple[Order, ...]

    def __post_init__(self) -> None:
        ends = [order.until for order in self.orders]
        rising = [end for end in ends[:-1] if end is not None]
        if not ends or ends[-1] is not None or len(rising) != len(ends) - 1 or sorted(set(rising)) != rising:
            raise ValueError("orders have a rising `until`, and the last has none")

    def order(self, days_past_due: int) -> Order:
        return next(order for order in self.orders if order.until is None or days_past_due <= order.until)


LEGAL = Allocation(
    (
        Order(90, HORIZONTAL, BUCKETS),
        Order(None, VERTICAL, ("fee", "principal", "interest", "penalty", "compound")),
    )
)


def spread(amount: int, claims: Sequence[Sequence[int]], order: Order) -> list[list[int]]:
    """Parts of `amount` (分) over `claims[i][b]`, what instalment i (oldest first) owes in bucket b of BUCKETS.

    The parts have the claims' shape and sum to min(amount, all claims). A fee of the whole loan is in the first row.
    """
    if amount < 0:
        raise ValueError("only money that came in is spread")
    parts = [[0] * len(BUCKETS) for _ in claims]
    if order.mode == HORIZONTAL or len(claims) == 1:
        for claim, part in zip(claims, parts, strict=True):
            for place in order.places:
                if owed := claim[place]:
                    part[place] = taken = owed if owed < amount else amount
                    amount -= taken
            if not amount:
                break
        return parts
    for place in order.places:
        for claim, part in zip(claims, parts, strict=True):
            if owed := claim[place]:
                part[place] = taken = owed if owed < amount else amount
                amount -= taken
        if not amount:
            break
    return parts


def read_allocation(document: Document, name: str = "allocation") -> Allocation:
    """The [[allocation]] blocks of a product (until, mode, buckets); LEGAL where it has none."""
    orders = []
    for index in range(len(document.tables(name))):
        path = (name, index)
        document.only(path, {"until", "mode", "buckets"})
        until = None if document.find((*path, "until")) is None else document.take((*path, "until"), int)
        buckets = tuple(map(str, document.take((*path, "buckets"), list)))
        try:
            orders.append(Order(until, document.take((*path, "mode"), str), buckets))
        except ValueError as error:
            document.problem(path, str(error))
    try:
        return Allocation(tuple(orders)) if orders else LEGAL
    except ValueError as error:
        document.problem((name,), str(error))
        return LEGAL
