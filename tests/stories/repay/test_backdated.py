"""A payment counts from its value date, also when that day was closed or something later is known already."""


def test_on_a_closed_day(teller) -> None:
    """Half was repaid on the 11th (ten days: 535.00), heard of when the 22nd was closed: the next bill is halved.

    Ten days of the other half cost 267.50; one day of 复利 on it is 267.50 x 8.025 % x 1 / 360 = 0.060.
    """
    teller.draw("360,000", (3, 1))
    teller.close((3, 22))
    # As it was known: 20 days cost 1,070.00, and 复利 of a day on it is 1,070.00 x 8.025 % x 1 / 360 = 0.239
    assert teller.head((3, 22))["due"] == "1070.24"
    paid = teller.repay("180,535", (3, 11))
    assert (paid.interest, paid.principal, paid.penalty, paid.credit) == ("535.00", "180000.00", "0.00", "0.00")
    assert teller.rows((3, 22)) == [
        ("2024-03-01", "drawn", "360000.00", "0.00"),
        ("2024-03-11", "billed", "0.00", "535.00"),
        ("2024-03-11", "repaid", "-180000.00", "-535.00"),
        ("2024-03-21", "billed", "0.00", "267.50"),
    ]
    assert teller.head((3, 22))["due"] == "267.56"
    assert teller.sound()
    teller.close((3, 23))
    assert teller.sound()


def test_a_closed_days_book_stays_as_it_was(teller) -> None:
    """Value date 11 March, business date 23 March: the difference is entered on the first open day."""
    teller.draw("360,000", (3, 1))
    teller.close((3, 22))
    teller.repay("180,535", (3, 11))
    with teller.platform.unit("local") as unit:
        booked = unit.steps.rows(
            "select value_date, business_date from journal_entry where kind = 'repaid' order by number"
        )
    assert [(str(value), str(business)) for value, business in booked] == [("2024-03-11", "2024-03-23")]


def test_before_what_already_happened(teller) -> None:
    """100.00 of the 5th are known when 180,160.50 of the 4th are heard of, and are used as if they had come after them.

    Three days cost 160.50, and the day from the 4th to the 5th 180,000.00 x 5.35 % / 360 = 26.75: of the 100.00,
    73.25 are principal. The answer is what the payment changed: interest paid was 100.00 and is 187.25 now, principal
    paid was nothing and is 180,073.25.
    """
    teller.draw("360,000", (3, 1))
    assert teller.repay("100", (3, 5)).interest == "100.00"
    paid = teller.repay("180,160.50", (3, 4))
    assert (paid.interest, paid.principal, paid.credit) == ("87.25", "180073.25", "0.00")
    assert paid.outstanding == "179926.75"
    assert teller.rows((3, 5)) == [
        ("2024-03-01", "drawn", "360000.00", "0.00"),
        ("2024-03-04", "billed", "0.00", "160.50"),
        ("2024-03-04", "repaid", "-180000.00", "-160.50"),
        ("2024-03-05", "billed", "0.00", "26.75"),
        ("2024-03-05", "repaid", "-73.25", "-26.75"),
    ]
    assert teller.head((3, 5))["payoff"] == "179926.75"
    assert teller.sound()


def test_a_line_frozen_for_lateness_is_free_when_it_had_paid_in_time(teller) -> None:
    """The 1,070.00 of the 21st came on the 21st, heard of on the 26th: nobody was late, and no 复利 is owed."""
    teller.draw("360,000", (3, 1))
    teller.close((3, 25))
    assert teller.head((3, 25))["status"] == "frozen"
    paid = teller.repay("1,070", (3, 21))
    assert (paid.interest, paid.penalty, paid.status) == ("1070.00", "0.00", "open")
    head = teller.head((3, 26))
    assert (head["due"], head["days_past_due"], head["status"]) == ("0.00", 0, "open")
    assert teller.sound()


def test_money_that_came_before_money_that_came(teller) -> None:
    """On a line without a loan both are kept: the one heard of later does not undo the other."""
    teller.repay("360", (3, 13))
    teller.repay("71", (3, 1))
    assert teller.head((3, 13))["credit"] == "431.00"
    assert [row[:2] for row in teller.rows((3, 13))] == [("2024-03-01", "overpaid"), ("2024-03-13", "overpaid")]
    assert teller.sound()
