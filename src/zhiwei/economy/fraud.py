"""Ways of cheating, planted into the papers of an honest town: each at three strengths, the weakest made to slip by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl

from zhiwei.economy.paper import HANDLED, Papers, chained, guarantee, quarters

STRENGTHS = ("weak", "medium", "strong")
Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Plant:
    """`work(papers, members, strength 0..2, dice)` does it to so many members at once; `check` should find them."""

    check: str
    members: Sequence[int]
    work: Callable[[Papers, Sequence[str], int, Dice], None]

    def into(self, papers: Papers, who: Sequence[str], strength: int, dice: Dice) -> list[str]:
        """Plant it among these parties, group by group; -> who was planted."""
        size = self.members[strength]
        groups = [who[start : start + size] for start in range(0, len(who) - size + 1, size)]
        for group in groups:
            self.work(papers, group, strength, dice)
        return [party for group in groups for party in group]


def _yearly(papers: Papers, party: str, direction: str) -> int:
    rows = papers.rows("invoices", party).filter(
        (pl.col("direction") == direction) & (pl.col("issue_date") > papers.on - timedelta(days=365))
    )
    return max(int(rows["amount"].sum()), 5_000_000)


def _invoice(papers: Papers, row: tuple[str, str, str], amount: int, dice: Dice, **more: object) -> dict[str, object]:
    party, other, direction = row
    return {
        "party_id": party, "direction": direction, "invoice_no": str(dice.integers(10**15)), "counterparty": other,
        "issue_date": papers.on - timedelta(days=int(dice.integers(5, 300))), "amount": amount, "tax": amount // 100,
        "total": amount + amount // 100, "status": "valid", "occurrence": 1, **more,
    }  # fmt: skip


def _circle(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Twelve rounds a year from each to the next; the weak ones are small, and their sums less alike."""
    share, spread = ((0.15, 0.15), (0.4, 0.06), (1.0, 0.03))[strength]
    size = float(np.mean([_yearly(papers, party, "sale") for party in members])) * share
    rows = []
    for one, other in zip(members, (*members[1:], members[0]), strict=True):
        total = size * dice.uniform(1 - spread, 1 + spread)
        for _ in range(12):
            amount = round(total / 12)
            rows += [
                _invoice(papers, (one, other, "sale"), amount, dice),
                _invoice(papers, (other, one, "purchase"), amount, dice),
            ]
    papers.put("invoices", rows)


