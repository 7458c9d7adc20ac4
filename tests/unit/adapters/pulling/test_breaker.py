"""The breaker alone: its three states, late comers from before, and threads that meet at its door."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.adapters.pulling import Breaker


class Now:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def opened(now: Now, failures: int = 1) -> Breaker:
    breaker = Breaker(failures, 10, now)
    for _ in range(failures):
        breaker.failed(_ticket(breaker))
    return breaker


def _ticket(breaker: Breaker) -> int:
    ticket = breaker.enter()
    assert ticket is not None
    return ticket


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker(3, 10, Now())
    for went in (False, False, True, False, False):
        (breaker.succeeded if went else breaker.failed)(_ticket(breaker))
    assert breaker.state == "closed"
    breaker.failed(_ticket(breaker))
    assert breaker.state == "open"
    assert breaker.enter() is None


def test_half_open_admits_one_and_its_outcome_decides() -> None:
    now = Now()
    breaker = opened(now)
    now.at = 9.99
    assert not breaker.admits()
    now.at = 10
    assert breaker.state == "half_open"
    assert breaker.admits()
    trial = _ticket(breaker)
    assert breaker.enter() is None
    assert not breaker.admits()
    breaker.failed(trial)
    assert breaker.state == "open"
    now.at = 19.99
    assert breaker.enter() is None
    now.at = 20
    breaker.succeeded(_ticket(breaker))
    assert breaker.state == "closed"
    assert breaker.enter() is not None


@pytest.mark.parametrize("went", ["succeeded", "failed"])
def test_a_call_from_before_says_nothing_about_afterwards(went: str) -> None:
    now = Now()
    breaker = Breaker(1, 10, now)
    late, quick = _ticket(breaker), _ticket(breaker)
    breaker.failed(quick)
    getattr(breaker, went)(late)
    assert breaker.state == "open"
    now.at = 10
    trial = _ticket(breaker)
    getattr(breaker, went)(late)
    assert breaker.enter() is None, "the trial is still on its way"
    breaker.succeeded(trial)
    breaker.failed(late)
    assert breaker.state == "closed"


def test_of_many_threads_one_is_let_through() -> None:
    now = Now()
    breaker = opened(now, failures=3)
    now.at = 10
    start, tickets = threading.Barrier(16), list[int | None]()

    def try_it() -> None:
        start.wait()
        tickets.append(breaker.enter())

    threads = [threading.Thread(target=try_it) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([ticket for ticket in tickets if ticket is not None]) == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60), st.integers(1, 4))
def test_calls_one_after_the_other_go_as_a_plain_count_says(calls: list[tuple[bool, int]], failures: int) -> None:
    """The same rule written down as one would with a pencil: failures in a row, and when the door may be tried."""
    now = Now()
    breaker = Breaker(failures, 10, now)
    in_a_row, again_at = 0, 0.0
    for good, passed in calls:
        now.at += passed
        ticket = breaker.enter()
        assert (ticket is not None) == (in_a_row < failures or now.at >= again_at)
        if ticket is None:
            continue
        (breaker.succeeded if good else breaker.failed)(ticket)
        in_a_row = 0 if good else in_a_row + 1
        again_at = again_at if good else now.at + 10
