"""Outside companies as they are written down, and how asking one is told."""

import pickle
from functools import partial
from pathlib import Path

import pytest

from zhiwei.adapters.pulling import Clock, Companies, Company, FolderCompany, Policy, Price, Pull, read_companies
from zhiwei.journeys.providers import Failing
from zhiwei.values import BadInput, Breach, NotFound, Outage, Refusal

from .conftest import REQUEST, Scripted, Time

HEAD = '[till]\nreader = "acquiring"\n'
WEB = HEAD + 'url = "https://till.example/v1"\n'


def companies(folder: Path, content: str) -> Companies:
    (folder / "providers.toml").write_text(content, "utf-8")
    return Companies(partial(read_companies, folder / "providers.toml"))


def test_all_that_can_be_said_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILL_TOKEN", "Bearer abc")
    (tmp_path / "till.pem").write_text("trust nobody else")
    mapping = 'kind = "acquiring"\n[columns]\npaid_at = ["日期"]\namount = ["金额"]\n'
    (tmp_path / "till.toml").write_text(mapping, "utf-8")
    said = """
auth_env = "TILL_TOKEN"
auth_header = "X-Token"
timeout = 5
tries = 2
cost = 120
charged = "hits"
failures = 7
rest = 60.5
identifier = "merchant_no"
kinds = ["acquiring"]
mapping = "till.toml"
file = "till.csv"
ca = "till.pem"
"""
    found = companies(tmp_path, WEB + said)
    company = found._all()["till"]
    assert (company.pull.price, company.pull.policy) == (
        Price(120, "hits"), Policy(timeout=5.0, attempts=2, failures=7, rest=60.5)
    )  # fmt: skip
    web = company.pull.provider
    assert (web.headers, web.timeout, web.ca) == ({"X-Token": "Bearer abc"}, 5.0, tmp_path / "till.pem")  # type: ignore[attr-defined]
    offered = found.offered("till")
    assert (offered.kinds, offered.identifier, offered.file) == (("acquiring",), "merchant_no", "till.csv")
    assert company.mapping is not None
    assert "abc" not in repr(company)


STAND_IN = '[other]\nreader = "acquiring"\ndir = "drop"\n'


def test_who_stands_in_is_another_table_of_the_file(tmp_path: Path) -> None:
    found = companies(tmp_path, WEB + 'fallback = "other"\n' + STAND_IN)
    assert (found.offered("till").fallback, found.offered("other").fallback) == ("other", "")


