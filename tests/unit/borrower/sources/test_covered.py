"""What each source says of the days that its file covers, with rows and without; a plain table says nothing."""

import json
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from zhiwei.borrower.covers import Cover
from zhiwei.borrower.quality import covering
from zhiwei.borrower.sources import (
    acquiring,
    bank_flow,
    bureau,
    courts,
    invoice_table,
    meters,
    orders,
    pledges,
    procurement,
    registry,
    tax,
)
from zhiwei.borrower.sources import property as properties
from zhiwei.values import EARLIEST, BadInput

FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)
DAYS = {"from": "2024-01-01", "to": "2024-03-31"}


def read(source: ModuleType, document: dict[str, Any], **more: Any) -> list[Cover]:
    parsed = source.read(json.dumps(document).encode(), "file.json", "P", **more)
    assert not parsed.problems
    assert not [warning for warning in parsed.warnings if "unknown" in warning]
    return parsed.covered


@pytest.mark.parametrize(
    ("source", "kind", "above", "part"),
    [
        (orders, "orders", {"platform": "waimai", "orders": []}, "waimai"),
        (acquiring, "acquiring", {"merchant": "898", "transactions": []}, "898"),
        (procurement, "procurement", {"role": "buyer", "documents": []}, "buyer"),
        (meters, "meters", {"utility": "power", "meter": "0571", "readings": []}, "power / 0571"),
        (meters, "meters", {"utility": "power", "readings": []}, "power"),
        (tax, "tax_returns", {"returns": []}, ""),
    ],
)
def test_an_export_without_a_row_covers_what_was_asked_for(
    source: ModuleType, kind: str, above: dict[str, Any], part: str
) -> None:
    assert read(source, DAYS | above) == [Cover(kind, "P", FIRST, LAST, part)]
    assert read(source, above) == [], "an empty list without days says nothing of any day"


def test_an_export_covers_each_feed_that_its_rows_name() -> None:
    rows = [
        {"platform": platform, "order_no": platform, "ordered_at": "2024-02-01T10:00:00", "amount": 1, "status": "paid"}
        for platform in ("a", "b", "a")
    ]
    rows[2]["order_no"] = "c"
    assert read(orders, DAYS | {"orders": rows}) == [Cover("orders", "P", FIRST, LAST, part) for part in "ab"]


def test_a_day_that_is_alone_covers_nothing_and_the_wrong_way_round_is_a_problem() -> None:
    document = {"from": "2024-01-01", "orders": []}
    parsed = orders.read(json.dumps(document).encode(), "o.json", "P")
    assert (parsed.covered, len(parsed.warnings)) == ([], 1)
    parsed = orders.read(json.dumps(document | {"to": "2023-01-01"}).encode(), "o.json", "P")
    assert [problem.column for problem in parsed.problems] == ["from"]
    assert parsed.covered == []


def test_a_report_of_the_courts_covers_its_subject_back_to_where_one_looked() -> None:
    on = {"subject": "owner", "report_on": "2024-03-31", "cases": []}
    assert read(courts, on) == [Cover("courts", "P", EARLIEST, LAST, "owner")]
    assert read(courts, on | {"since": "2019-03-31"}) == [Cover("courts", "P", date(2019, 3, 31), LAST, "owner")]
    assert read(courts, {"report_on": "2024-03-31", "cases": []}, given={"subject": "firm"})[0].part == "firm"
    assert read(courts, {"subject": "owner", "cases": []}) == []


def test_a_case_filed_after_the_day_of_its_report_is_odd() -> None:
    case = {"what": "executed", "case_no": "（2023）京0105执1234号", "filed_on": "2024-04-01"}
    document = {"subject": "firm", "report_on": "2024-03-31", "cases": [case]}
    assert courts.read(json.dumps(document).encode(), "c.json", "P").warnings["filed after the day of the report"] == 1


def test_a_credit_report_covers_the_lists_that_it_has() -> None:
    """Accounts are told for five years, queries for two; a list that is missing was not asked for."""
    report = {"subject": "firm", "report_on": "2024-03-31", "accounts": []}
    accounts = Cover("bureau_accounts", "P", date(2019, 3, 31), LAST, "firm")
    assert read(bureau, report) == [accounts]
    assert read(bureau, report | {"queries": []}) == [
        accounts, Cover("bureau_queries", "P", date(2022, 3, 31), LAST, "firm")
    ]  # fmt: skip
    assert read(bureau, report | {"since": "2024-01-01"})[0].first == FIRST


def test_the_registry_covers_the_day_that_one_looked() -> None:
    found = read(registry, {"report_on": "2024-03-31", "entries": [{"on": "2015-04-02", "what": "established"}]})
    assert found == [Cover("registry", "P", EARLIEST, LAST)]


@pytest.mark.parametrize(("source", "kind"), [(properties, "property"), (pledges, "pledges")])
def test_a_search_of_a_register_covers_the_party_and_a_list_of_ones_own_does_not(source: ModuleType, kind: str) -> None:
    rows = "properties" if kind == "property" else "pledges"
    assert read(source, {"report_on": "2024-03-31", rows: []}) == [Cover(kind, "P", EARLIEST, LAST)]
    assert read(source, {"report_on": "2024-03-31", "since": "2024-01-01", rows: []})[0].first == FIRST
    assert read(source, {rows: []}) == []


def test_a_return_covers_its_period_as_a_row_and_only_once_it_is_filed() -> None:
    """As a period of the file it would be known before it was filed."""
    row = {"tax": "vat", "period": "2024Q1", "filed_on": "2024-04-10", "sales": 1}
    assert read(tax, {"returns": [row]}) == []
    assert read(tax, DAYS | {"returns": [row]}) == [Cover("tax_returns", "P", FIRST, LAST, "vat")]


