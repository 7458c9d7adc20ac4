"""A credit report: accounts with the status of each month, and who asked; JSON lines or one object.

    {"report_no": "2024030100012345", "report_on": "2024-03-01", "subject": "owner",
     "accounts": [
        {"account": "A1", "lender": "bank_7", "kind": "loan", "opened_on": "2021-05-01", "due_on": "2024-05-01",
         "limit": "300000.00", "balance": "80000.00", "overdue": "0", "class": "normal",
         "months": "NNNNNNNNNNNNNNNNNNNNNN1N"}],
     "queries": [{"queried_on": "2024-02-11", "lender": "bank_9", "reason": "loan"}]}

`months` is 24 to 60 letters of `rules.LETTERS`, the oldest first, the last of them the month of the report; months
before an account was opened are "/". A firm's accounts may have none. What is made of it: `bureau.rules`. A list that
is there and empty says that there is nothing; `since`: how far the report looks back, where that is not the usual.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from zhiwei.borrower.reading.forms import Form, Row, gather
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import any_day, charge, day, one_of, text, token
from zhiwei.borrower.sources.bureau.rules import CLASSES, LETTERS, REASONS, is_overdue
from zhiwei.values import add_months

KINDS = ("bureau_accounts", "bureau_queries")
SUBJECTS = {"firm": "firm", "owner": "owner", "企业": "firm", "个人": "owner"}
ACCOUNT_KINDS = {
    "loan": "loan", "card": "card", "line": "line", "guarantee": "guarantee",
    "贷款": "loan", "贷记卡": "card", "授信协议": "line", "相关还款责任": "guarantee",
}  # fmt: skip
SHORTEST, LONGEST = 24, 60
LOOKS_BACK = {"bureau_accounts": 60, "bureau_queries": 24}  # months: history from memory, log of queries looked up
GIVEN = {"subject": ("firm", "owner")}


def _months(value: Any) -> str:
    written = text(value)
    if not SHORTEST <= len(written) <= LONGEST:
        raise ValueError(f'expected {SHORTEST} to {LONGEST} months, not {len(written)}; "/" before an account was open')
    strange = next((place for place, letter in enumerate(written) if letter not in LETTERS), None)
    if strange is not None:
        raise ValueError(f"month {strange + 1} is {written[strange]!r}: expected letters of {''.join(LETTERS)}")
    return written


def _not_after_report(row: Row, column: str) -> Iterator[tuple[str, str]]:
    if row[column] is not None and row[column] > row["report_on"]:
        yield column, f"expected a day not after the report's, {row['report_on']}"


def _wrong_account(row: Row) -> Iterator[tuple[str, str]]:
    yield from _not_after_report(row, "opened_on")
    if None not in (row["opened_on"], row["due_on"]) and row["due_on"] < row["opened_on"]:
        yield "due_on", f"expected a day not before opened_on, {row['opened_on']}"


def _odd_account(row: Row) -> Iterator[str]:
    if None not in (row["overdue"], row["balance"]) and row["overdue"] > row["balance"]:
        yield "overdue above the balance"
    if row["months"] is not None and row["overdue"] is not None:
        if is_overdue(row["months"][-1]) and row["overdue"] == 0:
            yield "last month overdue without an amount"
        if row["months"][-1] in "N*C/" and row["overdue"] > 0:
            yield "an overdue amount in a month that is not overdue"


ACCOUNTS = Form(
    "bureau_accounts",
    "accounts",
    {
        "subject": one_of(SUBJECTS), "report_on": day, "account": token, "lender": text,
        "kind": one_of(ACCOUNT_KINDS), "opened_on": any_day, "due_on": any_day, "limit": charge, "balance": charge,
        "overdue": charge, "class": one_of(CLASSES), "months": _months,
    },
    needed=("subject", "report_on", "account", "lender", "kind"),
    shared=("subject", "report_on"),
    feed=("subject",),
    wrong=_wrong_account,
    odd=_odd_account,
)  # fmt: skip
QUERIES = Form(
    "bureau_queries",
    "queries",
    {
        "subject": one_of(SUBJECTS), "report_on": day, "queried_on": day, "lender": text, "reason": one_of(REASONS),
    },
    needed=("subject", "report_on", "queried_on", "lender", "reason"),
    shared=("subject", "report_on"),
    feed=("subject",),
    wrong=lambda row: _not_after_report(row, "queried_on"),
)  # fmt: skip


def read(content: bytes, name: str, party: str, given: Mapping[str, str] | None = None) -> Parsed:
    """Accounts and queries of one report, on a firm or on its owner; BadInput where the file is not the form. `given`:
    the subject, where the file does not say it.
    """
    found = gather(content, name, [ACCOUNTS, QUERIES], facts={"report_no": text}, given=given)
    found.told = [
        told if told.first or not told.last else replace(told, first=add_months(told.last, -LOOKS_BACK[told.form.kind]))
        for told in found.told
    ]
    return found.parsed(party)
