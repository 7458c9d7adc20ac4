"""What every provider has to do, whatever company is behind it: on our fake and on the real thing the same.

In a test module, with pytest:

    class TestOurCompany(ProviderContract):
        @pytest.fixture
        def case(self) -> Case: ...
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from zhiwei.adapters.pulling import Provider, Request
from zhiwei.values import NotFound, Outage, Refusal

THREADS = 8


@dataclass(frozen=True, slots=True)
class Case:
    """A provider whose company answers, and requests by what must come of them. `answers` are of different parties,
    with the content expected; `down` is such a provider whose company cannot be reached or only fails.
    """

    provider: Provider
    answers: dict[Request, bytes]
    empty: Request
    stranger: Request
    without_consent: Request
    down: Provider


class ProviderContract:
    """Every method is a test."""

    def test_it_has_a_name_that_stays(self, case: Case) -> None:
        name = case.provider.name
        assert name, "a provider has a name"
        assert name.isprintable(), "the name is one line"
        assert len(name) <= 80, "the name is short"
        assert case.provider.name == name, "the name stays"

    def test_it_answers_the_file_as_the_company_gave_it(self, case: Case) -> None:
        for request, content in case.answers.items():
            assert case.provider.fetch(request) == content, "the content is the company's"
            assert case.provider.fetch(request) == content, "asked twice, it answers the same"

    def test_nothing_in_the_window_is_no_bytes(self, case: Case) -> None:
        assert case.provider.fetch(case.empty) == b"", "nothing found is b''"

    def test_a_party_it_does_not_know_is_not_found(self, case: Case) -> None:
        refusal = _raised(NotFound, lambda: case.provider.fetch(case.stranger))
        assert refusal.code == "no_such_party", "the code of a party unknown is no_such_party"

    def test_without_consent_it_refuses(self, case: Case) -> None:
        refusal = _raised(Refusal, lambda: case.provider.fetch(case.without_consent))
        assert refusal.code == "no_consent", "the code of a consent that does not do is no_consent"

    def test_a_company_that_is_down_is_an_outage_that_tells_nothing(self, case: Case) -> None:
        for request in case.answers:
            words = str(_raised(Outage, partial(case.down.fetch, request)))
            assert request.party not in words, "an outage does not name the party: it is logged"
            for consent in request.consents:
                assert consent not in words, "an outage does not name the consent: it is logged"

    def test_a_refusal_or_outage_leaves_it_as_it_was(self, case: Case) -> None:
        request, content = next(iter(case.answers.items()))
        _raised(Refusal, lambda: case.provider.fetch(case.stranger))
        _raised(Outage, lambda: case.down.fetch(request))
        assert case.provider.fetch(request) == content, "afterwards it answers as before"

    def test_threads_get_each_its_own_answer(self, case: Case) -> None:
        requests = [*case.answers] * THREADS
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(case.provider.fetch, requests))
        assert found == [case.answers[request] for request in requests], "several threads may ask at once"


def _raised(kind: type[Any], call: Callable[[], object]) -> Any:
    try:
        answer = call()
    except kind as error:
        return error
    except Exception as error:
        raise AssertionError(f"expected {kind.__name__}, not {type(error).__name__}: {error}") from error
    raise AssertionError(f"expected {kind.__name__}, not an answer: {answer!r}"[:200])
