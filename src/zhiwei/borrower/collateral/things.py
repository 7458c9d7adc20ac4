"""What a pledge is of, in words that are the same wherever the same thing is pledged again."""

from collections.abc import Iterator

import pyarrow as pa

from zhiwei.borrower.identity import normal
from zhiwei.borrower.records import PLEDGED_THINGS


def things_of(pledges: pa.Table) -> list[frozenset[str]]:
    """Of each row of pledges the numbers of what is pledged; of a claim its contract with its debtor."""
    columns = [pledges[name].to_pylist() for name in (*PLEDGED_THINGS, "debtor", "contract")]
    return [frozenset(_things(row)) for row in zip(*columns, strict=True)]


def _things(row: tuple[str | None, ...]) -> Iterator[str]:
    *numbers, debtor, contract = (normal(cell or "") for cell in row)
    for name, number in zip(PLEDGED_THINGS, numbers, strict=True):
        if number:
            yield f"{name} {number}"
    if debtor and contract:
        yield f"contract {contract} {debtor}"
