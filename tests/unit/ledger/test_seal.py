"""A seal changes with anything of the day it covers, and with every seal before it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from zhiwei.ledger.seal import Recorded, seal

DAY = date(2024, 2, 29)
FIRST = datetime(2024, 2, 29, 8, 0, 0, 1, UTC)
DRAWN = Recorded(
    "ent_1", 0, "drawn", "line_1", "loan_1", DAY, DAY, "CNY", FIRST,
    ((0, "loan_principal", "a", 70), (1, "loan_principal", "b", 30), (2, "cash", "a", -70), (3, "cash", "b", -30)),
)  # fmt: skip
BILLED = Recorded(
    "ent_2", 1, "billed", "line_1", "loan_1", DAY, DAY, "CNY", FIRST + timedelta(seconds=1),
    ((0, "interest_receivable", "a", 7), (1, "interest_income", "a", -7)),
)  # fmt: skip
BOOK = [DRAWN, BILLED]


def test_the_bytes_are_those_of_the_docstring() -> None:
    """By hand, so that the definition cannot move without anyone noticing."""
    micros = 1709193600000001
    legs = b"".join(
        b"%d\0%s\0%s\0%d\0" % leg
        for leg in [(0, b"loan_principal", b"a", 70), (1, b"loan_principal", b"b", 30), (2, b"cash", b"a", -70),
                    (3, b"cash", b"b", -30)]
    )  # fmt: skip
    entry = b"ent_1\x000\0drawn\0line_1\0loan_1\0\x002024-02-29\x002024-02-29\0CNY\0\0%d\x004\0" % micros + legs
    whole = b"local\0" + b"f" * 64 + b"\x002024-02-29\x001\0" + hashlib.sha256(entry).digest()
    assert seal("local", "f" * 64, DAY, [DRAWN]).sha256 == hashlib.sha256(whole).hexdigest()


def test_an_empty_day_has_a_seal_too() -> None:
    assert seal("local", "", DAY, []).entries == 0
    assert seal("local", "", DAY, []) != seal("other", "", DAY, [])
    assert seal("local", "", DAY, []).sha256 == hashlib.sha256(b"local\0\x002024-02-29\x000\0").hexdigest()


def test_the_order_in_which_entries_are_read_does_not_matter() -> None:
    assert seal("local", "", DAY, BOOK) == seal("local", "", DAY, reversed(BOOK))
    backwards = replace(DRAWN, postings=DRAWN.postings[::-1])
    assert seal("local", "", DAY, [backwards, BILLED]) == seal("local", "", DAY, BOOK)


def test_instants_are_instants_in_any_zone() -> None:
    beijing = replace(DRAWN, recorded_at=FIRST.astimezone(timezone(timedelta(hours=8))))
    assert seal("local", "", DAY, [beijing]) == seal("local", "", DAY, [DRAWN])


Change = Callable[[Recorded], Recorded]
CHANGES: dict[str, Change] = {
    "id": lambda e: replace(e, entry_id=e.entry_id + "x"),
    "place in the loan's life": lambda e: replace(e, number=e.number + 1),
    "kind": lambda e: replace(e, kind="repaid"),
    "line": lambda e: replace(e, line="line_2"),
    "loan": lambda e: replace(e, loan=""),
    "value date": lambda e: replace(e, value_date=e.value_date - timedelta(days=1)),
    "business date": lambda e: replace(e, business_date=e.business_date - timedelta(days=1)),
    "product": lambda e: replace(e, product="tax_credit"),
    "what it reverses": lambda e: replace(e, reverses="ent_0"),
    "currency": lambda e: replace(e, currency="USD"),
    "instant": lambda e: replace(e, recorded_at=e.recorded_at + timedelta(microseconds=1)),
    "amount": lambda e: replace(e, postings=tuple((n, a, f, amount + 1) for n, a, f, amount in e.postings)),
    "account": lambda e: replace(e, postings=tuple((n, "cash", f, amount) for n, _, f, amount in e.postings)),
    "funder": lambda e: replace(e, postings=tuple((n, a, "c", amount) for n, a, _, amount in e.postings)),
    "order of postings": lambda e: replace(
        e, postings=tuple((len(e.postings) - n, a, f, amount) for n, a, f, amount in e.postings)
    ),
    "posting removed": lambda e: replace(e, postings=e.postings[:-1]),
    "posting added": lambda e: replace(e, postings=(*e.postings, (9, "cash", "a", 1))),
    "field moved into its neighbour": lambda e: replace(e, kind=e.kind + e.line, line=""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("place", [0, 1])
def test_any_change_changes_the_seal(change: Change, place: int) -> None:
    book = list(BOOK)
    book[place] = change(book[place])
    assert seal("local", "", DAY, book).sha256 != seal("local", "", DAY, BOOK).sha256


def test_entries_removed_added_or_reordered_change_it() -> None:
    swapped = [replace(DRAWN, recorded_at=BILLED.recorded_at), replace(BILLED, recorded_at=FIRST)]
    books = [BOOK, [DRAWN], [BILLED], [], [*BOOK, replace(DRAWN, entry_id="ent_3")], swapped]
    assert len({seal("local", "", DAY, book).sha256 for book in books}) == len(books)


def test_a_seal_contains_the_one_before() -> None:
    one, other = (seal("local", "", DAY, book) for book in (BOOK, BOOK[:1]))
    after = [seal("local", before.sha256, DAY + timedelta(days=1), []) for before in (one, other)]
    assert after[0].sha256 != after[1].sha256
    assert after[0].previous == one.sha256
