"""Prices by hand: a curve of three rates, and what each risk pays by it; what a demand file may not say."""

from datetime import date

import pytest

from zhiwei.credit.underwriting.pricing import Curve, Demand, Ladder, Step, ladder, margin, read_demand
from zhiwei.tables import MICRO, Document, Problem, micro, text

RATES = tuple(micro(rate) for rate in ("0.04", "0.08", "0.12"))
LOST = {"A": ("0", "0.4", "1"), "B": ("0", "0.8", "1")}
CURVE = Curve(date(2026, 1, 1), RATES, tuple(LOST), tuple(tuple(map(micro, row)) for row in LOST.values()))


def priced(*steps: tuple[str, str, str], floor: str = "0.04", cap: str = "0.15", curve: Curve | None = CURVE) -> Ladder:
    """Steps of (pd, grade, cost)."""
    made = [Step(700 - at, micro(pd), grade, micro(cost)) for at, (pd, grade, cost) in enumerate(steps)]
    return ladder(made, curve, micro(floor), micro(cap))


@pytest.mark.parametrize(
    ("pd", "grade", "cost", "rate", "taken", "profit"),
    [
        # 4-8 %: (1.4 - 10 r)(r - 0.04) is most at 0.09, beyond 8 %; 8-12 %: (1.8 - 15 r)(r - 0.04) at 0.08 itself.
        ("0.000001", "A", "0.04", "0.08", "0.6", "0.024"),
        # 8-12 %: (1.8 - 15 r)(0.9 r - 0.063) is most at (1.62 + 0.945) / 27 = 0.095: 0.375 x 0.0225 = 0.0084375;
        # at 8 % 0.6 x 0.009 = 0.0054.
        ("0.1", "A", "0.063", "0.095", "0.375", "0.008438"),
        # 4-8 %: (1.8 - 20 r)(0.8 r - 0.048) at 0.075: 0.3 x 0.012 = 0.0036; 8-12 %: (0.6 - 5 r)(0.8 r - 0.048) at
        # 0.09: 0.15 x 0.024 = 0.0036. Both earn the same, and the lower rate is charged.
        ("0.2", "B", "0.048", "0.075", "0.3", "0.0036"),
        # Nothing is earned anywhere: least is lost where nobody takes it.
        ("0.5", "A", "0.1", "0.12", "0", "0"),
        ("0.01", "C", "0.1", "0.1", None, None),  # nobody of grade C was asked: break-even
        ("0.01", "A", "0.13", "0.13", None, None),  # nobody was asked above 12 %: break-even
        ("0.01", "A", "0.15004", "0.15", None, None),
        ("0.01", "A", "0.15005", None, None, None),  # above the cap
    ],
)  # fmt: skip
def test_a_price_by_hand(
    pd: str, grade: str, cost: str, rate: str | None, taken: str | None, profit: str | None
) -> None:
    made = priced((pd, grade, cost))
    [rung] = made.rungs
    assert rung.rate == rung.searched == (None if rate is None else micro(rate))
    told = made.shown(rung)
    assert told["rates"]["charged"] == rate
    assert told["take_up"]["charged"] == taken
    found = made.profit(rung, rung.rate)
    assert (None if found is None else text(round(found * MICRO))) == profit


def test_floor_and_cap_hold_the_search() -> None:
    """From 9 % on profit at a cost of 1 % only falls; up to 7 % profit at a cost of 4 % only rises."""
    assert priced(("0.000001", "A", "0.01"), floor="0.09").rungs[0].rate == micro("0.09")
    assert priced(("0.000001", "A", "0.04"), cap="0.07").rungs[0].rate == micro("0.07")


