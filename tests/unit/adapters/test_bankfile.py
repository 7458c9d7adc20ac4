"""Statements of banks as they come: two encodings, two languages, and faults that name their line."""

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from zhiwei.adapters import bankfile
from zhiwei.adapters.bankfile import read_bank_file
from zhiwei.ledger.reconcile import BankRow
from zhiwei.values import BadInput

ENGLISH = """date,direction,amount,currency,reference,counterparty,text
2024-03-01,out,"120,000.00",CNY,R1,晨光文具店,支用
20240302,in,1350.5,CNY,,晨光文具店,
2024-03-02,收,0.01,USD,R3,"O'Neil, Inc.","a ""quoted"" word"
"""
ROWS = (
    BankRow(date(2024, 3, 1), -12_000_000, "CNY", "R1", "晨光文具店", "支用"),
    BankRow(date(2024, 3, 2), 135_050, "CNY", "", "晨光文具店", ""),
    BankRow(date(2024, 3, 2), 1, "USD", "R3", "O'Neil, Inc.", 'a "quoted" word'),
)
HEADER = ",".join(bankfile.HEADERS[0])
CHINESE = ENGLISH.replace(HEADER, "日期,收付,金额,币种,流水号,对方户名,摘要").replace("out", "付")


def written(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "bank.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_rows_are_the_same_in_any_encoding(tmp_path: Path, encoding: str, ending: str) -> None:
    statement = read_bank_file(written(tmp_path, ENGLISH.replace("\n", ending), encoding))
    assert statement.rows == ROWS
    assert [row.line for row in statement.rows] == [2, 3, 4]
    assert (statement.since, statement.until) == (date(2024, 3, 1), date(2024, 3, 2))


def test_chinese_columns(tmp_path: Path) -> None:
    assert read_bank_file(written(tmp_path, CHINESE, "gb18030")).rows == ROWS


def test_the_same_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, ENGLISH)
    assert read_bank_file(path).sha256 == hashlib.sha256(ENGLISH.encode()).hexdigest()
    assert read_bank_file(path) == read_bank_file(path)


def test_equal_rows_are_numbered(tmp_path: Path) -> None:
    """So that an overlapping file brings the same two again, and not one."""
    twice = ENGLISH + ENGLISH.splitlines()[2] + "\n"
    rows = read_bank_file(written(tmp_path, twice)).rows
    assert [row.occurrence for row in rows] == [1, 1, 1, 2]
    assert len({row.row_id for row in rows}) == 4
    assert {row.row_id for row in read_bank_file(written(tmp_path, ENGLISH)).rows} < {row.row_id for row in rows}


def test_empty_lines_and_stray_spaces_are_no_faults(tmp_path: Path) -> None:
    content = ENGLISH.replace("R1", "\tR1 ") + "\n,,,,,,\n\n"
    assert read_bank_file(written(tmp_path, content)).rows == ROWS


GOOD = "2024-03-01,in,1.00,CNY,R,N,T"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2024-03-01,in,1.00,CNY,R,N", "6 cells, not 7"),
        ("2024-02-30,in,1.00,CNY,R,N,T", "'2024-02-30' is no date"),
        ("01/03/2024,in,1.00,CNY,R,N,T", "is no date"),
        ("1024-03-01,in,1.00,CNY,R,N,T", "is no date"),
        ("2024-03-01,credit,1.00,CNY,R,N,T", "neither in nor out"),
        ("2024-03-01,in,1.001,CNY,R,N,T", "at most two decimals"),
        ("2024-03-01,in,一百,CNY,R,N,T", "not an amount"),
        ("2024-03-01,in,,CNY,R,N,T", "not an amount"),
        ("2024-03-01,in,-1.00,CNY,R,N,T", "above zero"),
        ("2024-03-01,in,0,CNY,R,N,T", "above zero"),
        ("2024-03-01,in,99999999999999999999,CNY,R,N,T", "out of reason"),
        ("2024-03-01,in,1.00,RMB元,R,N,T", "no ISO 4217 code"),
        (f"2024-03-01,in,1.00,CNY,R,N,{'x' * 501}", "longer than 500"),
        ('2024-03-01,in,1.00,CNY,R,"a\nb",T', "control characters"),
        ("2024-03-01,in,1.00,CNY,R\x00,N,T", "control characters|NUL"),
        ('2024-03-01,in,1.00,CNY,R,"N"x,T', "not CSV"),
        ('2024-03-01,in,1.00,CNY,R,N,"T', "not CSV"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, row: str, says: str) -> None:
    path = written(tmp_path, "\n".join([HEADER, GOOD, row]))
    with pytest.raises(BadInput, match=says) as raised:
        read_bank_file(path)
    assert re.search(rf"{re.escape(str(path))}:[34]: ", raised.value.message)


def test_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="; and 30 more") as raised:
        read_bank_file(written(tmp_path, "\n".join([HEADER, *["x"] * 50])))
    assert raised.value.message.count("1 cells") == 20


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_bank_file"), (b" \n\n", "empty_bank_file"), (HEADER.encode(), "empty_bank_file"),
        (b"a,b,c\n1,2,3\n", "bad_bank_file"), (b"date,amount\n", "bad_bank_file"), (b"\xff\xff\x00", "not_text"),
        (b"PK\x03\x04\x14\x00\xff\xfe", "not_text"),
    ],
)  # fmt: skip
def test_what_is_no_statement(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_bank_file(written(tmp_path, content))
    assert raised.value.code == code


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(bankfile.LARGEST_FILE + 1)  # sparse: no byte of it is written or read
    with pytest.raises(BadInput, match="larger than 64 MiB"):
        read_bank_file(path)


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bankfile, "MOST_ROWS", 3)
    assert len(read_bank_file(written(tmp_path, ENGLISH)).rows) == 3
    with pytest.raises(BadInput, match=r":5: more than 3 rows"):
        read_bank_file(written(tmp_path, ENGLISH + GOOD))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bank_file(tmp_path / "none.csv")
