"""Each file of sharing/ is a loan's journal, funder by funder, to be checked by hand; the postings are the same.

Interest is entered by days (accrued: what brings the receivable to what is owed), principal by what happens.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.funding import Funder, Programme
from zhiwei.funding.postings import accrual, shared
from zhiwei.loans import CREDIT, Movement
from zhiwei.loans.accrual import Receivable
from zhiwei.loans.loan import CASH, Tally
from zhiwei.loans.postings import Accounts, drafts
from zhiwei.values import fen, grouped

GOLDEN = sorted((Path(__file__).parent / "sharing").glob("*.txt"))
EVENT = re.compile(r"^event: (\S+) (\S+) (\S+)( from credit)?$", re.MULTILINE)
ACCOUNTS, DAY = Accounts(), date(2024, 3, 1)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_journal_is_what_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    names = re.search(r"^funders: (.+)$", text, re.MULTILINE)[1].split(", ")
    programme = Programme(tuple(Funder(n, n, "bank", Decimal(share)) for n, share in map(str.split, names)))
    rows, tally, unpaid = [], Tally(), 0
    for kind, principal, interest, credit in EVENT.findall(text):
        lent, asked = fen(principal), fen(interest)
        if kind == "accrued":
            sums = accrual(Receivable(unpaid), Receivable(unpaid + asked), {}, ACCOUNTS, programme)
            rows += [[kind, account, funder, grouped(amount)] for (account, funder), amount in sums.items()]
            unpaid += asked
            continue
        move = Movement(kind, DAY, lent, asked, source=CREDIT if credit else CASH, before=tally)
        [draft] = drafts("loan", [move], ACCOUNTS)
        rows += [[kind, p.account, p.funder or "platform", grouped(p.amount)] for p in shared(draft, programme)]
        tally = Tally(tally.principal + (lent if kind == "drawn" else -lent), tally.interest + asked)
        unpaid -= asked
    golden = [line.split() for line in text.partition("\nkind ")[2].splitlines()[1:]]
    assert sorted(rows) == sorted(golden)


def test_the_tables_are_there() -> None:
    assert len(GOLDEN) >= 4
