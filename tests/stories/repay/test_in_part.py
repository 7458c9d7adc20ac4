"""Repaying in part: interest first, then principal; the line is free again by what was principal."""

import pytest


def test_part_of_the_interest_only(teller) -> None:
    """Ten days cost 535.00; 500.00 leave 35.00 to be paid on the due day with the next ten days'."""
    teller.draw("360,000", (3, 1))
    paid = teller.repay("500", (3, 11))
    assert (paid.interest, paid.principal, paid.credit, paid.outstanding) == ("500.00", "0.00", "0.00", "360035.00")
    teller.close((3, 21))
    head = teller.head((3, 21))
    assert (head["due"], head["interest_billed"], head["principal"]) == ("570.00", "570.00", "360000.00")
    assert head["days_past_due"] == 0
    assert teller.sound()


def test_interest_and_some_principal(teller) -> None:
    """Ten days cost 535.00, so 180,535.00 halve the principal, and ten more days cost half."""
    teller.draw("360,000", (3, 1))
    paid = teller.repay("180,535", (3, 11))
    assert (paid.interest, paid.principal, paid.outstanding) == ("535.00", "180000.00", "180000.00")
    assert teller.head((3, 11))["available"] == "820000.00"
    assert teller.head((3, 21))["due"] == "267.50"
    assert teller.sound()


@pytest.mark.parametrize(("days", "compound"), [(0, 0), (10, 0), (20, 0), (30, 2.39)])
def test_all_of_it_early_on_any_day(teller, days: int, compound: float) -> None:
    """民法典 677: interest for the days the money was used and no more; then nothing is owed, today or later.

    On day 30 the bill of day 20 is ten days late, and 复利 on it is owed: 1,070.00 x 8.025 % x 10 / 360 = 2.385.
    """
    teller.draw("360,000", (3, 1))
    on = (3, 1 + days)
    owed = teller.head(on)["payoff"]
    assert owed == f"{360_000 + 53.5 * days + compound:.2f}"
    paid = teller.repay(owed, on)
    assert (paid.principal, paid.credit, paid.outstanding, paid.status) == ("360000.00", "0.00", "0.00", "open")
    teller.close((5, 31))
    head = teller.head((5, 31))
    assert (head["payoff"], head["used"], head["available"]) == ("0.00", "0.00", "1000000.00")
    assert (head["days_past_due"], head["next_due"]) == (0, None)
    assert teller.sound()


def test_the_statement_tells_it_in_order(teller) -> None:
    teller.draw("360,000", (3, 1))
    teller.repay("180,535", (3, 11))
    teller.close((3, 20))
    teller.repay("180,267.50", (3, 21))
    assert teller.rows((3, 21)) == [
        ("2024-03-01", "drawn", "360000.00", "0.00"),
        ("2024-03-11", "billed", "0.00", "535.00"),
        ("2024-03-11", "repaid", "-180000.00", "-535.00"),
        ("2024-03-21", "billed", "0.00", "267.50"),
        ("2024-03-21", "repaid", "-180000.00", "-267.50"),
    ]
