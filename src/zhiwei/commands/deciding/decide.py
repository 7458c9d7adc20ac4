"""zhiwei decide: decisions with reasons, one or all, and their replay."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.commands.borrower.parties import unseen
from zhiwei.commands.show import REFUSED, Json, day, err, out, print_json, print_table, progress
from zhiwei.journeys import CameWith, apply, ways_to_yes
from zhiwei.journeys import decide as decide_journey
from zhiwei.journeys import replay as replay_journey
from zhiwei.journeys.deciding.ways import Approvable
from zhiwei.journeys.ports import StoredDecision
from zhiwei.tables import text
from zhiwei.tables.scale import micro

KEYS = (
    "decision", "party", "product", "as_of", "outcome", "limit", "annual_rate", "score", "pd", "reasons", "versions",
    "inputs_hash",
)  # fmt: skip
OUTCOMES = {"approve": ("通过", "green"), "refer": ("转人工", "yellow"), "decline": ("拒绝", "red")}


def decide(
    product: Annotated[str | None, typer.Option(help="Product to decide with, e.g. tax_credit.")] = None,
    party: Annotated[list[str] | None, typer.Option(help="Party to decide on; may be given several times.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Decide on every party that gave consent.")] = False,
    as_of: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Facts after this date are not seen.")
    ] = None,
    came_with: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=TEXT",
            help="What the application came with: channel, device, phone, address, ip, wifi, account or agent; "
            "KIND=- asks for it unseen. Kept as hashes.",
        ),
    ] = None,
    replay: Annotated[str | None, typer.Option(metavar="DECISION", help="Make a stored decision again.")] = None,
    explain: Annotated[
        bool, typer.Option(help="Show every step, and what would have changed a no: the nearest approvals.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Decide: outcome, limit, rate, score, probability of default and every reason. 授信决策

    With --json one object a line; amounts are decimal strings of 元, rates decimals per year. --replay makes a stored
    decision again from its inputs and prints the same bytes; exit code 1 if they would differ.
    """
    if replay and (product or party or everyone or as_of or came_with):
        raise typer.BadParameter("--replay takes only the decision's id (and --explain, --json)")
    if not replay and (not product or not as_of or bool(party) == everyone):
        raise typer.BadParameter("give --product, --as-of, and either --party or --all (or --replay DECISION)")
    if came_with and len(party or ()) != 1:
        raise typer.BadParameter("--came-with is of one application: give one --party")
    with open_platform() as platform:
        if replay:
            again, same = replay_journey(books=platform, by=platform.actor, decision_id=replay)
            _print([again], _ways(platform, [again], explain), as_json)
            if not same:
                err.print(f"replay of {replay} differs from what was stored", style="bold red")
                raise typer.Exit(REFUSED)
            return
        assert product
        assert as_of
        if came_with and party:
            told = _came_with(came_with)
            apply(
                books=platform, by=platform.actor, product=product, party=party[0], on=as_of, came_with=told
            )  # fmt: skip
        with progress("deciding") as update:
            decided = decide_journey(
                books=platform, by=platform.actor, product=product, parties=party, as_of=as_of, on_progress=update
            )
        ways = _ways(platform, decided, explain)
    _print(decided, ways, as_json, summary=everyone)


def _came_with(said: list[str]) -> CameWith:
    """The channel, and all else; what is asked for unseen stands in no shell's history."""
    channel, things = "", []
    for one in said:
        kind, equals, text = one.partition("=")
        if not equals or not text:
            raise typer.BadParameter("--came-with takes KIND=TEXT, such as device=ab12")
        text = unseen(kind) if text == "-" else text
        if kind == "channel":
            channel = text
        else:
            things.append((kind, text))
    return CameWith(channel, things)


Ways = dict[str, list[Approvable]] | None  # by decision; None where no explanation was asked for


def _ways(platform: Platform, decided: list[StoredDecision], explain: bool) -> Ways:
    if not explain:
        return None
    return {
        one.decision_id: ways_to_yes(books=platform, by=platform.actor, decision_id=one.decision_id) for one in decided
    }


def _print(decided: list[StoredDecision], ways: Ways, as_json: bool, summary: bool = False) -> None:
    documents = [json.loads(decision.document) for decision in decided]
    if as_json:
        for document, decision in zip(documents, decided, strict=True):
            shown = {key: document[key] for key in KEYS}
            if "at_once" in document:  # of a limit that opens in parts: what can be drawn before security is registered
                shown["at_once"] = document["at_once"]
            if ways is not None:
                nearest = [asdict(way) for way in ways[decision.decision_id]]
                shown |= {
                    "grade": document["grade"], "trace": document["trace"], "inputs": json.loads(decision.inputs),
                    "nearest_approvals": nearest,
                }  # fmt: skip
            print_json(shown)
    elif summary:
        print_summary(documents)
    else:
        for document in documents:
            _print_one(document, None if ways is None else ways[document["decision"]])


