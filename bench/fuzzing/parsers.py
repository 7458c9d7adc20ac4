"""Every reader of outsiders' bytes under one face, and what must be true of whatever it returns."""

import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType

import pyarrow as pa
from fuzzing.mutations import mutated
from fuzzing.seeds import SPLIT, Seed, seeds

from zhiwei.adapters.bankfile import read_bank_file
from zhiwei.bootstrap import shelf_folder
from zhiwei.borrower.delivery import Delivery
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import Mapping, guess, preview
from zhiwei.borrower.reading.mapping import read as read_mapped
from zhiwei.borrower.records import KINDS
from zhiwei.borrower.sources import (
    acquiring,
    bank_flow,
    bureau,
    courts,
    cumcm2020c,
    einvoice,
    invoice_table,
    meters,
    orders,
    procurement,
    registry,
    tax,
)
from zhiwei.commands.borrower.party_files import read_parties
from zhiwei.shelf import check, read_folder
from zhiwei.shelf.exchange.jdm import product_from_graph
from zhiwei.shelf.exchange.workbook import product_from_workbook
from zhiwei.tables import Problem
from zhiwei.values import BadInput

PARTY, TAX_NO = "P1", "9153000077859986X2"
CARD = "6222020200112345679"  # one of the strange words: no problem may repeat it
NAMES = ("f", "f.json", "f.ndjson", "f.csv", "f.xlsx", "f.xml", "f.zip", "f.ofd", "f.sta")
Read = Callable[[bytes, str], Parsed | None]


def _of(source: ModuleType) -> Read:
    return lambda content, name: source.read(content, name, PARTY)


def _invoices(content: bytes, name: str) -> Parsed:
    return einvoice.read(content, name, PARTY, TAX_NO)


def _listed(content: bytes, name: str) -> Parsed:
    return invoice_table.read(content, name, PARTY, TAX_NO)


def _mapping(content: bytes, name: str) -> None:
    text = content.decode("utf-8", errors="replace")
    again = Mapping.from_toml(text)
    assert Mapping.from_toml(again.to_toml()) == again


def _mapped(content: bytes, name: str) -> Parsed:
    """Through the mapping that stands before the table, else through a guess; a preview first, as a person does it."""
    before, split, table = content.partition(SPLIT)
    grid = grid_of(table if split else content, name)
    mapping = Mapping.from_toml(before.decode("utf-8", errors="replace")) if split else guess(grid, "bank_flow")
    assert preview(grid, mapping).text()
    return read_mapped(grid, mapping, PARTY)


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="zwfuzz"))


def _file(content: bytes) -> Path:
    path = _scratch() / "file"
    path.write_bytes(content)
    return path


def _bank_file(content: bytes, name: str) -> None:
    rows = read_bank_file(_file(content)).rows
    assert all(row.amount for row in rows)
    assert len({row.row_id for row in rows}) == len(rows)


def _cumcm(content: bytes, name: str) -> Parsed:
    found: Delivery = cumcm2020c.read(_file(content), date(2026, 1, 1))
    return Parsed({"invoices": found.invoices}, facts={"invoices": str(found.invoices.num_rows)})


def _demand(content: bytes, name: str) -> None:
    path = _file(content)
    if cumcm2020c.is_demand_curve(path):
        cumcm2020c.read_demand(path)


@cache
def _folder() -> Path:
    folder = _scratch() / "product"
    for name, text in read_folder(shelf_folder() / "tax_credit").items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def _product(content: bytes, name: str) -> None:
    """One file of the shipped product replaced, read from a folder as it is published from."""
    path = _folder() / name
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        files = read_folder(_folder())
    finally:
        path.write_bytes(before)
    product, problems = check(files)
    if product is None:
        assert problems
        raise BadInput("problems", str(len(problems)))


def _graph(content: bytes, name: str) -> None:
    problems: list[Problem] = []
    try:
        product_from_graph(name, content.decode("utf-8"), problems)
    except UnicodeDecodeError:
        return
    _refused(problems)


def _book(content: bytes, name: str) -> None:
    problems: list[Problem] = []
    product_from_workbook(name, content, problems)
    _refused(problems)


def _refused(problems: list[Problem]) -> None:
    if problems:
        raise BadInput("problems", str(len(problems)))


def _party_file(content: bytes, name: str) -> None:
    assert read_parties(_file(content), date(2026, 1, 1), "made")


PARSERS: dict[str, Read] = {
    "camt": _of(bank_flow), "mt940": _of(bank_flow), "bank_table": _of(bank_flow), "einvoice": _invoices,
    "ubl": _of(procurement), "invoice_table": _listed, "tax": _of(tax), "acquiring": _of(acquiring),
    "orders": _of(orders), "procurement": _of(procurement), "meters": _of(meters), "registry": _of(registry),
    "courts": _of(courts), "bureau": _of(bureau), "mapping": _mapping, "mapped": _mapped, "bank_file": _bank_file,
    "cumcm2020c": _cumcm, "demand": _demand, "product": _product, "product_graph": _graph,
    "product_book": _book, "party_file": _party_file,
}  # fmt: skip
_OTHERS = ("mapping", "bank_file", "cumcm2020c", "demand", "product", "product_graph", "product_book", "party_file")
RECEIVED = tuple(name for name in PARSERS if name not in _OTHERS)
"""Those whose records `receive_records` takes."""


def hostile(parser: str, dice: Random) -> Seed:
    """A mutated file of this parser's, sometimes under another kind's name."""
    own = seeds(parser)
    name, content = dice.choice(own)
    others = [other for _, other in dice.choice([own, own, seeds(dice.choice(list(PARSERS)))])]
    if parser not in _OTHERS and dice.random() < 0.1:
        name = dice.choice(NAMES)
    return name, mutated(dice, content, others)


def read(parser: str, name: str, content: bytes) -> Parsed | None:
    """What the parser makes of it, found sound; BadInput where it refuses."""
    found = PARSERS[parser](content, name)
    if found is not None:
        _sound(parser, found)
    return found


def _sound(parser: str, found: Parsed) -> None:
    for kind, table in found.tables.items():
        assert table.schema == KINDS[kind].schema, "another schema"
        table.validate(full=True)
        for needed in ("party_id", KINDS[kind].day):
            assert table[needed].null_count == 0, f"no {needed}"
        days = table[KINDS[kind].day].cast(pa.date32())
        assert all(1 <= day.year <= 9999 for day in days.unique().to_pylist())
    for problem in found.problems:
        assert problem.problem
    assert all(count > 0 for count in found.warnings.values()), "a warning about nothing"
