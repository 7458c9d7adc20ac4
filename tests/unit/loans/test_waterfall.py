"""Who is paid first: 费用 -> 利息 -> 本金 (民法典 561), over one claim after another and over a line's loans."""

import pytest

from zhiwei.loans import allocate, over_loans


@pytest.mark.parametrize(
    ("amount", "parts"), [(0, (0, 0, 0)), (50, (50, 0, 0)), (150, (100, 20, 30)), (999, (100, 20, 300))]
)
def test_each_claim_in_turn(amount: int, parts: tuple[int, ...]) -> None:
    assert allocate(amount, (100, 20, 300)) == parts


@pytest.mark.parametrize(
    ("amount", "parts"), [(15, [10, 5]), (30, [10, 20]), (100, [80, 20]), (1030, [510, 520]), (9999, [510, 520])]
)
def test_all_interest_of_the_line_before_any_principal(amount: int, parts: list[int]) -> None:
    assert over_loans(amount, [0, 0], [10, 20], [500, 500]) == parts


@pytest.mark.parametrize(("amount", "parts"), [(12, [0, 12]), (15, [0, 15]), (25, [10, 15]), (40, [20, 20])])
def test_what_is_due_comes_before_what_has_only_accrued(amount: int, parts: list[int]) -> None:
    """The second loan's 15 are due; its other 5 of interest and the first loan's 10 are not yet."""
    assert over_loans(amount, [0, 15], [10, 20], [500, 500]) == parts
