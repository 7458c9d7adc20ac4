"""Rows of several ids of one party: the same record counts once, and two records that look alike count twice."""

from datetime import date

import polars as pl
import pytest

from zhiwei.borrower.overlap import LATER, NAMED_BY, counted_once
from zhiwei.borrower.reading import table_of
from zhiwei.borrower.records import KINDS

MARCH, APRIL = date(2024, 3, 31), date(2024, 4, 15)


def told(kind: str, *rows: tuple[str, dict[str, object]]) -> pl.DataFrame:
    """What came, one row a delivery, as (under which id, row)."""
    frames = []
    for member, row in rows:
        frame = pl.DataFrame(table_of(kind, [{"party_id": "A", **row}]))
        frames.append(frame.with_columns(_member=pl.lit(member), _repeat=pl.lit(0, dtype=pl.Int32)))
    return pl.concat(frames)


def invoice(**other: object) -> dict[str, object]:
    return {
        "direction": "sale", "invoice_no": "7", "issue_date": MARCH, "counterparty": "C", "amount": 100, "tax": 13,
        "total": 113, "status": "valid", "occurrence": 1,
    } | other  # fmt: skip


def vat(**other: object) -> dict[str, object]:
    return {
        "tax": "vat", "period_start": date(2024, 1, 1), "period_end": MARCH, "filed_on": APRIL, "sales": 500,
        "payable": 15, "paid": 15, "arrears": 0, "late_fee": 0,
    } | other  # fmt: skip


def test_an_invoice_told_under_two_ids_counts_once_and_the_later_word_corrects_it() -> None:
    rows = told("invoices", ("A", invoice()), ("B", invoice(status="void")))
    assert counted_once("invoices", rows)["status"].to_list() == ["void"]


def test_without_a_number_only_rows_that_agree_in_everything_are_one() -> None:
    rows = told("invoices", ("A", invoice(invoice_no=None)), ("B", invoice(invoice_no=None)))
    assert counted_once("invoices", rows).height == 1
    rows = told("invoices", ("A", invoice(invoice_no=None)), ("B", invoice(invoice_no=None, tax=6)))
    assert counted_once("invoices", rows).height == 2


def test_two_shops_each_file_a_return_for_the_same_quarter() -> None:
    rows = told("tax_returns", ("A", vat()), ("B", vat(sales=800, payable=24, paid=24)))
    assert sorted(counted_once("tax_returns", rows)["sales"]) == [500, 800]


def test_the_same_return_is_one_although_it_was_paid_meanwhile() -> None:
    rows = told("tax_returns", ("A", vat(paid=0, arrears=15)), ("B", vat()))
    assert counted_once("tax_returns", rows)["arrears"].to_list() == [0]


def test_a_correction_under_one_id_is_one_of_the_other_where_both_had_told_the_same() -> None:
    corrected = vat(sales=600, payable=18, filed_on=date(2024, 5, 2))
    rows = told("tax_returns", ("A", vat()), ("B", vat()), ("A", corrected))
    assert counted_once("tax_returns", rows)["sales"].to_list() == [600]
    rows = told("tax_returns", ("A", vat()), ("A", corrected), ("B", vat()))
    assert counted_once("tax_returns", rows)["sales"].to_list() == [500], "the last word, as within one id"


def test_what_two_ids_share_may_be_shared_with_a_third_through_either() -> None:
    first, second, third = vat(), vat(sales=600), vat(sales=700)
    rows = told(
        "tax_returns", ("C", first), ("B", second), ("C", second), ("A", third), ("B", third), ("C", vat(sales=9))
    )
    assert counted_once("tax_returns", rows)["sales"].to_list() == [9]


def test_equal_rows_of_one_delivery_stay_two() -> None:
    rows = told("bank_flow", ("A", {"account": "1", "booked_on": MARCH, "amount": 5, "currency": "CNY"}))
    twice = pl.concat([rows, rows.with_columns(_repeat=pl.lit(1, dtype=pl.Int32))])
    both = pl.concat([twice, twice.with_columns(_member=pl.lit("B"))])
    assert counted_once("bank_flow", both).height == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_names_it_or_is_named_within_its_party(kind: str) -> None:
    """A column that does not exist, or that changes although it is key, would make records one or two by mistake."""
    names = KINDS[kind].schema.names
    assert NAMED_BY.get(kind) in (None, *KINDS[kind].key)
    assert set(LATER.get(kind, ())) <= set(names) - {"party_id", *KINDS[kind].key}
