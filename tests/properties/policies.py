"""Random policies, sound but for nothing, and facts that meet their thresholds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st
from random_tables import VALUES, number_tests

from zhiwei.credit.underwriting import Policy, Scorecard, Stage, Term
from zhiwei.credit.underwriting.pricing import Curve, Demand
from zhiwei.credit.underwriting.scoring import Anchor, Bin, Calibration, Fusion, Weights
from zhiwei.credit.underwriting.terms import Grade
from zhiwei.tables import DecisionTable, Parameter, Rule, compile_table, micro, parse_cell, parse_expression, text
from zhiwei.tables.decision import Entry, parse_output
from zhiwei.tables.rules import EFFECTS

ON = date(2026, 1, 1)
FACTS = ("sales", "months", "growth", "share")
NUMBERS = {"base_rate": "0.03", "rate_floor": "0.04", "rate_cap": "0.15", "cap": "500000", "part": "0.2"}
LIMITS = ("cap", "cap * (1 - min(pd / 0.15, 1))", "sales * part", "sales * months", "cap / months", "score - growth",
          "sales * 1000000 * 1000000 * 1000000")  # fmt: skip
PRICES = ("0.03", "pd * 0.5", "part / 10", "growth * 0.01", "0.01 / months", "score / 10000", "pd * sales")
_EFFECT = st.sampled_from(EFFECTS)


@st.composite
def rules(draw: st.DrawFn, code: str, asked: tuple[str, ...] = FACTS) -> Rule:
    cell = draw(number_tests() | number_tests().map(lambda test: f"{test}, null") | st.just("null"))
    missing = draw(_EFFECT | st.just("pass"))
    return Rule(code, draw(st.sampled_from(asked)), parse_cell(cell), draw(_EFFECT), missing, "中", "en")


@st.composite
def attributes(draw: st.DrawFn, name: str) -> tuple[Bin, ...]:
    cuts = sorted(draw(st.sets(VALUES, min_size=1, max_size=4)))
    tests = [f"< {text(cuts[0])}", *(f"[{text(a)}..{text(b)})" for a, b in pairwise(cuts)), f">= {text(cuts[-1])}"]
    if draw(st.booleans()):
        tests[-1] += ", null"  # a bin may take the missing ones along
    else:
        tests.append("null")
    order = draw(st.permutations(tests))
    return tuple(Bin(name, parse_cell(test), draw(st.integers(-50, 50)), f"S_{name}", "中", "en") for test in order)


@st.composite
def fusions(draw: st.DrawFn, chosen: list[str]) -> Fusion:
    """Two anchors on these attributes, each with a scale of its own, and weights for every set that may be known."""
    cards = [
        Calibration(draw(st.integers(0, 700)), Decimal(draw(st.integers(300, 700))),
                    Decimal(draw(st.integers(10, 40))), Decimal(draw(st.sampled_from(["0.02", "0.2", "0.5"]))))
        for _ in range(2)
    ]  # fmt: skip
    weights = []
    for known in range(4):
        of = tuple(draw(st.integers(0, 2_000_000)) if known >> place & 1 else 0 for place in range(2))
        weights.append(Weights(draw(st.integers(-50_000_000, 50_000_000)), of))
    anchors = tuple(Anchor(name, card) for name, card in zip(("owner", "business"), cards, strict=True))
    return Fusion(anchors, {name: place % 2 for place, name in enumerate(chosen)}, tuple(weights))


@st.composite
def own_tables(draw: st.DrawFn) -> DecisionTable:
    """A table of the product's own that gives `given`: of two facts, by its first row that holds."""
    inputs = tuple(draw(st.lists(st.sampled_from(FACTS), min_size=1, max_size=2, unique=True)))
    outputs = st.sampled_from(["", "1", "0.25", "cap / 1000", "months * 3"]).map(parse_output)
    entries = [
        Entry(tuple(parse_cell(draw(number_tests() | st.sampled_from(["-", "null"]))) for _ in inputs),
              (draw(outputs),))
        for _ in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    rest = Entry(tuple(parse_cell("-") for _ in inputs), (draw(outputs),))
    return DecisionTable("own", "first", inputs, ("given",), (*entries, rest))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    own = (compile_table(draw(own_tables())),) if draw(st.booleans()) else ()
    asked = (*FACTS, *(name for one in own for name in one.table.outputs))
    stages = tuple(
        Stage(name, tuple(draw(rules(f"{name[0].upper()}{n}", asked)) for n in range(draw(st.integers(0, 4)))))
        for name in ("admission", "rules")
    )
    chosen = draw(st.lists(st.sampled_from(asked), min_size=1, max_size=3, unique=True))
    even = Decimal(draw(st.integers(450, 650)))
    whole = Calibration(600, even, Decimal(20), Decimal("0.2"))
    fusion = draw(fusions(chosen)) if len(chosen) > 1 and draw(st.booleans()) else None
    card = Scorecard({name: draw(attributes(name)) for name in chosen}, whole, fusion)
    grades = (Grade("A", parse_cell("< 0.02")), Grade("B", parse_cell("[0.02..0.1)")), Grade("C", parse_cell("-")))
    dated = tuple(Parameter(name, ON, micro(value), "", ON, True) for name, value in NUMBERS.items())
    limit, price = (
        tuple(Term(f"t{n}", parse_expression(source), "中", "en") for n, source in enumerate(draw(some)))
        for some in (
            st.lists(st.sampled_from([*every, "given * 2"] if own else every), min_size=1, max_size=3)
            for every in (LIMITS, PRICES)
        )
    )
    step = draw(st.sampled_from(["1", "10000"]))
    smallest = micro(draw(st.sampled_from(["0", "50000"])))
    return Policy(stages, card, grades, limit, price, dated, micro(step), smallest, own)


ANY_FACTS = st.fixed_dictionaries({
    name: st.none() | VALUES | st.integers(0, 10**12) | st.integers(-(2**62), 2**62) for name in FACTS
})  # fmt: skip

SEARCHED = ("0.03", "pd * 0.5", "part / 10", "score / 10000", "0.001 / (score - 600)")  # of pd, score and parameters


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Any curve: rates on and off the grid of 0.01 %, some grades, and what is lost never falls."""
    rates = draw(st.lists(st.integers(0, 200_000), min_size=2, max_size=5, unique=True).map(sorted))
    grades = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True))
    shares = st.lists(st.integers(0, 10**6), min_size=len(rates), max_size=len(rates)).map(sorted).map(tuple)
    return Curve(ON, tuple(rates), tuple(grades), tuple(draw(shares) for _ in grades))


@st.composite
def searching(draw: st.DrawFn) -> Policy:
    """A policy that searches its prices against demand."""
    sources = draw(st.lists(st.sampled_from(SEARCHED), min_size=1, max_size=3))
    price = tuple(Term(f"t{n}", parse_expression(source), "中", "en") for n, source in enumerate(sources))
    return replace(draw(policies()), price=price, demand=Demand((draw(curves()),)))
