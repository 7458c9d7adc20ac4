"""What people change of a line: freeze it and free it, cut or raise its limit, divide it, close it; each with a reason.

Less may be given by one person. More (a higher limit, an end of a freeze) needs two.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhiwei.journeys.deciding.exposure import check_raise
from zhiwei.journeys.lines.find import check_not_ahead, locked_line, products_of
from zhiwei.journeys.lines.news import line_changed, line_news
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Changes, LineChange, Unit
from zhiwei.journeys.referred import Proposal
from zhiwei.loans import CLOSED, FROZEN, OPEN, Line
from zhiwei.values import Actor, BadInput, Forbidden, Refusal, canonical, grouped, identifier, yuan

TWO_PERSONS = ("unfreeze", "raise")
ONE_PERSON = ("freeze", "cut", "sub_limit", "close")


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is freeze, unfreeze, cut, raise, sub_limit or close; `limit` in 分; `name` is a sub-limit's."""

    what: str
    because: str
    limit: int = 0
    name: str = ""

    def request(self, line: str, on: date) -> dict[str, Any]:
        return {
            "line": line, "on": on.isoformat(), "what": self.what, "because": self.because, "limit": self.limit,
            "name": self.name,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    line: str
    status: str
    limit: str
    used: str
    available: str


def change_line(*, books: Books, by: Actor, key: str, line: str, change: Change, on: date) -> Changed:
    """Change a line at once. Forbidden where it gives more than before: propose that."""
    if change.what in TWO_PERSONS:
        raise Forbidden("four_eyes", f"to {change.what} a line needs two persons", hint="propose it")
    with step(books, by, "change_line", key, change.request(line, on)) as current:
        if current.earlier is None:
            current.result = apply_change(books, current.unit, by, line, change, on)
        return Changed(**(current.earlier or current.result))


def propose_change(*, books: Books, by: Actor, key: str, line: str, change: Change, on: date) -> Proposal:
    """Ask for a change that another person must approve (`approve_amendment`)."""
    request = change.request(line, on)
    proposal = Proposal(identifier("prop", key, request), f"line.{change.what}", canonical(request), by.person, None)
    with step(books, by, "propose_change", key, request) as current:
        if current.earlier is None:
            _changed(books, _line(books, current.unit, line, change, on), change, on)
            current.unit.steps.propose(proposal)
    return proposal


def apply_change(books: Books, unit: Unit, by: Actor, line: str, change: Change, on: date) -> dict[str, Any]:
    """The change made and written down; -> `Changed` as plain values."""
    found = _line(books, unit, line, change, on)
    fresh, was, becomes = _changed(books, found, change, on)
    if change.what == "sub_limit":
        unit.lines.set_sub_limit(line, change.name, change.limit)
    change_id = identifier("chg", line, change.request(line, on), was)
    told = list(line_news(found, fresh, change_id, on)) or [line_changed(fresh, change_id, on)]
    unit.desk.write(Changes(lines={line: fresh}, told=told))
    unit.lines.record(LineChange(change_id, line, on, change.what, was, becomes, change.because, by.person))
    return {
        "line": line, "status": fresh.status, "limit": yuan(fresh.limit), "used": yuan(fresh.used),
        "available": yuan(fresh.available),
    }  # fmt: skip


def _line(books: Books, unit: Unit, line: str, change: Change, on: date) -> Line:
    """The line, locked. Refusal where a raise does not fit beside what is at stake already."""
    if change.what == "raise" and (found := unit.lines.get(line)):
        _changed(books, found, change, on)
        check_raise(unit, products_of(unit)(found), found, change.limit, on)
    return locked_line(unit, line)


def _changed(books: Books, line: Line, change: Change, on: date) -> tuple[Line, str, str]:
    """(the line after it, what was, what becomes). Refusal where the line does not allow it."""
    check_not_ahead(books, on)
    if change.what not in (*ONE_PERSON, *TWO_PERSONS):
        raise BadInput("no_such_change", f"{change.what!r} is none of {', '.join((*ONE_PERSON, *TWO_PERSONS))}")
    if not change.because.strip():
        raise BadInput("no_reason", "a change of a line says why", hint="because")
    if line.status == CLOSED:
        raise Refusal("line_closed", f"line {line.line_id} is closed")
    match change.what:
        case "freeze":
            return replace(line, status=FROZEN, frozen_because=change.because), line.status, FROZEN
        case "unfreeze":
            if line.status != FROZEN:
                raise Refusal("not_frozen", f"line {line.line_id} is {line.status}")
            return replace(line, status=OPEN, frozen_because=""), FROZEN, OPEN
        case "close":
            return _closed(line)
        case "sub_limit":
            if not change.name.strip() or not 0 <= change.limit <= line.limit:
                raise BadInput("bad_sub_limit", f"a sub-limit has a name and is within {grouped(line.limit)} 元")
            return line, change.name, yuan(change.limit)
    more = change.what == "raise"
    if change.limit <= 0 or (change.limit > line.limit) != more or change.limit == line.limit:
        raise BadInput("bad_limit", f"to {change.what} {grouped(line.limit)} 元 to {grouped(change.limit)} 元 is none")
    return replace(line, limit=change.limit), yuan(line.limit), yuan(change.limit)


def _closed(line: Line) -> tuple[Line, str, str]:
    if line.used or line.held or line.credit:
        owed = f"used {grouped(line.used)}, held {grouped(line.held)}, credit {grouped(line.credit)} 元"
        raise Refusal(
            "line_in_use", f"line {line.line_id} is not empty: {owed}", hint="repay it, or pay its credit back"
        )
    return replace(line, status=CLOSED), line.status, CLOSED
