"""Text on the pages of an OFD -> what an invoice says, by place on the page: a label, and the value right of it.

The buyer stands left of the seller or above it; this is how the forms are drawn, no rule of a standard. So this is the
source of least trust for who is who.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from zhiwei.borrower.sources.einvoice.fields import Invoice, clean

LINE = 2.0  # mm: pieces whose tops are closer than this stand on one line
MOST_PIECES = 20_000
_NUMBER = re.compile(r"发票号码[:：]?\s*([0-9]{8}(?:[0-9]{12})?)(?![0-9])")
_CODE = re.compile(r"发票代码[:：]?\s*([0-9]{10}(?:[0-9]{2})?)(?![0-9])")
_ISSUED = re.compile(r"开票日期[:：]?\s*([0-9]{4}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日|[0-9]{4}-[0-9]{2}-[0-9]{2})")
_TAX_NO = re.compile(r"(?:识别号|社会信用代码)[:：]\s*([0-9A-Z]{15,20})(?![0-9A-Z])")
_NAME = re.compile(r"名\s*称[:：]\s*([^\s:：]+)")
_SUMS = re.compile(r"合\s*计\s*[¥￥]\s*(-?[0-9,]+\.[0-9]{2})\s*(?:[¥￥]\s*(-?[0-9,]+\.[0-9]{2})|(\*+))")
_TOTAL = re.compile(r"[(（]\s*小写\s*[)）]\s*[¥￥]?\s*(-?[0-9,]+\.[0-9]{2})")
_WORDS = re.compile(r"[(（]\s*大写\s*[)）]\s*((?:[(（]负数[)）])?\s*[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text object: its id, its words, and its place in mm from the left and the top of the page."""

    id: str
    text: str
    x: float
    y: float


def pieces(page: Element) -> Iterator[Piece]:
    """The text objects of a page or template; tags without namespaces."""
    for count, element in enumerate(page.iter("TextObject")):
        if count >= MOST_PIECES:
            return
        text = "".join(code.text or "" for code in element.iter("TextCode"))
        x, y = _corner(element.get("Boundary", ""))
        yield Piece(element.get("ID", ""), clean(text), x, y)


def _corner(boundary: str) -> tuple[float, float]:
    try:
        x, y = map(float, boundary.split()[:2])
    except ValueError:
        return 0.0, 0.0
    return (x, y) if math.isfinite(x) and math.isfinite(y) else (0.0, 0.0)


def lines(texts: Sequence[Piece]) -> list[str]:
    """Pieces as lines of text, from the top, each from the left."""
    found: list[str] = []
    line: list[Piece] = []
    for piece in sorted(texts, key=lambda one: one.y):
        if line and piece.y - line[0].y > LINE:
            found.append(_joined(line))
            line = []
        line.append(piece)
    return [*found, _joined(line)]


def _joined(line: list[Piece]) -> str:
    return " ".join(piece.text for piece in sorted(line, key=lambda one: one.x) if piece.text)


def invoice_on_page(texts: Sequence[Piece], place: str) -> Invoice | None:
    """What the page says, None where it shows no number of an invoice."""
    text = "\n".join(lines(texts))
    numbers, parties, names = _NUMBER.findall(text), _TAX_NO.findall(text), _NAME.findall(text)
    if len(set(numbers)) != 1:
        return None
    sums = _SUMS.search(text)
    both, named = len(parties) == 2, len(names) == 2  # one of two: whose it is cannot be said
    return Invoice(
        place, number=numbers[0], code=_first(_CODE, text), issued=_first(_ISSUED, text),
        buyer_no=parties[0] if both else "", seller_no=parties[1] if both else "",
        buyer=names[0] if named else "", seller=names[1] if named else "",
        amount=sums[1] if sums else "", tax=(sums[2] or sums[3]) if sums else "",
        total=_first(_TOTAL, text), words=_first(_WORDS, text), trust=1,
    )  # fmt: skip


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
