"""Tables as CSV text: rows with their line numbers, and problems that say file, line, column and what to do."""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a product folder. `line` is 1-based, `column` a column's name or a character."""

    file: str
    line: int
    column: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f": column {self.column}" if self.column else "")
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Row:
    """A CSV row: its first line in the file and its cells by column name."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def read_rows(file: str, content: str, columns: Iterable[str], problems: list[Problem]) -> list[Row]:
    """Rows of a CSV with exactly these columns; what is wrong goes to `problems`."""
    wanted = list(columns)
    reader = csv.reader(io.StringIO(content), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        if sorted(header) != sorted(wanted):
            problems.append(Problem(file, 1, "", f"columns are {header}", f"expected {wanted}"))
            return []
        line = reader.line_num + 1
        for cells in reader:
            if cells and not cells[0].startswith("#"):
                if len(cells) != len(header):
                    message = f"{len(cells)} cells where the header has {len(header)}"
                    problems.append(Problem(file, line, header[min(len(cells), len(header)) - 1], message))
                else:
                    rows.append(Row(line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(file, line, "", f"not a CSV: {error}"))
    return rows


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt name, or ''."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else ""
