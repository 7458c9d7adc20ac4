"""What the columns of an outsider's table mean, as a small TOML file that people read, correct and keep.

kind = "bank_flow"
required = ["booked_on", "amount"]    # optional; without it the record's day, and its amount where it has one

[columns]                             # target column = header in the file
booked_on = ["交易日期", "记账日期"]  # the first of these that the file has
second = "交易时间"
text = "摘要 + 附言"                  # two columns, joined by a space

[constants]                           # for a column that the file does not have, or leaves empty
currency = "CNY"

[formats]
dates = ["YYYY-MM-DD", "YYYYMMDD"]    # tried in this order; YYYY YY MM DD MON (month by name)
decimal = "."                         # or ","; the other one, blanks and apostrophes group thousands
unit = "元"                           # 元 | 千元 | 万元 | 亿元 | 分 (or the like of another currency)
order = "auto"                        # oldest_first | newest_first: which row numbers start at

[sign]                                # only where the sign is not written in the amount itself
target = "amount"
rule = "direction"                    # signed | negated | two_columns (in, out) | direction (column, words)
direction = "借贷标志"
words_in = ["贷", "收"]
words_out = ["借", "付"]

less = "Fee"                          # what the bank took besides, in a column of its own: it goes off the amount
balance_direction = "Dr/Cr (2)"       # a column with the same words for the balance

[values.status]                       # words of the file -> words of the record; "*" = any other
"有效" = "valid"

[leave_out]                           # header -> words; rows with one of them moved no money
State = ["REVERTED", "PENDING"]

[party]                               # only where one file holds the records of several parties
column = "account_id"                 # the party's id is the prefix and what stands in this column,
prefix = "bank-"
[party.ids]                           # or, where there is this table, what it says of that; others are left out
"576" = "F1"
"""

import json
from collections.abc import Mapping as Parts
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from zhiwei.borrower.reading.columns.cells import UNITS, date_pattern
from zhiwei.borrower.records import KINDS
from zhiwei.tables import toml_of
from zhiwei.values import BadInput

DATES = ("YYYY-MM-DD", "YYYY/MM/DD", "YYYYMMDD", "YYYY年MM月DD日", "YYYY.MM.DD")
RULES = ("signed", "negated", "two_columns", "direction")
ORDERS = ("auto", "oldest_first", "newest_first")
LARGEST_TOML = 200_000  # characters
IN_WORDS = (
    "贷", "收", "入", "收入", "贷方", "转入", "存入", "进账", "入账", "credit", "cr", "c", "in", "+", "bij", "h",
    "haben", "crdt", "credito", "crédito", "crédit", "crediet", "uznanie", "příjem", "prijem", "deposit", "cr.",
    "gutschrift", "eingang", "ingreso", "abono", "avere", "entrata", "accredito", "entrada", "recebido", "entrée",
    "wpływ", "приход", "кредит", "поступление", "зачисление", "надходження", "alacak", "π", "πίστωση", "jóváírás",
    "入金", "預入", "预入", "存款", "입금", "insättning", "kredit", "credited", "received", "money in", "paid in",
)  # fmt: skip
OUT_WORDS = (
    "借", "付", "出", "支出", "借方", "转出", "支取", "出账", "支付", "debit", "dr", "d", "out", "-", "af", "s", "soll",
    "dbit", "debito", "débito", "débit", "debet", "obciążenie", "výdaj", "vydaj", "výběr", "vyber", "withdrawal", "dr.",
    "lastschrift", "ausgang", "cargo", "egreso", "retiro", "dare", "uscita", "addebito", "saída", "saida", "pago",
    "sortie", "wydatek", "расход", "дебет", "списание", "витрата", "borç", "χ", "χρέωση", "terhelés", "出金", "支払い",
    "引出", "提款", "출금", "uttag", "debited", "sent", "money out", "paid out", "withdrawal in cash",
)  # fmt: skip
"""As a bank sees its customer's account: 贷 (credit) is money in."""
NEITHER_WORDS = ("/", "不计收支", "中性交易", "其他", "neutral", "none")
"""Of a movement between somebody's own pockets, or of none: a wallet says so where a bank says in or out."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Which way an amount went. `into`, `out`: headers of two columns; `direction`: the column with the words."""

    target: str = "amount"
    rule: str = "signed"
    into: str = ""
    out: str = ""
    direction: str = ""
    words_in: tuple[str, ...] = IN_WORDS
    words_out: tuple[str, ...] = OUT_WORDS
    less: str = ""
    balance_direction: str = ""


