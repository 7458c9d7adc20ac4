"""A Document knows the line and character of every key, however the file is laid out."""

import tomllib
from datetime import date

import pytest

from zhiwei.tables import Document, Problem

TRICKY = '''\
# name = "a comment"
name = "x = 1 # [not] a comment"
  indented = 1
text = """
name = 2
[check]
"quoted" \\""" still text
"""
bare = \'\'\'
[[check]] \'\'\'   # ] not a bracket
list = [ # [
  "a ] = b",
  [1, 2],
  [ "# no comment", [3] ],
]
after = 'C:\\' # the backslash ends nothing
a.b = 1
"quoted key" = 1

  [table]
inside = [] # ]
[[check]]
code = "A"
  [check.why]
  said = 1
[[check]]   # the second
because = "it's"
code = "B"
[[check.part]]
n = 1
[[check.part]]
n = 2
[x.y]
z = 1
'''


def test_every_key_of_a_tricky_file_has_its_line_and_character() -> None:
    """Comments, strings over lines, arrays over lines, indents, dotted keys, tables inside arrays of tables."""
    tomllib.loads(TRICKY)
    places = Document("f.toml", TRICKY, []).places
    assert places == {
        ("name",): (2, 1), ("indented",): (3, 3), ("text",): (4, 1), ("bare",): (9, 1), ("list",): (11, 1),
        ("after",): (16, 1), ("a",): (17, 1), ("a", "b"): (17, 1), ("table",): (20, 1), ("table", "inside"): (21, 1),
        ("check",): (22, 1), ("check", 0): (22, 1), ("check", 0, "code"): (23, 1), ("check", 0, "why"): (24, 1),
        ("check", 0, "why", "said"): (25, 3), ("check", 1): (26, 1), ("check", 1, "because"): (27, 1),
        ("check", 1, "code"): (28, 1), ("check", 1, "part", 0): (29, 1), ("check", 1, "part", 0, "n"): (30, 1),
        ("check", 1, "part", 1): (31, 1), ("check", 1, "part", 1, "n"): (32, 1), ("x", "y"): (33, 1), ("x",): (33, 1),
        ("x", "y", "z"): (34, 1),
    }  # fmt: skip


def test_odd_line_breaks_inside_a_comment_do_not_count() -> None:
    """TOML breaks lines at LF and CRLF only; a person's editor does the same."""
    document = Document("f.toml", "# a\u2028b\x85c\r\nx = 1\r\n", [])
    assert document.places == {("x",): (2, 1)}


def test_a_problem_stands_where_its_key_is_or_the_nearest_that_exists() -> None:
    problems: list[Problem] = []
    document = Document("f.toml", TRICKY, problems)
    document.problem(("check", 1, "code"), "wrong")
    document.problem(("check", 1, "effect"), "is missing")
    document.problem(("nowhere",), "is missing")
    assert [(p.line, p.column) for p in problems] == [(28, "1"), (26, "1"), (1, "1")]
    assert str(problems[0]) == "f.toml:28: column 1: wrong"


def test_what_is_taken_has_its_type_or_is_a_problem() -> None:
    problems: list[Problem] = []
    content = 'n = true\ns = 1\nf = 0.5\nd = 2019-01-01\nt = 2019-01-01T00:00:00\nw = "2019-01-01"\nunknwon = 1\n'
    document = Document("f.toml", content, problems)
    assert (document.take(("n",), int), document.take(("s",), str), document.take(("gone",), str)) == (0, "", "")
    assert document.take(("gone",), str, "default") == "default"
    assert (document.number(("f",)), document.number(("s",)), document.number(("n",))) == ("0.5", "1", "0")
    assert document.day(("d",)) == date(2019, 1, 1)
    assert (document.day(("t",)), document.day(("w",)), document.day(("gone",))) == (None, None, None)
    document.only((), {"n", "s", "f", "d", "t", "w", "unknown"})
    said = [(p.line, p.message) for p in problems]
    assert said == [
        (1, "n must be int, not True"), (2, "s must be str, not 1"), (1, "gone is missing"),
        (1, "n must be str, not True"), (5, "t must be a date such as 2019-01-01"),
        (6, "w must be a date such as 2019-01-01"), (1, "gone must be a date such as 2019-01-01"),
        (7, "unknown key 'unknwon'"),
    ]  # fmt: skip
    assert problems[-1].hint == "did you mean 'unknown'?"


def test_a_single_bracket_where_blocks_are_expected() -> None:
    problems: list[Problem] = []
    assert Document("f.toml", "\n[check]\ncode = 1\n", problems).tables("check") == []
    assert (problems[0].line, problems[0].message) == (2, "check must be written as [[check]] blocks")


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [("a = 1\nb = \n", 2, "5"), ("a = 1\na = 2\n", 2, "6"), ("[a\n", 1, "3"), ('a = """\nx\n', 3, "")],
)
def test_what_is_no_toml_is_one_problem_and_hides_no_other_file(content: str, line: int, column: str) -> None:
    """The place is the parser's; that everything else is `missing` then is not said."""
    problems: list[Problem] = []
    document = Document("f.toml", content, problems)
    document.take(("a",), str)
    document.only((), set())
    assert [(p.file, p.line, p.column) for p in problems] == [("f.toml", line, column)]
    assert problems[0].message.startswith("not TOML: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = " + "[" * 5_000, "nested too deeply"), ("a = " + "{a=" * 5_000, "nested too deeply"),
        ("a = " + "9" * 5_000, "digits"), ("\n" + "a." * 50_000 + "a = 1", "more than 20 parts"),
        ("[" + "a . " * 21 + "a]", "more than 20 parts"), ('"a b".' * 21 + "a = 1", "more than 20 parts"),
        ("'.'.a-b." * 11 + "a = 1", "more than 20 parts"), ("a = 2024-02-30", "Invalid date"),
    ],
)  # fmt: skip
def test_hostile_text_is_a_problem_and_soon_told(content: str, said: str) -> None:
    problems: list[Problem] = []
    assert Document("f.toml", content, problems).values == {}
    [problem] = problems
    assert said in problem.message
    assert problem.line == content.count("\n") + 1


@pytest.mark.parametrize("content", ["a." * 19 + "a = 1", 'a = "' + "x" * 100_000 + '"', "a = '" + ". " * 50_000 + "'"])
def test_long_text_is_no_long_key(content: str) -> None:
    problems: list[Problem] = []
    assert Document("f.toml", content, problems).values
    assert problems == []
