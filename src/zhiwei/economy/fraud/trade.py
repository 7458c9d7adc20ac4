"""Cheating in what a business records: invoices, declarations, orders, takings, meters and statements."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from zhiwei.credit.antifraud.typologies.invoicing import FACE_LIMITS
from zhiwei.economy.fraud.plant import Dice
from zhiwei.economy.paper import Papers, chained, quarters, takings


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


def circle(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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


def mutual(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Two firms that bill each other, unevenly, so that it is no circle of like amounts."""
    one, other = members
    share = (0.3, 0.9, 3.0)[strength]
    there = share * _yearly(papers, one, "sale")
    back = max(share * _yearly(papers, other, "sale"), there * 1.6)
    for seller, buyer, total in ((one, other, there), (other, one, back)):
        rows = [(seller, buyer, "sale"), (buyer, seller, "purchase")]
        papers.put("invoices", [_invoice(papers, row, round(total / 10), dice) for row in rows for _ in range(10)])


def voids(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    share = (0.08, 0.2, 0.45)[strength]
    [party] = members
    sales = papers.rows("invoices", party).filter(pl.col("direction") == "sale").height
    papers.put("invoices", [
        _invoice(papers, (party, f"OUT-{n}", "sale"), 10**6, dice, status="void") for n in range(round(share * sales))
    ] or [_invoice(papers, (party, "OUT-0", "sale"), 10**6, dice, status="void")])  # fmt: skip


def voided_tax(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Large invoices that were voided once they had been shown to a lender."""
    share = (0.3, 0.65, 0.85)[strength]
    [party] = members
    rows = papers.rows("invoices", party).filter((pl.col("direction") == "sale") & (pl.col("tax") > 0))
    tax = max(int(rows["tax"].sum()), 10**6) * share / (1 - share) / 8
    papers.put("invoices", [
        {**_invoice(papers, (party, f"OUT-{n}", "sale"), round(tax * 8), dice, status="void"), "tax": round(tax)}
        for n in range(8)
    ])  # fmt: skip


def at_the_limit(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Sales cut into invoices just below the face limit."""
    share = (0.25, 0.7, 0.92)[strength]
    [party] = members
    sold = papers.rows("invoices", party).filter((pl.col("direction") == "sale") & (pl.col("status") == "valid"))
    sold = sold.filter((pl.col("amount") > 0) & (pl.col("issue_date") > papers.on - timedelta(days=365)))
    largest, total = max(sold["amount"].to_list(), default=0), max(int(sold["amount"].sum()), 10**7)
    limit = next(one for one in FACE_LIMITS if one >= largest)
    many = max(round(total * share / (1 - share) / (limit * 0.95)), 30 if not sold.height else 6)
    papers.put("invoices", [
        _invoice(papers, (party, f"OUT-{n}", "sale"), round(limit * dice.uniform(0.91, 0.999)), dice)
        for n in range(many)
    ])  # fmt: skip


def young_and_large(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    born = papers.on - timedelta(days=100)
    rows = papers.rows("registry", party).with_columns(
        pl.when(pl.col("what") == "established").then(pl.lit(born)).otherwise(pl.col("on")).alias("on")
    )
    papers.swap("registry", party, rows)
    kept = papers.rows("invoices", party).filter(pl.col("issue_date") > born)
    papers.swap("invoices", party, kept.filter(pl.col("direction") == "purchase"))
    total = (500_000_000, 1_500_000_000, 9_000_000_000)[strength]
    day = [papers.on - timedelta(days=int(dice.integers(2, 95))) for _ in range(20)]
    papers.put("invoices", [
        _invoice(papers, (party, f"OUT-{n}", "sale"), round(total / 20), dice, issue_date=day[n]) for n in range(20)
    ])  # fmt: skip


def told_two_ways(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Less for income tax than for VAT."""
    [party] = members
    rows = papers.rows("tax_returns", party)
    less = (pl.col("sales") * (0.95, 0.75, 0.4)[strength]).round().cast(pl.Int64)
    told = pl.when(pl.col("tax") == "cit").then(less).otherwise(pl.col("sales"))
    papers.swap("tax_returns", party, rows.with_columns(told.alias("sales")))


def paper_growth(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Sales of the last half year grow on paper only."""
    [party] = members
    sold = papers.rows("invoices", party).filter((pl.col("direction") == "sale") & (pl.col("status") == "valid"))
    half, year = papers.on - timedelta(days=182), papers.on - timedelta(days=365)
    before = int(sold.filter(pl.col("issue_date").is_between(year, half))["amount"].sum())
    if not before:
        before = 10**8
        days = [half - timedelta(days=30 * n + 5) for n in range(5)]
        papers.put("invoices", [
            _invoice(papers, (party, "OUT-1", "sale"), before // 5, dice, issue_date=day) for day in days
        ])  # fmt: skip
    more = before * (0.5, 5, 15)[strength]
    papers.put("invoices", [
        _invoice(papers, (party, f"OUT-{n}", "sale"), round(more / 12), dice,
                 issue_date=papers.on - timedelta(days=int(dice.integers(2, 175))))
        for n in range(12)
    ])  # fmt: skip


def ran_away(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    share = (0.6, 0.8, 0.95)[strength]
    [party] = members
    total = _yearly(papers, party, "purchase") * share / (1 - share)
    shells = [f"GONE-{party[-6:]}-{n}" for n in range(3)]
    papers.bad |= dict.fromkeys(shells, "走逃户")
    papers.put(
        "invoices", [_invoice(papers, (party, s, "purchase"), round(total / 9), dice) for s in shells for _ in range(3)]
    )


def undeclared(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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


def few_hands(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    rows = _orders(papers, members[0], dice)
    fake = _some(rows, (0.3, 0.55, 0.85)[strength], dice)
    hands = pl.Series([f"fake{n}" for n in dice.integers(0, 8, rows.height)])
    papers.swap(
        "orders", members[0], rows.with_columns(pl.when(fake).then(hands).otherwise(pl.col("buyer")).alias("buyer"))
    )


def round_orders(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    rows = _orders(papers, members[0], dice)
    fake = _some(rows, (0.15, 0.45, 0.9)[strength], dice)
    amount = pl.when(fake).then((pl.col("amount") // 10_000 + 1) * 10_000).otherwise(pl.col("amount"))
    papers.swap("orders", members[0], rows.with_columns(amount.alias("amount")))


def signed_at_once(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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


def takings_of(papers: Papers, party: str, dice: Dice) -> pl.DataFrame:
    """Its own, or a till of its own where it had none."""
    rows = papers.rows("acquiring", party)
    return rows if rows.height else takings(papers.on, party, 800, dice)


def few_payers(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """The same cards again and again, and larger sums than customers spend."""
    rows = takings_of(papers, members[0], dice)
    fake = _some(rows, (0.15, 0.5, 0.8)[strength], dice)
    hands = pl.Series([f"fake{n}" for n in dice.integers(0, 8, rows.height)])
    papers.swap("acquiring", members[0], rows.with_columns(
        pl.when(fake).then(hands).otherwise(pl.col("payer")).alias("payer"),
        pl.when(fake & (strength > 0)).then(pl.col("amount") * 2).otherwise(pl.col("amount")).alias("amount"),
    ))  # fmt: skip


def round_takings(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    rows = takings_of(papers, members[0], dice)
    fake = _some(rows, (0.1, 0.5, 0.9)[strength], dice)
    amount = pl.when(fake).then((pl.col("amount") // 10_000 + 1) * 10_000).otherwise(pl.col("amount"))
    papers.swap("acquiring", members[0], rows.with_columns(amount.alias("amount")))


def second_copy(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """A copy of the statement with higher balances; the weak forger hands in a true copy."""
    [party] = members
    rows = papers.rows("bank_flow", party)
    copy = rows.filter(_some(rows, 0.5, dice)).head((40, 5, 40)[strength])
    raised = copy.with_columns(pl.col("balance") + (0, 5_000_000, 50_000_000)[strength])
    papers.put("bank_flow", raised if strength else copy.head(0))


def round_trips(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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


def edited(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Amounts raised by hand; the weak forger works with a spreadsheet, and all balances follow."""
    [party] = members
    rows = papers.rows("bank_flow", party).sort("sequence")
    chosen = pl.int_range(pl.len()).is_in(dice.integers(1, rows.height, (10, 1, 8)[strength]).tolist())
    raised = rows.with_columns(
        pl.when(chosen).then(pl.col("amount").abs() * 10 + 7).otherwise(pl.col("amount")).alias("amount")
    )
    papers.swap("bank_flow", party, chained(raised) if strength == 0 else raised)


def interest(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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


def invented(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Rows of amounts a person thinks are random: every first digit as often as the next."""
    _made_up(papers, members[0], (0.15, 0.5, 0.9)[strength], lambda n: dice.integers(10**5, 10**6, n), dice)


def copied(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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
