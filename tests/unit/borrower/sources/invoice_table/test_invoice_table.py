"""Lists of invoices: the platform's usual columns, sides, red and void, and what is odd."""

import contextlib
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.records import INVOICES
from zhiwei.borrower.sources.invoice_table import KINDS, default_mapping, read
from zhiwei.values import BadInput

OWN, OTHER = "9153000077859986X2", "91110108551385082Q"
NUMBER = "26537912570200055449"
HEADER = (
    *("序号", "发票代码", "发票号码", "数电发票号码", "销方识别号", "销方名称", "购方识别号", "购方名称", "开票日期"),
    *("金额", "税额", "价税合计", "发票来源", "发票票种", "发票状态", "是否正数发票", "发票风险等级"),
)
CELLS = {
    "数电发票号码": NUMBER,
    "销方识别号": OWN,
    "销方名称": "云南示例有限公司",
    "购方识别号": OTHER,
    "购方名称": "北京示例有限公司",
    "开票日期": "2026-03-18 16:05:42",
    "金额": "4197.17",
    "税额": "251.83",
    "价税合计": "4449.00",
    "发票状态": "正常",
    "是否正数发票": "是",
    "发票风险等级": "正常",
}
ROW = {
    "party_id": "p1", "direction": "sale", "invoice_no": NUMBER, "issue_date": date(2026, 3, 18),
    "counterparty": OTHER, "amount": 419_717, "tax": 25_183, "total": 444_900, "status": "valid", "occurrence": 1,
}  # fmt: skip


def table(*rows: dict[str, str], header: tuple[str, ...] = HEADER) -> bytes:
    lines = [",".join(header)]
    lines += [",".join((CELLS | row).get(name, "") for name in header) for row in rows]
    return "\n".join(lines).encode()


def parsed(content: bytes, tax_no: str = OWN, direction: str = "", mapping: Mapping | None = None) -> Parsed:
    found = read(content, "a.csv", "p1", tax_no, direction, mapping)
    assert set(found.tables) == set(KINDS)
    assert found.tables["invoices"].schema == INVOICES
    return found


def rows(content: bytes, tax_no: str = OWN, direction: str = "") -> list[dict[str, Any]]:
    found = parsed(content, tax_no, direction)
    assert found.problems == []
    return list(found.tables["invoices"].to_pylist())


def warnings(*cells: dict[str, str]) -> dict[str, int]:
    return dict(parsed(table(*cells)).warnings)


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- what is good


def test_the_platforms_export() -> None:
    assert rows(table({})) == [ROW]
    assert warnings({}) == {}


def test_a_header_alone_warns_of_nothing() -> None:
    header = tuple(name for name in HEADER if name != "发票状态")
    found = parsed(",".join(header).encode())
    assert (found.rows(), found.warnings) == (0, {})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert rows(table({}).decode().encode(encoding)) == [ROW]


def test_sold_and_bought_in_one_file() -> None:
    bought = {
        "销方识别号": OTHER,
        "销方名称": "x",
        "购方识别号": OWN,
        "购方名称": "y",
        "数电发票号码": "26117912570200055449",
    }
    found = rows(table({}, bought))
    assert [(one["direction"], one["counterparty"]) for one in found] == [("sale", OTHER), ("purchase", OTHER)]


def test_numbers_with_and_without_a_code() -> None:
    """A digital invoice has its own column; the older one is code and number."""
    old = {"数电发票号码": "", "发票代码": "053001900111", "发票号码": "12345678"}
    assert [one["invoice_no"] for one in rows(table({}, old))] == [NUMBER, "05300190011112345678"]
    both = {"数电发票号码": "", "发票代码": "053001900111", "发票号码": NUMBER}
    assert [one["invoice_no"] for one in rows(table(both))] == [NUMBER]


def test_a_consumer_has_a_name_only() -> None:
    assert rows(table({"购方识别号": "", "购方名称": "个人"})) == [ROW | {"counterparty": "个人"}]


def test_a_citizen_is_known_by_name_and_never_by_an_id() -> None:
    assert rows(table({"购方识别号": "11010519491231002x", "购方名称": "个人"})) == [ROW | {"counterparty": "个人"}]


