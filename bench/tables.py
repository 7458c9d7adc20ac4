"""Decisions of 12 rules and a card of 8 attributes by 4 bins per CPU second, beside zen-engine and the ceilings.

The same policy on the same firms: compiled by us without and with a trace, by zen-engine, by an if-chain written by
hand (the ceiling of Python) and, over arrays, by numpy written by hand. Then an exact look-up in tables of 80 and of
8,000 rows, one by one and over arrays, which must cost the same.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import zen

from zhiwei.credit.underwriting import Policy, Scorecard, Stage, compile_policy, read_grades, read_terms
from zhiwei.credit.underwriting.scoring import Bin, Calibration
from zhiwei.tables import MICRO, CompiledTable, Parameter, Rule, compile_table, micro, parse_cell, read_table
from zhiwei.tables.exchange import chain

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


def whole_table(regions: int, industries: int) -> tuple[CompiledTable, list[dict[str, int | str | None]]]:
    """region x industry -> value, as a price list has it, and cases that hit it everywhere."""
    pairs = [(region, industry) for region in range(regions) for industry in range(industries)]
    lines = [f'"""r{region}""",{industry},{place}.5' for place, (region, industry) in enumerate(pairs)]
    content = "\n".join(["region,industry,-> value", *lines])
    table = read_table("value.csv", content, {"region", "industry"}, [], complete=False)
    assert table
    dice = np.random.default_rng(2)
    cases: list[dict[str, int | str | None]] = [
        {"region": f"r{dice.integers(regions)}", "industry": int(dice.integers(industries)) * MICRO}
        for _ in range(FIRMS)
    ]
    return compile_table(table), cases


def looked_up(table: CompiledTable, regions: int, industries: int) -> Callable[[], int]:
    """The same over arrays."""
    dice, there = np.random.default_rng(3), np.ones(MANY, bool)
    names = np.array([f"r{region}" for region in range(regions)], dtype=object)
    columns = {
        "region": (names[dice.integers(0, regions, MANY)], there),
        "industry": (dice.integers(0, industries, MANY) * MICRO, there),
    }
    return lambda: len(table.over(columns, MANY).output("value")[0])


def per_second(work: Callable[[], int]) -> float:
    """Best of five runs, in CPU seconds: what else the machine does can only slow a run down."""
    rates = []
    for _ in range(5):
        start = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - start))
    return max(rates)


def each(work: Callable[[Any], Any], cases: Sequence[Any]) -> Callable[[], int]:
    def run() -> int:
        for case in cases:
            work(case)
        return len(cases)

    return run


def measured() -> dict[str, float]:
    bench = policy()
    made = compile_policy(bench, ON)
    dice = np.random.default_rng(1)
    names = [f"r{n}" for n in range(RULES)] + [f"a{n}" for n in range(ATTRIBUTES)]
    plain = {name: dice.integers(0, 40 * MICRO, MANY) for name in names}
    columns = {name: (values, np.ones(MANY, bool)) for name, values in plain.items()}
    firms = [{name: int(values[row]) for name, values in plain.items()} for row in range(FIRMS)]
    peer = zen.ZenEngine().create_decision(json.dumps(zens(bench)))
    asked = [{name: value / MICRO for name, value in firm.items()} for firm in firms[:500]]
    for firm, question in zip(firms[:100], asked, strict=False):  # the same work, or no comparison
        decline, refer, score = by_hand(firm)
        answer = peer.evaluate(question)["result"]
        effects = {row["effect"] for row in answer["rules"]}
        assert made.decide(firm).score == score == 500 + sum(row["points"] for row in answer["card"])
        assert ("decline" in effects, "refer" in effects) == (decline, refer)

    def over() -> int:
        return len(made.over(columns).score)

    def over_by_hand() -> int:
        return len(arrays_by_hand(plain))

    small, large = whole_table(8, 10), whole_table(100, 80)
    return {
        "untraced": per_second(each(made.decide, firms)),
        "traced": per_second(each(made.explain, firms)),
        "by_hand": per_second(each(by_hand, firms)),
        "zen": per_second(each(peer.evaluate, asked)),
        "zen_traced": per_second(each(lambda case: peer.evaluate(case, {"trace": True}), asked)),
        "arrays": per_second(over),
        "arrays_by_hand": per_second(over_by_hand),
        "rows_80": per_second(each(small[0].decide, small[1])),
        "rows_8000": per_second(each(large[0].decide, large[1])),
        "rows_80_arrays": per_second(looked_up(small[0], 8, 10)),
        "rows_8000_arrays": per_second(looked_up(large[0], 100, 80)),
    }


def zens(bench: Policy) -> dict[str, Any]:
    """The rules and the card alone, and every cell in zen's plainest words: no limit, no price, no missing values."""

    def table(name: str, facts: list[str], rows: list[tuple[str, str, dict[str, str]]]) -> dict[str, Any]:
        outputs = list(rows[0][2])
        content = {
            "hitPolicy": "collect", "passThrough": True, "outputPath": name,
            "inputs": [{"id": fact, "name": fact, "field": fact} for fact in facts],
            "outputs": [{"id": key, "name": key, "field": key} for key in outputs],
            "rules": [{"_id": str(place), **dict.fromkeys(facts, ""), fact: test, **given}
                      for place, (fact, test, given) in enumerate(rows)],
        }  # fmt: skip
        return {"id": name, "name": name, "type": "decisionTableNode", "content": content}

    rules = [rule for stage in bench.stages for rule in stage.rules]
    bins = [bin_ for bins in bench.scorecard.bins.values() for bin_ in bins if not bin_.cell.null]
    return chain([
        table("rules", [rule.fact for rule in rules],
              [(rule.fact, rule.cell.source, {"code": f'"{rule.code}"', "effect": f'"{rule.effect}"'})
               for rule in rules]),
        table("card", list(bench.scorecard.bins),
              [(bin_.attribute, bin_.cell.source, {"points": str(bin_.points)}) for bin_ in bins]),
    ])  # fmt: skip


