"""Records asked of outside companies: consent first, one call at a time counted, nothing half kept."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from zhiwei.adapters.pulling import Clock, Companies, Company, Policy, Price, Pull, Request
from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.relations import Held
from zhiwei.borrower.sources import bureau, meters
from zhiwei.journeys import (
    Permission,
    Source,
    Wanted,
    give_consent,
    pull_figures,
    pull_records,
    receive_records,
    records_of,
    withdraw_consent,
)
from zhiwei.testing import Recorded
from zhiwei.values import BadInput, Breach, NotFound, Outage, Refusal

MARCH, MAY = date(2024, 3, 1), date(2024, 5, 1)
FIRM = Party("G7", "七号商行", "test")
ALLOWED = Permission(FIRM, ["meters"], "Ask the power company? Yes.", "page 7", MARCH)
WANTED = Wanted("power", "G7", MARCH, MAY)

FORM = '{"readings": [{"utility": "power", "meter": "8", "read_on": "2024-03-31", "reading": 120.5, "unit": "kWh"}]}'


class Door:
    """A company on paper that looks, while it is asked, whether anybody holds a transaction open meanwhile."""

    def __init__(self, paper: Recorded, url: str) -> None:
        self.paper, self.url, self.name = paper, url, "power"
        self.open: list[int] = []
        self.asked: list[Request] = []
        self.before: Callable[[], None] = lambda: None

    def fetch(self, request: Request) -> bytes:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                """select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                   and state like 'idle in transaction%%'"""
            ).fetchone()
            self.open.append(row[0] if row else -1)
        self.asked.append(request)
        self.before()
        return self.paper.fetch(request)


Setup = Callable[..., tuple[Platform, Door]]


@pytest.fixture
def asking(platform: Platform, tmp_path: Path) -> Setup:
    """A platform whose source `power` gives these answers in turn: content, or "empty", "outage", or a refusal's code.

    Time stands still: nothing is waited for, and a company that is left alone stays so.
    """

    def setup(*answers: str, policy: Policy | None = None, identifier: str = "", party: str = "G7") -> tuple:
        rows = ['name = "power"']
        for number, answer in enumerate(answers):
            rows += ["[[answer]]", 'kinds = ["meters"]', f'party = "{party}"']
            if answer == "empty":
                rows += ["empty = true"]
            elif answer == "outage":
                rows += ['outage = "line dead"']
            elif answer.isidentifier():
                rows += [f'refusal = "{answer}"']
            else:
                (tmp_path / f"{number}.json").write_text(answer, "utf-8")
                rows += [f'file = "{number}.json"']
        (tmp_path / "answers.toml").write_text("\n".join(rows), "utf-8")
        door = Door(Recorded(tmp_path), platform.database.url)
        clock = Clock(sleep=lambda _: None)
        pull = Pull(door, Price(120, "answers"), policy or Policy(attempts=2, failures=4, rest=1e6), clock)
        known = {"power": Company(pull, "meters", ("meters",), identifier)}
        return replace(platform, providers=Companies(lambda: known)), door

    return setup


def allow(platform: Platform, **change: object) -> list[str]:
    return give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, **change)).consents  # type: ignore[arg-type]


def pull(platform: Platform, key: str = "k1", wanted: Wanted = WANTED):
    return pull_records(books=platform, by=platform.actor, key=key, wanted=wanted)


def readings(platform: Platform) -> list[float]:
    found = records_of(
        books=platform, by=platform.actor, parties=["G7"], kinds=["meters"], until=date(2025, 1, 1)
    )  # fmt: skip
    return found["meters"]["reading"].to_pylist()


def calls(platform: Platform) -> list[tuple[object, ...]]:
    with platform.unit("local") as unit:
        return unit.pulls.rows("select outcome, error, tries, cost, delivery_id is not null from pull order by number")


def test_without_consent_nothing_goes_out(asking: Setup) -> None:
    platform, door = asking(FORM)
    with pytest.raises(NotFound, match="no_such_party"):
        pull(platform)
    allow(platform, scopes=["bank_flow"])
    with pytest.raises(Refusal, match="has not allowed meters"):
        pull(platform)
    assert (door.asked, calls(platform)) == ([], [])


def test_what_came_is_kept_under_its_consent_and_counted(asking: Setup) -> None:
    platform, door = asking(FORM)
    [consent] = allow(platform)
    pulled = pull(platform)
    assert (pulled.outcome, pulled.rows, pulled.new, pulled.tries, pulled.cost) == ("hit", {"meters": 1}, True, 1, 120)
    assert readings(platform) == [120.5]
    assert door.asked == [Request(("meters",), "G7", MARCH, MAY, (consent,))]
    assert door.open == [0], "no transaction is open while the company is asked"
    assert calls(platform) == [("hit", "", 1, 120, True)]


def test_the_same_key_is_answered_without_asking_again(asking: Setup) -> None:
    platform, door = asking(FORM)
    allow(platform)
    assert pull(platform) == pull(platform)
    assert len(door.asked) == 1
    with pytest.raises(Refusal, match="key_reused"):
        pull(platform, wanted=replace(WANTED, until=date(2024, 6, 1)))


def test_the_same_delivery_twice_changes_nothing_and_both_calls_count(asking: Setup) -> None:
    platform, _ = asking(FORM)
    allow(platform)
    first, again = pull(platform, "k1"), pull(platform, "k2")
    assert (first.new, again.new, again.delivery) == (True, False, first.delivery)
    assert readings(platform) == [120.5]
    assert calls(platform) == [("hit", "", 1, 120, True)] * 2


@pytest.mark.parametrize(("answer", "error", "cost"), [("empty", "", 120), ("no_such_party", "no_such_party", 0)])
def test_nothing_known_is_an_answer(asking: Setup, answer: str, error: str, cost: int) -> None:
    platform, door = asking(answer)
    allow(platform)
    pulled = pull(platform)
    assert (pulled.outcome, pulled.delivery, pulled.rows, pulled.cost) == ("empty", "", {}, cost)
    assert pull(platform) == pulled
    assert len(door.asked) == 1
    assert calls(platform) == [("empty", error, 1, cost, False)]
    assert readings(platform) == []


def test_what_the_company_refuses_is_recorded_and_may_be_asked_again(asking: Setup) -> None:
    platform, _ = asking("no_consent", FORM)
    allow(platform)
    with pytest.raises(Refusal, match="no_consent: power refuses"):
        pull(platform)
    assert pull(platform).outcome == "hit"
    assert calls(platform) == [("refused", "no_consent", 1, 0, False), ("hit", "", 1, 120, True)]


def test_an_outage_is_recorded_and_the_same_key_asks_again(asking: Setup) -> None:
    platform, door = asking("outage", "outage", "outage", FORM)
    allow(platform)
    with pytest.raises(Outage, match="did not answer 2 calls"):
        pull(platform)
    assert readings(platform) == []
    assert pull(platform).tries == 2
    assert calls(platform) == [("failed", "outage", 2, 0, False), ("hit", "", 2, 120, True)]
    assert door.open == [0, 0, 0, 0]


def test_a_company_that_keeps_failing_is_left_alone_by_every_process(asking: Setup) -> None:
    """The breaker of a process that just began knows what others saw: they wrote it down."""
    platform, door = asking("outage")
    allow(platform)
    for _ in range(2):
        with pytest.raises(Outage):
            pull(platform)
    assert len(door.asked) == 4
    fresh = replace(platform, providers=Companies(lambda: {"power": company}))
    old = platform.providers._all()["power"]  # type: ignore[attr-defined]
    company = replace(old, pull=Pull(door, old.pull.price, old.pull.policy, old.pull.clock))
    with pytest.raises(Outage, match="left alone"):
        pull(fresh)
    assert len(door.asked) == 4, "nothing goes out"
    assert calls(platform)[-1] == ("failed", "left_alone", 0, 0, False)
    [power] = pull_figures(books=fresh, by=fresh.actor)
    assert (power.breaker, power.counted.failures, power.counted.calls) == ("open", 3, 4)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<html>please log in</html>", "not_a_table"), ('{"readings": [{"meter": "8"}]}', "bad_rows"),
        ('{"readings"', "not_json"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_a_failure_that_was_paid_for(asking: Setup, content: str, error: str) -> None:
    platform, _ = asking(content)
    allow(platform)
    with pytest.raises(BadInput, match=error):
        pull(platform)
    assert calls(platform) == [("failed", error, 1, 120, False)]
    assert readings(platform) == []


def test_a_form_without_rows_is_empty(asking: Setup) -> None:
    platform, _ = asking('{"readings": []}')
    allow(platform)
    assert pull(platform).outcome == "empty"


def test_kinds_that_were_not_asked_for_are_not_kept(platform: Platform, tmp_path: Path) -> None:
    """A bureau's report holds accounts and queries; allowed are the queries alone."""
    account = {"account": "A1", "lender": "bank_7", "kind": "loan", "opened_on": "2021-05-01", "balance": "80000.00"}
    query = {"queried_on": "2024-02-11", "lender": "bank_9", "reason": "贷款审批"}
    head = {"report_no": "R1", "report_on": "2024-03-01", "subject": "owner"}
    text = json.dumps({**head, "accounts": [account], "queries": [query]})
    assert bureau.read(text.encode(), "report.json", "G7").tables["bureau_accounts"].num_rows == 1
    (tmp_path / "report.json").write_text(text, "utf-8")
    rows = 'name = "bureau"\n[[answer]]\nkinds = ["bureau_queries"]\nparty = "G7"\nfile = "report.json"\n'
    (tmp_path / "answers.toml").write_text(rows, "utf-8")
    company = Company(Pull(Recorded(tmp_path)), "bureau", ("bureau_accounts", "bureau_queries"))
    books = replace(platform, providers=Companies(lambda: {"bureau": company}))
    allow(books, scopes=["bureau_queries"])
    with pytest.raises(Refusal, match="has not allowed bureau_accounts"):
        pull(books, wanted=replace(WANTED, source="bureau"))
    with pytest.raises(BadInput, match="bad_kind"):
        pull(books, wanted=replace(WANTED, source="bureau", kinds=("meters",)))
    pulled = pull(books, wanted=replace(WANTED, source="bureau", kinds=("bureau_queries",)))
    assert pulled.rows == {"bureau_queries": 1}