def test_nobody_pays_less_than_somebody_safer() -> None:
    """Alone the fourth would pay 7.5 %; the second pays 9.5 %. The third is declined, and moves nobody."""
    made = priced(
        ("0.000001", "A", "0.04"), ("0.1", "A", "0.063"), ("0.15", "A", "0.2"), ("0.2", "B", "0.048"),
        ("0.3", "C", "0.1"),
    )  # fmt: skip
    assert [rung.rate for rung in made.rungs] == [80_000, 95_000, None, 95_000, 100_000]
    assert [rung.searched for rung in made.rungs] == [80_000, 95_000, None, 75_000, 100_000]
    assert [rung.moved for rung in made.rungs] == [False, False, False, True, False]
    told = made.shown(made.rungs[3])
    assert told == {
        "rates": {"break_even": "0.048", "searched": "0.075", "charged": "0.095"},
        "take_up": {"break_even": "0.84", "searched": "0.3", "charged": "0.125"},
        # 0.84 x (0.8 x 0.048 - 0.048) = -0.008064; 0.125 x (0.8 x 0.095 - 0.048) = 0.0035
        "profit_of_100": {"break_even": "-0.8064", "searched": "0.36", "charged": "0.35"},
        "moved": True,
    }


def test_without_a_curve_prices_are_break_even_and_may_fall() -> None:
    made = priced(("0.1", "A", "0.063"), ("0.2", "B", "0.048"), curve=None)
    assert [rung.rate for rung in made.rungs] == [63_000, 48_000]
    assert made.profit(made.rungs[0], 63_000) is None


def test_a_day_has_the_curve_that_is_in_force() -> None:
    later = Curve(date(2027, 1, 1), RATES, ("A",), CURVE.lost[:1])
    demand = Demand((CURVE, later))
    assert [demand.on(date(year, 12, 31)) for year in (2025, 2026, 2027)] == [None, CURVE, later]


def test_the_margin_is_the_campaigns() -> None:
    """Of a yuan lent for half a year at 8 %, of which 2 % are not repaid and which costs 3 %: 0.98 x 0.04 - 0.03."""
    assert margin(0.08, 0.02, 0.03, 0.5) == pytest.approx(0.0092)


TOML = '''[[curve]]
from = 2026-01-01
because = "asked"
checked_on = 2026-01-01
sure = true
lost = """
rate,A,B
0.04,0,0
0.08,0.4,0.8
"""
'''


def read(content: str) -> tuple[Demand, list[Problem]]:
    problems: list[Problem] = []
    return read_demand(Document("demand.toml", content, problems), ("A", "B", "C")), problems


def test_a_demand_file_is_read_as_it_is_written() -> None:
    demand, problems = read(TOML)
    assert problems == []
    row = (0, 400_000), (0, 800_000)
    assert demand.curves == (Curve(date(2026, 1, 1), (40_000, 80_000), ("A", "B"), row, "asked", True),)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said"),
    [
        ("rate,A,B", "rate,A,X", 7, "X", "no grade 'X' in grades.csv"),
        ("rate,A,B", "A,rate,B", 7, "A", "columns are"),
        ("rate,A,B", "rate,A,A", 7, "rate", "columns are"),
        ("0.08,0.4,0.8", "0.08,0.4", 9, "A", "2 cells where the header has 3"),
        ("0.08,0.4,0.8", "0.08,0.4,many", 9, "B", "not a number: 'many'"),
        ("0.08,0.4,0.8", "0.08,40,0.8", 9, "A", "40 is not between 0 and 1: 0.05 is 5 %"),
        ("0.08,0.4,0.8", "0.04,0.4,0.8", 9, "rate", "rates rise from row to row: 0.04 comes after 0.04"),
        ("0.04,0,0", "0.04,0.5,0", 9, "A", "fewer A customers are lost at 0.08 than at 0.04"),
        ("0.08,0.4,0.8\n", "", 7, "rate", "a curve has at least two rates"),
        ("because", "becuase", 3, "1", "unknown key 'becuase'"),
        ("sure = true", "sure = 1", 5, "1", "must be bool"),
        ("from = 2026-01-01", 'from = "2026"', 2, "1", "from must be a date"),
        (TOML, TOML + TOML, 12, "1", "there are two curves from 2026-01-01"),
        (TOML, "", 1, "1", "has a dated [[curve]] block"),
        ("[[curve]]", "[curve]", 1, "1", "must be written as [[curve]] blocks"),
    ],
)  # fmt: skip
def test_what_a_demand_file_may_not_say(old: str, new: str, line: int, column: str, said: str) -> None:
    assert old in TOML
    _, problems = read(TOML.replace(old, new, 1))
    assert any(
        (one.line, one.column) == (line, column) and said in one.message for one in problems
    ), problems  # fmt: skip
