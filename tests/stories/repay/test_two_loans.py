"""Two loans on one line share its limit; a repayment takes all interest first, then the oldest loan's principal."""


def test_the_oldest_principal_first(teller) -> None:
    """Until 21 March: 20 days of the first (1,070.00), 10 of the second (535.00); 361,605.00 end the first loan."""
    teller.draw("360,000", (3, 1))
    teller.draw("360,000", (3, 11))
    assert teller.head((3, 11))["available"] == "280000.00"
    paid = teller.repay("361,605", (3, 21))
    assert (paid.interest, paid.principal, paid.outstanding) == ("1605.00", "360000.00", "360000.00")
    rows = teller.rows((3, 21))
    assert sorted(rows) == [
        ("2024-03-01", "drawn", "360000.00", "0.00"),
        ("2024-03-11", "drawn", "360000.00", "0.00"),
        ("2024-03-21", "billed", "0.00", "1070.00"),
        ("2024-03-21", "billed", "0.00", "535.00"),
        ("2024-03-21", "repaid", "-360000.00", "-1070.00"),
        ("2024-03-21", "repaid", "0.00", "-535.00"),
    ]
    teller.close((4, 21))
    assert teller.head((4, 21))["due"] == "1658.50"
    assert teller.sound()


def test_one_late_loan_freezes_the_line_for_both(teller) -> None:
    """20 days cost 1,070.00; four days late, 复利 on it is 1,070.00 x 8.025 % x 4 / 360 = 0.954."""
    teller.draw("360,000", (3, 1))
    teller.draw("360,000", (3, 21))  # on the due day: its own first bill is of April
    teller.close((3, 25))
    head = teller.head((3, 25))
    assert (head["due"], head["status"], head["available"]) == ("1070.95", "frozen", "0.00")
    assert teller.sound()
