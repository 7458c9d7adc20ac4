"""Courts: what a firm or its owner is to a case, and numbers of cases as courts write them."""

import json
from datetime import date
from typing import Any

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import COURTS
from zhiwei.borrower.sources import courts
from zhiwei.values import BadInput

CASE = {
    "what": "executed", "case_no": "(2023)京0105执1234号", "court": "北京市朝阳区人民法院", "filed_on": "2023-06-01",
    "amount": "120000.00",
}  # fmt: skip


def read(*cases: Any) -> Parsed:
    return courts.read(json.dumps({"subject": "firm", "cases": cases}).encode(), "courts.json", "P1")


def test_a_case() -> None:
    parsed = read(CASE)
    assert parsed.tables["courts"].schema == COURTS
    assert parsed.tables["courts"].to_pylist() == [
        {
            "party_id": "P1", "subject": "firm", "what": "executed", "case_no": "（2023）京0105执1234号",
            "court": "北京市朝阳区人民法院", "filed_on": date(2023, 6, 1), "closed_on": None, "amount": 12_000_000,
        }
    ]  # fmt: skip
    assert not parsed.warnings


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("失信被执行人", "dishonest"), ("被执行人", "executed"), ("限制高消费", "restricted"),
        ("终结本次执行", "ended"),
        ("原告", "plaintiff"), ("被告", "defendant"), ("破产", "bankruptcy"),
    ],
)  # fmt: skip
def test_words_of_the_courts(word: str, what: str) -> None:
    assert (
        read({**CASE, "what": word}).tables["courts"].to_pylist()
        == read({**CASE, "what": what}).tables["courts"].to_pylist()
    )


def test_both_kinds_of_brackets_are_one_case() -> None:
    parsed = read(CASE, {**CASE, "case_no": "（2023）京0105执1234号"}, {**CASE, "what": "dishonest"})
    assert parsed.rows() == 2
    assert parsed.warnings == {"repeated row left out": 1}


def test_nothing_found_is_said_by_an_empty_list() -> None:
    assert read().tables["courts"].num_rows == 0


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"closed_on": "2023-05-31"}, "closed_on", "not before filed_on, 2023-06-01"),
        ({"what": "guilty"}, "what", "one of dishonest"), ({"case_no": None}, "case_no", "missing"),
        ({"filed_on": None}, "filed_on", "missing"), ({"amount": "-1"}, "amount", "zero or more"),
        ({"subject": "cousin"}, "subject", "one of firm, owner"), ({"court": ["x"]}, "court", "in quotes"),
    ],
)  # fmt: skip
def test_a_bad_case_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read(CASE, {**CASE, "case_no": "（2023）京0105执9号", **change})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("cases[1]", column)
    assert said in problem.problem
    assert parsed.rows() == 1


def test_an_odd_number_is_kept() -> None:
    parsed = read({**CASE, "case_no": "17"}, {**CASE, "case_no": "（2024）京0105执1号"})
    assert parsed.rows() == 2
    assert len(parsed.warnings) == 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"cases": 1}', b"a,b\n1,2\n", b"\x00\xff", b"[]"])
def test_what_is_no_court_file(content: bytes) -> None:
    with pytest.raises(BadInput):
        courts.read(content, "courts", "P1")
