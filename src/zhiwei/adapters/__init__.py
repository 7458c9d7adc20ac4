"""The outside, behind the protocols of `journeys.ports`."""

from zhiwei.adapters.payment import PaperBank

__all__ = ["PaperBank"]
