"""A book's own statement agrees with it; what is changed in the statement is found, exactly that and nothing else."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.ledger.reconcile import WINDOW, BankRow, BookItem, Kind, reconcile

FIRST = date(2024, 2, 20)
DAYS = 40
AMOUNTS = [100, 100, 250, -100, 7]
UNTIL = FIRST + timedelta(days=DAYS + WINDOW)  # late enough for the bank to have shown everything


@st.composite
def books(draw: st.DrawFn) -> list[BookItem]:
    """Movements on some days; about half carry the bank's reference, amounts collide often, names sometimes."""
    count = draw(st.integers(0, 25))
    return [
        BookItem(
            f"m{n}", FIRST + timedelta(days=draw(st.integers(0, DAYS))), draw(st.sampled_from(AMOUNTS)),
            draw(st.sampled_from(["CNY", "CNY", "USD"])), f"R{n}" if draw(st.booleans()) else "",
            draw(st.sampled_from(["", "甲", "乙"])),
        )
        for n in range(count)
    ]  # fmt: skip


def statement_of(items: list[BookItem]) -> list[BankRow]:
    """What the bank would send: same days, amounts and references; `text` tells rows apart, as serial numbers do."""
    return [
        BankRow(item.on, item.amount, item.currency, item.reference, item.counterparty, item.item_id) for item in items
    ]


def distinct(items: list[BookItem]) -> list[BookItem]:
    """Of movements without a reference, only those that no other could be taken for: amounts of their own."""
    return [item if item.reference else replace(item, amount=1000 + n) for n, item in enumerate(items)]


@given(books(), st.randoms(use_true_random=False))
def test_own_statement_agrees(items: list[BookItem], rng) -> None:  # type: ignore[no-untyped-def]
    """What has a reference or an amount of its own is paired with itself, in whatever order it comes."""
    items = distinct(items)
    rows = statement_of(items)
    rng.shuffle(rows)
    result = reconcile(rows, items, since=FIRST, until=UNTIL)
    assert {(pair.row.text, pair.item.item_id) for pair in result.pairs} == {(i.item_id, i.item_id) for i in items}
    assert (result.differences, result.waiting) == ((), ())


@dataclass
class Spoiled:
    """A statement after changes, and the differences that these must show: (kind, texts of rows, ids of movements)."""

    rows: list[BankRow]
    items: list[BookItem]
    expected: set[tuple[str, tuple[str, ...], tuple[str, ...]]]


@st.composite
def spoiled(draw: st.DrawFn) -> Spoiled:
    items = distinct(draw(books()))
    rows, expected = [], set()
    for row, item in zip(statement_of(items), items, strict=True):
        change = draw(st.sampled_from(["none", "none", "lost", "amount", "day", "reference", "twice", "direction"]))
        match change:
            case "lost":
                expected.add((Kind.ONLY_IN_BOOK, (), (item.item_id,)))
                continue
            case "amount" | "direction":
                row = replace(row, amount=-row.amount if change == "direction" else row.amount + 10**6)
                if item.reference:
                    expected.add((Kind.AMOUNT_DIFFERS, (row.text,), (item.item_id,)))
                else:
                    expected.add((Kind.ONLY_IN_BANK, (row.text,), ()))
                    expected.add((Kind.ONLY_IN_BOOK, (), (item.item_id,)))
            case "day":  # within the window, nobody minds
                row = replace(row, on=row.on + timedelta(days=draw(st.integers(-WINDOW, WINDOW))))
            case "reference":  # another transfer's, where there was one; else the bank knows one that we do not
                row = replace(row, reference=f"other {item.item_id}")
                if item.reference:
                    expected.add((Kind.ONLY_IN_BANK, (row.text,), ()))
                    expected.add((Kind.ONLY_IN_BOOK, (), (item.item_id,)))
            case "twice" if item.reference:
                rows.append(replace(row, text=f"again {row.text}", amount=row.amount + 10**7))
                expected.add((Kind.ONLY_IN_BANK, (f"again {row.text}",), ()))
        rows.append(row)
    return Spoiled(draw(st.permutations(rows)), items, expected)


@given(spoiled())
def test_what_was_changed_is_found_exactly(case: Spoiled) -> None:
    result = reconcile(case.rows, case.items, since=FIRST, until=UNTIL)
    found = {
        (d.kind, tuple(row.text for row in d.rows), tuple(item.item_id for item in d.items)) for d in result.differences
    }
    assert found == case.expected
    assert result.waiting == ()


@st.composite
def any_rows(draw: st.DrawFn) -> list[BankRow]:
    """Rows of a bank that has nothing to do with the book, but often looks like it."""
    count = draw(st.integers(0, 25))
    return [
        BankRow(
            FIRST + timedelta(days=draw(st.integers(-5, DAYS))), draw(st.sampled_from(AMOUNTS)),
            draw(st.sampled_from(["CNY", "CNY", "USD"])), draw(st.sampled_from(["", "", *(f"R{n}" for n in range(6))])),
            draw(st.sampled_from(["", "甲", "乙"])), str(n),
        )
        for n in range(count)
    ]  # fmt: skip


@given(any_rows(), books(), st.randoms(use_true_random=False))
def test_nothing_is_lost_or_counted_twice(rows: list[BankRow], items: list[BookItem], rng) -> None:  # type: ignore[no-untyped-def]
    """Each row and movement is in one place; pairs are sound; order of input means nothing; asked again, the same."""
    result = reconcile(rows, items, since=FIRST, until=UNTIL)
    seen_rows = [pair.row for pair in result.pairs] + [row for d in result.differences for row in d.rows]
    seen_items = [pair.item for pair in result.pairs] + [item for d in result.differences for item in d.items]
    assert sorted(row.row_id for row in seen_rows) == sorted(row.row_id for row in rows)
    assert sorted(i.item_id for i in [*seen_items, *result.waiting]) == sorted(i.item_id for i in items)
    for pair in result.pairs:
        assert (pair.row.amount, pair.row.currency) == (pair.item.amount, pair.item.currency)
        assert not pair.row.reference or not pair.item.reference or pair.row.reference == pair.item.reference
        assert pair.found_by == "reference" or abs(pair.row.on - pair.item.on) <= timedelta(days=WINDOW)
    rng.shuffle(rows)
    rng.shuffle(items)
    assert reconcile(rows, items, since=FIRST, until=UNTIL) == result
    again = reconcile(
        [row for d in result.differences for row in d.rows], [item for d in result.differences for item in d.items],
        since=FIRST, until=UNTIL,
        used={(pair.row.currency, pair.row.reference) for pair in result.pairs if pair.found_by == "reference"},
    )  # fmt: skip
    assert again.pairs == ()
    assert {d.difference_id for d in again.differences} == {d.difference_id for d in result.differences}
