"""Each file of sharing/ is a loan's journal, funder by funder, to be checked by hand; the postings are the same."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.funding import Funder, Programme
from zhiwei.funding.postings import share_entries
from zhiwei.loans import CREDIT, Movement
from zhiwei.loans.loan import CASH
from zhiwei.loans.postings import Accounts, drafts
from zhiwei.values import fen, grouped

GOLDEN = sorted((Path(__file__).parent / "sharing").glob("*.txt"))
EVENT = re.compile(r"^event: (\S+) (\S+) (\S+)( from credit)?$", re.MULTILINE)
ACCOUNTS = Accounts("cash", "loan_principal", "interest_receivable", "interest_income", "customer_credit")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_journal_is_what_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    names = re.search(r"^funders: (.+)$", text, re.MULTILINE)[1].split(", ")
    programme = Programme(tuple(Funder(n, n, "bank", Decimal(share)) for n, share in map(str.split, names)))
    movements = [
        Movement(kind, date(2024, 3, 1), fen(principal), fen(interest), CREDIT if credit else CASH)
        for kind, principal, interest, credit in EVENT.findall(text)
    ]
    rows = [
        [entry.kind, posting.account, posting.funder or "platform", grouped(posting.amount)]
        for entry in share_entries(drafts("line", "loan", movements, ACCOUNTS), programme)
        for posting in entry.postings
    ]
    assert rows == [line.split() for line in text.partition("\nkind ")[2].splitlines()[1:]]


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 4