# --- statements

MT940 = ":20:1\n:25:ACC\n:28C:1\n:60F:C{start}CNY1000,00\n{rows}:62F:C{end}CNY{closing}\n-"


def swift(start: str, end: str, rows: str = "", closing: str = "1000,00") -> list[Cover]:
    content = MT940.format(start=start, end=end, rows=rows, closing=closing)
    return bank_flow.read(content.encode(), "s.sta", "P").covered


def test_a_swift_statement_covers_the_days_between_its_balances() -> None:
    """An opening balance may be of the evening before; then its day is told by the statement before."""
    assert swift("240131", "240229") == [Cover("bank_flow", "P", date(2024, 2, 1), date(2024, 2, 29), "ACC")]
    booked = swift("240201", "240229", ":61:2402010201C5,00NTRF1\n", "1005,00")
    assert booked == [Cover("bank_flow", "P", date(2024, 2, 1), date(2024, 2, 29), "ACC")]
    assert swift("240229", "240229")[0].first == date(2024, 2, 29), "a statement of one day"


def camt(*parts: str, currency: str = "EUR") -> list[Cover]:
    content = (
        f"<Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>DE1</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{''.join(parts)}</Stmt></BkToCstmrStmt></Document>"
    )
    return bank_flow.read(content.encode(), "s.xml", "P").covered


def between(first: str, last: str) -> str:
    return f"<FrToDt><FrDtTm>{first}</FrDtTm><ToDtTm>{last}</ToDtTm></FrToDt>"


def standing(code: str, on: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def test_a_camt_statement_covers_its_period_or_the_days_between_its_balances() -> None:
    february = Cover("bank_flow", "P", date(2024, 2, 1), date(2024, 2, 29), "DE1 / EUR")
    assert camt(between("2024-02-01T00:00:00", "2024-02-29T23:59:59")) == [february]
    assert camt(between("2024-02-01T00:00:00", "2024-03-01T00:00:00")) == [february], "ends at midnight"
    assert camt(standing("PRCD", "2024-01-31"), standing("CLBD", "2024-02-29")) == [february]
    told = between("2024-02-01T00:00:00", "2024-02-29T23:59:59")
    assert camt(standing("OPBD", "2023-01-31"), standing("CLBD", "2024-02-20"), told) == [february]
    assert camt(standing("OPBD", "2024-01-31")) == []


def test_a_plain_table_covers_what_a_person_says_and_nothing_else() -> None:
    content = (
        "交易日期,摘要,收入金额,支出金额,余额,账号\n2024-03-03,货款,12.00,,112.00,77\n2024-03-05,货款,1.00,,113.00,77\n"
    )
    parsed = bank_flow.read(content.encode(), "s.csv", "P")
    assert parsed.covered == []
    said = covering(parsed, "P", bank_flow.KINDS, FIRST, LAST)
    assert said.covered == [Cover("bank_flow", "P", FIRST, LAST, "77")]
    assert said.tables == parsed.tables
    nothing = bureau.read(b'{"subject": "firm", "accounts": []}', "b.json", "P")
    assert [one.kind for one in covering(nothing, "P", bureau.KINDS, FIRST, LAST).covered] == list(bureau.KINDS)


# --- lists of invoices

HEADER = "发票号码,开票日期,销方识别号,销方名称,购方识别号,购买方名称,金额,税额,价税合计,发票状态\n"
ROW = "24112000000000000001,2024-02-01,,甲,,乙,100,13,113,正常\n"


@pytest.mark.parametrize(
    ("title", "covered"),
    [
        ("开票日期：2024-01-01 至 2024-03-31", True), ("开票日期起：20240101 开票日期止：20240331", True),
        ("查询期间 2024年1月1日-2024年3月31日", True), ("导出时间：2024-03-31", False),
        ("开票日期：2024-03-31 至 2024-01-01", False), ("开票日期：2024-02-30 至 2024-03-31", False),
        ("甲公司 2024-01-01 2024-03-31", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rows", ["", ROW])
def test_a_list_of_invoices_covers_what_was_queried(title: str, covered: bool, rows: str) -> None:
    parsed = invoice_table.read(f"{title}\n{HEADER}{rows}".encode(), "i.csv", "P", direction="sale")
    assert parsed.covered == ([Cover("invoices", "P", FIRST, LAST, "sale")] if covered else [])


# --- currency


def test_a_foreign_table_has_the_currency_that_is_given_and_its_decimals() -> None:
    content = b"Date,Description,Amount,Balance\n2024-01-31,RENT,-900,1600\n2024-02-01,FEE,-10,1590\n"
    assert bank_flow.read(content, "s.csv", "P").tables["bank_flow"]["currency"].null_count == 2
    yen = bank_flow.read(content, "s.csv", "P", currency="JPY").tables["bank_flow"]
    assert yen.select(["currency", "amount"]).to_pylist()[0] == {"currency": "JPY", "amount": -900}
    with pytest.raises(BadInput, match="'Yen' is no currency"):
        bank_flow.read(content, "s.csv", "P", currency="Yen")


def test_a_column_that_names_the_currency_is_believed_rather_than_the_person() -> None:
    content = "Date,Description,Amount,Currency\n2024-01-31,RENT,-900.00,EUR\n2024-02-01,FEE,-10.00,EUR\n"
    found = bank_flow.read(content.encode(), "s.csv", "P", currency="USD").tables["bank_flow"]
    assert set(found["currency"].to_pylist()) == {"EUR"}
