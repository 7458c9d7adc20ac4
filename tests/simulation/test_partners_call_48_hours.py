"""Four partners call the API at random for 48 simulated hours: three business days, two of them closed while they call.

What each was told is the model; a bank that often cannot say, an examination of all invariants and an auditor who uses
nothing of ours are the witnesses. The seed is printed. ZHIWEI_HOURS_SEED gives other lives, ZHIWEI_HOURS_CALLS how many
calls, ZHIWEI_HOURS_MINUTES a bound on how long they take: `./dev bench hours` sets them.
"""

import json
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import psycopg
import pytest
import structlog
from fastapi.testclient import TestClient
from tests.api.conftest import BASE, Partner
from tests.simulation.shops import Clock, Line, Shop

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.interfaces.api import create_app
from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.journeys import close_days, examine, pay_out
from zhiwei.journeys.partners.ports import ACTIVE, Terms
from zhiwei.journeys.ports import Payout

_spec = spec_from_file_location("auditor", Path(__file__).parent / "auditor.py")
auditor = module_from_spec(_spec)
_spec.loader.exec_module(auditor)

NOON = datetime(2024, 3, 20, 12, tzinfo=UTC)  # interest falls due on the 21st
HOURS, PARTNERS = 48, 4
CALLS = int(os.environ.get("ZHIWEI_HOURS_CALLS", "1500"))
MINUTES = float(os.environ.get("ZHIWEI_HOURS_MINUTES", "600"))


@dataclass
class MoodyBank:
    """Pays each payout at most once and remembers; often it cannot say yet, sometimes it fails."""

    seed: int
    done: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        self.asked[payout.payout_id] += 1
        mood = random.Random(f"{self.seed} {payout.payout_id} {self.asked[payout.payout_id]}").random()
        if payout.payout_id not in self.done and mood < 0.06:
            return "unknown", None
        status = self.done.setdefault(payout.payout_id, "failed" if mood < 0.1 else "paid")
        return status, f"ref {payout.payout_id}" if status == "paid" else None


@dataclass
class Days(Tenancy):
    """All tenants have the clock's today; proofs and signatures are of real time."""

    platform: Platform
    clock: Clock
    bank: MoodyBank

    def __post_init__(self) -> None:
        super().__init__(self.platform)

    def of(self, tenant: str) -> Platform:
        return replace(super().of(tenant), clock=self.clock.today, payments=self.bank)


@dataclass
class Town:
    days: Days
    shops: list[Shop]
    owner: psycopg.Connection  # who may see and change everything
    seed: int

    @property
    def calls(self) -> int:
        return sum(shop.calls for shop in self.shops)

    @property
    def lines(self) -> list[Line]:
        return [line for shop in self.shops for line in shop.lines]

    def live(self, calls: int = CALLS) -> None:
        """Hour by hour. At midnight the clock moves on, and the day before is closed while partners go on calling."""
        began, turn = time.monotonic(), calls / HOURS / len(self.shops)
        with ThreadPoolExecutor(len(self.shops) + 1) as pool:
            for hour in range(HOURS):
                before, until = self.days.clock.today, began + MINUTES * 60 * (hour + 1) / HOURS
                self.days.clock.today = (NOON + timedelta(hours=hour)).date()
                wanted = round(turn * (hour + 1)) - round(turn * hour)
                at_work = [pool.submit(shop.live, wanted, until) for shop in self.shops]
                if before < self.days.clock.today:
                    at_work.append(pool.submit(self.close, before))
                for one in at_work:
                    one.result()
                self.ask_bank()

    def close(self, on: date) -> None:
        books = replace(self.days.platform, clock=self.days.clock.today)
        close_days(books=books, by=books.actor, since=NOON.date(), until=on)

    def ask_bank(self) -> None:
        """What the bank could not say, an operator asks again; some of it."""
        books = self.days.of("local")
        with books.unit("local") as unit:
            waiting = unit.lines.payouts(status="ordered")
        for payout in waiting:
            pay_out(books=books, by=books.actor, payout=payout.payout_id)


