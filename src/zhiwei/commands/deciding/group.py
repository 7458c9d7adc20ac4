"""zhiwei group: lending to members who answer for each other, and what their word is worth in a downturn. 联保"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower.identity import read_industry, read_region
from zhiwei.borrower.reading.files import text_of
from zhiwei.commands.show import Json, day, out, print_json, print_table
from zhiwei.credit.underwriting.group import MOST, SHARED, Advice, Member, Year, advise
from zhiwei.journeys.deciding.group import advise_group
from zhiwei.values import BadInput, fen, grouped, yuan

app = typer.Typer(no_args_is_help=True, help="Lend to a group whose members answer for each other. 联保")

NEEDED = ("member", "pd", "limit")
COLUMNS = (*NEEDED, "industry", "region", "capacity", "linked", "step")
LARGEST = 2**20  # bytes


@app.callback()
def root() -> None:
    """A command of a word of its own, also while it is the only one."""


@app.command("advise")
def advise_(
    members: Annotated[list[str] | None, typer.Argument(metavar="[MEMBER]...", help="Parties we decided on.")] = None,
    file: Annotated[Path | None, typer.Option(help=f"A CSV instead: {', '.join(COLUMNS)}.")] = None,
    pd: Annotated[
        list[str] | None, typer.Option(metavar="[MEMBER=]PD", help="Another probability of default, of one or of all.")
    ] = None,
    on: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="With --file: parameters of this day.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What the members may get together, what their guarantee is worth on average and in a downturn, and why. 联保额度

    Parties count with their latest decision's PD and limit, and with industry and region of their profile. In a file
    amounts are 元; industry (GB/T 4754), region (GB/T 2260), what a member can pay for others (capacity), who is
    linked to it (a;b) and the step of its limit may be left out: what is not known counts as shared. Nothing is stored.
    """
    if bool(members) == bool(file):
        raise typer.BadParameter("give members, or a --file")
    if file:
        told = read_group(file)
        pds = _pds(pd or [], [one.name for one in told])
        told = [replace(one, pd=pds.get(one.name, one.pd)) for one in told]
        advice = advise(told, _past(on))
    else:
        if on:
            raise typer.BadParameter("--on goes with --file: of parties the latest decisions are looked at today")
        names = list(members or ())
        with open_platform() as platform:
            advice = advise_group(
                books=platform, by=platform.actor, members=names, pds=_pds(pd or [], names)
            )  # fmt: skip
    if as_json:
        print_json(_plain(advice))
    else:
        _print(advice)


def _past(on: date | None) -> date:
    today = datetime.now(UTC).astimezone().date()
    if on and on > today:
        raise BadInput("future_date", f"{on} is in the future: its parameters are not known", hint=f"today is {today}")
    return on or today


def read_group(file: Path) -> list[Member]:
    """The members of a CSV. BadInput names the rows that are wrong."""
    rows = csv.DictReader(io.StringIO(text_of(file.read_bytes(), file.name, LARGEST), newline=""), strict=True)
    members: list[Member] = []
    problems: list[str] = []
    try:
        head = [(name or "").strip() for name in rows.fieldnames or ()]
        if set(NEEDED) - set(head) or set(head) - set(COLUMNS) or len(set(head)) != len(head):
            raise BadInput("bad_columns", f"columns are {', '.join(head)}", hint=f"they are {', '.join(COLUMNS)}")
        rows.fieldnames = head
        for row in rows:
            if len(members) + len(problems) > MOST:
                raise BadInput("bad_group", f"{file.name} has more than {MOST} rows", hint="a group is small")
            try:
                members.append(_member(row))
            except (BadInput, ValueError, TypeError) as bad:
                problems.append(f"row {rows.line_num}: {bad.message if isinstance(bad, BadInput) else bad}")
    except csv.Error as error:
        raise BadInput("bad_csv", f"row {rows.line_num}: {error}") from None
    names = {one.name for one in members}
    problems += [
        f"{one.name} is linked to {', '.join(strangers)}, who is not in the file"
        for one in members
        if not problems and (strangers := sorted(one.links - names))
    ]
    if problems:
        raise BadInput("bad_rows", "; ".join(problems))
    return members


def _member(row: Mapping[str | None, str | list[str] | None]) -> Member:
    if None in row or None in row.values():
        raise ValueError(f"it has not {len(row)} cells" if None not in row else "it has too many cells")
    told = {str(name): str(cell).strip() for name, cell in row.items()}
    if not told["member"]:
        raise ValueError("a member has a name")
    return Member(
        told["member"], _probability(told["pd"]), fen(told["limit"]),
        read_industry(told["industry"]).code if told.get("industry") else None,
        read_region(told["region"]).code if told.get("region") else None,
        fen(told["capacity"]) if told.get("capacity") else None,
        frozenset(name.strip() for name in told.get("linked", "").split(";") if name.strip()),
        fen(told["step"]) if told.get("step") else 1,
    )  # fmt: skip


