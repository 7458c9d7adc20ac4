"""What the law lets a lender charge, by kind and day; and which dated rates of a product are above it."""

from datetime import date

import pytest

from zhiwei.credit.underwriting.pricing.caps import legal_cap, lender_kinds, over_the_law, read_caps
from zhiwei.tables import Parameter, Problem, micro


@pytest.mark.parametrize(
    ("kind", "on", "cap"),
    [
        ("bank", date(2017, 8, 3), None),
        ("bank", date(2017, 8, 4), "0.24"),
        ("bank", date(2026, 1, 1), "0.24"),
        ("private", date(2020, 8, 19), "0.24"),
        ("private", date(2020, 8, 20), "0.154"),  # 4 x 3.85 %
        ("private", date(2024, 1, 1), "0.138"),  # 4 x 3.45 %
        ("private", date(2025, 1, 1), "0.124"),  # 4 x 3.10 %
        ("private", date(2025, 6, 1), "0.12"),  # 4 x 3.00 %
        ("microlender", date(2027, 12, 30), "0.24"),
        ("microlender", date(2027, 12, 31), "0.12"),
        ("grocer", date(2026, 1, 1), None),
    ],
)
def test_the_cap_of_a_kind_of_lender_on_a_day(kind: str, on: date, cap: str | None) -> None:
    found = legal_cap(kind, on)
    assert (found and found.on(on)) == (None if cap is None else micro(cap))


def dated(*values: tuple[date, str]) -> list[Parameter]:
    return [Parameter("rate_cap", since, micro(value), "", since, True) for since, value in values]


@pytest.mark.parametrize(
    ("kind", "values", "over"),
    [
        ("bank", [(date(2018, 1, 1), "0.24")], []),
        ("bank", [(date(2018, 1, 1), "0.2401")], [(date(2018, 1, 1), date(2018, 1, 1))]),
        ("bank", [(date(2017, 1, 1), "0.36")], [(date(2017, 1, 1), date(2017, 8, 4))]),  # the law came later
        ("bank", [(date(2017, 1, 1), "0.36"), (date(2017, 8, 4), "0.24")], []),
        # 15 % is inside 4 x 3.80 % = 15.2 %, and above 4 x 3.70 % = 14.8 % of 2022-01-20.
        ("private", [(date(2021, 1, 1), "0.15")], [(date(2021, 1, 1), date(2022, 1, 20))]),
        ("private", [(date(2021, 1, 1), "0.15"), (date(2022, 1, 20), "0.12")], []),
        ("private", [(date(2021, 1, 1), "0.15"), (date(2022, 1, 20), "0.149")],
         [(date(2022, 1, 20), date(2022, 1, 20))]),
        ("grocer", [(date(2021, 1, 1), "0.99")], []),
    ],
)  # fmt: skip
def test_a_rate_is_held_against_the_law_for_as_long_as_it_is_in_force(
    kind: str, values: list[tuple[date, str]], over: list[tuple[date, date]]
) -> None:
    found = over_the_law(
        [*dated(*values), Parameter("other", date(2021, 1, 1), micro("0.9"), "", date.max, True)], kind
    )
    assert [(one.parameter.since, one.day) for one in found] == over


def test_the_kinds_are_those_of_the_table() -> None:
    assert {"bank", "partner_bank", "microlender", "private"} <= set(lender_kinds())


@pytest.mark.parametrize(
    ("value", "line", "said"),
    [('"4 x SHIBOR"', 4, "neither a rate"), ('"24 %"', 4, "neither a rate"), ("0.24", 4, "must be str")],
)
def test_a_row_of_the_table_says_a_rate_or_a_multiple_of_the_lpr(value: str, line: int, said: str) -> None:
    problems: list[Problem] = []
    row = f'[[cap]]\nkinds = ["bank"]\nfrom = 2020-01-01\nvalue = {value}\nbecause = "x"\nchecked_on = 2020-01-01\n'
    read_caps("caps.toml", row + "sure = true\n", problems)
    assert problems[0].line == line
    assert said in problems[0].message
