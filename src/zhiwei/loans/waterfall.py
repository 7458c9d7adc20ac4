"""Allocation of a payment over what is owed, in the product's order (default: interest, then principal).

Decided: 费用 -> 利息 -> 本金 (民法典 561). Others do: principal first past 90 days; that order comes with classes.
"""

from collections.abc import Sequence


def allocate(amount: int, owed: Sequence[int]) -> tuple[int, ...]:
    """Parts of `amount` over `owed` from first to last; the sum is min(amount, Σ owed)."""
    parts = []
    for claim in owed:
        part = min(amount, claim)
        parts.append(part)
        amount -= part
    return tuple(parts)


def over_loans(amount: int, interest: Sequence[int], principal: Sequence[int]) -> list[int]:
    """What each loan of a line gets (loans oldest first): all interest before any principal."""
    first = allocate(amount, interest)
    rest = allocate(amount - sum(first), principal)
    return [a + b for a, b in zip(first, rest, strict=True)]
