"""Cheating in who one is and with whom: shells, packaged applications, identities, guarantees, pledges, officers."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl

from zhiwei.economy.fraud.plant import Dice
from zhiwei.economy.paper import HANDLED, Papers, guarantee


def shell(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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


def paid_in_a_lump(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Returns of the past filed and paid three weeks before; the weak one is late once only."""
    [party] = members
    rows = papers.rows("tax_returns", party)
    kept = rows.filter((pl.col("tax") != "vat") | (pl.col("period_end") > papers.on - timedelta(days=90)))
    papers.swap("tax_returns", party, kept)
    months = [papers.on.replace(day=1) - timedelta(days=30 * n + 120) for n in range((1, 3, 8)[strength])]
    paid = max(int(kept["paid"].sum() or 0), 10**6) * (1, 2, 5)[strength]
    papers.put("tax_returns", [
        {"party_id": party, "tax": "vat", "period_start": day.replace(day=1), "period_end": day.replace(day=28),
         "filed_on": papers.on - timedelta(days=21), "sales": paid * 30, "payable": paid, "paid": paid}
        for day in months
    ])  # fmt: skip


def dressed_up(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """A firm bought for the loan: a new face, traded again, and in the end many lenders asked and tax paid at once."""
    [party] = members
    day = papers.on - timedelta(days=int(dice.integers(20, 120)))
    rows = papers.rows("registry", party).filter(~pl.col("what").is_in(["legal_representative", "status"]))
    papers.swap("registry", party, rows)
    first = papers.on - timedelta(days=900)
    signs: list[dict[str, object]] = [
        {"on": first, "what": "legal_representative", "value": "p1"},
        {"on": day, "what": "legal_representative", "value": "p9"},
        {"on": first + timedelta(days=90), "what": "status", "value": "停业"},
        {"on": day, "what": "status", "value": "存续"},
    ]
    papers.put("registry", [{"party_id": party, **row} for row in signs[: 2 if strength == 0 else 4]])
    if strength == 2:
        paid_in_a_lump(papers, members, strength, dice)
        _queries(papers, party, 9, 1, dice)


def _apply(papers: Papers, members: Sequence[str], kind: str, days: int, token: str, dice: Dice) -> None:
    """All of them by one thing within so many days."""
    for party in members:
        day = papers.on - timedelta(days=5 + int(dice.integers(0, days)))
        papers.put("applications", [{
            "application_id": f"{token}-{party[-8:]}", "party_id": party, "applied_on": day, "kind": kind,
            "token": token,
        }])  # fmt: skip


def through(kind: str, days: int) -> Callable[[Papers, Sequence[str], int, Dice], None]:
    def work(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
        _apply(papers, members, kind, days, f"{kind}-{dice.integers(10**12)}", dice)

    return work


def chained(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """One phone for the first two, one device for the next two: a packager who is careful."""
    for place, pair in enumerate(pairwise(members)):
        _apply(papers, pair, ("phone", "device")[place % 2], 12, f"chain-{dice.integers(10**12)}", dice)


def again(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    for n in range((2, 5, 9)[strength]):
        _apply(papers, members, "device", 20, f"again-{members[0][-8:]}-{n}", dice)


def many_asked(months: int, times: Sequence[int]) -> Callable[[Papers, Sequence[str], int, Dice], None]:
    def work(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
        _queries(papers, members[0], times[strength], months, dice)

    return work


def _queries(papers: Papers, party: str, times: int, months: int, dice: Dice) -> None:
    day = papers.on - timedelta(days=1)
    papers.put("bureau_queries", [
        {"party_id": party, "subject": "firm", "report_on": day, "lender": f"Q{n}", "reason": "loan",
         "queried_on": day - timedelta(days=int(dice.integers(0, 27 * months)))}
        for n in range(times)
    ])  # fmt: skip


def many_owed(times: Sequence[int], oldest: int) -> Callable[[Papers, Sequence[str], int, Dice], None]:
    def work(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
        day = papers.on - timedelta(days=1)
        papers.put("bureau_accounts", [
            {"party_id": members[0], "subject": "firm", "report_on": day, "account": f"q{n}", "lender": f"Q{n}",
             "kind": "loan", "balance": 5_000_000, "opened_on": day - timedelta(days=int(dice.integers(5, oldest)))}
            for n in range(times[strength])
        ])  # fmt: skip

    return work


def taken_over(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """The weak thief passes every verification; the others leave one sign or three."""
    signs = ((), ("account",), ("face", "sim", "account"))[strength]
    _verified(papers, members[0], [(sign, "failed") for sign in signs])


def on_a_list(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """The weak one was let off by the list before it applied."""
    _verified(papers, members[0], ([("list", "failed"), ("list", "passed")], [("list", "failed")],
                                   [("list", "failed"), ("bureau", "failed")])[strength])  # fmt: skip


def tried_again(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """A mask before the camera until it lets one through."""
    _verified(papers, members[0], [("liveness", "failed")] * (2, 5, 12)[strength] + [("liveness", "passed")])


def _verified(papers: Papers, party: str, events: Sequence[tuple[str, str]]) -> None:
    """One every two minutes, three days ago at noon."""
    noon = datetime.combine(papers.on - timedelta(days=3), datetime.min.time()) + timedelta(hours=12)
    if events:
        papers.put("identity", [
            {"event_id": f"{party[-8:]}-x{n}", "party_id": party, "checked_at": noon + timedelta(minutes=2 * n),
             "what": what, "outcome": outcome}
            for n, (what, outcome) in enumerate(events)
        ])  # fmt: skip


def guaranteed(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """Each for the next, and the last for the first."""
    for one, other in zip(members, (*members[1:], members[0]), strict=True):
        guarantee(papers, one, other, 10**6)


def in_line(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    for one, other in pairwise(members):
        guarantee(papers, one, other, 10**6)


def all_for_all(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    for place, one in enumerate(members):
        for other in members[place + 1 :]:
            guarantee(papers, one, other, 10**6)


def overstretched(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    [party] = members
    guarantee(papers, party, f"D-{party[-6:]}", round(papers.net_assets[party] * (0.4, 1.6, 5.0)[strength]))


def pledged_twice(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
    """One thing with two lenders; the weak one mistypes its number, and nothing else is told."""
    [party] = members
    number = str(dice.integers(10**15))
    second = (number[:-1] + "X", number, number)[strength]
    for n, told in enumerate((number, second, second)[: (2, 2, 3)[strength]]):
        papers.put("pledges", [{
            "pledge_id": f"t{number}-{n}", "party_id": party, "lender": f"B{n}", "vin": told, "amount": 10**7,
            "registered_on": papers.on - timedelta(days=90 - 20 * n),
        }])  # fmt: skip


def pledged_alike(papers: Papers, members: Sequence[str], strength: int, dice: Dice) -> None:
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
