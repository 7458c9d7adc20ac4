"""Lists come in pages: a cursor names where the last one ended, and nothing else is kept of it."""

import re
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from zhiwei.values import BadInput

T = TypeVar("T")

MOST = 200
Limit = Annotated[int, Query(ge=1, le=MOST, description=f"How many at most, up to {MOST}.")]
CURSOR = r"^(n[0-9]{1,18})?$"
Cursor = Annotated[
    str,
    Query(max_length=100, description="`next` of the page before; none begins.", json_schema_extra={"pattern": CURSOR}),
]  # fmt: skip


class Page(BaseModel, Generic[T]):
    """`next` is the cursor of the page after this, null where this is the last."""

    items: list[T]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


def after(cursor: str) -> int:
    """The number that a cursor stands for; 0 begins. BadInput where it is none of ours."""
    if not cursor:
        return 0
    if re.fullmatch(CURSOR, cursor, re.ASCII):
        return int(cursor[1:])
    raise BadInput("bad_cursor", "this cursor is none of ours", hint="take `next` of a page as it is")


def cursor_of(number: int) -> str:
    return f"n{number}"
