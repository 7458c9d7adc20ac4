"""A loan on the owner's credit: one report of the bureau decides, and a draw is paid back in 24 equal instalments."""

import json
from datetime import date
from typing import Any

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.journeys import (
    Offer,
    Permission,
    Source,
    accept,
    close_days,
    decide,
    draw,
    examine,
    give_consent,
    receive_records,
    repay,
    statement,
)
from zhiwei.values import fen

ON = date(2025, 3, 10)
KINDS = ("bureau_accounts", "bureau_queries")
HEAD = {"party_id": "G8", "report_on": date(2025, 3, 9), "subject": "owner"}


def report(platform: Platform, months: str = "N" * 24) -> None:
    """The bureau's report of the day before on the owner of G8: a card a quarter used, a loan half repaid."""
    permission = Permission(Party("G8", "八号商行", "test"), KINDS, "May you ask the bureau? Yes.", "page 8", ON)
    give_consent(books=platform, by=platform.actor, permission=permission)
    accounts = [
        account("card", "bank 1", fen("120000"), fen("30000"), months),
        account("loan", "bank 2", fen("140000"), fen("120000"), "N" * 24),
    ]
    asked = [{**HEAD, "queried_on": date(2025, 2, 1), "lender": "bank 3", "reason": "loan"}]
    tables = {"bureau_accounts": table_of(KINDS[0], accounts), "bureau_queries": table_of(KINDS[1], asked)}
    source = Source("bureau", "r.json", "8" * 64)
    receive_records(books=platform, by=platform.actor, source=source, parsed=Parsed(tables))


def account(kind: str, lender: str, limit: int, balance: int, months: str) -> dict[str, Any]:
    return {
        **HEAD, "account": f"{kind} 1", "lender": lender, "kind": kind, "opened_on": date(2020, 1, 5), "limit": limit,
        "balance": balance, "overdue": 0, "class": "normal", "months": months,
    }  # fmt: skip


def test_a_report_decides_and_the_loan_is_paid_back_in_equal_instalments(platform: Platform) -> None:
    """120,000 元 at 5.55 %: 120,000 x r / (1 - (1 + r)^-24) with r = 5.55 % / 12 is 5,294.17 元 a month."""
    report(platform)
    [decided] = decide(books=platform, by=platform.actor, product="owner_loan", parties=["G8"], as_of=ON)
    assert (decided.outcome, decided.limit) == ("approve", fen("240000"))
    line = accept(books=platform, by=platform.actor, key="a", offer=Offer(decided.decision_id), on=ON).line
    draw(books=platform, by=platform.actor, key="d", line=line, amount=fen("120000"), on=ON)
    instalment = fen("5294.17")
    for month in range(4, 13):
        on = date(2025, month, 10)
        close_days(books=platform, by=platform.actor, since=ON, until=on)
        due = statement(books=platform, by=platform.actor, line=line, on=on).head["due"]
        assert fen(due) == instalment
        repay(books=platform, by=platform.actor, key=f"r{month}", line=line, amount=instalment, on=on)
    head = statement(books=platform, by=platform.actor, line=line, on=date(2025, 12, 10)).head
    assert (head["due"], head["status"]) == ("0.00", "open")
    assert [one for one in examine(books=platform, by=platform.actor) if one.wrong] == []


def test_three_months_overdue_in_a_row_are_declined(platform: Platform) -> None:
    report(platform, months="N" * 20 + "123N")
    [decided] = decide(books=platform, by=platform.actor, product="owner_loan", parties=["G8"], as_of=ON)
    assert decided.outcome == "decline"
    assert "R01" in {one["code"] for one in json.loads(decided.document)["reasons"]}
