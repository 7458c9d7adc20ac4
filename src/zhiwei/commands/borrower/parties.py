"""zhiwei party: who is known, by what, in which roles, and how parties are tied to each other."""

import sys
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower.particulars import HOLDABLE
from zhiwei.borrower.relations import LINKS, ROLES
from zhiwei.borrower.told import KINDS_OF_PARTY, Told
from zhiwei.commands.borrower.party_files import COLUMNS, profile_of, read_parties
from zhiwei.commands.show import Json, day, out, print_json, print_result, print_table
from zhiwei.journeys import (
    Tie,
    end_what,
    find_party,
    know_parties,
    know_party,
    link_parties,
    list_parties,
    party_sheet,
    play_role,
)
from zhiwei.values import BadInput, yuan

app = typer.Typer(no_args_is_help=True, help="Who is known, by what, and how parties are tied. 主体与关系")
PartyId = Annotated[str, typer.Argument(help="The party's id.", metavar="PARTY")]
Since = Annotated[str, typer.Option(help="The first day it is so; today if not given.")]
Source = Annotated[str, typer.Option(help="Where heard: told, registry, id_face, carrier, bank, document, visit.")]
Numbers = Annotated[
    list[str] | None,
    typer.Option("--id", help=f"kind=value, several times; kind=- asks for it unseen. Kinds: {', '.join(HOLDABLE)}."),
]
DIRECTIONS = {"to": "→", "from": "←"}
STATES = {"proved": "proved 已核实", "told": "told 已告知", "missing": "missing 缺"}


@app.command()
def add(
    name: Annotated[str, typer.Option(help="Its name; - asks for it unseen.")] = "",
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS_OF_PARTY)}; a USCC tells it.")] = "",
    ids: Numbers = None,
    role: Annotated[list[str] | None, typer.Option(help=f"Several times: {', '.join(ROLES)}.")] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help="field=value, several times: region, industry, opened_on, staff, revenue and assets in 元."),
    ] = None,
    party: Annotated[str, typer.Option(help="A party that is known, or the id its source has for it.")] = "",
    since: Since = "",
    source: Source = "told",
    file: Annotated[Path | None, typer.Option(help=f"A CSV of many parties; columns {', '.join(COLUMNS)}.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key; the content if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Make a party known, or more of one that is. The same again changes nothing.

    A file has the columns of --file, all but name may be left out, and one column for each kind of identifier; several
    roles or identifiers in one cell are separated by ; and amounts are 元. A bad row is named, and nothing is taken.
    """
    with open_platform() as platform:
        first = day(since) if since else platform.today()
        if file is not None:
            many = know_parties(books=platform, by=platform.actor, told=read_parties(file, first, source))
            _print_many(many.parties, as_json)
            return
        numbers = [_number(text) for text in ids or ()]
        values = dict(_pair(text, "profile") for text in profile or ())
        called = unseen("name") if name == "-" else name
        told = Told(called, first, kind, numbers, role or (), profile_of(values), source, party)
        known = know_party(books=platform, by=platform.actor, told=told, key=key)
    print_result(known, as_json)


@app.command()
def show(
    party: PartyId,
    on: Annotated[str, typer.Option(help="The day; today if not given.")] = "",
    known_at: Annotated[str, typer.Option(help="As we knew it then, such as 2026-01-31T09:00:00+08:00.")] = "",
    reveal: Annotated[bool, typer.Option(help="Values in full; that you looked is put on record.")] = False,
    as_json: Json = False,
) -> None:
    """Everything known of a party on a day: identifiers (masked), path, roles, links, group."""
    with open_platform() as platform:
        found = party_sheet(
            books=platform, by=platform.actor, party=party, on=day(on) if on else platform.today(),
            known_at=_moment(known_at) if known_at else None, reveal=reveal,
        )  # fmt: skip
    sheet = asdict(found)
    if as_json:
        print_json(sheet)
        return
    _print_head(sheet)
    _print_ties(sheet)


@app.command()
def find(
    value: Annotated[str, typer.Argument(help="A name, number, phone, address; - asks for it unseen.")],
    kind: Annotated[str, typer.Option(help="name or a kind of identifier; all it can be if not given.")] = "",
    as_json: Json = False,
) -> None:
    """Who holds this value or ever did, in any typing, or is called so."""
    with open_platform() as platform:
        wanted = unseen("value") if value == "-" else value
        rows = [asdict(one) for one in find_party(books=platform, by=platform.actor, value=wanted, kind=kind)]
    if as_json:
        print_json(rows)
        return
    columns = ["party", "name", "kind", "by", "since", "until"]
    print_table(f"{len(rows)} found 查找", columns, [[row[column] or "" for column in columns] for row in rows])


@app.command("list")
def list_(
    kind: Annotated[str, typer.Option(help="Only parties of this kind.")] = "",
    role: Annotated[str, typer.Option(help="Only who plays this role today.")] = "",
    most: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 1000,
    as_json: Json = False,
) -> None:
    """All parties, with kind and roles."""
    with open_platform() as platform:
        rows = list_parties(books=platform, by=platform.actor, kind=kind, role=role, most=most)
    if as_json:
        print_json(rows)
        return
    told = [[row["party"], row["name"], row["kind"] or "", _roles(row["roles"]), row["source"]] for row in rows]
    print_table(f"{len(rows)} parties 主体", ["party", "name", "kind", "roles", "source"], told)


@app.command()
def link(
    party: PartyId,
    kind: Annotated[str, typer.Argument(help=", ".join(f"{name} {zh}" for name, zh in LINKS.items()))],
    other: Annotated[str, typer.Argument(help="The other party's id.")],
    share: Annotated[str, typer.Option(help="Of who owns: 0.51 or 51%.")] = "",
    since: Since = "",
    source: Source = "told",
    as_json: Json = False,
) -> None:
    """From a day on PARTY owns, manages, guarantees, supplies, ... OTHER."""
    with open_platform() as platform:
        first = day(since) if since else platform.today()
        tie = Tie(party, kind, other, first, _share(share) if share else None, source)
        print_result(link_parties(books=platform, by=platform.actor, tie=tie), as_json)


@app.command()
def role(
    party: PartyId,
    name: Annotated[str, typer.Argument(help=", ".join(f"{name} {zh}" for name, zh in ROLES.items()))],
    since: Since = "",
    source: Source = "told",
    as_json: Json = False,
) -> None:
    """From a day on PARTY plays a role, beside those it plays."""
    with open_platform() as platform:
        first = day(since) if since else platform.today()
        said = play_role(books=platform, by=platform.actor, party=party, role=name, since=first, source=source)
        print_result(said, as_json)


@app.command()
def end(
    what: Annotated[str, typer.Argument(help="The id of an identifier, a role or a link, as `show` has it.")],
    because: Annotated[str, typer.Option(help="Why, in a few words.")],
    on: Annotated[str, typer.Option(help="The first day it is no more; today if not given.")] = "",
    as_json: Json = False,
) -> None:
    """From a day on an identifier, a role or a link is no more. An end stands."""
    with open_platform() as platform:
        last = day(on) if on else platform.today()
        print_result(end_what(books=platform, by=platform.actor, what=what, on=last, because=because), as_json)


def _number(text: str) -> tuple[str, str]:
    kind, value = _pair(text, "id")
    return kind, unseen(kind) if value == "-" else value


def _pair(text: str, option: str) -> tuple[str, str]:
    """Nothing of what was typed is repeated: it may be personal."""
    kind, equals, value = text.partition("=")
    if not equals or not value:
        raise BadInput("bad_option", f"--{option} is written kind=value", hint=f"--{option} kind=value")
    return kind.strip(), value


def unseen(what: str) -> str:
    """Typed without an echo, or the next line of a pipe: so that it stands in no list of processes."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.readline().rstrip("\n")


def _share(text: str) -> Decimal:
    try:
        return Decimal(text[:-1]).scaleb(-2) if text.endswith("%") else Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is no share; write 0.51 or 51%") from None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment; write it as 2026-01-31T09:00:00+08:00") from None
    return found if found.tzinfo else found.astimezone()


def _print_many(parties: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"parties": parties})
        return
    rows = [
        [one["party"], "new" if one["new"] else "known", str(one["identifiers"]), ", ".join(one["also"])]
        for one in parties
    ]
    print_table(f"{len(rows)} parties 主体", ["party", "", "identifiers", "perhaps the same as"], rows, right=[2])