@dataclass(frozen=True, slots=True)
class Whose:
    """Which column of a file tells its parties apart; no column: all of it is one party's, who is known beforehand."""

    column: str = ""
    prefix: str = ""
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """See the module. `columns`: target -> headers of the file, of which the first present counts."""

    kind: str
    columns: dict[str, tuple[str, ...]]
    constants: dict[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = DATES
    decimal: str = "."
    unit: str = "元"
    order: str = "auto"
    sign: Sign = field(default_factory=Sign)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    leave_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    party: Whose = field(default_factory=Whose)

    def __post_init__(self) -> None:
        _check(self)

    @property
    def needed(self) -> tuple[str, ...]:
        """Targets without which a row is no record."""
        if self.required:
            return self.required
        kind = KINDS[self.kind]
        return (kind.day, "amount") if "amount" in kind.schema.names and kind.name in _WITH_AMOUNT else (kind.day,)

    @staticmethod
    def from_toml(text: str) -> "Mapping":
        """BadInput says which line or key is wrong."""
        if len(text) > LARGEST_TOML:
            raise BadInput("bad_mapping", f"a mapping of {len(text):,} characters is too long")
        try:
            content = toml_of(text)
        except ValueError as error:
            raise BadInput("bad_mapping", f"not TOML: {error}") from error
        return _mapping(content)

    @staticmethod
    def from_parts(content: dict[str, Any]) -> "Mapping":
        """Of what the TOML file would say, already taken apart. BadInput as above."""
        return _mapping(content)

    def with_parts(self, told: Parts[str, Any]) -> "Mapping":
        """The same, with what the parts of another mapping's file say in place of its own. BadInput as above."""
        content = toml_of(self.to_toml())
        for part, table in told.items():
            content[part] = content.get(part, {}) | table if isinstance(table, dict) else table
        return _mapping(content)

    def to_toml(self) -> str:
        """The same mapping as from_toml reads it."""
        lines = [f"kind = {_quoted(self.kind)}"]
        if self.required:
            lines.append(f"required = {_listed(self.required)}")
        lines += ["", "[columns]"]
        lines += [f"{_key(target)} = {_one_or_more(headers)}" for target, headers in self.columns.items()]
        if self.constants:
            lines += ["", "[constants]"] + [f"{_key(key)} = {_quoted(text)}" for key, text in self.constants.items()]
        lines += [
            "", "[formats]", f"dates = {_listed(self.dates)}", f"decimal = {_quoted(self.decimal)}",
            f"unit = {_quoted(self.unit)}", f"order = {_quoted(self.order)}", "", "[sign]",
            f"target = {_quoted(self.sign.target)}", f"rule = {_quoted(self.sign.rule)}",
        ]  # fmt: skip
        if self.sign.rule == "two_columns":
            lines += [f"in = {_quoted(self.sign.into)}", f"out = {_quoted(self.sign.out)}"]
        if self.sign.rule == "direction":
            lines.append(f"direction = {_quoted(self.sign.direction)}")
        if self.sign.rule == "direction" or self.sign.balance_direction:
            lines.append(f"words_in = {_listed(self.sign.words_in)}")
            lines.append(f"words_out = {_listed(self.sign.words_out)}")
        lines += [f"{key} = {_quoted(text)}" for key, text in (
            ("less", self.sign.less), ("balance_direction", self.sign.balance_direction)) if text]  # fmt: skip
        for target, table in self.values.items():
            lines += ["", f"[values.{_key(target)}]"]
            lines += [f"{_quoted(word)} = {_quoted(meaning)}" for word, meaning in table.items()]
        return "\n".join([*lines, *self._whose()]) + "\n"

    def _whose(self) -> list[str]:
        lines: list[str] = []
        if self.leave_out:
            lines += ["", "[leave_out]"] + [
                f"{_key(name)} = {_listed(words)}" for name, words in self.leave_out.items()
            ]
        if self.party.column:
            lines += ["", "[party]", f"column = {_quoted(self.party.column)}", f"prefix = {_quoted(self.party.prefix)}"]
        if self.party.ids:
            lines += ["", "[party.ids]"] + [
                f"{_quoted(one)} = {_quoted(whose)}" for one, whose in self.party.ids.items()
            ]
        return lines


_WITH_AMOUNT = ("invoices", "bank_flow", "acquiring", "orders", "procurement")
_PARTS = {
    "kind": str, "required": list, "columns": dict, "constants": dict, "formats": dict, "sign": dict, "values": dict,
    "leave_out": dict, "party": dict,
}  # fmt: skip
_FORMATS = {"dates": list, "decimal": str, "unit": str, "order": str}
_SIGN = {
    "target": str, "rule": str, "in": str, "out": str, "direction": str, "words_in": list, "words_out": list,
    "less": str, "balance_direction": str,
}  # fmt: skip
_WHOSE = {"column": str, "prefix": str, "ids": dict}


def _mapping(content: dict[str, Any]) -> Mapping:
    _typed("", content, _PARTS)
    formats, sign = content.get("formats", {}), content.get("sign", {})
    _typed("formats.", formats, _FORMATS)
    _typed("sign.", sign, _SIGN)
    known: dict[str, Any] = {key: tuple(text) if isinstance(text, list) else text for key, text in formats.items()}
    signed: dict[str, Any] = {key: tuple(text) if isinstance(text, list) else text for key, text in sign.items()}
    if "in" in signed:
        signed["into"] = signed.pop("in")
    whose = content.get("party", {})
    _typed("party.", whose, _WHOSE)
    if not all(isinstance(party, str) for party in whose.get("ids", {}).values()):
        raise BadInput("bad_mapping", "party.ids is no table of words")
    left = {name: (text,) if isinstance(text, str) else _texts(f"leave_out.{name}", text)
            for name, text in content.get("leave_out", {}).items()}  # fmt: skip
    values = content.get("values", {})
    for target, table in values.items():
        if not isinstance(table, dict) or not all(isinstance(text, str) for text in table.values()):
            raise BadInput("bad_mapping", f"values.{target} is no table of words")
    columns = {target: (text,) if isinstance(text, str) else _texts(f"columns.{target}", text)
               for target, text in content.get("columns", {}).items()}  # fmt: skip
    constants = {key: str(text) for key, text in content.get("constants", {}).items()}
    return Mapping(
        content.get("kind", ""), columns, constants, sign=Sign(**signed), values=values,
        required=_texts("required", content.get("required", [])), leave_out=left, party=Whose(**whose), **known,
    )  # fmt: skip


def _typed(where: str, table: dict[str, Any], known: dict[str, Any]) -> None:
    for key, text in table.items():
        if key not in known:
            raise BadInput("bad_mapping", f"unknown key {where}{key}", hint=f"known are {', '.join(known)}")
        if not isinstance(text, known[key]):
            raise BadInput("bad_mapping", f"{where}{key} is no {known[key].__name__}")
        if isinstance(text, list):
            _texts(where + key, text)


def _texts(where: str, words: Any) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadInput("bad_mapping", f"{where} is no text or list of texts")
    return tuple(words)


def _check(mapping: Mapping) -> None:
    if mapping.kind not in KINDS:
        raise BadInput("bad_mapping", f"unknown kind {mapping.kind!r}", hint=f"known are {', '.join(KINDS)}")
    schema = KINDS[mapping.kind].schema
    targets = [*mapping.columns, *mapping.constants, *mapping.values, *mapping.required]
    unknown = sorted(name for name in targets if name not in schema.names or name == "party_id")
    if unknown:
        names = ", ".join(schema.names[1:])
        raise BadInput("bad_mapping", f"{mapping.kind} has no column {', '.join(unknown)}", hint=f"it has {names}")
    for key, text, choice in (
        ("formats.decimal", mapping.decimal, (".", ",")), ("formats.unit", mapping.unit, tuple(UNITS)),
        ("formats.order", mapping.order, ORDERS), ("sign.rule", mapping.sign.rule, RULES),
    ):  # fmt: skip
        if text not in choice:
            raise BadInput("bad_mapping", f"{key} = {text!r}", hint=f"choose one of {' '.join(choice)}")
    for form in mapping.dates:
        date_pattern(form)
    _check_sign(mapping.sign, schema, set(mapping.columns))
    if mapping.party.ids and not mapping.party.column:
        raise BadInput("bad_mapping", "party.ids needs party.column, a header of the file")


def _check_sign(sign: Sign, schema: pa.Schema, mapped: set[str]) -> None:
    if sign.balance_direction and "balance" not in mapped:
        raise BadInput("bad_mapping", "sign.balance_direction needs columns.balance")
    if sign.rule == "signed":
        return
    if sign.target not in schema.names or schema.field(sign.target).type != pa.int64():
        raise BadInput("bad_mapping", f"sign.target {sign.target!r} is no column of money")
    if sign.rule == "two_columns" and not (sign.into and sign.out):
        raise BadInput("bad_mapping", "the rule two_columns needs sign.in and sign.out, headers of the file")
    if sign.rule in ("direction", "negated") and sign.target not in mapped:
        raise BadInput("bad_mapping", f"the rule {sign.rule} needs columns.{sign.target}")
    if sign.rule == "direction" and not (sign.direction and sign.words_in and sign.words_out):
        raise BadInput("bad_mapping", "the rule direction needs sign.direction, words_in and words_out")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"


def _one_or_more(texts: tuple[str, ...]) -> str:
    return _quoted(texts[0]) if len(texts) == 1 else _listed(texts)


def _key(text: str) -> str:
    return text if text.isascii() and text.replace("_", "").isalnum() else _quoted(text)
