"""What people do to a loan as it lives; each story ends with a sound book. 360,000 cost 53.50 a day, due the 21st."""

from dataclasses import replace
from datetime import date

import pytest

from zhiwei.journeys import (
    Change,
    amend,
    approve_amendment,
    change_line,
    propose_amendment,
    propose_change,
    quote,
    statement,
)
from zhiwei.loans.events import (
    Charge,
    Event,
    Misuse,
    RateChange,
    Refund,
    Renewal,
    Reschedule,
    Reversal,
    Technical,
    Transfer,
    Waiver,
    WriteOff,
)
from zhiwei.loans.terms import Repayment
from zhiwei.values import Actor, Forbidden, Refusal, fen

SECOND = Actor("local", "second")


def day(month: int, of: int) -> date:
    return date(2024, month, of)


class Desk:
    """One person proposes, another approves; what one person may do alone is done at once."""

    def __init__(self, teller) -> None:
        self.teller, self.number = teller, 0

    def happen(self, event: Event):
        self.number += 1
        books, key = self.teller.platform, f"amend {self.number}"
        try:
            return amend(books=books, by=books.actor, key=key, line=self.teller.line, event=event)
        except Forbidden:
            asked = propose_amendment(books=books, by=books.actor, key=key, line=self.teller.line, event=event)
            with pytest.raises(Forbidden):
                approve_amendment(books=books, by=books.actor, proposal=asked.proposal)
            done = approve_amendment(books=books, by=SECOND, proposal=asked.proposal)
            assert approve_amendment(books=books, by=SECOND, proposal=asked.proposal) == done
            return done

    def loans(self) -> set[str]:
        """Those that count: what is reversed does not."""
        books = self.teller.platform
        found = statement(books=books, by=books.actor, line=self.teller.line, on=day(3, 18))
        return {row["loan"] for row in found.rows}

    def totals(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        with self.teller.platform.unit("local") as unit:
            for account, _, amount in unit.journal.totals():
                sums[account] = sums.get(account, 0) + amount
        return {account: amount for account, amount in sums.items() if amount}


@pytest.fixture
def desk(teller) -> Desk:
    return Desk(teller)


def test_a_bounced_payment_is_as_if_it_had_never_been(teller, desk) -> None:
    """Paid on the 22nd, closed to the 25th, then the bank takes it back: the line is late since the 21st."""
    teller.draw("360,000", (3, 8))
    paid = teller.repay("695.50", (3, 21))
    teller.close((3, 23))
    assert teller.head((3, 23))["due"] == "0.00"
    desk.happen(Reversal("", day(3, 24), of=paid.event))
    teller.close((3, 25))
    head = teller.head((3, 25))
    # 695.50 x 8.025 % x 4 / 360 = 0.62 of compound interest
    assert (head["due"], head["days_past_due"], head["status"]) == ("696.12", 4, "frozen")
    assert teller.sound()
    with pytest.raises(Refusal) as refused:
        desk.happen(Reversal("", day(3, 26), of=paid.event))
    assert refused.value.code == "already_reversed"


def test_a_payment_heard_of_late_gives_the_same_state(teller, desk) -> None:
    """On time and late, the state of the 31st is one; only the journal knows when it was heard of."""
    teller.draw("360,000", (3, 8))
    teller.close((3, 27))
    teller.repay("100,000", (3, 19))
    teller.close((3, 31))
    head = teller.head((3, 31))
    # 11 days of 360,000: 588.50, so 99,411.50 of principal; 2 days of the rest: 77.45, 10 days of 8.025 % on it: 0.17
    assert (head["principal"], head["due"], head["days_past_due"]) == ("260588.50", "77.62", 10)
    assert teller.sound()
    with teller.platform.unit("local") as unit:
        kinds = [entry.kind for entry in unit.journal.entries() if entry.loan]
    assert set(kinds) <= {"drawn", "accrued", "repaid", "reversed"}


def test_a_rate_for_a_time(teller, desk) -> None:
    """Interest pauses from the 11th to the 16th: 3 + 5 days cost 53.50 each by the 21st, not 13."""
    teller.draw("360,000", (3, 8))
    desk.happen(RateChange("", day(3, 11), until=day(3, 16), because="flood relief"))
    for on in ((3, 15), (3, 16), (3, 18), (3, 21)):
        teller.close(on)
        assert teller.sound(), on
    assert teller.head((3, 21))["due"] == "428.00"
    assert teller.sound()


def test_an_extension_and_a_new_due_day(teller, desk) -> None:
    """展期: principal and interest to 21 June; nothing falls due on 21 March, 105 days x 53.50 do in June."""
    loan = teller.draw("360,000", (3, 8)).loan
    plan = Repayment("revolving", periods=0)
    desk.happen(Reschedule("", day(3, 20), loan, plan, matures_on=day(6, 21), because="extension"))
    teller.close((6, 21))
    assert teller.head((3, 31))["due"] == "0.00"
    assert teller.head((6, 21))["due"] == "365617.50"
    assert teller.sound()


def test_a_restructuring_that_capitalises(teller, desk) -> None:
    """Interest of 12 days (642.00) becomes principal; the rest is paid in three equal parts of principal."""
    loan = teller.draw("360,000", (3, 8)).loan
    plan = Repayment("revolving", periods=0, due_day=1)
    desk.happen(Reschedule("", day(3, 20), loan, plan, day(7, 1), capitalise=True))
    head = teller.head((3, 20))
    assert (head["principal"], head["interest_accrued"], head["interest_billed"]) == ("360642.00", "0.00", "0.00")
    teller.close((4, 1))
    assert teller.head((4, 1))["due"] == "643.14"  # 360,642.00 x 5.35 % x 12 / 360
    assert teller.sound()


def test_renewal_without_repaying_principal(teller, desk) -> None:
    """无还本续贷: no cash moves; the old loan keeps its interest to date, the new one runs from that day."""
    loan = teller.draw("360,000", (3, 8)).loan
    before = desk.totals()["cash"]
    desk.happen(Renewal("", day(3, 18), loan, until=date(2025, 3, 18)))
    assert desk.totals()["cash"] == before
    assert "renewal_clearing" not in desk.totals()
    head = teller.head((3, 18))
    assert (head["principal"], head["interest_billed"], head["used"]) == ("360000.00", "535.00", "360000.00")
    teller.close((3, 21))
    assert teller.head((3, 21))["due"] == "695.50"  # 535.00 of the old loan and three days of the new
    assert teller.sound()


def test_money_that_had_come_before_a_renewal_is_the_borrowers(teller, desk) -> None:
    """100,000 of the 13th, heard of after the renewal: the old loan owed less, the new one lent 360,000."""
    loan = teller.draw("360,000", (3, 8)).loan
    desk.happen(Renewal("", day(3, 18), loan, until=date(2025, 3, 18)))
    teller.repay("100,000", (3, 13))
    assert "renewal_clearing" not in desk.totals()
    head = teller.head((3, 20))
    assert (head["principal"], head["credit"]) == ("360000.00", "99732.50")  # 267.50 was interest of five days
    assert teller.sound()


def test_a_renewal_and_its_new_loan_are_undone_together(teller, desk) -> None:
    loan = teller.draw("360,000", (3, 8)).loan
    teller.close((3, 18))  # so that interest to date is in the books before and after
    for undo in ("the renewal", "its new loan"):
        before, totals = teller.head((3, 18)), desk.totals()
        renewed = desk.happen(Renewal("", day(3, 18), loan, until=date(2025, 3, 18))).event
        [new] = desk.loans() - {loan}
        desk.happen(Reversal("", day(3, 18), "", renewed if undo == "the renewal" else new))
        assert (teller.head((3, 18)), desk.totals(), desk.loans()) == (before, totals, {loan})
    assert teller.sound()


def test_write_off_and_recovery(teller, desk) -> None:
    """核销: off the books against the allowance, the claim stays; what comes back later restores the allowance."""
    loan = teller.draw("360,000", (3, 8)).loan
    teller.close((3, 31))
    desk.happen(WriteOff("", day(4, 1), loan))
    assert "loan_principal" not in desk.totals()
    assert desk.totals()["written_off_claims"] == 36_000_000
    teller.close((4, 10))
    assert "interest_receivable" not in desk.totals()
    paid = teller.repay("50,000", (4, 11))
    # 34 days x 53.50 of interest, and 695.50 x 8.025 % x 21 / 360 = 3.26 of compound interest
    assert (paid.interest, paid.penalty, paid.principal, paid.status) == ("1819.00", "3.26", "48177.74", "frozen")
    assert desk.totals()["written_off_claims"] == 36_000_000 - fen(paid.principal)
    assert teller.sound()


def test_a_sale_to_another_owner(teller, desk) -> None:
    loan = teller.draw("360,000", (3, 8)).loan
    desk.happen(Transfer("", day(3, 18), loan, price=fen("350,000"), owner="another bank"))
    # 360,000 of principal and 535.00 of interest for 350,000
    assert desk.totals()["transfer_result"] == fen("10,535")
    assert teller.head((3, 31))["payoff"] == "0.00"
    teller.close((3, 31))
    assert teller.sound()


def test_a_fee_and_relief_from_it(teller, desk) -> None:
    loan = teller.draw("360,000", (3, 8)).loan
    desk.happen(Charge("", day(3, 10), loan, fen("200"), "valuation"))
    assert teller.head((3, 10))["due"] == "200.00"
    desk.happen(Waiver("", day(3, 11), loan, fee=fen("50")))
    assert teller.repay("150", (3, 12)).fee == "150.00"
    assert teller.head((3, 12))["due"] == "0.00"
    assert "fee_receivable" not in desk.totals()
    assert desk.totals()["fee_income"] == -fen("150")
    assert teller.sound()


def test_relief_from_penalties(teller, desk) -> None:
    """Ten days late: 695.50 x 8.025 % x 10 / 360 = 1.55 is waived, the interest itself is not."""
    loan = teller.draw("360,000", (3, 8)).loan
    teller.close((3, 30))
    desk.happen(Waiver("", day(3, 31), loan, compound=fen("100")))
    assert teller.head((3, 31))["due"] == "695.50"
    assert teller.sound()


def test_credit_is_paid_back(teller, desk) -> None:
    teller.draw("1,000", (3, 8))
    assert teller.repay("1,500", (3, 8)).credit == "500.00"
    with pytest.raises(Refusal) as refused:
        desk.happen(Refund("", day(3, 9), amount=fen("500.01")))
    assert refused.value.code == "over_credit"
    desk.happen(Refund("", day(3, 9), amount=fen("500")))
    assert "customer_credit" not in desk.totals()
    assert teller.sound()


def test_money_that_went_elsewhere_costs_more(teller, desk) -> None:
    """挪用 from the 11th: 2 x 5.35 %: 3 x 53.50 + 10 x 107.00."""
    loan = teller.draw("360,000", (3, 8)).loan
    desk.happen(Misuse("", day(3, 11), loan))
    assert teller.head((3, 21))["due"] == "1230.50"
    teller.close((3, 21))
    assert teller.sound()


def test_late_for_a_technical_reason_stays_normal(teller, desk) -> None:
    """Up to 7 days; on the eighth it is of special mention."""
    loan = teller.draw("360,000", (3, 8)).loan
    teller.close((3, 21))
    desk.happen(Technical("", day(3, 22), loan))
    classes = {}
    for of in (28, 29):
        teller.close((3, of))
        with teller.platform.unit("local") as unit:
            classes[of] = unit.loans.get(loan).asset_class
    assert classes == {28: "normal", 29: "special_mention"}
    assert teller.sound()


def test_interest_leaves_the_balance_sheet_after_90_days_and_comes_back(teller, desk) -> None:
    """Due on 21 March; 19 June is day 90, on the 20th it is remembered off the books, and income again once paid."""
    teller.draw("360,000", (3, 8))
    teller.close((6, 19))
    assert desk.totals()["interest_receivable"] > 0
    teller.close((6, 20))
    assert "interest_receivable" not in desk.totals()
    assert desk.totals()["off_balance_interest"] > 0
    assert "interest_income" not in desk.totals()
    teller.repay(teller.head((6, 20))["due"], (6, 20))
    teller.close((6, 22))
    assert "off_balance_interest" not in desk.totals()
    assert desk.totals()["interest_income"] < 0
    assert teller.sound()


def test_what_settles_it_on_a_day_to_come(teller) -> None:
    teller.draw("360,000", (3, 8))
    [found] = quote(books=teller.platform, by=teller.platform.actor, line=teller.line, on=day(3, 18))
    assert (found.principal, found.interest, found.total) == ("360000.00", "535.00", "360535.00")


def test_a_line_is_frozen_cut_and_freed_by_people(teller) -> None:
    """A person's freeze is not ended by a payment; a cut below use leaves nothing available; more needs two."""
    books, by, on = teller.platform, teller.platform.actor, day(3, 9)
    teller.draw("360,000", (3, 8))

    def change(what: str, **more: object):
        asked = Change(what, "a visit", **more)
        if what in ("unfreeze", "raise"):
            key = f"{what} {more}"
            found = propose_change(books=books, by=by, key=key, line=teller.line, change=asked, on=on)
            return approve_amendment(books=books, by=SECOND, proposal=found.proposal_id)
        return change_line(books=books, by=by, key=f"{what} {more}", line=teller.line, change=asked, on=on)

    assert change("freeze").status == "frozen"
    teller.repay("1,000", (3, 9))
    assert teller.head((3, 9))["status"] == "frozen"
    assert change("unfreeze").status == "open"
    cut = change("cut", limit=fen("100,000"))
    assert (cut.limit, cut.available) == ("100000.00", "0.00")
    with pytest.raises(Refusal) as refused:
        teller.draw("1,000", (3, 9))
    assert refused.value.code == "over_limit"
    assert change("raise", limit=fen("500,000")).limit == "500000.00"
    with pytest.raises(Refusal) as refused:
        change("close")
    assert refused.value.code == "line_in_use"
    assert teller.sound()


def test_a_sub_limit_for_a_partner(teller) -> None:
    from zhiwei.journeys import Draw, draw_many

    books, by, on = teller.platform, teller.platform.actor, day(3, 9)
    part = Change("sub_limit", "one partner at most", fen("5,000"), "freight")
    change_line(books=books, by=by, key="part", line=teller.line, change=part, on=on)
    draws = {name: Draw(teller.line, fen("3,000"), on, under="freight") for name in "ab"}
    answers = draw_many(books=books, by=by, draws=draws)
    assert answers["a"].status == "paid"
    assert answers["b"].code == "over_sub_limit"
    assert replace(draws["a"], under="") != draws["a"]
    assert teller.sound()
