"""Expressions are exact at six places, know precedence, and take a missing fact for missing, never for zero."""

import operator
from fractions import Fraction

import pytest
import zen
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zhiwei.tables import MICRO, micro, parse_expression, text
from zhiwei.tables.expressions import LONGEST
from zhiwei.values import half_up

NAMES = ("a", "b", "c")
VALUES = st.integers(-(10**10), 10**10)
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
Tree = tuple[str, ...] | str | int


def trees(operations: str, values: st.SearchStrategy[int], functions: tuple[str, ...]) -> st.SearchStrategy[Tree]:
    leaves = st.sampled_from(NAMES) | values
    inner = lambda below: st.tuples(st.sampled_from((*operations, *functions)), below, below)  # noqa: E731
    return st.recursive(leaves, inner, max_leaves=8)


def written(tree: Tree, *, zens: bool = False) -> str:
    """The tree as text with brackets only where precedence needs them; zen takes min and max of a list."""
    if isinstance(tree, int):
        return text(tree) if tree >= 0 else f"(0 - {text(-tree)})"
    if isinstance(tree, str):
        return tree
    word, left, right = tree
    if word in ("min", "max"):
        both = f"{written(left, zens=zens)}, {written(right, zens=zens)}"
        return f"{word}([{both}])" if zens else f"{word}({both})"
    sides = [written(left, zens=zens), written(right, zens=zens)]
    for place, side in enumerate((left, right)):
        weak = isinstance(side, tuple) and side[0] in "+-"
        if (weak and word in "*/") or (place == 1 and isinstance(side, tuple) and word in "-/*" and side[0] in "+-*/"):
            sides[place] = f"({sides[place]})"
    return f"{sides[0]} {word} {sides[1]}"


def exact(tree: Tree, facts: dict[str, int | None]) -> Fraction | None:
    """The same by Fractions: * and / are rounded half away from zero at the sixth place, nothing else is rounded."""
    if not isinstance(tree, tuple):
        value = facts[tree] if isinstance(tree, str) else tree
        return None if value is None else Fraction(value, MICRO)
    word, left, right = tree[0], exact(tree[1], facts), exact(tree[2], facts)
    if left is None or right is None or (word == "/" and right == 0):
        return None
    if word in ("min", "max"):
        return min(left, right) if word == "min" else max(left, right)
    found = OPERATIONS[word](left, right) * MICRO
    whole = int(abs(found) + Fraction(1, 2)) * (1 if found >= 0 else -1)
    return Fraction(whole, MICRO)


@settings(deadline=None)
@given(
    trees("+-*/", VALUES, ("min", "max")),
    st.fixed_dictionaries({name: st.none() | st.integers(-3, 3) | VALUES for name in NAMES}),
)
def test_values_are_exact_at_six_places(tree: Tree, facts: dict[str, int | None]) -> None:
    """Against exact fractions; a missing fact and a division by zero make the whole value missing."""
    found = parse_expression(written(tree)).value(facts)
    wanted = exact(tree, facts)
    assert (None if found is None else Fraction(found, MICRO)) == wanted


@settings(deadline=None)
@given(
    trees("+-*", st.integers(0, 99).map(lambda whole: whole * MICRO), ("min", "max")),
    st.fixed_dictionaries({name: st.integers(-99, 99) for name in NAMES}),
)
def test_zen_computes_the_same(tree: Tree, facts: dict[str, int]) -> None:
    """Precedence, brackets, min and max, on whole numbers, where neither rounds."""
    ours = parse_expression(written(tree)).value({name: value * MICRO for name, value in facts.items()})
    assume(ours is not None and abs(ours) < 10**20)  # beyond, zen's own decimals end
    assert ours is not None
    assert abs(zen.evaluate_expression(written(tree, zens=True), facts) - ours / MICRO) <= 1e-6


