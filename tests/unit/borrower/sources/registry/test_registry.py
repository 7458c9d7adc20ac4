"""The registry: entries by kind, each with what it is nothing without; nobody's ID number gets in."""

import json
from datetime import date
from typing import Any

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import REGISTRY
from zhiwei.borrower.sources import registry
from zhiwei.values import BadInput

USCC, OTHER = "91110000600037341L", "91110108551385082Q"  # TV 1.2
ENTRIES = [
    {"on": "1998-04-02", "what": "established"},
    {"on": "1998-04-02", "what": "status", "value": "存续"},
    {"on": "1998-04-02", "what": "capital", "amount": "5000000.00"},
    {"on": "2020-05-06", "what": "shareholder", "value": "holder_1", "share": "0.6", "until": "2023-01-31"},
    {"on": "2021-07-01", "what": "abnormal", "value": "未按期公示年度报告", "until": "2021-09-01"},
    {"on": "2022-01-01", "what": "pledge", "amount": 100, "share": 0.1},
    {"on": "2024-06-30", "what": "insured", "value": "12"},
]


def read(*entries: Any, party: str = USCC, **more: Any) -> Parsed:
    return registry.read(json.dumps({**more, "entries": entries}).encode(), "registry.json", party)


def test_entries_of_many_kinds() -> None:
    parsed = read(*ENTRIES, uscc=USCC)
    table = parsed.tables["registry"]
    assert table.schema == REGISTRY
    assert table.num_rows == len(ENTRIES)
    assert table.to_pylist()[3] == {
        "party_id": USCC, "on": date(2020, 5, 6), "what": "shareholder", "value": "holder_1", "amount": None,
        "share": 0.6, "until": date(2023, 1, 31),
    }  # fmt: skip
    assert table["amount"].to_pylist()[2] == 500_000_000
    assert parsed.facts == {"uscc": USCC}
    assert not parsed.problems
    assert not parsed.warnings


def test_lines_say_the_same() -> None:
    lines = "\r\n".join(json.dumps(entry, ensure_ascii=False) for entry in ENTRIES).encode("gb18030")
    assert registry.read(lines, "registry.ndjson", USCC).tables == read(*ENTRIES).tables


def test_another_firms_file_is_refused() -> None:
    with pytest.raises(BadInput, match=f"is about {OTHER}, not {USCC}"):
        read(*ENTRIES, uscc=OTHER)
    assert read(*ENTRIES, uscc=OTHER, party="E1").rows() == len(ENTRIES)  # a source's own code says nothing
    with pytest.raises(BadInput, match=f"is about {OTHER}, not {USCC}"):
        registry.read(json.dumps({"uscc": OTHER, "entries": []}).encode(), "registry.json", "E1", USCC)
    assert read(uscc=USCC[:-1] + "M", party="E1").warnings == {"uscc with a wrong check digit": 1}
    assert read(uscc="91", party="E1").problems[0].column == "uscc"


@pytest.mark.parametrize(
    ("entry", "column", "said"),
    [
        ({"what": "capital"}, "amount", "missing: an entry capital has one"), ({"what": "status"}, "value", "missing"),
        ({"what": "shareholder", "share": "0.5"}, "value", "missing"), ({"what": "moon"}, "what", "one of established"),
        ({"what": "shareholder", "value": "h", "share": "60%"}, "share", "from 0 to 1"),
        ({"what": "insured", "value": "about 12"}, "value", "a number of people"),
        ({"what": "insured", "value": "１２"}, "value", "a number of people"),
        ({"what": "insured", "value": 12}, "value", "in quotes"),
        ({"what": "capital", "amount": "-1"}, "amount", "zero or more"),
        ({"what": "abnormal", "until": "2019-01-01"}, "until", "not before on, 2020-01-01"),
        ({"what": "legal_representative", "value": "11010519491231002X"}, "value", "a citizen's ID"),
        ({"on": "yesterday", "what": "established"}, "on", "expected a day"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_named(entry: dict[str, Any], column: str, said: str) -> None:
    parsed = read(ENTRIES[0], {"on": "2020-01-01", **entry})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("entries[1]", column)
    assert said in problem.problem
    assert parsed.rows() == 1


def test_what_is_odd_is_kept() -> None:
    parsed = read({**ENTRIES[1], "value": "冻结"}, {"on": "2020-01-01", "what": "shareholder", "value": "h"})
    assert parsed.warnings == {"status that the registry does not use": 1, "shareholder without a share": 1}
    assert parsed.rows() == 2


def test_a_scope_fills_pages() -> None:
    scope = {"on": "2020-01-01", "what": "scope", "value": "食品销售；" * 700}
    assert read(scope).tables["registry"]["value"].to_pylist() == [scope["value"]]
    assert "at most 4,000" in read({**scope, "value": "x" * 4001}).problems[0].problem


@pytest.mark.parametrize("content", [b"", b"{", b'{"entries": 1}', b"on,what\n2020-01-01,status", b"\x00\xff"])
def test_what_is_no_registry_file(content: bytes) -> None:
    with pytest.raises(BadInput):
        registry.read(content, "registry", USCC)
