"""What a person says of a file in words of the form KEY=VALUE, instead of a guess: parts of a mapping's file.

currency=CZK account=7          in every row; account=column:HEADER for a column
dates=DD/MM/YYYY decimal=, unit=minor order=newest_first
sign=signed                     or negated: what went out stands above zero
in=HEADER out=HEADER            two columns               less=HEADER  fees, in a column of their own
direction=HEADER                a column of words         words_in=CR,H words_out=DR,S
booked_on=HEADER amount=HEADER  any column of the record, also text="HEADER + HEADER"
leave_out.HEADER=WORD,WORD      rows that moved nothing
party=HEADER party=bank-{HEADER} whose rows they are, where the file is of several parties
"""

import re
from collections.abc import Iterable
from typing import Any

from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

_FORMATS = ("dates", "decimal", "unit", "order")
_SIGN = {"in": "in", "out": "out", "direction": "direction", "less": "less", "balance_direction": "balance_direction"}
_WORDS = ("words_in", "words_out")
_RULES = {"in": "two_columns", "out": "two_columns", "direction": "direction"}
_CONSTANT = ("currency", "account")


def answers(kind: str, texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Parts of a mapping's file. BadInput where a text is not KEY=VALUE, or its key means nothing for this kind."""
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"{kind!r} is no kind of record", hint=f"choose one of {', '.join(KINDS)}")
    told: dict[str, dict[str, Any]] = {}
    for text in texts:
        key, mark, value = (part.strip() for part in text.partition("="))
        if not mark or not value:
            raise BadInput("bad_setting", f"{text!r} is not KEY=VALUE", hint="such as dates=DD/MM/YYYY or currency=EUR")
        _put(told, kind, key, value)
    return told


def _put(told: dict[str, dict[str, Any]], kind: str, key: str, value: str) -> None:
    schema = KINDS[kind].schema
    if key == "dates":
        told.setdefault("formats", {}).setdefault("dates", []).append(value)
    elif key in _FORMATS:
        told.setdefault("formats", {})[key] = value
    elif key == "sign":
        told.setdefault("sign", {})["rule"] = value
    elif key in _SIGN:
        told.setdefault("sign", {})[_SIGN[key]] = value
        if key in _RULES:
            told["sign"]["rule"] = _RULES[key]
    elif key in _WORDS:
        told.setdefault("sign", {})[key] = [word.strip() for word in value.split(",") if word.strip()]
    elif key.startswith("leave_out."):
        told.setdefault("leave_out", {})[key.removeprefix("leave_out.")] = [word.strip() for word in value.split(",")]
    elif key == "party":
        told["party"] = whose(value)
    elif key in _CONSTANT and key in schema.names and not value.startswith("column:"):
        told.setdefault("constants", {})[key] = value
    elif key in schema.names and key != "party_id":
        told.setdefault("columns", {})[key] = value.removeprefix("column:")
    else:
        keys = [*_FORMATS, "sign", *_SIGN, *_WORDS, "leave_out.HEADER", "party", *schema.names[1:]]
        raise BadInput("bad_setting", f"nothing is called {key!r}", hint=f"known are {', '.join(keys)}")


def whose(text: str) -> dict[str, Any]:
    """HEADER, or a prefix and {HEADER}, as a mapping's file has it."""
    found = re.fullmatch(r"([^{}]*)\{([^{}]+)\}", text)
    return {"column": found[2], "prefix": found[1]} if found else {"column": text}


def parties_from(text: str, name: str) -> dict[str, str]:
    """Account -> party, from lines of two cells; a first line that names them is no pair. BadInput says which line."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        cells = [cell.strip().strip('"') for cell in line.replace(";", ",").replace("\t", ",").split(",")]
        if not any(cells):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise BadInput("bad_parties", f"{name}, line {number}: an account and its party are two cells")
        if number == 1 and {cell.lower() for cell in cells[:2]} & {"party", "party_id", "account", "account_id", "id"}:
            continue
        if found.get(cells[0], cells[1]) != cells[1]:
            raise BadInput("bad_parties", f"{name}, line {number}: this account has another party above")
        found[cells[0]] = cells[1]
    if not found:
        raise BadInput("bad_parties", f"{name} names no party", hint="a line for each account: account,party")
    return found
