"""The order is committed before the bank is asked: whatever the bank says or does not say, no money is lost."""

from datetime import date

import pytest

from zhiwei.journeys import order_draw, pay_out, settle_payout
from zhiwei.values import Outage, Refusal

FIRST = date(2024, 3, 1)


def test_failed_the_hold_is_released(teller) -> None:
    teller.bank.answers = ["failed"]
    drawn = teller.draw("600,000", (3, 1), key="k")
    head = teller.head((3, 1))
    assert (drawn.status, head["held"], head["used"], head["available"]) == ("failed", "0.00", "0.00", "1000000.00")
    assert teller.rows((3, 1)) == []
    assert teller.draw("600,000", (3, 1), key="k").status == "failed", "the same key does not try again"
    assert teller.draw("600,000", (3, 1), key="another").status == "paid"
    assert len(teller.bank.asked) == 2
    assert teller.sound()


def test_unknown_stays_ordered_and_held_until_asked_again(teller) -> None:
    """Asked on 5 March, paid once; the loan is of the day it was ordered, so interest runs from 1 March."""
    teller.bank.answers = ["unknown", "unknown"]
    drawn = teller.draw("360,000", (3, 1), key="k")
    head = teller.head((3, 1))
    assert (drawn.status, head["held"], head["used"], head["available"]) == (
        "ordered",
        "360000.00",
        "0.00",
        "640000.00",
    )
    assert teller.sound(), "held equals open payouts"
    with pytest.raises(Refusal, match="over_limit"):
        teller.draw("640,000.01", (3, 1))
    teller.close((3, 4))
    assert teller.draw("360,000", (3, 1), key="k").status == "ordered"
    assert teller.draw("360,000", (3, 1), key="k").status == "paid"
    assert teller.draw("360,000", (3, 1), key="k").status == "paid"
    assert (len(teller.bank.asked), len(teller.bank.paid)) == (3, 1), "once it is known, the bank is left alone"
    head = teller.head((3, 5))
    assert (head["held"], head["used"]) == ("0.00", "360000.00")
    teller.close((3, 21))
    assert teller.head((3, 21))["due"] == "1070.00"
    assert teller.sound()


def test_a_crash_between_order_and_payment(teller) -> None:
    """Nothing but the order is there: held, no loan, the bank not asked; paying it later completes the draw."""
    by = teller.platform.actor
    order = {"key": "k", "line": teller.line, "amount": 36_000_000, "on": FIRST}
    ordered = order_draw(books=teller.platform, by=by, **order)
    assert (ordered.status, teller.head((3, 1))["held"], teller.bank.asked) == ("ordered", "360000.00", [])
    assert teller.sound()
    assert order_draw(books=teller.platform, by=by, **order) == ordered, "asked again, nothing more is held"
    assert teller.head((3, 1))["held"] == "360000.00"
    assert pay_out(books=teller.platform, by=by, payout=ordered.payout).status == "paid"
    assert teller.head((3, 1))["used"] == "360000.00"
    assert teller.sound()


def test_a_crash_while_the_bank_pays(teller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line was cut after the bank had paid: the draw stays ordered, and asking again finds the one payment."""
    real = teller.bank.pay

    def cut(payout):
        real(payout)
        raise Outage("the line was cut")

    monkeypatch.setattr(teller.bank, "pay", cut)
    with pytest.raises(Outage):
        teller.draw("360,000", (3, 1), key="k")
    assert teller.head((3, 1))["held"] == "360000.00"
    monkeypatch.setattr(teller.bank, "pay", real)
    assert teller.draw("360,000", (3, 1), key="k").status == "paid"
    assert len(teller.bank.paid) == 1
    assert teller.sound()


def test_what_is_settled_stays_settled(teller) -> None:
    by = teller.platform.actor
    drawn = teller.draw("360,000", (3, 1))
    settle = {"books": teller.platform, "by": by, "payout": drawn.payout}
    assert settle_payout(status="paid", reference=f"ref {drawn.payout}", **settle) == drawn
    with pytest.raises(Refusal) as refused:
        settle_payout(status="failed", reference=None, **settle)
    assert refused.value.code == "cannot_settle", "the bank has changed its mind: a person must look"
    assert teller.head((3, 1))["used"] == "360000.00"


@pytest.mark.parametrize(("status", "code"), [("unknown", "cannot_settle"), ("ordered", "cannot_settle")])
def test_only_paid_and_failed_settle(teller, status: str, code: str) -> None:
    by = teller.platform.actor
    ordered = order_draw(books=teller.platform, by=by, key="k", line=teller.line, amount=100_000, on=FIRST)
    with pytest.raises(Refusal) as refused:
        settle_payout(books=teller.platform, by=by, payout=ordered.payout, status=status, reference=None)
    assert refused.value.code == code


def test_a_payout_nobody_knows(teller) -> None:
    with pytest.raises(Refusal) as refused:
        pay_out(books=teller.platform, by=teller.platform.actor, payout="pay_nobody")
    assert (refused.value.code, refused.value.status) == ("no_such_payout", 404)
