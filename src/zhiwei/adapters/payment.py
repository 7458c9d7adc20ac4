"""Payment banks. Here: one on paper, for places without a bank, which says of every payout that it was made."""

from zhiwei.journeys.ports import Payout
from zhiwei.values import identifier


class PaperBank:
    """No money leaves. The reference says `paper` and follows from the payout: asked twice, it answers the same."""

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        return "paid", identifier("paper", payout.payout_id, payout.amount)
