"""zhiwei party duplicates, merge, approve-merge, reject, unmerge, merges: records that may be of one party."""

import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from zhiwei import journeys
from zhiwei.bootstrap import open_platform
from zhiwei.borrower.identity.likeness import LEAST
from zhiwei.commands.show import Json, Key, out, print_json, print_result, print_table
from zhiwei.values import BadInput

Because = Annotated[str, typer.Option("--because", help="Why; kept with it.")]
Kept = Annotated[str, typer.Argument(metavar="KEPT", help="The party by whose id both will be known.")]
Gone = Annotated[str, typer.Argument(metavar="GONE", help="The party that is the same one.")]


def register(app: typer.Typer) -> None:
    """Put these commands on `zhiwei party`."""
    app.command()(duplicates)
    app.command()(merge)
    app.command()(approve_merge)
    app.command()(reject)
    app.command()(unmerge)
    app.command()(merges)


def duplicates(
    party: Annotated[list[str] | None, typer.Option("--party", help="Only pairs with this party; repeat it.")] = None,
    least: Annotated[float, typer.Option(min=0, max=1, help="Lowest score that is shown.")] = LEAST,
    as_json: Json = False,
) -> None:
    """Parties that may be one, with what they share (masked) and what speaks against it. Nothing is merged. 疑似重复

    Scores order the queue; they are no probabilities. Pairs that somebody rejected come again when something new is
    known of them.
    """
    with open_platform() as platform:
        found = journeys.find_duplicates(books=platform, by=platform.actor, parties=party, least=least)
    if as_json:
        print_json(asdict(found))
        return
    rows = [
        [one.one, one.other, f"{one.score:.2f}", "; ".join(one.reasons), "; ".join(one.against),
         "; ".join(f"{kind} {value}" for kind, value in one.values)]
        for one in found.found
    ]  # fmt: skip
    columns = ["one", "other", "score", "reasons 理由", "against 反证", "shared 相同信息"]
    print_table(f"{len(rows)} pairs that may be one 疑似重复", columns, rows, right=[2])
    if found.capped:
        told = [[one.kind, one.value, str(one.parties)] for one in found.capped]
        print_table("Shared by too many to say anything", ["kind", "value", "parties"], told, right=[2])
    if found.rejected:
        out.print(f"{found.rejected} pairs were rejected, and nothing new is known of them")


def merge(
    kept: Kept,
    gone: Gone,
    because: Because,
    again: Annotated[bool, typer.Option("--again", help="Although it was rejected and nothing new is known.")] = False,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Propose that two parties are one; another person approves it. 合并（待复核）"""
    with open_platform() as platform:
        asked = journeys.Merging(kept, gone, because, again)
        done = journeys.propose_merge(books=platform, by=platform.actor, key=key or uuid.uuid4().hex, merging=asked)
    print_result(done, as_json)


def approve_merge(
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id, as `zhiwei proposals` lists it.")],
    as_json: Json = False,
) -> None:
    """Approve a merge as the second person ($ZHIWEI_PERSON): from now on the two are read as one. 合并复核"""
    with open_platform() as platform:
        done = journeys.approve_merge(books=platform, by=platform.actor, proposal=proposal)
    print_result(done, as_json)


def reject(
    what: Annotated[list[str], typer.Argument(metavar="PROPOSAL | ONE OTHER", help="A proposal, or two parties.")],
    because: Because,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Say that two parties are two; they are not found again until something new is known of them. 否决合并"""
    if len(what) > 2:
        raise BadInput("too_many", f"{len(what)} ids are neither a proposal nor two parties")
    pair = what[0] if len(what) == 1 else (what[0], what[1])
    with open_platform() as platform:
        done = journeys.reject_merge(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, what=pair, because=because
        )
    print_result(done, as_json)


def unmerge(
    merge: Annotated[str, typer.Argument(metavar="MERGE", help="Id, as `zhiwei party merges` lists it.")],
    because: Because,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Undo a merge: each party is again what it was. 撤销合并"""
    with open_platform() as platform:
        done = journeys.undo_merge(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, merge=merge, because=because
        )
    print_result(done, as_json)


def merges(
    party: Annotated[str, typer.Option(help="Only those around this party.")] = "",
    as_json: Json = False,
) -> None:
    """Which parties are one, who said so and why, and what was undone. 合并记录"""
    with open_platform() as platform:
        found = journeys.merges_of(books=platform, by=platform.actor, party=party or None)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [
        [one.merge_id, one.kept, one.gone, f"{one.merged_at:%Y-%m-%d %H:%M}", one.proposed_by, one.approved_by,
         one.because, f"{one.undone_at:%Y-%m-%d %H:%M} {one.undone_by}: {one.undone_because}" if one.undone_at else ""]
        for one in found
    ]  # fmt: skip
    columns = ["merge", "kept 保留", "gone 并入", "at", "proposed by", "approved by", "because 原因", "undone 撤销"]
    print_table("Merges 合并记录", columns, rows)