def test_repeats_are_numbered() -> None:
    assert rows(table({}, {})) == [ROW, ROW | {"occurrence": 2}]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("正常", "valid"),
        ("", "valid"),
        ("已作废", "void"),
        ("作废", "void"),
        ("已红冲-全额", "valid"),
        ("已红冲-部分", "valid"),
        ("失控", "void"),
    ],
)
def test_status(word: str, status: str) -> None:
    assert rows(table({"发票状态": word})) == [ROW | {"status": status}]


RED = {"金额": "-141.51", "税额": "-8.49", "价税合计": "-150.00", "是否正数发票": "否"}


def test_red() -> None:
    expected = ROW | {"amount": -14_151, "tax": -849, "total": -15_000}
    assert rows(table(RED)) == [expected]
    assert warnings(RED) == {}
    positive = RED | {"金额": "141.51", "税额": "8.49", "价税合计": "150.00"}
    assert rows(table(positive)) == [expected]
    assert warnings(positive) == {"a red invoice with a positive amount: taken as negative": 1}
    assert warnings(RED | {"是否正数发票": "是"}) == {"negative and marked as no red invoice": 1}


def test_a_workbook_with_its_sheet_of_lines() -> None:
    """The sheet of invoices is read, not the one that repeats them line by line; binary noise is no third decimal."""
    basic = [
        list(HEADER),
        [{**CELLS, "金额": 9939977.779999999, "税额": 0, "价税合计": 9939977.78}.get(name) for name in HEADER],
    ]
    lines = [[*HEADER, "货物或应税劳务名称"], *([[CELLS.get(name) for name in HEADER] + [f"*x*{k}"] for k in range(9)])]
    found = parsed(workbook({"信息汇总表": lines, "发票基础信息": basic}))
    assert found.tables["invoices"].to_pylist() == [ROW | {"amount": 993_997_778, "tax": 0, "total": 993_997_778}]
    assert found.problems == []


def test_lines_are_noticed() -> None:
    found = parsed(
        table({"货物或应税劳务名称": "a"}, {"货物或应税劳务名称": "b"}, header=(*HEADER, "货物或应税劳务名称"))
    )
    assert found.warnings["rows of a number that stands above already: are they lines of invoices?"] == 1


def test_three_decimals_are_no_noise() -> None:
    sheet = [
        list(HEADER),
        [{**CELLS, "金额": "4197.1749"}.get(name) for name in HEADER],
        [CELLS.get(name) for name in HEADER],
    ]
    found = parsed(workbook({"发票基础信息": sheet}))
    assert [(one.place, one.column) for one in found.problems] == [("row 2", "金额")]


def test_another_layout() -> None:
    mapping = Mapping.from_toml(
        'kind = "invoices"\n[columns]\ninvoice_no = "No"\nissue_date = "Day"\namount = "Net"\ncounterparty = "Who"\n'
        '[constants]\ndirection = "purchase"\nstatus = "valid"\n'
    )
    content = b"No,Day,Net,Who\n1,2026-03-18,100.00,Acme\n2,2026-03-19,50.00,Acme\n"
    found = parsed(content, "", mapping=mapping)
    assert [
        (one["direction"], one["counterparty"], one["amount"], one["tax"])
        for one in found.tables["invoices"].to_pylist()
    ] == [
        ("purchase", "Acme", 10_000, None),
        ("purchase", "Acme", 5_000, None),
    ]
    assert Mapping.from_toml(default_mapping().to_toml()) == default_mapping()


# --- sides


def test_a_list_that_names_one_side() -> None:
    """Without the numbers, whoever hands the file in says which side it is."""
    header = ("发票号码", "开票日期", "购方名称", "金额", "税额", "价税合计", "发票状态")
    content = table({"发票号码": NUMBER}, header=header)
    assert rows(content, "", "sale") == [ROW | {"counterparty": "北京示例有限公司"}]
    with pytest.raises(BadInput) as caught:
        parsed(content)
    assert caught.value.code == "no_direction"


