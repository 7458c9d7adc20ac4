"""Many draws and repayments of one line in one transaction, several on the same day."""

import random
from datetime import date

from zhiwei.journeys import Draw, Repayment, draw_many, examine, repay_many
from zhiwei.values import Refusal, fen

FIRST = date(2024, 3, 1)


def test_batches_on_one_day_give_a_sound_book(teller) -> None:
    """Whatever order the payments of a day have among themselves, the journal follows; each keeps its own answer."""
    dice, platform, by = random.Random(7), teller.platform, teller.platform.actor
    for turn in range(8):
        drawn = {f"d{turn}.{n}": Draw(teller.line, fen("1000") * dice.randint(1, 5), FIRST) for n in range(4)}
        answers = draw_many(books=platform, by=by, draws=drawn)
        assert [answer.status for answer in answers.values()] == ["paid"] * 4
        paid = {f"r{turn}.{n}": Repayment(teller.line, fen("500") * dice.randint(1, 9), FIRST) for n in range(5)}
        first = repay_many(books=platform, by=by, repayments=paid)
        assert repay_many(books=platform, by=by, repayments=paid) == first
    assert [finding for finding in examine(books=platform, by=by) if finding.wrong] == []
    teller.close((3, 25))
    assert teller.sound()


def test_one_refused_draw_does_not_hold_up_the_others(teller) -> None:
    """1,000,000 is the limit: the second of three does not fit, and its key may be used again."""
    platform, by, on = teller.platform, teller.platform.actor, date(2024, 3, 5)
    amounts = {"a": "400,000", "b": "700,000", "c": "5,000"}
    draws = {name: Draw(teller.line, fen(amount), on) for name, amount in amounts.items()}
    answers = draw_many(books=platform, by=by, draws=draws)
    assert isinstance(answers["b"], Refusal)
    assert (answers["b"].code, answers["a"].status, answers["c"].status) == ("over_limit", "paid", "paid")
    again = draw_many(books=platform, by=by, draws={"b": Draw(teller.line, fen("595,000"), on)})
    assert again["b"].status == "paid"
    assert teller.sound()
