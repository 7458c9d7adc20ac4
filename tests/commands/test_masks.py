"""A name, a phone, an identity number and accounts that somebody's files hold: no command repeats them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from stdnum import luhn
from stdnum.cn import ric

Run = Callable[..., subprocess.CompletedProcess[str]]
NAME, PHONE, ACCOUNT = "某甲", "13800138000", "37040044053201"
IDENTITY = "11010519900307100" + ric.calc_check_digit("110105199003071000")
CARD = "622202020011234567" + luhn.calc_check_digit("622202020011234567")
PERSONAL = (NAME, PHONE, ACCOUNT, IDENTITY, CARD)
FLOW = f"""某某银行对账单
账号：{CARD},户名：{NAME}

交易日期,摘要,收入金额,支出金额,余额,对方户名,对方账号
2025-03-03,货款 {PHONE},"12,000.00",,"112,000.00",{NAME}商行,{ACCOUNT}
2025-03-20,{NAME} {IDENTITY},,"7,500.50","104,499.50",{NAME},{CARD}
2025-04-02,货款,"3,000.00",,"107,499.50",{NAME},{ACCOUNT}
打印人,{NAME},,,,,
"""


@pytest.fixture
def say(zhiwei: Run) -> Run:
    """Runs a command and looks at all that it says."""

    def run(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = zhiwei(*arguments, code=code)
        clear = [value for value in PERSONAL if value in done.stdout + done.stderr]
        assert clear == [], f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / f"{NAME}_{CARD}.csv"
    path.write_bytes(FLOW.encode("gb18030"))
    return path


def consent(say: Run, tmp_path: Path, party: str, *scopes: str) -> None:
    words = tmp_path / "words.txt"
    words.write_text(f"{NAME} {IDENTITY} 同意", "utf-8")
    wanted = [word for scope in scopes for word in ("--scope", scope)]
    say("consent", "give", party, *wanted, "--text", words, "--name", NAME, "--evidence", f"call from {PHONE}")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_preview_shows_examples_in_part(say: Run, flow: Path, tmp_path: Path, form: tuple[str, ...]) -> None:
    plain = tmp_path / "flow.csv"
    plain.write_bytes(flow.read_bytes())
    shown = say("mapping", "preview", plain, *form).stdout
    assert "12,000.00" in shown, "amounts and days are what one looks at"
    assert "2025-03-03" in shown
    assert "某*" in shown
    say("mapping", "save", plain, "--to", tmp_path / "m.toml")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_a_file_brought_and_says_of_itself(
    say: Run, zhiwei: Run, flow: Path, tmp_path: Path, form: tuple[str, ...]
) -> None:
    consent(say, tmp_path, "F1", "bank_flow", "orders")
    plain = tmp_path / "flow.csv"
    plain.write_bytes(flow.read_bytes())
    received = say("receive", plain, "--source", "bank_flow", "--party", "F1", *form).stdout
    assert not form or json.loads(received)["facts"]["account"].endswith(CARD[-4:])
    flow.write_bytes(flow.read_bytes().replace(b"3,000.00", b"3,500.00").replace(b"107,499.50", b"107,999.50"))
    zhiwei("receive", flow, "--source", "bank_flow", "--party", "F1")  # who names a file so hears its name
    [proof] = json.loads(say("consent", "prove", "F1", "--json").stdout)["consents"][:1]
    assert proof["evidence"] == "call from 138****8000"
    say("consent", "prove", "F1")
    say("features", "--party", "F1", "--as-of", "2025-04-30", *form)
    say("quality", "F1", "--as-of", "2025-04-30", *form)


def test_bad_cells_are_named_by_their_place_and_not_repeated(say: Run, flow: Path, tmp_path: Path) -> None:
    consent(say, tmp_path, "F1", "bank_flow", "orders")
    shifted, mapping = tmp_path / "shifted.csv", tmp_path / "m.toml"
    shifted.write_text(FLOW, "utf-8")
    say("mapping", "save", shifted, "--to", mapping)
    shifted.write_text(FLOW.replace("2025-03-20,", f"{NAME} {PHONE},").replace('"3,000.00"', IDENTITY), "utf-8")
    receive = ["receive", shifted, "--source", "bank_flow", "--party", "F1", "--mapping", mapping]
    assert "row 6 交易日期 '某* 138****8000'" in say(*receive, code=2).stderr
    say("mapping", "preview", shifted, "--mapping", mapping)
    say("mapping", "preview", shifted, "--mapping", mapping, "--json")
    orders = {
        "platform": "shop",
        "orders": [
            {"order_no": "O1", "ordered_at": NAME, "amount": PHONE, "status": IDENTITY, "buyer": CARD, NAME + CARD: 1}
        ],
    }
    file = tmp_path / "orders.json"
    file.write_text(json.dumps(orders), "utf-8")
    told = say("receive", file, "--source", "orders", "--party", "F1", code=2)
    assert "orders[0] ordered_at '某*'" in told.stderr


def test_a_workbook_of_invoices_with_a_bad_cell(say: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    bought = ["企业代号", "发票号码", "开票日期", "销方单位代号", "金额", "税额", "价税合计", "发票状态"]
    row = ["E1", 1, "2019-07-18", "B1", 100, 6, 106, "有效发票"]
    for title, rows in {
        "企业信息": [["企业代号", "企业名称", "信誉评级", "是否违约"], ["E1", NAME, "A", "否"]],
        "进项发票信息": [bought, row],
        "销项发票信息": [
            [*bought[:3], "购方单位代号", *bought[4:]],
            [*row[:4], f"{NAME} {PHONE}", *row[5:]],
            [*row[:2], IDENTITY, *row[3:]],
            [*row[:3], f"{NAME} {IDENTITY}", *row[4:]],
        ],
    }.items():  # fmt: skip
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    file = tmp_path / "附件1.xlsx"
    book.save(file)
    assert "row 2, column 金额: '某* 138****8000'" in say("import", "cumcm2020c", file, code=2).stderr
    say("import", "cumcm2020c", file, "--skip-bad-rows")
    say("decide", "--product", "tax_credit", "--party", "E1", "--as-of", "2020-03-01", "--explain")
    say("decide", "--product", "tax_credit", "--party", "E1", "--as-of", "2020-03-01", "--json")


def test_what_differs_from_a_bank_file(say: Run, tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    head = "date,direction,amount,currency,reference,counterparty,text\n"
    bad = [
        f"2024-04-02,in,{NAME} {CARD},CNY,,,", f"{IDENTITY},in,1,CNY,,,", f"2024-04-02,{NAME},1,CNY,,,",
        f"2024-04-02,in,1,{NAME},,,", f"2024-04-02,in,-{ACCOUNT},CNY,,,",
    ]  # fmt: skip
    file.write_text(head + "\n".join(bad), encoding="utf-8")
    assert "bank.csv:3: '110***********" in say("reconcile", file, code=2).stderr
    row = f"2024-04-02,in,12.34,CNY,{CARD},{NAME},{NAME} {IDENTITY} {ACCOUNT} {PHONE}\n"
    file.write_text(head + row, encoding="utf-8")
    say("reconcile", file)
    [one] = [json.loads(line) for line in say("differences", "--json").stdout.splitlines()]
    assert one["facts"]["bank"][0]["counterparty"] == "某*"
    assert "某*" in say("differences").stdout
    say("resolve", one["difference_id"], "--because", "sent back")
    say("doctor")


def test_parties_and_errors(say: Run, tmp_path: Path) -> None:
    consent(say, tmp_path, "F1", "bank_flow")
    say("features", "--party", IDENTITY, code=1)
    say("decide", "--product", "tax_credit", "--party", PHONE, "--as-of", "2024-03-01", code=1)
    say("consent", "prove", IDENTITY, code=1)
