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


def over_loans(amount: int, due: Sequence[int], interest: Sequence[int], principal: Sequence[int]) -> list[int]:
    """What each loan of a line gets (loans oldest first): all that is due, then interest to date, then principal.

    `due` is part of `interest` + `principal`. Paying what is due cures a line, whatever else has accrued by then.
    """
    first = allocate(amount, due)
    left = amount - sum(first)
    second = allocate(left, [max(0, owed - paid) for owed, paid in zip(interest, first, strict=True)])
    whole = [i + p for i, p in zip(interest, principal, strict=True)]
    got = [a + b for a, b in zip(first, second, strict=True)]
    third = allocate(amount - sum(got), [owed - paid for owed, paid in zip(whole, got, strict=True)])
    return [a + b for a, b in zip(got, third, strict=True)]
