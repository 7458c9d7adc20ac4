"""Rules: one row, one test on one fact, one reason code. Read from CSV rows or TOML blocks with the same keys."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from zhiwei.tables.cells import Cell, parse_cell
from zhiwei.tables.scale import text
from zhiwei.tables.table import Problem, did_you_mean, read_rows
from zhiwei.tables.toml import Document
from zhiwei.values import Reason

EFFECTS = ("decline", "refer", "note")
COLUMNS = ("code", "fact", "test", "effect", "if_missing", "zh", "en")
Facts = Mapping[str, int | None]
Report = Callable[[str, str, str], None]  # column, message, hint


@dataclass(frozen=True, slots=True)
class Rule:
    """Speaks when `cell` holds for the fact, and with effect `if_missing` (pass: not at all) when that is missing."""

    code: str
    fact: str
    cell: Cell
    effect: str
    if_missing: str
    zh: str
    en: str
    line: int = field(default=0, compare=False)  # of its file, for whoever finds something wrong with it later

    def judge(self, facts: Facts) -> Reason | None:
        value = facts[self.fact]
        if value is None and not self.cell.null:
            if self.if_missing == "pass":
                return None
            return self._reason(self.if_missing, None)
        return self._reason(self.effect, value) if self.cell.holds(value) else None

    def _reason(self, effect: str, value: int | None) -> Reason:
        shown = None if value is None else text(value)
        return Reason(self.code, effect, self.zh, self.en, self.fact, shown, self.cell.source)


def make_rule(cells: Mapping[str, str], facts: Collection[str], report: Report, line: int) -> Rule | None:
    """A rule from its cells; problems go to `report`, and then there is no rule."""
    sound = True
    if cells["fact"] not in facts:
        report("fact", f"unknown fact {cells['fact']!r}", did_you_mean(cells["fact"], facts))
        sound = False
    for column, known in (("effect", EFFECTS), ("if_missing", ("pass", *EFFECTS))):
        if cells[column] not in known:
            report(column, f"unknown {column} {cells[column]!r}", f"one of {', '.join(known)}")
            sound = False
    for column in ("code", "zh", "en"):
        if not cells[column]:
            report(column, f"{column} is empty", "")
            sound = False
    try:
        cell = parse_cell(cells["test"])
    except ValueError as error:
        report("test", str(error), "")
        return None
    if cell.any:
        report("test", "a rule that always speaks says nothing", "write a test such as > 0.3")
        return None
    names = ("code", "fact", "effect", "if_missing", "zh", "en")
    code, fact, effect, missing, zh, en = (cells[name] for name in names)
    return Rule(code, fact, cell, effect, missing, zh, en, line) if sound else None


def rules_from_csv(file: str, content: str, facts: Collection[str], problems: list[Problem]) -> tuple[Rule, ...]:
    rules = []
    for row in read_rows(file, content, COLUMNS, problems):

        def report(column: str, message: str, hint: str, line: int = row.line) -> None:
            problems.append(Problem(file, line, column, message, hint))

        rules.append(make_rule(row.cells, facts, report, row.line))
    return tuple(rule for rule in rules if rule)


def rules_from_toml(
    document: Document, name: str, facts: Collection[str], extra: Collection[str] = ()
) -> tuple[Rule, ...]:
    """Rules from [[name]] blocks; `extra` are further keys the chapter allows (dates, citations)."""
    rules = []
    for index in range(len(document.tables(name))):
        document.only((name, index), {*COLUMNS, *extra})
        cells = {column: document.take((name, index, column), str, _default(column)) for column in COLUMNS}

        def report(column: str, message: str, hint: str, index: int = index) -> None:
            document.problem((name, index, column), message, hint)

        rules.append(make_rule(cells, facts, report, document.line((name, index, "code"))))
    return tuple(rule for rule in rules if rule)


def _default(column: str) -> str | None:
    return "pass" if column == "if_missing" else None
