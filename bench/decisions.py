"""Decisions per CPU second: our compiled rules, one by one and over arrays, beside zen-engine on the same rules."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import zen

from zhiwei.bootstrap import shelf_folder
from zhiwei.borrower.features import CATALOGUE
from zhiwei.credit.underwriting import underwrite
from zhiwei.shelf import load, read_folder
from zhiwei.tables import MICRO

FIRMS = 20_000


def per_second(work: Callable[[], int]) -> float:
    """Median of three runs, in CPU seconds: the machine may be shared."""
    rates = []
    for _ in range(3):
        start = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - start))
    return sorted(rates)[1]


def main() -> None:
    product, problems = load(read_folder(shelf_folder() / "tax_credit"))
    assert product, problems
    rules = [rule for stage in product.policy.stages for rule in stage.rules]
    dice = np.random.default_rng(1)
    columns = {name: (dice.integers(0, 40 * MICRO, FIRMS), np.ones(FIRMS, bool)) for name in CATALOGUE}
    rows = [{name: int(values[i]) for name, (values, _) in columns.items()} for i in range(2000)]
    case = next(case for case in product.cases if case.name == "good_trader")

    def closures() -> int:
        for row in rows:
            for rule in rules:
                rule.judge(row)
        return len(rows)

    def arrays() -> int:
        for rule in rules:
            rule.cell.over(columns[rule.fact])
        return FIRMS

    def whole() -> int:
        for _ in range(500):
            underwrite(product.policy, case.facts, case.on)
        return 500

    decision = zen.ZenEngine().create_decision(json.dumps(_graph(rules)))
    inputs = [{name: value / MICRO for name, value in row.items()} for row in rows[:300]]

    def peer() -> int:
        for row in inputs:
            decision.evaluate(row)
        return len(inputs)

    print(f"{len(rules)} rules of {Path('products/tax_credit')}; decisions per CPU second")
    ours, theirs = per_second(closures), per_second(peer)
    print(f"  closures, one by one       {ours:12,.0f}   {ours / theirs:6.1f} x zen-engine")
    print(f"  arrays, {FIRMS:,} at once     {per_second(arrays):12,.0f}")
    print(f"  zen-engine, one by one     {theirs:12,.0f}")
    print(f"  whole decision with trace  {per_second(whole):12,.0f}   rules, score, limit, price, reasons")


def _graph(rules: list) -> dict:
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": f"i{n}", "name": rule.fact, "field": rule.fact} for n, rule in enumerate(rules)],
        "outputs": [{"id": "o", "name": "code", "field": "code"}],
        "rules": [
            {
                "_id": f"r{n}",
                **{f"i{m}": (rule.cell.source if m == n else "") for m in range(len(rules))},
                "o": f'"{rule.code}"',
            }
            for n, rule in enumerate(rules)
        ],
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "t", "name": "t", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [{"id": f"{a}{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in (("in", "t"), ("t", "out"))]
    return {"nodes": nodes, "edges": edges}


if __name__ == "__main__":
    main()
