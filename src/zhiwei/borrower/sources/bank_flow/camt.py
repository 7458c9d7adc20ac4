"""camt.053 (and camt.052): a bank's statement in ISO 20022, of any version, batches taken apart.

The direction of an entry is its CdtDbtInd as it stands. RvslInd says only that what it undoes went the other way, so
that the parties keep the roles of the payment that is undone.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from zhiwei.borrower.reading import MOST_PROBLEMS, Parsed, Problem, open_xml
from zhiwei.borrower.reading.columns.cells import MINOR_DIGITS
from zhiwei.borrower.sources.bank_flow.statement import Statement, parsed
from zhiwei.values import DAY, EARLIEST, BadInput

LARGEST = 48 * 2**20  # bytes
MOST_ELEMENTS = 1_500_000
MOST_DIGITS = 18  # ISO 20022: 18 digits, 5 of them decimals
MOST_MINOR = 10**15
_SIGN = {"CRDT": 1, "DBIT": -1}
_NONE = ("NOTPROVIDED", "NOT PROVIDED", "NONREF")


def read_camt(content: bytes, name: str, party: str) -> Parsed:
    """BadInput where it is no camt statement; an entry that cannot be understood is a Problem."""
    root = open_xml(content, name, largest=LARGEST, elements=MOST_ELEMENTS)
    found = [node for node in root.iter() if _local(node) in ("Stmt", "Rpt")]
    if not found:
        raise BadInput(
            "not_a_statement", f"{name} is XML without a Stmt; its root is {_local(root)[:60]!r}",
            hint="ask the bank for camt.053",
        )  # fmt: skip
    problems: list[Problem] = []
    warnings: Counter[str] = Counter()
    statements = [_statement(node, number, problems, warnings) for number, node in enumerate(found, 1)]
    rows = sum(len(statement.rows) for statement in statements)
    if not rows and problems:
        first = problems[0]
        raise BadInput("nothing_understood", f"{name}: no entry is understood; {first.place}: {first.problem}")
    return parsed(statements, party, problems, warnings)


def _statement(node: Element, number: int, problems: list[Problem], warnings: Counter[str]) -> Statement:
    account = _first(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    statement = Statement(account, _first(node, "Acct/Ccy"))
    for balance in _all(node, "Bal"):
        _balance(balance, statement)
    period = _child(node, "FrToDt")
    if period is not None:
        statement.start = _day(_first(period, "FrDtTm", "FrDt"))
        statement.end = _last(_first(period, "ToDtTm", "ToDt"), statement.start)
        statement.by_balances = False
    for place, entry in enumerate(_all(node, "Ntry"), 1):
        where = f"Stmt[{number}]/Ntry[{place}]"
        if _first(entry, "Sts/Cd", "Sts") in ("PDNG", "INFO", "FUTR"):
            warnings["entries that are not booked, left out"] += 1
            continue
        try:
            statement.rows += _rows(entry, statement.currency, warnings)
        except _Fault as fault:
            column, value, problem = fault.args
            if len(problems) < MOST_PROBLEMS:
                problems.append(Problem(where, column, str(value or "")[:200], problem))
            else:
                warnings["problems that are not listed"] += 1
    return statement


class _Fault(Exception):
    """(element, its text, what is wrong)"""


def _balance(node: Element, statement: Statement) -> None:
    """OPBD or, where it is missing, PRCD (the closing before) opens; CLBD closes. Interim balances do as well."""
    code = _first(node, "Tp/CdOrPrtry/Cd") or ""
    try:
        amount, currency = _amount(_child(node, "Amt"), statement.currency)
        amount *= _direction(node)
    except _Fault:
        return
    statement.currency = statement.currency or currency
    if currency != statement.currency:
        return
    on = _day(_first(node, "Dt/Dt", "Dt/DtTm"))
    if code == "OPBD" or (code == "PRCD" and statement.opening is None):
        statement.opening, statement.start, statement.by_balances = amount, on, True
    elif code == "CLBD":
        statement.closing, statement.end = amount, on


def _rows(entry: Element, currency: str | None, warnings: Counter[str]) -> list[dict[str, Any]]:
    amount, unit = _amount(_child(entry, "Amt"), currency)
    sign = _direction(entry)
    undone = (_first(entry, "RvslInd") or "").lower() in ("true", "1")
    warnings.update({"reversals": 1} if undone else {})
    written = _first(entry, "BookgDt/Dt", "BookgDt/DtTm")
    if written is None and (written := _first(entry, "ValDt/Dt", "ValDt/DtTm")) is not None:
        warnings["entries without a booking date: the value date is taken"] += 1
    day = _day(written)
    if day is None:
        raise _Fault("BookgDt", written, "is no date since 1990")
    common = {
        "booked_on": day, "second": _second(_first(entry, "BookgDt/DtTm")), "currency": unit, "amount": sign * amount,
        "reference": _reference(entry), "text": _first(entry, "AddtlNtryInf"),
    }  # fmt: skip
    details = [node for group in _all(entry, "NtryDtls") for node in _all(group, "TxDtls")]
    parts = _parts(details, sign, unit)
    if len(details) > 1 and (parts is None or sum(parts) != sign * amount):
        warnings["batches whose parts do not say or do not sum to the whole: kept as one row"] += 1
        return [common]
    if len(details) <= 1:
        return [common | _detail(details[0], sign, undone)] if details else [common]
    return [
        common | {"amount": part} | _detail(node, sign, undone) for part, node in zip(parts or [], details, strict=True)
    ]


def _parts(details: list[Element], sign: int, unit: str) -> list[int] | None:
    """Signed amounts of the parts of a batch in the entry's currency; None where one does not say."""
    parts = []
    for node in details:
        amounts = [_child(node, "Amt"), _find(node, "AmtDtls/TxAmt/Amt"), _find(node, "AmtDtls/InstdAmt/Amt")]
        said = next((found for found in amounts if found is not None and found.get("Ccy", unit) == unit), None)
        try:
            amount, _ = _amount(said, unit)
            way = _direction(node) if _child(node, "CdtDbtInd") is not None else sign
        except _Fault:
            return None
        parts.append(way * amount)
    return parts