@settings(deadline=None)
@given(VALUES, VALUES, st.sampled_from("+-*/"))
def test_zen_computes_the_same_with_decimals(a: int, b: int, sign: str) -> None:
    assume(sign != "/" or abs(b) >= 1000)
    ours = parse_expression(f"a {sign} b").value({"a": a, "b": b})
    assert ours is not None
    theirs = zen.evaluate_expression(f"a {sign} b", {"a": a / MICRO, "b": b / MICRO})
    assert theirs == pytest.approx(ours / MICRO, abs=1e-6, rel=1e-12)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 - 3 - 4", "-5"),
        ("8 / 2 / 2", "2"),
        ("8 / (2 / 2)", "8"),
        ("-2 * 3", "-6"),
        ("--2", "2"),
        ("3 - -2", "5"),
        ("min(3, 1, 2) + max(1, 2)", "3"),
        ("abs(0 - 1.5)", "1.5"),
        ("1 / 3", "0.333333"),
        ("2 / 3", "0.666667"),
        ("-2 / 3", "-0.666667"),
        ("0.000001 * 0.5", "0.000001"),
        ("-0.000001 * 0.5", "-0.000001"),
        ("0.000001 * 0.4", "0"),
        ("limit_cap * (1 - min(pd / 0.15, 1))", "3200000"),
        ("5/0", None),
        ("1 / (sales - sales)", None),
        ("min(cap, missing)", None),
        ("0 * missing", None),
    ],
)
def test_golden_expressions(source: str, value: str | None) -> None:
    facts = {"limit_cap": micro("4000000"), "pd": micro("0.03"), "sales": 5, "cap": micro(1), "missing": None}
    assert parse_expression(source).value(facts) == (None if value is None else micro(value))


def test_names_are_what_it_needs() -> None:
    assert parse_expression("min(a, b_2) * (1 - a) + 3").names == {"a", "b_2"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "ends at character 1"),
        ("1 +", "ends at character 4"),
        ("a b", "unexpected 'b' at character 3"),
        ("2x", "unexpected 'x' at character 2"),
        ("a ** b", "unexpected '*' at character 4"),
        ("a + )", "unexpected ')' at character 5"),
        ("(a + b", "expected ')' at character 7"),
        ("min(a b)", "expected ')' at character 7"),
        ("min(a)", "character 1"),
        ("a + abs(a, b)", "character 5"),
        ("eval(a)", "no function 'eval' (character 1)"),
        ("a.b", "unexpected '.' at character 2"),
        ("a; b", "unexpected ';' at character 2"),
        ("'a'", 'unexpected "\'" at character 1'),
        (".5", "unexpected '.' at character 1"),
        ("1 + 0.1234567", "more than six decimals at character 5"),
        ("(" * 2000, "longer than"),
        ("1" + " + 1" * LONGEST, "longer than"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_character(source: str, said: str) -> None:
    with pytest.raises(ValueError, match="character") as error:
        parse_expression(source)
    assert said in str(error.value)


def test_brackets_as_deep_as_allowed_are_read() -> None:
    deep = (LONGEST - 1) // 2
    assert parse_expression("(" * deep + "1" + ")" * deep).value({}) == MICRO


def test_where_a_fact_is_missing_zen_raises_and_we_say_missing() -> None:
    """docs/decisions/0004; a division by zero is missing to both."""
    with pytest.raises(RuntimeError, match="Unsupported type"):
        zen.evaluate_expression("a * b", {"a": None, "b": 2})
    assert parse_expression("a * b").value({"a": None, "b": 2 * MICRO}) is None
    assert zen.evaluate_expression("a / 0", {"a": 1}) is None


@settings(deadline=None)
@given(st.integers(-(10**30), 10**30), st.integers(-(10**12), 10**12).filter(bool))
def test_half_up_rounds_half_away_from_zero(above: int, below: int) -> None:
    exactly = Fraction(above, below)
    found = half_up(above, below)
    assert abs(exactly - found) <= Fraction(1, 2)
    assert abs(exactly - found) < Fraction(1, 2) or abs(found) > abs(exactly)


@settings(deadline=None)
@given(st.integers(-(2**62), 2**62))
def test_text_of_a_number_reads_back(whole: int) -> None:
    assert micro(text(whole)) == whole


@pytest.mark.parametrize("value", ["x", "", "nan", "inf", True, float("nan"), float("-inf"), "5000000000000"])
def test_what_is_no_number_has_no_micro_units(value: str | float) -> None:
    with pytest.raises(ValueError, match="number"):
        micro(value)


def test_the_sixth_place_is_rounded_half_up() -> None:
    assert [micro(v) for v in ("0.0000005", "-0.0000005", "0.0000004", 0.1, 1e-7)] == [1, -1, 0, 100_000, 0]
