"""A key is one request: asked again it answers again and does nothing; asked something else it is refused."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.journeys import accept, close_day, repay
from zhiwei.journeys.lines.accept import Offer
from zhiwei.values import Refusal

FIRST = date(2024, 3, 1)


def test_the_same_draw_again_is_the_same_draw(teller) -> None:
    first = teller.draw("1,000", (3, 1), key="k")
    assert teller.draw("1,000", (3, 1), key="k") == first
    head = teller.head((3, 1))
    assert (head["used"], head["held"], len(teller.rows((3, 1)))) == ("1000.00", "0.00", 1)
    assert len(teller.bank.paid) == 1


def test_the_same_repayment_again_is_the_same_repayment(teller) -> None:
    """Also after the day was closed: the borrower's app asks what became of it, it does not pay again."""
    teller.draw("360,000", (3, 1))
    first = teller.repay("1,000", (3, 11), key="k")
    teller.close((3, 15))
    assert teller.repay("1,000", (3, 11), key="k") == first
    assert [row[1] for row in teller.rows((3, 20))] == ["drawn", "billed", "repaid"]
    assert teller.sound()


@pytest.mark.parametrize(("amount", "on"), [("1,000.01", (3, 1)), ("1,000", (3, 2))])
def test_another_draw_under_a_used_key_is_refused(teller, amount: str, on) -> None:
    teller.draw("1,000", (3, 1), key="k")
    with pytest.raises(Refusal) as refused:
        teller.draw(amount, on, key="k")
    assert (refused.value.code, refused.value.status) == ("key_reused", 409)
    assert teller.head((3, 2))["used"] == "1000.00"


def test_another_verb_under_a_used_key_is_refused(teller) -> None:
    teller.draw("1,000", (3, 1), key="k")
    with pytest.raises(Refusal) as refused:
        teller.repay("1,000", (3, 1), key="k")
    assert refused.value.code == "key_reused"


def test_a_refused_request_leaves_its_key_free(teller) -> None:
    with pytest.raises(Refusal, match="over_limit"):
        teller.draw("1,000,001", (3, 1), key="k")
    assert teller.draw("1,000,000", (3, 1), key="k").status == "paid"


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_of_no_length_or_too_much_is_refused(teller, key: str) -> None:
    """Bad input is answered with a refusal, not with the database's error."""
    with pytest.raises(Refusal):
        repay(books=teller.platform, by=teller.platform.actor, key=key, line=teller.line, amount=1, on=FIRST)


def test_a_clients_key_cannot_take_the_day_closes_place(teller) -> None:
    """The platform's own steps have keys too; whoever guesses one must not be able to stop the day from closing."""
    teller.draw("1,000", (3, 1), key="close:2024-03-02")
    teller.close((3, 2))


def test_an_accepted_offer_again_is_the_same_line(teller) -> None:
    with teller.platform.unit("local") as unit:
        line = unit.lines.get(teller.line)
    again = {
        "books": teller.platform,
        "by": teller.platform.actor,
        "offer": Offer(line.decision, line.limit, Decimal("0.0535")),
    }
    assert accept(key="accept", on=line.opened_on, **again).line == line.line_id
    with pytest.raises(Refusal) as refused:
        accept(key="another", on=line.opened_on, **again)
    assert refused.value.code == "already_accepted"


def test_closing_a_day_twice_answers_the_same(teller) -> None:
    teller.draw("360,000", (3, 1))
    teller.close((3, 21))
    closing = {"books": teller.platform, "by": teller.platform.actor}
    first = close_day(on=FIRST, **closing)
    assert close_day(on=FIRST, **closing) == first
