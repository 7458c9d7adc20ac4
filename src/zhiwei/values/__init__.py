"""The alphabet: money, dates, canonical content, reasons, actors and trouble."""

from zhiwei.values.actor import INSTALLER, RELEASE, Actor
from zhiwei.values.canonical import canonical, digest, identifier
from zhiwei.values.dates import DAY, EARLIEST, add_months, days, monthly
from zhiwei.values.money import CURRENCY, as_rate, fen, grouped, half_up, quantized, split, yuan
from zhiwei.values.reasons import Reason, by_severity
from zhiwei.values.trouble import BadInput, Breach, Forbidden, NotFound, Outage, Refusal

__all__ = [
    "CURRENCY", "DAY", "EARLIEST", "INSTALLER", "RELEASE", "Actor", "BadInput", "Breach", "Forbidden", "NotFound",
    "Outage", "Reason", "Refusal", "add_months", "as_rate", "by_severity", "canonical", "days", "digest",
    "fen", "grouped", "half_up", "identifier", "monthly", "quantized", "split", "yuan",
]  # fmt: skip