def _mutual(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Two firms that bill each other, unevenly, so that it is no circle of like amounts."""
    one, other = members
    share = (0.3, 0.9, 3.0)[strength]
    there = share * _yearly(papers, one, "sale")
    back = max(share * _yearly(papers, other, "sale"), there * 1.6)
    for seller, buyer, total in ((one, other, there), (other, one, back)):
        rows = [(seller, buyer, "sale"), (buyer, seller, "purchase")]
        papers.put("invoices", [_invoice(papers, row, round(total / 10), dice) for row in rows for _ in range(10)])


def _voids(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    share = (0.08, 0.2, 0.45)[strength]
    [party] = members
    sales = papers.rows("invoices", party).filter(pl.col("direction") == "sale").height
    papers.put("invoices", [
        _invoice(papers, (party, f"OUT-{n}", "sale"), 10**6, dice, status="void") for n in range(round(share * sales))
    ] or [_invoice(papers, (party, "OUT-0", "sale"), 10**6, dice, status="void")])  # fmt: skip


def _ran_away(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    share = (0.6, 0.8, 0.95)[strength]
    [party] = members
    total = _yearly(papers, party, "purchase") * share / (1 - share)
    shells = [f"GONE-{party[-6:]}-{n}" for n in range(3)]
    papers.bad |= dict.fromkeys(shells, "走逃户")
    papers.put(
        "invoices", [_invoice(papers, (party, s, "purchase"), round(total / 9), dice) for s in shells for _ in range(3)]
    )


def _undeclared(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    rows = papers.rows("tax_returns", party)
    papers.swap("tax_returns", party, rows.with_columns((pl.col("sales") * (0.93, 0.8, 0.4)[strength]).round()))
    if not rows["sales"].sum():
        first, _ = quarters(papers.on)[0]
        papers.put("invoices", [_invoice(papers, (party, "OUT-1", "sale"), 10**7, dice, issue_date=first)])


def _orders(papers: Papers, party: str, dice: Dice) -> pl.DataFrame:
    """Its own, or a shop of its own where it had none."""
    rows = papers.rows("orders", party)
    if rows.height >= 150:
        return rows
    at = datetime.combine(papers.on, datetime.min.time())
    ordered = [at - timedelta(minutes=int(one)) for one in np.sort(dice.integers(1_000, 500_000, 300))]
    return pl.DataFrame({
        "party_id": party, "platform": "p", "order_no": [f"n{n}" for n in range(300)], "ordered_at": ordered,
        "shipped_at": [t + timedelta(minutes=10) for t in ordered],
        "signed_at": [t + timedelta(hours=30) for t in ordered], "buyer": [f"n{n % 230}" for n in range(300)],
        "amount": dice.integers(1_001, 99_999, 300), "status": "signed",
    })  # fmt: skip


def _some(rows: pl.DataFrame, share: float, dice: Dice) -> pl.Series:
    return pl.Series(dice.random(rows.height) < share)


def _few_hands(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    rows = _orders(papers, members[0], dice)
    fake = _some(rows, (0.3, 0.55, 0.85)[strength], dice)
    hands = pl.Series([f"fake{n}" for n in dice.integers(0, 8, rows.height)])
    papers.swap(
        "orders", members[0], rows.with_columns(pl.when(fake).then(hands).otherwise(pl.col("buyer")).alias("buyer"))
    )


def _round_orders(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    rows = _orders(papers, members[0], dice)
    fake = _some(rows, (0.15, 0.45, 0.9)[strength], dice)
    amount = pl.when(fake).then((pl.col("amount") // 10_000 + 1) * 10_000).otherwise(pl.col("amount"))
    papers.swap("orders", members[0], rows.with_columns(amount.alias("amount")))


def _signed_at_once(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    rows = _orders(papers, members[0], dice)
    fake = _some(rows, (0.05, 0.25, 0.8)[strength], dice)
    soon = pl.col("ordered_at") + pl.duration(minutes=12)
    papers.swap(
        "orders",
        members[0],
        rows.with_columns(pl.when(fake).then(soon).otherwise(pl.col("signed_at")).alias("signed_at")),
    )


def _statement(papers: Papers, party: str, rows: pl.DataFrame) -> None:
    papers.swap("bank_flow", party, chained(rows))


def _round_trips(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    rows = papers.rows("bank_flow", party)
    share = (0.12, 0.35, 0.7)[strength]
    year = rows.filter((pl.col("amount") > 0) & (pl.col("booked_on") > papers.on - timedelta(days=360)))
    size = max(int(year["amount"].sum()), 10**6) * share / (1 - share) / 20
    made = []
    for n in range(20):
        day, fen = papers.on - timedelta(days=int(dice.integers(10, 340))), round(size * dice.uniform(0.8, 1.2))
        base = {"party_id": party, "account": "a1", "currency": "CNY", "counterparty": f"F{n % 3}", "text": "往来"}
        made += [
            {**base, "booked_on": day, "amount": fen},
            {**base, "booked_on": day + timedelta(days=1), "amount": -fen},
        ]
    _statement(papers, party, pl.concat([rows, pl.DataFrame(made)], how="diagonal_relaxed"))


def _edited(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Amounts raised by hand; the weak forger works with a spreadsheet, and all balances follow."""
    [party] = members
    rows = papers.rows("bank_flow", party).sort("sequence")
    chosen = pl.int_range(pl.len()).is_in(dice.integers(1, rows.height, (10, 1, 8)[strength]).tolist())
    raised = rows.with_columns(
        pl.when(chosen).then(pl.col("amount").abs() * 10 + 7).otherwise(pl.col("amount")).alias("amount")
    )
    papers.swap("bank_flow", party, chained(raised) if strength == 0 else raised)


def _interest(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Interest made up on some day; the weak forger knows the 21st."""
    [party] = members
    days = [
        (papers.on - timedelta(days=100 * n + 20)).replace(day=(21, 30, 15)[strength] if n else 14) for n in range(3)
    ]
    if strength == 0:
        days = [last.replace(day=21) for _, last in quarters(papers.on)]
    made = [
        {"party_id": party, "account": "a1", "currency": "CNY", "booked_on": day, "amount": 1_234, "text": "结息"}
        for day in days
    ]
    _statement(papers, party, pl.concat([papers.rows("bank_flow", party), pl.DataFrame(made)], how="diagonal_relaxed"))


def _invented(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Rows of amounts a person thinks are random: every first digit as often as the next."""
    _made_up(papers, members[0], (0.15, 0.5, 0.9)[strength], lambda n: dice.integers(10**5, 10**6, n), dice)


def _copied(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Rows pasted again and again."""
    pasted = dice.integers(101, 10**7, 6) * 7 + 1
    _made_up(papers, members[0], (0.3, 0.7, 0.95)[strength], lambda n: pasted[dice.integers(0, 6, n)], dice)


def _made_up(papers: Papers, party: str, share: float, amounts: Callable[[int], np.ndarray], dice: Dice) -> None:
    rows = papers.rows("bank_flow", party)
    many = round(max(rows.height, 600) * share / (1 - share))
    days = [papers.on - timedelta(days=int(n)) for n in dice.integers(3, 350, many)]
    made = pl.DataFrame({
        "party_id": party, "account": "a1", "currency": "CNY", "booked_on": days, "amount": amounts(many),
        "text": "货款", "counterparty": [f"M{n}" for n in range(many)],
    })  # fmt: skip
    _statement(papers, party, pl.concat([rows, made], how="diagonal_relaxed"))


def _shell(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    day = papers.on - timedelta(days=30)
    rows = papers.rows("registry", party).filter(~pl.col("what").is_in(["paid_in", "insured", "directorship"]))
    papers.swap("registry", party, rows)
    flags: list[dict[str, object]] = [
        {"on": day, "what": "paid_in", "amount": 0}, {"on": day, "what": "insured", "value": "0"},
        *({"on": day, "what": "directorship", "value": f"o{n}"} for n in range(7)),
        {"on": day, "what": "scope", "value": "s9"}, {"on": day, "what": "legal_representative", "value": "p9"},
    ]  # fmt: skip
    papers.put("registry", [{"party_id": party, **row} for row in flags[: (2, 9, 11)[strength]]])


def _apply(papers: Papers, members: Sequence[str], kind: str, days: int, token: str, dice: Dice) -> None:
    """All of them by one thing within so many days."""
    for party in members:
        day = papers.on - timedelta(days=5 + int(dice.integers(0, days)))
        papers.put("applications", [{
            "application_id": f"{token}-{party[-8:]}", "party_id": party, "applied_on": day, "kind": kind,
            "token": token,
        }])  # fmt: skip


def _through(kind: str, days: int) -> Callable[[Papers, Sequence[str], int, Dice], None]:
    def work(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
        _apply(papers, members, kind, days, f"{kind}-{dice.integers(10**12)}", dice)

    return work


def _chained(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """One phone for the first two, one device for the next two: a packager who is careful."""
    for place, pair in enumerate(pairwise(members)):
        _apply(papers, pair, ("phone", "device")[place % 2], 12, f"chain-{dice.integers(10**12)}", dice)


def _again(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    for n in range((2, 5, 9)[strength]):
        _apply(papers, members, "device", 20, f"again-{members[0][-8:]}-{n}", dice)


def _many_asked(months: int, times: Sequence[int]) -> Callable[[Papers, Sequence[str], int, Dice], None]:
    def work(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
        day = papers.on - timedelta(days=1)
        papers.put("bureau_queries", [
            {"party_id": members[0], "subject": "firm", "report_on": day, "lender": f"Q{n}", "reason": "loan",
             "queried_on": day - timedelta(days=int(dice.integers(0, 27 * months)))}
            for n in range(times[strength])
        ])  # fmt: skip

    return work


def _many_owed(times: Sequence[int], oldest: int) -> Callable[[Papers, Sequence[str], int, Dice], None]:
    def work(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
        day = papers.on - timedelta(days=1)
        papers.put("bureau_accounts", [
            {"party_id": members[0], "subject": "firm", "report_on": day, "account": f"q{n}", "lender": f"Q{n}",
             "kind": "loan", "balance": 5_000_000, "opened_on": day - timedelta(days=int(dice.integers(5, oldest)))}
            for n in range(times[strength])
        ])  # fmt: skip

    return work


def _taken_over(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """The weak thief passes every verification; the others leave one sign or three."""
    signs = ((), ("foreign_account",), ("face_mismatch", "new_sim", "foreign_account"))[strength]
    at = datetime.combine(papers.on - timedelta(days=3), datetime.min.time())
    if signs:
        papers.put("identity", [
            {"event_id": f"{members[0][-8:]}-{sign}", "party_id": members[0], "at": at, "what": sign} for sign in signs
        ])  # fmt: skip


def _guaranteed(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Each for the next, and the last for the first."""
    for one, other in zip(members, (*members[1:], members[0]), strict=True):
        guarantee(papers, one, other, 10**6)


def _in_line(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    for one, other in pairwise(members):
        guarantee(papers, one, other, 10**6)


def _all_for_all(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    for place, one in enumerate(members):
        for other in members[place + 1 :]:
            guarantee(papers, one, other, 10**6)


def _overstretched(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    guarantee(papers, party, f"D-{party[-6:]}", round(papers.net_assets[party] * (0.4, 1.6, 5.0)[strength]))


def _pledged_twice(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """One thing with two lenders; the weak one mistypes its number, and nothing else is told."""
    [party] = members
    number = str(dice.integers(10**15))
    second = (number[:-1] + "X", number, number)[strength]
    for n, told in enumerate((number, second, second)[: (2, 2, 3)[strength]]):
        papers.put("pledges", [{
            "pledge_id": f"t{number}-{n}", "party_id": party, "lender": f"B{n}", "vin": told, "amount": 10**7,
            "registered_on": papers.on - timedelta(days=90 - 20 * n),
        }])  # fmt: skip


def _pledged_alike(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    for n in range(2):
        papers.put("pledges", [{
            "pledge_id": f"k{party[-8:]}-{strength}-{n}", "party_id": party, "lender": f"B{n}", "debtor": "D7",
            "contract": f"k{party[-8:]}", "amount": round(10**7 * (1 + n * (0.05, 0.008, 0.0)[strength])),
            "dated_on": papers.on - timedelta(days=60 - 3 * n),
            "registered_on": papers.on - timedelta(days=50 - 20 * n),
        }])  # fmt: skip


def crooked_officers(papers: Papers, many: int, strength: int, dice: Dice) -> list[str]:
    """Officers whose borrowers miss their first payment twice, six or fifteen times as often as others'."""
    rate = 0.02 * (2, 6, 15)[strength]
    officers = [f"X{n:02d}" for n in range(many)]
    papers.put("loans", [
        {"loan_id": f"x{officer}-{n}", "officer": officer, "drawn_on": papers.on - timedelta(days=60),
         "first_payment_missed": bool(dice.random() < rate)}
        for officer in officers
        for n in range(HANDLED)
    ])  # fmt: skip
    return officers


_ONE, _TWO = (1, 1, 1), (2, 2, 2)
PLANTS = (
    Plant("circular_invoicing", (3, 4, 5), _circle),
    Plant("mutual_trade", _TWO, _mutual),
    Plant("void_and_red", _ONE, _voids),
    Plant("abnormal_suppliers", _ONE, _ran_away),
    Plant("declared_gap", _ONE, _undeclared),
    Plant("wash_top_buyers", _ONE, _few_hands),
    Plant("wash_round_amounts", _ONE, _round_orders),
    Plant("wash_signing", _ONE, _signed_at_once),
    Plant("wash_round_trip", _ONE, _round_trips),
    Plant("balance_break", _ONE, _edited),
    Plant("interest_days", _ONE, _interest),
    Plant("first_digits", _ONE, _invented),
    Plant("repeated_amounts", _ONE, _copied),
    Plant("shell_company", _ONE, _shell),
    Plant("packaged_applications", (2, 4, 8), _chained),
    Plant("velocity_device", (2, 4, 10), _through("device", 20)),
    Plant("velocity_phone", (2, 4, 10), _through("phone", 20)),
    Plant("velocity_account", (2, 4, 10), _through("account", 20)),
    Plant("velocity_address", (3, 6, 12), _through("address", 20)),
    Plant("velocity_ip", (5, 11, 20), _through("ip", 5)),
    Plant("velocity_agent", (10, 22, 40), _through("agent", 6)),
    Plant("velocity_party", _ONE, _again),
    Plant("many_queries_1m", _ONE, _many_asked(1, (3, 7, 14))),
    Plant("many_queries_3m", _ONE, _many_asked(3, (5, 10, 20))),
    Plant("many_lenders", _ONE, _many_owed((5, 10, 18), 900)),
    Plant("new_loans_3m", _ONE, _many_owed((2, 5, 9), 80)),
    Plant("identity_takeover", _ONE, _taken_over),
    Plant("mutual_guarantee", _TWO, _guaranteed),
    Plant("guarantee_ring", (3, 5, 8), _guaranteed),
    Plant("guarantee_depth", (3, 6, 10), _in_line),
    Plant("guarantee_core", (3, 4, 7), _all_for_all),
    Plant("guarantees_over_assets", _ONE, _overstretched),
    Plant("double_pledge", _ONE, _pledged_twice),
    Plant("double_pledge_alike", _ONE, _pledged_alike),
)
