"""Mappings: their file, their rules, what a preview says of them, and rows that say nothing usable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import Mapping, guess, preview, read
from zhiwei.borrower.records import KINDS
from zhiwei.commands.borrower.mapping import app
from zhiwei.values import BadInput

SIGNED = """
kind = "bank_flow"
[columns]
booked_on = ["nowhere", "day"]
amount = "money"
balance = "left"
text = "words + more"
[constants]
account = "7"
"""
TABLE = "day,money,left,words,more,who\n2024-01-02,5.00,15.00,a,b,A\n2024-01-03,-1.00,14.00,c,,B\n"


def flow(mapping: str, table: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = (
        read(grid_of(table.encode(), "t"), Mapping.from_toml(mapping), "P").tables["bank_flow"].to_pylist()
    )
    return rows


def test_the_first_header_present_counts_and_columns_are_joined() -> None:
    first, second = flow(SIGNED, TABLE)
    assert (first["amount"], first["text"], first["account"], first["sequence"]) == (500, "a b", "7", 1)
    assert (second["amount"], second["text"]) == (-100, "c")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_mapping_that_comes_back(kind: str) -> None:
    targets = {name: (f"h {name}", 'odd "header"\\ #') for name in KINDS[kind].schema.names[1:]}
    mapping = Mapping(kind, targets, {KINDS[kind].schema.names[1]: "x"}, ("DD/MM/YY",), ",", "万元", "newest_first")
    assert Mapping.from_toml(mapping.to_toml()) == mapping


@given(
    st.dictionaries(st.sampled_from(["text", "reference"]), st.lists(st.text(), min_size=1, max_size=3).map(tuple)),
    st.text(),
)
def test_any_header_survives_the_file(columns: dict[str, tuple[str, ...]], word: str) -> None:
    mapping = Mapping("bank_flow", columns, values={"currency": {word: "CNY"}})
    assert Mapping.from_toml(mapping.to_toml()) == mapping


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('kind = "bank_flow"', 'kind = "stars"'), "unknown kind"), (("booked_on", "booked"), "no column booked"),
        (("[constants]", "[constant]"), "unknown key"), (('account = "7"', 'party_id = "7"'), "no column party_id"),
        (("[constants]", '[formats]\ndates = ["DD"]\n[constants]'), "date format"),
        (("[constants]", '[formats]\nunit = "两"\n[constants]'), "formats.unit"),
        (("[constants]", '[sign]\nrule = "two_columns"\n[constants]'), "sign.in"),
        (("[constants]", '[sign]\nrule = "direction"\n[constants]'), "sign.direction"),
        (("[constants]", '[sign]\nrule = "negated"\ntarget = "text"\n[constants]'), "no column of money"),
        (('"money"', "7"), "columns.amount"), (('"money"', '"money'), "not TOML"),
        (("[columns]", "columns = 1"), "columns"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_wrong_says_where(change: tuple[str, str], said: str) -> None:
    with pytest.raises(BadInput, match="bad_mapping") as refused:
        Mapping.from_toml(SIGNED.replace(*change))
    assert said in str(refused.value)


@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    try:
        mapping = Mapping.from_toml(text)
    except BadInput:
        return
    assert mapping.kind in KINDS


def sign(*lines: str) -> str:
    columns = '[columns]\nbooked_on = "d"\n' + ("" if any("two" in line for line in lines) else 'amount = "m"\n')
    return 'kind = "bank_flow"\n' + columns + "\n".join(["[sign]", *lines])


def test_rules_of_the_sign() -> None:
    two = sign('rule = "two_columns"', 'in = "i"', 'out = "o"')
    table = (
        "d,i,o\n2024-01-01,5.00,0.00\n2024-01-02,,3.00\n2024-01-03,2.00,1.00\n2024-01-04,-,4.00\n2024-01-05,,-2.00\n"
    )
    assert [row["amount"] for row in flow(two, table)] == [500, -300, 100, -400, 200]
    below = "d,i,o\n2024-01-01,5.00,\n2024-01-02,,-3.00\n"
    assert [row["amount"] for row in flow(two, below)] == [500, -300]
    said = sign('rule = "direction"', 'direction = "w"', 'words_in = ["贷"]', 'words_out = ["借"]')
    table = "d,m,w\n2024-01-01,5.00,贷\n2024-01-02,3.00,借\n2024-01-03,-1.00,借\n2024-01-04,2.00,?\n"
    grid = grid_of(table.encode(), "t")
    found = read(grid, Mapping.from_toml(said), "P")
    assert found.tables["bank_flow"]["amount"].to_pylist() == [500, -300, 100]
    assert [(problem.place, problem.value) for problem in found.problems] == [("row 5", "2.00 ?")]
    assert [row["amount"] for row in flow(sign('rule = "negated"'), "d,m\n2024-01-01,5.00\n")] == [-500]


def test_every_cell_that_says_nothing_is_named_and_its_row_left_out() -> None:
    table = TABLE + "2024-01-32,1.00,15.00,x,,C\n2024-01-04,1.0.0,15.00,x,,C\n2024-01-05,,15.00,x,,C\n"
    found = read(grid_of(table.encode(), "t"), Mapping.from_toml(SIGNED), "P")
    assert found.rows() == 2
    assert [(problem.place, problem.column, problem.value) for problem in found.problems] == [
        ("row 4", "day", "2024-01-32"), ("row 5", "money", "1.0.0"), ("row 6", "money", "")
    ]  # fmt: skip


def test_a_file_of_which_nothing_is_understood_or_a_column_is_missing_is_refused() -> None:
    mapping = Mapping.from_toml(SIGNED)
    with pytest.raises(BadInput, match="nothing_understood"):
        read(grid_of(b"day,money\nx1,1\nx2,2\n", "t"), mapping, "P")
    with pytest.raises(BadInput, match="missing_column"):
        read(grid_of(b"day,euros\n2024-01-01,1\n", "t"), mapping, "P")


def test_problems_are_bounded_and_the_rest_counted() -> None:
    table = "day,money,left\n2024-01-01,1.00,1.00\n" + "2024-01-02,1.0.0,2.00\n" * 1500
    found = read(grid_of(table.encode(), "t"), Mapping.from_toml(SIGNED), "P")
    assert len(found.problems) == 1000
    assert found.warnings["problems that are not listed"] == 500


def test_words_of_the_file_become_words_of_the_record() -> None:
    mapping = Mapping.from_toml("""
        kind = "orders"
        required = ["ordered_at", "order_no"]
        [columns]
        order_no = "no"
        ordered_at = "day + time"
        status = "state"
        [values.status]
        "已付款" = "paid"
        "交易关闭" = "cancelled"
    """)
    table = "no,day,time,state\n1,2024-01-01,10:00:01,已付款\n2,2024-01-01,11:00,交易关闭\n3,2024-01-01,12:00,未知\n"
    found = read(grid_of(table.encode(), "t"), mapping, "P")
    rows = found.tables["orders"].to_pylist()
    assert [(str(row["ordered_at"]), row["status"]) for row in rows] == [
        ("2024-01-01 10:00:01", "paid"), ("2024-01-01 11:00:00", "cancelled")
    ]  # fmt: skip
    assert [(problem.column, problem.value) for problem in found.problems] == [("state", "未知")]


def test_repeats_of_invoices_are_numbered() -> None:
    mapping = Mapping.from_toml('kind = "invoices"\n[columns]\nissue_date = "d"\namount = "m"\ninvoice_no = "n"\n')
    table = read(grid_of(b"d,m,n\n2024-01-01,1,7\n2024-01-01,1,7\n2024-01-02,1,7\n", "t"), mapping, "P").tables[
        "invoices"
    ]
    assert table["occurrence"].to_pylist() == [1, 2, 1]


def test_a_hundred_thousand_rows() -> None:
    lines = "".join(f"2024-01-{n % 28 + 1:02d},{n % 9 + 1}.25,,a {n},,\n" for n in range(100_000))
    found = read(grid_of(("day,money,left,words,more,who\n" + lines).encode(), "t"), Mapping.from_toml(SIGNED), "P")
    assert found.rows() == 100_000
    assert sum(found.tables["bank_flow"]["amount"].to_pylist()) == sum((n % 9 + 1) * 100 + 25 for n in range(100_000))


@pytest.mark.parametrize(
    ("kind", "table", "wanted"),
    [
        ("invoices", "开票日期,发票号码,购方名称,金额,税额,价税合计\n2024-01-02,1,甲,100.00,13.00,113.00\n",
         {"issue_date": "开票日期", "invoice_no": "发票号码", "amount": "金额", "tax": "税额", "total": "价税合计"}),
        ("meters", "户号,抄表日期,用电量,电费\n0571001,2024-01-31,310.5,240.10\n",
         {"meter": "户号", "read_on": "抄表日期", "usage": "用电量", "amount": "电费"}),
        ("orders", "Order ID,Created at,Total,Status\nA1,2024-01-02 10:00:00,12.50,paid\n",
         {"order_no": "Order ID", "ordered_at": "Created at", "amount": "Total", "status": "Status"}),
    ],
)  # fmt: skip
def test_other_kinds_are_guessed_by_their_headers(kind: str, table: str, wanted: dict[str, str]) -> None:
    mapping = guess(grid_of(table.encode(), "t"), kind)
    assert {target: headers[0] for target, headers in mapping.columns.items() if target in wanted} == wanted


OPEN = "Date,Amount,Balance\n03/04/2024,5.00,15.00\n04/04/2024,-1.00,14.00\n05/04/2024,1.00,14.50\n"


def test_a_preview_shows_what_is_read_and_what_is_open() -> None:
    grid = grid_of(OPEN.encode(), "t.csv")
    shown = preview(grid, guess(grid, "bank_flow"))
    day = next(column for column in shown.columns if column.target == "booked_on")
    assert day.examples[0] == ("03/04/2024", "2024-04-03")
    assert shown.ambiguous == (("booked_on", "DD/MM/YYYY", "MM/DD/YYYY"),)
    assert (shown.links, shown.held, shown.broken) == (2, 1, (4,))
    assert (shown.total_in, shown.total_out, shown.days) == ({"": 600}, {"": -100}, ("2024-04-03", "2024-04-05"))
    for line in ("fits MM/DD/YYYY too", "1 of 2 follow from the one before; broken at row 4", "in 6.00, out -1.00"):
        assert line in shown.text()


def test_days_and_months_are_settled_by_the_file_where_it_can() -> None:
    months = "Date,Amount\n" + "".join(f"{month:02d}/05/2024,{month}.00\n" for month in range(1, 13))
    assert guess(grid_of(months.encode(), "t"), "bank_flow").dates == (
        "DD/MM/YYYY",
    )  # either order runs; the usual one
    thirteenth = OPEN + "13/04/2024,1.00,15.50\n"
    grid = grid_of(thirteenth.encode(), "t")
    assert preview(grid, guess(grid, "bank_flow")).ambiguous == ()
    ordered = (
        "Date,Amount\n"
        + "".join(f"01/{day:02d}/2024,{day}.00\n" for day in (2, 5, 9, 12))
        + "02/01/2024,3.00\n02/03/2024,7.00\n"
    )
    assert guess(grid_of(ordered.encode(), "t"), "bank_flow").dates == ("MM/DD/YYYY",)  # else time would run back


def test_the_command_previews_and_saves(tmp_path) -> None:
    file, target = tmp_path / "t.csv", tmp_path / "m.toml"
    file.write_text(OPEN)
    run = CliRunner()
    assert "booked_on" in run.invoke(app, ["preview", str(file)]).output
    asked = run.invoke(app, ["save", str(file), "--to", str(target)])
    assert isinstance(asked.exception, BadInput)
    assert asked.exception.code == "undecided"
    saved = run.invoke(app, ["save", str(file), "--to", str(target), "--set", "dates=DD/MM/YYYY"])
    assert saved.exit_code == 0, saved.output
    assert Mapping.from_toml(target.read_text()).columns["amount"] == ("Amount",)
    assert '"guessed": false' in run.invoke(app, ["preview", str(file), "--mapping", str(target), "--json"]).output
    again = run.invoke(app, ["save", str(file), "--to", str(target)])
    assert isinstance(again.exception, BadInput)
    assert isinstance(run.invoke(app, ["preview", str(file), "--kind", "stars"]).exception, BadInput)


@pytest.mark.parametrize("parts", [1_500, 50_000])
def test_a_key_of_very_many_parts_is_refused_at_once(parts: int) -> None:
    with pytest.raises(BadInput, match="a key of more than"):
        Mapping.from_toml('kind = "bank_flow"\n[constants]\n' + "a." * parts + "a = 1\n")
