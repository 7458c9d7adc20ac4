"""The paper trail of an honest town: statements, orders, registry, bureau, pledges and all else that checks look at.

Set by eye, to be about as untidy as honest life: shared office buildings, families with one phone, firms that insure
nobody and have paid in nothing, customers whose money is sent back. Nothing is fitted to data.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa

from zhiwei.borrower import KINDS
from zhiwei.credit.antifraud import Seen
from zhiwei.credit.antifraud.typologies.applications import APPLICATIONS
from zhiwei.credit.antifraud.typologies.guarantees import Guarantee
from zhiwei.credit.antifraud.typologies.staff import OFFICER_LOANS
from zhiwei.economy.town import Town

_OWN = {"applications": APPLICATIONS, "loans": OFFICER_LOANS}
SCHEMAS: dict[str, pa.Schema] = {**{name: kind.schema for name, kind in KINDS.items()}, **_OWN}
OFFICERS = 80
HANDLED = 80  # loans of one officer
RAN_AWAY = 0.01  # of the outside suppliers, found out later: whoever bought a little there is honest
_QUARTERS = (3, 6, 9, 12)


@dataclass
class Papers:
    """Everything about the parties of a town as of a day; planting changes it in place."""

    on: date
    parties: tuple[str, ...]
    tables: dict[str, pl.DataFrame]
    guarantees: list[Guarantee] = field(default_factory=list)
    net_assets: dict[str, int] = field(default_factory=dict)
    neighbours: dict[str, list[str]] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "Papers":
        """Tables are never changed in place, so that a copy shares them."""
        return replace(
            self, tables=dict(self.tables), guarantees=list(self.guarantees), net_assets=dict(self.net_assets),
            neighbours=dict(self.neighbours), bad=dict(self.bad),
        )  # fmt: skip

    def rows(self, kind: str, party: str) -> pl.DataFrame:
        return self.tables[kind].filter(pl.col("party_id") == party)

    def put(self, kind: str, rows: pl.DataFrame | list[dict[str, object]]) -> None:
        """More rows of a kind; what a row does not say is null."""
        more = pl.DataFrame(rows, infer_schema_length=None) if isinstance(rows, list) else rows
        self.tables[kind] = pl.concat([self.tables[kind], _as(kind, more)])

    def swap(self, kind: str, party: str, rows: pl.DataFrame) -> None:
        """These rows in the place of all that a party has."""
        kept = self.tables[kind].filter(pl.col("party_id") != party)
        self.tables[kind] = pl.concat([kept, _as(kind, rows)])

    def seen(self) -> Seen:
        tables = {kind: rows.to_arrow().cast(SCHEMAS[kind]) for kind, rows in self.tables.items()}
        return Seen(
            tables, guarantees=self.guarantees, net_assets=self.net_assets, neighbours=self.neighbours, bad=self.bad
        )


def honest(town: Town, on: date, seed: int = 0) -> Papers:
    """The town without its cheats, and without what others invoiced them."""
    good = [b for b in town.businesses if b.kind != "cheat"]
    names = [b.party_id for b in good]
    opened = {b.party_id: b.opened_on for b in good}
    cheats = [b.party_id for b in town.businesses if b.kind == "cheat"]
    invoices = pl.DataFrame(town.known_on(on)).filter(
        pl.col("party_id").is_in(names) & ~pl.col("counterparty").is_in(cheats)
    )
    papers = Papers(on, tuple(names), {kind: pl.DataFrame(schema.empty_table()) for kind, schema in SCHEMAS.items()})
    papers.tables["invoices"] = _as("invoices", invoices)
    dice = np.random.default_rng([seed, town.seed])
    year = invoices.filter(
        (pl.col("direction") == "sale")
        & (pl.col("status") == "valid")
        & (pl.col("issue_date") > on - timedelta(days=365))
    )
    sales = dict(year.group_by("party_id").agg(pl.col("amount").sum()).iter_rows())
    for party in names:
        _bank(papers, party, dice)
        _orders(papers, party, dice)
        _till(papers, party, dice)
        _registered(papers, party, opened[party], dice)
        _state(papers, party, dice)
        _bureau(papers, party, dice)
        _applied(papers, party, dice)
        _claims(papers, party, dice)
        papers.net_assets[party] = round(max(sales.get(party, 0), 10**7) * float(dice.uniform(0.2, 0.8)))
    _together(papers, dice)
    _desk(papers, dice)
    suppliers = invoices.filter(pl.col("direction") == "purchase")["counterparty"].unique().sort().to_list()
    papers.bad = {name: "走逃户" for name in suppliers if name not in opened and dice.random() < RAN_AWAY}
    return papers


def _as(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """With all columns of the kind and their types."""
    schema = pl.DataFrame(SCHEMAS[kind].empty_table()).schema
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(of).alias(name) for name, of in schema.items()
    )


def chained(rows: pl.DataFrame, opening: int = 5_000_000) -> pl.DataFrame:
    """A statement in order, its balances following from its amounts."""
    ordered = rows.sort("booked_on", maintain_order=True)
    return ordered.with_columns(
        pl.int_range(1, pl.len() + 1).alias("sequence"), (pl.col("amount").cum_sum() + opening).alias("balance")
    )


def _bank(papers: Papers, party: str, dice: np.random.Generator) -> None:
    """What the invoices are paid by, some late; wages, interest on the 21st, and a little money sent back."""
    paid = papers.rows("invoices", party).filter((pl.col("status") == "valid") & (pl.col("amount") > 0))
    paid = paid.filter(pl.col("issue_date") > papers.on - timedelta(days=400))
    lag = pl.Series((90 * dice.random(paid.height) ** 2).astype(int))
    sign = pl.when(pl.col("direction") == "sale").then(1).otherwise(-1)
    flow = paid.with_columns(lag.alias("lag")).select(
        "party_id", "counterparty", (pl.col("issue_date") + pl.duration(days=pl.col("lag"))).alias("booked_on"),
        (pl.col("total") * sign).alias("amount"), pl.lit("货款").alias("text"),
    )  # fmt: skip
    back = flow.filter(pl.col("amount") > 0).sample(fraction=0.01, seed=int(dice.integers(2**31)))
    back = back.with_columns(pl.col("booked_on") + pl.duration(days=2), -pl.col("amount"), pl.lit("退款").alias("text"))
    fixed = []
    for month in range(13):
        day = (papers.on.replace(day=1) - timedelta(days=30 * month)).replace(day=10)
        fixed.append({"booked_on": day, "amount": -int(dice.integers(300_000, 5_000_000)), "text": "代发工资"})
        if day.month in _QUARTERS:
            interest = int(dice.integers(500, 90_000))
            fixed.append({"booked_on": day.replace(day=21), "amount": interest, "text": "结息"})
    more = pl.DataFrame(fixed).with_columns(pl.lit(party).alias("party_id"), pl.lit("").alias("counterparty"))
    rows = pl.concat([flow, back, more.select(flow.columns)]).filter(pl.col("booked_on") < papers.on)
    papers.put("bank_flow", chained(rows.with_columns(
        pl.lit("a1").alias("account"), pl.lit("CNY").alias("currency"),
        (pl.lit(f"{party[-6:]}-") + pl.int_range(pl.len()).cast(pl.String)).alias("reference"),
    )))  # fmt: skip


def _orders(papers: Papers, party: str, dice: np.random.Generator) -> None:
    """Of a third of the town, which sells by platform: regulars, a few round prices, parcels and some quick meals."""
    if dice.random() > 0.35:
        return
    many, regulars = int(dice.integers(150, 900)), float(dice.uniform(1.1, 2.0))
    pool = int(many * dice.uniform(0.4, 0.9))
    at = datetime.combine(papers.on, datetime.min.time()) - timedelta(days=1)
    minutes = np.sort(dice.integers(0, 365 * 24 * 60, many))
    quick = dice.random(many) < dice.uniform(0.0, 0.06)
    wait = np.where(quick, dice.integers(15, 30, many), dice.integers(40, 4_000, many))
    amount = np.exp(dice.normal(8.8, 0.7, many)).astype(np.int64) + 100
    round_ones = dice.random(many) < dice.uniform(0.0, 0.15)
    amount[round_ones] = (amount[round_ones] // 10_000 + 1) * 10_000
    ordered = [at - timedelta(minutes=int(one)) for one in minutes]
    buyers = (pool * dice.random(many) ** regulars).astype(int)
    papers.put("orders", pl.DataFrame({
        "party_id": party, "platform": "p", "order_no": [f"{party[-6:]}-{n}" for n in range(many)],
        "ordered_at": ordered, "shipped_at": [t + timedelta(minutes=10) for t in ordered],
        "signed_at": [t + timedelta(minutes=int(w)) for t, w in zip(ordered, wait, strict=True)],
        "buyer": [f"b{party[-6:]}{n}" for n in buyers.tolist()], "amount": amount, "status": "signed",
    }))  # fmt: skip


def _till(papers: Papers, party: str, dice: np.random.Generator) -> None:
    """Of three in ten, whose customers pay by card or phone."""
    if dice.random() < 0.3:
        papers.put("acquiring", takings(papers.on, party, int(dice.integers(400, 3_000)), dice))


def takings(on: date, party: str, many: int, dice: np.random.Generator) -> pl.DataFrame:
    """A year of card and QR takings, one to eight a day: strangers and regulars, small sums, some of them round."""
    at = datetime.combine(on, datetime.min.time()) - timedelta(days=1)
    amount = np.exp(dice.normal(8.3, 0.8, many)).astype(np.int64) + 100
    round_ones = dice.random(many) < dice.uniform(0.0, 0.12)
    amount[round_ones] = (amount[round_ones] // 10_000 + 1) * 10_000
    payers = (many * dice.uniform(0.4, 0.9) * dice.random(many) ** dice.uniform(1.0, 1.8)).astype(int)
    return pl.DataFrame({
        "party_id": party, "merchant": "m", "reference": [f"{party[-6:]}-{n}" for n in range(many)],
        "paid_at": [at - timedelta(minutes=int(one)) for one in np.sort(dice.integers(0, 365 * 24 * 60, many))],
        "amount": amount, "payer": [f"c{party[-6:]}{n}" for n in payers.tolist()], "channel": "wechat",
    })  # fmt: skip


def _registered(papers: Papers, party: str, opened: date, dice: np.random.Generator) -> None:
    """The registry's rows: founded before it opened, some changes since, here and there a pause of trade."""
    founded = opened - timedelta(days=int(dice.integers(5, 60)))
    capital = int(dice.integers(5, 200)) * 1_000_000
    rows: list[dict[str, object]] = [
        {"on": founded, "what": "established", "value": "存续"},
        {"on": founded, "what": "capital", "amount": capital},
        {"on": founded, "what": "paid_in", "amount": 0 if dice.random() < 0.15 else capital // 2},
        {"on": founded, "what": "legal_representative", "value": "p1"},
        {"on": founded, "what": "scope", "value": "s1"},
        {"on": papers.on - timedelta(days=200), "what": "insured",
         "value": "0" if dice.random() < 0.15 else str(dice.integers(1, 40))},
    ]  # fmt: skip
    for what, chance in (("legal_representative", 0.04), ("scope", 0.08)):
        if dice.random() < chance:
            day = papers.on - timedelta(days=int(dice.integers(1, 360)))
            rows.append({"on": max(day, founded + timedelta(days=1)), "what": what, "value": "p2"})
    if dice.random() < 0.02:
        stopped = papers.on - timedelta(days=int(dice.integers(60, 2_000)))
        again = min(stopped + timedelta(days=int(dice.integers(30, 300))), papers.on - timedelta(days=1))
        rows += [{"on": stopped, "what": "status", "value": "停业"}, {"on": again, "what": "status", "value": "存续"}]
    rows += [{"on": founded, "what": "directorship", "value": f"d{n}"} for n in range(int(dice.poisson(0.7)))]
    papers.put("registry", [{"party_id": party, **row} for row in rows])


def _state(papers: Papers, party: str, dice: np.random.Generator) -> None:
    """Meters and returns. Power follows sales in part: lights burn and fridges run whatever is sold."""
    sold = papers.rows("invoices", party).filter((pl.col("direction") == "sale") & (pl.col("status") == "valid"))
    days = [papers.on - timedelta(days=30 * k + 5) for k in range(12)]
    month = pl.col("issue_date").is_between
    sums = [int(sold.filter(month(day - timedelta(days=29), day))["amount"].sum()) for day in days]
    usual, part = max(sum(sums) / len(sums), 1), float(dice.uniform(0.2, 0.6))
    base = float(dice.integers(100, 9_000))
    papers.put("meters", [
        {"party_id": party, "utility": "power", "meter": "m", "read_on": day,
         "usage": base * (1 - part + part * fen / usual) * float(dice.uniform(0.85, 1.15))}
        for day, fen in zip(days, sums, strict=True)
    ])  # fmt: skip
    returns: list[dict[str, object]] = []
    burden = float(dice.uniform(0.01, 0.04))
    year_to_date: dict[int, int] = {}
    for first, last in reversed(quarters(papers.on, 4)):
        sales = int(sold.filter(pl.col("issue_date").is_between(first, last))["amount"].sum())
        told, paid = round(sales * float(dice.uniform(0.97, 1.03))), round(sales * burden)
        filed = last + timedelta(days=14)
        if dice.random() < 0.02:  # now and then one is forgotten
            filed = min(filed + timedelta(days=int(dice.integers(5, 150))), papers.on - timedelta(days=1))
        base_of = {"party_id": party, "period_end": last, "filed_on": filed}
        returns.append({**base_of, "tax": "vat", "period_start": first, "sales": told, "payable": paid, "paid": paid})
        year_to_date[last.year] = year_to_date.get(last.year, 0) + told
        income, less = date(last.year, 1, 1), float(dice.uniform(0.98, 1.02))
        returns.append({**base_of, "tax": "cit", "period_start": income, "sales": round(year_to_date[last.year] * less),
                        "paid": paid // 4})  # fmt: skip
    papers.put("tax_returns", returns)


def quarters(on: date, many: int = 3) -> list[tuple[date, date]]:
    """The last so many calendar quarters that ended a month before a day, the latest first."""
    found: list[tuple[date, date]] = []
    year, quarter = on.year, (on.month - 1) // 3
    while len(found) < many:
        year, quarter = (year, quarter - 1) if quarter else (year - 1, 3)
        last = date(year + (quarter == 3), (quarter * 3 + 3) % 12 + 1, 1) - timedelta(days=1)
        if last < on - timedelta(days=20):
            found.append((date(year, quarter * 3 + 1, 1), last))
    return found


def _bureau(papers: Papers, party: str, dice: np.random.Generator) -> None:
    report = papers.on - timedelta(days=1)
    base: dict[str, object] = {"party_id": party, "subject": "firm", "report_on": report}
    asked = [int(dice.integers(0, 180)) for _ in range(int(dice.poisson(2.5)))]
    papers.put("bureau_queries", [
        {**base, "queried_on": report - timedelta(days=ago), "lender": f"L{dice.integers(40)}", "reason": "loan"}
        for ago in asked
    ] or [{**base, "queried_on": report, "lender": "L0", "reason": "self"}])  # fmt: skip
    papers.put("bureau_accounts", [
        {**base, "account": f"{n}", "lender": f"L{dice.integers(40)}", "kind": "loan", "balance": 10_000_000,
         "opened_on": report - timedelta(days=int(dice.integers(20, 900)))}
        for n in range(int(dice.poisson(1.8)) or 1)
    ])  # fmt: skip


def _applied(papers: Papers, party: str, dice: np.random.Generator) -> None:
    """Most apply once within half a year, from things of their own, one in three by way of an agent."""
    code = party[-8:]
    for again in range(1 + int(dice.random() < 0.15)):
        day = papers.on - timedelta(days=int(dice.integers(0, 180)))
        things = {
            "device": f"d{code}",
            "phone": f"p{code}",
            "account": f"a{code}",
            "address": f"x{code}",
            "ip": f"i{code}",
            "wifi": f"w{code}",
        }
        if dice.random() < 0.33:
            things["agent"] = f"g{dice.integers(15)}"
        papers.put("applications", [
            {"application_id": f"{code}-{again}", "party_id": party, "applied_on": day, "kind": kind, "token": token}
            for kind, token in things.items()
        ])  # fmt: skip
        _verified(papers, party, f"{code}-{again}", datetime.combine(day, datetime.min.time()), dice)


def _verified(papers: Papers, party: str, code: str, at: datetime, dice: np.random.Generator) -> None:
    """Where it applied, and what came of face, document and phone: cameras fail one in ten, and then pass them."""
    events: list[dict[str, object]] = [
        {"event_id": f"{code}-{hour}", "checked_at": at + timedelta(hours=hour), "what": "place",
         "latitude": 25.0 + float(dice.normal(0, 0.3)), "longitude": 102.7 + float(dice.normal(0, 0.3))}
        for hour in (9, 15)
    ]  # fmt: skip
    tries = 1 + int(dice.geometric(0.7)) if dice.random() < 0.1 else 1
    results = [("liveness", "failed")] * (tries - 1) + [
        (one, "passed") for one in ("liveness", "face", "document", "phone")
    ]
    for what, chance in (("sim", 0.002), ("list", 0.002)):  # a lost phone, a namesake
        results.append((what, "failed" if dice.random() < chance else "passed"))
    events += [
        {"event_id": f"{code}-v{n}", "checked_at": at + timedelta(hours=9, minutes=n), "what": what, "outcome": outcome}
        for n, (what, outcome) in enumerate(results)
    ]
    papers.put("identity", [{"party_id": party, **event} for event in events])


def _claims(papers: Papers, party: str, dice: np.random.Generator) -> None:
    """One in five has pledged receivables: instalments of one contract, alike in all but their invoices and days."""
    if dice.random() > 0.2:
        return
    first, amount = papers.on - timedelta(days=300), int(dice.integers(10**6, 10**8))
    papers.put("pledges", [
        {"pledge_id": f"{party[-8:]}-{n}", "party_id": party, "lender": "B1", "debtor": "D1", "amount": amount,
         "registered_on": first + timedelta(days=30 * n + 3), "dated_on": first + timedelta(days=30 * n),
         "contract": f"c{party[-8:]}", "invoice_no": f"{party[-8:]}{n:04d}"}
        for n in range(int(dice.integers(1, 6)))
    ])  # fmt: skip


def _together(papers: Papers, dice: np.random.Generator) -> None:
    """What honest businesses share: an office building, a family's phone, a guarantee for a friend."""
    names = list(dice.permutation(papers.parties))
    for start in range(0, len(names) // 20, 6):
        house = names[start : start + 6]
        papers.neighbours |= {party: [other for other in house if other != party] for party in house}
    for one, other in zip(names[0 : len(names) // 50], names[-len(names) // 50 :], strict=False):
        mine = papers.rows("applications", one).filter(pl.col("kind") == "phone")["token"]
        rows = papers.rows("applications", other)
        token = pl.when(pl.col("kind") == "phone").then(pl.lit(mine[0])).otherwise(pl.col("token"))
        papers.swap("applications", other, rows.with_columns(token.alias("token")))
    for start in range(0, len(names) // 10, 3):  # stalls of one market
        stalls = names[start : start + 3]
        rows = papers.tables["applications"]
        radio = pl.col("party_id").is_in(stalls) & (pl.col("kind") == "wifi")
        shared = pl.when(radio).then(pl.lit(f"market-{start}")).otherwise(pl.col("token"))
        papers.tables["applications"] = rows.with_columns(shared.alias("token"))
    order = {party: place for place, party in enumerate(names)}
    for party in names:
        if dice.random() < 0.08:
            other = names[int(dice.integers(len(names)))]
            if order[other] > order[party]:  # a friend's friend does not guarantee back, with few exceptions
                guarantee(papers, party, other, int(papers.net_assets[party] * dice.uniform(0.05, 0.4)))


def guarantee(papers: Papers, one: str, other: str, amount: int) -> None:
    day = papers.on - timedelta(days=100)
    papers.guarantees.append(Guarantee(f"g{len(papers.guarantees)}", one, other, amount, day))


def _desk(papers: Papers, dice: np.random.Generator) -> None:
    """Loans by officer; one in fifty misses its first payment, whoever lent it."""
    papers.put("loans", [
        {"loan_id": f"l{officer}-{n}", "officer": f"S{officer:02d}", "drawn_on": papers.on - timedelta(days=90),
         "first_payment_missed": bool(dice.random() < 0.02)}
        for officer in range(OFFICERS)
        for n in range(HANDLED)
    ])  # fmt: skip
