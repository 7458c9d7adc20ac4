"""Draws, repayments and day closes per second on the embedded PostgreSQL, beside the ceiling: empty transactions."""

import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from zhiwei.bootstrap import open_platform
from zhiwei.economy.living import delivery
from zhiwei.economy.town import build_town
from zhiwei.journeys import Offer, accept, close_day, decide, draw, receive, repay
from zhiwei.loans import LoanTerms, Payment, replay
from zhiwei.settings import Settings
from zhiwei.values import as_rate

START = date(2025, 7, 1)
DRAWS = 300


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="zw") as folder,
        open_platform(Settings(Path(folder), None, "bench", "bench")) as platform,
    ):
        by = platform.actor
        town = build_town(seed=1, businesses=100, until=START, months=36)
        receive(books=platform, by=by, deliveries=[delivery(town, START)], folder="")
        decided = decide(books=platform, by=by, product="tax_credit", parties=None, as_of=START)
        lines = [
            accept(books=platform, by=by, key=d.decision_id, offer=Offer(d.decision_id), on=START).line
            for d in decided
            if d.outcome == "approve"
        ]
        ceiling = _rate(lambda n: _empty(platform, n), 500)
        print(f"ceiling: {ceiling:,.0f} transactions a second that claim a key and commit, one client")

        def draws(count: int) -> None:
            for n in range(count):
                draw(books=platform, by=by, key=f"d{n}", line=lines[n % len(lines)], amount=200_000, on=START)

        def repayments(count: int) -> None:
            for n in range(count):
                repay(books=platform, by=by, key=f"r{n}", line=lines[n % len(lines)], amount=50_000, on=START)

        def closes(count: int) -> None:
            for n in range(count):
                close_day(books=platform, by=by, on=START + timedelta(days=n))

        for name, work, count in (
            ("draws", draws, DRAWS),
            ("repayments", repayments, DRAWS),
            ("day closes", closes, 60),
        ):
            rate = _rate(work, count)
            print(f"{name:12s} {rate:8,.0f} a second   {rate / ceiling:5.2f} of the ceiling")
    _replay()


def _empty(platform, count: int) -> None:  # type: ignore[no-untyped-def]
    for n in range(count):
        with platform.unit(platform.actor.tenant) as unit:
            unit.steps.claim(f"empty{n}", "bench", "x")


def _replay() -> None:
    """One loan with 2,400 payments, from nothing to its state."""
    terms = LoanTerms(10**9, as_rate("0.06"), 360, date(2020, 1, 1), date(2030, 1, 1), 21)
    payments = [Payment(date(2020, 1, 2) + timedelta(days=n), 100_000) for n in range(2400)]
    start = time.process_time()
    state = replay(terms, payments, date(2028, 1, 1))
    print(
        f"replay of 2,400 payments: {(time.process_time() - start) * 1e3:.1f} ms CPU, {len(state.movements)} movements"
    )


def _rate(work, count: int) -> float:  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    work(count)
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
