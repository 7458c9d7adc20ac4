"""Balances of several accounts over time, against one day after another in plain Python."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

AS_OF = date(2024, 2, 29)
STEPS = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from("ab"), st.integers(-300_000, 300_000)), min_size=1, max_size=15
)


def statement(steps, opening=200_000):
    """Rows whose balances follow from each other; `steps` are days back, account and amount."""
    held, rows = {"a": opening, "b": opening}, []
    for place, (back, account, amount) in enumerate(sorted(steps, reverse=True), 1):
        held[account] += amount
        rows.append(
            {"account": account, "booked_on": AS_OF - timedelta(days=back), "sequence": place, "amount": amount,
             "balance": held[account], "counterparty": "X"}
        )  # fmt: skip
    return rows


def slow(rows, opening=200_000):
    """Balance of each day of the last 12 months, from the first row on."""
    first = min(row["booked_on"] for row in rows)
    days = [AS_OF - timedelta(days=back) for back in range(366, -1, -1)]
    used = {row["account"] for row in rows}
    found = []
    for day in days:
        if day >= max(first, date(2023, 3, 1)):
            held = dict.fromkeys(used, opening) | {r["account"]: r["balance"] for r in rows if r["booked_on"] <= day}
            found.append(sum(held.values()))
    return found


@settings(deadline=None, max_examples=60)
@given(steps=STEPS)
def test_day_by_day(facts, steps) -> None:
    rows = statement(steps)
    got, days = facts(bank_flow=rows[::-1]), slow(rows)
    assert got["bank_balance"] == days[-1] / 100
    assert got["bank_balance_lowest_12m"] == min(days) / 100
    assert got["bank_balance_mean_12m"] == pytest.approx(sum(days) / len(days) / 100)
    assert got["bank_low_days_12m"] == sum(day < 100_000 for day in days)
    assert got["bank_chain_breaks_12m"] == 0


def test_a_break_in_the_chain_is_seen(facts) -> None:
    rows = statement([(30, "a", 5_000), (20, "a", -1_000), (10, "a", 2_000)])
    rows[1]["balance"] += 1
    assert facts(bank_flow=rows)["bank_chain_breaks_12m"] == 2


def test_without_balances_nothing_is_said_of_them(facts) -> None:
    got = facts(bank_flow=[row | {"balance": None} for row in statement([(30, "a", 5_000), (20, "a", -1_000)])])
    silent = [name for name in got if name.startswith(("bank_balance", "bank_low", "bank_cover", "bank_chain"))]
    assert len(silent) == 8
    assert all(np.isnan(got[name]) for name in silent)
    assert got["bank_in_12m"] == 50
