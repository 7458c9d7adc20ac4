"""Shell companies: flags out of the registry, the meters and the addresses, each with what it rests on."""

from collections.abc import Mapping, Sequence

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import Evidence, Finding, by_party, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped


def shell_companies(
    sieve: Sieve, registry: pa.Table, *, meters: pa.Table | None = None,
    neighbours: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:  # fmt: skip
    """Flags counted by party. `meters`: of parties whose meters we may read; `neighbours`: others at its address.

    What is not known is no flag: a firm without meters here may have them elsewhere.
    """
    rows = pl.DataFrame(registry).filter(pl.col("on") <= sieve.on).sort("party_id", "on")
    used = _used(sieve, meters)
    findings = []
    for party, some in by_party(rows):
        flags = _flags(sieve, some)
        others = list((neighbours or {}).get(party, ()))
        if len(others) + 1 >= sieve.number("shell.firms_at_address"):
            flags.append(_flag("address", f"同一地址 {len(others) + 1} 家企业：{listed(others)}",
                               f"{len(others) + 1} firms at its address: {listed(others)}", others))  # fmt: skip
        if used.get(party) == 0:
            flags.append(_flag("meters", "近12个月水电气零用量", "no power, water or gas used in 12 months"))
        findings += sieve.found("shell_company", party, len(flags), flags)
    return findings


def _used(sieve: Sieve, meters: pa.Table | None) -> dict[str, float]:
    if meters is None:
        return {}
    day = pl.col("read_on")
    year = pl.DataFrame(meters).filter((day > add_months(sieve.on, -12)) & (day <= sieve.on))
    return dict(year.group_by("party_id").agg(pl.col("usage").sum()).iter_rows())


def _flags(sieve: Sieve, rows: pl.DataFrame) -> list[Evidence]:
    """What the registry's rows of one party say, in order of day."""

    told = rows.select("what", "on", "value", "amount", "until").rows(named=True)  # few: quicker looked at one by one

    def last(what: str, column: str) -> object:
        return next((row[column] for row in reversed(told) if row["what"] == what and row[column] is not None), None)

    flags = []
    insured = last("insured", "value")
    if insured is not None and str(insured).isdigit() and int(str(insured)) <= sieve.number("shell.most_insured"):
        flags.append(_flag("insured", f"参保人数 {insured}", f"{insured} people insured"))
    paid, capital = last("paid_in", "amount"), last("capital", "amount")
    if paid == 0:
        words = "" if not isinstance(capital, int) else f"，认缴 {grouped(capital)} 元"
        flags.append(_flag("paid_in", f"实缴资本为 0{words}", "no capital is paid in"))
    offices = [row["value"] for row in told if row["what"] == "directorship" and row["until"] is None]
    if len(offices) >= sieve.number("shell.offices"):
        zh, en = f"法定代表人在 {len(offices)} 家任职", f"its legal representative holds {len(offices)} offices"
        flags.append(_flag("directorship", f"{zh}：{listed(offices)}", f"{en}: {listed(offices)}", offices))
    for what, zh, en in (
        ("legal_representative", "法定代表人", "legal representative"),
        ("scope", "经营范围", "scope"),
    ):
        days = sorted({row["on"] for row in told if row["what"] == what})
        if len(days) > 1 and days[-1] > add_months(sieve.on, -int(sieve.number("shell.changes_months"))):
            flags.append(_flag(what, f"{days[-1]} 变更{zh}", f"{en} changed on {days[-1]}"))
    if any(row["what"] in ("abnormal", "serious") and row["until"] is None for row in told):
        flags.append(_flag("abnormal", "列入经营异常或严重违法名单", "listed as abnormal or seriously unlawful"))
    return flags


def _flag(name: str, zh: str, en: str, ids: Sequence[str] = ()) -> Evidence:
    return Evidence(name, tuple(ids), zh, en)
