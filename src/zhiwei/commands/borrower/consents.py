"""zhiwei consent: who allowed what; given, withdrawn, proved, and deleted when its time is up."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower import Party
from zhiwei.borrower.identity.masks import masked_file, masked_numbers
from zhiwei.commands.borrower.columns import text_file
from zhiwei.commands.show import Json, day, out, print_json, print_table
from zhiwei.journeys import Permission, forget, give_consent, give_consents, prove_consent, withdraw_consent

app = typer.Typer(no_args_is_help=True, help="Who allowed us to see what. 授权")
PartyId = Annotated[str, typer.Argument(help="The party's id.", metavar="PARTY")]


@app.command()
def give(
    party: Annotated[
        str, typer.Argument(help="The party's id, or @FILE: a list, id or id,name a line.", metavar="PARTY")
    ],
    scope: Annotated[list[str], typer.Option(help="A kind of record it lets us see; give it again for more.")],
    text: Annotated[Path, typer.Option(help="The words it agreed to, as a text file.")],
    evidence: Annotated[str, typer.Option(help="How it can be shown: page id, call, signature.")],
    name: Annotated[str, typer.Option(help="The party's name, where it is not known yet.")] = "",
    since: Annotated[str, typer.Option(help="First day; today if not given.")] = "",
    until: Annotated[str, typer.Option(help="The day it ends; open if not given.")] = "",
    purpose: Annotated[str, typer.Option(help="credit_assessment or research.")] = "credit_assessment",
    recipient: Annotated[str, typer.Option(help="Who may see them besides us.")] = "",
    once: Annotated[bool, typer.Option(help="For one delivery, not for more to come.")] = False,
    as_json: Json = False,
) -> None:
    """Record what a business allowed, or all of a list. The same words again are the same consent. 授权

    Of all parties in one statement: `zhiwei mapping parties FILE --party-column HEADER --to list.txt`, then @list.txt.
    """
    words, kinds = text_file(text), ", ".join(sorted(set(scope)))
    many = _listed(Path(party[1:])) if party.startswith("@") else []
    with open_platform() as platform:
        permission = Permission(
            Party(party, name or party, "consent"), scope, words, evidence, day(since) if since else platform.today(),
            day(until) if until else None, purpose, recipient, not once,
        )  # fmt: skip
        if party.startswith("@"):
            all_given = give_consents(books=platform, by=platform.actor, permission=permission, parties=many)
            result, said = (
                asdict(all_given),
                f"{all_given.parties:,} parties allow {kinds}: {all_given.consents:,} consents",
            )
        else:
            given = give_consent(books=platform, by=platform.actor, permission=permission)
            result, said = asdict(given), f"{party} allows {kinds}: {', '.join(given.consents)}"
    if as_json:
        print_json(result)
    else:
        out.print(said, markup=False)


def _listed(file: Path) -> list[Party]:
    parties: list[Party] = []
    for line in text_file(file).splitlines():
        one, _, named = (part.strip().strip('"') for part in line.partition(","))
        if one and (parties or one.lower() not in ("party", "party_id", "id")):
            parties.append(Party(one, named or one, "consent"))
    return parties


@app.command()
def withdraw(
    party: PartyId,
    because: Annotated[str, typer.Option(help="Why, in a few words.")],
    scope: Annotated[list[str] | None, typer.Option(help="Only this kind of record; all if not given.")] = None,
    as_json: Json = False,
) -> None:
    """End all use of its records at once; they are deleted within 30 days."""
    with open_platform() as platform:
        gone = withdraw_consent(
            books=platform, by=platform.actor, party=party, scopes=scope, on=platform.today(), because=because
        )
    if as_json:
        print_json(asdict(gone))
    else:
        what = f"{gone.batches} batches and {gone.covers} covered periods"
        out.print(f"{len(gone.consents)} consents ended; {what} to be deleted by {gone.delete_by}")


@app.command()
def prove(party: PartyId, as_json: Json = False) -> None:
    """All consents of one party, what was received under each, and the days that it covers."""
    with open_platform() as platform:
        proof = prove_consent(books=platform, by=platform.actor, party=party)
    if as_json:
        print_json(_masked(proof))
        return
    rows = [
        [
            one["scope"], one["purpose"], str(one["since"]), str(one["until"] or ""), str(one["withdrawn_on"] or ""),
            str(len(one["received"])), f"{sum(batch['rows'] for batch in one['received']):,}",
            ", ".join(dict.fromkeys(f"{cover['first_day']}..{cover['last_day']}" for cover in one["covered"])),
        ]
        for one in proof["consents"]
    ]  # fmt: skip
    columns = ["kind", "purpose", "from", "to", "withdrawn", "deliveries", "rows", "covers"]
    print_table(f"Consents of {party} 授权", columns, rows, right=[5, 6])


@app.command("forget")
def forget_(on: Annotated[str, typer.Option(help="As of this day; today if not given.")] = "") -> None:
    """Delete what withdrawn consents brought and whose day has come."""
    with open_platform() as platform:
        gone = forget(books=platform, by=platform.actor, on=day(on) if on else platform.today())
    out.print(f"{gone.batches} batches and {gone.covers} covered periods deleted")


def _masked(proof: dict[str, Any]) -> dict[str, Any]:
    """Names of files, and what somebody wrote as evidence, without what may name a person."""
    consents = [
        one
        | {"evidence": masked_numbers(one["evidence"])}
        | {what: [each | {"file": masked_file(each["file"])} for each in one[what]] for what in ("received", "covered")}
        for one in proof["consents"]
    ]  # fmt: skip
    return proof | {"consents": consents}
