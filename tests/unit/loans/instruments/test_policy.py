"""The dated numbers: cited, and marked where they are practice rather than rule."""

from datetime import date

from zhiwei.loans.instruments.policy import parameters


def test_every_number_is_cited_and_only_regulation_is_sure() -> None:
    assert all(parameter.because and parameter.checked_on >= date(2026, 1, 1) for parameter in parameters())
    assert {parameter.name.split(".")[0] for parameter in parameters() if parameter.sure} == {"bill"}
