"""A declared form: documents and lines, what stands above the rows, what is wrong and what is only odd."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.reading import MOST_PROBLEMS, Parsed, Problem
from zhiwei.borrower.reading import forms as f
from zhiwei.borrower.reading.readers import charge, day, one_of, text
from zhiwei.values import BadInput

FORM = f.Form(
    "courts",
    "cases",
    {
        "subject": one_of({"firm": "firm", "owner": "owner"}), "what": text, "case_no": text, "filed_on": day,
        "amount": charge, "note": text,
    },
    needed=("subject", "case_no", "filed_on"),
    shared=("subject",),
    aside=("note",),
    wrong=lambda row: [("note", "this note is not allowed")] if row["note"] == "bad" else [],
    odd=lambda row: ["a note"] if row["note"] else [],
)  # fmt: skip
OTHER = f.Form("registry", "entries", {"on": day, "what": text, "value": text}, needed=("on", "what"))
CASE = {"subject": "firm", "what": "executed", "case_no": "1", "filed_on": "2024-03-01", "amount": "12.50"}


def read(content: Any, name: str = "cases.json", **more: Any) -> Parsed:
    if not isinstance(content, bytes):
        content = json.dumps(content, ensure_ascii=False).encode()
    return f.gather(content, name, more.pop("forms", [FORM]), **more).parsed("P1")


def lines(*rows: Any) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


def refused(content: Any, code: str, name: str = "cases.json", **more: Any) -> str:
    with pytest.raises(BadInput) as refusal:
        read(content, name, **more)
    assert refusal.value.code == code
    assert name in refusal.value.message
    return refusal.value.message


def test_a_document_and_lines_say_the_same() -> None:
    rows = [CASE, {**CASE, "case_no": "2", "amount": None}]
    document = read({"cases": rows})
    assert document.tables["courts"] == read(lines(*rows)).tables["courts"]
    assert document.tables["courts"].to_pylist()[1]["amount"] is None
    assert document.tables["courts"].to_pylist()[0] == {
        "party_id": "P1", "subject": "firm", "what": "executed", "case_no": "1", "court": None,
        "filed_on": day("2024-03-01"), "closed_on": None, "amount": 1250,
    }  # fmt: skip
    assert not document.problems
    assert not document.warnings


def test_one_line_is_lines_too() -> None:
    assert read(lines(CASE)).rows() == 1
    assert read(lines(CASE), "cases.ndjson").rows() == 1


def test_an_empty_list_says_that_there_is_nothing() -> None:
    assert read({"cases": []}).tables["courts"].num_rows == 0


def test_what_stands_above_holds_where_a_row_says_nothing() -> None:
    rows = [{key: CASE[key] for key in CASE if key != "subject"}, {**CASE, "case_no": "2", "subject": "owner"}]
    assert read({"subject": "firm", "cases": rows}).tables["courts"]["subject"].to_pylist() == ["firm", "owner"]
    assert read({"cases": rows}, given={"subject": "firm"}).tables["courts"]["subject"].to_pylist() == ["firm", "owner"]
    assert read({"cases": rows}).problems == [Problem("cases[0]", "subject", "", "missing")]
    message = refused({"subject": "x", "cases": rows}, "wrong_form")
    assert "subject x: expected one of firm, owner" in message


def test_facts_are_what_a_file_says_of_itself() -> None:
    parsed = read({"number": "R7", "cases": []}, facts={"number": text})
    assert parsed.facts == {"number": "R7"}
    assert read({"number": 7, "cases": []}, facts={"number": text}).problems == [
        Problem("cases.json", "number", "7", "expected text in quotes")
    ]


def test_several_lists() -> None:
    entry = {"on": "2024-01-01", "what": "status", "value": "存续"}
    document = read({"cases": [CASE], "entries": [entry]}, forms=[FORM, OTHER])
    as_lines = read(lines({**CASE, "record": "cases"}, {**entry, "record": "entries"}), forms=[FORM, OTHER])
    assert document.tables == as_lines.tables
    assert [table.num_rows for table in document.tables.values()] == [1, 1]
    lost = read(lines({**CASE, "record": "case"}, entry, {**CASE, "record": []}), forms=[FORM, OTHER])
    assert [(p.place, p.column, p.value) for p in lost.problems] == [
        ("line 1", "record", "case"), ("line 2", "record", ""), ("line 3", "record", "a list"),
    ]  # fmt: skip


def test_every_bad_cell_is_named_and_its_row_left_out() -> None:
    bad = {**CASE, "filed_on": "2024-02-30", "amount": -5, "case_no": " "}
    parsed = read({"cases": [CASE, bad, {**CASE, "case_no": "3"}]})
    assert parsed.problems == [
        Problem("cases[1]", "case_no", "", "missing"),
        Problem("cases[1]", "filed_on", "2024-02-30", "expected a day such as 2024-03-01"),
        Problem("cases[1]", "amount", "-5", "expected an amount of zero or more"),
    ]
    assert parsed.tables["courts"]["case_no"].to_pylist() == ["1", "3"]


def test_a_check_of_the_row_and_an_odd_row() -> None:
    parsed = read({"cases": [{**CASE, "note": "bad"}, {**CASE, "case_no": "2", "note": "x"}]})
    assert parsed.problems == [Problem("cases[0]", "note", "bad", "this note is not allowed")]
    assert parsed.warnings == {"a note": 1}
    assert "note" not in parsed.tables["courts"].column_names


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("7", "", "expected an object"), ("null", "", "expected an object"), ("[1]", "", "expected an object"),
        ('{"what": 1, "what": 2}', "what", "stands twice"), ("{", "", "not JSON that can be read"),
        ('{"amount": NaN}', "", "NaN is no number"), ('{"amount": 1e99999999999999999999}', "", "out of reason"),
        ("[" * 100_000, "", "nested too deep"), ("9" * 5000, "", "not JSON that can be read"),
    ],
)  # fmt: skip
def test_a_bad_line_leaves_the_others(row: str, column: str, said: str) -> None:
    parsed = read(lines(CASE, row, "", {**CASE, "case_no": "2"}), "cases.jsonl")
    assert parsed.rows() == 2
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("line 2", column)
    assert said in problem.problem


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "empty_file", "is empty"), (b" \n", "empty_file", "is empty"), (b"{", "not_json", "cases.json:1"),
        (b'{"cases":\n[\n{]}', "not_json", "cases.json:3"), (b"[]", "wrong_form", "a list"),
        (b"7", "wrong_form", "holds 7"), (b"null", "wrong_form", 'with a list "cases"'),
        (b"{}", "wrong_form", 'no list "cases"'), (b'{"rows": []}', "wrong_form", 'no list "cases"'),
        (b'{"cases": {}}', "wrong_form", "is an object, not a list"),
        (b'{"cases": [], "cases": []}', "wrong_form", "cases stands twice"),
        (b"[" * 100_000, "not_json", "nested too deep"), (b'{"cases": [Infinity]}', "not_json", "Infinity"),
        (b"\x00\x01\x02\xff", "not_text", "no text"), (b"a,b\n1,2\n", "not_json", "cases.json:1"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_as_a_whole(content: bytes, code: str, said: str) -> None:
    assert said in refused(content, code)


def test_unknown_fields_are_counted_and_never_many() -> None:
    parsed = read({"vendor": "x", "cases": [{**CASE, "score": 1}, {**CASE, "case_no": "2", "score": 2}]})
    assert parsed.warnings == {"unknown field vendor": 1, "unknown field score": 2}
    many = read({"cases": [{**CASE, **{f"x{at}": 1 for at in range(500)}}]})
    assert len(many.warnings) <= f.MOST_WARNINGS + 1
    assert sum(many.warnings.values()) == 500
    assert many.rows() == 1


def test_a_repeated_record() -> None:
    """The same in everything is one; another amount under the same key is nobody's to choose."""
    parsed = read({"cases": [CASE, dict(CASE), {**CASE, "amount": "13"}]})
    assert parsed.rows() == 1
    assert parsed.warnings == {"repeated row left out": 1}
    assert parsed.problems == [Problem("cases[2]", "case_no", "1", "the same record as cases[0] with another amount")]