class TestOneDelivery:
    """A consent that is not recurring allows one delivery, however it comes."""

    def test_a_second_pull_is_refused_before_it_goes_out(self, asking: Setup) -> None:
        platform, door = asking(FORM)
        allow(platform, recurring=False)
        first = pull(platform)
        with pytest.raises(Refusal, match="allowed one delivery of meters"):
            pull(platform, "k2")
        assert len(door.asked) == 1
        assert pull(platform) == first, "the same request is answered as before"
        assert readings(platform) == [120.5], "what came may be read"

    def test_an_empty_answer_uses_it_up_and_an_outage_does_not(self, asking: Setup) -> None:
        platform, _ = asking("outage", "outage", "empty")
        allow(platform, recurring=False)
        with pytest.raises(Outage):
            pull(platform)
        assert pull(platform, "k2").outcome == "empty"
        with pytest.raises(Refusal, match="one delivery"):
            pull(platform, "k1")

    def test_a_call_that_was_cut_off_is_repeated_under_its_own_key_only(self, asking: Setup) -> None:
        platform, door = asking(FORM)
        allow(platform, recurring=False)

        def killed() -> None:
            raise Breach("as if the process had ended here")

        door.before = killed
        with pytest.raises(Breach):
            pull(platform)
        door.before = lambda: None
        with pytest.raises(Refusal, match="is being asked for"):
            pull(platform, "k2")
        [power] = pull_figures(books=platform, by=platform.actor)
        assert (power.counted.pulls, power.counted.unended) == (1, 1)
        assert pull(platform).outcome == "hit"
        assert calls(platform) == [("hit", "", 1, 120, True)]

    def test_two_at_once_are_two_calls_at_most_one_goes_out(self, asking: Setup) -> None:
        """While the first is being asked, another one comes."""
        platform, door = asking(FORM)
        allow(platform, recurring=False)
        met: list[str] = []

        def meanwhile() -> None:
            door.before = lambda: None
            try:
                pull(platform, "k2")
            except Refusal as refusal:
                met.append(refusal.code)

        door.before = meanwhile
        assert pull(platform).outcome == "hit"
        assert (met, len(door.asked)) == (["no_consent"], 1)

    def test_of_many_threads_one_asks(self, asking: Setup) -> None:
        platform, door = asking(FORM)
        allow(platform, recurring=False)

        def attempt(number: int) -> str:
            try:
                return pull(platform, f"k{number}").outcome
            except Refusal as refusal:
                return refusal.code

        with ThreadPoolExecutor(6) as pool:
            found = sorted(pool.map(attempt, range(6)))
        assert found == ["hit", *["no_consent"] * 5]
        assert len(door.asked) == 1

    def test_files_are_deliveries_too(self, asking: Setup, platform: Platform) -> None:
        books, door = asking(FORM)
        allow(books, recurring=False)

        def receive(content: str, name: str):
            parsed = meters.read(content.encode(), name, "G7")
            source = Source("meters", name, f"{name:0>64}")
            return receive_records(books=books, by=books.actor, source=source, parsed=parsed)

        assert receive(FORM, "a.json").new
        with pytest.raises(Refusal, match="allowed one delivery of meters"):
            receive(FORM.replace("120.5", "130"), "b.json")
        assert not receive(FORM, "a.json").new, "the same file again changes nothing"
        with pytest.raises(Refusal, match="one delivery"):
            pull(books)
        allow(books, evidence="page 8")
        assert pull(books).outcome == "hit"
        assert receive(FORM.replace("120.5", "130"), "b.json").new
        assert len(door.asked) == 1

    def test_a_recurring_consent_goes_first(self, asking: Setup) -> None:
        platform, door = asking(FORM)
        allow(platform, recurring=False)
        [lasting] = allow(platform, evidence="page 8")
        for key in ("k1", "k2"):
            pull(platform, key)
        assert [request.consents for request in door.asked] == [(lasting,)] * 2


