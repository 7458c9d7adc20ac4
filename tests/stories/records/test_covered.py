"""What files cover is received, used, corrected, proved and withdrawn as records are."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

import numpy as np
import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.covers import Cover
from zhiwei.borrower.quality import Quality
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.sources import bank_flow, bureau, courts
from zhiwei.journeys import (
    Permission,
    Source,
    forget,
    give_consent,
    picture_of,
    prove_consent,
    quality_of,
    receive_records,
    withdraw_consent,
    withheld_of,
)
from zhiwei.values import BadInput, Refusal

FIRM = Party("G8", "八号商行", "test")
KINDS = ["bank_flow", "courts", "bureau_accounts", "bureau_queries"]
ALLOWED = Permission(FIRM, KINDS, "You may ask the courts, the bureau and my bank.", "page 9", date(2023, 1, 1))
AS_OF = date(2024, 4, 30)
Receive = Callable[..., Any]


@pytest.fixture
def firm(platform: Platform) -> Platform:
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)
    return platform


def receive(platform: Platform, parsed: Parsed, sha: str = "a"):
    source = Source("test", f"{sha}.file", f"{sha:0>64}")
    return receive_records(books=platform, by=platform.actor, source=source, parsed=parsed)


def document(source: ModuleType, **content: Any) -> Parsed:
    return source.read(json.dumps(content).encode(), "file.json", "G8")


def facts(platform: Platform, as_of: date = AS_OF, known_at: datetime | None = None) -> Callable[[str], float | None]:
    found = picture_of(books=platform, by=platform.actor, parties=["G8"], as_of=as_of, known_at=known_at)

    def of(name: str) -> float | None:
        value = float(found[name][0]) if name in found else np.nan
        return None if np.isnan(value) else value

    return of


def worth(platform: Platform, kind: str, months: int = 3) -> Quality:
    measured, _ = quality_of(books=platform, by=platform.actor, parties=["G8"], as_of=AS_OF, months=months)
    return next(one for one in measured.of("G8") if one.kind == kind)


def statement(
    *days: tuple[date, int], first: date = date(2024, 1, 1), last: date = AS_OF, account: str = "1"
) -> Parsed:
    rows = [
        {"party_id": "G8", "account": account, "booked_on": day, "sequence": n, "amount": amount, "currency": "CNY"}
        for n, (day, amount) in enumerate(days, 1)
    ]
    cover = Cover("bank_flow", "G8", first, last, account)
    return Parsed({"bank_flow": table_of("bank_flow", rows)}, covered=[cover])


def test_an_empty_report_of_the_courts_is_clean_and_none_is_unknown(firm: Platform) -> None:
    assert facts(firm)("dishonest_open") is None
    taken = receive(firm, document(courts, subject="firm", report_on="2024-04-20", cases=[]))
    assert (taken.rows, taken.new, taken.covered) == ({}, True, [("courts", "1990-01-01", "2024-04-20")])
    got = facts(firm)
    assert (got("dishonest_open"), got("defendant_12m"), got("executed_open_amount")) == (0, 0, 0)
    assert got("owner_dishonest_open") is None, "of the owner nobody asked"
    assert facts(firm, date(2024, 4, 19))("dishonest_open") is None, "the day before nobody had the report"
    seen = worth(firm, "courts")
    assert (seen.coverage, seen.freshness_days, seen.rows) == (1.0, 10, 0)


def test_an_empty_credit_report_is_clean(firm: Platform) -> None:
    receive(firm, document(bureau, subject="owner", report_on="2024-04-20", accounts=[], queries=[]))
    got = facts(firm)
    assert (got("debt_balance"), got("overdue_rule_24m"), got("hard_queries_3m")) == (0, 0, 0)
    assert (got("owner_lenders"), got("bureau_report_days")) == (0, 10)


def test_a_statement_on_which_nothing_moved_is_a_covered_month(firm: Platform) -> None:
    """April is told by an empty statement; May is not told, and not empty either."""
    paid = [(date(2024, 3, day), 100) for day in (1, 10, 20, 30)]
    receive(firm, statement(*paid, first=date(2024, 3, 1), last=date(2024, 3, 31)))
    before = worth(firm, "bank_flow", months=2)
    assert (before.freshness_days, before.longest_gap_days) == (30, 30)
    camt = (
        "<Document><BkToCstmrStmt><Stmt><Id>2</Id><FrToDt><FrDtTm>2024-04-01T00:00:00</FrDtTm>"
        "<ToDtTm>2024-05-01T00:00:00</ToDtTm></FrToDt><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        "</Stmt></BkToCstmrStmt></Document>"
    )
    receive(firm, bank_flow.read(camt.encode(), "april.xml", "G8"), "b")
    after = worth(firm, "bank_flow", months=2)
    assert (after.freshness_days, after.longest_gap_days, after.coverage, after.parts) == (0, 0, 1.0, 1)
    got = facts(firm)
    assert (got("bank_in_1m"), got("bank_in_3m")) == (0, 4)


def test_an_account_that_nothing_moved_has_no_money_in(firm: Platform) -> None:
    receive(firm, statement(first=date(2023, 1, 1)))
    got = facts(firm)
    assert (got("bank_in_12m"), got("bank_idle_months_12m")) == (0, 12)
    assert facts(firm, date(2023, 6, 30))("bank_in_12m") is None, "the half year before is not told"


def test_a_file_without_rows_and_days_is_no_delivery(firm: Platform) -> None:
    with pytest.raises(BadInput, match="does not say what days it covers") as refused:
        receive(firm, document(courts, subject="firm", cases=[]))
    assert refused.value.code == "no_records"
    with pytest.raises(BadInput, match="period_to_come"):
        receive(firm, statement(first=date(2099, 1, 1), last=date(2099, 2, 1)))


def test_days_to_come_are_not_kept(firm: Platform) -> None:
    receive(firm, statement(first=date(2024, 1, 1), last=date(2099, 12, 31)))
    consents = prove_consent(books=firm, by=firm.actor, party="G8")["consents"]
    assert [cover["last_day"] for one in consents for cover in one["covered"]] == [firm.today()]


def test_without_consent_a_cover_is_not_received(firm: Platform) -> None:
    stranger = replace(statement(), covered=[Cover("orders", "G8", date(2024, 1, 1), AS_OF)])
    with pytest.raises(Refusal, match="has not allowed orders"):
        receive(firm, stranger)


def test_the_same_file_with_other_days_corrects_what_was_said_of_them(firm: Platform) -> None:
    """Somebody said January to April and meant January to February; what one knew before stays as it was."""
    receive(firm, statement(first=date(2023, 4, 1)))
    with firm.unit("local") as unit:
        [noted] = [cover.received_at for cover in unit.batches.filed_covers("G8")]
    assert facts(firm)("bank_in_12m") == 0
    again = statement(first=date(2024, 1, 1), last=date(2024, 2, 29))
    assert receive(firm, again).new
    assert not receive(firm, again).new
    assert facts(firm)("bank_in_12m") is None
    assert worth(firm, "bank_flow").freshness_days == 61
    assert facts(firm, known_at=noted)("bank_in_12m") == 0
    assert facts(firm, known_at=noted - timedelta(seconds=1))("bank_in_12m") is None
    other = statement(first=date(2023, 4, 1), last=date(2023, 12, 31))
    receive(firm, other, "another file")
    assert worth(firm, "bank_flow", 12).coverage == (29 + 31 + 245) / 366, "from May on: one file and the other"


def test_what_is_added_later_changes_nothing_of_an_earlier_hour(firm: Platform) -> None:
    """Rows, covers and reports that come in one after the other: each hour keeps the picture that it had."""
    deliveries = [
        statement((date(2024, 2, 1), 500), first=date(2024, 1, 15)),
        document(courts, subject="firm", report_on="2024-04-20", cases=[]),
        statement(first=date(2022, 1, 1), last=date(2024, 1, 31), account="2"),
        document(bureau, subject="firm", report_on="2024-04-25", accounts=[]),
        statement((date(2024, 3, 1), 700), first=date(2024, 1, 1)),
    ]
    hours, pictures = [], []
    for number, parsed in enumerate(deliveries):
        receive(firm, parsed, f"file {number % 4}")  # the last is the first file again, corrected
        with firm.unit("local") as unit:
            filed = [*unit.batches.filed("G8"), *unit.batches.filed_covers("G8")]
        hours.append(max(one.received_at for one in filed))
        pictures.append(picture_of(books=firm, by=firm.actor, parties=["G8"], as_of=AS_OF))
    for hour, noted in zip(hours, pictures, strict=True):
        again = picture_of(books=firm, by=firm.actor, parties=["G8"], as_of=AS_OF, known_at=hour)
        assert again.keys() == noted.keys()
        assert [name for name in noted if not np.array_equal(noted[name], again[name], equal_nan=True)] == []
    assert len({str(noted) for noted in pictures}) == len(pictures), "each delivery told something new"


def test_a_withdrawn_cover_is_not_used_and_is_deleted_by_its_day(firm: Platform) -> None:
    receive(firm, document(courts, subject="firm", report_on="2024-04-20", cases=[]))
    assert facts(firm)("dishonest_open") == 0
    by, may = firm.actor, date(2024, 5, 1)
    gone = withdraw_consent(books=firm, by=by, party="G8", scopes=["courts"], on=may, because="they asked")
    assert (gone.batches, gone.covers, gone.delete_by) == (0, 1, "2024-05-31")
    assert facts(firm)("dishonest_open") is None
    assert worth(firm, "courts").coverage is None
    with firm.unit("local") as unit:
        assert unit.batches.covered(["G8"], ["courts"], None) == []
    [told] = withheld_of(books=firm, by=by, party="G8")
    assert (told.kind, told.ended_on, told.because, told.delete_by) == ("courts", may, "withdrawn", date(2024, 5, 31))

    def listed() -> list[dict[str, Any]]:
        consents = prove_consent(books=firm, by=by, party="G8")["consents"]
        return [cover for one in consents for cover in one["covered"]]

    assert [cover["kind"] for cover in listed()] == ["courts"]
    assert forget(books=firm, by=by, on=date(2024, 5, 30)).covers == 0
    assert forget(books=firm, by=by, on=date(2024, 5, 31)).covers == 1
    assert listed() == []


def test_consent_that_ran_out_or_was_given_anew_is_told(platform: Platform) -> None:
    over = replace(ALLOWED, scopes=["orders"], until=date(2024, 1, 1))
    for permission in (ALLOWED, over):
        give_consent(books=platform, by=platform.actor, permission=permission)
    withdraw_consent(books=platform, by=platform.actor, party="G8", scopes=["courts"], on=AS_OF, because="they asked")
    give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, scopes=["courts"], evidence="page 10"))
    [told] = withheld_of(books=platform, by=platform.actor, party="G8")
    assert (told.kind, told.because, told.ended_on, told.delete_by) == ("orders", "ended", date(2024, 1, 1), None)


def test_covers_that_may_stay_cannot_be_changed_or_deleted_and_accounts_are_sealed(firm: Platform) -> None:
    receive(firm, statement(account="6222020200112345679"))
    with firm.unit("local") as unit:
        [[sealed]] = unit.batches.rows("select part_sealed from record_cover")
        assert "6222" not in sealed
        assert [cover.part for cover in unit.batches.covered(["G8"], KINDS, None)] == ["6222020200112345679"]
        assert unit.batches.run("delete from record_cover") == 0
        with pytest.raises(psycopg.Error, match="permission denied"):
            unit.batches.run("update record_cover set last_day = '2030-01-01'")


def test_meters_kept_before_events_were_asked_for_are_read_as_ever(platform: Platform) -> None:
    give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, scopes=["meters"]))
    row = {"party_id": "G8", "utility": "power", "meter": "8", "read_on": AS_OF, "reading": 12.0, "usage": 3.0}
    old = table_of("meters", [row]).drop_columns(["event"])
    receive(platform, Parsed({"meters": old}))
    receive(platform, Parsed({"meters": table_of("meters", [row | {"meter": "9", "event": "installed"}])}), "b")
    assert facts(platform)("meters_12m") == 2
