"""What is wrong with a table before it runs: values that no row takes, rows that nothing reaches, rows in dispute.

The space of all inputs is walked column by column, each split where its tests change; inputs on which the same rows
are left are walked once. A table whose walk is too long to finish is refused: nobody could check it either.
"""

from zhiwei.tables.decision.table import DecisionTable
from zhiwei.tables.splits import Split
from zhiwei.tables.table import Problem

MOST_STEPS = 1_000_000
SHOWN = 5  # gaps told one by one


def check_table(file: str, table: DecisionTable) -> list[Problem]:
    """Gaps (first, priority), unreachable rows, and overlaps of equal priority that would give different outputs."""
    if not table.entries:
        return [Problem(file, 1, "", "the table has no rows")]
    walk = _Walk(table)
    try:
        walk.go(tuple(range(len(walk.entries))), 0, ())
    except OverflowError:
        hint = "split it, or test fewer inputs together"
        return [Problem(file, walk.entries[0].line, "", "too many combinations of inputs to check the table", hint)]
    found = [*_gaps(file, walk), *_disputes(file, walk), *_unreached(file, walk)]
    return sorted(found, key=lambda problem: problem.line)


class _Walk:
    """Collects what it meets: gaps in words, rows that win somewhere, pairs of equal priority that meet."""

    def __init__(self, table: DecisionTable) -> None:
        self.table, self.entries = table, table.ordered()
        cells = [[entry.tests[place] for entry in self.entries] for place in range(len(table.inputs))]
        self.splits = [Split(column) for column in cells]
        self.segments = [
            [split.segments(cell) for cell in column] for split, column in zip(self.splits, cells, strict=True)
        ]
        self.chooses = table.hit in ("first", "priority")
        self.seen: set[tuple[int, tuple[int, ...]]] = set()
        self.steps = 0
        self.gaps: list[tuple[str, ...]] = []
        self.untold = 0
        self.winners: set[int] = set()
        self.disputes: set[tuple[int, int]] = set()

    def go(self, rows: tuple[int, ...], place: int, path: tuple[str, ...]) -> None:
        if (place, rows) in self.seen:
            return
        self.seen.add((place, rows))
        if not rows:
            self._gap(path)
        elif place == len(self.splits):
            self._meet(rows)
        else:
            split = self.splits[place]
            left: list[list[int]] = [[] for _ in range(split.size)]
            for row in rows:
                for segment in self.segments[place][row]:
                    if self._possible(place, segment):
                        left[segment].append(row)
                self.steps += len(self.segments[place][row])
            if self.steps > MOST_STEPS:
                raise OverflowError
            for segment in range(split.size):
                if self._possible(place, segment):
                    self.go(tuple(left[segment]), place + 1, (*path, self._said(place, segment)))

    def _possible(self, place: int, segment: int) -> bool:
        """A column of numbers meets no words, and one of words no numbers."""
        split = self.splits[place]
        if segment == 0:
            return True
        return (segment >= split.other) if split.words else (segment < split.other)

    def _said(self, place: int, segment: int) -> str:
        return f"{self.table.inputs[place]} {self.splits[place].said(segment)}"

    def _gap(self, path: tuple[str, ...]) -> None:
        if self.chooses:
            if len(self.gaps) < SHOWN:
                self.gaps.append(path)
            else:
                self.untold += 1

    def _meet(self, rows: tuple[int, ...]) -> None:
        if not self.chooses:
            self.winners.update(rows)
            return
        self.winners.add(rows[0])
        first = self.entries[rows[0]]
        if self.table.hit == "priority":
            for row in rows[1:]:
                other = self.entries[row]
                if other.priority != first.priority:
                    break
                if other.outputs != first.outputs:
                    self.disputes.add((rows[0], row))


def _gaps(file: str, walk: _Walk) -> list[Problem]:
    hint = "add a row for it, or a last row of `-` whose empty outputs say that the value is missing"
    line = walk.entries[-1].line
    told = [Problem(file, line, "", f"no row takes {', '.join(gap)}", hint) for gap in walk.gaps]
    if walk.untold:
        told.append(Problem(file, line, "", f"no row takes {walk.untold} more combinations", hint))
    return told


def _unreached(file: str, walk: _Walk) -> list[Problem]:
    because = "rows before it take all it takes" if walk.table.hit == "first" else "those that win over it do"
    because = because if walk.chooses else "its tests never hold together"
    return [
        Problem(
            file, entry.line, "", f"nothing reaches this row: {because}" if walk.chooses else "this row never holds"
        )
        for row, entry in enumerate(walk.entries)
        if row not in walk.winners
    ]


def _disputes(file: str, walk: _Walk) -> list[Problem]:
    found = []
    for one, other in sorted(walk.disputes):
        first, second = sorted((walk.entries[one].line, walk.entries[other].line))
        message = f"overlaps the row of line {first} at the same priority {walk.entries[one].priority}"
        found.append(Problem(file, second, "priority", message, "give one of them another priority"))
    return found
