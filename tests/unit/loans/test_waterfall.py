"""Who is paid first: 费用 -> 利息 -> 本金 (民法典 561), over one claim after another and over a line's loans."""

import pytest

from zhiwei.loans.waterfall import BUCKETS, LEGAL, Allocation, Order, read_allocation, spread
from zhiwei.tables import Document, Problem


def test_the_law_turns_around_past_90_days() -> None:
    assert [LEGAL.order(days).mode for days in (0, 90, 91, 900)] == ["horizontal", "horizontal", "vertical", "vertical"]
    assert LEGAL.order(90).buckets == BUCKETS


def test_nothing_owed_nothing_paid() -> None:
    assert spread(100, [], LEGAL.order(0)) == []
    assert spread(0, [[1, 2, 3, 4, 5]], LEGAL.order(0)) == [[0] * 5]
    with pytest.raises(ValueError, match="came in"):
        spread(-1, [[1, 2, 3, 4, 5]], LEGAL.order(0))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Order(None, "diagonal", BUCKETS), lambda: Order(-1, "vertical", BUCKETS),
        lambda: Order(None, "vertical", BUCKETS[1:]), lambda: Order(None, "vertical", (*BUCKETS, "fee")),
        lambda: Allocation(()), lambda: Allocation((Order(90, "vertical", BUCKETS),)),
        lambda: Allocation((Order(None, "vertical", BUCKETS), Order(None, "vertical", BUCKETS))),
        lambda: Allocation(
            (Order(90, "vertical", BUCKETS), Order(90, "vertical", BUCKETS), Order(None, "vertical", BUCKETS))
        ),
    ],
)  # fmt: skip
def test_orders_that_leave_something_out(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"mode is|until is|buckets are|orders have"):
        wrong()


def read(content: str) -> tuple[Allocation, list[Problem]]:
    problems: list[Problem] = []
    return read_allocation(Document("loans.toml", content, problems)), problems


def test_a_product_writes_its_own() -> None:
    found, problems = read(
        """
[[allocation]]
until = 30
mode = "vertical"
buckets = ["interest", "principal", "fee", "penalty", "compound"]

[[allocation]]
mode = "horizontal"
buckets = ["principal", "interest", "fee", "penalty", "compound"]
"""
    )
    assert not problems
    assert [(order.until, order.mode, order.buckets[0]) for order in found.orders] == [
        (30, "vertical", "interest"), (None, "horizontal", "principal"),
    ]  # fmt: skip
    assert read("") == (LEGAL, [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[allocation]]\nmode = "vertical"\nbuckets = ["fee"]',
         "buckets are fee, compound, penalty, interest, principal"),
        (f'[[allocation]]\nuntil = 9\nmode = "vertical"\nbuckets = {list(BUCKETS)}', "orders have a rising `until`"),
        ('[[allocation]]\nuntill = 9', "unknown key 'untill'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said(content: str, message: str) -> None:
    _, problems = read(content)
    assert problems[0].message.startswith(message)
