"""One company asked with care: when it is asked again, when not, and what is counted."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.adapters.pulling import Answer, Clock, Figures, InOrder, Policy, Price, Pull
from zhiwei.values import BadInput, Breach, NotFound, Outage, Refusal

from .conftest import REQUEST, Scripted, Time, add_up, down

Make = Callable[..., Scripted]
NO_CONSENT = Refusal("no_consent", "the consent has ended")


def test_an_answer_comes_as_it_is_and_says_from_whom(scripted: Make, time: Time) -> None:
    pull = Pull(scripted(b"a,b\n1,2\n"), clock=time.clock())
    assert pull.answer(REQUEST) == Answer("scripted", b"a,b\n1,2\n")
    assert pull.fetch(REQUEST) == b"a,b\n1,2\n"
    assert pull.figures() == Figures("scripted", calls=2, hits=2)
    assert not time.slept


def test_an_outage_is_asked_again_after_longer_and_longer_pauses(scripted: Make, time: Time) -> None:
    company = scripted(down(), down(), down(), down(), down(), b"data")
    policy = Policy(attempts=6, first_pause=0.5, longest_pause=5, failures=6)
    pull = Pull(company, policy=policy, clock=time.clock())
    assert pull.answer(REQUEST).hit
    assert time.slept == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert pull.figures() == Figures("scripted", calls=6, hits=1, failures=5, retries=5)


def test_a_pause_is_a_random_part_of_its_longest(scripted: Make, time: Time) -> None:
    pull = Pull(scripted(down(), down(), b"data"), policy=Policy(first_pause=1), clock=time.clock(chance=0.25))
    pull.answer(REQUEST)
    assert time.slept == [0.25, 0.5]


def test_it_gives_up_after_its_attempts(scripted: Make, time: Time) -> None:
    pull = Pull(scripted(down()), policy=Policy(attempts=3), clock=time.clock())
    with pytest.raises(Outage, match="scripted did not answer 3 calls; the last: the line is dead"):
        pull.answer(REQUEST)
    assert len(time.slept) == 2
    assert pull.figures() == Figures("scripted", calls=3, failures=3, retries=2)


@pytest.mark.parametrize("refusal", [NO_CONSENT, NotFound("no_such_party", "unknown"), BadInput("bad", "window")])
def test_a_refusal_is_never_asked_again(scripted: Make, time: Time, refusal: Refusal) -> None:
    company = scripted(refusal, b"data")
    pull = Pull(company, clock=time.clock())
    with pytest.raises(Refusal) as caught:
        pull.answer(REQUEST)
    assert caught.value is refusal
    assert company.calls == 1
    assert not time.slept
    assert pull.figures() == Figures("scripted", calls=1, refusals=1)


def test_refusals_do_not_open_the_breaker(scripted: Make, time: Time) -> None:
    pull = Pull(scripted(NO_CONSENT), policy=Policy(failures=2), clock=time.clock())
    for _ in range(5):
        with pytest.raises(Refusal):
            pull.answer(REQUEST)
    assert pull.breaker.state == "closed"


def test_a_broken_invariant_is_passed_on_at_once(scripted: Make, time: Time) -> None:
    company = scripted(Breach("two answers for one request"), b"data")
    pull = Pull(company, clock=time.clock())
    with pytest.raises(Breach, match="two answers"):
        pull.answer(REQUEST)
    assert company.calls == 1


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        (ConnectionResetError(f"asking for {REQUEST.party}"), "ConnectionResetError"), (KeyError("secret"), "KeyError"),
        ("text", "its answer is str, not bytes"), (None, "its answer is NoneType"), (bytearray(b"x"), "bytearray"),
    ],
)  # fmt: skip
def test_whatever_else_goes_wrong_is_an_outage_that_tells_nothing(
    scripted: Make, time: Time, doing: Any, said: str
) -> None:
    company = scripted(doing, b"data")
    with pytest.raises(Outage) as caught:
        Pull(company, policy=Policy(attempts=1), clock=time.clock()).answer(REQUEST)
    assert said in str(caught.value)
    assert REQUEST.party not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_call_that_hangs_is_left_behind(scripted: Make, time: Time) -> None:
    company = scripted("hang", b"data")
    pull = Pull(company, policy=Policy(timeout=7), clock=time.clock())
    assert pull.answer(REQUEST).content == b"data"
    assert time.at == 1000 + 7 + 0.5
    assert pull.hanging() == 1
    assert pull.figures() == Figures("scripted", calls=2, hits=1, failures=1, retries=1)
    [left] = [thread for thread in threading.enumerate() if thread.name == "pull scripted"]
    assert left.daemon, "it must not hold up the end of the process"
    company.let_go.set()
    left.join()
    assert pull.hanging() == 0
    assert pull.figures().hits == 1, "what came too late counts for nothing"


def test_a_hanging_company_does_not_hold_up_even_by_the_real_clock(scripted: Make) -> None:
    """No time is measured: the call never comes back, however long or short one waits."""
    pull = Pull(scripted("hang"), policy=Policy(timeout=0.001, attempts=1))
    with pytest.raises(Outage, match=r"no answer within 0.001 s"):
        pull.answer(REQUEST)


def test_while_too_many_hang_no_call_is_made(scripted: Make, time: Time) -> None:
    company = scripted("hang")
    policy = Policy(attempts=1, most_hanging=2, failures=100)
    pull = Pull(company, policy=policy, clock=time.clock())
    for said in ("no answer within 10 s", "no answer within 10 s", "2 calls hang", "2 calls hang"):
        with pytest.raises(Outage, match=said):
            pull.answer(REQUEST)
    assert pull.figures() == Figures("scripted", calls=2, failures=2, held_back=2)
    company.let_go.set()
    for thread in threading.enumerate():
        if thread.name == "pull scripted":
            thread.join()
    time.hangs = []
    assert pull.answer(REQUEST).content == b"too late"


def test_who_waits_may_be_interrupted(scripted: Make, time: Time) -> None:
    def interrupted(done: threading.Event, seconds: float) -> bool:
        raise KeyboardInterrupt

    pull = Pull(scripted("hang"), clock=replace(time.clock(), wait=interrupted))
    with pytest.raises(KeyboardInterrupt):
        pull.answer(REQUEST)
    assert pull.hanging() == 1
    assert add_up(pull.figures())


def test_an_answer_out_of_bounds_is_refused(scripted: Make, time: Time) -> None:
    company = scripted(b"x" * 11)
    with pytest.raises(BadInput, match="answered 11 bytes, at most 10"):
        Pull(company, policy=Policy(largest=10), clock=time.clock()).answer(REQUEST)
    assert company.calls == 1


def test_hits_empty_answers_and_what_they_cost(scripted: Make, time: Time) -> None:
    script = (b"data", b"", b" \n", down(), b"data", NO_CONSENT)
    cost = {}
    for charged in ("calls", "answers", "hits"):
        pull = Pull(scripted(*script), price=Price(150, charged), clock=time.clock())
        assert [pull.answer(REQUEST).hit for _ in range(4)] == [True, False, False, True]
        with pytest.raises(Refusal):
            pull.answer(REQUEST)
        found = pull.figures()
        cost[charged] = found.cost
        assert add_up(found)
        assert found.plain() == {
            "provider": "scripted", "calls": 6, "hits": 2, "empty": 2, "refusals": 1, "failures": 1, "retries": 1,
            "held_back": 0, "cost": found.cost, "hit_rate": 0.5,
        }  # fmt: skip
    assert cost == {"calls": 900, "answers": 600, "hits": 300}
    assert Figures("new").plain()["hit_rate"] is None


def test_an_open_breaker_stops_retries_and_keeps_later_pulls_back(scripted: Make, time: Time) -> None:
    company = scripted(down(), down(), b"data")
    pull = Pull(company, policy=Policy(attempts=5, failures=2, rest=30), clock=time.clock())
    with pytest.raises(Outage, match="scripted is left alone after call 2: the line is dead"):
        pull.answer(REQUEST)
    assert time.slept == [0.5], "no pause before a call that is not made"
    assert pull.breaker.state == "open"
    with pytest.raises(Outage, match="kept failing and is left alone for up to 30 s"):
        pull.answer(REQUEST)
    assert company.calls == 2
    time.at += 30
    assert pull.breaker.state == "half_open"
    assert pull.answer(REQUEST).content == b"data"
    assert pull.breaker.state == "closed"
    assert pull.figures() == Figures("scripted", calls=3, hits=1, failures=2, retries=1, held_back=1)


def test_a_failed_trial_opens_again_without_retries(scripted: Make, time: Time) -> None:
    company = scripted(down())
    pull = Pull(company, policy=Policy(attempts=3, failures=1, rest=30), clock=time.clock())
    for trial in (1, 2):
        with pytest.raises(Outage, match="left alone after call 1"):
            pull.answer(REQUEST)
        assert company.calls == trial
        time.at += 30


def test_the_next_company_is_asked_where_one_is_down(scripted: Make, time: Time) -> None:
    one, two, three = scripted(down(), name="one"), scripted(b"data", name="two"), scripted(b"more", name="three")
    order = InOrder([Pull(company, clock=time.clock()) for company in (one, two, three)])
    assert order.name == "one or two or three"
    assert order.answer(REQUEST) == Answer("two", b"data")
    assert (one.calls, two.calls, three.calls) == (3, 1, 0)
    assert [row.failures for row in order.figures()] == [3, 0, 0]
    assert [row.hits for row in order.figures()] == [0, 1, 0]


@pytest.mark.parametrize("doing", [NO_CONSENT, NotFound("no_such_party", "unknown"), b""])
def test_refused_or_empty_is_an_answer_and_nobody_else_is_asked(scripted: Make, time: Time, doing: Any) -> None:
    other = scripted(b"data", name="other")
    order = InOrder([Pull(scripted(doing), clock=time.clock()), Pull(other, clock=time.clock())])
    if doing == b"":
        assert order.fetch(REQUEST) == b""
    else:
        with pytest.raises(Refusal) as caught:
            order.fetch(REQUEST)
        assert caught.value is doing
    assert other.calls == 0


def test_all_of_them_down_says_what_each_said(scripted: Make, time: Time) -> None:
    policy = Policy(attempts=1)
    companies = [scripted(down("no dial tone"), name="one"), scripted(down("asleep"), name="two")]
    with pytest.raises(Outage, match=r"one .*no dial tone.*; two .*asleep"):
        InOrder([Pull(company, policy=policy, clock=time.clock()) for company in companies]).answer(REQUEST)
    with pytest.raises(Outage, match=r"^one did not answer 1 calls; the last: no dial tone$"):
        InOrder([Pull(companies[0], policy=policy, clock=time.clock())]).answer(REQUEST)


def test_an_order_is_of_some_and_each_once(scripted: Make) -> None:
    for pulls in ([], [Pull(scripted(b"")), Pull(scripted(b""))]):
        with pytest.raises(BadInput, match="1 to 10 providers, each once"):
            InOrder(pulls)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"timeout": 0}, "timeout"), ({"timeout": float("inf")}, "timeout"), ({"timeout": float("nan")}, "timeout"),
        ({"attempts": 0}, "attempts"), ({"failures": 0}, "failures"), ({"first_pause": -1}, "pauses"),
        ({"first_pause": 9}, "pauses"), ({"longest_pause": float("inf")}, "pauses"),
    ],
)  # fmt: skip
def test_a_policy_has_limits(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Policy(**change)


@pytest.mark.parametrize("wrong", [{"amount": -1}, {"amount": 1.5}, {"amount": True}, {"charged": "smiles"}])
def test_a_price_is_whole_and_known(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        Price(**wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"kinds": ("gossip",)}, {"kinds": ()}, {"kinds": ("meters", "meters")}, {"party": ""}, {"party": " P1"},
        {"party": "P1\r\nX-Role: admin"}, {"party": "P" * 101},
        {"consents": ("",)}, {"consents": ()}, {"until": REQUEST.since},
    ],
)  # fmt: skip
def test_a_request_says_what_is_asked(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        replace(REQUEST, **change)


def test_threads_share_breaker_and_figures(scripted: Make) -> None:
    pull = Pull(scripted(*[b"data", b""] * 100), price=Price(2, "hits"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: pull.answer(REQUEST).hit, range(200)))
    found = pull.figures()
    assert (found.calls, found.hits, found.empty, found.cost) == (200, 100, 100, 200)
    assert sum(answers) == 100


DOINGS = st.sampled_from(["down", "refuse", "data", "empty", "library"])


@given(st.lists(DOINGS, min_size=1, max_size=40), st.integers(1, 4), st.integers(1, 4), st.integers(0, 60))
def test_no_script_breaks_the_figures_or_a_limit(script: list[str], attempts: int, failures: int, apart: int) -> None:
    """Figures add up, no pull makes more calls or takes longer than its policy says, no call goes to an open door."""
    doings = {"down": down(), "refuse": NO_CONSENT, "data": b"data", "empty": b"", "library": OSError("x")}
    time = Time()
    company = Scripted("scripted", [doings[word] for word in script])
    policy = Policy(attempts=attempts, failures=failures, rest=30)
    pull = Pull(company, policy=policy, clock=time.clock())
    for _ in range(20):
        before, began, was = company.calls, time.at, pull.breaker.state
        with suppress(Outage, Refusal):
            pull.answer(REQUEST)
        made = company.calls - before
        assert made <= attempts
        assert (made == 0) == (was == "open")
        assert made <= 1 or was == "closed" or pull.breaker.state == "closed"
        assert time.at - began <= policy.longest()
        time.at += apart
    found = pull.figures()
    assert found.calls == company.calls
    assert add_up(found)
    assert found.retries + found.held_back <= found.calls + 20


def test_the_real_clock_is_the_default() -> None:
    assert Pull(Scripted("scripted", [b"data"])).clock == Clock()
    assert Policy(attempts=3000, first_pause=1).pause(2999) == 8
    assert Policy().longest() == 3 * 10 + 0.5 + 1
