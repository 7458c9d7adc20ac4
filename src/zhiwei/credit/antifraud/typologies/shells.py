"""Shell companies: flags out of the registry, the meters and the addresses, each with what it rests on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from zhiwei.credit.antifraud.columns import Columns, following, grouped_by
from zhiwei.credit.antifraud.findings import Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped


class Entry(NamedTuple):
    """A row of the registry."""

    party_id: str
    on: date
    what: str
    value: str | None
    amount: int | None
    until: date | None


def shell_companies(
    sieve: Sieve, registry: Columns, *, meters: Columns | None = None,
    neighbours: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:  # fmt: skip
    """Flags counted by party. `meters`: of parties whose meters we may read; `neighbours`: others at its address.

    What is not known is no flag: a firm without meters here may have them elsewhere.
    """
    told = (Entry(*row) for row in registry.every(*Entry._fields))
    rows = following([row for row in told if row.on and row.on <= sieve.on], 0, 1)
    used = _used(sieve, meters)
    findings = []
    for party, some in grouped_by(rows).items():
        flags = _flags(sieve, some)
        others = list((neighbours or {}).get(party, ()))
        if len(others) + 1 >= sieve.number("shell.firms_at_address"):
            flags.append(_flag("address", f"同一地址 {len(others) + 1} 家企业：{listed(others)}",
                               f"{len(others) + 1} firms at its address: {listed(others)}", others))  # fmt: skip
        if used.get(party) == 0:
            flags.append(_flag("meters", "近12个月水电气零用量", "no power, water or gas used in 12 months"))
        findings += sieve.found("shell_company", party, len(flags), flags)
    return findings


def _used(sieve: Sieve, meters: Columns | None) -> dict[str, float]:
    """Party -> what its meters counted in 12 months, of those that were read."""
    if meters is None:
        return {}
    since = add_months(sieve.on, -12)
    told = meters.every("party_id", "read_on", "usage")
    year = [row for row in told if row[1] and since < row[1] <= sieve.on]
    return {party: sum(usage or 0 for *_, usage in some) for party, some in grouped_by(year).items()}


def _flags(sieve: Sieve, told: Sequence[Entry]) -> list[Evidence]:
    """What the registry's rows of one party say, in order of day."""

    def last(what: str, column: str) -> object:
        of = (getattr(row, column) for row in reversed(told) if row.what == what)
        return next((value for value in of if value is not None), None)

    flags = []
    insured = last("insured", "value")
    if insured is not None and str(insured).isdigit() and int(str(insured)) <= sieve.number("shell.most_insured"):
        flags.append(_flag("insured", f"参保人数 {insured}", f"{insured} people insured"))
    paid, capital = last("paid_in", "amount"), last("capital", "amount")
    if paid == 0:
        words = "" if not isinstance(capital, int) else f"，认缴 {grouped(capital)} 元"
        flags.append(_flag("paid_in", f"实缴资本为 0{words}", "no capital is paid in"))
    offices = [row.value or "" for row in told if row.what == "directorship" and row.until is None]
    if len(offices) >= sieve.number("shell.offices"):
        zh, en = f"法定代表人在 {len(offices)} 家任职", f"its legal representative holds {len(offices)} offices"
        flags.append(_flag("directorship", f"{zh}：{listed(offices)}", f"{en}: {listed(offices)}", offices))
    for what, zh, en in (
        ("legal_representative", "法定代表人", "legal representative"),
        ("scope", "经营范围", "scope"),
    ):
        days = sorted({row.on for row in told if row.what == what})
        if len(days) > 1 and days[-1] > add_months(sieve.on, -int(sieve.number("shell.changes_months"))):
            flags.append(_flag(what, f"{days[-1]} 变更{zh}", f"{en} changed on {days[-1]}"))
    if any(row.what in ("abnormal", "serious") and row.until is None for row in told):
        flags.append(_flag("abnormal", "列入经营异常或严重违法名单", "listed as abnormal or seriously unlawful"))
    return flags


def _flag(name: str, zh: str, en: str, ids: Sequence[str] = ()) -> Evidence:
    return Evidence(name, tuple(ids), zh, en)
