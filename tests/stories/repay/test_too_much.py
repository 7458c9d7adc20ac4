"""Paying too much: nothing is turned away; the rest is kept for the borrower and pays the next bill."""


def test_kept_as_credit_and_used_when_the_next_bill_falls_due(teller) -> None:
    """1,000.00 too much; a later draw's bill of 13 days (695.50) takes it by itself, and nobody is late."""
    teller.draw("360,000", (3, 1))
    paid = teller.repay("361,160.50", (3, 4))  # three days: 160.50
    assert (paid.interest, paid.principal, paid.credit, paid.outstanding) == ("160.50", "360000.00", "1000.00", "0.00")
    assert teller.head((3, 4))["credit"] == "1000.00"
    assert teller.rows((3, 4))[-1] == ("2024-03-04", "overpaid", "0.00", "0.00")

    teller.draw("360,000", (3, 8))
    teller.close((3, 22))
    head = teller.head((3, 22))
    assert (head["credit"], head["due"], head["days_past_due"]) == ("304.50", "0.00", 0)
    assert teller.rows((3, 22))[-2:] == [
        ("2024-03-21", "billed", "0.00", "695.50"),
        ("2024-03-21", "repaid", "0.00", "-695.50"),
    ]
    assert teller.sound()


def test_credit_that_is_too_little_is_used_up_and_the_rest_is_late(teller) -> None:
    """April costs 31 x 53.50 = 1,658.50: 304.50 of credit are left for it, and 1,354.00 are late.

    On the 25th four days of 复利 are owed on that: 1,354.00 x 8.025 % x 4 / 360 = 1.207.
    """
    teller.draw("360,000", (3, 1))
    teller.repay("361,160.50", (3, 4))
    teller.draw("360,000", (3, 8))
    teller.close((4, 25))
    head = teller.head((4, 25))
    assert (head["credit"], head["due"], head["days_past_due"], head["status"]) == ("0.00", "1355.21", 4, "frozen")
    assert teller.sound()


def test_money_for_a_line_that_owes_nothing_is_all_credit(teller) -> None:
    paid = teller.repay("500", (3, 1))
    assert (paid.interest, paid.principal, paid.credit) == ("0.00", "0.00", "500.00")
    assert teller.repay("0.01", (3, 2)).credit == "0.01"
    assert teller.head((3, 2))["credit"] == "500.01"
    assert teller.sound()
