"""Decisions of 12 rules and a card of 8 attributes by 4 bins per CPU second, beside zen-engine and the ceilings.

The same policy on the same firms: compiled by us without and with a trace, by zen-engine, by an if-chain written by
hand (the ceiling of Python) and, over arrays, by numpy written by hand. Then an exact lookup in tables of 80 and of
8,000 rows, which must cost the same.
"""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np

from zhiwei.credit.underwriting import Policy, Scorecard, Stage, compile_policy, read_grades, read_terms
from zhiwei.credit.underwriting.scorecard import Bin, Calibration
from zhiwei.tables import MICRO, Parameter, Rule, micro, parse_cell

RULES, ATTRIBUTES = 12, 8
CUTS = (10, 20, 30)  # of every attribute: four bins
FIRMS, MANY = 5_000, 400_000
ON = date(2026, 1, 1)


def policy() -> Policy:
    """A rule speaks above 38 of 0-40: most firms pass most rules, as in life."""
    rules = tuple(
        Rule(f"R{n}", f"r{n}", parse_cell("> 38"), "decline" if n % 2 else "refer", "pass", "规则", "rule")
        for n in range(RULES)
    )
    tests = ("< 10", "[10..20)", "[20..30)", ">= 30", "null")
    bins = {
        f"a{n}": tuple(Bin(f"a{n}", parse_cell(test), 5 * place, f"S{n}", "分", "bin")
                       for place, test in enumerate(tests))
        for n in range(ATTRIBUTES)
    }  # fmt: skip
    card = Scorecard(bins, Calibration(500, Decimal(520), Decimal(20), Decimal("0.1")))
    numbers = {"base_rate": "0.03", "rate_floor": "0.04", "rate_cap": "0.9", "cap": "1000000"}
    dated = tuple(Parameter(name, ON, micro(value), "bench", ON, True) for name, value in numbers.items())
    limit = read_terms("l", "term,value,zh,en\ncap,cap * (1 - pd),z,e\n", {"cap", "pd"}, [])
    price = read_terms("p", "term,value,zh,en\nloss,0.03 + pd * 0.5,z,e\n", {"pd"}, [])
    grades = read_grades("g", "grade,pd,zh,en\nA,< 0.03,z,e\nB,>= 0.03,z,e\n", [])
    return Policy((Stage("rules", rules),), card, grades, limit, price, dated, micro(10_000), micro(10_000))


def by_hand(firm: dict[str, int]) -> tuple[bool, bool, int]:
    """What anybody would write: twelve comparisons and eight look-ups."""
    decline = (firm["r1"] > 38000000 or firm["r3"] > 38000000 or firm["r5"] > 38000000 or firm["r7"] > 38000000
               or firm["r9"] > 38000000 or firm["r11"] > 38000000)  # fmt: skip
    refer = (firm["r0"] > 38000000 or firm["r2"] > 38000000 or firm["r4"] > 38000000 or firm["r6"] > 38000000
             or firm["r8"] > 38000000 or firm["r10"] > 38000000)  # fmt: skip
    score = 500
    for n in range(ATTRIBUTES):
        value = firm[f"a{n}"]
        score += 0 if value < 10000000 else 5 if value < 20000000 else 10 if value < 30000000 else 15
    return decline, refer, score


def arrays_by_hand(columns: dict[str, np.ndarray]) -> np.ndarray:
    severity = np.zeros(MANY, np.int8)
    for n in range(RULES):
        np.maximum(severity, np.where(columns[f"r{n}"] > 38 * MICRO, 2 if n % 2 else 1, 0), out=severity)
    score = np.full(MANY, 500)
    for n in range(ATTRIBUTES):
        score += np.array([0, 5, 10, 15])[np.searchsorted([cut * MICRO for cut in CUTS], columns[f"a{n}"], "right")]
    return severity.astype(np.int64) * 1000 + score


def per_second(work: Callable[[], int]) -> float:
    """Best of five runs, in CPU seconds: the machine may be shared."""
    rates = []
    for _ in range(5):
        start = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - start))
    return max(rates)


def main() -> None:
    made = compile_policy(policy(), ON)
    dice = np.random.default_rng(1)
    names = [f"r{n}" for n in range(RULES)] + [f"a{n}" for n in range(ATTRIBUTES)]
    plain = {name: dice.integers(0, 40 * MICRO, MANY) for name in names}
    columns = {name: (values, np.ones(MANY, bool)) for name, values in plain.items()}
    firms = [{name: int(values[row]) for name, values in plain.items()} for row in range(FIRMS)]

    def ours():
        for f in firms:
            made.decide(f)
        return FIRMS

    def traced():
        for f in firms[:1000]:
            made.explain(f)
        return 1000

    def hand():
        for f in firms:
            by_hand(f)
        return FIRMS

    def arr():
        made.over(columns)
        return MANY

    def arrh():
        arrays_by_hand(plain)
        return MANY

    for f in (ours, traced, hand, arr, arrh):
        print(f.__name__, f"{per_second(f):,.0f}")


if __name__ == "__main__":
    main()
