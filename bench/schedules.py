"""Level-payment plans per CPU second: one by one and over arrays, beside numpy-financial and plain floats."""

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import numpy_financial

from zhiwei.loans.batch import annuities
from zhiwei.loans.schedule import plan
from zhiwei.loans.terms import Interest, Repayment

PLANS, ROWS = 200_000, 36


def per_second(work: Callable[[], int]) -> tuple[float, float]:
    """Median of three runs: plans per CPU second (the machine may be shared), and the CPU seconds of one run."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        done = work()
        seconds.append(time.process_time() - start)
    return done / sorted(seconds)[1], sorted(seconds)[1]


def measured() -> dict[str, tuple[float, float]]:
    """Plans per CPU second and the CPU seconds of a run, by way of making them."""
    dice = np.random.default_rng(1)
    principal = dice.integers(1_000_000, 100_000_000, PLANS)
    shelf = dice.integers(30, 240, PLANS) * 1000  # rates as products have them, by a tenth of a per cent
    any_rate = dice.integers(30_000, 240_000, PLANS)  # every plan at a rate of its own
    one = Repayment("annuity", ROWS), Interest(Decimal("0.06"), full_months=True)

    def batch(rates: np.ndarray) -> int:
        return annuities(principal, rates, ROWS).principal.shape[0]

    def floats() -> int:
        month, balance = any_rate / 12e6, principal.astype(float)
        payment = balance * month / (1 - (1 + month) ** -ROWS)
        rows = np.empty((3, ROWS, PLANS))
        for row in range(ROWS):
            rows[0, row] = balance * month
            rows[1, row] = payment - rows[0, row]
            balance = rows[2, row] = balance - rows[1, row]
        return PLANS

    def plans() -> int:
        for lent in principal[:2000].tolist():
            plan(lent, date(2024, 1, 1), *one)
        return 2000

    def peer() -> int:
        periods = np.arange(1, ROWS + 1)
        for lent in principal[:2000].tolist():
            numpy_financial.ipmt(0.005, periods, ROWS, lent)
            numpy_financial.ppmt(0.005, periods, ROWS, lent)
        return 2000

    works: dict[str, Callable[[], int]] = {
        "batch": lambda: batch(any_rate), "batch_few_rates": lambda: batch(shelf), "plain_floats": floats,
        "plan": plans, "numpy_financial": peer,
    }  # fmt: skip
    return {name: per_second(work) for name, work in works.items()}


def main() -> None:
    found = measured()
    if "--json" in sys.argv:
        rates = {name: round(rate) for name, (rate, _) in found.items()}
        print(json.dumps({"schedules_per_s": rates["batch"], "rows": ROWS, "per_cpu_second": rates}))
    else:
        tell(found)


def tell(found: dict[str, tuple[float, float]]) -> None:
    told = {
        "batch": "over arrays, exact, each at a rate of its own", "batch_few_rates": "over arrays, exact, 210 rates",
        "plain_floats": "over arrays in floats, no rounding: the ceiling", "plan": "one by one, exact, with dates",
        "numpy_financial": "numpy-financial, one by one, no rounding",
    }  # fmt: skip
    print(f"level-payment plans of {ROWS} rows per CPU second")
    for name, (rate, seconds) in found.items():
        ratio = rate / found["plain_floats" if name.startswith(("batch", "plain")) else "numpy_financial"][0]
        print(f"  {told[name]:52s} {rate:12,.0f}   {seconds:6.2f} CPU s   x {ratio:.2f}")


if __name__ == "__main__":
    main()
