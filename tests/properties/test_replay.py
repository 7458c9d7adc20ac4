"""Replay against an oracle of its own (oracle.py), and what must hold of any life of any line."""

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lives import ADDITIVE, DAY, Life, lives, visits

from zhiwei.loans import CREDIT, Account, Movement, replay
from zhiwei.loans.changes import prepayment_fee
from zhiwei.loans.events import Payment, Renewal, Reversal, order
from zhiwei.loans.loan import CASH, RENEWAL


def seen(account: Account) -> tuple[Any, ...]:
    loans = {}
    for name, state in account.loans.items():
        owed, moved = state.balances, Counter()
        for move in state.movements:
            for what in ("principal", "interest", "penalty", "fee"):
                moved[move.kind, what] += getattr(move, what)
        loans[name] = {
            "principal": owed.principal, "interest": owed.interest, "fee": owed.fee, "penalty": owed.penalty,
            "accrued": state.accrued, "due": state.due(account.as_of), "late": state.days_past_due(),
            "technical": state.technical, "settled": state.settled, "moved": dict(+moved),
        }  # fmt: skip
    kept: Counter = Counter()
    for move in account.movements:
        kept[move.kind] += move.cash
    return loans, account.credit, +kept


def differences(found: tuple[Any, ...], expected: tuple[Any, ...]) -> list[str]:
    """What is not as the oracle says, one line each: loan and amount."""
    (loans, *line), (their_loans, *their_line) = found, expected
    wrong = [f"line: {line}, by the oracle {their_line}"] if line != their_line else []
    for name in sorted(loans.keys() | their_loans.keys()):
        one, other = loans.get(name, {}), their_loans.get(name, {})
        wrong += [
            f"{name} {what}: {one.get(what)}, by the oracle {other.get(what)}"
            for what in sorted(one.keys() | other.keys())
            if one.get(what) != other.get(what)
        ]
    return wrong


@settings(max_examples=150)
@given(lives(ADDITIVE, watched=True), st.data())
def test_every_evening_is_what_the_oracle_says(life: Life, data: st.DataObject) -> None:
    """Of each loan principal, interest, penalties and fees, what is due, days late, and all that ever moved."""
    for on in visits(data.draw, life):
        account = replay(life.contracts, life.events, on)
        wrong = differences(seen(account), life.evenings[on])
        assert not wrong, (on, wrong)
        assert account.credit >= 0
        for state in account.loans.values():
            owed = state.balances
            assert min(owed.principal, owed.interest, owed.penalty, owed.fee) >= 0


@given(lives(), st.data())
def test_a_day_seen_earlier_is_the_beginning_of_the_same_story(life: Life, data: st.DataObject) -> None:
    """Movements to a day are a prefix of movements to any later day: what is posted stays as it is posted."""
    whole = replay(life.contracts, life.events, life.last)
    for on in visits(data.draw, life):
        part = replay(life.contracts, life.events, on)
        assert whole.movements[: len(part.movements)] == part.movements
        for name, state in part.loans.items():
            assert whole.loans[name].movements[: len(state.movements)] == state.movements


@given(lives(), st.data())
def test_what_was_heard_first_means_nothing(life: Life, data: st.DataObject) -> None:
    """Any order of arrival, of loans too, gives the same account to the last movement."""
    shuffled = data.draw(st.permutations(life.events))
    loans = data.draw(st.permutations(life.contracts))
    assert replay(loans, shuffled, life.last) == replay(life.contracts, life.events, life.last)


@given(lives().filter(lambda life: life.events), st.data())
def test_what_is_reversed_is_as_if_it_had_never_been(life: Life, data: st.DataObject) -> None:
    """An event or a loan, whenever the reversal is heard of; also of the past before the reversal's own date."""
    names = [event.event_id for event in life.events] + [name for name, _ in life.contracts]
    gone = set(data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)))
    later = life.last + DAY * 3
    reversals = [Reversal(f"r{number}", later, "", name) for number, name in enumerate(sorted(gone))]
    for renewal in life.events:  # with its new loan it is one thing, and goes with the loan it renewed
        if type(renewal) is Renewal and gone & {renewal.event_id, renewal.loan, renewal.by}:
            gone |= {renewal.event_id, renewal.by}
    kept = [event for event in life.events if event.event_id not in gone]
    loans = [one for one in life.contracts if one[0] not in gone]
    for on in (life.last, later, later + DAY * 40):
        both = replay(life.contracts, data.draw(st.permutations([*life.events, *reversals])), on)
        assert both == replay(loans, kept, on)


@given(lives(), st.data())
def test_no_cent_of_a_payment_is_lost(life: Life, data: st.DataObject) -> None:
    """What came in, money or a renewal, paid a loan or is kept; what a loan was lent it owes or has given back.

    Payments come on their days, or are said later to have come before: then a renewal may bring more than is owed.
    """
    days = data.draw(st.lists(st.integers(0, 60), min_size=10, max_size=10))
    events = [
        replace(event, value_date=max(life.start, event.value_date - DAY * back)) if type(event) is Payment else event
        for event, back in zip(life.events, days, strict=False)
    ]
    account = replay(life.contracts, events, life.last)
    came = sum(event.amount for event in events if type(event) is Payment)
    moves = [move for state in account.loans.values() for move in state.movements]
    paid = [move for move in moves if move.kind in ("repaid", "recovered")]
    kept, unused = (
        sum(move.cash for move in account.movements if move.kind == "overpaid" and move.source == source)
        for source in (CASH, RENEWAL)
    )
    assert came == kept + sum(whole(move) for move in paid if move.source == CASH)
    lent = sum(move.principal for move in moves if move.kind == "drawn" and move.source == RENEWAL)
    assert lent == unused + sum(whole(move) for move in moves if move.kind == "renewed")
    used = sum(whole(move) for move in paid if move.source == CREDIT)
    refunded = sum(move.cash for move in account.movements if move.kind == "refunded")
    assert account.credit == kept + unused - used - refunded
    assert account.paid().total == came - kept
    for name, state in account.loans.items():
        sums: Counter = Counter()
        for move in state.movements:
            sums[move.kind] += move.principal
        out = sums["repaid"] + sums["recovered"] + sums["renewed"] + sums["transferred"] + sums["claim_sold"]
        assert state.principal == sums["drawn"] + sums["capitalised"] - out, name


def whole(move: Movement) -> int:
    return move.principal + move.interest + move.penalty + move.fee


@given(lives())
def test_paying_what_settles_a_line_leaves_exactly_nothing(life: Life) -> None:
    """All that is owed, with the fee for paying early: nothing is owed the next day, nor in two years."""
    drawn = [one for one in life.contracts if one[1].drawn_on <= life.last]
    final = Payment("z", life.last, prepay=True)
    events = [event for event in life.events if order(event) < order(final)]  # a relief of that day comes after it
    account = replay(drawn, events, life.last)
    owed = sum(s.payoff + prepayment_fee(s, s.regular) for s in account.loans.values() if not s.settled)
    events += [replace(final, amount=owed)] if owed else []
    for later in (0, 1, 800):
        done = replay(drawn, events, life.last + DAY * later)
        assert done.credit == account.credit
        for state in (done.loans[name] for name in account.loans):
            assert state.settled
            assert (state.payoff, state.balances.total, state.days_past_due()) == (0, 0, 0)