def test_a_consent_withdrawn_while_the_company_answers_keeps_nothing(asking: Setup) -> None:
    platform, door = asking(FORM)
    allow(platform)

    def withdraw() -> None:
        withdraw_consent(books=platform, by=platform.actor, party="G7", scopes=None, on=MAY, because="they asked")

    door.before = withdraw
    with pytest.raises(Refusal, match="withdrew on 2024-05-01"):
        pull(platform)
    assert calls(platform) == [("refused", "no_consent", 1, 120, False)]
    with platform.unit("local") as unit:
        assert unit.batches.filed("G7") == []


def test_after_consent_is_given_anew_the_same_answer_is_kept_anew(asking: Setup) -> None:
    platform, _ = asking(FORM)
    allow(platform)
    first = pull(platform)
    withdraw_consent(books=platform, by=platform.actor, party="G7", scopes=None, on=MAY, because="they asked")
    allow(platform, evidence="page 8")
    assert readings(platform) == []
    again = pull(platform, "k2")
    assert again.new
    assert again.delivery != first.delivery
    assert not pull(platform, "k3").new
    assert readings(platform) == [120.5]


def test_a_company_that_knows_another_number_is_asked_by_it(asking: Setup) -> None:
    platform, door = asking(FORM, identifier="merchant_no", party="898310148160001")
    allow(platform)
    with pytest.raises(Refusal, match="G7 has none"):
        pull(platform)
    now = platform.clock
    assert now is not None
    with platform.unit("local") as unit:
        held = Held("i1", "G7", "merchant_no", "898310148160001", MARCH, None, "test", None)  # type: ignore[arg-type]
        unit.relations.add_identifiers([held], "x")
        ended = Held("i2", "G7", "merchant_no", "898310148160002", MARCH, None, "test", None)  # type: ignore[arg-type]
        unit.relations.add_identifiers([ended], "x")
    with pytest.raises(Refusal, match="G7 has 2 of them"):
        pull(platform)
    with platform.unit("local") as unit:
        unit.relations.end("i2", MAY, "another shop's", "x")
    assert pull(platform).outcome == "hit"
    assert door.asked[0].party == "898310148160001"
    assert "898310148160001" not in repr(door.asked[0])
    with platform.unit("local") as unit:
        kept = unit.pulls.rows("select a::text, p::text, s::text, u::text from pull_asked a, pull p, step s, audit u")
    assert "898310148160001" not in str(kept), "identifiers do not stand in plain"


