"""Cells mean what they say, mean the same for one applicant and for a population, and the same as in zen."""

import json
from itertools import pairwise

import numpy as np
import pytest
import zen
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.tables import Cell, micro, parse_cell, text, uncovered

SMALL = st.integers(-3_000_000, 3_000_000)  # micro-units; small, so that values meet thresholds
NUMBER = st.one_of(SMALL, st.integers(-3, 3).map(lambda whole: whole * 10**6), st.integers(-(10**13), 10**13))


@st.composite
def number_tests(draw: st.DrawFn) -> str:
    """The text of one comparison, interval or value."""
    low, high = sorted((draw(NUMBER), draw(NUMBER)))
    kind = draw(st.sampled_from(["compare", "interval", "value"]))
    if kind == "value":
        return text(low)
    if kind == "compare":
        return draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="])) + draw(st.sampled_from(["", " "])) + text(low)
    left, right = draw(st.sampled_from("[(")), draw(st.sampled_from("])"))
    return f"{left}{text(low)}..{text(high + 3)}{right}"


NUMERIC = st.lists(number_tests(), min_size=1, max_size=3).map(", ".join)
ANY_CELL = st.one_of(NUMERIC, st.just(""), st.just("-"), st.just("null"), NUMERIC.map(lambda cell: f"{cell}, null"))


@pytest.mark.parametrize(
    ("cell", "met", "unmet"),
    [
        ("", ["0", None], []),
        (" - ", ["-7.5", None], []),
        ("null", [None], ["0"]),
        ("< 5", ["4.999999", "-9"], ["5", "5.000001", None]),
        ("<=5", ["5"], ["5.000001", None]),
        ("> -0.3", ["-0.299999"], ["-0.3", None]),
        (">= 0.3", ["0.3"], ["0.299999"]),
        ("== 1", ["1"], ["1.000001", None]),
        ("!= 1", ["0.999999", "1.000001"], ["1", None]),
        ("12", ["12"], ["12.000001", None]),
        ("[1..5)", ["1", "4.999999"], ["0.999999", "5", None]),
        ("(1..5]", ["1.000001", "5"], ["1", "5.000001"]),
        ("( -1 .. 1 )", ["0"], ["-1", "1"]),
        ("1, 3, [5..6]", ["1", "3", "5.5"], ["2", "4", None]),
        ("null, > 5", [None, "6"], ["5"]),
        ("> 5, null", [None, "6"], ["5"]),
    ],
)
def test_a_cell_on_golden_values(cell: str, met: list[str | None], unmet: list[str | None]) -> None:
    """Half-open ends, several tests in one cell, and a missing value, which meets nothing but null and any."""
    holds = parse_cell(cell).holds
    assert [holds(None if value is None else micro(value)) for value in met] == [True] * len(met)
    assert [holds(None if value is None else micro(value)) for value in unmet] == [False] * len(unmet)


def test_words_are_compared_as_words() -> None:
    holds = parse_cell('"A", "B, or [C"').holds
    assert [holds(word) for word in ("A", "B, or [C", "B", "a", None, 1)] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("< ", "cannot read '<'"),
        ("=< 5", "cannot read '=< 5'"),
        ("< five", "cannot read '< five'"),
        ("5..6", "cannot read '5..6'"),
        ("[1..5", "cannot read"),
        ("[5..1]", "empty interval"),
        ("(1..1)", "empty interval"),
        ("[1..1)", "empty interval"),
        ("1,", "cannot read ''"),
        (",1", "cannot read ',1'"),
        ("1,,2", "cannot read ',2'"),
        ("1 2", "cannot read '1 2'"),
        ('"A" "B"', "cannot read"),
        ('5 "A"', "cannot read"),
        ('"A', "cannot read"),
        ("A", "cannot read 'A'"),
        ("nul", "cannot read 'nul'"),
        ("1e3", "cannot read '1e3'"),
        ("1_000", "cannot read '1_000'"),
        ("１", "cannot read '１'"),
        ("inf", "cannot read 'inf'"),
        ("0.1234567", "at most six decimals"),
        ("> 5 < 7", "cannot read '> 5 < 7'"),
        ("> 99999999999999", "too large"),
        ("__import__('os')", "cannot read"),
    ],
)
def test_a_malformed_cell_is_refused_in_words(cell: str, said: str) -> None:
    """Nothing is guessed: the message quotes what cannot be read."""
    with pytest.raises(ValueError, match=r".") as error:
        parse_cell(cell)
    assert said in str(error.value)


@settings(deadline=None)
@given(ANY_CELL, st.lists(st.none() | NUMBER, min_size=1, max_size=12))
def test_one_applicant_and_a_population_get_the_same_answer(source: str, values: list[int | None]) -> None:
    """Closure and array form agree on any cell and any values, missing ones included."""
    cell = parse_cell(source)
    present = np.array([value is not None for value in values])
    column = (np.array([0 if value is None else value for value in values], dtype=np.int64), present)
    assert cell.over(column).tolist() == [cell.holds(value) for value in values]


