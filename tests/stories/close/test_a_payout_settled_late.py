"""A payout that the bank confirms weeks later, between days that are not closed yet."""


def test_the_day_still_closes_when_credit_came_after_it(teller) -> None:
    """Ordered on the 8th and unknown; on the 22nd the other loan is overpaid, then the bank says paid.

    Closing the 21st bills the late loan and finds credit that came on the 22nd, on a line whose other loan has lived
    past the 21st: the close must go through, the books stay sound, and the credit is used for what is due.
    """
    teller.draw("360,000", (3, 8))
    teller.bank.answers = ["unknown"]
    assert teller.draw("360,000", (3, 8), key="late").status == "ordered"
    paid = teller.repay("361,749", (3, 22))  # 14 days: 749.00; 1,000.00 too much
    assert (paid.outstanding, paid.credit) == ("0.00", "1000.00")
    assert teller.draw("360,000", (3, 8), key="late").status == "paid"
    teller.close((3, 23))
    assert teller.sound()
    head = teller.head((3, 23))
    assert (head["credit"], head["due"], head["days_past_due"]) == ("304.50", "0.00", 0)  # 13 days: 695.50
