"""The dictionary of facts, gathered from the modules that compute them, and the whole picture of a party."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict
from datetime import date

import pyarrow as pa

from zhiwei.borrower.features import across
from zhiwei.borrower.features.facts import Fact, Floats
from zhiwei.borrower.features.kinds import SEEN_AS, see
from zhiwei.borrower.features.kinds.bank_flow import priced
from zhiwei.borrower.features.kinds.invoices import CORE
from zhiwei.borrower.records import KINDS

PICTURED: tuple[str, ...] = tuple(CORE.facts)
"""What decisions compute today: the facts that `picture` gives, and the share of circles, which is found elsewhere."""

CANNOT_SHOW = {
    # Customers and suppliers carry codes of two lists, and none of them is a firm of the data: no circle can be seen.
    "cumcm2020c": ("mutual_share_12m", "loop_share_12m", "mutual_purchase_share_12m", "shared_partners_12m"),
}
"""source -> facts that its records can never show: they are missing there, not zero."""


def _gathered() -> dict[str, Fact]:
    groups = [*(group for _, several in SEEN_AS.values() for group in several), across.FACTS]
    facts: dict[str, Fact] = {}
    for group in groups:
        if twice := facts.keys() & group.facts.keys():
            raise ValueError(f"two modules declare {', '.join(sorted(twice))}")
        facts |= group.facts
    return facts


CATALOGUE: dict[str, Fact] = _gathered()
"""Every fact of every kind of record, and of agreement between them."""


def whole_picture(
    tables: Mapping[str, pa.Table],
    parties: Sequence[str],
    as_of: date,
    covered: pa.Table | None = None,
    rates: Mapping[str, float] | None = None,
    wanted: Set[str] | None = None,
) -> dict[str, Floats]:
    """The facts of all kinds of record given, and of agreement between them, each one float64 per party in order.

    `tables`: kind of record -> rows of its schema, in any order. `covered`: what files say they speak for, as
    `covers.COVERED`. `rates`: 元 for a unit of another currency. Facts of a kind that is not given are not in the
    result; facts between sources always are, NaN where one of the two is missing. KeyError for an unknown kind.
    `wanted`: only these facts, and what is found in one go with them.
    """
    views = see(priced(tables, rates or {}), parties, as_of, covered)
    facts: dict[str, Floats] = {}
    for kind, rows in views.items():
        for group in SEEN_AS[kind][1]:
            facts |= group.compute(rows, rows.known, wanted)
    sources = across.Sources(views, len(parties))
    return facts | across.FACTS.compute(sources, sources.known, wanted)


def catalogue_page(of_our_book: Iterable[Fact] = ()) -> str:
    """The dictionary as a page of docs: Markdown, a table for each kind of record, and one of facts not of records."""
    kinds = dict.fromkeys(fact.kind for fact in CATALOGUE.values())
    words = {kind: f"{KINDS[kind].en} · {KINDS[kind].zh}" for kind in KINDS} | {"across": "Between sources · 来源之间"}
    page = [_PAGE.format(facts=len(CATALOGUE), kinds=len(kinds))]
    for kind in kinds:
        page.append(f"\n## {words[kind]}\n\n{_HEAD}")
        page += [_row(fact) for fact in CATALOGUE.values() if fact.kind == kind]
    return "".join([*page, _BOOK, _HEAD, *map(_row, of_our_book)])


def _row(fact: Fact) -> str:
    source = fact.source if fact.sure else f"{fact.source} (unsure)"
    return f"| {' | '.join((f'`{fact.name}`', fact.zh, fact.en, fact.unit, fact.window, fact.risk, source))} |\n"


_HEAD = "| fact | 中文 | what | unit | window | higher is | source |\n|---|---|---|---|---|---|---|\n"
_PAGE = """# The facts that tables may use · 特征目录

Made by `zhiwei features --page`: {facts} facts of {kinds} kinds. `zhiwei features --json` gives the same to programs.
A fact is missing where no record says it, and never zero for that. Windows look back from the day asked about, which
they include. `source` is a chapter of the sheet of facts the house was built from, or practice; an unsure one is
somebody's habit, to be tuned on data.
"""
_BOOK = """
## Our own book · 本行账上

Known for every party, and 0 where there is nothing; no consent is needed for our own contracts. At stake by a line is
all of its limit while it can be drawn on (also where only lateness froze it), else what is owed. Lines of all records
that are one party count; the group are those tied to it by control (owners, their spouses, what they own together, who
manages it, its cooperative), itself left out, and it is missing only where it is too large to be seen whole. A
joint-liability group are those who guarantee each other: `joint_share` is 1 for whoever is in none, and missing where
one of the others was not decided on yet or gets nothing.

"""


def catalogue_rows() -> list[dict[str, str | bool]]:
    """The dictionary as plain rows, to be printed or given out as JSON."""
    return [asdict(fact) for fact in CATALOGUE.values()]
