"""Every journey that changes something writes who did what, once; what is asked again or refused writes nothing."""

from collections.abc import Callable
from datetime import date

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import close_day, decide, draw, repay
from zhiwei.values import Refusal

MARCH = date(2024, 3, 1)


@pytest.fixture
def audit(platform: Platform) -> Callable[[], list[tuple[str, str, str]]]:
    def audit() -> list[tuple[str, str, str]]:
        with platform.unit("local") as unit:
            return unit.steps.rows("select person, role, verb from audit order by recorded_at, verb")

    return audit


def test_the_life_of_a_line_is_on_record(platform: Platform, used_line: str, audit) -> None:
    """One row for each of: receiving, deciding, accepting, two draws with their settlements, closing, repaying."""
    ours = [verb for person, role, verb in audit() if (person, role) == ("tester", "officer")]
    assert {verb: ours.count(verb) for verb in set(ours)} == {
        "receive": 1, "decide": 1, "accept": 1, "draw": 2, "settle_payout": 2, "repay": 1, "close_day": 22,
        "close_shard": 22,
    }  # fmt: skip
    assert {(person, verb) for person, _, verb in audit()} >= {("release", "propose"), ("installer", "approve")}


def test_what_is_asked_again_is_not_recorded_again(platform: Platform, used_line: str, audit) -> None:
    before, by = audit(), platform.actor
    draw(books=platform, by=by, key="d1", line=used_line, amount=30_000_000, on=MARCH)
    repay(books=platform, by=by, key="r1", line=used_line, amount=5_000_000, on=date(2024, 3, 11))
    close_day(books=platform, by=by, on=MARCH)
    decide(books=platform, by=by, product="tax_credit", parties=["G1"], as_of=MARCH)
    assert audit() == before


def test_what_is_refused_changes_nothing(platform: Platform, used_line: str, audit) -> None:
    before, by = audit(), platform.actor
    with pytest.raises(Refusal, match="day_closed"):
        draw(books=platform, by=by, key="new", line=used_line, amount=100_000, on=MARCH)
    with pytest.raises(Refusal, match="day_out_of_order"):
        close_day(books=platform, by=by, on=date(2024, 3, 24))
    with pytest.raises(Refusal, match="future_date"):
        close_day(books=platform, by=by, on=date(2026, 1, 2))
    assert audit() == before
