"""zhiwei schedule as a user meets it: no database, rows for people, programs and spreadsheets, clear errors."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import openpyxl
import pytest

from zhiwei.__main__ import main

Run = Callable[..., tuple[str, str]]
TV_5_1 = ("--principal", "120000", "--rate", "0.06", "--method", "annuity", "--periods", "12", "--every", "1m")
FROM = ("--from", "2024-01-01")


@pytest.fixture
def schedule(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `zhiwei schedule ARGS` in an empty folder; -> what it wrote to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, code: int = 0) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["zhiwei", "schedule", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        done = capsys.readouterr()
        assert ended.value.code == code, done
        return done.out, done.err

    return run


def test_it_needs_no_database(tmp_path: Path) -> None:
    """A process of its own, where no server could be reached and no data folder is."""
    environment = {
        **os.environ,
        "ZHIWEI_DATABASE_URL": "postgresql://nowhere.invalid/",
        "ZHIWEI_DATA": str(tmp_path / "x"),
    }
    command = [sys.executable, "-m", "zhiwei", "schedule", *TV_5_1, *FROM, "--json"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [row["payment"] for row in json.loads(done.stdout)] == ["10327.97"] * 11 + ["10327.99"]
    assert list(tmp_path.iterdir()) == []


def test_json_is_one_array_of_rows(schedule: Run) -> None:
    """TV 5.1, by the day of today where none is given."""
    rows = json.loads(schedule(*TV_5_1, *FROM, "--json")[0])
    assert rows[0] == {
        "n": 1, "due_date": "2024-02-01", "principal": "9727.97", "interest": "600.00", "fee": "0.00",
        "payment": "10327.97", "balance": "110272.03",
    }  # fmt: skip
    assert {row["payment"] for row in rows[:-1]} == {"10327.97"}
    assert (rows[-1]["payment"], rows[-1]["balance"], len(rows)) == ("10327.99", "0.00", 12)
    today = json.loads(schedule(*TV_5_1, "--json")[0])
    assert [row["payment"] for row in today] == [row["payment"] for row in rows]


def test_a_person_sees_rows_totals_and_the_cost_of_a_year(schedule: Run) -> None:
    shown = schedule(*TV_5_1, *FROM)[0]
    assert "10,327.99" in shown
    assert "3,935.66" in shown
    assert "6.0000 % 单利 simple (1-month IRR x 12), 6.1678 % 复利 compounded" in shown


def test_fees_are_part_of_the_cost(schedule: Run) -> None:
    """TV 5.11 and 5.12: 12,000 in twelve parts at 0.6 % flat a month, with and without 3 % up front."""
    flat = ("--principal", "12000", "--rate", "0", "--periods", "12", *FROM, "--fee-each", "72")
    assert "13.0342 % 单利 simple (1-month IRR x 12), 13.8418 % 复利" in schedule(*flat)[0]
    assert "18.8735 % 单利 simple (1-month IRR x 12), 20.5948 % 复利" in schedule(*flat, "--fee", "3%")[0]
    rows = json.loads(schedule(*flat, "--fee", "360", "--json")[0])
    assert rows[0] == {
        "n": 0, "due_date": "2024-01-01", "principal": "0.00", "interest": "0.00", "fee": "360.00",
        "payment": "360.00", "balance": "12000.00",
    }  # fmt: skip
    assert {row["payment"] for row in rows[1:]} == {"1072.00"}


def test_days_cost_by_dates(schedule: Run) -> None:
    """TV 5.3: 4.35 % over 360 is 4.41 % over 365, less what monthly settlement by Act/360 rounds away."""
    shown = schedule(
        "--principal", "1000000", "--rate", "4.35%", "--method", "revolving", "--due-day", "20",
        "--from", "2019-03-15", "--matures", "2020-03-14",
    )[0]  # fmt: skip
    assert "44,104.15" in shown
    assert "(daily IRR x 365)" in shown


def test_csv_goes_to_a_file_or_out(schedule: Run, tmp_path: Path) -> None:
    out = schedule(*TV_5_1, *FROM, "--csv")[0]
    schedule(*TV_5_1, *FROM, "--csv", "plan.csv")
    assert (tmp_path / "plan.csv").read_text("utf-8") == out
    assert schedule(*TV_5_1, "--csv", *FROM)[0] == out
    rows = list(csv.DictReader(StringIO(out)))
    assert sum(Decimal(row["principal"]) for row in rows) == 120_000
    assert rows[-1]["payment"] == "10327.99"


def test_a_workbook_has_dates_and_numbers_and_adds_up(schedule: Run, tmp_path: Path) -> None:
    schedule(*TV_5_1, *FROM, "--xlsx", "plan.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "plan.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("n", "due_date", "principal", "interest", "fee", "payment", "balance")
    assert rows[1] == (1, datetime(2024, 2, 1), 9727.97, 600, 0, 10327.97, 110272.03)  # noqa: DTZ001
    assert len(rows) == 14
    assert "SUBTOTAL" in rows[-1][2]


def test_the_end_of_the_known_holidays_is_told(schedule: Run) -> None:
    """On stderr, with --json too, so that a program's input stays an array."""
    done = schedule(*TV_5_1, "--from", "2090-01-01", "--calendar", "china", "--json")
    assert "the holidays of China are known from" in done[1]
    assert len(json.loads(done[0])) == 12
    assert schedule(*TV_5_1, *FROM, "--calendar", "china")[1] == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rate", "6"), "between 0 and 1"),
        (("--rate", "0.06", "--method", "anuity"), "'anuity' is none of annuity"),
        (("--rate", "0.06"), "1 to 1200 periods"),
        (("--rate", "0.06", "--periods", "12", "--every", "1y"), "not a frequency: '1y'"),
        (("--rate", "0.06", "--periods", "12", "--day-count", "actual"), "none of auto, act/360"),
        (("--rate", "0.06", "--periods", "12", "--first-due", "2023-12-01"), "not after the start"),
        (("--rate", "0.06", "--periods", "12", "--matures", "2025-01-01"), "any other with its last row"),
        (
            ("--rate", "0.06", "--periods", "12", "--method", "interest-only", "--grace", "3"),
            "grace puts principal off",
        ),
        (("--rate", "0.06", "--method", "seasonal", "--season", "2024-06-30"), "write DATE=SHARE"),
        (("--rate", "0.06", "--method", "seasonal", "--season", "2024-06-30=0.4"), "add to 1"),
        (("--rate", "0.06", "--method", "balloon", "--periods", "3", "--balloon", "1000.01"), "part of the principal"),
        (("--rate", "0.06", "--periods", "12", "--fee", "1.234"), "not an amount"),
        (("--rate", "0.06", "--periods", "12", "--xlsx", "no/where.xlsx"), "no/where.xlsx: No such file"),
    ],
)
def test_what_is_wrong_is_said(schedule: Run, arguments: tuple[str, ...], said: str) -> None:
    done = schedule("--principal", "1000", *FROM, *arguments, code=2)
    assert said in done[1]
    assert done[0] == ""
