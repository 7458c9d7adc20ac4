"""What the columns of a table mean: guessed, shown and applied. The file format is told in `columns.mapping`."""

from zhiwei.borrower.reading.columns.guess import Guess, Question, Told, guess, understand
from zhiwei.borrower.reading.columns.mapping import Mapping, Sign, Whose
from zhiwei.borrower.reading.columns.preview import Preview, Shown, preview
from zhiwei.borrower.reading.columns.rows import read, whose_of

__all__ = [
    "Guess", "Mapping", "Preview", "Question", "Shown", "Sign", "Told", "Whose", "guess", "preview", "read",
    "understand", "whose_of",
]  # fmt: skip
