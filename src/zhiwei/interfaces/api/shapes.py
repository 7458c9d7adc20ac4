"""The shapes that resources share: money in minor units with its currency, rates as decimal text, problems."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from zhiwei.values import EARLIEST

LARGEST = 10**15  # 分: 10 万亿 元; more is a typing error
LATEST = date(9000, 1, 1)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAYS = r"^(199[0-9]|[2-8][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"  # EARLIEST to LATEST
LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"  # one line, not blank


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is as whole as 3, and true is none."""
    return int(value) if isinstance(value, float) and abs(value) < 2**53 and value == int(value) else value


def as_day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("a day is written YYYY-MM-DD")  # neither seconds since 1970 nor a time of that day


def _instant(value: Any) -> Any:
    if isinstance(value, str) and _DAY.match(value):
        return value
    raise ValueError("a time is written YYYY-MM-DDTHH:MM:SS with its zone")


def _flag(value: Any) -> Any:
    if value in (True, False, "true", "false"):
        return value
    raise ValueError("true or false")


WHOLE = BeforeValidator(_whole)  # after the bounds of a strict int
Yes = StrictBool  # in a body, where "no" would be a text
Flag = Annotated[bool, BeforeValidator(_flag)]  # in an address


class Shape(BaseModel):
    """What comes in: a name it does not know is an error, since it would be a wish unheard."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Money(Shape):
    """`amount` in minor units: 分 of CNY."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"amount": 3_000_000, "currency": "CNY"}]}
    )

    amount: Annotated[int, Field(strict=True, ge=0, le=LARGEST, description="Minor units: 分."), WHOLE]
    currency: Literal["CNY"] = "CNY"


class Amount(BaseModel):
    """`amount` in minor units, of either sign."""

    amount: int
    currency: Literal["CNY"] = "CNY"


class Something(Money):
    """More than nothing."""

    amount: Annotated[int, Field(strict=True, ge=1, le=LARGEST, description="Minor units: 分."), WHOLE]


Rate = Annotated[str, Field(description="A year's rate as decimal text: 0.0985 is 9.85 %.", examples=["0.0985"])]
Day = Annotated[
    date,
    Field(ge=EARLIEST, lt=LATEST, description="A day, YYYY-MM-DD.", examples=["2026-01-01"],
          json_schema_extra={"pattern": DAYS}),
    BeforeValidator(as_day),
]  # fmt: skip
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE)]
Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class Reason(BaseModel):
    """A reason that may be told. `code` is what the lender finds it by; '' for what is not told in detail."""

    code: str
    zh: str
    en: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `hint` says what to do; `errors` name each place."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str = ""
    errors: list[dict[str, str]] = []


def money(yuan: str | Decimal) -> Money:
    """Of an amount in 元, as journeys tell it."""
    return Money(amount=int(Decimal(yuan) * 100))


def signed(yuan: str | Decimal) -> Amount:
    """The same, of what may be less than nothing."""
    return Amount(amount=int(Decimal(yuan) * 100))


def one_of(words: Iterable[str]) -> dict[str, Any]:
    """What the specification says of a text that a journey looks at: it refuses other words by a code of its own."""
    return {"enum": [*words]}


def example(**said: Any) -> ConfigDict:
    """Of a shape that comes in: what the specification shows."""
    return ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [said]})
