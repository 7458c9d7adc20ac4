"""zhiwei network and zhiwei findings: who hangs together with whom, who is known to be bad, and what checks find."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, day, out, print_json, print_result, print_table, progress
from zhiwei.credit.antifraud import Evidence, check_names
from zhiwei.journeys.antifraud.ask import ask_network
from zhiwei.journeys.antifraud.build import build_network
from zhiwei.journeys.antifraud.findings import findings_on
from zhiwei.journeys.antifraud.marks import approve_end_of_mark, mark_party, marks, propose_end_of_mark
from zhiwei.journeys.antifraud.staff import findings_on_staff
from zhiwei.values import grouped

app = typer.Typer(
    no_args_is_help=True, help="Who hangs together with whom: build it, ask it, mark who is bad. 关系网络"
)

AsOf = Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="As of this day; default today.")]
Party = Annotated[str, typer.Argument(metavar="PARTY", help="The business's id.")]


@app.command()
def build(as_of: AsOf = None, as_json: Json = False) -> None:
    """Rebuild the network from sales, links and shared identifiers, and work on it as a whole. 建网"""
    with open_platform() as platform, progress("network") as update:
        on = as_of or platform.today()
        built = build_network(books=platform, by=platform.actor, as_of=on, on_progress=update)
    print_result(built, as_json)


@app.command()
def ask(party: Party, as_json: Json = False) -> None:
    """Near a party known to be bad? In a circle of invoices? In a ring of guarantees? 关联查询"""
    with open_platform() as platform:
        asked = ask_network(books=platform, by=platform.actor, party=party)
    if as_json:
        print_json(asdict(asked))
        return
    out.print(f"{party}, network of {asked.as_of}, the {asked.fan_out} heaviest edges of a party at each step")
    if asked.standing:
        it = asked.standing
        out.print(
            f"  hangs together with {it.component_size - 1} others, sold {grouped(it.sold)} 元, of it in circles "
            f"{grouped(it.circled)} 元, guarantee core {it.guarantee_core}, risk {it.risk:.4f}"
        )
    for answer in asked.answers:
        out.print(f"{'yes 是' if answer.yes else 'no 否'}  {answer.en} {answer.zh} ({answer.value:g})", markup=False)
        _print_evidence(answer.evidence)
        if answer.cut:
            out.print(f"      not all edges were followed of: {', '.join(answer.cut[:5])} ({len(answer.cut)})")


@app.command("marks")
def list_marks(as_of: AsOf = None, as_json: Json = False) -> None:
    """Parties that are known to be bad on a day, each with why and since. 不良名单"""
    with open_platform() as platform:
        found = marks(books=platform, by=platform.actor, on=as_of or platform.today())
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [[one.mark_id, one.party, one.why, one.evidence, one.since, one.person] for one in found]
    print_table("Marks 不良名单", ["mark", "party", "why", "evidence", "since", "by"], rows)


@app.command()
def mark(
    party: Party,
    why: Annotated[str, typer.Option(help="Why it is bad, e.g. 走逃户.")],
    evidence: Annotated[str, typer.Option(help="Where that can be seen: a notice, a case number, a file.")],
    since: Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="From when on; default today.")] = None,
    as_json: Json = False,
) -> None:
    """Mark a party, one of ours or not, as known to be bad. 标记"""
    with open_platform() as platform:
        on = since or platform.today()
        done = mark_party(books=platform, by=platform.actor, party=party, why=why, evidence=evidence, since=on)
    print_result(done, as_json)


@app.command()
def unmark(
    mark_id: Annotated[str, typer.Argument(metavar="MARK", help="Id, as `zhiwei network marks` lists it.")],
    because: Annotated[str, typer.Option(help="Why it no longer holds.")],
    on: Annotated[
        date | None, typer.Option("--on", parser=day, metavar="DATE", help="From when; default today.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Propose to end a mark; another person approves it (`zhiwei network approve`). 申请解除"""
    with open_platform() as platform:
        day_of = on or platform.today()
        proposal = propose_end_of_mark(
            books=platform, by=platform.actor, mark=mark_id, on=day_of, because=because
        )  # fmt: skip
    if as_json:
        print_json({"proposal": proposal})
        return
    out.print(f"{proposal} waits for another person: zhiwei network approve {proposal}")


@app.command()
def approve(
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id, as `zhiwei proposals` lists it.")],
    as_json: Json = False,
) -> None:
    """Approve the end of a mark as the second person ($ZHIWEI_PERSON). 复核"""
    with open_platform() as platform:
        done = approve_end_of_mark(books=platform, by=platform.actor, proposal=proposal)
    print_result(done, as_json)


def findings(
    party: Annotated[str | None, typer.Argument(metavar="PARTY", help="The business's id.")] = None,
    staff: Annotated[
        bool, typer.Option("--staff", help="On officers instead, by the loans that they approved.")
    ] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """What the anti-fraud checks find about a business, each with its evidence and threshold. 反欺诈检查"""
    if (party is None) != staff:
        raise typer.BadParameter("give a business, or --staff")
    with open_platform() as platform:
        on = as_of or platform.today()
        if party is None:
            found = findings_on_staff(books=platform, by=platform.actor, as_of=on)
            mine = found.findings
        else:
            found = findings_on(books=platform, by=platform.actor, party=party, as_of=on)
            mine = found.of(party)
    if as_json and party is None:
        print_json({"as_of": on, "findings": [one.as_dict() for one in mine], "looked": list(found.looked)})
        return
    if as_json:
        assert party
        shown = {
            "findings": [one.as_dict() for one in mine],
            "looked": list(found.looked),
            "facts": found.figures(party, check_names()),
        }
        print_json({"party": party, "as_of": on, **shown})
        return
    for one in mine:
        if party is None:
            out.print(f"[bold]{one.party}[/]")
        said = "" if one.sure else ", to be verified 待核"
        out.print(f"{one.effect:6} {one.check}  {one.zh} / {one.en}: {one.value:g} ({one.test}{said})", markup=False)
        _print_evidence(one.evidence)
        out.print(f"      {one.because}; in force since {one.since}, read {one.checked_on}", style="dim", markup=False)
    out.print(f"{len(mine)} findings; {len(found.looked)} checks could look, the others need records that are not here")


def _print_evidence(evidence: tuple[Evidence, ...]) -> None:
    for one in evidence:
        out.print(f"      {one.zh}", markup=False)
        out.print(f"      {one.en}", style="dim", markup=False)
