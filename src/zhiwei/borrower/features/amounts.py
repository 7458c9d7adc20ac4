"""What single amounts look like: round, repeated, and their first digits against Benford's law."""

import numpy as np

from zhiwei.borrower.features.windows import Bools, Floats, Rows, ratio

ROUND = 100_000  # 分: whole thousands of 元
FEWEST_DIGITS = 100  # amounts of which first digits say something
_BENFORD = np.log10(1 + 1 / np.arange(1, 10))


def round_share(rows: Rows, where: Bools, fen: Floats) -> Floats:
    """Rows of whole thousands of 元, as a share of rows."""
    return ratio(rows.count(where & (fen % ROUND == 0)), rows.count(where))


def repeated_share(rows: Rows, where: Bools, fen: Floats) -> Floats:
    """Rows whose amount occurs more than once in the party's rows, as a share of rows."""
    who, amounts = rows.who[where], fen[where].astype(np.int64)
    order = np.lexsort((amounts, who))
    who, amounts = who[order], amounts[order]
    same = (who[1:] == who[:-1]) & (amounts[1:] == amounts[:-1])
    twin = np.zeros(len(who), dtype=bool)
    twin[1:] |= same
    twin[:-1] |= same
    found = np.bincount(who[twin], minlength=rows.parties).astype(np.float64)
    return ratio(found, rows.count(where))


def first_digit_distance(rows: Rows, where: Bools, fen: Floats) -> Floats:
    """Mean absolute distance of the shares of first digits from Benford's; NaN below FEWEST_DIGITS amounts."""
    chosen = where & (np.abs(fen) >= 1)
    amounts = np.abs(fen[chosen])
    digit = (amounts // 10.0 ** np.floor(np.log10(amounts))).astype(np.int64)
    cells = rows.who[chosen] * 9 + np.clip(digit, 1, 9) - 1
    counts = np.bincount(cells, minlength=rows.parties * 9).reshape(rows.parties, 9).astype(np.float64)
    many = counts.sum(axis=1)
    distance = np.abs(counts / np.maximum(many, 1)[:, None] - _BENFORD).mean(axis=1)
    return np.where(many >= FEWEST_DIGITS, distance, np.nan)
