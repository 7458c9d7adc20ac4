"""A mapping proposed for a table that nobody has mapped: by the words of its header, and by what its cells are.

What the file itself decides is decided, and the reason kept; what it leaves open is asked, with the words to answer it.
People see all of it in a preview. What they say themselves (`told`: parts of a mapping's file) is not guessed.
"""

from collections.abc import Iterator
from collections.abc import Mapping as Parts
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from zhiwei.borrower.reading import headers
from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns import looks, titles
from zhiwei.borrower.reading.columns.mapping import DATES, Mapping, Sign
from zhiwei.borrower.reading.columns.movement import Movement, movement_of, neither
from zhiwei.borrower.reading.columns.seen import Seen, look
from zhiwei.borrower.reading.tables.grid import Grid
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

_LEFT_OUT = ("party_id", "sequence", "occurrence")
Told = Parts[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a file leaves open. `about`: dates, sign, currency, party; `answer`: what to write; `blocks`: nothing is
    kept before it is answered.
    """

    about: str
    text: str
    answer: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Guess:
    mapping: Mapping
    reasons: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    def decided(self) -> Mapping:
        """The mapping. BadInput where something that it rests on is open."""
        for question in self.questions:
            if question.blocks:
                raise BadInput("undecided", question.text, hint=f"say which: {question.answer}")
        return self.mapping


def guess(grid: Grid, kind: str) -> Mapping:
    """The mapping that the grid itself suggests. BadInput where no dates (for bank flow: or no amounts) are found."""
    return understand(grid, kind).mapping


def understand(grid: Grid, kind: str, told: Told | None = None) -> Guess:
    """What the grid suggests, why, and what it leaves open. BadInput as `guess`, and where `told` names no column."""
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"{kind!r} is no kind of record", hint=f"known are {', '.join(KINDS)}")
    told = told or {}
    _there(grid, told)
    seen = look(grid, kind, told)
    columns: dict[str, tuple[str, ...]] = {}
    said = {name: _listed(text) for name, text in told.get("columns", {}).items()}
    seen.taken |= {header for texts in said.values() for header in texts}
    for target, header in _days(seen, said):
        columns[target] = (header,)
    moved: Movement | None = None
    if kind == "bank_flow":
        seen.taken -= {header for name in ("amount", "balance") for header in said.get(name, ())}
        moved = movement_of(seen)
        columns |= _moving(seen, moved)
    columns |= said
    for target, header in _rest(seen, columns):
        columns[target] = (header,)
    forms = tuple(dict.fromkeys(form for found in _chosen(seen, columns) for form in found.forms))
    constants = _constants(seen, columns, moved)
    mapping = Mapping(
        kind, {name: columns[name] for name in KINDS[kind].schema.names if name in columns}, constants, forms or DATES,
        seen.decimal, seen.unit if titles.is_chinese(grid.header) else "unit", "auto",
        moved.sign if moved else Sign(), leave_out=seen.leave_out,
    )  # fmt: skip
    mapping = mapping.with_parts(told)
    return Guess(mapping, tuple(seen.reasons), tuple(_questions(seen, mapping, moved)))


def _there(grid: Grid, told: Told) -> None:
    """BadInput where somebody names a header that the file does not have."""
    sign, party = told.get("sign", {}), told.get("party", {})
    named = [
        header for texts in told.get("columns", {}).values() for text in _listed(texts) for header in text.split(" + ")
    ]
    named += [str(sign[key]) for key in ("in", "out", "direction", "less", "balance_direction") if sign.get(key)]
    named += [str(party["column"])] if party.get("column") else []
    missing = [header for header in named if header not in grid.header]
    if missing:
        raise BadInput(
            "missing_column", f"{grid.name} has no column {'、'.join(missing)}", hint=f"it has {'、'.join(grid.header)}"
        )


def _listed(text: object) -> tuple[str, ...]:
    return tuple(str(part) for part in text) if isinstance(text, list | tuple) else (str(text),)


def _days(seen: Seen, said: Parts[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Columns of dates for the targets that are days or times; the kind's own day gets one in any case."""
    kind = KINDS[seen.kind]
    targets = [item.name for item in kind.schema if pa.types.is_date(item.type) or pa.types.is_timestamp(item.type)]
    for target in sorted(targets, key=lambda name: name != kind.day):
        found = said[target][0] if target in said else seen.best(target, seen.dates)
        if found is None and target == kind.day:
            free = [header for header in seen.dates if headers.score(seen.kind, target, header) >= 0] or [*seen.dates]
            solid = [header for header in free if not all(form.isalpha() for form in seen.dates[header].forms)]
            found = next(iter([*solid, *free]), None)
        if found is not None:
            seen.taken.add(found)
            yield target, found
    if kind.day in targets and not seen.taken:
        raise BadInput(
            "no_dates", f"{seen.grid.name}: no column is dates throughout; columns: {'、'.join(seen.grid.header)}",
            hint=f"say which it is and how it is written: --set {kind.day}=HEADER --set dates=DD/MM/YYYY",
        )  # fmt: skip


def _moving(seen: Seen, moved: Movement) -> dict[str, tuple[str, ...]]:
    """Columns of the movement; what it rests on is remembered."""
    sign = moved.sign
    pairs = (("amount", moved.amount), ("balance", moved.balance), ("account", moved.owner))
    found: dict[str, tuple[str, ...]] = {target: (header,) for target, header in pairs if header}
    used = (moved.amount, moved.balance, moved.owner, sign.into, sign.out, sign.direction, sign.less)
    seen.taken |= {header for header in used if header}
    if sign.direction and (words := neither(seen, sign.direction)):
        seen.leave_out[sign.direction] = seen.leave_out.get(sign.direction, ()) + words
    how = {
        "signed": "in the amount itself", "negated": "money out stands above zero",
        "two_columns": f"in from {sign.into}, out from {sign.out}",
        "direction": f"by {sign.direction}: in {' '.join(sign.words_in)}, out {' '.join(sign.words_out)}",
    }[sign.rule]  # fmt: skip
    proof = f"; {moved.held:,} of {moved.links:,} balances looked at agree" if moved.proved else ""
    seen.reasons.append(f"sign: {how}{proof}")
    if sign.less:
        seen.reasons.append(f"fees: {sign.less} goes off the amount; only so do the balances follow")
    if moved.owner:
        seen.reasons.append(f"accounts: told apart by {moved.owner}; only so do the balances follow")
    for header, words in seen.leave_out.items():
        seen.reasons.append(f"left out: rows whose {header} is {' or '.join(words)}")
    return found


def _chosen(seen: Seen, columns: dict[str, tuple[str, ...]]) -> Iterator[looks.Dates]:
    for target, found in columns.items():
        kind = KINDS[seen.kind].schema.field(target).type
        for part in found[0].split(" + "):
            if part in seen.dates and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
                yield seen.dates[part]


def _rest(seen: Seen, columns: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Targets by their names, the surest first, each column once; the text by its length where nothing names it."""
    pairs: list[tuple[float, str, str]] = []
    for item in KINDS[seen.kind].schema:
        moved = seen.kind == "bank_flow" and item.name in ("amount", "balance")  # those are settled
        if item.name in columns or item.name in _LEFT_OUT or moved:
            continue
        for points, header in headers.ranked(seen.kind, item.name, seen.sample.columns):
            if header not in seen.taken and _fits(seen, item, header):
                pairs.append((points, item.name, header))
    done = set(columns)
    for points, target, header in sorted(pairs, key=lambda pair: -pair[0]):
        if target not in done and header not in seen.taken and points > 0:
            done.add(target)
            seen.taken.add(header)
            yield target, header
    if seen.kind == "bank_flow":
        free = [header for header in seen.sample.columns if header not in seen.taken]
        other = max(free, key=lambda header: headers.score("bank_flow", "account", header), default="")
        if (
            "account" in columns
            and "counterparty_account" not in done
            and headers.score("bank_flow", "account", other) > 90
        ):
            seen.taken.add(other)  # an account that is not the owner's
            yield "counterparty_account", other
        yield from _unnamed(seen, done, columns)


def _unnamed(seen: Seen, done: set[str], columns: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Of a statement, what no header names and the cells show."""
    day = columns["booked_on"][0]
    if "second" not in done and day in seen.dates and seen.dates[day].timed:
        yield "second", day
    for target, shows in (("account", titles.is_account), ("currency", titles.is_currency)):
        free = [header for header in seen.sample.columns if header not in seen.taken | {*seen.dates}]
        found = next((header for header in free if headers.score(seen.kind, target, header) >= 0
                      and shows(seen.sample[header])), None)  # fmt: skip
        if target not in done and found and (target != "account" or not titles.account_in(_above(seen))):
            seen.taken.add(found)
            yield target, found
    free = [header for header in seen.sample.columns if header not in seen.taken | {*seen.money, *seen.dates}]
    letters = {header: seen.sample[header].str.count_matches(r"\p{L}").fill_null(0).mean() or 0.0 for header in free}
    if "text" not in done and free:
        yield "text", max(free, key=lambda header: float(letters[header]))  # type: ignore[arg-type]


def _fits(seen: Seen, item: pa.Field, header: str) -> bool:
    """Can the column's cells be of the target's type?"""
    sample = seen.sample[header].drop_nulls()
    if not sample.len():
        return item.type == pa.string() and item.name not in ("account", "currency")
    if item.name == "account":
        return _own(seen, header, sample)
    if item.name == "second":
        return understood.clock(sample).count() >= looks.ENOUGH * sample.len()
    if item.name == "currency":
        filled = sample.len() >= looks.ENOUGH * seen.sample.height
        return filled and bool(sample.str.len_chars().max() <= 6)  # type: ignore[operator]
    if item.type == pa.int64():
        return header in seen.money
    if pa.types.is_floating(item.type) or pa.types.is_integer(item.type):
        return understood.numbers(sample, seen.decimal).count() >= looks.ENOUGH * sample.len()
    return item.type == pa.string()


def _own(seen: Seen, header: str, numbers: pl.Series) -> bool:
    """Are these the numbers of our own accounts: the one in the titles, or else few different ones?"""
    titled = titles.account_in(_above(seen))
    if titled:
        return bool((numbers.str.replace_all(r"[\s-]", "") == titled).any())
    if headers.simple(header) == "iban":  # whose it is, it does not say
        return numbers.n_unique() == 1 and numbers.len() > 2
    return numbers.n_unique() <= max(3, numbers.len() // 20)


def _above(seen: Seen) -> list[str]:
    return [text.replace(" | ", " ") for _, text in seen.grid.above]


def _constants(seen: Seen, columns: dict[str, tuple[str, ...]], moved: Movement | None) -> dict[str, str]:
    """Account and currency of a statement, where its titles or headers say them once for all rows."""
    if moved is None:
        return {}
    found: dict[str, str] = {}
    if "account" not in columns and (account := titles.account_in(_above(seen))):
        found["account"] = account
    if "currency" not in columns:
        used = [header for header in (moved.amount, moved.sign.into, moved.sign.out, moved.balance) if header]
        cells = [text for header in used for text in seen.sample[header].drop_nulls().head(20).to_list()]
        whole = not any(seen.sample[header].str.contains(r"[.,]\d{1,2}\D*$").any() for header in used)
        named = titles.currency_in([*used, *cells, *_above(seen)], seen.grid.header)
        others = [header for header in seen.grid.header if header not in used]
        named = named or titles.currency_in(others, seen.grid.header)
        if named := named or titles.currency_of_script(seen.grid.header, whole):
            found["currency"] = named
            seen.reasons.append(f"currency: {named}, by what stands above the table, in a header or an amount")
    return found


# --- what is open ---------------------------------------------------------------------------------------------------


def _questions(seen: Seen, mapping: Mapping, moved: Movement | None) -> Iterator[Question]:
    yield from _about_days(seen, mapping)
    if moved is None:
        return
    yield from _about_sign(seen, mapping, moved)
    if "currency" not in {*mapping.columns, *mapping.constants}:
        yield Question(
            "currency", "the file names no currency, and none is received without", "--set currency=EUR", False
        )
    account = mapping.columns.get("account", ("",))[0]
    if account in seen.grid.header and not mapping.party.column:
        many = seen.grid.cells[account].n_unique()
        if many > 1:
            yield Question(
                "party", f"there are {many:,} accounts in {account}, and one party is taken to own them all",
                f"--party-column {_word(account)} where each is another party's", False,
            )  # fmt: skip


def _about_days(seen: Seen, mapping: Mapping) -> Iterator[Question]:
    if "dates" in seen.told.get("formats", {}):
        return
    for target, source in mapping.columns.items():
        found = seen.dates.get(source[0])
        kind = KINDS[seen.kind].schema.field(target).type
        if found is None or not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
            continue
        if found.swapped:
            ways = (found.forms[0], *found.swapped)
            text = f"{source[0]}: its days could be {' or '.join(ways)}, and nothing in the file decides"
            yield Question("dates", text, " or ".join(f"--set dates={_word(way)}" for way in ways), True)
        elif found.why:
            seen.reasons.append(f"{target}: {found.why}")


def _about_sign(seen: Seen, mapping: Mapping, moved: Movement) -> Iterator[Question]:
    told = seen.told.get("sign", {})
    if moved.proved or "rule" in told or "in" in told or "direction" in told:
        return
    sign, grid = mapping.sign, seen.grid
    if sign.rule == "signed":
        cells = grid.cells[moved.amount]
        if not cells.str.contains(r"(?i)^\s*[-−–—(]|[-−–—)]\s*$|-\s?\p{Sc}|\d\s?d[rb]?\.?$|^\D{0,4}[-−]\d").any():
            yield Question(
                "sign", f"no amount in {moved.amount} is below zero: which way the money went, nothing says",
                "--set sign=signed (all came in), --set sign=negated (all went out), "
                "or --set direction=HEADER --set words_in=... --set words_out=...", True,
            )  # fmt: skip
    if sign.rule == "two_columns" and not moved.named:
        yield Question(
            "sign", f"{sign.into} and {sign.out} hold what came in and what went out; which is which, nothing says",
            f"--set in={_word(sign.into)} --set out={_word(sign.out)}, or the other way round", True,
        )  # fmt: skip
    if sign.rule == "direction":
        known = {*sign.words_in, *sign.words_out, *mapping.leave_out.get(sign.direction, ())}
        strange = [word for word in seen.words(sign.direction) if word not in known]
        if strange:
            yield Question(
                "sign", f"{sign.direction} has words that say neither in nor out: {'、'.join(strange)}",
                "--set words_in=A,B --set words_out=C,D", True,
            )  # fmt: skip


def _word(text: str) -> str:
    """As one writes it in a shell."""
    return text if text.replace("_", "").replace("/", "").replace("-", "").replace(".", "").isalnum() else f"'{text}'"
