"""MT940: a bank's statement as SWIFT messages, or as the plain file of tags that banks hand to their customers.

A tag stands at the start of a line (:61:), what follows up to the next tag belongs to it. Read here rather than by a
library because each line that cannot be understood has to be named, and no damage may raise anything else.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from zhiwei.borrower.reading import MOST_PROBLEMS, Parsed, Problem
from zhiwei.borrower.reading.columns.cells import MINOR_DIGITS
from zhiwei.borrower.reading.tables.letters import letters
from zhiwei.borrower.sources.bank_flow.statement import Statement, parsed
from zhiwei.values import EARLIEST, BadInput

MOST_MINOR = 10**15
_TAG = re.compile(r"^:(\d{2}[A-Z]?):(.*)$")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15}(?:[,.]\d{0,3})?)")
_MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<sign>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,15}(?:[,.]\d{0,3})?)"
    r"(?P<type>[A-Z][A-Z0-9]{3})?(?P<rest>.*)"
)
_SIGN = {"C": 1, "D": -1, "RC": -1, "RD": 1}  # RC takes back a credit, RD a debit
_FIELDS = re.compile(r"\?(\d{2})([^?]*)")
_WORDS = re.compile(r"/(NAME|REMI|IBAN|CNTP|ORDP|BENM|EREF|ADDR|ISDT|CSID|MARF|TRTP|BIC|RTRN|PURP|ULTB|ULTD)/")


def is_mt940(content: bytes) -> bool:
    """Does the file begin with the tags of an MT940?"""
    head = content[:20_000]
    return bool(re.search(rb"(?m)^:20:", head)) and bool(re.search(rb"(?m)^:(?:60[FM]|25P?|28C?):", head))


def read_mt940(content: bytes, name: str, party: str) -> Parsed:
    """BadInput where no statement is found in it; a movement that cannot be understood is a Problem."""
    problems: list[Problem] = []
    warnings: Counter[str] = Counter()
    statements: list[Statement] = []
    row: dict[str, Any] | None = None  # the movement whose words come next
    count = 0
    for line, tag, text in _tags(letters(content, name)):
        if tag == "20":
            statements.append(Statement(None, None))
        elif not statements:
            warnings["tags before the first :20:"] += 1
        elif tag == "61":
            count += 1
            found = _movement(text, statements[-1].currency)
            row = None if isinstance(found, str) else found
            if isinstance(found, str):
                problems.append(Problem(f"line {line}", ":61:", text[:200], found))
            else:
                statements[-1].rows.append(found)
        elif tag == "86" and row is not None:
            _words(row, text)
        else:
            _head(statements[-1], tag, text, line, problems)
        row = row if tag == "61" else None
        if len(problems) > MOST_PROBLEMS:
            raise BadInput(
                "too_many_problems", f"{name} has more than {MOST_PROBLEMS:,} bad lines", hint="is it whole?"
            )
    if not statements or (count and not any(statement.rows for statement in statements)):
        raise BadInput("nothing_understood", f"{name}: none of {count:,} movements is understood", hint="is it whole?")
    return parsed(statements, party, problems, warnings)


def _tags(text: str) -> Iterator[tuple[int, str, str]]:
    """(line number, tag, its text with line ends as \\n); envelopes and the closing dash are left out."""
    open_tag, start, parts = "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"^\{.*\{4:\s*", "", line).rstrip()
        found = _TAG.match(line)
        if found or line in ("-", "-}") or line.startswith(("{", "-}")):
            if open_tag:
                yield start, open_tag, "\n".join(parts)
            open_tag, start, parts = (found[1], number, [found[2]]) if found else ("", number, [])
        elif open_tag:
            parts.append(line)
    if open_tag:
        yield start, open_tag, "\n".join(parts)


def _head(statement: Statement, tag: str, text: str, line: int, problems: list[Problem]) -> None:
    """Account and balances."""
    if tag in ("25", "25P"):
        statement.account = "".join(text.split("\n", maxsplit=1)[0].split()) or None
    if tag not in ("60F", "60M", "62F", "62M"):
        return
    found = _BALANCE.match(text.strip())
    amount = _minor(found[4], found[3]) if found else None
    if found is None or amount is None:
        problems.append(Problem(f"line {line}", f":{tag}:", text[:200], "is no balance such as C240131CNY1000,00"))
        return
    statement.currency = statement.currency or found[3]
    signed = amount if found[1] == "C" else -amount
    statement.by_balances = True
    if tag[0:2] == "60":
        statement.opening, statement.start = signed, _day(found[2])
    else:
        statement.closing, statement.end = signed, _day(found[2])


def _movement(text: str, currency: str | None) -> dict[str, Any] | str:
    first, _, more = text.partition("\n")
    found = _MOVEMENT.fullmatch(first.strip())
    if not found:
        return "is no movement such as 2401310131D12,50NTRFREF"
    day = _entered(found["value"], found["entry"])
    if day is None:
        return "has no date since 1990"
    amount = _minor(found["amount"], currency)
    if amount is None:
        return "has no amount in its currency"
    own, _, bank = found["rest"].partition("//")
    reference = next((part.strip() for part in (bank, own) if part.strip() not in ("", "NONREF")), None)
    row: dict[str, Any] = {"booked_on": day, "amount": _SIGN[found["sign"]] * amount, "reference": reference}
    if more.strip():
        row["text"] = " ".join(more.split())
    return row


def _minor(text: str, currency: str | None) -> int | None:
    whole, _, part = text.replace(".", ",").partition(",")
    digits = MINOR_DIGITS.get(currency or "", 2)
    if part[digits:].strip("0"):
        return None
    minor = int(whole + part[:digits].ljust(digits, "0"))
    return minor if minor <= MOST_MINOR else None


def _day(text: str) -> date | None:
    """YYMMDD; years 70 to 99 are of the last century."""
    year = int(text[:2])
    try:
        day = date(year + (1900 if year >= 70 else 2000), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def _entered(value: str, entry: str | None) -> date | None:
    """The booking day: MMDD in the year that brings it nearest to the value date, which stands in where it is empty."""
    day = _day(value)
    if day is None or not entry:
        return day
    near = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            near.append(date(year, int(entry[:2]), int(entry[2:])))
        except ValueError:
            continue
    return min(near, key=lambda other: abs((other - day).days), default=day)


def _words(row: dict[str, Any], text: str) -> None:
    """:86: in the three ways banks write it: numbered fields (?20 ...), words between slashes (/NAME/...), plain."""
    solid = text.replace("\n", "")
    if fields := _FIELDS.findall(solid):
        row["counterparty"] = " ".join(part.strip() for code, part in fields if code in ("32", "33")).strip() or None
        row["counterparty_account"] = next(
            (part.strip() for code, part in fields if code == "31" and part.strip()), None
        )
        said = [part.strip() for code, part in fields if code == "00" or "20" <= code <= "29" or "60" <= code <= "63"]
    elif _WORDS.search(solid):
        pieces = _WORDS.split(solid)
        named = dict(zip(reversed(pieces[1::2]), reversed(pieces[2::2]), strict=True))  # the first of each counts
        row["counterparty"] = named.get("NAME", "").strip(" /") or None
        row["counterparty_account"] = named.get("IBAN", "").strip(" /") or None
        said = [named.get("REMI", "").strip(" /")]
    else:
        said = [" ".join(text.split())]
    joined = " ".join(part for part in (row.get("text"), *said) if part)
    row["text"] = joined or None
