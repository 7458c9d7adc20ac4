"""A credit line: one limit shared by its loans; what is used, held for payouts on their way, and available."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiwei.values import Refusal, grouped

OPEN, FROZEN, EXPIRED, CLOSED = "open", "frozen", "expired", "closed"
PAY_FIRST = "repay what is overdue first"
LATE = "late"  # why a line is frozen by its own lateness; a person's freeze has the person's words


@dataclass(frozen=True, slots=True)
class Line:
    """`used` is principal outstanding, `held` payouts not yet settled, `credit` the borrower's overpayment; 分.

    `posted` counts the line's own movements in the journal; `draws` its draws so far; `late_from` is the day from which
    it counts as frozen if nothing is paid until then; `bucket` (0..255) follows from the party and says with whom its
    days are closed.
    """

    line_id: str
    party: str
    product: str
    product_hash: str
    decision: str
    limit: int
    annual_rate: Decimal
    opened_on: date
    expires_on: date
    status: str = OPEN
    used: int = 0
    held: int = 0
    credit: int = 0
    bucket: int = 0
    frozen_because: str = ""
    posted: int = 0
    last_event: date | None = None
    late_from: date | None = None
    draws: int = 0

    @property
    def available(self) -> int:
        """What may be drawn now; a line cut below its use has nothing available, not a negative amount."""
        return max(0, self.limit - self.used - self.held) if self.status == OPEN else 0

    def exposure(self, on: date) -> int:
        """What may be lost by it: all of its limit while it can be drawn on, else what is owed and on its way.

        A line that only its lateness froze is free again as soon as somebody pays; what a person froze stays so.
        """
        owed = self.used + self.held
        waiting = self.status == FROZEN and self.frozen_because == LATE
        running = (self.status == OPEN or waiting) and on < self.expires_on
        return max(self.limit, owed) if running else owed


def check_draw(line: Line, amount: int, on: date, smallest: int) -> None:
    """Refusal unless the draw fits the line: status, dates, size and limit - used - held."""
    if line.status != OPEN:
        hint = PAY_FIRST if line.frozen_because == LATE else line.frozen_because
        raise Refusal(f"line_{line.status}", f"line {line.line_id} is {line.status}", hint=hint)
    if on < line.opened_on or on >= line.expires_on:
        raise Refusal(
            "line_expired" if on >= line.expires_on else "line_not_open_yet",
            f"line {line.line_id} runs from {line.opened_on} to {line.expires_on}, not on {on}",
        )
    if amount < smallest:
        raise Refusal("draw_too_small", f"the smallest draw is {grouped(smallest)} 元")
    if amount > line.available:
        raise Refusal(
            "over_limit",
            f"a draw of {grouped(amount)} 元 exceeds the {grouped(line.available)} 元 available",
            hint=f"limit {grouped(line.limit)}, used {grouped(line.used)}, held {grouped(line.held)}",
        )
