"""Bank statements: which columns say what moved and what it left, and where the sign of it is written.

The cells speak loudest: where a column of balances follows from amounts, in one order of the rows or the other, and be
it account by account, these are the balance and the amount, whatever they are called, and the sign is proved.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from zhiwei.borrower.reading import headers
from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns.mapping import IN_WORDS, NEITHER_WORDS, OUT_WORDS, Sign
from zhiwei.borrower.reading.columns.seen import Seen
from zhiwei.values import BadInput

_MOST_MONEY = 16  # columns of money tried with each other
_MOST_MARKS = 8  # columns that may say in or out, tried
_MOST_OWNERS = 3  # columns that may tell accounts apart, tried
_LINKS = 0.8  # so many of the links of a chain of balances have to hold; of many links, so many:
_LINKS_OF_MANY, _MANY = 0.5, 50
_AGAINST = 0.6  # what a chain is worth that holds only against the order of its days
_VOTES = 0.8  # of a word's rows: so many have to agree about which way it means

_Words = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Movement:
    """`amount` is "" with two columns, `balance` "" where there is none, `owner` "" where all rows are one account.
    `links`, `held`: of the chain of balances, in the sample; `named`: do headers or words tell the sign?
    """

    score: float
    sign: Sign
    amount: str
    balance: str
    owner: str = ""
    links: int = 0
    held: int = 0
    named: bool = False

    @property
    def proved(self) -> bool:
        return _proves(self.links, self.held)


def _proves(links: int, held: int) -> bool:
    return bool(links) and held >= (_LINKS_OF_MANY if links >= _MANY else _LINKS) * links


def movement_of(seen: Seen) -> Movement:
    """The best of all readings. BadInput where no column is amounts throughout."""
    found = _best(seen, "") or _best(replace(seen, told={}), "")
    if found is None:
        raise BadInput(
            "no_amounts", f"{seen.grid.name}: no column is amounts throughout; columns: {'、'.join(seen.grid.header)}",
            hint="say which it is: --set amount=HEADER (or --set in=HEADER --set out=HEADER), --set decimal=,",
        )  # fmt: skip
    if not found.proved:
        for owner in _owners(seen):
            other = _best(seen.of_owners(owner), owner)
            if other is not None and other.proved and other.score > found.score:
                found = other
                break
    return replace(found, sign=_less(seen, found))


def neither(seen: Seen, header: str) -> tuple[str, ...]:
    """Words of a column of directions that say neither in nor out."""
    return tuple(word for word in seen.words(header) if word in NEITHER_WORDS)


# --- readings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Look:
    """The rows under one assumption of who owns them. `ahead`: 1 where days run forwards through them, -1 backwards,
    0 where they do not say; `balances`: header, column of the words for its sign ("" none), values.
    """

    seen: Seen
    owner: str
    ahead: int
    money: list[str]
    balances: list[tuple[str, str, pl.Series]]
    marks: list[str]


def _best(seen: Seen, owner: str) -> Movement | None:
    columns = seen.told.get("columns", {})
    said = {name: _first(columns.get(name)) for name in ("amount", "balance")}
    words = ("amount", "in", "out", "balance")
    named = {name: max(headers.score(seen.kind, word, name) for word in words) for name in seen.money}
    money = [name for name in sorted(named, key=lambda name: -named[name]) if name not in seen.taken and name != owner]
    money = list(dict.fromkeys([*(text for text in said.values() if text in seen.money), *money]))[:_MOST_MONEY]
    height = seen.sample.height
    marks = _marks(seen, owner)
    full = [name for name in money if seen.money[name].count() >= 0.5 * height and said["balance"] in ("", name)]
    balances = [(name, "", seen.money[name]) for name in full]
    for name in full:  # 834.50 Dr, with the Dr in a column of its own
        for mark in marks:
            if known := _known(seen, mark):
                balances.append((name, mark, _turned(seen, mark, known, seen.money[name])))
    look = _Look(seen, owner, _ahead(seen, owner), money, balances, marks)
    found = (one for one in _options(look) if said["amount"] in ("", one.amount) and _as_told(seen, one.sign))
    return max(found, key=lambda one: one.score, default=None)


def _first(text: object) -> str:
    return str(text[0]) if isinstance(text, list | tuple) and text else str(text or "")


def _as_told(seen: Seen, sign: Sign) -> bool:
    told = seen.told.get("sign", {})
    mine = {"rule": sign.rule, "in": sign.into, "out": sign.out, "direction": sign.direction}
    return all(_first(told[key]) == mine[key] for key in mine if key in told)


def _options(look: _Look) -> Iterator[Movement]:
    """Every way in which these columns could be amount and balance, with what speaks for it."""
    seen, height = look.seen, look.seen.sample.height
    for amount in look.money:
        named = headers.score(seen.kind, "amount", amount)
        if named < 0:
            continue
        values = seen.money[amount]
        signed = bool((values < 0).any())
        base = named - 150 * (1 - values.count() / height) - max(headers.score(seen.kind, "balance", amount), 0.0)
        plain = Movement(base + (10 if signed else 0), Sign(), amount, "", look.owner, named=signed)
        yield from _with_balance(look, plain, values)
        yield from _with_balance(look, replace(plain, score=base - 15, sign=Sign(rule="negated")), -values)
        for mark in look.marks:
            known = _known(seen, mark)
            extra = -25 if signed else 25 + headers.score(seen.kind, "direction", mark) / 4
            if known:
                rule = Sign(rule="direction", direction=mark, words_in=known[0], words_out=known[1])
                one = replace(plain, score=base + extra, sign=rule, named=True)
                yield from _with_balance(look, one, _turned(seen, mark, known, values))
            if not signed:
                yield from _by_evidence(look, replace(plain, score=base + 20), values, mark)
    yield from _two_columns(look)


def _two_columns(look: _Look) -> Iterator[Movement]:
    seen, height = look.seen, look.seen.sample.height
    for into in look.money:
        for out in look.money:
            if into == out:
                continue
            filled = [(seen.money[header].fill_null(0) != 0) for header in (into, out)]
            both, either = int((filled[0] & filled[1]).sum()), int((filled[0] | filled[1]).sum())
            if either < 0.5 * height or both > 0.05 * height:
                continue
            named = headers.score(seen.kind, "in", into) + headers.score(seen.kind, "out", out)
            wrong = headers.score(seen.kind, "in", out) + headers.score(seen.kind, "out", into)
            paid = seen.money[out]
            below = int((paid < 0).sum()) > int((paid > 0).sum())
            moved = seen.money[into].fill_null(0) - (-paid if below else paid).fill_null(0)
            base = 20 + named - wrong - 150 * (1 - either / height)
            rule = Sign(rule="two_columns", into=into, out=out)
            one = Movement(base, rule, "", "", look.owner, named=below or named - wrong > 0)
            yield from _with_balance(look, one, moved)


def _with_balance(look: _Look, one: Movement, moved: pl.Series) -> Iterator[Movement]:
    """The option without a balance, and with each column that could be one; a chain that holds outweighs all words."""
    yield one
    for header, mark, values in look.balances:
        if header in (one.amount, one.sign.into, one.sign.out):
            continue
        named = headers.score(look.seen.kind, "balance", header)
        links, held, against = _chain(moved, values, look)
        proof = (300.0 if links > 1 else 100.0) * held / links if _proves(links, held) else 0.0
        proof *= _AGAINST if against else 1.0
        if mark and not proof:
            continue
        still = not proof and links > 1 and values.n_unique() == 1  # the balance of today, in every row
        if (proof or named > 0) and not still:
            score = one.score + proof + named / 2 + 5 - (8 if mark else 0)
            sign = replace(one.sign, balance_direction=mark)
            if mark and one.sign.rule != "direction":
                into, out = _known(look.seen, mark) or (IN_WORDS, OUT_WORDS)
                sign = replace(sign, words_in=into, words_out=out)
            yield replace(one, score=score, balance=header, links=links, held=held, sign=sign)


# --- the chain of balances ------------------------------------------------------------------------------------------


def _ahead(seen: Seen, owner: str) -> int:
    day = next((header for header in seen.dates if header in seen.taken), None)
    if day is None:
        return 0
    step = understood.times(seen.sample[day], list(seen.dates[day].forms)).diff().dt.total_microseconds()
    if owner:
        step = step.filter((seen.sample[owner] == seen.sample[owner].shift(1)).fill_null(False))
    return int((step > 0).sum() > 0) - int((step < 0).sum() > 0)


def _chain(moved: pl.Series, balance: pl.Series, look: _Look) -> tuple[int, int, bool]:
    """(links, how many hold in the better order, is that order against the days?). Rows that move nothing and change
    nothing prove nothing; a balance that changes where nothing moved speaks against.
    """
    frame = pl.DataFrame([moved.fill_null(0).rename("m"), balance.rename("b"), _who(look)])
    frame = frame.filter(pl.col("b").is_not_null())
    step = pl.when(pl.col("who") == pl.col("who").shift(1)).then(pl.col("b").diff())
    ways = [(pl.col("m"), step), (pl.col("m").shift(1), -step)]  # older rows first, newer rows first
    real = [((moves != 0) | (change != 0)) & change.is_not_null() & moves.is_not_null() for moves, change in ways]
    counts = frame.select(
        *(flag.sum().alias(f"n{place}") for place, flag in enumerate(real)),
        *(((change == moves) & flag).sum().alias(f"h{place}") for place, ((moves, change), flag) in
          enumerate(zip(ways, real, strict=True))),
    )  # fmt: skip
    n, r, h, b = (int(count or 0) for count in counts.row(0))
    links, held, way = max((n, h, 1), (r, b, -1), key=lambda one: (one[1], one[2] * look.ahead, one[2]))
    if look.owner and not _proves(links, held):  # the rows of a day may stand in any order
        free = int((_anyhow(frame, pl.col("b") - pl.col("m")) & (frame["m"] != 0)).sum())
        links, held, way = (int((frame["m"] != 0).sum()), free, 0) if free > held else (links, held, way)
    return links, held, way * look.ahead < 0


def _who(look: _Look) -> pl.Series:
    if look.owner:
        return look.seen.sample[look.owner].rename("who")
    return pl.Series("who", [""], dtype=pl.String).new_from_index(0, look.seen.sample.height)


def _anyhow(frame: pl.DataFrame, before: pl.Expr) -> pl.Series:
    """Is the balance before a row the balance after some other row of the same owner? Only where balances differ."""
    if frame["b"].n_unique() < 0.5 * frame.height:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, frame.height)
    known = frame.select("who", "b").unique().with_columns(pl.lit(True).alias("there"))
    asked = frame.select("who", before.alias("b"))
    return asked.join(known, on=["who", "b"], how="left", maintain_order="left")["there"].fill_null(False)


# --- words of direction ---------------------------------------------------------------------------------------------


def _marks(seen: Seen, owner: str) -> list[str]:
    """Columns of few different words, the likeliest to say in or out first."""
    told = _first(seen.told.get("sign", {}).get("direction"))
    found = [header for header in seen.sample.columns if header != owner and (seen.words(header) or header == told)]
    ranked = sorted(found, key=lambda name: (name != told, -headers.score(seen.kind, "direction", name)))
    return ranked[:_MOST_MARKS]


def _known(seen: Seen, header: str) -> _Words | None:
    """(words for in, words for out) of a column that says nothing else, else None."""
    told = seen.told.get("sign", {})
    if header == _first(told.get("direction")) and "words_in" in told and "words_out" in told:
        return _said(told["words_in"]), _said(told["words_out"])
    found = [word for word in seen.words(header) if word not in NEITHER_WORDS]
    into = tuple(word for word in found if word in IN_WORDS)
    out = tuple(word for word in found if word in OUT_WORDS)
    if len(into) + len(out) < len(found) or not (into or out):
        return None
    # a file may show one word only; the usual ones are understood all the same
    return (into or IN_WORDS, out or OUT_WORDS) if not (into and out) else (into, out)


def _said(words: object) -> tuple[str, ...]:
    return tuple(str(word).strip().lower() for word in words) if isinstance(words, Iterable) else ()


def _turned(seen: Seen, mark: str, words: _Words, values: pl.Series) -> pl.Series:
    low = seen.sample[mark].str.strip_chars().str.to_lowercase()
    moved = values.zip_with(~low.is_in(list(words[1])).fill_null(False), -values)
    return moved.set(low.is_in(list(NEITHER_WORDS)).fill_null(False), None)


def _by_evidence(look: _Look, one: Movement, values: pl.Series, mark: str) -> Iterator[Movement]:
    """Words that nobody knows, but by which balances rise or fall."""
    low = look.seen.sample[mark].str.strip_chars().str.to_lowercase().rename("word")
    for header, sign, balance in look.balances:
        if header == one.amount or sign:
            continue
        votes = _votes(look, values, balance, low)
        into = tuple(sorted(word for word, (up, down) in votes.items() if up > 0 and up >= _VOTES * (up + down)))
        out = tuple(sorted(word for word, (up, down) in votes.items() if down > 0 and down >= _VOTES * (up + down)))
        held = sum(votes[word][0] for word in into) + sum(votes[word][1] for word in out)
        words = look.seen.words(mark)
        if not (into and out) or held < 2 * len(words) - 1:  # many words of few rows fit anything
            continue
        silent = [word for word in words if word not in into + out]
        into += tuple(word for word in silent if word in IN_WORDS)
        out += tuple(word for word in silent if word in OUT_WORDS)
        rule = Sign(rule="direction", direction=mark, words_in=into, words_out=out)
        found = replace(one, score=one.score - 5 * len(words), sign=rule)
        moved = _turned(look.seen, mark, (into, out), values)
        yield from _with_balance(replace(look, balances=[(header, "", balance)]), found, moved)


def _votes(look: _Look, values: pl.Series, balance: pl.Series, words: pl.Series) -> Mapping[str, tuple[int, int]]:
    """Word -> in how many of its rows the balance rose by the amount, and fell by it, in the order that says more."""
    frame = pl.DataFrame([values.fill_null(0).rename("m"), balance.rename("b"), words, _who(look)])
    frame = frame.filter(pl.col("b").is_not_null() & (pl.col("m") != 0))
    ways, told = list[pl.DataFrame](), list[float]()
    for places in (1, -1):
        before = pl.when(pl.col("who") == pl.col("who").shift(places)).then(pl.col("b").shift(places))
        ways.append(frame.select("word", (before + pl.col("m") == pl.col("b")).fill_null(False).alias("up"),
                                 (before - pl.col("m") == pl.col("b")).fill_null(False).alias("down")))  # fmt: skip
    if look.owner:
        up, down = (
            _anyhow(frame, pl.col("b") - way * pl.col("m")).rename(name) for way, name in ((1, "up"), (-1, "down"))
        )
        ways.append(pl.DataFrame([frame["word"], up & ~down, down & ~up]))
    told = [int((way["up"] ^ way["down"]).sum()) for way in ways]
    if look.ahead:
        told[1 if look.ahead > 0 else 0] *= _AGAINST
    best = ways[told.index(max(told))]
    counts = best.group_by("word").agg((pl.col("up") & ~pl.col("down")).sum(), (pl.col("down") & ~pl.col("up")).sum())
    return {str(word): (int(up), int(down)) for word, up, down in counts.iter_rows() if word is not None}


# --- owners and fees ------------------------------------------------------------------------------------------------


def _owners(seen: Seen) -> list[str]:
    """Columns that may tell accounts apart: the same values again and again, and none missing."""
    told = _first(seen.told.get("columns", {}).get("account")) or _first(seen.told.get("party", {}).get("column"))
    if told:
        return [told] if told in seen.grid.header else []
    rows = seen.grid.cells.height
    found: list[tuple[float, str]] = []
    for header in seen.sample.columns:
        cells = seen.grid.cells[header]
        if header in seen.dates or cells.null_count() > 0.01 * rows or rows < 4:
            continue
        points = headers.score(seen.kind, "account", header)
        many = cells.n_unique()
        if points >= 0 and 2 <= many <= rows / 2 and cells.head(100).str.contains(r"\d").all():
            found.append((points, header))
    return [header for _, header in sorted(found, key=lambda item: -item[0])[:_MOST_OWNERS]]


def _less(seen: Seen, found: Movement) -> Sign:
    """The sign, and the column of fees where the balances show that they went off besides."""
    if found.sign.rule not in ("signed", "direction") or not found.balance or found.sign.balance_direction:
        return found.sign
    look = _Look(seen, "", _ahead(seen, ""), [], [], [])
    moved = seen.money[found.amount]
    if found.sign.rule == "direction":
        moved = _turned(seen, found.sign.direction, (found.sign.words_in, found.sign.words_out), moved)
    _, held, _ = _chain(moved, seen.money[found.balance], look)
    for header in seen.money:
        if headers.score(seen.kind, "less", header) <= 0 or header in (found.amount, found.balance):
            continue
        links, better, _ = _chain(moved - seen.money[header].fill_null(0).abs(), seen.money[found.balance], look)
        if better > held and _proves(links, better):
            return replace(found.sign, less=header)
    return found.sign