def _detail(node: Element, sign: int, undone: bool) -> dict[str, Any]:
    """What a transaction adds to its entry: the other party and the words."""
    side = "Dbtr" if (sign > 0) != undone else "Cdtr"
    parties = _child(node, "RltdPties")
    found: dict[str, Any] = {}
    if parties is not None:
        found["counterparty"] = _first(
            parties,
            f"{side}/Nm",
            f"{side}/Pty/Nm",
            f"Ultmt{side}/Nm",
            f"Ultmt{side}/Pty/Nm",
            f"{side}/Agt/FinInstnId/Nm",
        )
        found["counterparty_account"] = _first(parties, f"{side}Acct/Id/IBAN", f"{side}Acct/Id/Othr/Id")
    lines = [_text(line) for info in _all(node, "RmtInf") for line in _all(info, "Ustrd")]
    lines += [_first(part, "CdtrRefInf/Ref") for info in _all(node, "RmtInf") for part in _all(info, "Strd")]
    found["text"] = " ".join(line for line in lines if line) or _first(node, "AddtlTxInf")
    found["reference"] = _reference(node)
    return {key: text for key, text in found.items() if text}


def _reference(node: Element) -> str | None:
    paths = ("Refs/AcctSvcrRef", "AcctSvcrRef", "Refs/TxId", "Refs/EndToEndId", "Refs/InstrId", "NtryRef")
    return next((text for path in paths if (text := _first(node, path)) and text.upper() not in _NONE), None)


def _amount(node: Element | None, currency: str | None) -> tuple[int, str]:
    """(minor units, currency). No sign: ISO 20022 has none, the indicator gives it."""
    text = _text(node)
    unit = (node.get("Ccy") if node is not None else None) or currency
    if not text:
        raise _Fault("Amt", text, "is missing")
    if unit is None or len(unit) != 3 or not unit.isascii() or not unit.isupper():
        raise _Fault("Amt", unit, "has no currency")
    whole, _, part = text.partition(".")
    if not (whole + part).isascii() or not (whole + part).isdigit() or len(whole + part) > MOST_DIGITS:
        raise _Fault("Amt", text, "is no amount")
    digits = MINOR_DIGITS.get(unit, 2)
    if part[digits:].strip("0"):
        raise _Fault("Amt", text, f"has more decimals than {unit}")
    minor = int((whole or "0") + part[:digits].ljust(digits, "0"))
    if minor > MOST_MINOR:
        raise _Fault("Amt", text, "is out of reason")
    return minor, unit


def _direction(node: Element) -> int:
    text = _first(node, "CdtDbtInd")
    if text not in _SIGN:
        raise _Fault("CdtDbtInd", text, "is neither CRDT nor DBIT")
    return _SIGN[text]


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return day if EARLIEST <= day < date(9000, 1, 1) else None


def _last(text: str | None, first: date | None) -> date | None:
    """The last day of a period: one that ends at midnight ends with the day before."""
    day = _day(text)
    midnight = _second(text) == 0 and day is not None and first is not None and day > first
    return day - DAY if midnight and day is not None else day


def _second(text: str | None) -> int | None:
    """Seconds of the day of 2024-01-02T10:00:00; the zone is not looked at."""
    parts = (text or "")[11:19].split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) == 2 for part in parts):
        return None
    hour, minute, second = map(int, parts)
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None


# --- elements by their local names: the namespace changes with each version ------------------------------------------


def _local(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _all(node: Element, name: str) -> Iterator[Element]:
    return (child for child in node if _local(child) == name)


def _child(node: Element, name: str) -> Element | None:
    return next(_all(node, name), None)


def _find(node: Element, path: str) -> Element | None:
    found: Element | None = node
    for name in path.split("/"):
        found = _child(found, name) if found is not None else None
    return found


def _first(node: Element, *paths: str) -> str | None:
    return next((text for path in paths if (text := _text(_find(node, path)))), None)


def _text(node: Element | None) -> str | None:
    return " ".join((node.text or "").split()) or None if node is not None else None