def _print_head(sheet: dict[str, Any]) -> None:
    size = sheet["size"]
    out.print(
        f"{sheet['party']}  {sheet['name']}  {sheet['kind'] or 'of no known kind'}  on {sheet['on']}", markup=False
    )
    shown = {**sheet["profile"], **{k: yuan(v) for k, v in sheet["profile"].items() if k in ("revenue", "assets")}}
    out.print("  ".join(f"{name} {value}" for name, value in shown.items()), markup=False)
    if size:
        told = size["class"] or f"one of {', '.join(size['possible'])}" if size["possible"] else "not known"
        out.print(f"size 划型: {told}" + ("" if size["sure"] else " (unsure)"), markup=False)
    out.print(f"roles 角色: {_roles([one['role'] for one in sheet['roles']]) or 'none'}", markup=False)
    steps = [
        [one["zh"], one["en"], STATES[one["state"]], ", ".join(one["by"] or one["any_of"])] for one in sheet["steps"]
    ]
    if steps:
        print_table("Identity path 身份路径", ["", "step", "", "by"], steps)
    rows = [
        [one["id"], one["kind"], one["value"], one["since"], one["until"] or "", ", ".join(one["sources"])]
        for one in sheet["identifiers"]
    ]
    print_table("Identifiers 标识", ["id", "kind", "value", "since", "until", "heard from"], rows)


def _print_ties(sheet: dict[str, Any]) -> None:
    links = [
        [one["id"], DIRECTIONS[one["direction"]], f"{one['kind']} {LINKS[one['kind']]}", one["party"], one["name"],
         f"{Decimal(one['share']):.2%}" if one["share"] else "", one["since"], one["until"] or ""]
        for one in sheet["links"]
    ]  # fmt: skip
    if links:
        print_table("Links 关系", ["id", "", "kind", "party", "name", "share", "since", "until"], links, right=[5])
    shared = [[one["kind"], one["party"], one["name"]] for one in sheet["shared"]]
    if shared:
        print_table("The same 共用", ["kind", "party", "name"], shared)
    for one in sheet["crowded"]:
        out.print(f"{one['kind']} {one['id']} is shared by {one['parties']} parties: that links nobody")
    group = sheet["group"]
    if len(group["members"]) > 1:
        cut = "" if group["complete"] else " (cut: there are more)"
        out.print(f"group 集团 from {group['control_share']}: {', '.join(group['members'])}{cut}", markup=False)
    if group["people"]:
        told = ", ".join(f"{party} {Decimal(share):.2%}" for party, share in group["people"])
        out.print(f"behind it 受益所有人 from {group['beneficial_share']}: {told}", markup=False)


def _roles(names: list[str]) -> str:
    return ", ".join(f"{name} {ROLES[name]}" for name in dict.fromkeys(names))
