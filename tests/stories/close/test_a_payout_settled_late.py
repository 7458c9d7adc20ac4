"""A payout that the bank confirms weeks later, between days that are not closed yet.

A loan counts from its value date, whenever it is heard of: payments after that day meet it as if it had been known.
"""


def test_the_day_still_closes_when_credit_came_after_it(teller) -> None:
    """Ordered on the 8th and unknown; on the 22nd the other loan is overpaid, then the bank says paid.

    Closing the 21st bills the late loan, on a line whose other loan has lived past the 21st: the close must go
    through, the books stay sound, and what was too much for one loan is used for what the other owed on the 22nd.
    """
    teller.draw("360,000", (3, 8))
    teller.bank.answers = ["unknown"]
    assert teller.draw("360,000", (3, 8), key="late").status == "ordered"
    # 14 days: 749.00; 复利 of one day on 13 days' interest: 695.50 x 8.025 % x 1 / 360 = 0.155; 1,000.00 too much
    paid = teller.repay("361,749.16", (3, 22))
    assert (paid.outstanding, paid.credit) == ("0.00", "1000.00")
    assert teller.draw("360,000", (3, 8), key="late").status == "paid"
    teller.close((3, 23))
    assert teller.sound()
    head = teller.head((3, 23))
    # The 1,000.00 pay the late loan's 749.16 too, and 250.84 of principal: 720,000.00 - 360,250.84 are left.
    assert (head["credit"], head["due"], head["days_past_due"]) == ("0.00", "0.00", 0)
    # One more day: 359,749.16 x 5.35 % / 360 = 53.463
    assert (head["principal"], head["payoff"]) == ("359749.16", "359802.62")


def test_interest_of_the_late_loan_may_stand_over_the_limit(teller) -> None:
    """All of 1,000,000 is lent; 100,000 come back with 252.64 of interest and are drawn again; then the bank says paid.

    The 900,000 had cost 1,337.50 by then, which the payment paid first: that much more principal is out than the limit.
    """
    teller.draw("100,000", (3, 1))
    teller.bank.answers = ["unknown"]
    assert teller.draw("900,000", (3, 8), key="late").status == "ordered"
    teller.repay("100,252.64", (3, 18))
    teller.draw("100,000", (3, 18))
    assert teller.draw("900,000", (3, 8), key="late").status == "paid"
    assert teller.head((3, 18))["used"] == "1001337.50"
    assert teller.sound()


def test_a_line_that_is_late_when_the_bank_confirms_is_frozen_at_the_next_close(teller) -> None:
    """Confirmed on 2 April: the bill of 21 March is twelve days past due, so the close of the 2nd freezes the line.

    13 days cost 695.50, and twelve days of 复利 on it 695.50 x 8.025 % x 12 / 360 = 1.860.
    """
    teller.bank.answers = ["unknown"]
    teller.draw("360,000", (3, 8), key="late")
    teller.close((4, 1))
    assert teller.draw("360,000", (3, 8), key="late").status == "paid"
    teller.close((4, 2))
    head = teller.head((4, 2))
    assert (head["due"], head["days_past_due"], head["status"]) == ("697.36", 12, "frozen")
    assert teller.sound()


def test_credit_pays_what_the_late_payout_brings_at_the_next_close(teller) -> None:
    """Nobody is late on money we hold: 1,000.00 are with us since 1 March."""
    teller.repay("1,000", (3, 1))
    teller.bank.answers = ["unknown"]
    teller.draw("360,000", (3, 8), key="late")
    teller.close((4, 1))
    assert teller.draw("360,000", (3, 8), key="late").status == "paid"
    teller.close((4, 2))
    head = teller.head((4, 2))
    assert (head["due"], head["credit"], head["days_past_due"]) == ("0.00", "304.50", 0)
    assert teller.sound()


def test_what_was_too_much_later_pays_on_its_own_day(teller) -> None:
    """Too much on 10 April, the days before it closed afterwards: by the 10th at the latest nothing due is unpaid."""
    teller.draw("360,000", (3, 8))
    teller.bank.answers = ["unknown"]
    teller.draw("360,000", (3, 8), key="late")
    # 33 days: 1,765.50; 20 days of 复利 on the first 13: 695.50 x 8.025 % x 20 / 360 = 3.101; 1,000.00 too much
    assert teller.repay("362,768.60", (4, 10)).credit == "1000.00"
    assert teller.draw("360,000", (3, 8), key="late").status == "paid"
    teller.close((4, 10))
    head = teller.head((4, 10))
    # Each of two loans takes 1,768.60; the other 359,231.40 are principal, and 360,768.60 of 720,000.00 are left.
    assert (head["due"], head["credit"], head["status"]) == ("0.00", "0.00", "open")
    assert (head["principal"], head["payoff"]) == ("360768.60", "360768.60")
    assert teller.sound()


def test_what_is_confirmed_late_is_booked_in_an_open_day(teller) -> None:
    """Value date 8 March, business date after the last closed day: the books of a closed day stay as they were."""
    teller.bank.answers = ["unknown"]
    teller.draw("360,000", (3, 8), key="late")
    teller.close((4, 1))
    assert teller.draw("360,000", (3, 8), key="late").status == "paid"
    with teller.platform.unit("local") as unit:
        booked = unit.steps.rows("select kind, value_date, business_date from journal_entry order by number")
    assert [(kind, str(value), str(business)) for kind, value, business in booked][:1] == [
        ("drawn", "2024-03-08", "2024-04-02")
    ]