@settings(deadline=None)
@given(NUMERIC, NUMBER)
def test_zen_gives_the_same_answer(source: str, value: int) -> None:
    """Where the value is there, our compiler and zen-engine agree."""
    assert parse_cell(source).holds(value) == zen.evaluate_unary_expression(source, {"$": value / 10**6})


@settings(deadline=None)
@given(st.lists(st.one_of(NUMERIC, st.just("")), min_size=1, max_size=4), NUMBER)
def test_zen_picks_the_same_row_of_a_table(sources: list[str], value: int) -> None:
    """A JDM table with hit policy `first`, empty cells included, stops at the row at which we stop."""
    ours = next((row for row, source in enumerate(sources) if parse_cell(source).holds(value)), None)
    found = _decision(sources).evaluate({"x": value / 10**6})["result"]
    assert (None if not found else int(found["row"])) == ours


def _decision(cells: list[str]) -> zen.ZenDecision:
    rules = [{"_id": str(row), "i": cell, "o": str(row)} for row, cell in enumerate(cells)]
    inputs, outputs = [{"id": "i", "name": "x", "field": "x"}], [{"id": "o", "name": "row", "field": "row"}]
    table = {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "t", "name": "t", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b} for a, b in (("in", "t"), ("t", "out"))]
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))


def test_where_a_value_is_missing_we_differ_from_zen_on_purpose() -> None:
    """docs/decisions/0004: to zen a missing value is unequal to 1 and cannot be compared; to us it meets neither."""
    assert zen.evaluate_unary_expression("!= 1", {"$": None}) is True
    assert parse_cell("!= 1").holds(None) is False
    for source in ("< 5", "[1..5)", "> 5, null"):
        with pytest.raises(RuntimeError, match="Unsupported type"):
            zen.evaluate_unary_expression(source, {"$": None})
    assert parse_cell("< 5").holds(None) is False
    assert parse_cell("> 5, null").holds(None) is True
    assert zen.evaluate_unary_expression("null, > 5", {"$": None}) is True


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["< 5", ">= 5", "null"], []),
        (["< 5", "[5..7)", ">= 7"], []),
        ([">= 7", "[5..7)", "< 5"], []),
        (["!= 1", "1"], []),
        (["-"], []),
        (["< 5", "> 5"], ["nothing covers values between 4.999999 and 5.000001"]),
        (["< 5", "[6..7)", ">= 7"], ["nothing covers values between 4.999999 and 6"]),
        (["[0..5)", ">= 5"], ["nothing covers values below 0"]),
        (["< 5", "[5..9]"], ["nothing covers values above 9"]),
        (["<= 5", ">= 5"], ["bins overlap at 5"]),
        (["< 5", "< 3", ">= 5"], ["bins overlap at 4.999999"]),
        (["< 9", "[1..2]", ">= 9"], ["bins overlap at 1"]),
        (["[0..9]", "[1..2]", "> 10"], ["nothing covers values below 0", "bins overlap at 1",
                                        "nothing covers values between 9 and 10.000001"]),
        (["null"], ["nothing covers any number"]),
        (['"A"', "null"], ["nothing covers any number"]),
        ([], ["nothing covers any number"]),
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_found(cells: list[str], said: list[str]) -> None:
    assert uncovered([parse_cell(cell) for cell in cells]) == said


@settings(deadline=None)
@given(st.lists(number_tests(), min_size=1, max_size=4), st.lists(NUMBER, max_size=10))
def test_bins_that_split_the_numbers_hold_exactly_one_each(sources: list[str], values: list[int]) -> None:
    """What `uncovered` passes, every number falls in once; what it refuses, some end of a bin shows why."""
    cells = [parse_cell(source) for source in sources]
    if not uncovered(cells):
        assert all(_holding(cells, value) == 1 for value in values)
    else:
        ends = [end for cell in cells for span in cell.spans for end in (span.low, span.high) if end is not None]
        around = [end + step for end in ends for step in (-1, 0, 1)] + [-(10**20), 10**20]
        assert any(_holding(cells, value) != 1 for value in around)


@settings(deadline=None)
@given(st.lists(NUMBER, min_size=1, max_size=5, unique=True))
def test_bins_made_from_cut_points_split_the_numbers(cuts: list[int]) -> None:
    cuts = sorted(cuts)
    middle = [f"[{text(a)}..{text(b)})" for a, b in pairwise(cuts)]
    assert uncovered([parse_cell(c) for c in (f"< {text(cuts[0])}", *middle, f">= {text(cuts[-1])}", "null")]) == []


def _holding(cells: list[Cell], value: int) -> int:
    return sum(span.holds(value) for cell in cells for span in cell.spans)
