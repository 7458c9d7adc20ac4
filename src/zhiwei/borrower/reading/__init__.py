"""Files of outsiders, opened with care: bounded, decoded, and never trusted; what every source stands on."""

from zhiwei.borrower.reading.files import open_xml, open_zip, text_of
from zhiwei.borrower.reading.parsed import MOST_PROBLEMS, Parsed, Problem, table_of

__all__ = ["MOST_PROBLEMS", "Parsed", "Problem", "open_xml", "open_zip", "table_of", "text_of"]
