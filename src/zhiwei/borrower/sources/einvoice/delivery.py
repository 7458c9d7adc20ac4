"""Files of invoices -> one `Parsed`: rows numbered where they repeat, problems by file, odd things counted."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from zhiwei.borrower.reading import MOST_PROBLEMS, Parsed, Problem, table_of
from zhiwei.borrower.reading.files import LARGEST_UNPACKED, bounded
from zhiwei.borrower.reading.readers import shown
from zhiwei.borrower.sources.einvoice.dialects import document, invoice
from zhiwei.borrower.sources.einvoice.fields import Invoice
from zhiwei.borrower.sources.einvoice.ofd import invoice_of, is_ofd, members_of, read_ofd, unpacked_size
from zhiwei.borrower.sources.einvoice.rows import row
from zhiwei.values import BadInput

MOST_FILES = 10_000
ZIP = b"PK\x03\x04"


def read(content: bytes, name: str, party: str, party_tax_no: str = "") -> Parsed:
    """One invoice as XML or OFD, or a zip of many. BadInput where the file as a whole says nothing.

    Without `party_tax_no` nobody can say which side the party is on: every invoice is then a problem, not a guess.
    """
    bounded(content, name)
    if not content.startswith(ZIP):
        return _parsed([_from_xml(content, name)], [], Counter(), party, party_tax_no)
    if unpacked_size(content, name) > LARGEST_UNPACKED:
        raise BadInput("zip_too_large", f"{name} unpacks to more than {LARGEST_UNPACKED:,} bytes", hint="split it")
    members = members_of(content, name)
    if is_ofd(members):
        return _parsed([invoice_of(members, name)], [], Counter(), party, party_tax_no)
    return _many(members.items(), name, party, party_tax_no)


def read_many(files: Iterable[tuple[str, bytes]], party: str, party_tax_no: str = "") -> Parsed:
    """Files by name, as one delivery. A file that cannot be read is a problem; BadInput where none can."""
    return _many(files, "the delivery", party, party_tax_no)


def _many(files: Iterable[tuple[str, bytes]], name: str, party: str, party_tax_no: str) -> Parsed:
    found: list[Invoice] = []
    problems: list[Problem] = []
    warnings: Counter[str] = Counter()
    left = LARGEST_UNPACKED
    for path, content in _of_interest(files, name, warnings):
        try:
            if content.startswith(ZIP):
                left -= unpacked_size(content, path)
                if left < 0:
                    raise BadInput("zip_too_large", "the OFDs unpack to too much together", hint="split the delivery")
            found.append(read_ofd(content, path) if content.startswith(ZIP) else _from_xml(content, path))
        except BadInput as error:
            if left < 0:
                raise
            problems.append(Problem(path[:200], "file", "", f"{error.code}: {error.message}"))
            _few(problems, name)
    if not found and not problems:
        raise BadInput("no_invoice", f"{name} holds no XML and no OFD", hint="deliver invoices as XML or OFD")
    if not found and len(problems) == 1:
        raise BadInput("no_invoice", f"{name}: {problems[0].place}: {problems[0].problem}")
    return _parsed(found, problems, warnings, party, party_tax_no)


def _of_interest(files: Iterable[tuple[str, bytes]], name: str, warnings: Counter[str]) -> Iterator[tuple[str, bytes]]:
    for count, (path, content) in enumerate(files):
        if count >= MOST_FILES:
            raise BadInput("zip_too_large", f"{name} has more than {MOST_FILES:,} files", hint="split it")
        low = posixpath.basename(path).lower()
        if path.startswith("__MACOSX/") or low.startswith("."):
            continue
        if low.endswith((".xml", ".ofd")):
            yield path, content
        else:
            warnings["a file that is neither XML nor OFD: not read"] += 1


def _from_xml(content: bytes, name: str) -> Invoice:
    root, odd = document(content, name)
    found = invoice(root, name)
    if found is None:
        raise BadInput(
            "no_invoice", f"{name}: the root {root.tag[:60]!r} is no invoice's",
            hint="expected the XML of a 数电票 (EInvoice) or one with FPHM, KPRQ, HJJE",
        )  # fmt: skip
    found.odd += odd
    return found


def _few(problems: list[Problem], name: str) -> None:
    if len(problems) > MOST_PROBLEMS:
        first = problems[0]
        raise BadInput(
            "too_many_problems", f"{name} has more than {MOST_PROBLEMS:,}; the first: {first.place}: {first.problem}"
        )


def _parsed(
    found: list[Invoice], problems: list[Problem], warnings: Counter[str], party: str, party_tax_no: str
) -> Parsed:
    """Rows in the order of the files. The same invoice as XML and as OFD is a repeat; one that contradicts a more
    trustworthy file of the same number is a problem.
    """
    taken: dict[int, dict[str, Any]] = {}
    by_number: dict[str, tuple[dict[str, Any], str]] = {}
    facts: dict[str, str] = {}
    for place in sorted(range(len(found)), key=lambda one: -found[one].trust):
        one = found[place]
        values, wrong, odd = row(one, party, party_tax_no)
        problems += wrong
        _few(problems, one.place)
        if values is None:
            continue
        number = values["invoice_no"]
        first, where = by_number.setdefault(number, (values, one.place)) if len(number) == 20 else (values, "")
        if first != values:
            column = next(name for name, value in first.items() if values[name] != value)
            says = f"{where} says {shown(str(first[column]))} of the same number {number}"
            problems.append(Problem(one.place, column, shown(str(values[column])), says))
            continue
        taken[place] = values
        warnings.update(odd)
        if one.red_of:
            facts[f"red_of:{number}"] = one.red_of
    return Parsed({"invoices": table_of("invoices", _numbered(taken))}, problems, warnings, facts)


def _numbered(taken: Mapping[int, dict[str, Any]]) -> list[dict[str, Any]]:
    seen: Counter[tuple[Any, ...]] = Counter()
    rows = []
    for place in sorted(taken):
        key = tuple(taken[place].values())
        seen[key] += 1
        rows.append({**taken[place], "occurrence": seen[key]})
    return rows
