"""What beside days makes a class: each trigger, the exemption, debtors, restructuring and the way back up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from zhiwei.credit.monitoring import (
    Cure,
    Debtor,
    LoanFacts,
    Restructuring,
    Watch,
    classify,
    classify_debtor,
    in_force,
)
from zhiwei.credit.monitoring.classes import ClassRules

ON = date(2024, 6, 30)
OLD = date(2019, 5, 31)
HALF = Decimal("0.5")
FIRST_DUE = date(2023, 6, 21)
MET = tuple(date(2023 + month // 12, month % 12 + 1, 21) for month in range(5, 17))  # 2023-06 to 2024-05

NEW_RULES = [
    (LoanFacts(), "normal", []),
    (LoanFacts(days_past_due=5, technical=True), "normal", []),
    (LoanFacts(days_past_due=91), "substandard", ["C01"]),
    (LoanFacts(use_changed=True), "special_mention", ["C02"]),
    (LoanFacts(refinanced=True), "special_mention", ["C03"]),
    (LoanFacts(refinanced=True, qualifying_renewal=True), "normal", []),
    (LoanFacts(refinanced=True, qualifying_renewal=True, days_past_due=8), "special_mention", ["C01"]),
    (LoanFacts(impaired=True), "substandard", ["C12"]),
    (LoanFacts(rating_cut=True), "substandard", ["C13"]),
    (LoanFacts(evading=True), "doubtful", ["C16"]),
    (LoanFacts(impaired=True, expected_loss=Decimal("0.49999999")), "substandard", ["C12"]),
    (LoanFacts(impaired=True, expected_loss=HALF), "doubtful", ["C17", "C12"]),
    (LoanFacts(impaired=True, expected_loss=Decimal("0.9")), "loss", ["C19", "C17", "C12"]),
    (LoanFacts(expected_loss=Decimal("0.9")), "normal", []),  # the share counts once the loan is impaired
    (LoanFacts(bankrupt=True, use_changed=True, days_past_due=1), "loss", ["C18", "C01", "C02"]),
    (LoanFacts(unlawful=True, interest_off_book=True), "normal", []),  # asked by the older rules only
]

OLD_RULES = [
    (LoanFacts(days_past_due=5, technical=True), "special_mention", ["C01"]),
    (LoanFacts(unlawful=True), "special_mention", ["C05"]),
    (LoanFacts(evading=True), "special_mention", ["C06"]),
    (LoanFacts(evading=True, days_past_due=1), "substandard", ["C07", "C01", "C06"]),
    (LoanFacts(interest_off_book=True), "substandard", ["C08"]),
    (LoanFacts(bankrupt=True, rating_cut=True, impaired=True), "normal", []),  # judged, not named
]


@pytest.mark.parametrize(("facts", "name", "codes"), NEW_RULES)
def test_the_2023_rules(facts: LoanFacts, name: str, codes: list[str]) -> None:
    found = classify(facts, in_force("general", ON), ON)
    assert (found.name, [ground.code for ground in found.grounds], found.rules) == (name, codes, "2023")


@pytest.mark.parametrize(("facts", "name", "codes"), OLD_RULES)
def test_the_2007_rules(facts: LoanFacts, name: str, codes: list[str]) -> None:
    found = classify(facts, in_force("general", OLD), OLD)
    assert (found.name, [ground.code for ground in found.grounds], found.rules) == (name, codes, "2007-54")


def test_a_ground_says_the_fact_and_the_threshold_in_both_languages() -> None:
    found = classify(
        LoanFacts(days_past_due=100, impaired=True, expected_loss=Decimal("0.75")), in_force("small", ON), ON
    )
    loss, days, _ = found.grounds
    assert (loss.fact, loss.value, loss.threshold) == ("impaired_loss", "0.75", ">= 0.5")
    assert loss.zh == "已减值且预期信用损失占账面余额50%以上"
    assert (days.zh, days.en, days.threshold) == ("逾期100天,超过90天", "100 days past due, more than 90", "> 90")
    assert found.bad


@pytest.mark.parametrize(
    ("bad", "elsewhere", "names"),
    [
        (0, Debtor(), ["normal", "normal"]),
        (100, Debtor(), ["special_mention", "substandard"]),  # 100 of 1,000 is not more than 10 %
        (101, Debtor(), ["substandard", "substandard"]),
        (0, Debtor(bad_elsewhere=True), ["special_mention", "special_mention"]),
        (0, Debtor(owed_everywhere=10**9, over_90_everywhere=2 * 10**8), ["normal", "normal"]),
        (0, Debtor(owed_everywhere=10**9, over_90_everywhere=2 * 10**8 + 1), ["substandard", "substandard"]),
    ],
)
def test_a_debtor_answers_for_all_its_loans(bad: int, elsewhere: Debtor, names: list[str]) -> None:
    rules = in_force("general", ON)
    sound, late = LoanFacts(retail=False), LoanFacts(retail=False, days_past_due=100 if bad else 0)
    loans = [(sound, 1000 - bad), (late, bad)]
    assert [one.name for one in classify_debtor(loans, rules, ON, elsewhere)] == names
    retail = [(replace(facts, retail=True), owed) for facts, owed in loans]
    assert classify_debtor(retail, rules, ON, elsewhere)[0].name == "normal"  # loan by loan


@pytest.mark.parametrize(
    ("change", "days", "name"),
    [
        (Restructuring(FIRST_DUE, MET, recovered=True), 0, "normal"),  # a year and twelve due dates: over
        (Restructuring(FIRST_DUE, MET), 0, "special_mention"),  # the difficulty is not over
        (Restructuring(FIRST_DUE, MET[:1], recovered=True), 0, "special_mention"),  # a year, but one due date met
        (Restructuring(date(2023, 7, 1), MET, recovered=True), 0, "special_mention"),  # a day short of a year
        (Restructuring(FIRST_DUE, MET, (date(2023, 12, 21),), recovered=True), 0, "special_mention"),  # begun anew
        (Restructuring(FIRST_DUE, MET, again=True), 0, "substandard"),
        (Restructuring(FIRST_DUE, MET, recovered=True, again=True), 0, "normal"),  # observation is over
        (Restructuring(FIRST_DUE, MET), 91, "substandard"),
    ],
)
def test_a_restructured_loan_is_watched_for_a_year_and_two_periods(change: Restructuring, days: int, name: str) -> None:
    facts = LoanFacts(days_past_due=days, restructuring=change)
    assert classify(facts, in_force("small", ON), ON).name == name


@pytest.mark.parametrize(
    ("before", "days", "on", "name"),
    [
        ("normal", 0, date(2019, 5, 31), "substandard"),
        ("doubtful", 0, date(2019, 5, 31), "doubtful"),  # does not rise while it is watched
        ("normal", 1, date(2019, 5, 31), "doubtful"),  # late again
        ("doubtful", 0, date(2019, 9, 21), "normal"),  # six months from the first due date are over
    ],
)
def test_a_restructured_loan_in_2019(before: str, days: int, on: date, name: str) -> None:
    change = Restructuring(date(2019, 3, 21), recovered=True)
    facts = LoanFacts(days_past_due=days, restructuring=change, before=before)
    assert classify(facts, in_force("general", on), on).name == name


@pytest.mark.parametrize(
    ("cure", "name"),
    [
        (None, "substandard"),
        (Cure(date(2023, 12, 30), 2, able=True), "normal"),
        (Cure(date(2023, 12, 31), 2, able=True), "normal"),  # June has no 31st: its last day stands for it
        (Cure(date(2024, 1, 1), 6, able=True), "substandard"),  # six months are not over
        (Cure(date(2023, 1, 1), 1, able=True), "substandard"),  # one period, however long
        (Cure(date(2023, 1, 1), 9, able=False), "substandard"),
        (Cure(date(2023, 1, 1), 9, able=True, other_impaired=True), "substandard"),
    ],
)
def test_the_way_out_of_npl(cure: Cure | None, name: str) -> None:
    facts = LoanFacts(retail=False, before="doubtful", cure=cure)
    assert classify(facts, in_force("general", ON), ON).name == name
    assert classify(replace(facts, retail=True), in_force("general", ON), ON).name == "normal"  # by days alone


def test_a_products_own_days_go_with_its_familys_triggers() -> None:
    watch = Watch((ClassRules(date(2016, 1, 1), (0, 60, 270, 360), 3),), 3, "small")
    assert watch.classify(LoanFacts(days_past_due=61), ON).name == "substandard"
    assert watch.classify(LoanFacts(days_past_due=4, technical=True), ON).name == "special_mention"
    assert watch.classify(LoanFacts(bankrupt=True), ON).name == "loss"


@pytest.mark.parametrize(
    "wrong",
    [
        {"days_past_due": -1}, {"expected_loss": Decimal(2)}, {"security": "gold"}, {"before": "bad"}
    ],
)  # fmt: skip
def test_facts_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"days past due|security is"):
        LoanFacts(**wrong)
    with pytest.raises(ValueError, match="part of what is owed"):
        Debtor(owed_here=1, bad_here=2)
