"""Each file of decision/ is a decision table with cases worked out by hand; deciding them gives what stands there."""

import re
from pathlib import Path

import numpy as np
import pytest

from zhiwei.tables import DecisionTable, Problem, compile_table, micro, read_table, text

GOLDEN = sorted((Path(__file__).parent / "decision").glob("*.txt"))
Facts = dict[str, int | str | None]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_table_decides_as_its_cases_say(path: Path) -> None:
    table, cases = parsed(path)
    made = compile_table(table)
    for given, gives in cases:
        assert " | ".join(shown(one) for one in made.decide(given)) == gives, given
        assert " | ".join(shown(one) for one in made.explain(given).found) == gives, given


@pytest.mark.parametrize("path", [path for path in GOLDEN if path.stem != "collect"], ids=lambda path: path.stem)
def test_all_cases_at_once_give_the_same(path: Path) -> None:
    table, cases = parsed(path)
    facts = [given for given, _ in cases]
    columns = {name: column([given[name] for given in facts]) for name in facts[0]}
    spread = compile_table(table).over(columns, len(facts))
    outputs = {name: spread.output(name) for name in table.outputs}
    for row, (_, gives) in enumerate(cases):
        found = {name: values[row] if there[row] else None for name, (values, there) in outputs.items()}
        assert shown(found) == gives


def test_the_tables_are_there() -> None:
    assert {path.stem for path in GOLDEN} == {"first", "priority", "collect", "sum"}


def parsed(path: Path) -> tuple[DecisionTable, list[tuple[Facts, str]]]:
    _, content, cases = path.read_text("utf-8").split("\n\n")
    names = set(re.findall(r"(\w+)=", cases)) - set(re.findall(r"-> (\w+)", content))
    problems: list[Problem] = []
    table = read_table(f"{path.stem}.csv", content + "\n", names, problems, complete=path.stem in ("sum", "priority"))
    assert table, problems
    found = []
    for line in cases.splitlines()[1:]:
        left, gives = re.fullmatch(r"(.*?)\s{2,}(\S.*)", " " * (not line.strip()) + line).groups()
        facts: Facts = dict.fromkeys(names)
        for name, value in re.findall(r"(\w+)=(.*?)(?= \w+=|$)", left.strip()):
            number = re.fullmatch(r"-?[0-9.]+", value)
            facts[name] = micro(value) if number else value
        found.append((facts, "" if gives == "nothing" else gives.strip()))
    return table, found


def shown(found: dict[str, object]) -> str:
    said = {name: "?" if value is None else value if isinstance(value, str) else text(int(value))  # type: ignore[call-overload]
            for name, value in found.items()}  # fmt: skip
    return " ".join(f"{name}={value}" for name, value in said.items())


def column(values: list[int | str | None]) -> tuple[np.ndarray, np.ndarray]:
    words = any(isinstance(value, str) for value in values)
    plain = [("" if words else 0) if value is None else value for value in values]
    return np.array(plain, object if words else np.int64), np.array([value is not None for value in values])
