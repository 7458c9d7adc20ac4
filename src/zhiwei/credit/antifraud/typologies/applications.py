"""Packaged applications and velocity: how many apply through one device, phone, address, account or agent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import rustworkx as rx

from zhiwei.credit.antifraud.columns import Columns
from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, grouped_rows, listed
from zhiwei.credit.antifraud.policy import Sieve

APPLICATIONS = pa.schema(
    [
        ("application_id", pa.string()),  # null: a thing that is known of a party, without an application
        ("party_id", pa.string()),
        ("applied_on", pa.date32()),
        # device | phone | address | ip | wifi | account | agent: one row for each that it came with; null: with none
        ("kind", pa.string()),
        ("token", pa.string()),  # a keyed hash: equal where the thing is, and nothing else
    ]
)
KINDS = {
    "device": "设备",
    "phone": "电话",
    "address": "地址",
    "ip": "网络地址",
    "wifi": "无线网络",
    "account": "收款账户",
    "agent": "介绍人",
}
HELD_AS = {
    "device": "device", "phone": "phone", "mobile": "phone", "address": "address", "account": "account",
    "bank_card": "account",
}  # fmt: skip
"""Kind of identifier that a party holds -> what an application comes with by it."""
_PACKED = ("device", "phone", "account")  # what two honest businesses seldom share
Row = Mapping[str, Any]


def velocity(sieve: Sieve, applications: Columns) -> list[Finding]:
    """Different businesses through one thing within its window, and applications of one business; of each applicant
    the fullest window that its own application lies in.
    """
    rows = _known(sieve, applications)
    findings = []
    for kind, zh in KINDS.items():
        span = timedelta(days=sieve.number(f"velocity.{kind}.days"))
        for token, some in grouped_rows((row for row in rows if row["kind"] == kind), "token").items():
            for party, crowd in _crowds(some, span).items():
                others = list(dict.fromkeys(row["party_id"] for row in crowd))
                words = _words(kind, zh, token, crowd, others)
                findings += sieve.found(f"velocity_{kind}", party, len(others), [words])
    span = timedelta(days=sieve.number("velocity.party.days"))
    asked = (row for row in rows if row["application_id"])
    for party, some in grouped_rows(asked, "party_id").items():
        times = {row["application_id"]: row["applied_on"] for row in some}
        days = sorted(times.values())
        most = max(sum(day <= one <= day + span for one in days) for day in days)
        words = Evidence(
            "application", tuple(times), f"{span.days} 天内申请 {most} 次：{listed(list(times))}",
            f"{most} applications within {span.days} days: {listed(list(times))}",
        )  # fmt: skip
        findings += sieve.found("velocity_party", str(party), most, [words])
    return _fullest(findings)


def packaged_applications(sieve: Sieve, applications: Columns) -> list[Finding]:
    """Businesses that hang together by devices, phones or accounts within the window, though no one thing is shared
    by all of them.
    """
    rows = [row for row in _known(sieve, applications) if row["kind"] in _PACKED]
    span = timedelta(days=sieve.number("packaged.days"))
    parties = sorted({row["party_id"] for row in rows})
    place = {party: number for number, party in enumerate(parties)}
    graph: rx.PyGraph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(parties)
    bonds: defaultdict[str, list[Row]] = defaultdict(list)
    for some in grouped_rows(rows, "token").values():
        ordered = sorted(some, key=lambda row: (row["applied_on"], row["party_id"]))
        for one, other in pairwise(ordered):
            if one["party_id"] != other["party_id"] and other["applied_on"] - one["applied_on"] <= span:
                graph.add_edge(place[one["party_id"]], place[other["party_id"]], None)
                bonds[one["party_id"]].append(one)
                bonds[other["party_id"]].append(other)
    findings = []
    for members in rx.connected_components(graph):
        group = sorted(graph[node] for node in members)
        for party in group if len(group) > 1 else ():
            evidence = [
                _words(
                    kind, KINDS[kind], token, [row for p in group for row in bonds[p] if row["token"] == token], group
                )
                for kind, token in dict.fromkeys((row["kind"], row["token"]) for row in bonds[party])
            ]
            findings += sieve.found("packaged_applications", party, len(group), evidence[:SHOWN])
    return findings


def _known(sieve: Sieve, applications: Columns) -> list[Row]:
    names = APPLICATIONS.names
    rows = (dict(zip(names, row, strict=True)) for row in applications.every(*names))
    return [row for row in rows if row["applied_on"] and row["applied_on"] <= sieve.on]


def _crowds(rows: Iterable[Row], span: timedelta) -> dict[str, list[Row]]:
    """Party -> the applications of the fullest window that one of its own lies in."""
    ordered = sorted(rows, key=lambda row: (row["applied_on"], row["application_id"] or "", row["party_id"]))
    best: dict[str, list[Row]] = {}
    first = 0
    for last, row in enumerate(ordered):
        while _since(row["applied_on"], ordered[first]["applied_on"]) > span:
            first += 1
        window = ordered[first : last + 1]
        size = len({one["party_id"] for one in window})
        if size < 2:
            continue
        for one in window:
            if one["party_id"] not in best or size > len({each["party_id"] for each in best[one["party_id"]]}):
                best[one["party_id"]] = window
    return best


def _since(later: date, earlier: date) -> timedelta:
    return later - earlier


def _words(kind: str, zh: str, token: str, rows: Iterable[Row], parties: list[str]) -> Evidence:
    """Whom a thing links, in which applications and when; of the thing itself only the beginning of its hash."""
    told = list(rows)
    ids = tuple(dict.fromkeys(row["application_id"] for row in told if row["application_id"]))
    days = sorted(row["applied_on"] for row in told)
    when = f"{days[0]} – {days[-1]}" if days else ""
    shown = listed(parties)
    return Evidence(
        "application", ids, f"{zh} {token[:8]}：{len(parties)} 家（{shown}），{when}，申请 {listed(ids)}",
        f"{kind} {token[:8]}: {len(parties)} businesses ({shown}), {when}, applications {listed(ids)}",
    )  # fmt: skip


def _fullest(findings: list[Finding]) -> list[Finding]:
    """Of one check and party the largest figure."""
    best: dict[tuple[str, str], Finding] = {}
    for one in findings:
        known = best.get((one.check, one.party))
        if known is None or one.value > known.value:
            best[one.check, one.party] = one
    return list(best.values())
