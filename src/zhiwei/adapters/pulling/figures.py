"""What asking a company came to: calls, answers with data, failures, and what it cost."""

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from zhiwei.values import BadInput

CHARGED = ("calls", "answers", "hits")


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` 分 for each of what the contract charges: `calls` (any call made, whatever came of it), `answers`
    (those answered, with data or empty) or `hits` (answers with data). BadInput where it is no price.
    """

    amount: int = 0
    charged: str = "calls"

    def __post_init__(self) -> None:
        if type(self.amount) is not int or self.amount < 0:
            raise BadInput("bad_price", f"a price is a whole number of 分, zero or more, not {self.amount!r}")
        if self.charged not in CHARGED:
            raise BadInput("bad_price", f"nobody charges {self.charged!r}", hint=f"one of {', '.join(CHARGED)}")

    def of(self, calls: int, answers: int, hits: int) -> int:
        """分."""
        return self.amount * {"calls": calls, "answers": answers, "hits": hits}[self.charged]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts since the start. calls = hits + empty + refusals + failures; retries are the calls of these that asked
    again; `held_back` are pulls that the breaker, or too many calls that hang, kept from being made. An answer that
    came too late is a failure here, whatever the company's bill says of it.
    """

    provider: str
    price: Price = field(default_factory=Price)
    calls: int = 0
    hits: int = 0
    empty: int = 0
    refusals: int = 0
    failures: int = 0
    retries: int = 0
    held_back: int = 0

    @property
    def answers(self) -> int:
        return self.hits + self.empty

    @property
    def hit_rate(self) -> float | None:
        """Answers with data among the answers (查得率); None before the first."""
        return self.hits / self.answers if self.answers else None

    @property
    def cost(self) -> int:
        """分."""
        return self.price.of(self.calls, self.answers, self.hits)

    def plain(self) -> dict[str, Any]:
        """One flat row, for a table or a metric."""
        names = ("provider", "calls", "hits", "empty", "refusals", "failures", "retries", "held_back", "cost")
        return {name: getattr(self, name) for name in names} | {"hit_rate": self.hit_rate}


class Tally:
    """Figures that several threads add to. What came of a call is counted in one step, so that they add up."""

    def __init__(self, provider: str, price: Price) -> None:
        self._figures = Figures(provider, price)
        self._lock = Lock()

    def count(self, *names: str) -> None:
        """One more of each."""
        with self._lock:
            self._figures = replace(self._figures, **{name: getattr(self._figures, name) + 1 for name in names})

    def figures(self) -> Figures:
        return self._figures
