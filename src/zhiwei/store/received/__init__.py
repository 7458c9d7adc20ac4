"""What files of outsiders bring beside their rows: where they came from, and whom invoices name. Both are sealed."""

from zhiwei.store.received.counterparties import Counterparties
from zhiwei.store.received.deliveries import Deliveries

__all__ = ["Counterparties", "Deliveries"]
