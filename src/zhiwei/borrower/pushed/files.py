"""A file of a known source -> what it holds, with what somebody says of it besides: one way for all who hand one in."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import ModuleType
from typing import Any

from zhiwei.borrower.quality import covering
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.sources import known_sources
from zhiwei.values import BadInput

Telling = Callable[[Sequence[str]], Mapping[str, Any]]


def source_named(name: str) -> ModuleType:
    """BadInput where no source is called so."""
    known = known_sources()
    if name not in known:
        raise BadInput("no_such_source", f"no source {name!r}", hint=", ".join(known))
    return known[name]


def said_of(source: ModuleType, name: str, pairs: Sequence[str], telling: Telling | None = None) -> dict[str, object]:
    """KEY=VALUE of all rows, as the source's `read` takes it: an option of its name, one of `given`, or (`telling`
    makes that of the other pairs) what one says of the columns of a table.
    """
    known: dict[str, tuple[str, ...]] = getattr(source, "GIVEN", {})
    takes, found, others = inspect.signature(source.read).parameters, dict[str, object](), dict[str, str]()
    of_columns = [pair for pair in pairs if "told" in takes and pair.partition("=")[0].strip() not in known]
    if telling and of_columns:
        found["told"] = telling(of_columns)
    for pair in pairs if telling is None else (pair for pair in pairs if pair not in of_columns):
        column, _, word = (part.strip() for part in pair.partition("="))
        if column not in known or not word or (known[column] and word not in known[column]):
            told = "; ".join(f"{name}={'|'.join(words) or '...'}" for name, words in known.items())
            raise BadInput("bad_given", f"{pair!r} cannot be said of {name}", hint=told or "nothing can")
        if column in takes:
            found[column] = word
        else:
            others[column] = word
    return found | ({"given": others} if others else {})


def read_file(
    source: ModuleType, content: bytes, name: str, *, party: str, options: Mapping[str, object],
    days: tuple[date, date] | None = None,
) -> Parsed:  # fmt: skip
    """What the file holds; `options` as `said_of` gives them, `days` (first and last) that it speaks for.

    BadInput no_currency where rows do not say theirs.
    """
    takes = inspect.signature(source.read).parameters
    try:
        parsed: Parsed = source.read(content, name, party, **{k: v for k, v in options.items() if v and k in takes})
    except BadInput as error:
        if error.code != "empty_table" or days is None:
            raise
        parsed = Parsed()  # a header and no rows, of days that somebody names
    if days:
        parsed = covering(parsed, party, source.KINDS, *days)
    unsaid = sum(rows["currency"].null_count for rows in parsed.tables.values() if "currency" in rows.column_names)
    if unsaid:
        raise BadInput("no_currency", f"{name} does not say the currency of {unsaid:,} rows",
                       hint="say it: --currency CNY, or USD; given=currency=CNY over the API")  # fmt: skip
    return parsed
