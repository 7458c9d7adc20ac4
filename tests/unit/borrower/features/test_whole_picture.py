"""All kinds of record at random: no look ahead, no order, no company, and no 0 where nothing is known."""

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.features import CATALOGUE, COMPARED, whole_picture
from zhiwei.borrower.records import KINDS

AS_OF = date(2024, 2, 29)
# what happens after a row's own day
LATER = {"paid_on", "closed_on", "shipped_at", "signed_at", "until", "released_on", "mortgage_registered_on"}
SEEDS = st.integers(0, 10**6)
AS_OFS = st.sampled_from([AS_OF, date(2023, 12, 31), date(2024, 3, 31)]) | st.dates(date(2022, 6, 1), date(2024, 6, 1))


def picture(make, kinds, parties=("A",), as_of=AS_OF):
    return whole_picture({kind: make.table(kind, rows) for kind, rows in kinds.items()}, parties, as_of)


def same(one, other, at=0, place=0):
    """Names of facts that are not the same to the last bit."""
    assert one.keys() == other.keys()
    return [name for name in one if not np.array_equal(one[name][at], other[name][place], equal_nan=True)]


def after(value, as_of):
    return value is not None and (value.date() if isinstance(value, datetime) else value) > as_of


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, as_of=AS_OFS)
def test_order_and_company_change_nothing(make, seed, as_of):
    kinds = make.all_kinds(seed)
    together = picture(make, kinds, ("B", "A", "nobody", "C"), as_of)
    dice = np.random.default_rng(seed)
    alone = {
        kind: [rows[i] for i in dice.permutation(len(rows)) if rows[i]["party_id"] == "A"]
        for kind, rows in kinds.items()
    }
    assert same(picture(make, alone, ("A",), as_of), together, 0, 1) == []


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, as_of=AS_OFS)
def test_what_comes_after_the_day_is_not_seen(make, seed, as_of):
    """Rows of a later day are not there, and what happens later to a row has not happened."""
    kinds = make.all_kinds(seed)
    today = {
        kind: [
            {name: None if name in LATER and after(value, as_of) else value for name, value in row.items()}
            for row in rows
            if row[KINDS[kind].day] is not None and not after(row[KINDS[kind].day], as_of)
        ]
        for kind, rows in kinds.items()
    }
    assert same(picture(make, kinds, ("A",), as_of), picture(make, today, ("A",), as_of)) == []


@settings(deadline=None, max_examples=15)
@given(seed=SEEDS, shift=st.integers(1, 400))
def test_adding_later_rows_changes_nothing(make, seed, shift):
    kinds, more = make.all_kinds(seed), make.all_kinds(seed + 1)
    for kind, rows in more.items():
        day = KINDS[kind].day
        time = datetime.combine(AS_OF, datetime.min.time()) if day.endswith("_at") else AS_OF
        kinds_and = [*({**row, day: time + timedelta(days=shift)} for row in rows), *kinds[kind]]
        more[kind] = kinds_and
    assert same(picture(make, kinds), picture(make, more)) == []


@settings(deadline=None, max_examples=15)
@given(seed=SEEDS)
def test_of_a_party_without_rows_nothing_is_known(make, seed):
    found = picture(make, make.all_kinds(seed, parties="BC"), ("A",))
    assert {name for name, values in found.items() if not np.isnan(values[0])} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_table_says_nothing(make, kind):
    found = picture(make, {kind: []}, ("A", "B"))
    assert all(np.isnan(values).all() and values.shape == (2,) for values in found.values())
    assert all(len(values) == 0 for values in picture(make, {kind: []}, ()).values())


def test_every_fact_can_be_said_and_tells_parties_apart(make):
    """A fact that is always missing, or the same for everybody, in each of three worlds: a mistake nobody would see."""
    worlds = [_world(make, seed) for seed in range(SEED, SEED + 3)]
    dull = [{name for name, values in found.items() if len(np.unique(values[~np.isnan(values)])) < 2}
            for found in worlds]  # fmt: skip
    assert set.intersection(*dull) == set()
    [found, *_] = worlds
    for name, values in found.items():
        told = values[~np.isnan(values)]
        assert values.dtype == np.float64, name
        assert not np.isinf(told).any(), name
        assert not np.signbit(told[told == 0]).any(), name
        if CATALOGUE[name].unit in ("count", "flag", "months") and "_observed" not in name and "since" not in name:
            assert ((told >= 0) & (told % 1 == 0)).all() or name == "firm_age_months", name
        if name.endswith(PARTS):
            assert ((told >= 0) & (told <= 1 + 1e-12)).all(), name


SEED = 12  # of a draw in which every word of a registry and of a shop comes up
LARGE = {"invoices": 1500, "bank_flow": 1500, "acquiring": 500, "orders": 500, "registry": 200}
PARTS = tuple(
    f"{part}_share_12m"
    for part in (
        "night", "void", "round", "repeated", "customer", "supplier", "payer", "buyer", "holiday", "cash", "same_day",
        "round_trip", "late", "matched", "invoice",
    )
)  # fmt: skip


def test_tables_in_pieces_are_the_same_tables(make):
    """Deliveries come one after another: a column may be in several chunks, some of them empty."""
    whole = {kind: make.table(kind, rows) for kind, rows in make.all_kinds(3).items()}
    pieces = {
        kind: pa.concat_tables([table.slice(0, 7), table.slice(7, 0), table.slice(7)]) for kind, table in whole.items()
    }
    one, other = (whole_picture(tables, ("A", "B"), AS_OF) for tables in (whole, pieces))
    assert same(one, other) == same(one, other, 1, 1) == []


def test_nobody_asked_for(make):
    found = picture(make, make.all_kinds(4), ())
    assert {values.shape for values in found.values()} == {(0,)}


def test_an_unknown_kind_is_refused(make):
    with pytest.raises(KeyError):
        whole_picture({"horoscopes": make.table("courts", [])}, ("A",), AS_OF)


def _world(make, seed):
    parties = [f"P{k}" for k in range(40)]
    dice = np.random.default_rng(seed)
    kinds = {kind: [] for kind in KINDS}
    for party in parties:
        for kind in KINDS:
            many = LARGE.get(kind, 60) if party in parties[:4] else int(100 * dice.random() ** 2)
            kinds[kind] += [row | {"party_id": party} for row in make.at_random(kind, dice, many)]
    tables = {kind: make.table(kind, rows) for kind, rows in kinds.items()}
    return whole_picture(tables, parties, AS_OF, rates={"USD": 7.0})


def test_facts_between_sources_are_made_of_the_kinds_that_are_named(make):
    """Leaving a kind out changes one of them where it is among COMPARED, and never else."""
    between = {name for name, fact in CATALOGUE.items() if fact.kind == "across"}
    made = set()
    for seed in range(20):
        tables = {kind: make.table(kind, rows) for kind, rows in make.all_kinds(seed, 60, "A").items()}
        whole = whole_picture(tables, ("A",), AS_OF, wanted=between)
        for kind in tables:
            less = {other: rows for other, rows in tables.items() if other != kind}
            left = whole_picture(less, ("A",), AS_OF, wanted=between)
            if any(not np.array_equal(whole[name], left[name], equal_nan=True) for name in between):
                made.add(kind)
    assert made == set(COMPARED)
