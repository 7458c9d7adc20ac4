"""zhiwei quote, amend, line, proposals, approve, close-day: what people do to lines and loans as they live."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from zhiwei import journeys
from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, Key, On, day, out, print_json, print_result, print_table, progress
from zhiwei.loans.events import KINDS, Event, event_of
from zhiwei.loans.terms import Repayment
from zhiwei.values import BadInput, fen

Line = Annotated[str, typer.Argument(metavar="LINE", help="Id of the line.")]
Because = Annotated[str, typer.Option("--because", help="Why; kept with the change.")]
_MONEY = ("amount", "interest", "penalty", "compound", "fee", "price")
_PLAN = tuple(field.name for field in fields(Repayment))
_BY_PEOPLE = tuple(name for name in KINDS if name != "payment")


def quote(line: Line, on: On = None, as_json: Json = False) -> None:
    """What settles each loan of a line on a day, also one to come: principal, interest, penalty, fees. 结清试算"""
    with open_platform() as platform:
        quotes = journeys.quote(books=platform, by=platform.actor, line=line, on=on or platform.today())
    if as_json:
        for found in quotes:
            print_json(asdict(found))
        return
    columns = [
        "loan",
        "on",
        "principal 本金",
        "interest 利息",
        "penalty 罚息",
        "fee 费用",
        "prepaying 违约金",
        "total 合计",
    ]
    print_table("Settlement 结清 (元)", columns, [list(asdict(one).values()) for one in quotes], right=range(2, 8))


def amend(
    line: Line,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {', '.join(_BY_PEOPLE)}.")],
    details: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="Such as annual_rate=0.05 until=2026-06-30.")
    ] = None,
    loan: Annotated[str, typer.Option("--loan", help="Id of one loan of the line; default all of it.")] = "",
    on: On = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Change a loan: fee, rate, extension, relief, renewal, refund, write-off, sale, or undo an event. 变更

    What gives money or rights away becomes a proposal, which another person approves.

    charge amount= name= · rate annual_rate= until= because= · reschedule method= periods= every= first_due= matures_on=
    capitalise=true because= · waiver interest= penalty= compound= fee= · renewal until= · refund amount= · write_off ·
    transfer price= owner= · misuse · technical · reversal of=EVENT
    """
    with open_platform() as platform:
        event = _event(kind, details or [], loan, on or platform.today())
        two = isinstance(event, journeys.TWO_PERSONS)
        verb: Callable[..., Any] = journeys.propose_amendment if two else journeys.amend
        done = verb(books=platform, by=platform.actor, key=key or uuid.uuid4().hex, line=line, event=event)
    print_result(done, as_json)


def _event(kind: str, details: list[str], loan: str, on: date) -> Event:
    if kind not in _BY_PEOPLE:
        raise BadInput("no_such_amendment", f"{kind!r} is none of {', '.join(_BY_PEOPLE)}")
    given: dict[str, Any] = {}
    for text in details:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput("bad_detail", f"{text!r} is not NAME=VALUE")
        place = given.setdefault("repayment", {}) if kind == "reschedule" and name in _PLAN else given
        place[name] = _value(name, value)
    try:
        return event_of(kind, "", on, loan, given)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        known = [field.name for field in fields(KINDS[kind])][3:]
        hint = f"{kind} takes {', '.join(known)}" if known else f"{kind} takes nothing"
        raise BadInput("bad_detail", f"{' '.join(details)}: {error}", hint=hint) from None


def _value(name: str, value: str) -> Any:
    if name in _MONEY:
        return fen(value)
    if name in ("periods", "due_day", "grace", "balloon"):
        return fen(value) if name == "balloon" else int(value)
    if name == "every":
        return {"count": int(value[:-1]), "unit": value[-1:]}
    return value == "true" if name in ("capitalise", "prepay") else value


def line(
    line: Line,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="freeze, unfreeze, cut, raise, sub_limit or close.")],
    because: Because,
    limit: Annotated[str, typer.Option("--limit", help="元; for cut, raise and sub_limit.")] = "0",
    name: Annotated[str, typer.Option("--name", help="Name of the sub-limit: a partner or product.")] = "",
    on: On = None,
    as_json: Json = False,
) -> None:
    """Freeze, free, cut, raise, divide or close a line; giving more is a proposal to be approved. 额度管理"""
    change = journeys.Change(what, because, fen(limit), name)
    with open_platform() as platform:
        verb: Callable[..., Any] = journeys.propose_change if what in ("unfreeze", "raise") else journeys.change_line
        key, today = uuid.uuid4().hex, on or platform.today()
        done = verb(books=platform, by=platform.actor, key=key, line=line, change=change, on=today)
    print_result(done, as_json)


def proposals(as_json: Json = False) -> None:
    """What waits for a second person. 待复核"""
    with open_platform() as platform:
        found = journeys.proposals(books=platform, by=platform.actor)
    if as_json:
        for one in found:
            print_json(asdict(one))
        return
    rows = [[one.proposal_id, one.verb, one.proposed_by, one.request] for one in found]
    print_table("Proposals 待复核", ["proposal", "verb", "proposed by", "request"], rows)


def approve(
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id, as `zhiwei proposals` lists it.")],
    as_json: Json = False,
) -> None:
    """Approve a proposal as the second person ($ZHIWEI_PERSON), and it happens. 复核"""
    with open_platform() as platform:
        done = journeys.approve_amendment(books=platform, by=platform.actor, proposal=proposal)
    print_result(done, as_json)


def close_day(
    to: Annotated[
        date | None, typer.Option("--to", parser=day, metavar="DATE", help="Last day to close; default yesterday.")
    ] = None,
    since: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="First day, where none is closed yet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Close every open day up to DATE: accrue, fall due, age, class, reprice, expire, post, seal. 日终

    Run again it changes nothing; after a crash it goes on where it was. Payments go on meanwhile.
    """
    _close(since, to, as_json)


def close_days(
    until: Annotated[date, typer.Option(parser=day, metavar="DATE", help="Last day to close.")],
    since: Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="First day of a calendar.")] = None,
    as_json: Json = False,
) -> None:
    """`close-day --to DATE` under its older name."""
    _close(since, until, as_json)


def _close(since: date | None, to: date | None, as_json: bool) -> None:
    with open_platform() as platform, progress("closing days") as update:
        until = to or platform.today() - timedelta(days=1)
        closed = journeys.close_days(
            books=platform, by=platform.actor, since=since, until=until, on_progress=update
        )  # fmt: skip
    if as_json:
        for one in closed:
            print_json(asdict(one))
        return
    names = ("loans", "frozen", "freed", "expired", "repriced", "aside")
    rows = [[one.business_date, *(getattr(one, name) for name in names), one.seal[:12]] for one in closed]
    if not rows:
        out.print(f"nothing to close up to {until}: those days are closed 已日终")
        return
    columns = [
        "day 日期",
        "loans 触及",
        "frozen 冻结",
        "freed 解冻",
        "ended 到期",
        "repriced 重定价",
        "aside 搁置",
        "seal 封存",
    ]
    print_table("Closed 日终", columns, rows, right=range(1, 7))
