"""The contract of a provider, on paper, over a real socket, and through a pull; and it notices who breaks it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from socket import socket

import pytest

from zhiwei.adapters.pulling import InOrder, Policy, Provider, Pull, Request
from zhiwei.testing import Case, ProviderContract, Recorded
from zhiwei.values import NotFound, Outage, Refusal

from .company import HttpCompany, serving
from .conftest import REQUEST, Time

OTHER = replace(REQUEST, party="91330100TEST000002")
LATER = replace(REQUEST, since=date(2024, 4, 1), until=date(2024, 7, 1))
ANSWERS = {REQUEST: b"date,amount\n2024-02-01,1.00\n", OTHER: "日期,金额\n".encode("gb18030") * 5000, LATER: b"\x00PK"}
STRANGER, WITHOUT = replace(REQUEST, party="91330100TEST000009"), replace(REQUEST, consents=("con_9",))
EMPTY = replace(REQUEST, since=date(2020, 1, 1), until=date(2020, 2, 1))


def recorded(folder: Path, answers: dict[Request, bytes], outage: bool = False) -> Recorded:
    folder.mkdir()
    rows = ['name = "company on paper"', 'consents = ["con_1"]']
    for number, (request, content) in enumerate(answers.items()):
        (folder / f"{number}.dat").write_bytes(content)
        what = 'outage = "line dead"' if outage else f'file = "{number}.dat"'
        rows += ["[[answer]]", f'kinds = ["{request.label}"]', f'party = "{request.party}"', what]
        rows += [f"since = {request.since}", f"until = {request.until}"]
    rows += ["[[answer]]", f'kinds = ["{EMPTY.label}"]', f'party = "{EMPTY.party}"', "empty = true"]
    (folder / "answers.toml").write_text("\n".join(rows), encoding="utf-8")
    return Recorded(folder)


def case_of(provider: Provider, down: Provider) -> Case:
    return Case(provider, ANSWERS, EMPTY, STRANGER, WITHOUT, down)


@pytest.fixture
def paper(tmp_path: Path) -> Case:
    return case_of(recorded(tmp_path / "up", ANSWERS), recorded(tmp_path / "down", ANSWERS, outage=True))


class TestRecorded(ProviderContract):
    @pytest.fixture
    def case(self, paper: Case) -> Case:
        return paper


class TestHttpThroughAPull(ProviderContract):
    """The real one: its own server, sockets, a status for everything; nobody listens where it is down."""

    @pytest.fixture
    def case(self, time: Time) -> Iterator[Case]:
        with closing(socket()) as nobody, serving(ANSWERS, {REQUEST.party, OTHER.party}, {"con_1"}) as company:
            nobody.bind(("127.0.0.1", 0))  # taken and not listened at, so that nobody else comes to listen
            down = HttpCompany(nobody.getsockname())
            yield case_of(*(Pull(provider, clock=time.clock()) for provider in (company, down)))


class TestInOrder(ProviderContract):
    """A first choice that is down leaves what the second does."""

    @pytest.fixture
    def case(self, paper: Case, time: Time) -> Case:
        def order(*providers: Provider) -> InOrder:
            policy = Policy(failures=10**6)
            return InOrder([Pull(provider, policy=policy, clock=time.clock()) for provider in providers])

        return case_of(order(Renamed(paper.down), paper.provider), order(paper.down))


@dataclass(frozen=True)
class Renamed:
    provider: Provider
    name: str = "first choice"

    def fetch(self, request: Request) -> bytes:
        if request in (STRANGER, WITHOUT, EMPTY):
            raise Outage("line dead")
        return self.provider.fetch(request)


@dataclass
class Broken:
    """A provider that does one thing wrong."""

    inner: Provider
    fault: str
    asked: int = 0

    @property
    def name(self) -> str:
        return {"no_name": "", "changing_name": f"company {self.asked}"}.get(self.fault, "company")

    def fetch(self, request: Request) -> bytes:
        self.asked += 1
        try:
            content = self.inner.fetch(request)
        except NotFound as refusal:
            if self.fault == "outage_for_stranger":
                raise Outage("status 404") from refusal
            if self.fault == "stranger_is_empty":
                return b""
            raise
        except Refusal as refusal:
            if self.fault == "answers_without_consent":
                return b"data"
            if self.fault == "own_code":
                raise Refusal("forbidden", "status 403") from refusal
            raise
        except Outage as outage:
            if self.fault == "os_error":
                raise OSError("line dead") from outage
            if self.fault == "names_the_party":
                raise Outage(f"line dead, asking for {request.party}") from outage
            raise
        if self.fault == "empty_is_not_found" and not content:
            raise NotFound("nothing_found", "no rows")
        return content.strip() if self.fault == "tidies_up" else content


@pytest.mark.parametrize(
    ("fault", "method"),
    [
        ("no_name", "test_it_has_a_name_that_stays"),
        ("tidies_up", "test_it_answers_the_file_as_the_company_gave_it"),
        ("empty_is_not_found", "test_nothing_in_the_window_is_no_bytes"),
        ("outage_for_stranger", "test_a_party_it_does_not_know_is_not_found"),
        ("stranger_is_empty", "test_a_party_it_does_not_know_is_not_found"),
        ("answers_without_consent", "test_without_consent_it_refuses"),
        ("own_code", "test_without_consent_it_refuses"),
        ("os_error", "test_a_company_that_is_down_is_an_outage_that_tells_nothing"),
        ("names_the_party", "test_a_company_that_is_down_is_an_outage_that_tells_nothing"),
        ("tidies_up", "test_threads_get_each_its_own_answer"),
        ("stranger_is_empty", "test_a_refusal_or_outage_leaves_it_as_it_was"),
    ],
)
def test_the_contract_notices(paper: Case, fault: str, method: str) -> None:
    getattr(ProviderContract(), method)(paper)
    broken = case_of(Broken(paper.provider, fault), Broken(paper.down, fault))
    with pytest.raises((AssertionError, Refusal)):
        getattr(ProviderContract(), method)(broken)
