"""CSV rows keep their line numbers, and what is wrong with a file is said with its line."""

import pytest

from zhiwei.tables import Problem, Row, did_you_mean, read_rows

COLUMNS = ("code", "test", "zh")


def rows(content: str) -> tuple[list[Row], list[Problem]]:
    problems: list[Problem] = []
    return read_rows("f.csv", content, COLUMNS, problems), problems


def test_rows_know_their_first_line() -> None:
    """Quoted line breaks, blank lines, comments, CRLF, columns in another order, spaces around cells."""
    found, problems = rows('zh, code ,test\r\n"two\r\nlines",A,< 5\r\n\r\n# a, comment\r\n 中 , B ,"[1..2), null"\r\n')
    assert problems == []
    assert [(row.line, row["code"], row["test"]) for row in found] == [(2, "A", "< 5"), (6, "B", "[1..2), null")]
    assert (found[0]["zh"], found[1]["zh"]) == ("two\r\nlines", "中")


@pytest.mark.parametrize(
    ("content", "line", "column", "said"),
    [
        ("", 1, "", "columns are []"),
        ("code,test\nA,1\n", 1, "", "columns are ['code', 'test']"),
        ("code,test,zh,zh\nA,1,x,y\n", 1, "", "columns are"),
        ("code,tset,zh\nA,1,x\n", 1, "", "columns are ['code', 'tset', 'zh']"),
        ("\ufeffcode,test,zh\nA,1,x\n", 1, "", "columns are ['\\ufeffcode'"),
        ('code,test,zh\n"a\nb",1,x\nB,1\n', 4, "test", "2 cells where the header has 3"),
        ("code,test,zh\nA,1,x,y\n", 2, "zh", "4 cells where the header has 3"),
        ('code,test,zh\nA,1,x\nB,"open,\n\n', 3, "", "not a CSV"),
        ('code,test,zh\n"A"x,1,x\n', 2, "", "not a CSV"),
        ('"code,test,zh\n', 1, "", "not a CSV"),
    ],
)
def test_what_is_wrong_has_its_line(content: str, line: int, column: str, said: str) -> None:
    """A quote that is never closed is reported where it opens, not at the end of the file."""
    _, problems = rows(content)
    assert [(p.file, p.line, p.column) for p in problems] == [("f.csv", line, column)]
    assert said in problems[0].message


def test_one_bad_row_does_not_hide_the_others() -> None:
    found, problems = rows("code,test,zh\nA\nB,1,x\nC,1\n")
    assert ([row.line for row in found], [p.line for p in problems]) == ([3], [2, 4])


def test_a_misspelt_name_gets_a_suggestion_and_nonsense_gets_none() -> None:
    assert did_you_mean("sales_12", ["sales_12m", "purchases_12m"]) == "did you mean 'sales_12m'?"
    assert did_you_mean("zzz", ["sales_12m"]) == ""
