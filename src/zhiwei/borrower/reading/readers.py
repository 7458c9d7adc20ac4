"""One JSON value -> one cell of a record: readers that return the value or raise ValueError saying what is expected.

A reader gets what JSON gave: str, int, Decimal (for every number with a point), bool, dict or list; never None and
never blank text. It believes nothing: what it returns fits the column it is for.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from zhiwei.borrower.identity.forms import luhn
from zhiwei.values import EARLIEST, fen

Reader = Callable[[Any], Any]
LONGEST = 200  # characters of a text
LATEST = date(9999, 12, 31)  # how registers write "without end" (长期)
LARGEST_REAL = 10.0**12
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9-]{10})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_MONEY = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,2}0*)?")
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,16})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # and halves of characters, which no file can hold
_LONG_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ _.-]?[0-9]){12,18}(?![0-9A-Za-z])")
_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}((?:18|19|20)[0-9]{6})[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_CHINA = timezone(timedelta(hours=8))


def text(value: Any, longest: int = LONGEST) -> str:
    """Text of one line, without blanks around it."""
    if not isinstance(value, str):
        raise ValueError("expected text in quotes")
    plain = value.strip()
    if len(plain) > longest:
        raise ValueError(f"expected at most {longest:,} characters, not {len(plain):,}")
    if _CONTROL.search(plain):
        raise ValueError("expected text without control characters")
    return plain


def token(value: Any, longest: int = LONGEST) -> str:
    """Text that stands for a card, a wallet or a person, and is none of them."""
    plain = text(value, longest)
    told = sensitive(plain)
    if told:
        raise ValueError(f"looks like {told}: it must be tokenised before it is sent")
    return plain


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word of a list; `words` maps what may be written to what the record says."""

    words: Mapping[str, str]

    def __call__(self, value: Any) -> str:
        written = text(value)
        if written not in self.words:
            raise ValueError(f"expected one of {', '.join(dict.fromkeys(self.words))}")
        return self.words[written]


one_of = OneOf


def matching(pattern: str, expected: str) -> Reader:
    """Text of a given shape."""
    shape = re.compile(pattern)

    def read(value: Any) -> str:
        written = text(value)
        if not shape.fullmatch(written):
            raise ValueError(f"expected {expected}")
        return written

    return read


def day(value: Any) -> date:
    """A day of electronic records: not before 1990."""
    found = any_day(value)
    if found < EARLIEST:
        raise ValueError(f"expected a day from {EARLIEST} on")
    return found


def any_day(value: Any) -> date:
    """A day, also of old registers; 9999-12-31 where something has no end."""
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError("expected a day such as 2024-03-01")


def time(value: Any) -> datetime:
    """Seconds in China's time. A zone that is said is converted; parts of a second are dropped."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("expected a time such as 2024-03-01T08:30:00")
    on, second, zone = found.groups()
    try:
        read = datetime.fromisoformat(f"{on}T{second}{zone or ''}")
        read = read.astimezone(_CHINA).replace(tzinfo=None) if zone else read
    except (ValueError, OverflowError):
        raise ValueError("expected a time that exists, such as 2024-03-01T08:30:00") from None
    if read.date() < EARLIEST:
        raise ValueError(f"expected a time from {EARLIEST} on")
    return read


def money(value: Any) -> int:
    """分, of either sign."""
    written = value.strip() if isinstance(value, str) else _number(value)
    if written is None or not _MONEY.fullmatch(written):
        raise ValueError('expected an amount in 元 with at most two decimals, such as "1234.50"')
    return fen(written)


def charge(value: Any) -> int:
    """分, zero or more."""
    found = money(value)
    if found < 0:
        raise ValueError("expected an amount of zero or more")
    return found


def quantity(value: Any) -> float:
    """A number of zero or more, as float64."""
    written = value.strip() if isinstance(value, str) else _number(value)
    if written is None or not _NUMBER.fullmatch(written) or not 0 <= float(written) <= LARGEST_REAL:
        raise ValueError(f"expected a number from 0 to {LARGEST_REAL:,.0f}, without grouping and unit")
    return float(written)


def share(value: Any) -> float:
    """A share between 0 and 1: 30 % is 0.3."""
    written = value.strip() if isinstance(value, str) else _number(value)
    if written is None or not _NUMBER.fullmatch(written) or not 0 <= float(written) <= 1:
        raise ValueError("expected a share from 0 to 1, such as 0.3 for 30 %")
    return float(written)


def _number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    # very long numbers are not written out: that takes time, and nothing here is that large
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return str(value) if -(10**16) < value < 10**16 else None


def sensitive(written: str) -> str:
    """What a text gives away: "a full card number", "a citizen's ID", or "" where nothing of the kind is seen."""
    plain = unicodedata.normalize("NFKC", written)
    if any(_is_day(found.group(1)) for found in _ID.finditer(plain)):
        return "a citizen's ID"
    return "a full card number" if any(luhn(found.group()) for found in _LONG_RUN.finditer(plain)) else ""


def _is_day(written: str) -> bool:
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    return True


def shown(value: object, most: int = 60) -> str:
    """A value as a message may hold it: short, printable, and nobody's number in it."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None:
        return ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = _number(value) or "a number out of reason"
    plain = unicodedata.normalize("NFKC", str(value).strip()[: 4 * most])
    plain = _LONG_RUN.sub(lambda run: _starred(run) if luhn(run.group()) else run.group(), _ID.sub(_starred, plain))
    plain = "".join(char if char.isprintable() else "�" for char in plain)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _starred(found: re.Match[str]) -> str:
    return "*" * (len(found.group()) - 4) + found.group()[-4:]
