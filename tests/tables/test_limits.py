"""Each file of limits/ is a limit table with cases worked out by hand: the limit, and the term that binds."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhiwei.credit.underwriting import Policy, Scorecard, advise_limit, read_terms
from zhiwei.credit.underwriting.scoring import Bin, Calibration
from zhiwei.credit.underwriting.terms import Grade
from zhiwei.tables import Parameter, Problem, micro, parse_cell, text

GOLDEN = sorted((Path(__file__).parent / "limits").glob("*.txt"))
ON = date(2026, 1, 1)
CASE = re.compile(r"^(\S.*\S)\s{2,}(\d+) (\w+)$", re.MULTILINE)


def cases() -> list[tuple[str, str, str, str, str]]:
    found = []
    for path in GOLDEN:
        _, table, rows = path.read_text("utf-8").split("\n\n")
        found += [(path.stem, table, *row) for row in CASE.findall(rows)]
        assert len(CASE.findall(rows)) == len(rows.strip().splitlines()), path
    return found


@pytest.mark.parametrize(("name", "table", "facts", "limit", "binds"), cases())
def test_a_limit_is_what_the_table_says(name: str, table: str, facts: str, limit: str, binds: str) -> None:
    known = {fact: None if value == "?" else micro(value) for fact, value in (one.split("=") for one in facts.split())}
    problems: list[Problem] = []
    terms = read_terms("limit.csv", table + "\n", known, problems)
    assert problems == []
    card = Scorecard(
        {"rest": (Bin("rest", parse_cell("null"), 0, "S01", "无", "none"),)},
        Calibration(600, Decimal(500), Decimal(20), Decimal("0.02")),
    )
    rates = {"base_rate": "0.02", "rate_floor": "0.04", "rate_cap": "0.15"}
    dated = tuple(Parameter(rate, ON, micro(value), "", ON, True) for rate, value in rates.items())
    policy = Policy((), card, (Grade("A", parse_cell("-")),), terms, (), dated, micro("10000"), 0)
    advice = advise_limit(policy, {**known, "rest": None}, ON)
    assert text(advice.limit) == limit
    assert (advice.outcome if advice.outcome != "approve" else advice.binding) == binds


@pytest.mark.parametrize("rows", ["a,others,甲,a\n", "a,others,甲,a\nb,others * 2,乙,b\nc,1,丙,c\n"])
def test_the_others_are_terms_that_do_not_name_them_back(rows: str) -> None:
    problems: list[Problem] = []
    read_terms("limit.csv", f"term,value,zh,en\n{rows}", {}, problems)
    assert {one.message for one in problems} == {"unknown name 'others'"}


def test_the_tables_are_there() -> None:
    assert {path.stem for path in GOLDEN} == {"tax_multiple", "collateral", "capacity_and_exposure", "joint_group"}
