"""Double pledging: the same invoice, vehicle or warehouse receipt twice, or a claim very like one already pledged."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from zhiwei.borrower.identity import normal
from zhiwei.borrower.records import PLEDGED_THINGS
from zhiwei.credit.antifraud.columns import Columns, following
from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, grouped_rows
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import grouped

NUMBERS = dict(
    zip(PLEDGED_THINGS, (("发票", "invoice"), ("车辆", "vehicle"), ("仓单", "warehouse receipt")), strict=True)
)
_COMPARED = ("debtor", "amount", "dated_on")  # of two claims out of one contract
_FIELDS = (
    "registered_on", "released_on", "pledge_id", "lender", "party_id", *NUMBERS, "contract", *_COMPARED,
)  # fmt: skip
Row = Mapping[str, Any]


def double_pledging(sieve: Sieve, pledges: Columns) -> list[Finding]:
    """Pledges in force that are of one thing; the earlier registration comes first, the later pledgor is found.

    Of two that pledged a thing on one day nobody is later, and both are found. One registration, told twice or for two
    who pledged together, is one.
    """
    told = pledges.every(*_FIELDS)
    in_force = [row for row in told if row[0] and row[0] <= sieve.on and not (row[1] and row[1] <= sieve.on)]
    rows: list[Row] = [dict(zip(_FIELDS, row, strict=True)) for row in following(in_force, 0, 2, 3, 4)]
    rows = [{**row, **{name: normal(row[name] or "") for name in (*NUMBERS, "contract", "debtor")}} for row in rows]
    same: dict[str, list[Evidence]] = {}
    known: set[tuple[str, str]] = set()
    for column, (zh, en) in NUMBERS.items():
        for number, some in grouped_rows(rows, column).items():
            for earlier, later in pairwise(some):
                if _is_one(earlier, later):
                    continue
                known.add((earlier["pledge_id"], later["pledge_id"]))
                words = _words(earlier, later, f"{zh} {number}", f"{en} {number}")
                for party in _later(earlier, later):
                    same.setdefault(party, []).append(words)
    alike: dict[str, list[Evidence]] = {}
    for some in grouped_rows(rows, "contract").values():
        for earlier, later in _alike(sieve, some):
            if (earlier["pledge_id"], later["pledge_id"]) not in known:
                amount, contract = grouped(later["amount"]), later["contract"]
                words = _words(earlier, later, f"合同 {contract}、{amount} 元", f"contract {contract}, {amount} 元")
                for party in _later(earlier, later):
                    alike.setdefault(party, []).append(words)
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
            told = all(row[name] not in (None, "") for row in (earlier, later) for name in _COMPARED)
            if (
                told and not _is_one(earlier, later) and earlier["debtor"] == later["debtor"]
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


def _is_one(one: Row, other: Row) -> bool:
    return bool(one["pledge_id"] == other["pledge_id"] and one["lender"] == other["lender"])


def _later(earlier: Row, later: Row) -> list[str]:
    """Who pledged what was pledged already."""
    same_day = earlier["registered_on"] == later["registered_on"]
    return sorted({later["party_id"], *([earlier["party_id"]] if same_day else [])})


def _words(earlier: Row, later: Row, zh: str, en: str) -> Evidence:
    ids = (str(earlier["pledge_id"]), str(later["pledge_id"]))
    several = earlier["party_id"] != later["party_id"]
    first, second = (f"{one} ({row['party_id']})" if several else one
                     for one, row in zip(ids, (earlier, later), strict=True))  # fmt: skip
    return Evidence(
        "pledge", ids,
        f"{zh}：{first} 于 {earlier['registered_on']} 登记给 {earlier['lender']}，"
        f"{second} 又于 {later['registered_on']} 登记给 {later['lender']}",
        f"{en}: {first} registered on {earlier['registered_on']} for {earlier['lender']}, "
        f"then {second} on {later['registered_on']} for {later['lender']}",
    )  # fmt: skip
