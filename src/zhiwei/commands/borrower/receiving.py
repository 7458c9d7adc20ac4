"""zhiwei receive: a file of any source into records, under the consent its party gave."""

import hashlib
import inspect
from collections.abc import Mapping as Pairs
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower.identity import mask, masked_cell, masked_text
from zhiwei.borrower.identity.masks import mask_account
from zhiwei.borrower.pushed import read_file, said_of, source_named
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.commands.borrower.columns import PartyColumn, bytes_of, mapping_of, told_of
from zhiwei.commands.show import Json, day, err, out, print_json, print_table
from zhiwei.journeys import Source, receive_records
from zhiwei.journeys.borrower.records import Accepted
from zhiwei.values import BadInput, digest

SHOWN = 10  # bad rows named on the screen


def receive(
    files: Annotated[list[Path], typer.Argument(help="Files as the source made them.", metavar="FILE...")],
    source: Annotated[str, typer.Option(help="What they are; without it the sources are listed.")] = "",
    party: Annotated[str, typer.Option(help="Whose records they are: its id.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="Which column is what (`zhiwei mapping` makes one).")] = None,
    tax_no: Annotated[str, typer.Option(help="The party's tax number: tells its sales from its purchases.")] = "",
    covers: Annotated[
        str, typer.Option(help="The days it covers, where it does not say.", metavar="2024-01-01..2024-06-30")
    ] = "",
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--given",
            "--set",
            metavar="KEY=VALUE",
            help="What the file does not say, as reader=staff, or of a table dates=DD/MM/YYYY; again for more.",
        ),
    ] = None,
    currency: Annotated[str, typer.Option(help="That of a statement which names none, as USD (ISO 4217).")] = "",
    party_column: PartyColumn = "",
    as_json: Json = False,
) -> None:
    """Take records of a business from files: statements, invoices, returns, orders, meters, reports. 接收数据

    Needs the party's consent for every kind of record in the file (`zhiwei consent give`). All of a file or nothing;
    the same file again changes nothing; a later file corrects an earlier one, and the earlier is kept. A file without a
    row is a delivery where it says what days it covers, or --covers does: nothing happened in them. A statement of many
    parties: --party-column, or its mapping, says which column tells them apart.
    """
    reader = source_named(source)
    pairs = [*(given or []), *([f"currency={currency}"] if currency else [])]
    options: dict[str, object] = {"party_tax_no": tax_no} | _given(reader, source, pairs, party_column)
    told: dict[str, Any] = options.get("told") or {}  # type: ignore[assignment]
    options["mapping"] = known = mapping_of(mapping, told)
    _one_owner(party, bool(known.party.column if known else "party" in told), covers)
    days = _period(covers) if covers else None
    read = [_read(reader, file, party, options, days) for file in files]
    with open_platform() as platform:
        if days and days[1] > platform.today():
            raise BadInput("period_to_come", f"{covers} is not over yet", hint="a file speaks for days that are past")
        accepted = [
            receive_records(books=platform, by=platform.actor, parsed=parsed, source=_came(source, file, options))
            for file, parsed in zip(files, read, strict=True)
        ]
    _tell(files, read, accepted, as_json)


def _came(source: str, file: Path, options: Pairs[str, object]) -> Source:
    said = {name: value.to_toml() if isinstance(value, Mapping) else value for name, value in options.items() if value}
    settings = digest(said) if said else ""
    return Source(source, file.name, hashlib.sha256(file.read_bytes()).hexdigest(), settings)


def _one_owner(party: str, several: bool, covers: str) -> None:
    """Either all rows are one party's, or the file tells whose each is; what days a file covers, it covers for one."""
    if several == bool(party) or (several and covers):
        which = "say whose all rows are, or which column tells" if several else "--party ID, or --party-column HEADER"
        raise BadInput("two_owners" if several else "no_party", "whose records are these?", hint=which)


def _tell(files: list[Path], read: list[Parsed], accepted: list[Accepted], as_json: bool) -> None:
    if as_json:
        for file, parsed, one in zip(files, read, accepted, strict=True):
            told = {"warnings": dict(parsed.warnings), "facts": _masked(parsed.facts)}
            print_json({"file": file.name, **asdict(one), **told})
        return
    rows = [
        [file.name, kind, f"{count:,}", "new 新" if one.new else "known 已有"]
        for file, one in zip(files, accepted, strict=True)
        for kind, count in one.rows.items()
    ]
    print_table("Received 已接收", ["file", "kind", "rows", ""], rows, right=[2])
    for file, parsed, one in zip(files, read, accepted, strict=True):
        for kind, first, last in dict.fromkeys(one.covered):
            out.print(f"{file.name} covers {kind} from {first} to {last} 覆盖期间")
        for what, count in parsed.warnings.items():
            kept = "" if what.startswith("left out") else "; kept as it is"
            out.print(f"note: {file.name}: {count:,} x {what}{kept}", markup=False)


def _masked(facts: Pairs[str, str]) -> dict[str, str]:
    """What a file says of itself, without the numbers of its accounts: those of several stand behind facts' names."""
    found: dict[str, str] = {}
    for key, told in facts.items():
        name, of, account = key.partition(" ")
        shown = f"{name}{of}{mask_account(account)}"
        while shown in found:  # another account with the same last digits
            shown += "'"
        if name.startswith("account"):
            found[shown] = ", ".join(map(mask_account, told.split(", ")))
        else:
            found[shown] = mask("taxpayer_no", told) if name == "tax_no" else masked_text(told)
    return found


def _period(written: str) -> tuple[date, date]:
    first, dots, last = written.partition("..")
    found = day(first), day(last if dots else first)
    if found[0] > found[1]:
        raise BadInput("bad_period", f"{written}: the last day comes before the first")
    return found


def _given(source: ModuleType, name: str, pairs: list[str], party_column: str) -> dict[str, object]:
    """What a person says of all rows, and of the columns of a table."""
    if party_column and "told" not in inspect.signature(source.read).parameters:
        raise BadInput("bad_given", f"{name} does not tell parties apart", hint="--party ID")
    found = said_of(source, name, pairs, lambda said: told_of(name, list(said), party_column))
    if party_column and "told" not in found:
        found["told"] = told_of(name, [], party_column)
    return found


def _read(
    source: ModuleType, file: Path, party: str, options: dict[str, object], days: tuple[date, date] | None
) -> Parsed:
    parsed = read_file(source, bytes_of(file), file.name, party=party, options=options, days=days)
    for problem in parsed.problems[:SHOWN]:
        value = masked_cell(problem.value)
        err.print(f"{file.name}: {problem.place} {problem.column} {value!r}: {problem.problem}", markup=False)
    return parsed