def test_who_is_not_set_up_is_not_asked(platform: Platform) -> None:
    with pytest.raises(NotFound, match="no_such_provider"):
        pull(platform)
    assert pull_figures(books=platform, by=platform.actor) == []


def test_figures_are_of_the_table(asking: Setup) -> None:
    platform, _ = asking(FORM, "empty", "no_consent", "outage", policy=Policy(attempts=1, failures=9))
    allow(platform)
    for key in "abcd":
        try:
            pull(platform, key)
        except (Refusal, Outage):
            continue
    [power] = pull_figures(books=platform, by=platform.actor)
    c = power.counted
    assert (c.pulls, c.hits, c.empties, c.refusals, c.failures, c.unended, c.calls) == (4, 1, 1, 1, 1, 0, 4)
    assert (c.cost, power.hit_rate, power.breaker, c.last_error) == (240, 0.5, "closed", "outage")
    assert c.p50 is not None
    assert c.p50 >= 0
    gone = replace(platform, providers=Companies())
    [power] = pull_figures(books=gone, by=gone.actor)
    assert (power.counted, power.breaker) == (c, "")


# --- a second company stands in ---------------------------------------------------------------------------------------


@pytest.fixture
def two(asking: Setup, tmp_path: Path) -> Callable[..., tuple[Platform, Door]]:
    """`power`, which is down, and `grid`, which stands in for it and gives these answers."""

    def setup(*answers: str) -> tuple[Platform, Door]:
        platform, door = asking(*answers)
        down = tmp_path / "down"
        down.mkdir()
        (down / "answers.toml").write_text('name = "power"\n', "utf-8")
        for _ in range(9):
            with (down / "answers.toml").open("a", encoding="utf-8") as file:
                file.write('[[answer]]\nkinds = ["meters"]\nparty = "G7"\noutage = "line dead"\n')
        clock, policy = Clock(sleep=lambda _: None), Policy(attempts=2, failures=4, rest=1e6)
        broken = Pull(Recorded(down), Price(120, "answers"), policy, clock)
        door.name = "grid"
        grid = Pull(door, Price(300, "calls"), policy, clock)
        known = {
            "power": Company(broken, "meters", ("meters",), fallback="grid"),
            "grid": Company(grid, "meters", ("meters",)),
        }
        return replace(platform, providers=Companies(lambda: known)), door

    return setup


