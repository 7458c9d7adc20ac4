"""Double pledging: the same invoice, vehicle or warehouse receipt twice, or a claim very like one already pledged."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, grouped_rows
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import grouped

PLEDGES = pa.schema(
    [
        ("pledge_id", pa.string()),
        ("party_id", pa.string()),
        ("lender", pa.string()),
        ("registered_on", pa.date32()),
        ("invoice_no", pa.string()),
        ("vin", pa.string()),
        ("receipt_no", pa.string()),  # 仓单号
        ("debtor", pa.string()),
        ("contract", pa.string()),
        ("amount", pa.int64()),
        ("dated_on", pa.date32()),
        ("released_on", pa.date32()),
    ]
)
NUMBERS = {
    "invoice_no": ("发票", "invoice"), "vin": ("车辆", "vehicle"), "receipt_no": ("仓单", "warehouse receipt"),
}  # fmt: skip
Row = Mapping[str, Any]


def double_pledging(sieve: Sieve, pledges: pa.Table) -> list[Finding]:
    """Pledges in force that are of one thing; the earlier registration comes first, the later pledgor is found."""
    rows = (
        pl.DataFrame(pledges)
        .filter(
            (pl.col("registered_on") <= sieve.on)
            & (pl.col("released_on").is_null() | (pl.col("released_on") > sieve.on))
        )
        .sort("registered_on", "pledge_id")
        .to_dicts()
    )
    same: dict[str, list[Evidence]] = {}
    known: set[tuple[str, str]] = set()
    for column, (zh, en) in NUMBERS.items():
        for number, some in grouped_rows(rows, column).items():
            for earlier, later in pairwise(some):
                known.add((earlier["pledge_id"], later["pledge_id"]))
                same.setdefault(later["party_id"], []).append(
                    _words(earlier, later, f"{zh} {number}", f"{en} {number}")
                )
    alike: dict[str, list[Evidence]] = {}
    for some in grouped_rows(rows, "contract").values():
        for earlier, later in _alike(sieve, some):
            if (earlier["pledge_id"], later["pledge_id"]) not in known:
                amount, contract = grouped(later["amount"]), later["contract"]
                words = (f"合同 {contract}、{amount} 元", f"contract {contract}, {amount} 元")
                alike.setdefault(later["party_id"], []).append(_words(earlier, later, *words))
    return [
        *(one for party, told in same.items() for one in sieve.found("double_pledge", party, len(told), told[:SHOWN])),
        *(
            one
            for party, told in alike.items()
            for one in sieve.found("double_pledge_alike", party, len(told), told[:SHOWN])
        ),
    ]


def _alike(sieve: Sieve, rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Of one contract: the same debtor, like amounts, near days."""
    likeness, days = sieve.number("pledge.likeness"), sieve.number("pledge.days")
    found = []
    for place, later in enumerate(rows):
        for earlier in rows[:place]:
            told = all(row[name] is not None for row in (earlier, later) for name in ("debtor", "amount", "dated_on"))
            if (
                told and earlier["debtor"] == later["debtor"]
                and abs(earlier["amount"] - later["amount"]) <= likeness * max(earlier["amount"], later["amount"])
                and abs((earlier["dated_on"] - later["dated_on"]).days) <= days
                and not _told_apart(earlier, later)
            ):  # fmt: skip
                found.append((earlier, later))
                break
    return found


def _told_apart(one: Row, other: Row) -> bool:
    """Two claims whose invoices have different numbers are two: an instalment contract makes many alike."""
    return any(one[name] and other[name] and one[name] != other[name] for name in NUMBERS)


def _words(earlier: Row, later: Row, zh: str, en: str) -> Evidence:
    ids = (str(earlier["pledge_id"]), str(later["pledge_id"]))
    return Evidence(
        "pledge", ids,
        f"{zh}：{ids[0]} 于 {earlier['registered_on']} 登记给 {earlier['lender']}，"
        f"{ids[1]} 又于 {later['registered_on']} 登记给 {later['lender']}",
        f"{en}: {ids[0]} registered on {earlier['registered_on']} for {earlier['lender']}, "
        f"then {ids[1]} on {later['registered_on']} for {later['lender']}",
    )  # fmt: skip
