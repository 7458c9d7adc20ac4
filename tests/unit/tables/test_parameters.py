"""Policy numbers hold from their date on, and one that is not in force yet is never assumed."""

from datetime import date

import pytest

from zhiwei.tables import Document, Parameter, Problem, read_parameters, value_on, values_on
from zhiwei.values import Refusal

BLOCK = '[[parameter]]\nname = "{}"\nfrom = {}\nvalue = {}\nbecause = "x"\nchecked_on = 2026-01-01\nsure = true\n'


def read(*blocks: tuple[str, str, str]) -> tuple[tuple[Parameter, ...], list[Problem]]:
    problems: list[Problem] = []
    content = "".join(BLOCK.format(*block) for block in blocks)
    return read_parameters(Document("p.toml", content, problems)), problems


def test_the_value_in_force_is_the_latest_that_has_begun() -> None:
    """Whatever the order in the file; the first day counts; before it there is no value."""
    parameters, problems = read(
        ("cap", "2024-01-01", '"0.24"'), ("cap", "2020-08-20", "0.154"), ("lgd", "2019-01-01", "1")
    )
    assert problems == []
    assert values_on(parameters, date(2018, 12, 31)) == {}
    assert values_on(parameters, date(2020, 8, 19)) == {"lgd": 1_000_000}
    assert value_on(parameters, "cap", date(2020, 8, 20)) == 154_000
    assert value_on(parameters, "cap", date(2023, 12, 31)) == 154_000
    assert value_on(parameters, "cap", date(2024, 1, 1)) == 240_000


def test_before_its_first_date_a_value_is_refused() -> None:
    parameters, _ = read(("cap", "2020-08-20", "0.154"))
    with pytest.raises(Refusal, match="no value of cap is in force on 2020-08-19") as refusal:
        value_on(parameters, "cap", date(2020, 8, 19))
    assert refusal.value.code == "no_parameter"


@pytest.mark.parametrize(
    ("block", "line", "said"),
    [
        (("cap", '"2020-08-20"', "1"), 3, "from must be a date"),
        (("cap", "2020-08-20T00:00:00", "1"), 3, "from must be a date"),
        (("cap", "2020-08-20", '"1,5"'), 4, "not a number: '1,5'"),
        (("cap", "2020-08-20", "nan"), 4, "not a number"),
        (("cap", "2020-08-20", "true"), 4, "must be str, not True"),
        (("cap", "2020-08-20", '"9999999999999"'), 4, "too large"),
    ],
)
def test_a_wrong_parameter_is_a_problem_at_its_line(block: tuple[str, str, str], line: int, said: str) -> None:
    _, problems = read(block)
    assert [p.line for p in problems] == [line]
    assert said in problems[0].message


def test_two_values_from_one_day_are_a_problem() -> None:
    _, problems = read(("cap", "2020-08-20", "1"), ("cap", "2020-08-20", "2"))
    assert [(p.line, p.message) for p in problems] == [(10, "cap has two values from 2020-08-20")]


def test_what_is_not_cited_is_a_problem() -> None:
    problems: list[Problem] = []
    content = '[[parameter]]\nname = "cap"\nfrom = 2020-08-20\nvalue = "1"\nunsure = true\n'
    assert read_parameters(Document("p.toml", content, problems)) == ()
    assert {p.message for p in problems} == {
        "unknown key 'unsure'", "parameter.0.because is missing", "checked_on must be a date such as 2019-01-01"
    }  # fmt: skip
