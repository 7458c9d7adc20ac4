"""Cash that debts may be repaid from: loans are no income, and a season's surplus is what it gathers on end."""

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.features.rhythm import gathered

MONTHS = [date(2023 + (month + 1) // 12, (month + 1) % 12 + 1, 10) for month in range(1, 13)]  # March to February


def statement(*yuan: int) -> list[dict]:
    return [
        {"account": "a", "booked_on": day, "sequence": 1, "amount": amount * 100, "counterparty": "X", "text": "货款",
         "currency": "CNY"}
        for day, amount in zip(MONTHS, yuan, strict=True)
    ]  # fmt: skip


def test_a_farm_repays_out_of_its_harvest(facts) -> None:
    """Eight months cost 2,000 each and four bring 9,000: 20,000 in the year, and 36,000 when it can repay."""
    got = facts(bank_flow=statement(*[-2_000] * 4, *[9_000] * 4, *[-2_000] * 4))
    assert got["bank_free_12m"] == 20_000
    assert got["bank_free_season_12m"] == 36_000


def test_a_loan_paid_out_is_no_income_and_its_instalments_are_cost(facts) -> None:
    rows = statement(*[1_000] * 12)
    rows.append({**rows[0], "sequence": 2, "amount": 500_000_00, "text": "贷款发放"})
    rows.append({**rows[5], "sequence": 2, "amount": -4_000_00, "text": "归还贷款"})
    got = facts(bank_flow=rows)
    assert got["bank_free_12m"] == 12_000 - 4_000
    assert got["bank_in_12m"] == 512_000


def test_without_texts_nobody_knows_what_was_lent(facts) -> None:
    rows = [{**row, "text": None} for row in statement(*[1_000] * 12)]
    got = facts(bank_flow=rows)
    assert got["bank_free_12m"] is None or np.isnan(got["bank_free_12m"])


@given(st.lists(st.lists(st.integers(-(10**9), 10**9), min_size=12, max_size=12), min_size=1, max_size=4))
def test_the_most_of_any_run_of_months(rows: list[list[int]]) -> None:
    slow = [max(0, *(sum(row[a:b]) for a, b in combinations(range(13), 2))) for row in rows]
    assert gathered(np.array(rows, np.float64)).tolist() == pytest.approx(slow)