def print_summary(documents: list[dict[str, Any]]) -> None:
    """Outcomes, the reasons behind them, and limits and prices by grade."""
    outcomes = Counter(document["outcome"] for document in documents)
    out.print(f"{len(documents)} decisions: " + ", ".join(f"{OUTCOMES[o][0]} {o} {outcomes[o]}" for o in OUTCOMES))
    out.print()
    reasons = Counter(
        (reason["effect"], reason["code"], reason["zh"], reason["en"])
        for document in documents
        for reason in document["reasons"]
        if reason["effect"] != "score"
    )
    rows = [[code, effect, zh, en, count] for (effect, code, zh, en), count in reasons.most_common()]
    print_table("Reasons 原因", ["code", "effect", "原因", "reason", "firms"], rows, right=[4])
    approved = [document for document in documents if document["outcome"] == "approve"]
    rows = []
    for grade in sorted({document["grade"] for document in approved}):
        chosen = [document for document in approved if document["grade"] == grade]
        limits = [float(document["limit"]) for document in chosen]
        rates = [float(document["annual_rate"]) for document in chosen]
        rows.append([
            grade, len(chosen), f"{sum(limits) / 1e4:,.0f}", f"{sum(limits) / len(limits) / 1e4:,.1f}",
            f"{min(rates):.2%} - {max(rates):.2%}",
        ])  # fmt: skip
    columns = ["grade 等级", "approved", "limits 额度 (万元)", "mean 户均 (万元)", "annual rate 年利率"]
    print_table("Approved, by grade 通过", columns, rows, right=[1, 2, 3, 4])


def _print_one(document: dict[str, Any], ways: list[Approvable] | None) -> None:
    zh, colour = OUTCOMES[document["outcome"]]
    out.print(f"[bold]{document['party']}[/]  [{colour}]{zh} {document['outcome']}[/]  {document['decision']}")
    rate = document["annual_rate"]
    price = f"{float(rate):.2%} a year" if rate else "-"
    out.print(
        f"limit 额度 {float(document['limit']):,.2f} 元   rate 年利率 {price}   score 评分 {document['score']}   "
        f"PD 违约概率 {float(document['pd']):.2%}   grade 等级 {document['grade']}\n"
    )
    if document.get("at_once") not in (None, document["limit"]):
        out.print(f"before security is registered 登记前可用 {float(document['at_once']):,.2f} 元\n")
    print_reasons(document["reasons"])
    out.print()
    if ways is not None:
        steps = [[step["step"], _words(step)] for step in document["trace"]]
        print_table("Trace 过程", ["step", "what"], steps)
        for number, way in enumerate(ways, 1):
            moves = ", ".join(
                f"{fact} {_short(was)} -> {_short(becomes)}" for fact, (was, becomes) in way.changes.items()
            )
            out.print(
                f"{number}. would be approved 可获批准: {moves}; limit 额度 {float(way.limit):,.0f} 元", markup=False
            )
    versions = document["versions"]
    out.print(
        f"product {document['product']} {versions['product']} ({versions['product_hash'][:12]}), code "
        f"{versions['code']}, inputs {document['inputs_hash'][:12]}, as of {document['as_of']}\n", style="dim",
    )  # fmt: skip


def print_reasons(reasons: list[dict[str, Any]]) -> None:
    for reason in reasons:
        fact = f"{reason['fact']} {_short(reason['value'])}, test {reason['threshold']}"
        out.print(f"{reason['effect']:8s}{reason['code']:10s} {reason['zh']} · {reason['en']}", markup=False)
        out.print(f"{'':19s}{fact}", style="dim", markup=False)


def _short(value: str | None) -> str:
    """Four decimals are enough for people; the JSON has all six. What is no number is shown as it is."""
    try:
        return "-" if value is None else text(round(micro(value), -2))
    except ValueError:  # a person's word
        return str(value)


def _words(step: dict[str, Any]) -> str:
    if "test" in step:
        return f"{step['code']} {step['fact']} = {_short(step['value'])}, test {step['test']} -> {step['result']}"
    if "bin" in step:
        return f"{step['fact']} = {_short(step['value'])} in {step['bin']} -> {step['points']:+d}"
    return ", ".join(f"{name} {_plain(value)}" for name, value in step.items() if name != "step")


def _plain(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return "(" + ", ".join(f"{name} {_short(amount)}" for name, amount in value.items()) + ")"
