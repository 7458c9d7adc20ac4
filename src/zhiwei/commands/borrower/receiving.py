"""zhiwei receive: a file of any source into records, under the consent its party gave."""

import hashlib
import inspect
import pkgutil
from dataclasses import asdict
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower import sources
from zhiwei.borrower.reading import Parsed
from zhiwei.commands.borrower.columns import PartyColumn, Set, bytes_of, mapping_of, told_of
from zhiwei.commands.show import Json, err, out, print_json, print_table
from zhiwei.journeys import Source, receive_records
from zhiwei.values import BadInput

SHOWN = 10  # bad rows named on the screen


@cache
def known_sources() -> dict[str, ModuleType]:
    """Every folder of `borrower/sources` that reads a file for one party."""
    found = {}
    for module in pkgutil.iter_modules(sources.__path__):
        source = import_module(f"{sources.__name__}.{module.name}")
        if module.ispkg and hasattr(source, "read") and hasattr(source, "KINDS"):
            found[module.name] = source
    return found


def receive(
    files: Annotated[list[Path], typer.Argument(help="Files as the source made them.", metavar="FILE...")],
    source: Annotated[str, typer.Option(help="What they are; without it the sources are listed.")] = "",
    party: Annotated[str, typer.Option(help="Whose records they are: its id.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="Which column is what (`zhiwei mapping` makes one).")] = None,
    tax_no: Annotated[str, typer.Option(help="The party's tax number: tells its sales from its purchases.")] = "",
    said: Set = None,
    party_column: PartyColumn = "",
    as_json: Json = False,
) -> None:
    """Take records of a business from files: statements, invoices, returns, orders, meters, reports. 接收数据

    A statement of many parties: --party-column says which column tells them apart (or the mapping does).

    Needs the party's consent for every kind of record in the file (`zhiwei consent give`). All of a file or nothing;
    the same file again changes nothing; a later file corrects an earlier one, and the earlier is kept.
    """
    reader = _source(source)
    told = told_of("bank_flow", said, party_column)
    known = mapping_of(mapping, told)
    several = bool(known.party.column) if known else "party" in told
    if several and party:
        raise BadInput("two_owners", "--party says whose all rows are, and a column says whose each is", hint="say one")
    if not (party or several):
        raise BadInput("no_party", "whose records are these?", hint="--party ID, or --party-column HEADER")
    if told and "told" not in inspect.signature(reader.read).parameters:
        raise BadInput("no_setting", f"a file of {source} is not guessed", hint="--set and --party-column: bank_flow")
    options: dict[str, object] = {"mapping": known, "party_tax_no": tax_no, "told": None if known else told}
    read = [_read(reader, file, party, options) for file in files]
    with open_platform() as platform:
        accepted = [
            receive_records(
                books=platform, by=platform.actor, parsed=parsed,
                source=Source(source, file.name, hashlib.sha256(file.read_bytes()).hexdigest()),
            )
            for file, parsed in zip(files, read, strict=True)
        ]  # fmt: skip
    if as_json:
        for file, parsed, one in zip(files, read, accepted, strict=True):
            print_json({"file": file.name, **asdict(one), "warnings": dict(parsed.warnings), "facts": parsed.facts})
        return
    rows = [
        [file.name, kind, f"{count:,}", "new 新" if one.new else "known 已有"]
        for file, one in zip(files, accepted, strict=True)
        for kind, count in one.rows.items()
    ]
    print_table("Received 已接收", ["file", "kind", "rows", ""], rows, right=[2])
    for file, parsed in zip(files, read, strict=True):
        for what, count in parsed.warnings.items():
            kept = "" if what.startswith("left out") else "; kept as it is"
            out.print(f"note: {file.name}: {count:,} x {what}{kept}", markup=False)


def _source(name: str) -> ModuleType:
    known = known_sources()
    if name not in known:
        raise BadInput("no_such_source", f"no source {name!r}", hint=", ".join(known))
    return known[name]


def _read(source: ModuleType, file: Path, party: str, options: dict[str, object]) -> Parsed:
    content = bytes_of(file)
    takes = inspect.signature(source.read).parameters
    parsed: Parsed = source.read(content, file.name, party, **{k: v for k, v in options.items() if v and k in takes})
    for problem in parsed.problems[:SHOWN]:
        err.print(f"{file.name}: {problem.place} {problem.column} {problem.value!r}: {problem.problem}")
    return parsed
