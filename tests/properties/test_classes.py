"""Classification: later is never better, more trouble is never better, and the grounds carry the class."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.credit.monitoring import (
    CLASSES,
    SECURITIES,
    Debtor,
    LoanFacts,
    classify,
    classify_debtor,
    in_force,
    rule_sets,
)

days = st.integers(0, 1000)
sets = st.sampled_from(rule_sets())
TROUBLES = (
    "use_changed", "refinanced", "evading", "unlawful", "interest_off_book", "rating_cut", "impaired", "bankrupt",
)  # fmt: skip
facts = st.builds(
    LoanFacts, days_past_due=days, technical=st.booleans(), retail=st.booleans(), security=st.sampled_from(SECURITIES),
    expected_loss=st.integers(0, 100).map(lambda share: Decimal(share) / 100), before=st.sampled_from(CLASSES),
    qualifying_renewal=st.booleans(), **dict.fromkeys(TROUBLES, st.booleans()),
)  # fmt: skip
ON = date(2026, 1, 1)


@given(facts, sets)
def test_the_class_is_that_of_the_worst_ground(loan: LoanFacts, rules: object) -> None:
    found = classify(loan, rules, ON)
    places = [CLASSES.index(ground.at_least) for ground in found.grounds]
    assert places == sorted(places, reverse=True)
    assert found.name == (CLASSES[places[0]] if places else "normal")
    assert 0 not in places


@given(facts, sets, days, st.sampled_from(TROUBLES))
def test_more_trouble_is_never_better(loan: LoanFacts, rules: object, later: int, trouble: str) -> None:
    place = CLASSES.index(classify(loan, rules, ON).name)
    worse = replace(loan, days_past_due=loan.days_past_due + later, technical=False, **{trouble: True})
    assert CLASSES.index(classify(worse, rules, ON).name) >= place


@given(sets, st.sampled_from(SECURITIES), st.lists(st.tuples(days, st.booleans()), max_size=50))
def test_a_population_is_its_loans(rules: object, security: str, loans: list[tuple[int, bool]]) -> None:
    by_days = rules.days[security]
    late, technical = np.array([day for day, _ in loans], dtype=np.int64), np.array([t for _, t in loans], dtype=bool)
    assert [CLASSES[place] for place in by_days.over(late, technical)] == [
        by_days.classify(day, technical=known) for day, known in loans
    ]
    assert [CLASSES[place] for place in by_days.over(late)] == [by_days.classify(day) for day, _ in loans]


@given(st.lists(st.tuples(facts, st.integers(0, 10**12)), min_size=1, max_size=5))
def test_a_debtor_is_no_better_than_its_loans_alone(loans: list[tuple[LoanFacts, int]]) -> None:
    rules = in_force("general", ON)
    alone = [classify(loan, rules, ON) for loan, _ in loans]
    together = classify_debtor(loans, rules, ON)
    for (loan, _), one, all_told in zip(loans, alone, together, strict=True):
        assert CLASSES.index(all_told.name) >= CLASSES.index(one.name)
        assert all_told == one or not loan.retail
    bad = sum(owed for one, (_, owed) in zip(alone, loans, strict=True) if one.bad)
    if 10 * bad > sum(owed for _, owed in loans):
        assert all(one.bad for one, (loan, _) in zip(together, loans, strict=True) if not loan.retail)


@given(st.integers(1, 10**14), st.integers(0, 10**14))
def test_ten_percent_is_exact_to_the_cent(owed: int, part: int) -> None:
    """No share is rounded over its limit, however large the debt."""
    bad = part % (owed + 1)
    found = classify(LoanFacts(retail=False, debtor=Debtor(owed, bad, owed, bad)), in_force("general", ON), ON)
    codes = {ground.code for ground in found.grounds}
    assert ("C15" in codes) == (10 * bad > owed)
    assert ("C14" in codes) == (5 * bad > owed)