def main() -> None:
    found = measured()
    if "--json" in sys.argv:
        keys = {"untraced": "untraced_per_cpu_s", "traced": "traced_per_cpu_s", "zen": "zen_per_cpu_s",
                "arrays": "arrays_per_s"}  # fmt: skip
        named = {key: round(found[name]) for name, key in keys.items()}
        others = {f"{name}_per_cpu_s": round(rate) for name, rate in found.items() if name not in keys}
        times = {f"rows_8000{way}_times": round(found[f"rows_80{way}"] / found[f"rows_8000{way}"], 2)
                 for way in ("", "_arrays")}  # fmt: skip
        print(json.dumps({**named, **others, **times}))
    else:
        tell(found)


def tell(found: dict[str, float]) -> None:
    told = [
        ("untraced", "one by one, limit and price too", "zen"),
        ("traced", "the same with reasons and trace", "zen_traced"),
        ("by_hand", "an if-chain by hand, rules and score alone: the ceiling", "zen"),
        ("zen", "zen-engine, rules and score alone", "zen"),
        ("zen_traced", "zen-engine with its trace", "zen_traced"),
        ("arrays", f"{MANY:,} at once, limit and price too", "arrays_by_hand"),
        ("arrays_by_hand", "numpy by hand, rules and score alone: the ceiling", "arrays_by_hand"),
        ("rows_80", "one look-up in a table of 80 rows", "rows_80"),
        ("rows_8000", "one look-up in a table of 8,000 rows", "rows_80"),
        ("rows_80_arrays", "look-ups in a table of 80 rows, by arrays", "rows_80_arrays"),
        ("rows_8000_arrays", "look-ups in a table of 8,000 rows, by arrays", "rows_80_arrays"),
    ]
    print(f"{RULES} rules and a card of {ATTRIBUTES} x {len(CUTS) + 1}; decisions per CPU second")
    for name, words, beside in told:
        print(f"  {words:56s} {found[name]:14,.0f}   {found[name] / found[beside]:7.2f} x {beside}")


if __name__ == "__main__":
    main()
