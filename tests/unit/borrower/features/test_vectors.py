"""The sheet's vectors: growth of a vendor's printed report, concentration, and month strings of the bureau."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.features.kinds.standing.bureau import CLASSES, HARD, month_letters
from zhiwei.borrower.sources.bureau import rules

AS_OF = date(2024, 2, 29)


def sale(day: date, yuan: int, other: str = "X") -> dict:
    return {"direction": "sale", "issue_date": day, "amount": yuan * 100, "counterparty": other, "status": "valid",
            "occurrence": 1}  # fmt: skip


def test_growth_of_a_printed_report(facts) -> None:
    """TV 2.4: L3, L6, L12, L24 give g3 -12.14 %, g6 +15.44 %, g12 -32.29 %."""
    three, six, twelve, all_of_it = 1_416_707, 3_029_176, 5_653_114, 14_002_123
    got = facts(invoices=[
        sale(date(2024, 1, 15), three), sale(date(2023, 10, 15), six - three), sale(date(2023, 5, 15), twelve - six),
        sale(date(2022, 3, 15), all_of_it - twelve),
    ])  # fmt: skip
    assert (got["sales_3m"], got["sales_6m"], got["sales_12m"], got["sales_24m"]) == (three, six, twelve, all_of_it)
    assert round(100 * got["sales_growth_3m"], 2) == -12.14
    assert round(100 * got["sales_growth_6m"], 2) == 15.44
    assert round(100 * got["sales_growth_12m"], 2) == -32.29


def test_concentration(facts) -> None:
    """TV 2.5: customers of 300, 200, 150, 100, 50 and ten of 20 give 30 %, 80 % and an index of 0.169."""
    amounts = [300, 200, 150, 100, 50, *[20] * 10]
    got = facts(invoices=[sale(date(2024, 1, 15), amount, f"c{at}") for at, amount in enumerate(amounts)])
    assert got["top_customer_share_12m"] == pytest.approx(0.30)
    assert got["top5_customer_share_12m"] == pytest.approx(0.80)
    assert got["top10_customer_share_12m"] == pytest.approx(0.90)
    assert got["customer_hhi_12m"] == pytest.approx(0.169)


@pytest.mark.parametrize(
    ("months", "run", "count", "hit"),
    [
        ("NNNN1NN12N123NNNNN1NNNNN", 3, 7, 1),  # TV 3.1
        ("NNNN1NNN1NNN1NNN1NNN1NNN", 1, 5, 0),  # TV 3.2
        ("NNNNNNNNNNNNNNNNNNNN12NN", 2, 2, 0),  # TV 3.3
        ("NNNNNNNNNNNN3NNNNNNNNNNN", 1, 1, 1),  # one 3 is three months by itself
        ("1111NNNNNNNNNNNNNNNNNNNNNNNNNN", 0, 0, 0),  # 30 months: the oldest six are not looked at
    ],
)
def test_month_strings(facts, months: str, run: int, count: int, hit: int) -> None:
    account = {"subject": "firm", "report_on": date(2024, 2, 10), "account": "1", "kind": "loan", "months": months}
    got = facts(bureau_accounts=[account, {**account, "account": "2", "months": "NNN"}])
    assert (got["overdue_run_24m"], got["overdue_count_24m"], got["overdue_rule_24m"]) == (run, count, hit)
    assert np.isnan(got["owner_overdue_run_24m"]) or got["owner_overdue_run_24m"] == 0


@settings(deadline=None)
@given(st.lists(st.none() | st.text("N*#/1234567MDZCGBA", max_size=70), max_size=8))
def test_letters_are_those_of_the_string_from_its_end(strings: list) -> None:
    for start in (0, 1):  # a slice of an array has letters before its own
        some = strings[start:]
        got = month_letters(pa.array(strings, pa.string())[start:])
        assert got.shape == (len(some), 60)
        assert [bytes(row[row > 0]).decode() for row in got] == [(text or "")[::-1][:60] for text in some]


@settings(deadline=None)
@given(months=st.text("N*#/1237MDZCGBA", min_size=24, max_size=60))
def test_the_picture_agrees_with_the_rules_of_the_source(facts, months: str) -> None:
    """Vectorised here, letter by letter there."""
    got = facts(
        bureau_accounts=[{"subject": "owner", "report_on": date(2024, 2, 10), "kind": "loan", "months": months}]
    )
    rule, since = rules.overdue(months), rules.months_since_overdue(months)
    assert (got["overdue_run_24m"], got["overdue_count_24m"]) == (rule.run, rule.count)
    assert (got["owner_overdue_run_24m"], got["owner_overdue_count_24m"]) == (rule.run, rule.count)
    assert got["overdue_rule_24m"] == rule.hit
    assert got["compensated_60m"] == rules.ended_badly(months)
    assert got["months_since_overdue"] == since or (since is None and np.isnan(got["months_since_overdue"]))
    assert got["overdue_months_60m"] == sum(map(rules.is_overdue, months))


def test_hard_reasons_and_classes_are_those_of_the_source() -> None:
    assert set(HARD) == rules.HARD
    assert {name: at for at, name in enumerate(dict.fromkeys(rules.CLASSES.values()), 1)} == CLASSES
