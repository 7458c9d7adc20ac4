"""A tenant's chart as TOML: what it may say, and what is wrong with it by line."""

import pytest

from zhiwei.ledger import CHART, Account, Side
from zhiwei.shelf.chart import read_chart

OWN = """
[cash]
number = "1003"
zh = "存放中央银行款项"

[cash_ccb]
number = "100201"
zh = "银行存款——建行"
en = "Cash at CCB"
side = "asset"

[suspense]
number = "2241"
zh = "暂收款"
en = "Suspense"
side = "liability"

[customer_credit]
number = "224101"
"""


def test_renumbered_renamed_and_added() -> None:
    accounts, problems = read_chart("chart.toml", OWN)
    assert problems == []
    chart = CHART.changed(accounts)
    assert (chart["cash"].number, chart["cash"].zh, chart["cash"].en) == ("1003", "存放中央银行款项", "Cash at bank")
    assert chart["cash_ccb"] == Account("100201", "cash_ccb", "银行存款——建行", "Cash at CCB", Side.ASSET, sure=False)
    assert (chart["customer_credit"].number, chart["suspense"].number) == ("224101", "2241")  # numbers may change hands
    assert not chart["cash"].sure


def test_words_alone_keep_the_number_sure() -> None:
    [account], _ = read_chart("chart.toml", '[cash]\nzh = "存放同业"')
    assert account.sure


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("[cash", 1, "not TOML"),
        ('cash = "1003"', 1, "cash must be a table"),
        ('[cash]\nnumbr = "1003"', 2, "unknown key 'numbr' (did you mean 'number'?)"),
        ("[cash]\nnumber = 1003", 2, "must be str"),
        ('[cash]\nnumber = "10"', 1, "4 to 20 digits"),
        ('[cash]\nside = "liability"', 1, "cash is asset, and stays so"),
        ("[loan_loss_allowance]\ncontra = false", 1, "contra asset, and stays so"),
        ('[cash]\nnumber = "1303"', 1, "two accounts with the number 1303"),
        ('[ours]\nnumber = "9999"', 1, "ours.zh is missing"),
        ('[ours]\nnumber = "9999"\nzh = "甲"\nen = "x"\nside = "left"', 5, "no side 'left'"),
        ('[Ours]\nnumber = "9999"\nzh = "甲"\nen = "x"\nside = "asset"', 1, "small letters"),
        ('[ours]\nnumber = "9999"\nzh = " "\nen = "x"\nside = "asset"', 1, "both languages"),
    ],
)
def test_what_is_wrong_is_said_by_line(content: str, line: int, says: str) -> None:
    accounts, problems = read_chart("chart.toml", content)
    assert accounts == []
    assert says in "; ".join(map(str, problems))
    assert {(problem.file, problem.line) for problem in problems} == {("chart.toml", line)}


def test_nothing_of_a_file_with_a_fault_is_taken() -> None:
    accounts, problems = read_chart("chart.toml", OWN + "[x]\n")
    assert accounts == []
    assert problems
