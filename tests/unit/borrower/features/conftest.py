"""Rows of any kind: by hand from what matters, or many at random, with gaps where a source may say nothing."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from zhiwei.borrower.covers import Cover, covered_table
from zhiwei.borrower.features import whole_picture
from zhiwei.borrower.records import KINDS

AS_OF = date(2024, 2, 29)
Row = dict[str, Any]

WORDS: dict[str, list[str]] = {
    "direction": ["sale", "sale", "purchase"],
    "invoices": ["valid", "valid", "valid", "void"],
    "orders": ["paid", "signed", "cancelled", "refunded"],
    "tax": ["vat", "vat", "cit", "iit"],
    "rating": ["A", "B", "M", "C", "D"],
    "currency": ["CNY", "CNY", "CNY", "USD"],
    "channel": ["card", "wechat"],
    "platform": ["p1", "p2"],
    "role": ["supplier", "buyer"],
    "document": ["order", "receipt", "invoice"],
    "utility": ["power", "power", "water", "gas"],
    "reader": ["feed", "staff"],
    "event": ["replaced", "estimated", "installed"],
    "subject": ["firm", "owner"],
    "class": ["normal", "normal", "special_mention", "substandard", "loss"],
    "reason": ["loan", "card", "guarantee", "self", "post_loan", "standing"],
    "text": ["货款", "代发工资", "归还贷款", "结息", "现金存入", "贷款发放", "转账"],
    "months": ["NNNNNN1NNNNN", "N" * 30, "*123NNNNNNNNNN1NNNNNNNNNN", "////NNC", "NNB", "#"],
    "registry": [
        "established", "status", "capital", "paid_in", "legal_representative", "shareholder", "address", "scope",
        "abnormal", "serious", "pledge", "freeze", "insured", "directorship",
    ],
    "courts": ["dishonest", "executed", "restricted", "ended", "plaintiff", "defendant", "bankruptcy"],
    "identity": ["liveness", "face", "document", "list", "place"],
    "outcome": ["passed", "passed", "failed", "unclear"],
    "bureau_accounts": ["loan", "card", "line", "guarantee"],
    "use": ["residential", "shop", "office", "other"],
    "seized": ["no", "no", "no", "seized", "restricted"],
    "co_owners_consent": ["sole", "given", "given", "refused"],
    "title_no": ["t1", "t2", "t3"],
    "value": ["存续", "注销", "0", "3", "12", "v1", "v2"],
}  # fmt: skip


def vocabulary(kind: str, column: str) -> list[str]:
    """Words that a column of a kind may hold."""
    if column in ("what", "kind", "status"):
        return WORDS[kind]
    if column in ("account", "counterparty_account"):
        return ["a1", "a2", "a3"] if column == "account" else ["a1", "b1", "b2", "b3", "b4"]
    if column == "order_no":
        return ["o1", "o2", "o3"]
    return WORDS.get(column) or [f"{column[:5]}{k}" for k in range(16)]


def at_random(kind: str, dice: np.random.Generator, many: int, parties: str = "ABC") -> list[Row]:
    """Rows of a kind, each with a day or none, and nulls wherever a source may leave one."""
    schema, day = KINDS[kind].schema, KINDS[kind].day
    rows = []
    for _ in range(many):
        row = {field.name: one(kind, field, dice) for field in schema}
        gaps = [name for name in row if dice.random() < 0.08 and name not in ("party_id", "occurrence")]
        row |= dict.fromkeys(gaps) | {"party_id": str(dice.choice(list(parties)))}
        if "occurrence" in row:
            row["occurrence"] = int(dice.choice([1, 1, 1, 2]))
            row["amount"] = row["amount"] or 0
        if "event" in row:
            row["event"] = row["event"] if dice.random() < 0.2 else None
        row[day] = row[day] if dice.random() < 0.98 else None
        rows.append(row)
    return rows if kind != "invoices" else [row | {"issue_date": row["issue_date"] or AS_OF} for row in rows]


def one(kind: str, field: pa.Field, dice: np.random.Generator) -> Any:
    """A value of a column."""
    if field.name == "value" and dice.random() < 0.5:
        return str(dice.integers(30))  # a headcount
    if pa.types.is_string(field.type):
        return str(dice.choice(vocabulary(kind, field.name)))
    if pa.types.is_date32(field.type):
        if field.name == "report_on":
            return AS_OF - timedelta(days=int(dice.choice([-5, 10, 40, 70, 100, 130])))
        back = int(dice.choice([dice.integers(-40, 100), dice.integers(-150, 1000)]))
        return AS_OF - timedelta(days=back)
    if pa.types.is_timestamp(field.type):
        return datetime.combine(AS_OF, datetime.min.time()) - timedelta(
            seconds=int(dice.integers(-100, 1000) * 86_400 + dice.integers(86_400))
        )
    if pa.types.is_floating(field.type):
        return round(float(dice.random() * 900), 2)
    if field.name == "second":
        return int(dice.integers(86_400))
    if field.name in ("city", "built_year"):
        return int(dice.choice([330106, 110105, 440305])) if field.name == "city" else int(dice.integers(1990, 2020))
    if field.name in ("year", "sequence"):
        return int(dice.integers(1, 30))
    if field.name == "amount" and kind in ("invoices", "bank_flow", "acquiring"):
        some = [100_000, -100_000, 12_345, *dice.integers(-(10**6), 10**7, 4), -dice.integers(10**6)]
        return int(dice.choice(some))
    return int(dice.choice([0, 0, 100_000, int(dice.integers(0, 10**7))]))


def table(kind: str, rows: list[Row]) -> pa.Table:
    """Rows as a table of their kind; what a row does not name is null."""
    return pa.Table.from_pylist(rows, schema=KINDS[kind].schema)


def all_kinds(seed: int, many: int = 40, parties: str = "ABC") -> dict[str, list[Row]]:
    """Rows of every kind."""
    dice = np.random.default_rng(seed)
    return {kind: at_random(kind, dice, int(dice.integers(0, many + 1)), parties) for kind in KINDS}


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """What makes rows and tables."""
    return SimpleNamespace(at_random=at_random, all_kinds=all_kinds, table=table)


@pytest.fixture(scope="session")
def facts() -> Callable[..., dict[str, float]]:
    """Facts of party A from rows by kind, each row naming only what matters, and from what files cover."""

    def seen(
        as_of: date = AS_OF, covers: Sequence[Cover] = (), rates: dict[str, float] | None = None, **kinds: list[Row]
    ) -> dict[str, float]:
        tables = {kind: table(kind, [{"party_id": "A", **row} for row in rows]) for kind, rows in kinds.items()}
        found = whole_picture(tables, ("A",), as_of, covered_table(covers), rates)
        return {name: float(value[0]) for name, value in found.items()}

    return seen