@pytest.mark.parametrize(
    ("fallback", "more", "said"),
    [
        ("nobody", "", "is not there, or leads back"), ("till", "", "is not there, or leads back"),
        ("other", STAND_IN + 'fallback = "till"\n', "is not there, or leads back"),
        ("other", STAND_IN.replace("acquiring", "meters"), "gives no acquiring"),
    ],
)  # fmt: skip
def test_who_cannot_stand_in_is_told(tmp_path: Path, fallback: str, more: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        companies(tmp_path, WEB + f'fallback = "{fallback}"\n' + more).sources()


def test_a_folder_stands_beside_the_file(tmp_path: Path) -> None:
    found = companies(tmp_path, '[meters]\nreader = "meters"\ndir = "drop"\n[tax]\nreader = "tax"\ndir = "t"\n')
    assert list(found.sources()) == ["meters", "tax"]
    assert found._all()["meters"].pull.provider == FolderCompany("meters", tmp_path / "drop")
    assert found.offered("tax").kinds == ("tax_returns", "tax_ratings")


def test_no_file_is_no_company_unless_one_was_named(tmp_path: Path) -> None:
    assert read_companies(tmp_path / "providers.toml") == {}
    with pytest.raises(BadInput, match="is not there"):
        read_companies(tmp_path / "providers.toml", needed=True)
    with pytest.raises(NotFound, match="no_such_provider"):
        Companies().offered("till")


def test_a_door_without_its_key_is_not_knocked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TILL_TOKEN", raising=False)
    found = companies(tmp_path, WEB + 'auth_env = "TILL_TOKEN"\n')
    assert list(found.sources()) == ["till"]
    with pytest.raises(Refusal, match="TILL_TOKEN is not set"):
        found.offered("till")


def test_a_key_that_cannot_stand_in_a_header_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILL_TOKEN", "abc\r\nX-Admin: yes")
    with pytest.raises(BadInput, match="TILL_TOKEN holds cannot stand") as caught:
        companies(tmp_path, WEB + 'auth_env = "TILL_TOKEN"\n').sources()
    assert "abc" not in str(caught.value)


def test_another_process_reads_for_itself(tmp_path: Path) -> None:
    found = companies(tmp_path, WEB)
    found.sources()
    assert list(pickle.loads(pickle.dumps(found)).sources()) == ["till"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[till", "is not TOML"), ("till = 1", "is no table"), (WEB.replace("till]", "Till]"), "small letters"),
        (WEB.replace("acquiring", "telepathy"), "no reader 'telepathy'"), (HEAD, "neither or both"),
        (WEB + 'dir = "x"\n', "neither or both"), (WEB + 'token = "s3cret"\n', "token is unknown"),
        (WEB + "auth_env = 5\n", "auth_env is unknown, or not of its type"), (WEB + 'tries = "3"\n', "tries"),
        (WEB + "tries = true\n", "tries"), (WEB + "tries = 0\n", "attempts"), (WEB + "cost = -1\n", "whole number"),
        (WEB + 'charged = "smiles"\n', "nobody charges"), (WEB + "timeout = nan\n", "timeout"),
        (WEB + 'kinds = ["meters"]\n', "acquiring reads acquiring"), (WEB + "kinds = []\n", "acquiring reads"),
        (WEB + 'auth_header = "X"\n', "without auth_env"), (WEB + 'ca = "gone.pem"\n', "no file 'gone.pem'"),
        (WEB + 'auth_env = "A"\nauth_header = "X Y"\n', "name of a header"), (WEB + 'mapping = "m"\n', "no file 'm'"),
        (HEAD + 'dir = "x"\nauth_env = "A"\n', "no door"), (WEB.replace("https", "http"), "begins with https"),
        ('[b]\nreader = "bureau"\ndir = "x"\nmapping = "m"\n', "takes no mapping"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_no_secret_repeated(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        companies(tmp_path, content).sources()
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


# --- asking -----------------------------------------------------------------------------------------------------------


def asked(company: Scripted, time: Time, price: Price = Price(7), failing: Failing = Failing()):  # noqa: B008
    pull = Pull(company, price, Policy(attempts=3, failures=3, rest=30), time.clock())
    return Companies(lambda: {"s": Company(pull, "meters", ("meters",))}).ask("s", REQUEST, failing)


@pytest.mark.parametrize(
    ("script", "charged", "outcome", "tries", "cost"),
    [
        ([b"data"], "calls", "hit", 1, 7), ([b"data"], "hits", "hit", 1, 7), ([b""], "hits", "empty", 1, 0),
        ([b""], "answers", "empty", 1, 7), ([Outage("x"), b"data"], "calls", "hit", 2, 14),
        ([Outage("x")], "calls", "failed", 3, 21), ([Outage("x")], "answers", "failed", 3, 0),
        ([Refusal("no_consent", "x")], "answers", "refused", 1, 0),
        ([NotFound("no_such_party", "x")], "calls", "empty", 1, 7), ([NotFound("gone", "x")], "calls", "refused", 1, 7),
        ([NotFound("no_such_party", "x")], "answers", "empty", 1, 0), ([ValueError("x")], "calls", "failed", 3, 21),
    ],
)  # fmt: skip
def test_how_asking_went(
    scripted: object, time: Time, script: list[object], charged: str, outcome: str, tries: int, cost: int
) -> None:
    reply = asked(scripted(*script), time, Price(7, charged))  # type: ignore[operator]
    assert (reply.outcome, reply.tries, reply.cost) == (outcome, tries, cost)
    assert reply.asked_at <= reply.answered_at
    assert (reply.trouble is None) == (script[-1] in (b"data", b""))


def test_a_broken_invariant_is_no_reply(scripted: object, time: Time) -> None:
    with pytest.raises(Breach):
        asked(scripted(Breach("two answers")), time)  # type: ignore[operator]


def test_what_others_saw_counts(scripted: object, time: Time) -> None:
    company = scripted(b"data")  # type: ignore[operator]
    left = asked(company, time, failing=Failing(3, 29.9))
    assert (left.outcome, left.tries, company.calls) == ("failed", 0, 0)
    assert "left alone" in str(left.trouble)
    assert asked(company, time, failing=Failing(3, 30.0)).outcome == "hit", "after its rest it is tried again"
    assert asked(company, time, failing=Failing(2, 0.0)).outcome == "hit"


def test_one_failure_after_the_rest_is_enough(scripted: object, time: Time) -> None:
    pull = Pull(scripted(Outage("x")), policy=Policy(attempts=3, failures=3, rest=30), clock=time.clock())  # type: ignore[operator]
    found = Companies(lambda: {"s": Company(pull, "meters", ("meters",))})
    assert found.state("s", Failing(3, 31.0)) == "half_open"
    assert found.ask("s", REQUEST, Failing(3, 31.0)).tries == 1
    assert found.state("s", Failing()) == "open", "what it saw itself counts more than what it is told"


def test_a_breaker_that_saw_a_call_is_told_nothing(scripted: object) -> None:
    pull = Pull(scripted(b"data"), clock=Clock())  # type: ignore[operator]
    pull.fetch(REQUEST)
    pull.breaker.recall(99, 0.0)
    assert pull.breaker.state == "closed"
