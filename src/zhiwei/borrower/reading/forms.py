"""JSON forms: what a source asks for is declared field by field; what comes is read strictly or named as a Problem.

A file is one object whose lists hold the rows, `{"orders": [{...}, ...]}`, or NDJSON: one row on each line. In the
object, fields that a form calls shared may stand once above the lists; a row that says them itself is believed. Where
a source has several lists, a line of NDJSON says in `record` which of them it belongs to.

An object may say what days it speaks for: `from` and `to` where its rows are of days, `report_on` and `since` (how far
back one looked) where it is a report. An empty list then says that nothing was.

Types are strict: text in quotes, amounts in 元 as decimal strings or numbers with at most two decimals, days as
2024-03-01. null, "" and a missing field are the same: the source does not say. Fields nobody asked for are counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import PurePath
from typing import Any

from zhiwei.borrower.covers import REPORTS, Cover, part_of, periods, reported
from zhiwei.borrower.reading.files import text_of
from zhiwei.borrower.reading.parsed import MOST_PROBLEMS, Parsed, Problem, table_of
from zhiwei.borrower.reading.readers import Reader, any_day, day, shown
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

Row = dict[str, Any]
LARGEST_DOCUMENT = 16 * 2**20  # characters; read as a whole it takes up to thirty times that in memory
LONGEST_LINE = 2**20
MOST_ROWS = 500_000
MOST_WARNINGS = 50  # kinds of warning about names that the file itself chose
LINES = (".ndjson", ".jsonl")
REPEATED = object()  # a key no JSON can have: the names that stand twice in an object


def _nothing(row: Row) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Form:
    """One list of a document. `fields`: name -> reader; a name is a column of the kind, or one of `aside`, which
    checks may look at and no table holds. `wrong(row)` yields (column, what is wrong) and the row is left out;
    `odd(row)` yields warnings and the row stays. `feed`: columns that tell the feeds of a kind apart, as kinds.toml of
    `quality` has them: a period that the document names is said of each of them.
    """

    kind: str
    rows: str  # the list's name in a document, and what `record` says on a line
    fields: Mapping[str, Reader]
    needed: tuple[str, ...]
    shared: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    feed: tuple[str, ...] = ()
    wrong: Callable[[Row], Iterable[tuple[str, str]]] = _nothing
    odd: Callable[[Row], Iterable[str]] = _nothing


@dataclass(frozen=True, slots=True)
class Told:
    """A list that stands in a document, be it empty, and what the document says of all of it."""

    form: Form
    first: date | None
    last: date | None
    above: Mapping[str, Any]


@dataclass(slots=True)
class Gathered:
    """Rows by kind, each with its place, before they become tables: a source may still look across them."""

    name: str
    rows: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    facts: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def problem(self, place: str, column: str, value: object, problem: str) -> None:
        """BadInput where there are more than MOST_PROBLEMS: a file like that is of another kind than one thought."""
        self.problems.append(Problem(place, column, shown(value), problem))
        if len(self.problems) > MOST_PROBLEMS:
            first = self.problems[0]
            raise BadInput(
                "too_many_problems",
                f"{self.name} has more than {MOST_PROBLEMS:,} problems; the first: {first.place}, {first.column}: "
                f"{first.problem}",
                hint="is it the file and the source you meant?",
            )

    def unknown(self, names: Iterable[str]) -> None:
        for name in names:
            warning = f"unknown field {shown(name)}"
            full = len(self.warnings) >= MOST_WARNINGS and warning not in self.warnings
            self.warnings["more unknown fields" if full else warning] += 1

    def cell(self, place: str, column: str, reader: Reader, value: object) -> Any:
        """The value read; None where nothing is said, and where what is said is a problem."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return reader(value)
        except ValueError as error:
            self.problem(place, column, value, str(error))
            return None

    def judge(self, form: Form, place: str, row: Row, said: Mapping[str, Any]) -> None:
        """Keeps a row whose cells are read, unless the form finds it wrong. `said`: its cells as the file has them."""
        wrong = list(form.wrong(row))
        for column, what in wrong:
            self.problem(place, column, said.get(column), what)
        if not wrong:
            self.warnings.update(form.odd(row))
            self.rows[form.kind].append((place, row))

    def parsed(self, party: str) -> Parsed:
        """Tables of the rows, those repeated left out: what agrees with an earlier row in the kind's key is the same
        record; the same in everything is counted, different in something is a Problem, for who knows which is right.
        """
        tables = {}
        for kind, rows in self.rows.items():
            columns = set(KINDS[kind].schema.names)
            kept = [{name: row[name] for name in row if name in columns} for row in self._once(kind, rows)]
            tables[kind] = table_of(kind, [{**row, "party_id": party} for row in kept])
        return Parsed(tables, self.problems, self.warnings, self.facts, list(self._covered(party)))

    def _covered(self, party: str) -> Iterator[Cover]:
        for told in self.told:
            kind, feed = told.form.kind, told.form.feed
            if told.last is None or (told.first is None and kind not in REPORTS):
                continue
            parts = [part_of(row, feed) for _, row in self.rows[kind]] + [part_of(told.above, feed)]
            # a document that names a feed in one row and not above speaks for the feeds that it names
            named = [part for part in parts if part] or [""]
            if kind in REPORTS:
                yield from reported(kind, party, told.last, named, told.first)
            elif told.first is not None:
                yield from periods(kind, party, told.first, told.last, named)

    def _once(self, kind: str, rows: list[tuple[str, Row]]) -> Iterator[Row]:
        key = KINDS[kind].key
        seen: dict[tuple[Any, ...], tuple[str, Row]] = {}
        for place, row in rows:
            same = tuple(row.get(name) for name in key)
            if not key or None in same:
                yield row
                continue
            first, before = seen.setdefault(same, (place, row))
            if before is row:
                yield row
            elif before == row:
                self.warnings["repeated row left out"] += 1
            else:
                named = ", ".join(name for name in {**before, **row} if before.get(name) != row.get(name))
                self.problem(place, key[-1], row[key[-1]], f"the same record as {first} with another {named}")


