"""What the people of a sandbox invoice: the same for all that begin on one day, and none of it before its time."""

from datetime import date

import polars as pl
import pytest

from zhiwei.economy.sandbox.people import AFTER, BEFORE, FRAUD, PEOPLE, RING, SILENT, SLOW, invoices, street
from zhiwei.economy.sandbox.source import DOWN, TaxBureau, companies_on
from zhiwei.journeys.providers import Request
from zhiwei.values import DAY, Outage, add_months

BORN = date(2026, 1, 1)


def test_the_same_day_has_the_same_invoices() -> None:
    first = street(BORN).invoices
    street.cache_clear()
    assert street(BORN).invoices.equals(first)


def test_a_window_is_half_open_and_of_those_asked_for() -> None:
    rows = pl.DataFrame(invoices(BORN, [SLOW], date(2025, 3, 1), date(2025, 4, 1)))
    assert set(rows["party_id"]) == {SLOW}
    assert rows["issue_date"].is_between(date(2025, 3, 1), date(2025, 3, 31)).all()


def test_everybody_trades_before_and_in_the_sandbox() -> None:
    everybody = [one.party_id for one in PEOPLE]
    for since, months in ((add_months(BORN, -BEFORE), BEFORE), (BORN, AFTER)):
        rows = pl.DataFrame(invoices(BORN, everybody, since, add_months(since, months)))
        assert set(rows["party_id"]) == set(everybody)


def test_only_the_ring_invoices_in_circles() -> None:
    rows = pl.DataFrame(street(BORN).invoices).filter(pl.col("direction") == "sale")
    among = rows.filter(pl.col("counterparty").is_in([FRAUD, *RING]) & (pl.col("amount") > 0))
    assert set(zip(among["party_id"], among["counterparty"], strict=True)) >= {
        (FRAUD, RING[0]), (RING[0], RING[1]), (RING[1], FRAUD),
    }  # fmt: skip
    assert not set(among["party_id"]) - {FRAUD, *RING}


def test_the_source_answers_from_the_fourth_day_on_and_its_answer_is_read() -> None:
    wanted = Request(("invoices",), SLOW, date(2025, 9, 1), date(2026, 2, 1), ("c",))
    for day in range(DOWN):
        with pytest.raises(Outage):
            TaxBureau(BORN, BORN + day * DAY).fetch(wanted)
    today = BORN + DOWN * DAY
    [company] = companies_on(BORN, today).values()
    read = company.pull.fetch(wanted)
    told = pl.DataFrame(invoices(BORN, [SLOW], date(2025, 9, 1), today))
    assert (BORN - date(2025, 9, 1)).days < SILENT
    assert len(read.decode().splitlines()) == told.height + 1