def test_a_company_that_is_down_is_stood_in_for_and_both_are_counted(two) -> None:
    platform, door = two(FORM)
    [consent] = allow(platform, recurring=False)
    pulled = pull(platform)
    assert (pulled.source, pulled.outcome, pulled.cost) == ("grid", "hit", 300)
    assert readings(platform) == [120.5]
    assert calls(platform) == [("failed", "outage", 2, 0, False), ("hit", "", 1, 300, True)]
    assert pull(platform) == pulled, "the same key asks nobody again, whoever answered it"
    assert len(door.asked) == 1
    assert door.asked[0].consents == (consent,)
    figures = {one.counted.source: one for one in pull_figures(books=platform, by=platform.actor)}
    assert (figures["power"].counted.failures, figures["power"].counted.stood_in) == (1, 0)
    assert (figures["grid"].counted.hits, figures["grid"].counted.stood_in, figures["grid"].hit_rate) == (1, 1, 1.0)


def test_where_all_are_down_every_one_says_so(two) -> None:
    platform, _ = two("outage", "outage")
    allow(platform)
    with pytest.raises(Outage, match=r"line dead.*line dead"):
        pull(platform)
    assert calls(platform) == [("failed", "outage", 2, 0, False), ("failed", "outage", 2, 600, False)]


def test_what_a_company_refuses_is_not_carried_to_another(asking: Setup) -> None:
    platform, door = asking("no_consent")
    known = {"power": Company(Pull(door), "meters", ("meters",), fallback="grid")}
    platform = replace(platform, providers=Companies(lambda: known))
    allow(platform)
    with pytest.raises(Refusal):
        pull(platform)
    assert [row[0] for row in calls(platform)] == ["refused"]
