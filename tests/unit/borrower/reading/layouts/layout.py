"""One layout of a bank's export, and the truth of what is in it, told by hand."""

from dataclasses import dataclass

Row = tuple[str, int, int | None]  # day, amount, balance (None: the layout has none) in minor units


@dataclass(frozen=True)
class Layout:
    """`rows` in any order; `currency` and `account` of its first row, None where the file does not say; `open`: what
    the file itself leaves to be decided; `aside`: how many rows are left out because they moved nothing; `chain`: no
    more than so many links of its balances are broken (its own mistakes).
    """

    content: bytes
    rows: list[Row]
    currency: str | None = None
    account: str | None = None
    open: frozenset[str] = frozenset()
    aside: int = 0
    chain: int = 0


def layout(
    text: str, rows: list[Row], encoding: str = "utf-8", currency: str | None = None, account: str | None = None,
    open_: str = "", aside: int = 0, chain: int = 0,
) -> Layout:  # fmt: skip
    """A layout of a text file; its first line break is only there to make it readable here."""
    content = text.removeprefix("\n").encode(encoding)
    return Layout(content, rows, currency, account, frozenset(open_.split()), aside, chain)
