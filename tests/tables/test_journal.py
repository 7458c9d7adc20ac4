"""Each file of journal/ is one kind of movement as an accountant enters it: 借 debit or 贷 credit, subject, amount."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from zhiwei.ledger.accounts import CHART
from zhiwei.ledger.journal import check
from zhiwei.loans import Movement
from zhiwei.loans.loan import CASH, Tally
from zhiwei.loans.postings import Accounts, drafts, line_entry
from zhiwei.values import fen, grouped

FOLDER = Path(__file__).parent / "journal"
GOLDEN = sorted(FOLDER.glob("*.txt"))
EVENT = re.compile(r"^event: (\w+)(.*?)(?: from (\w+))?(?: for (\S+))?$", re.MULTILINE)
LINE = re.compile(r"^line: (\w+) (\S+)$", re.MULTILINE)
BEFORE = re.compile(r"^before: drawn principal (\S+)$", re.MULTILINE)
AMOUNT = re.compile(r"(principal|interest|penalty|fee) (\S+)")
ACCOUNTS, DAY = Accounts(), date(2024, 3, 1)


def sums_of(text: str) -> Counter[str]:
    """Account -> debits less credits."""
    sums: Counter[str] = Counter()
    if line := LINE.search(text):
        entry = line_entry("", 0, "line", Movement(line[1], DAY, cash=fen(line[2])), ACCOUNTS)
        check(entry)
        for posting in entry.postings:
            sums[posting.account] += posting.amount
        return sums
    kind, amounts, source, price = EVENT.search(text).groups()
    found = {what: fen(amount) for what, amount in AMOUNT.findall(amounts)}
    lent = fen(before[1]) if (before := BEFORE.search(text)) else found.get("principal", 0)
    move = Movement(kind, DAY, **found, source=source or CASH, before=Tally(lent), cash=fen(price) if price else 0)
    [draft] = drafts("loan", [move], ACCOUNTS)
    for leg in draft.legs:
        sums[leg.account] += leg.change
        sums[leg.against] -= leg.change
    return sums


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_movement_is_entered_as_the_table_says(path: Path) -> None:
    text = path.read_text("utf-8")
    rows = [line.split() for line in text.partition("\nside ")[2].splitlines()[1:]]
    golden = {(side, number, name, amount, zh) for side, number, name, amount, zh in rows}
    found = {
        ("debit" if amount > 0 else "credit", CHART[name].number, name, grouped(abs(amount)), CHART[name].zh)
        for name, amount in sums_of(text).items()
        if amount
    }
    assert found == golden


def test_every_kind_has_its_table() -> None:
    told = {match[1] for path in GOLDEN if (match := EVENT.search(path.read_text("utf-8")))}
    kinds = set(re.findall(r'case "(\w+)":', Path(drafts.__code__.co_filename).read_text("utf-8")))
    assert told == kinds


def test_what_is_not_a_movement_has_no_entry() -> None:
    assert list(drafts("loan", [Movement("billed", DAY, interest=100)], ACCOUNTS)) == []
    with pytest.raises(ValueError, match="kind 'stolen'"):
        list(drafts("loan", [Movement("stolen", DAY, principal=100)], ACCOUNTS))
