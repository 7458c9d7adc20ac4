"""A damaged table says what is wrong, in which line and column, and what to do; nothing is guessed."""

import pytest

from zhiwei.tables import Problem, compile_table, parse_expression, read_table, write_table
from zhiwei.tables.decision.table import MOST_ROWS

KNOWN = {"sales": "number", "months": "number", "region": "text"}
SOUND = "sales,region,-> limit,-> word\n< 5,'a',sales * 2,'x'\n-,-,3,'y'\n"


def problems_of(content: str) -> list[Problem]:
    found: list[Problem] = []
    assert (read_table("u/t.csv", content, KNOWN, found) is None) is bool(found)
    return found


def test_a_sound_table_has_no_problems_and_survives_writing() -> None:
    table = read_table("u/t.csv", SOUND, KNOWN, [])
    assert table is not None
    assert read_table("u/t.csv", write_table(table), KNOWN, []) == table


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said"),
    [
        ("< 5", "< five", 2, "sales", "cannot read '< five'"),
        ("< 5", "'a'", 2, "sales", "tests text, and sales is number (numbers stand without quotes)"),
        ("'a'", "5", 2, "region", "tests number, and region is text (texts stand in quotes)"),
        ("'a'", "'a", 2, "region", "cannot read"),
        ("sales * 2", "sals * 2", 2, "-> limit", "unknown name 'sals' (did you mean 'sales'?)"),
        ("sales * 2", "region * 2", 2, "-> limit", "region is text, and cannot be calculated with"),
        ("sales * 2", "sales ** 2", 2, "-> limit", "unexpected '*' at character 8"),
        ("sales * 2", "'much'", 3, "-> limit", "3 is number, and limit is text"),
        ("'y'", "y", 3, "-> word", "unknown name 'y'"),
        ("'y'", "'y", 3, "-> word", "cannot read the text 'y"),
        (",3,", ",3,4,", 3, "-> word", "5 cells where the header has 4"),
        ("sales,region", "sals,region", 1, "sals", "unknown fact 'sals' (did you mean 'sales'?)"),
        ("sales,region", "sales,sales", 1, "sales", "column sales stands twice"),
        ("-> limit,-> word", "limit,word", 1, "", "the table has no output"),
        ("sales,region", "-> a,-> b", 1, "", "the table has no input"),
        ("-> word", "-> ", 1, "->", "'->' is no name of a column"),
        ("-> word", "# remark", 1, "# remark", "notes for people stand under '# note'"),
        ("sales,", "priority,", 1, "priority", "has a column `priority`, and its hit policy is not"),
        ("-,-,3,'y'\n", "", 2, "", "no row takes sales null"),
        ("-,-,3,'y'\n", "-,'a',3,'y'\n", 3, "", "no row takes sales null, region null"),
        ("-,-,3,'y'\n", "-,-,3,'y'\n> 3,'a',1,''\n", 4, "", "nothing reaches this row: rows before it take all"),
        (SOUND, "# hit: frist\n" + SOUND, 1, "", "unknown hit policy 'frist' (did you mean 'first'?)"),
        (SOUND, "# hit: sum\n" + SOUND, 3, "-> word", "'x' is text, and word is number"),
        (SOUND, "# hit: priority\n" + SOUND, 2, "priority", "the table has no column `priority`"),
        (SOUND, "", 1, "", "the table has no header"),
        (SOUND, "sales,region,-> limit\n", 1, "", "the table has no rows"),
        (SOUND, 'sales,region,-> limit\n"', 2, "", "not a CSV"),
    ],
)  # fmt: skip
def test_damage_is_named_with_its_place(old: str, new: str, line: int, column: str, said: str) -> None:
    first = problems_of(SOUND.replace(old, new, 1))[0]
    assert (first.file, first.line, first.column) == ("u/t.csv", line, column), str(first)
    assert said in str(first)


def test_rows_in_dispute_over_priority_are_named() -> None:
    content = "# hit: priority\nsales,priority,-> x\n-,1,5\n> 3,2,6\n> 9,2,7\n"
    assert [str(one) for one in problems_of(content)] == [
        "u/t.csv:5: column priority: overlaps the row of line 4 at the same priority 2 "
        "(give one of them another priority)",
        "u/t.csv:5: nothing reaches this row: those that win over it do",
    ]


def test_a_table_nobody_could_check_is_refused() -> None:
    """Twenty inputs that all matter together have more combinations than anybody will look at."""
    names = [f"f{n}" for n in range(20)]
    rows = [
        ",".join(["> 0" if place in (n, (n * 7 + 3) % 20) else "-" for place in range(20)]) + ",1" for n in range(20)
    ]
    content = "\n".join([",".join([*names, "-> x"]), *rows, ",".join(["-"] * 20 + ["2"])]) + "\n"
    found: list[Problem] = []
    assert read_table("t.csv", content, names, found) is None
    assert "too many combinations" in found[0].message


def test_a_table_has_a_longest_length() -> None:
    content = "sales,-> x\n" + "1,1\n" * MOST_ROWS
    assert f"more than {MOST_ROWS:,} lines" in problems_of(content)[0].message


def test_the_trace_says_which_inputs_nobody_knows() -> None:
    table = read_table("t.csv", "sales,region,-> x,# note\n> 5,'a',1,big\n-,-,,else\n", KNOWN, [])
    assert table is not None
    told = compile_table(table).explain({"sales": None, "region": "a", "months": None})
    assert told.unknown == ("sales",)
    assert [(row.line, row.note, row.tests) for row in told.rows] == [(3, "else", ())]
    known = compile_table(table).explain({"sales": 6_500_000, "region": "a", "months": None})
    assert (known.unknown, known.rows[0].tests) == ((), (("sales", "6.5", "> 5"), ("region", "a", "'a'")))


def test_an_index_finds_the_row_among_thousands() -> None:
    """8,000 rows of region x industry: each pair finds its own, and what nobody lists finds none."""
    pairs = [(f"r{n // 80}", n % 80) for n in range(8000)]
    rows = "".join(f"'{region}',{industry},{place}\n" for place, (region, industry) in enumerate(pairs))
    table = read_table("t.csv", f"region,sales,-> place\n{rows}-,-,\n", KNOWN, [])
    assert table is not None
    decide = compile_table(table).decide
    for place in (0, 79, 80, 4321, 7999):
        region, industry = pairs[place]
        assert decide({"region": region, "sales": industry * 10**6})[0]["place"] == place * 10**6
    for region, industry in (("r1", 80_000_000), ("r1", 500_000), ("x", 0), (None, 0), ("r1", None)):
        assert decide({"region": region, "sales": industry})[0]["place"] is None


def test_an_expression_keeps_its_value_where_64_bits_end() -> None:
    import numpy as np

    columns = {"a": (np.array([2**62, 5, 0, 3]), np.array([True, True, True, False]))}
    values, present = parse_expression("a * 1000000000 / 1000000000 + a").over(columns, 4)
    assert (values.tolist()[:3], present.tolist()) == ([2**63, 10, 0], [True, True, True, False])
