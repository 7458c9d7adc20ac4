"""The alphabet: money, dates, canonical content, reasons, actors and trouble."""

from zhiwei.values.actor import INSTALLER, RELEASE, Actor
from zhiwei.values.calendar import (
    CALENDARS,
    DAY,
    EARLIEST,
    add_months,
    alarm,
    business_day,
    days,
    is_business_day,
    known_days,
    monthly,
)
from zhiwei.values.canonical import canonical, digest, fingerprint, identifier
from zhiwei.values.daycount import DayCount
from zhiwei.values.lazy import lazy
from zhiwei.values.money import CURRENCY, Rounding, as_rate, fen, grouped, half_up, quantized, split, yuan
from zhiwei.values.plain import from_plain, to_plain
from zhiwei.values.reasons import Reason, by_severity
from zhiwei.values.trouble import BadInput, Breach, Forbidden, NotFound, Outage, Refusal

__all__ = [
    "CALENDARS", "CURRENCY", "DAY", "EARLIEST", "INSTALLER", "RELEASE", "Actor", "BadInput", "Breach", "DayCount",
    "Forbidden", "NotFound", "Outage", "Reason", "Refusal", "Rounding", "add_months", "alarm", "as_rate",
    "business_day", "by_severity", "canonical", "days", "digest", "fen", "fingerprint", "from_plain", "grouped",
    "half_up", "identifier", "is_business_day", "known_days", "lazy", "monthly", "quantized", "split", "to_plain",
    "yuan",
]  # fmt: skip
