"""zhiwei receive: a file of any source into records, under the consent its party gave."""

import hashlib
import inspect
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.sources import known_sources
from zhiwei.commands.show import Json, err, out, print_json, print_table
from zhiwei.journeys import Source, receive_records
from zhiwei.values import BadInput

SHOWN = 10  # bad rows named on the screen


def receive(
    files: Annotated[list[Path], typer.Argument(help="Files as the source made them.", metavar="FILE...")],
    source: Annotated[str, typer.Option(help="What they are; without it the sources are listed.")] = "",
    party: Annotated[str, typer.Option(help="Whose records they are: its id.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="Which column is what (`zhiwei mapping` makes one).")] = None,
    tax_no: Annotated[str, typer.Option(help="The party's tax number: tells its sales from its purchases.")] = "",
    as_json: Json = False,
) -> None:
    """Take records of a business from files: statements, invoices, returns, orders, meters, reports. 接收数据

    Needs the party's consent for every kind of record in the file (`zhiwei consent give`). All of a file or nothing;
    the same file again changes nothing; a later file corrects an earlier one, and the earlier is kept.
    """
    reader = _source(source)
    if not party:
        raise BadInput("no_party", "whose records are these?", hint="--party ID")
    known = Mapping.from_toml(mapping.read_text("utf-8")) if mapping else None
    options: dict[str, object] = {"mapping": known, "party_tax_no": tax_no}
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
            out.print(f"note: {file.name}: {count} x {what}; kept as it is")


def _source(name: str) -> ModuleType:
    known = known_sources()
    if name not in known:
        raise BadInput("no_such_source", f"no source {name!r}", hint=", ".join(known))
    return known[name]


def _read(source: ModuleType, file: Path, party: str, options: dict[str, object]) -> Parsed:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput("no_such_file", f"cannot read {file}: {error.strerror}") from error
    takes = inspect.signature(source.read).parameters
    parsed: Parsed = source.read(content, file.name, party, **{k: v for k, v in options.items() if v and k in takes})
    for problem in parsed.problems[:SHOWN]:
        err.print(f"{file.name}: {problem.place} {problem.column} {problem.value!r}: {problem.problem}")
    return parsed