def gather(
    content: bytes,
    name: str,
    forms: Sequence[Form],
    facts: Mapping[str, Reader] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Gathered:
    """The rows of a file. `facts`: what a document may say of itself. `given`: shared fields that the caller knows
    (column values, not JSON). BadInput where the file as a whole is no such form.
    """
    found = Gathered(name, {form.kind: [] for form in forms})
    text = text_of(content, name)
    document = None if PurePath(name).suffix.lower() in LINES else _document(text, name, forms)
    if document is None:
        _from_lines(text, forms, found, given or {})
    else:
        _from_document(document, forms, found, facts or {}, given or {})
    return found


def below_zero(row: Row, *columns: str) -> Iterator[tuple[str, str]]:
    """For a form's `wrong`: the columns that hold less than zero and never should."""
    for column in columns:
        if row[column] is not None and row[column] < 0:
            yield column, "expected zero or more"


def is_json(content: bytes, name: str) -> bool:
    """Does the file look like a form rather than a table?"""
    suffix = PurePath(name).suffix.lower()
    return suffix in (".json", *LINES) or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _document(text: str, name: str, forms: Sequence[Form]) -> Row | None:
    """The object; None where the text is lines of objects: its first line is whole and is not all."""
    first, _, rest = text.strip().partition("\n")
    if rest.strip() and _is_object(first):
        return None
    if len(text) > LARGEST_DOCUMENT:
        raise BadInput(
            "file_too_large", f"{name} has {len(text):,} characters in one object, at most {LARGEST_DOCUMENT:,}",
            hint="send lines (NDJSON)",
        )  # fmt: skip
    try:
        found = read_json(text)
    except json.JSONDecodeError as error:
        raise BadInput("not_json", f"{name}:{error.lineno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise BadInput("not_json", f"{name}: not JSON that can be read: {_words(error)}") from error
    lists = " or ".join(f'"{form.rows}"' for form in forms)
    if not isinstance(found, dict):
        raise BadInput("wrong_form", f"{name} holds {shown(found)}, not an object with a list {lists}")
    if REPEATED in found:
        raise BadInput("wrong_form", f"{name}: field {shown(found[REPEATED][0])} stands twice")
    if any(form.rows in found for form in forms):
        return found
    if not rest and any(found.keys() & form.fields.keys() for form in forms):
        return None  # a single line
    raise BadInput("wrong_form", f"{name} has no list {lists}", hint=f"an object with a list {lists}, or NDJSON")


def _is_object(line: str) -> bool:
    try:
        return isinstance(read_json(_short(line)), dict)
    except (ValueError, RecursionError):
        return False


def _from_document(
    document: Row, forms: Sequence[Form], found: Gathered, facts: Mapping[str, Reader], given: Mapping[str, Any]
) -> None:
    known = {form.rows for form in forms} | facts.keys() | {name for form in forms for name in form.shared}
    found.unknown(key for key in document if key not in known | {name for form in forms for name in _days_of(form)})
    for name, reader in facts.items():
        said = found.cell(found.name, name, reader, document.get(name))
        if said is not None:
            found.facts[name] = str(said)
    for form in forms:
        rows = document.get(form.rows)
        if rows is None:
            continue
        if not isinstance(rows, list):
            raise BadInput("wrong_form", f'{found.name}: "{form.rows}" is {shown(rows)}, not a list')
        _most(len(rows), found.name)
        before = len(found.problems)
        above = {name: found.cell(found.name, name, form.fields[name], document.get(name)) for name in form.shared}
        if len(found.problems) > before:
            raise BadInput("wrong_form", f"{found.name}: {_said(found.problems[-1])}", hint="it holds for every row")
        above = {**given, **{name: value for name, value in above.items() if value is not None}}
        _told(found, form, document, above)
        for number, row in enumerate(rows):
            read_row(found, form, f"{form.rows}[{number}]", row, above)


def _days_of(form: Form) -> tuple[str, str]:
    """The fields in which a document says what it speaks for: the first day and the last."""
    return ("since", "report_on") if form.kind in REPORTS else ("from", "to")


def _told(found: Gathered, form: Form, document: Row, above: Mapping[str, Any]) -> None:
    """What days the document says it speaks for. One of them alone says nothing of a list of days."""
    begins, ends = _days_of(form)
    first = found.cell(found.name, begins, any_day, document.get(begins))
    last = found.cell(found.name, ends, day, document.get(ends))
    if first is not None and last is not None and first > last:
        found.problem(found.name, begins, str(first), f"expected a day not after {ends}, {last}")
    elif (first is None) != (last is None) and (form.kind not in REPORTS or last is None):
        found.warnings[f"{begins} without {ends}, or the other way round: the file speaks for no period"] += 1
    else:
        found.told.append(Told(form, first, last, above))


def _from_lines(text: str, forms: Sequence[Form], found: Gathered, given: Mapping[str, Any]) -> None:
    by_record = {form.rows: form for form in forms}
    count = 0
    for number, line in enumerate(StringIO(text), 1):
        if not line.strip():
            continue
        count += 1
        _most(count, found.name)
        place = f"line {number}"
        try:
            row = read_json(_short(line))
        except (ValueError, RecursionError) as error:
            found.problem(place, "", line, f"not JSON that can be read: {_words(error)}")
            continue
        record: object = forms[0].rows
        if isinstance(row, dict) and (len(forms) > 1 or "record" in row):
            record = row.pop("record", None)
        if not isinstance(record, str) or record not in by_record:
            found.problem(place, "record", record, f"expected one of {', '.join(by_record)}")
        else:
            read_row(found, by_record[record], place, row, given)


def read_row(found: Gathered, form: Form, place: str, said: object, above: Mapping[str, Any]) -> None:
    if not isinstance(said, dict):
        found.problem(place, "", said, "expected an object with a field for each column")
        return
    if REPEATED in said:
        found.problem(place, shown(said[REPEATED][0]), "", "this field stands twice in the row")
        return
    found.unknown(key for key in said if key not in form.fields)
    before, row = len(found.problems), dict[str, Any]()
    for name, reader in form.fields.items():
        so_far = len(found.problems)
        value = found.cell(place, name, reader, said.get(name))
        row[name] = above.get(name) if value is None else value
        if row[name] is None and name in form.needed and len(found.problems) == so_far:
            found.problem(place, name, said.get(name), "missing")
    if len(found.problems) == before:
        found.judge(form, place, row, said)


def read_json(text: str) -> Any:
    """JSON whose numbers stay exact. ValueError or RecursionError where it is none."""
    return json.loads(text, parse_float=_decimal, parse_constant=_constant, object_pairs_hook=_object)


def _short(line: str) -> str:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"a line of {len(line):,} characters, at most {LONGEST_LINE:,}")
    return line


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:
        raise ValueError("a number has an exponent out of reason") from None


def _constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _object(pairs: list[tuple[str, Any]]) -> Row:
    found: dict[Any, Any] = dict(pairs)
    if len(found) < len(pairs):
        found[REPEATED] = [name for name, many in Counter(name for name, _ in pairs).items() if many > 1]
    return found


def _words(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deep"
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _said(problem: Problem) -> str:
    return f"{problem.column} {problem.value}: {problem.problem}"


def _most(count: int, name: str) -> None:
    if count > MOST_ROWS:
        raise BadInput("too_many_rows", f"{name} has more than {MOST_ROWS:,} rows", hint="split it by days")
