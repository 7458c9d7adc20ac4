"""A rule speaks when its test holds, and says the fact and the threshold; a missing fact has an effect of its own."""

import pytest

from zhiwei.tables import Document, Problem, Rule, rules_from_csv, rules_from_toml

HEADER = "code,fact,test,effect,if_missing,zh,en\n"


def only(row: str) -> Rule:
    problems: list[Problem] = []
    (rule,) = rules_from_csv("r.csv", HEADER + row, {"gap", "sales"}, problems)
    assert problems == []
    return rule


def test_a_rule_names_the_fact_and_the_threshold() -> None:
    reason = only("R1,gap,> 0.3,refer,pass,断票,A gap\n").judge({"gap": 300_001})
    assert reason is not None
    assert (reason.code, reason.effect, reason.fact, reason.value, reason.threshold, reason.zh, reason.en) == (
        "R1", "refer", "gap", "0.300001", "> 0.3", "断票", "A gap"
    )  # fmt: skip
    assert only("R1,gap,> 0.3,refer,pass,断票,A gap\n").judge({"gap": 300_000}) is None


@pytest.mark.parametrize(
    ("test", "if_missing", "effect"),
    [("> 1", "pass", None), ("> 1", "decline", "decline"), ("> 1", "note", "note"), ("null", "pass", "refer"),
     ("> 1, null", "pass", "refer")],
)  # fmt: skip
def test_a_missing_fact(test: str, if_missing: str, effect: str | None) -> None:
    """`if_missing` decides, unless the test itself asks for null."""
    reason = only(f'R1,gap,"{test}",refer,{if_missing},z,e\n').judge({"gap": None})
    assert (reason and reason.effect) == effect
    assert reason is None or reason.value is None


@pytest.mark.parametrize(
    ("row", "column", "said", "hint"),
    [
        ("R1,gpa,> 1,refer,pass,z,e", "fact", "unknown fact 'gpa'", "did you mean 'gap'?"),
        ("R1,gap,> ,refer,pass,z,e", "test", "cannot read '>'", ""),
        ("R1,gap,-,refer,pass,z,e", "test", "always speaks", "write a test"),
        ("R1,gap,> 1,reject,pass,z,e", "effect", "unknown effect 'reject'", "one of decline"),
        ("R1,gap,> 1,refer,skip,z,e", "if_missing", "unknown if_missing 'skip'", "one of pass"),
        (",gap,> 1,refer,pass,z,e", "code", "code is empty", ""),
        ("R1,gap,> 1,refer,pass,,e", "zh", "zh is empty", ""),
        ("R1,gap,> 1,refer,pass,z,", "en", "en is empty", ""),
    ],
)
def test_a_wrong_cell_is_named(row: str, column: str, said: str, hint: str) -> None:
    problems: list[Problem] = []
    assert rules_from_csv("r.csv", f"{HEADER}R0,gap,> 1,refer,pass,z,e\n{row}\n", {"gap"}, problems)[1:] == ()
    assert [(p.line, p.column) for p in problems] == [(3, column)]
    assert said in problems[0].message
    assert hint in problems[0].hint


def test_blocks_of_toml_make_the_same_rules() -> None:
    """And each remembers its line, where a later check finds it."""
    problems: list[Problem] = []
    keys = 'fact = "gap"\ntest = "> 0.3"\neffect = "refer"\nzh = "z"\nen = "e"\n'
    document = Document("r.toml", f'[[check]]\ncode = "R1"\n{keys}[[check]]\ncode = "R2"\n{keys}', problems)
    rules = rules_from_toml(document, "check", {"gap"})
    assert problems == []
    assert rules[0] == only("R1,gap,> 0.3,refer,pass,z,e\n")
    assert [rule.line for rule in rules] == [2, 9]
