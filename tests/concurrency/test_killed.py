"""A town lives while its clients, its closer and its PostgreSQL are killed with signal 9; nothing is lost or doubled.

ZHIWEI_KILLS says how often (10; bench/kills.py asks for 200), ZHIWEI_KILLS_SEED in which way.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.journeys import Change, change_line, examine
from zhiwei.settings import Settings
from zhiwei.values import fen

_spec = spec_from_file_location("actors", Path(__file__).parent / "actors.py")
actors = module_from_spec(_spec)
_spec.loader.exec_module(actors)

KILLS = int(os.environ.get("ZHIWEI_KILLS", "10"))
SEED = int(os.environ.get("ZHIWEI_KILLS_SEED", "20240312"))
VICTIMS = ("client", "closer", "postmaster", "client", "helper", "backend", "closer", "postmaster", "client", "chief")
CLIENTS = ("anna", "bert")
STEPS = {"client": 60, "closer": 20, "helper": 12}  # about as many as they take in a round
EACH_ROUND = 6  # requests of each client, many of them batches


class Town:
    """A folder with a PostgreSQL of its own, and the nursery from which its processes come."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.dice, self.rounds = folder, random.Random(SEED), 0
        self.alive: set[int] = set()
        self.errors = (folder / "errors").open("w+")
        command = [sys.executable, str(Path(actors.__file__))]
        self.nursery = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        self.about: dict[str, Any] = {"folder": str(folder)}
        self.start_server()
        socket = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[4]
        self.about["url"] = f"postgresql://postgres:@/town?host={socket}"

    @property
    def day(self) -> date:
        return actors.FIRST + timedelta(days=self.rounds * (2 if KILLS <= 50 else 1))

    def start(self, role: str, fate: list[Any] | None = None, **options: Any) -> int:
        pid = self._ask({"role": role, "fate": fate, "town": self.about, "options": options})
        self.alive.add(pid)
        return pid

    def wait(self, pid: int) -> int:
        """How it ended: 0, or minus the signal that killed it."""
        self.alive.discard(pid)
        return self._ask({"wait": pid})

    def start_server(self) -> None:
        """Until what the one that was killed leaves behind no longer is in the way."""
        until(lambda: self.wait(self.start("start")) == 0, pause=0.1)

    def _ask(self, what: dict[str, Any]) -> int:
        print(json.dumps(what), file=self.nursery.stdin, flush=True)
        return int(self.nursery.stdout.readline())

    def trouble(self) -> str:
        return Path(self.errors.name).read_text()

    def postmaster(self) -> int:
        return int((self.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    def leave(self) -> None:
        """Everyone has gone, also helpers whose chief was killed: all of them had the nursery's way out open."""
        self.nursery.stdin.close()
        self.nursery.wait()
        os.set_blocking(self.nursery.stdout.fileno(), False)
        until(self._silent)

    def _silent(self) -> bool:
        try:
            return os.read(self.nursery.stdout.fileno(), 1) == b""
        except BlockingIOError:
            return False

    def end(self) -> None:
        for pid in self.alive:  # only where the test failed
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self.nursery.stdin.close()
        self.nursery.wait()
        self.nursery.stdout.close()
        self.errors.close()
        with suppress(ProcessLookupError):
            os.kill(self.postmaster(), signal.SIGINT)
            until(lambda: not (self.folder / "postgres" / "postmaster.pid").exists())


def until(true: Callable[[], bool], pause: float = 0.02) -> None:
    for _ in range(actors.PATIENCE):
        if true():
            return
        time.sleep(pause)
    pytest.fail("it never came to that")


@pytest.fixture
def town() -> Iterator[Town]:
    with tempfile.TemporaryDirectory(prefix="zw") as folder:
        town = Town(Path(folder))
        yield town
        town.end()


@pytest.fixture
def data_folder(town: Town) -> Path:
    """Where its keys are."""
    return town.folder


@pytest.fixture
def database_url(town: Town) -> str:
    """The town's, in place of the one that other tests have."""
    with open_platform(Settings(town.folder, town.about["url"], "local", "tester")) as platform:
        return platform.database.url


@pytest.fixture
def lines(platform: Platform, open_line: Callable[..., str]) -> list[str]:
    found = [open_line(actors.FIRST, f"G{number + 1}") for number in range(4 + KILLS // 20)]
    for line in found:
        change = Change("sub_limit", "a partner's part", 20_000_000, "partner")
        change_line(books=platform, by=platform.actor, key=line, line=line, change=change, on=actors.FIRST)
    return found


def test_whoever_is_killed_the_book_is_whole(town: Town, platform: Platform, lines: list[str]) -> None:
    """Two clients pay and one closes days, all at once; in each round one is killed, and all go on where they were."""
    print(f"ZHIWEI_KILLS={KILLS} ZHIWEI_KILLS_SEED={SEED}")
    town.about["lines"] = lines
    killed = Counter[str]()
    while (number := sum(killed.values())) < KILLS:
        victim = VICTIMS[number % len(VICTIMS)]
        if when := a_round(town, victim):
            killed[victim] += 1
            print(f"kill {number + 1:3d}: {victim:10s} {when}, on {town.day}", flush=True)
    town.leave()
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        nobody_else(owner)
        print(whole(town, owner))
    platform.database.close()  # its connection is to a server long dead
    assert [finding for finding in examine(books=platform, by=platform.actor) if finding.wrong] == []
    print(f"the book is whole after {dict(killed)}")


# --- a round ----------------------------------------------------------------------------------------------------------


def a_round(town: Town, victim: str) -> str:
    """A new day, on which somebody dies, and which is brought to its end; -> when, or "" if nobody had to die so soon.

    A helper is a process of the pool that closes shards, the chief the process that has such a pool; a backend is one
    of PostgreSQL's own processes.
    """
    town.rounds += 1
    jobs, fates = jobs_of(town), dict[str, list[Any]]()
    step, moment = town.dice.randint(1, STEPS.get(victim, 1)), town.dice.choice(["before", "after", "soon"])
    when = f"at its step {step} ({moment})"
    if victim in ("closer", "helper", "chief"):  # has something to do
        jobs["closer"][1]["until"] = town.day.isoformat()
    if victim in ("client", "closer"):
        fates["anna" if victim == "client" else "closer"] = [step, moment]
    if victim in ("helper", "chief"):
        jobs["closer"][1].update(small=True, pool=True, helpers_die=[step, moment] if victim == "helper" else None)
    running = {name: town.start(role, fates.get(name), **options) for name, (role, options) in jobs.items()}
    if victim == "chief":
        when = kill_chief(town, running["closer"])
    elif victim in ("postmaster", "backend"):
        when = kill_server(town, victim)
    ends = {name: town.wait(pid) for name, pid in running.items()}
    died = {code for code in ends.values() if code}
    assert died <= {-signal.SIGKILL, actors.CUT_OFF}, f"{ends}\n{town.trouble()}"
    again = [town.start(role, **options) for role, options in jobs_of(town).values()]
    assert [town.wait(pid) for pid in again] == [0, 0, 0], town.trouble()
    return when if died or victim in ("postmaster", "backend") else ""


def jobs_of(town: Town) -> dict[str, tuple[str, dict[str, Any]]]:
    """What is to be done by the end of the round: role and options by name."""
    until = {"until": EACH_ROUND * town.rounds, "on": town.day.isoformat()}
    jobs: dict[str, tuple[str, dict[str, Any]]] = {name: ("client", {"name": name, **until}) for name in CLIENTS}
    close = town.day - timedelta(days=town.dice.randint(0, 2) > 0)  # today, while it is paid on, or the days before
    options = {"until": close.isoformat(), "small": town.dice.random() < 0.5, "pool": False, "helpers_die": None}
    return {**jobs, "closer": ("close", options)}


def kill_chief(town: Town, pid: int) -> str:
    """When its helpers have closed a shard of the day, or at any moment after they began to."""
    with psycopg.connect(town.about["url"], autocommit=True) as watcher:
        watcher.execute("select set_config('zhiwei.tenant', 'local', false)")
        count = "select count(*) from shard_day"
        before = watcher.execute(count).fetchone()
        until(lambda: watcher.execute(count).fetchone() != before)
    wait = town.dice.uniform(0, 0.2)
    time.sleep(wait)
    os.kill(pid, signal.SIGKILL)
    return f"{wait:.3f} s after the first shard"


def kill_server(town: Town, victim: str) -> str:
    """PostgreSQL itself, which is started anew, or one of its processes, for which it starts itself anew."""
    wait = town.dice.uniform(0.02, 0.5)
    time.sleep(wait)
    if victim == "postmaster":
        pid = town.postmaster()
        os.kill(pid, signal.SIGKILL)
        town.wait(pid)
        town.start_server()
    else:
        with psycopg.connect(town.about["url"]) as watcher:
            others = watcher.execute(
                """select pid from pg_stat_activity
                   where datname = 'town' and pid <> pg_backend_pid() and backend_type = 'client backend'
                   order by state = 'idle', pid"""
            ).fetchall()
        if others:
            os.kill(others[0][0], signal.SIGKILL)
    return f"after {wait:.3f} s"


# --- what must be true at the end -------------------------------------------------------------------------------------


def nobody_else(owner: psycopg.Connection) -> None:
    """PostgreSQL has noticed that everyone has left, and no lock is left."""
    others = "select count(*) from pg_stat_activity where datname = 'town' and pid <> pg_backend_pid()"
    until(lambda: owner.execute(others).fetchone() == (0,))
    locks = "select count(*) from pg_locks where locktype = 'advisory' or not granted"
    assert owner.execute(locks).fetchone() == (0,)


def whole(town: Town, owner: psycopg.Connection) -> str:
    """The clients' logs, the bank's, and the tables tell the same; plain SQL, nothing of the platform."""
    rows = [row for name in CLIENTS for row in actors.Log(town.folder / f"{name}.log").rows()]
    asked = {key: one | {"verb": row["verb"]} for row in rows if "verb" in row for key, one in row["requests"].items()}
    told = {key: one for row in rows for key, one in row.get("told", {}).items()}
    assert sum(len(row.get("requests", ())) for row in rows) == len(asked), "a key is asked once"
    assert sum(len(row.get("told", ())) for row in rows) == len(told) == len(asked), "and answered once"
    bank = actors.Log(town.folder / "bank.log").rows()
    paid = draws(owner, {key: one for key, one in told.items() if "payout" in one}, asked, bank)
    came = repayments(owner, told, asked)
    cash = owner.execute("select coalesce(sum(amount), 0)::bigint from journal_posting where account = 'cash'")
    assert cash.fetchone() == (came - paid,), "the till has what came in less what went out"
    closed = [row[0] for row in owner.execute("select business_date from business_day order by 1")]
    assert closed == [actors.FIRST + timedelta(days=n) for n in range(len(closed))]
    assert town.day - timedelta(days=1) <= closed[-1] <= town.day
    parts = owner.execute("select business_date, sum(last_bucket - first_bucket + 1) from shard_day group by 1")
    assert {row[0]: int(row[1]) for row in parts} == dict.fromkeys(closed, 256)
    aside = owner.execute("select count(*) from set_aside").fetchone()
    assert aside == (0,)
    codes = Counter(one["refused"] for one in told.values() if "refused" in one)
    return f"{len(told)} requests answered, {len(bank)} payouts, {len(closed)} days closed, refused: {dict(codes)}"


def draws(
    owner: psycopg.Connection, told: dict[str, Any], asked: dict[str, Any], bank: list[dict[str, Any]]
) -> int:  # fmt: skip
    """Every acknowledged draw is one payout, one line in the bank's book, and (paid) one loan; -> what was paid."""
    kept = {one["payout"]: (asked[key]["line"], asked[key]["amount"], one["status"]) for key, one in told.items()}
    assert len(kept) == len(told), "no payout answers to two keys"
    assert {one["payout"]: (one["line"], one["amount"], one["status"]) for one in bank} == kept
    assert len(bank) == len(kept), "the bank was never given a payout twice"
    stored = owner.execute("select payout_id, line_id, amount, status from payout").fetchall()
    assert {row[0]: row[1:] for row in stored} == kept
    loans = owner.execute("select loan_id, line_id, amount from loan order by 1").fetchall()
    lent = sorted((one["loan"], *kept[one["payout"]][:2]) for one in told.values() if one["status"] == "paid")
    assert loans == lent
    return sum(amount for _, amount, status in kept.values() if status == "paid")


def repayments(owner: psycopg.Connection, told: dict[str, Any], asked: dict[str, Any]) -> int:
    """Every acknowledged repayment and reversal is one event; -> what came in and was not taken back."""
    came = {one["event"]: (asked[key]["line"], asked[key]["amount"]) for key, one in told.items() if "event" in one}
    back = {one["reversal"]: (one["line"], one["of"]) for one in told.values() if "reversal" in one}
    stored = owner.execute("select event_id, line_id, amount from event where kind = 'payment'").fetchall()
    assert {row[0]: row[1:] for row in stored} == came
    assert all(fen(one["amount"]) == came[one["event"]][1] for one in told.values() if "event" in one)
    taken = owner.execute("select event_id, line_id, body::json ->> 'of' from event where kind = 'reversal'").fetchall()
    assert {row[0]: row[1:] for row in taken} == back
    gone = {of for _, of in back.values()}
    assert len(gone) == len(back)
    return sum(amount for event, (_, amount) in came.items() if event not in gone)
