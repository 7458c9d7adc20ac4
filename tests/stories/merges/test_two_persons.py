"""One person proposes that two parties are one, another approves; what cannot be is refused, and it happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Change,
    Offer,
    accept,
    approve_amendment,
    approve_merge,
    change_line,
    decide,
    draw,
    examine,
    merges_of,
    proposals,
    propose_change,
    reject_merge,
    undo_merge,
)
from zhiwei.journeys.ports import Changes
from zhiwei.loans import FROZEN
from zhiwei.loans.line import LATE
from zhiwei.values import Actor, BadInput, Forbidden, NotFound, Refusal, fen

from .conftest import OFFICER, SECOND, Desk

MARCH = date(2024, 3, 1)


@pytest.fixture
def known(desk: Desk) -> Desk:
    desk.know("A", "B", "C", "D")
    return desk


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Each call in a thread of its own, started together; -> results or what was raised."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def ones(desk: Desk) -> list[tuple[str, str]]:
    found = merges_of(books=desk.platform, by=OFFICER)
    return [(one.kept, one.gone) for one in found if one.undone_at is None]


@pytest.mark.parametrize("same", ["officer", "OFFICER", "Ｏfficer"])
def test_the_proposer_cannot_approve(known: Desk, same: str) -> None:
    asked = known.propose("A", "B")
    assert [one.proposal_id for one in proposals(books=known.platform, by=SECOND)] == [asked]
    with pytest.raises(Forbidden, match="four_eyes"):
        approve_merge(books=known.platform, by=Actor("local", same), proposal=asked)
    assert ones(known) == []
    done = approve_merge(books=known.platform, by=SECOND, proposal=asked)
    assert (done.kept, done.gone, done.proposed_by, done.approved_by) == ("A", "B", "officer", "second")
    assert approve_merge(books=known.platform, by=SECOND, proposal=asked) == done
    assert ones(known) == [("A", "B")]
    assert proposals(books=known.platform, by=SECOND) == []


def test_the_database_holds_it_too(known: Desk) -> None:
    row = "insert into party_merge (tenant_id, merge_id, kept, gone, because, proposed_by, approved_by) values "
    with psycopg.connect(known.platform.database.url) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        for values in (
            "('local', 'm', 'A', 'B', 'x', 'officer', 'officer')",
            "('local', 'm', 'A', 'A', 'x', 'officer', 'second')",
        ):
            with pytest.raises(psycopg.errors.CheckViolation), owner.transaction():
                owner.execute(row + values)


def test_what_was_said_stays(known: Desk) -> None:
    done = known.merge("A", "B")
    known.undo(done.merge)
    reject_merge(books=known.platform, by=SECOND, key="r", what=("A", "B"), because="two")
    with psycopg.connect(known.platform.database.url) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        for table in ("party_merge", "party_merge_undone", "party_merge_rejected"):
            for change in ("update {} set because = ''", "delete from {}", "truncate {} cascade"):
                with pytest.raises(psycopg.errors.RaiseException, match="append-only"), owner.transaction():
                    owner.execute(change.format(table))


def test_what_cannot_be_is_refused_at_once(known: Desk) -> None:
    first = known.merge("A", "B")
    known.merge("C", "A")
    for kept, gone, trouble, code in (
        ("A", "A", BadInput, "same_party"), ("D", "nobody", NotFound, "no_such_party"),
        ("B", "A", Refusal, "already_one"), ("B", "C", Refusal, "already_one"), ("C", "B", Refusal, "already_one"),
        ("B", "D", Refusal, "party_gone"), ("D", "A", Refusal, "party_gone"), ("D", "B", Refusal, "party_gone"),
    ):  # fmt: skip
        with pytest.raises(trouble, match=code):
            known.propose(kept, gone)
    known.undo(first.merge)
    known.merge("D", "B")
    assert ones(known) == [("C", "A"), ("D", "B")]


def test_what_cannot_be_any_more_is_refused_when_it_is_approved(known: Desk) -> None:
    circle = [known.propose("A", "B"), known.propose("B", "C"), known.propose("C", "A")]
    approve_merge(books=known.platform, by=SECOND, proposal=circle[0])
    with pytest.raises(Refusal, match="B is A since") as refused:
        approve_merge(books=known.platform, by=SECOND, proposal=circle[1])
    assert refused.value.hint == "name A, or undo that merge first"
    approve_merge(books=known.platform, by=SECOND, proposal=circle[2])
    assert ones(known) == [("A", "B"), ("C", "A")]
    with pytest.raises(Refusal, match="already_one"):
        approve_merge(books=known.platform, by=SECOND, proposal=circle[1])


def test_a_rejected_proposal_waits_no_more(known: Desk) -> None:
    asked, other = known.propose("A", "B"), known.propose("C", "D")
    said = reject_merge(books=known.platform, by=OFFICER, key="r", what=asked, because="I was wrong")
    assert said.proposals == [asked]
    assert [one.proposal_id for one in proposals(books=known.platform, by=SECOND)] == [other]
    for call in (
        lambda: approve_merge(books=known.platform, by=SECOND, proposal=asked),
        lambda: reject_merge(books=known.platform, by=SECOND, key="r2", what=asked, because="me too"),
    ):
        with pytest.raises(Refusal, match=f"rejected: officer rejected {asked}"):
            call()
    said = reject_merge(books=known.platform, by=OFFICER, key="r3", what=("D", "C"), because="no")
    assert said.proposals == [other], "whoever rejects the pair rejects what was proposed of it"
    assert proposals(books=known.platform, by=SECOND) == []


def test_a_pair_waits_once(known: Desk) -> None:
    known.propose("A", "B")
    with pytest.raises(Refusal, match="already_proposed"):
        known.propose("B", "A")


def test_an_approved_proposal_is_undone_not_rejected(known: Desk) -> None:
    asked = known.propose("A", "B")
    done = approve_merge(books=known.platform, by=SECOND, proposal=asked)
    with pytest.raises(Refusal, match="already_approved"):
        reject_merge(books=known.platform, by=SECOND, key="r", what=asked, because="no")
    undone = undo_merge(books=known.platform, by=OFFICER, key="u", merge=done.merge, because="two licences")
    assert undo_merge(books=known.platform, by=OFFICER, key="u", merge=done.merge, because="two licences") == undone
    with pytest.raises(Refusal, match="already_undone"):
        undo_merge(books=known.platform, by=OFFICER, key="u2", merge=done.merge, because="again")
    [found] = merges_of(books=known.platform, by=OFFICER, party="B")
    assert (found.undone_by, found.undone_because, found.because) == ("officer", "two licences", "one owner, two shops")
    with pytest.raises(NotFound, match="no_such_merge"):
        undo_merge(books=known.platform, by=OFFICER, key="u3", merge="mrg_none", because="x")
    with pytest.raises(NotFound, match="no_such_party"):
        merges_of(books=known.platform, by=OFFICER, party="nobody")


def test_merges_around_a_party_are_those_of_all_it_was_ever_one_with(known: Desk) -> None:
    first = known.merge("A", "B")
    known.merge("C", "A")
    known.undo(first.merge)
    assert [(one.kept, one.gone) for one in merges_of(books=known.platform, by=OFFICER, party="B")] == [
        ("A", "B"), ("C", "A")
    ]  # fmt: skip
    assert merges_of(books=known.platform, by=OFFICER, party="D") == []


def test_two_persons_approve_at_once_and_it_is_one_merge(known: Desk) -> None:
    asked = known.propose("A", "B")
    third = Actor("local", "cid")
    results = at_once(
        *[lambda by=by: approve_merge(books=known.platform, by=by, proposal=asked) for by in (SECOND, third, SECOND)]
    )
    assert results == [results[0]] * 3
    assert results[0].approved_by in ("second", "cid")
    assert ones(known) == [("A", "B")]


def test_a_circle_approved_at_once_stays_open(known: Desk) -> None:
    """Each of three merges is possible alone; all of them would be a circle."""
    asked = [known.propose(*pair) for pair in (("A", "B"), ("B", "C"), ("C", "A"))]
    results = at_once(
        *[lambda one=one: approve_merge(books=known.platform, by=SECOND, proposal=one) for one in asked]
    )  # fmt: skip
    refused = [result for result in results if isinstance(result, Refusal)]
    assert {refusal.code for refusal in refused} <= {"party_gone", "already_one"}
    assert len(results) - len(refused) == len(ones(known))
    assert 1 <= len(ones(known)) <= 2
    known.picture("A", "B", "C")


def test_approved_and_rejected_at_once_one_of_them_counts(known: Desk) -> None:
    asked = known.propose("A", "B")
    results = at_once(
        lambda: approve_merge(books=known.platform, by=SECOND, proposal=asked),
        lambda: reject_merge(books=known.platform, by=OFFICER, key="r", what=asked, because="no"),
    )
    [refused] = [result for result in results if isinstance(result, Refusal)]
    assert refused.code in ("rejected", "already_approved")
    assert len(ones(known)) == (refused.code == "already_approved")


def test_a_merge_is_not_approved_as_an_amendment_nor_the_other_way_round(
    known: Desk, platform: Platform, open_line: Callable[..., str]
) -> None:
    with pytest.raises(Refusal, match="other_proposal"):
        approve_amendment(books=platform, by=SECOND, proposal=known.propose("A", "B"))
    line = open_line(MARCH)
    change = Change("raise", "grows", limit=fen("1100000"))
    asked = propose_change(books=platform, by=OFFICER, key="c", line=line, change=change, on=MARCH)
    with pytest.raises(Refusal, match="other_proposal"):
        approve_merge(books=platform, by=SECOND, proposal=asked.proposal_id)
    with pytest.raises(NotFound, match="no_such_proposal"):
        approve_merge(books=platform, by=SECOND, proposal="prop_none")


@pytest.fixture
def two_lines(desk: Desk, open_line: Callable[..., str]) -> tuple[Desk, str, str]:
    """G1 and G2 have a line each, opened in March; it is March still."""
    lines = open_line(MARCH, "G1"), open_line(MARCH, "G2")
    return (Desk(replace(desk.platform, clock=MARCH)), *lines)


def test_two_limits_do_not_become_one_business_s_by_a_merge(two_lines: tuple[Desk, str, str]) -> None:
    """Both have a line that can be drawn on: one is frozen first. No money moves, and no line changes its owner."""
    desk, one, other = two_lines
    platform = desk.platform
    draw(books=platform, by=OFFICER, key="d", line=other, amount=10_000_000, on=MARCH)
    with pytest.raises(Refusal, match="two_open_lines") as refused:
        desk.propose("G1", "G2")
    assert one in refused.value.message
    assert other in refused.value.message
    frozen = Change("freeze", "the same owner")
    change_line(books=platform, by=OFFICER, key="f", line=other, change=frozen, on=MARCH)

    def money() -> object:
        with platform.unit("local") as unit:
            return unit.lines.all(), unit.loans.all(), list(unit.journal.entries())

    before = money()
    desk.merge("G1", "G2")
    assert money() == before
    assert not [finding for finding in examine(books=platform, by=OFFICER) if finding.wrong]


def test_a_line_opened_meanwhile_stops_the_approval(desk: Desk, open_line: Callable[..., str]) -> None:
    desk = Desk(replace(desk.platform, clock=MARCH))
    open_line(MARCH, "G1")
    desk.know("G2")
    asked = desk.propose("G1", "G2")
    open_line(MARCH, "G2")
    with pytest.raises(Refusal, match="two_open_lines"):
        approve_merge(books=desk.platform, by=SECOND, proposal=asked)


def test_a_line_frozen_for_being_late_counts_for_it_opens_by_itself(two_lines: tuple[Desk, str, str]) -> None:
    desk, _, other = two_lines
    with desk.platform.unit("local") as unit:
        late = replace(unit.lines.get(other), status=FROZEN, frozen_because=LATE)
        unit.desk.write(Changes(lines={other: late}))
    with pytest.raises(Refusal, match="two_open_lines"):
        desk.propose("G1", "G2")


def test_a_line_at_its_end_does_not_count(two_lines: tuple[Desk, str, str]) -> None:
    desk, _, other = two_lines
    with desk.platform.unit("local") as unit:
        ends = unit.lines.get(other).expires_on
    Desk(replace(desk.platform, clock=ends)).merge("G1", "G2")


def test_one_business_has_one_line_of_a_product_under_whichever_id(
    desk: Desk, good_firm: str, open_line: Callable[..., str]
) -> None:
    """G1 has a line; G2 was approved, and turns out to be G1 before it accepts."""
    platform = desk.platform
    line = open_line(MARCH, "G2")
    decided = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=MARCH)[0]
    done = desk.merge("G1", "G2")
    with pytest.raises(Refusal, match=f"already_has_line: G2 has line {line}"):
        accept(books=platform, by=OFFICER, key="a", offer=Offer(decided.decision_id), on=MARCH)
    desk.undo(done.merge)
    accept(books=platform, by=OFFICER, key="a", offer=Offer(decided.decision_id), on=MARCH)


def test_an_offer_accepted_while_a_merge_is_approved_waits_for_it(
    desk: Desk, good_firm: str, open_line: Callable[..., str]
) -> None:
    """The merge is written and not committed: who accepts must not look at one half of the business."""
    desk = Desk(replace(desk.platform, clock=MARCH))
    platform = desk.platform
    open_line(MARCH, "G2")
    decided = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=MARCH)[0]
    offer, asked = Offer(decided.decision_id), desk.propose("G1", "G2")
    with ThreadPoolExecutor(1) as pool:
        with platform.unit("local"):  # the journey of this thread joins this transaction
            approve_merge(books=platform, by=SECOND, proposal=asked)
            later = pool.submit(accept, books=platform, by=OFFICER, key="a", offer=offer, on=MARCH)
            assert waits_for_a_lock(platform)
        with pytest.raises(Refusal, match="already_has_line"):
            later.result()


def waits_for_a_lock(platform: Platform) -> bool:
    """Whether somebody comes to wait for a lock."""
    asked = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with psycopg.connect(platform.database.url, autocommit=True) as watcher:
        for _ in range(2000):
            if watcher.execute(asked).fetchone():
                return True
            watcher.execute("select pg_sleep(0.005)")
    return False