def test_rows_of_somebody_else() -> None:
    stranger = {"销方识别号": "91110000600037341L"}
    found = parsed(table({}, stranger, {"购方识别号": OWN}))
    assert found.tables["invoices"].to_pylist() == [ROW]
    assert [(one.place, one.column, one.problem) for one in found.problems] == [
        ("row 3", "销方识别号 / 购方识别号", "neither side is the party"),
        ("row 4", "销方识别号 / 购方识别号", "both sides are the party"),
    ]
    with pytest.raises(BadInput) as caught:
        parsed(table(stranger))
    assert caught.value.code == "wrong_party"


def test_a_word_for_the_file_does_not_overrule_numbers() -> None:
    assert rows(table({}), OWN, "purchase") == [ROW]
    with pytest.raises(BadInput) as caught:
        parsed(table({}), OWN, "sold")
    assert caught.value.code == "bad_direction"


# --- what is odd, what is wrong


@pytest.mark.parametrize(
    ("cells", "phrase"),
    [
        ({"价税合计": "4449.02"}, "amount + tax differs from total by more than 0.01"),
        ({"数电发票号码": "25537912570200055449"}, "the year in the number is not the year of issue"),
        ({"数电发票号码": "26117912570200055449"}, "the province in the number is not the seller's"),
        ({"数电发票号码": "2611791"}, "the number is neither of 20 digits nor of 8 with a code"),
    ],
)
def test_odd(cells: dict[str, str], phrase: str) -> None:
    assert warnings(cells) == {phrase: 1}


def test_no_status_is_said_once() -> None:
    header = tuple(name for name in HEADER if name != "发票状态")
    found = parsed(table({}, header=header))
    assert found.tables["invoices"].to_pylist() == [ROW]
    assert dict(found.warnings) == {"the file has no status: all taken as valid": 1}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"开票日期": "someday"}, "开票日期"),
        ({"金额": "x"}, "金额"),
        ({"金额": ""}, "金额"),
        ({"发票状态": "?"}, "发票状态"),
        ({"税额": "x"}, "税额"),
        ({"购方识别号": "", "购方名称": ""}, "购方识别号 or 购方名称 or 销方识别号 or 销方名称"),
        ({"数电发票号码": ""}, "发票代码 + 数电发票号码 + 发票号码"),
    ],
)
def test_problems(cells: dict[str, str], column: str) -> None:
    found = parsed(table({}, cells))
    assert found.tables["invoices"].to_pylist() == [ROW]
    assert [(one.place, one.column) for one in found.problems] == [("row 3", column)]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\x00\x01\x02", b"PK\x03\x04broken", "发票号码,开票日期\n1,2026-01-01\n".encode()]
)
def test_no_list_of_invoices(content: bytes) -> None:
    with pytest.raises(BadInput):
        parsed(content, OWN, "sale")


# --- large and hostile


def test_many_rows() -> None:
    many = [{"数电发票号码": f"2653{k:016d}"} for k in range(20_000)]
    found = parsed(table(*many))
    assert (found.rows(), found.problems, dict(found.warnings)) == (20_000, [], {})


def read_or_refused(content: bytes) -> None:
    with contextlib.suppress(BadInput):
        found = read(content, "a.csv", "p1", OWN, "sale")
        for name in ("direction", "invoice_no", "issue_date", "counterparty", "amount", "status"):
            assert found.tables["invoices"][name].null_count == 0


BOOK = workbook({"发票基础信息": [list(HEADER), [CELLS.get(name) for name in HEADER]]})


@given(st.sampled_from([table({}, RED), table({}).decode().encode("gbk"), BOOK]),
       st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5), st.integers(0, 30))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_random_damage(valid: bytes, hits: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(valid)
    for place, value in hits:
        damaged[place % len(damaged)] = value
    middle = hits[0][0] % len(damaged) if hits else 0
    del damaged[middle : middle + cut]
    read_or_refused(bytes(damaged))


@given(
    st.lists(
        st.dictionaries(st.sampled_from(HEADER), st.text("0123456789-.¥()（）是否正常作废 年月日%E", max_size=14)),
        max_size=4,
    )
)
@settings(deadline=None)
def test_any_cells(cells: list[dict[str, str]]) -> None:
    read_or_refused(table(*cells))
