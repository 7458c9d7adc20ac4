"""The shapes that resources share: money in minor units with its currency, rates as decimal text, problems."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zhiwei.values import EARLIEST

LARGEST = 10**15  # 分: 10 万亿 元; more is a typing error
LATEST = date(9000, 1, 1)


class Shape(BaseModel):
    """What comes in: a name it does not know is an error, since it would be a wish unheard."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Money(Shape):
    """`amount` in minor units: 分 of CNY."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"amount": 3_000_000, "currency": "CNY"}]}
    )

    amount: Annotated[int, Field(strict=True, ge=0, le=LARGEST, description="Minor units: 分.")]
    currency: Literal["CNY"] = "CNY"


class Amount(BaseModel):
    """`amount` in minor units, of either sign."""

    amount: int
    currency: Literal["CNY"] = "CNY"


class Something(Money):
    """More than nothing."""

    amount: Annotated[int, Field(strict=True, ge=1, le=LARGEST, description="Minor units: 分.")]


Rate = Annotated[str, Field(description="A year's rate as decimal text: 0.0985 is 9.85 %.", examples=["0.0985"])]
Day = Annotated[date, Field(ge=EARLIEST, lt=LATEST, description="A day, YYYY-MM-DD.", examples=["2026-03-01"])]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


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


def example(**said: Any) -> ConfigDict:
    """Of a shape that comes in: what the specification shows."""
    return ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [said]})
