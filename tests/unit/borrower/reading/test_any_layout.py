"""Statements laid out at random: what went in comes out, or it is said that it cannot be known; never another sign, day
or amount."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import Mapping, read, understand
from zhiwei.values import BadInput

FORMS = {
    "YYYY-MM-DD": "%Y-%m-%d", "YYYYMMDD": "%Y%m%d", "DD.MM.YYYY": "%d.%m.%Y", "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y", "DD-MM-YY": "%d-%m-%y", "MM/DD/YY": "%m/%d/%y", "YYMMDD": "%y%m%d",
    "YY.MM.DD": "%y.%m.%d", "DD.MM.YY": "%d.%m.%y", "DD MON YYYY": "%d %b %Y", "YYYY年MM月DD日": "%Y年%m月%d日",
}  # fmt: skip
# words of: day, text, amount, in, out, balance, which way; a word for in, one for out
LANGUAGES = {
    ("zh", "gb18030"): ("交易日期", "摘要", "交易金额", "收入", "支出", "余额", "借贷标志", "贷", "借"),
    ("en", "utf-8"): ("Date", "Description", "Amount", "Money in", "Money out", "Balance", "Dr/Cr", "CR", "DR"),
    ("de", "cp1252"): ("Buchungstag", "Zweck für wen", "Betrag", "Haben", "Soll", "Saldo", "Soll/Haben", "H", "S"),
    ("cz", "cp1250"): ("datum", "popis", "částka", "příjem", "výdaj", "zůstatek", "typ", "PRIJEM", "VYDAJ"),
    ("ru", "cp1251"): ("Дата", "Описание", "Сумма", "Приход", "Расход", "Остаток", "Тип", "кредит", "дебет"),
    ("ja", "cp932"): ("取引日", "お取引内容", "取引金額", "お預入れ", "お引出し", "残高", "入払区分", "入金", "出金"),
    ("ko", "cp949"): ("거래일자", "적요", "거래금액", "입금액", "출금액", "잔액", "입출금구분", "입금", "출금"),
    ("unheard of", "utf-8"): ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "yin", "yang"),
}  # fmt: skip
STYLES = ("signed", "plus", "trailing", "brackets", "suffix", "two", "words")
GROUPS = {".": ("", ",", " ", "'"), ",": ("", ".", " ", "\u202f")}


@dataclass(frozen=True)
class Statement:
    start: date
    moved: list[tuple[int, int]]
    language: tuple[str, str]
    form: str
    style: str
    decimal: str
    group: str
    separator: str
    balanced: bool
    backwards: bool
    preamble: bool

    def money(self, minor: int) -> str:
        whole, part = divmod(abs(minor), 100)
        group = self.group.encode(self.language[1], errors="replace").decode(self.language[1]).replace("?", " ")
        return f"{whole:,}".replace(",", group) + f"{self.decimal}{part:02d}"

    def amount(self, minor: int, names: tuple[str, ...]) -> list[str]:
        bare, out = self.money(minor), minor < 0
        return {
            "signed": ["-" * out + bare], "plus": [("-" if out else "+") + bare], "trailing": [bare + "-" * out],
            "brackets": [f"({bare})" if out else bare], "suffix": [f"{bare} {'Dr' if out else 'Cr'}"],
            "two": ["", bare] if out else [bare, ""], "words": [bare, names[8 if out else 7]],
        }[self.style]  # fmt: skip

    def rows(self) -> list[tuple[date, int, int]]:
        day, balance, found = self.start, 5_000_000, []
        for gap, amount in self.moved:
            day, balance = day + timedelta(days=gap), balance + amount
            found.append((day, amount, balance))
        return found

    def file(self) -> bytes:
        names = LANGUAGES[self.language]
        used = {"two": names[3:5], "words": (names[2], names[6])}.get(self.style, names[2:3])
        lines = [[names[0], names[1], *used, *([names[5]] if self.balanced else [])]]
        for on, amount, balance in reversed(self.rows()) if self.backwards else self.rows():
            left = [("-" if balance < 0 else "") + self.money(balance)] if self.balanced else []
            lines.append([on.strftime(FORMS[self.form]), f"text {amount % 7}", *self.amount(amount, names), *left])
        quoted = [
            self.separator.join(f'"{cell}"' if self.separator in cell else cell for cell in line) for line in lines
        ]
        top = ["A statement", ""] if self.preamble else []
        text = "\r\n".join([*top, *quoted, ""])
        return text.encode("utf-8" if "年" in text and self.language[1].startswith("cp12") else self.language[1])


movements = st.sampled_from([1, 3, 40]).flatmap(lambda most: st.lists(
    st.tuples(st.integers(0, most), st.integers(-10**7, 10**7).filter(bool)),
    min_size=4, max_size=30, unique_by=lambda movement: abs(movement[1]),
))  # fmt: skip
statements = st.sampled_from(sorted(GROUPS)).flatmap(
    lambda decimal: st.builds(
        Statement, st.dates(date(2001, 1, 1), date(2030, 12, 31)), movements, st.sampled_from(sorted(LANGUAGES)),
        st.sampled_from(sorted(FORMS)), st.sampled_from(STYLES), st.just(decimal),
        st.sampled_from(GROUPS[decimal]), st.sampled_from(",;\t|"),
        st.booleans(), st.booleans(), st.booleans(),
    )
)  # fmt: skip


def answers_of(statement: Statement, about: set[str]) -> dict[str, dict[str, object]]:
    """What somebody who knows the bank would say."""
    told: dict[str, dict[str, object]] = {"formats": {"dates": [statement.form]}} if "dates" in about else {}
    names = LANGUAGES[statement.language]
    if "sign" in about:
        told["sign"] = {
            "two": {"rule": "two_columns", "in": names[3], "out": names[4]},
            "words": {"rule": "direction", "direction": names[6], "words_in": [names[7]], "words_out": [names[8]]},
        }.get(statement.style, {"rule": "signed"})
    return told


@settings(max_examples=60, deadline=None)
@given(statements)
def test_what_went_in_comes_out_or_is_asked(statement: Statement) -> None:
    grid = grid_of(statement.file(), "any.csv")
    found = understand(grid, "bank_flow")
    about = {question.about for question in found.questions if question.blocks}
    if about:
        event(f"asked about {' and '.join(sorted(about))}")
        with pytest.raises(BadInput, match="undecided"):
            found.decided()
        found = understand(grid, "bank_flow", answers_of(statement, about))
    mapping = found.decided()
    parsed = read(grid, mapping, "P")
    assert not parsed.problems
    rows = parsed.tables["bank_flow"].to_pylist()
    wanted = [(on, amount, balance if statement.balanced else None) for on, amount, balance in statement.rows()]
    assert Counter((row["booked_on"], row["amount"], row["balance"]) for row in rows) == Counter(wanted)


turns = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 10**7), st.booleans()), min_size=25, max_size=60)


@settings(max_examples=30, deadline=None)
@given(turns, st.integers(2, 5), st.booleans())
def test_accounts_through_each_other_are_told_apart(
    moved: list[tuple[int, int, bool]], accounts: int, backwards: bool
) -> None:
    """Nobody knows the words for in and out: only the balances, account by account, tell them."""
    left, lines, truth = dict.fromkeys(range(accounts), 0), list[str](), []
    for place, (which, amount, into) in enumerate(moved):
        account = which % accounts
        left[account] += amount if into else -amount
        day = date(2023, 11, 20) + timedelta(days=place)
        truth.append((day, amount if into else -amount, left[account], f"A{account:04d}"))
        word = ("yin", "yang")[into]
        lines.append(f"{place + 7001};A{account:04d};{day};{word};{amount / 100:.2f};{left[account] / 100:.2f}")
    text = "\n".join(["trans;owner id;when;sort;worth;remains", *(reversed(lines) if backwards else lines), ""])
    grid = grid_of(text.encode(), "any.csv")
    found = understand(grid, "bank_flow")
    if {question.about for question in found.questions if question.blocks}:
        event("asked")
        return
    rows = read(grid, found.mapping, "P").tables["bank_flow"].to_pylist()
    assert Counter((row["booked_on"], row["amount"]) for row in rows) == Counter(one[:2] for one in truth)
    if found.mapping.columns.get("account"):
        assert [(row["booked_on"], row["amount"], row["balance"], row["account"]) for row in rows] == truth


@settings(max_examples=30, deadline=None)
@given(turns, st.randoms(use_true_random=False))
def test_the_rows_of_a_day_are_put_in_the_order_of_their_balances(
    moved: list[tuple[int, int, bool]], chance: Random
) -> None:
    """Days follow each other; within one, a bank may write its rows in any order."""
    left, days = dict.fromkeys("AB", 0), list[list[str]]()
    for place, (which, amount, into) in enumerate(moved):
        account = "AB"[which % 2]
        left[account] += amount if into else -amount
        if place % 5 == 0:
            days.append([])
        day = date(2023, 11, 20) + timedelta(days=len(days))
        signed = (amount if into else -amount) / 100
        days[-1].append(f"{account}1;{day};{signed:.2f};{left[account] / 100:.2f}")
    for rows in days:
        chance.shuffle(rows)
    text = "\n".join(["Account;Date;Amount;Balance", *(row for rows in days for row in rows), ""])
    columns = {"account": ("Account",), "booked_on": ("Date",), "amount": ("Amount",), "balance": ("Balance",)}
    grid = grid_of(text.encode(), "any.csv")
    found = read(grid, Mapping("bank_flow", columns), "P").tables["bank_flow"].to_pylist()
    assert sorted(day for day in text.splitlines()[1:]) == sorted(
        f"{row['account']};{row['booked_on']};{row['amount'] / 100:.2f};{row['balance'] / 100:.2f}" for row in found
    )
    for account in ("A1", "B1"):
        mine = [row for row in found if row["account"] == account]
        assert [row["booked_on"] for row in mine] == sorted(row["booked_on"] for row in mine)
        balances = [row["balance"] for row in mine]
        if len({*balances, 0}) == len(balances) + 1:  # nowhere twice the same: there is one order only
            assert [row["balance"] - row["amount"] for row in mine] == [0, *balances[:-1]][: len(balances)]
