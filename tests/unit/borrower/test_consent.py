"""No decision without a consent that covers the party, the kind of record, the purpose and the day."""

from datetime import date

import pytest

from zhiwei.borrower import Consent, give, require
from zhiwei.values import Refusal

SINCE, UNTIL = date(2024, 2, 29), date(2025, 3, 1)
CREDIT = ("credit_assessment",)


def consent(party: str = "A", scope: str = "invoices", purpose: str = "credit_assessment") -> Consent:
    return Consent(f"{party}-{scope}-{purpose}", party, scope, purpose, SINCE, UNTIL, "0" * 64, "signed")


@pytest.mark.parametrize(
    ("on", "covered"),
    [(date(2024, 2, 28), False), (SINCE, True), (date(2025, 2, 28), True), (UNTIL, False)],
)
def test_its_days_are_half_open(on: date, covered: bool) -> None:
    if covered:
        assert require([consent()], "A", ["invoices"], CREDIT, on) == ["A-invoices-credit_assessment"]
    else:
        with pytest.raises(Refusal, match="A has not allowed invoices for credit_assessment") as refusal:
            require([consent()], "A", ["invoices"], CREDIT, on)
        assert refusal.value.code == "no_consent"


@pytest.mark.parametrize(
    "other",
    [
        consent(party="B"),
        consent(scope="tax_returns"),
        consent(purpose="research"),
        consent(purpose="Credit_assessment"),
    ],
)
def test_another_party_scope_or_purpose_does_not_do(other: Consent) -> None:
    with pytest.raises(Refusal) as refusal:
        require([other], "A", ["invoices"], CREDIT, SINCE)
    assert refusal.value.code == "no_consent"


def test_each_scope_needs_one_and_the_first_missing_is_named() -> None:
    both = [consent(), consent(scope="tax_returns")]
    assert len(require(both, "A", ["invoices", "tax_returns"], CREDIT, SINCE)) == 2
    with pytest.raises(Refusal, match="A has not allowed bank_flow for credit_assessment or research on 2024-02-29"):
        require(both, "A", ["invoices", "bank_flow"], (*CREDIT, "research"), SINCE)


def test_one_of_several_purposes_is_enough() -> None:
    assert require([consent(purpose="research")], "A", ["invoices"], (*CREDIT, "research"), SINCE)


def test_given_twice_is_given_once_and_runs_until_withdrawn() -> None:
    first, again = (give("A", "invoices", "research", SINCE, "0" * 64, "file") for _ in range(2))
    assert first == again
    assert first.covers("invoices", ["research"], date(2999, 1, 1))
    others = [
        give(*words) for words in (
            ("B", "invoices", "research", SINCE, "0" * 64, "file"), ("A", "tax", "research", SINCE, "0" * 64, "file"),
            ("A", "invoices", "x", SINCE, "0" * 64, "file"), ("A", "invoices", "research", UNTIL, "0" * 64, "file"),
            ("A", "invoices", "research", SINCE, "1" * 64, "file"),
        )
    ]  # fmt: skip
    assert len({c.consent_id for c in (first, *others)}) == 6