@pytest.fixture
def quiet() -> Iterator[None]:
    """The log has a line a call; here only what went wrong."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(**before)


@pytest.fixture
def town(quiet: None, platform: Platform) -> Iterator[Town]:
    seed = int(os.environ.get("ZHIWEI_HOURS_SEED", "20240320"))
    print(f"ZHIWEI_HOURS_SEED={seed}")
    clock = Clock(NOON.date())
    days = Days(platform, clock, MoodyBank(seed))
    with TestClient(create_app(days), base_url=BASE, raise_server_exceptions=False) as http:
        shops = [Shop(Partner(http, f"p{number}.local"), f"{seed} {number}", clock) for number in range(PARTNERS)]
        for shop in shops:
            shop.others = [other for other in shops if other is not shop]
            with platform.unit("local") as unit:
                unit.clients.add(shop.partner.client, "p", "tester")
                terms = Terms(shop.partner.client, ACTIVE, scopes=tuple(SCOPES), jwks=shop.partner.jwks,
                              per_minute=10**6, per_day=10**9)  # fmt: skip
                unit.clients.set_terms(terms, "tester", "second")
        with psycopg.connect(platform.database.url, autocommit=True) as owner:
            owner.execute("select set_config('zhiwei.tenant', 'local', false)")
            yield Town(days, shops, owner, seed)


def test_partners_call_48_hours(town: Town) -> None:
    """Nothing any partner was told is untrue in the end, line by line and cent by cent."""
    began = time.monotonic()
    town.live()
    seconds = time.monotonic() - began
    ends, calls = sum((shop.ends for shop in town.shops), Counter[str]()), town.calls
    moved = sum(shop.moved for shop in town.shops)
    print(json.dumps({
        "seed": town.seed, "calls": calls, "seconds": round(seconds), "per_s": round(calls / seconds),
        "moved_money": moved, "lines": len(town.lines), "ends": dict(ends.most_common()),
    }))  # fmt: skip
    look(town)
    assert [*town.days.clock.wrong, *witnesses(town)] == []
    assert moved >= calls / 4
    assert {"422 key_used", "409 over_limit", "401 bad_signature", "401 invalid_dpop_proof", "422 bad_request_body",
            "404 no_such_line"} <= ends.keys()  # fmt: skip


def test_what_is_not_as_it_was_told_is_found(town: Town) -> None:
    """A cent more in use, another answer under the same key, a cent in the journal that nobody was told of."""
    lines = []
    for _ in range(10):  # what partners wish is chance: some town may have no line to look at yet
        town.live(150)
        if lines := [(one, line) for one in town.shops for line in one.lines if not line.closed and not line.credit]:
            break
    look(town)
    assert town.days.clock.wrong == []
    wrong = town.days.clock.wrong
    shop, line = lines[0]
    for damage, sight in {
        "update line set used = used + 1 where line_id = %s": lambda: shop.look(line),
        "update api_call set answer = replace(answer, '2024', '2025') where %s <> ''": lambda: [
            shop.same(one) for one in [*shop.told]],
    }.items():  # fmt: skip
        wrong.clear()
        town.owner.execute(damage, [line.name])
        sight()
        assert wrong, damage
    town.owner.execute("alter table journal_posting disable trigger user")
    town.owner.execute("""update journal_posting set amount = amount - 1 where account = 'cash' and entry_id in
                          (select min(entry_id) from journal_entry where kind = 'drawn')""")
    assert any("told" in one for one in untrue(town.owner, town.lines))


def look(town: Town) -> None:
    """Each partner at all its lines and events; of a thousand lines at some."""
    for shop in town.shops:
        shop.live(0, 0)
        shop.heard_all()
        for line in shop.dice.sample(shop.lines, min(40, len(shop.lines))):
            shop.look(line)
            shop.state(line)


def witnesses(town: Town) -> list[str]:
    """The last day is closed; what an examination, the auditor, the journal itself and the bank say against it all."""
    today = town.days.clock.today
    town.close(today)
    books = town.days.of("local")
    examined = [f"{finding}" for finding in examine(books=books, by=books.actor) if finding.wrong]
    told = {name: draw.status for line in town.lines for name, draw in line.draws.items() if draw.status != "ordered"}
    unpaid = [f"the bank did otherwise with {name}" for name, _ in told.items() ^ town.days.bank.done.items()]
    return [*examined, *auditor.audit(town.owner, today), *untrue(town.owner, town.lines), *unpaid]


def untrue(owner: psycopg.Connection, lines: list[Line]) -> Iterator[str]:
    """What the journal has of a line and its partner was not told, or was told and is not there."""
    rows = owner.execute(
        """select line_id, kind, sum(amount) from journal_entry join journal_posting using (tenant_id, entry_id)
           where account = 'cash' group by 1, 2""").fetchall()  # fmt: skip
    out = {line: -int(amount) for line, kind, amount in rows if kind == "drawn"}
    back: Counter[str] = Counter()
    for line, kind, amount in rows:
        if kind != "drawn":
            back[line] += int(amount)
    for line in lines:
        told = line.drawn(), sum(line.repayments.values())
        if told != (out.get(line.name, 0), back[line.name]):
            yield f"{line.name}: told {told}, in the journal {out.get(line.name, 0), back[line.name]}"
    if strangers := {line for line, *_ in rows} - {line.name for line in lines}:
        yield f"nobody was told of {strangers}"
