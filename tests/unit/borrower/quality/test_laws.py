"""What holds for any records: order changes nothing, parties apart are as together, less never covers more."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower import KINDS
from zhiwei.borrower.quality import COVERED, agreements, demand_of, demanded, figure_names, quality
from zhiwei.borrower.quality.policy import speeches
from zhiwei.borrower.quality.spans import ordinal, window_of

AS_OF = date(2024, 3, 31)
PARTIES = ["A", "B", "C"]
Row = dict[str, Any]
Tables = dict[str, list[Row]]

_WORDS = ["sale", "valid", "CNY", "1", "power", "shareholder", "贷款", "vat", "NN1", "", None]
_NUMBERS = st.sampled_from([None, 0, 1, -1, 13, 100, 113, 10**12, -(10**15)])
_REALS = st.sampled_from([None, 0.0, 0.5, 1.0, 31.0, 1e12, -1.0, float("nan"), float("inf")])
_DAYS = st.dates(date(2022, 10, 1), date(2024, 6, 30)) | st.sampled_from([date(1960, 1, 1), date(2023, 3, 31), AS_OF])


def _cell(field: pa.Field) -> st.SearchStrategy[Any]:
    if pa.types.is_string(field.type):
        return st.sampled_from(_WORDS)
    if pa.types.is_date32(field.type):
        return st.none() | _DAYS
    if pa.types.is_timestamp(field.type):
        return st.none() | _DAYS.map(lambda day: datetime.combine(day, time(23, 59, 59)))
    if pa.types.is_floating(field.type):
        return _REALS
    return _NUMBERS.filter(lambda n: n is None or abs(n) < 2**15) if field.type.bit_width < 64 else _NUMBERS


def _rows(kind: str, most: int = 12) -> st.SearchStrategy[list[Row]]:
    cells = {field.name: _cell(field) for field in KINDS[kind].schema}
    return st.lists(st.fixed_dictionaries(cells | {"party_id": st.sampled_from([*PARTIES, "Z"])}), max_size=most)


any_tables = st.fixed_dictionaries({kind: _rows(kind) for kind in KINDS})
some_kind = st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), _rows(kind, 20)))
any_told = st.lists(
    st.fixed_dictionaries(
        {
            "party_id": st.sampled_from(PARTIES), "kind": st.sampled_from(list(KINDS)),
            "part": st.sampled_from(["1", None]), "first": _DAYS, "last": _DAYS,
        }
    ),
    max_size=6,
)  # fmt: skip


def made(tables: Mapping[str, list[Row]]) -> dict[str, pa.Table]:
    return {kind: pa.Table.from_pylist(rows, schema=KINDS[kind].schema) for kind, rows in tables.items()}


def told_of(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=COVERED)


def everything(tables: Tables, parties: list[str], told: list[Row]) -> list[list[Any]]:
    """All that is found, row by row; NaN would not equal itself, and is never found."""
    found = quality(made(tables), parties, AS_OF, 12, told_of(told))
    pairs = agreements(made(tables), parties, AS_OF, 12, told_of(told))
    return [
        frame.rows() for frame in (found.table, found.checks.sort("party", "kind", "check"), found.worst, pairs.table)
    ]


@settings(max_examples=25, deadline=None)
@given(any_tables, any_told, st.randoms(use_true_random=False))
def test_order_changes_nothing(tables: Tables, told: list[Row], chance: Any) -> None:
    shuffled = {kind: chance.sample(rows, len(rows)) for kind, rows in tables.items()}
    assert everything(shuffled, PARTIES, chance.sample(told, len(told))) == everything(tables, PARTIES, told)


@settings(max_examples=25, deadline=None)
@given(any_tables, any_told)
def test_parties_apart_are_as_together(tables: Tables, told: list[Row]) -> None:
    together = everything(tables, PARTIES, told)
    for party in PARTIES:
        alone = everything(tables, [party], told)
        assert alone == [[row for row in rows if row[0] == party] for rows in together]


@settings(max_examples=40, deadline=None)
@given(any_tables, any_told)
def test_figures_are_within_their_bounds(tables: Tables, told: list[Row]) -> None:
    found = quality(made(tables), PARTIES, AS_OF, 12, told_of(told))
    shares = pl.col("coverage", "thinnest_part", "agreement", "weakest_share", "freshness_score", "score")
    assert found.table.select(shares.is_nan().any() | ~shares.is_between(0, 1).all()).row(0) == (False,) * 6
    days = found.table.select(pl.col("freshness_days", "longest_gap_days").min()).row(0)
    assert all(day is None or day >= 0 for day in days)
    assert (found.table["held"] <= found.table["tried"]).all()
    assert found.worst.group_by("party", "kind", "check").len()["len"].max() in (None, 1, 2, 3, 4, 5)
    failed = found.checks.filter(pl.col("held") < pl.col("tried")).select("party", "kind", "check").rows()
    assert set(found.worst.select("party", "kind", "check").rows()) == set(failed)


@settings(max_examples=40, deadline=None)
@given(any_tables, any_told)
def test_demands_get_the_figures_that_people_see(tables: Tables, told: list[Row]) -> None:
    """To the last bit, over windows of either length, also of kinds of which no table came."""
    given = {kind: rows for kind, rows in made(tables).items() if rows.num_rows}
    words = {"effect": "refer", "zh": "z", "en": "e"}
    for months in (12, 24):
        demands = [demand_of({"kind": kind, "months": months, "code": kind, **words}) for kind in KINDS]
        found = demanded(given, PARTIES, AS_OF, [*demands, *demands[:1]], told_of(told))
        every = quality(given, PARTIES, AS_OF, months, told_of(told))
        for place, party in enumerate(PARTIES):
            for demand, one in zip(demands, every.of(party), strict=True):
                seen = [None if np.isnan(found[name][place]) else found[name][place] for name in figure_names(demand)]
                assert seen == [one.coverage, one.freshness_days, one.agreement]


@settings(max_examples=50, deadline=None)
@given(some_kind, any_told, st.randoms(use_true_random=False))
def test_less_never_covers_more(some: tuple[str, list[Row]], told: list[Row], chance: Any) -> None:
    """Of statements those without balances: a row that contradicts its neighbours may hide what they prove."""
    kind, rows = some
    rows = [row | {"balance": None} if kind == "bank_flow" else row for row in rows]
    kept = chance.sample(rows, chance.randint(0, len(rows)))
    less, more = (
        quality(made({kind: some}), PARTIES, AS_OF, 12, told_of(told)).table["coverage"].to_list()
        for some in (kept, rows)
    )
    for few, many in zip(less, more, strict=True):
        assert few is None or few <= many


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(-3, 3)), max_size=25), st.data())
def test_less_of_a_sound_statement_never_covers_more(moves: list[tuple[int, int]], data: st.DataObject) -> None:
    rows, balance = list[Row](), 0
    for sequence, (day, amount) in enumerate(sorted(moves)):
        balance += amount
        rows.append(
            {
                "party_id": "A", "account": "1", "booked_on": AS_OF - timedelta(days=500 - day), "sequence": sequence,
                "amount": amount, "balance": balance,
            }
        )  # fmt: skip
    kept = [row for row in rows if data.draw(st.booleans())]
    whole, less = (quality(made({"bank_flow": some}), ["A"], AS_OF).of("A")[3] for some in (rows, kept))
    assert whole.agreement in (None, 1.0)
    assert less.coverage is None or less.coverage <= (whole.coverage or 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_DAYS, _DAYS), max_size=8), st.sampled_from(["bank_flow", "invoices"]), st.integers(1, 24))
def test_coverage_and_gaps_against_a_calendar(periods: list[tuple[date, date]], kind: str, months: int) -> None:
    """Every day of the window, one by one, says the same as the sums of spans."""
    told = [{"party_id": "A", "kind": kind, "part": None, "first": first, "last": last} for first, last in periods]
    found = next(each for each in quality({}, ["A"], AS_OF, months, told_of(told)).of("A") if each.kind == kind)
    known = [(first, last) for first, last in periods if first <= AS_OF and first <= last]
    if not known:
        assert (found.coverage, found.freshness_days, found.longest_gap_days) == (None, None, None)
        return
    window = window_of(speeches()[kind], AS_OF, months)
    spoken = [
        any(ordinal(first) <= day <= ordinal(last) for first, last in known)
        for day in range(window.start + 1, window.end + 1)
    ]
    assert found.freshness_days == min((AS_OF - min(last, AS_OF)).days for _, last in known)
    runs = "".join("x" if day else "." for day in spoken).split("x")
    assert found.longest_gap_days == max(map(len, runs))
    if kind == "bank_flow":
        assert found.coverage == sum(spoken) / len(spoken)
    else:
        edges = (window.edges - window.start)[::-1]
        hit = [any(spoken[edges[k] : edges[k + 1]]) for k in range(months)]
        assert found.coverage == sum(hit) / months


def test_many_rows_of_many_parties() -> None:
    """100,000 rows of statements and of invoices, of 2,000 parties: every 1,000th balance is wrong by one 分."""
    size, parties = 100_000, 2_000
    each = size // parties
    who = np.repeat(np.arange(parties), each)
    place = np.tile(np.arange(each), parties)
    balance = (place + 1) * 100
    balance[::1000] += 1
    names = pa.array([f"p{n}" for n in range(parties)]).take(pa.array(who))
    first = ordinal(AS_OF) - 349
    day = pa.array((first + place * 7).astype(np.int32)).cast(pa.date32())
    flow = table("bank_flow", size, party_id=names, account=["1"] * size, booked_on=day, sequence=place + 1,
        amount=np.full(size, 100), balance=balance)  # fmt: skip
    sales = table("invoices", size, party_id=names, direction=["sale"] * size, issue_date=day,
        amount=np.full(size, 100), tax=np.full(size, 13), total=np.full(size, 113), status=["valid"] * size,
        occurrence=np.full(size, 1))  # fmt: skip
    every = [f"p{n}" for n in range(parties)]
    found = quality({"bank_flow": flow, "invoices": sales}, every, AS_OF)
    chain = found.checks.filter(pl.col("check") == "chain")
    assert chain["tried"].sum() == size - parties
    # the wrong ones are the first rows of every 20th party: only the row after each is off
    assert chain["tried"].sum() - chain["held"].sum() == size // 1000
    assert found.worst.height == size // 1000
    coverage = found.table.filter(pl.col("kind") == "bank_flow")["coverage"].unique().to_list()
    assert coverage == [(49 * 7 + 1) / 366]
    assert found.of("p1999")[0].coverage == 1.0
    pairs = agreements({"bank_flow": flow, "invoices": sales}, every, AS_OF).table
    both = pairs.filter((pl.col("one") == "invoiced_sales") & (pl.col("other") == "bank_inflow"))
    assert both["verdict"].unique().to_list() == ["differs"]  # 113 against 100


def table(kind: str, size: int, **columns: Any) -> pa.Table:
    schema = KINDS[kind].schema
    return pa.table(
        [
            pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(size, field.type)
            for field in schema
        ],
        schema=schema,
    )