def _pds(said: Sequence[str], members: Sequence[str]) -> dict[str, float]:
    """MEMBER=0.03 for one, 0.03 for all who have none of their own."""
    own, every = {}, {}
    for text in said:
        name, equals, number = text.rpartition("=")
        if equals:
            own[name] = _probability(number)
        else:
            every = dict.fromkeys(members, _probability(number))
    if strangers := sorted(own.keys() - set(members)):
        raise BadInput("bad_pd", f"{', '.join(strangers)} is no member of the group")
    return every | own


def _probability(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1:
        raise BadInput("bad_pd", f"{text!r} is no probability of default", hint="0.03 is three in a hundred")
    return found


def _plain(advice: Advice) -> dict[str, object]:
    """Amounts in 元 as text, as everywhere."""
    found = asdict(advice)
    for name in ("asked", "limit"):
        found[name] = _yuan(found[name])
    for place in found["members"]:
        place |= {name: _yuan(place[name]) for name in ("asked", "capacity", "limit")}
    for name in ("average", "downturn"):
        found[name] |= {one: _yuan(found[name][one]) for one in ("loss_alone", "loss_guaranteed", "value")}
    return found


def _yuan(amount: float) -> str:
    return yuan(round(amount))


def _print(advice: Advice) -> None:
    out.print(
        f"asked 单户合计 {grouped(advice.asked)} 元   limit 联保额度 {grouped(advice.limit)} 元   "
        f"scale 折扣 {advice.scale:.1%}\n", markup=False,
    )  # fmt: skip
    rows = [
        [one.member, f"{one.pd:.2%}", f"{one.downturn_pd:.2%}", f"{one.loading:.3f}", grouped(one.asked),
         grouped(one.capacity), grouped(one.limit)]
        for one in advice.members
    ]  # fmt: skip
    columns = ["member 成员", "PD 违约概率", "in the downturn 低迷年", "loading 系统性", "asked 单户额度 元",
               "can pay for others 可代偿 元", "limit 联保内额度 元"]  # fmt: skip
    print_table("Members 成员", columns, rows, right=[1, 2, 3, 4, 5, 6])
    pairs = [
        [f"{one.one} / {one.other}", f"{one.correlation:.2f}", f"{one.both_default:.3%}",
         f"{one.default_correlation:.3f}", _shared(one.shared, one.assumed)]
        for one in advice.pairs
    ]  # fmt: skip
    columns = [
        "pair 两户",
        "correlation 资产相关",
        "both default 同时违约",
        "default correlation 违约相关",
        "shared 相同",
    ]
    print_table("Likeness 相似", columns, pairs, right=[1, 2, 3])
    counts = [[number, f"{chance:.3%}"] for number, chance in enumerate(advice.defaults)]
    print_table("Defaults in a year 一年违约户数", ["members 户数", "probability 概率"], counts, right=[0, 1])
    years = [_year("average 各年平均", advice.average), _year("downturn 低迷年", advice.downturn)]
    columns = ["year 年份", "loss without guarantee 无担保损失 元", "with it 有担保损失 元", "its value 担保价值 元",
               "covered 覆盖"]  # fmt: skip
    print_table("What the guarantee is worth 担保价值", columns, years, right=[1, 2, 3, 4])
    out.print(
        f"kept in the downturn 低迷年担保保留 {advice.kept:.1%}\n"
        f"downturn loss per 元 asked 低迷年每元损失 {advice.downturn_loss:.4f}, bearable 可承受 {advice.bearable:.4f}\n"
        f"misfit of the one factor 单因子误差 {advice.misfit:.3f}; to be verified 待核实: {', '.join(advice.unsure)}",
        markup=False,
    )  # fmt: skip


def _shared(shared: Sequence[str], assumed: Sequence[str]) -> str:
    """What two members share; a question mark where nobody said so."""
    told = [f"{SHARED[name][0]} {SHARED[name][1]}{'?' if name in assumed else ''}" for name in shared]
    return ", ".join(told) or "-"


def _year(name: str, year: Year) -> list[str]:
    amounts = (year.loss_alone, year.loss_guaranteed, year.value)
    return [name, *(grouped(round(amount)) for amount in amounts), f"{year.covered:.1%}"]