def test_rows_without_a_key_are_all_kept() -> None:
    row = {key: CASE[key] for key in CASE if key != "what"}
    assert read({"cases": [row, row]}).rows() == 2


def test_too_many_problems_are_another_file() -> None:
    assert len(read({"cases": [1] * MOST_PROBLEMS}).problems) == MOST_PROBLEMS
    message = refused({"cases": [1] * (MOST_PROBLEMS + 1)}, "too_many_problems")
    assert "cases[0]" in message


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f, "MOST_ROWS", 3)
    assert read({"cases": [{**CASE, "case_no": str(at)} for at in range(3)]}).rows() == 3
    refused({"cases": [CASE] * 4}, "too_many_rows")
    refused(lines(*[CASE] * 4), "too_many_rows")


def test_a_large_document_should_be_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**CASE, "case_no": str(at)} for at in range(100)]
    monkeypatch.setattr(f, "LARGEST_DOCUMENT", 1000)
    refused({"cases": rows}, "file_too_large")
    assert read(lines(*rows)).rows() == 100


def test_a_line_is_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f, "LONGEST_LINE", 1000)
    parsed = read(lines(CASE, {**CASE, "note": "x" * 1000}), "cases.ndjson")
    assert parsed.rows() == 1
    assert "at most 1,000" in parsed.problems[0].problem


def test_a_file_of_empty_lines_costs_little() -> None:
    assert read(lines(CASE) + b"\n" * 5_000_000 + lines({**CASE, "case_no": "2"})).rows() == 2


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(code: str) -> None:
    content = json.dumps({"cases": [{**CASE, "what": "被执行人"}]}, ensure_ascii=False).encode(code)
    assert read(content).tables["courts"]["what"].to_pylist() == ["被执行人"]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"a,b", "x.json", True), (b"a,b", "X.NDJSON", True), (b' \n{"a"', "x.csv", True), (b"[", "x", True),
        (b"\xef\xbb\xbf{", "x", True), (b"a,b", "x.csv", False), (b"PK\x03\x04", "x.xlsx", False), (b"", "x", False),
    ],
)  # fmt: skip
def test_what_looks_like_json(content: bytes, name: str, told: bool) -> None:
    assert f.is_json(content, name) is told


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists) | st.just(CASE))
def test_any_json_is_read_or_refused(value: Any) -> None:
    for content in (value, {"cases": value}, {"cases": [value, CASE]}):
        try:
            parsed = read(content)
        except BadInput:
            continue
        assert parsed.rows() <= 2
