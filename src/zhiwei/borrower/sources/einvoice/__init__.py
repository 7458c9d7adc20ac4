"""Electronic VAT invoices (数电票 and what came before) as XML, as OFD, or a zip of many -> `invoices`.

A row is what the invoice says; sums that do not agree, rates that are none and numbers that name another province are
counted in `warnings`. `facts` has `red_of:<number>` -> number of the blue invoice that a red one takes back.
"""

from zhiwei.borrower.sources.einvoice.chinese_amount import from_words, in_words
from zhiwei.borrower.sources.einvoice.delivery import read, read_many

KINDS = ("invoices",)

__all__ = ["KINDS", "from_words", "in_words", "read", "read_many"]
