"""What the columns of a table mean: guessed, shown and applied. The file format is told in `columns.mapping`."""

from zhiwei.borrower.reading.columns.guess import guess
from zhiwei.borrower.reading.columns.mapping import Mapping, Sign
from zhiwei.borrower.reading.columns.preview import Preview, Shown, preview
from zhiwei.borrower.reading.columns.rows import read

__all__ = ["Mapping", "Preview", "Shown", "Sign", "guess", "preview", "read"]
