"""Meters: a dial never runs back, unless the row says why; every utility has its unit."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.records import METERS
from zhiwei.borrower.sources import meters
from zhiwei.values import BadInput, add_months

FIRST = {"meter": "0571", "read_on": "2024-01-31", "reading": "1000", "amount": "240.10", "arrears": "0"}
SECOND = {**FIRST, "read_on": "2024-02-29", "reading": 1310.5, "usage": "310.5", "paid_on": "2024-03-05"}
HEAD = "户号,抄表日期,本期示数,用量,应缴金额,缴费日期,欠费,表计变更"
CSV = f"{HEAD}\n0571,2024-01-31,1000,,240.10,,0,\n0571,2024-02-29,1310.5,310.5,240.10,2024-03-05,0,\n"


def read(*rows: Any, **more: Any) -> Parsed:
    above = {"utility": "power", "unit": "kWh", "reader": "feed", **more}
    return meters.read(json.dumps({**above, "readings": rows}).encode(), "meters.json", "P1")


def month(number: int, reading: float, **more: Any) -> dict[str, Any]:
    return {"meter": "0571", "read_on": str(add_months(date(2024, 1, 31), number)), "reading": reading, **more}


def test_two_readings() -> None:
    parsed = read(FIRST, SECOND)
    table = parsed.tables["meters"]
    assert table.schema == METERS
    assert table.to_pylist()[1] == {
        "party_id": "P1", "utility": "power", "meter": "0571", "read_on": date(2024, 2, 29), "reading": 1310.5,
        "usage": 310.5, "unit": "kWh", "amount": 24010, "paid_on": date(2024, 3, 5), "arrears": 0, "reader": "feed",
        "event": None,
    }  # fmt: skip
    assert not parsed.problems
    assert not parsed.warnings


def test_a_table_read_by_staff_says_the_same() -> None:
    above = {"utility": "power", "unit": "kWh", "reader": "staff"}
    parsed = meters.read(CSV.encode(), "meters.csv", "P1", above)
    assert parsed.tables == read(FIRST, SECOND, reader="staff").tables
    with pytest.raises(BadInput, match="reader 'robot' cannot be given"):
        meters.read(CSV.encode(), "meters.csv", "P1", {"reader": "robot"})


def test_a_table_of_another_layout_has_its_own_mapping() -> None:
    mapping = Mapping.from_toml(
        'kind = "meters"\n[columns]\nmeter = "Zähler"\nread_on = "Tag"\nreading = "Stand"\n'
        '[constants]\nutility = "gas"\n[formats]\ndates = ["DD.MM.YYYY"]\ndecimal = ","\n'
    )
    content = "Zähler;Tag;Stand\n7;31.01.2024;1.000,5\n7;29.02.2024;990,0\n".encode()
    parsed = meters.read(content, "meters.csv", "P1", mapping=mapping)
    assert parsed.tables["meters"]["reading"].to_pylist() == [1000.5]
    assert [(problem.place, problem.column) for problem in parsed.problems] == [("row 3", "reading")]


def test_a_mapping_of_another_kind() -> None:
    with pytest.raises(BadInput, match="the mapping is of orders, the file of meters"):
        meters.read(CSV.encode(), "meters.csv", "P1", mapping=Mapping.from_toml('kind = "orders"'))


def test_a_dial_that_runs_back_is_a_problem() -> None:
    """Both readings are named, for nobody knows which is wrong; the rows after it go on from the last good one."""
    parsed = read(month(0, 1000), month(1, 1300), month(2, 130), month(3, 1500))
    [problem] = parsed.problems
    assert (problem.place, problem.column, problem.value) == ("readings[2]", "reading", "130.0")
    assert "below 1300 of 2024-02-29 (readings[1])" in problem.problem
    assert "replaced, reset or rolled_over" in problem.problem
    assert parsed.tables["meters"]["reading"].to_pylist() == [1000, 1300, 1500]


def test_rows_in_another_order_run_forward_all_the_same() -> None:
    assert not read(month(3, 1500), month(1, 1300), month(0, 1000)).problems


@pytest.mark.parametrize("event", ["replaced", "rolled_over", "换表"])
def test_a_meter_replaced_or_rolled_over_is_said(event: str) -> None:
    parsed = read(month(0, 99_900), month(1, 12, usage=310, event=event), month(2, 300, usage=288))
    assert not parsed.problems
    assert parsed.tables["meters"]["usage"].to_pylist() == [None, 310, 288]
    assert list(parsed.warnings) == [f"meter {'replaced' if event == '换表' else event}"]
    [problem] = read(month(0, 99_900), month(1, 12, event=event)).problems
    assert (problem.column, problem.place) == ("usage", "readings[1]")


def test_events_of_a_table() -> None:
    above = {"utility": "power"}
    back = CSV + "0571,2024-03-31,12,300,240.10,,0,\n"
    [problem] = meters.read(back.encode(), "meters.csv", "P1", above).problems
    assert (problem.place, problem.column) == ("row 4", "reading")
    assert "(row 3)" in problem.problem
    said = CSV + "0571,2024-03-31,12,300,240.10,,0,换表\n"
    parsed = meters.read(said.encode(), "meters.csv", "P1", above)
    assert not parsed.problems
    assert parsed.rows() == 3
    assert parsed.warnings == {"meter replaced": 1, "nobody says who read it: reader feed or staff": 3}
    assert parsed.tables["meters"]["event"].to_pylist() == [None, None, "replaced"]


def test_a_meter_installed_or_reset_begins_anew() -> None:
    """A new meter has used nothing yet; what was used up to a reset only the row can say."""
    rows = [month(0, 900), month(1, 0, event="installed"), month(2, 40, usage=40), month(3, 1, usage=9, event="清零")]
    parsed = read(*rows)
    assert not parsed.problems
    assert parsed.tables["meters"]["event"].to_pylist() == [None, "installed", None, "reset"]
    [problem] = read(month(0, 900), month(1, 1, event="reset")).problems
    assert "the dials do not tell it of a meter that is reset" in problem.problem


def test_no_dial_is_compared_with_an_estimate() -> None:
    parsed = read(month(0, 900), month(1, 1200, event="estimated"), month(2, 1100, usage=200), month(3, 1000))
    assert [(problem.place, problem.value) for problem in parsed.problems] == [("readings[3]", "1000.0")]
    assert "below 1100 of 2024-03-31" in parsed.problems[0].problem
    assert parsed.warnings == {"meter estimated": 1}


def test_that_nobody_says_who_read_it_is_odd() -> None:
    [warning] = read(FIRST, SECOND, reader=None).warnings
    assert "feed or staff" in warning
    assert len(read({**FIRST, "reader": "staff"}, SECOND, reader=None).warnings) == 1


def test_two_meters_do_not_mix() -> None:
    rows = [month(0, 1000), {**month(1, 5), "meter": "0572"}, {**month(2, 7), "utility": "water", "unit": "m3"}]
    assert not read(*rows).problems


def test_usage_that_the_dial_did_not_move_is_odd() -> None:
    """A transformer multiplies what the dial shows: a warning, no problem."""
    parsed = read(month(0, 1000), month(1, 1010, usage=400), month(2, 1020, usage=10.5))
    assert parsed.rows() == 3
    assert sum(parsed.warnings.values()) == 1


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"unit": "m3"}, "unit", "expected kWh for power"), ({"utility": "steam"}, "utility", "one of power"),
        ({"reading": -1}, "reading", "from 0"), ({"reading": "1,310"}, "reading", "without grouping"),
        ({"reading": None, "usage": None, "amount": None}, "reading", "a reading, a usage or an amount"),
        ({"arrears": "-1"}, "arrears", "zero or more"), ({"read_on": "2024-02-30"}, "read_on", "expected a day"),
        ({"meter": None}, "meter", "missing"), ({"event": "stolen"}, "event", "one of installed, replaced"),
        ({"reader": "robot"}, "reader", "one of feed"),
    ],
)  # fmt: skip
def test_a_bad_reading_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read(FIRST, {**SECOND, **change})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("readings[1]", column)
    assert said in problem.problem
    assert parsed.rows() == 1


def test_two_readings_of_a_day_that_differ() -> None:
    """The first counts: the month after it does not run back."""
    [problem] = read(FIRST, {**FIRST, "reading": "9001"}, SECOND).problems
    assert "the same record as readings[0] with another reading" in problem.problem


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_what_is_kept_never_runs_back(readings: list[int]) -> None:
    parsed = read(*(month(at, reading) for at, reading in enumerate(readings)))
    kept = parsed.tables["meters"]["reading"].to_pylist()
    assert kept == sorted(kept)
    assert len(kept) + len(parsed.problems) == len(readings)
    assert not read(*(month(at, reading) for at, reading in enumerate(sorted(readings)))).problems


@pytest.mark.parametrize("content", [b"", b"{", b'{"readings": {}}', b"\x00", b"PK\x03\x04", b"a;b\n1;2"])
def test_what_is_no_file_of_meters(content: bytes) -> None:
    with pytest.raises(BadInput):
        meters.read(content, "meters", "P1")
