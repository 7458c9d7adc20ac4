"""Applications, and the tasks that come of them: a business asks for a product, and is answered."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel, Field

from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.resources.data.consents import must_allow
from zhiwei.interfaces.api.resources.lending.decisions import Outcome
from zhiwei.interfaces.api.resources.products import of
from zhiwei.interfaces.api.shapes import LINE, Flag, Id, Reason, Shape, Text, example
from zhiwei.journeys import AppliedFor, CameWith, applied_for, apply, decide
from zhiwei.journeys.deciding.tasks import needed_of
from zhiwei.journeys.referred import Followed
from zhiwei.values import NotFound

room = Room("applications")


class Thing(Shape):
    """Only a keyed hash of `value` is kept."""

    kind: Literal["device", "phone", "address", "ip", "account", "agent", "wifi"]
    value: str = Field(min_length=1, max_length=300, json_schema_extra={"pattern": LINE})


class NewApplication(Shape):
    """`channel`: a word of your own for where it came from. `came_with`: what it came with, against fraud."""

    model_config = example(
        party="good", product="tax_credit", channel="app",
        came_with=[{"kind": "device", "value": "a device's fingerprint"}],
    )  # fmt: skip

    party: Id
    product: Id
    channel: Text = ""
    came_with: list[Thing] = Field(default_factory=list, max_length=20)


class ApplicationShown(BaseModel):
    """`decision` and `outcome` are null where nothing was decided on it; what a person ruled is seen here too."""

    application: str
    party: str
    product: str
    applied_on: date
    channel: str
    decision: str | None
    outcome: Outcome | None


class Applied(BaseModel):
    """`outcome` approve: see the offer; refer: a person looks at it, see the task; decline: see the letter."""

    application: str
    party: str
    product: str
    applied_on: date
    decision: str
    outcome: Outcome


class TaskShown(BaseModel):
    """`status`: waiting, approve or decline as a person ruled, or replaced by a later decision.

    `missing`: what speaks for a person's look, in words that may be told. `became`: the decision a ruling made.
    """

    task: str
    decision: str
    party: str
    product: str
    as_of: date
    opened_at: datetime
    status: str
    missing: list[Reason]
    became: str | None


@room.write("/applications", "applications:write", summary="Apply 申请", response_model=Applied)
def submit_application(body: NewApplication, caller: Calls, response: Response) -> Any:
    """It is decided at once, on what is known of the party today. 当即决定。"""
    caller.may_see("party", body.party)
    must_allow(caller, {body.party: of(caller, body.product).needs.scopes})  # what others were allowed opens nothing
    books, by, on = caller.books, caller.by, caller.books.today()
    came_with = CameWith(body.channel, [(one.kind, one.value) for one in body.came_with])
    told = apply(books=books, by=by, product=body.product, party=body.party, on=on, came_with=came_with)
    [decided] = decide(books=books, by=by, product=body.product, parties=[body.party], as_of=on)
    caller.hold(("application", told.application), ("decision", decided.decision_id))
    response.headers["Location"] = f"/v1/applications/{told.application}"
    return Applied(
        application=told.application, party=told.party, product=told.product, applied_on=on,
        decision=decided.decision_id, outcome=decided.outcome,
    )  # fmt: skip


@room.read(
    "/applications", "decisions:read", summary="A client's applications 申请列表", response_model=Page[ApplicationShown]
)
def list_applications(caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """In the order in which they were made. 按申请先后。"""
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.clients.holdings(caller.client, "application", after(cursor), limit + 1)
    names = [one.id for one in found[:limit]]
    known = applied_for(books=caller.books, by=caller.by, client=caller.client, applications=names)
    return Page[ApplicationShown](
        items=[_shown(one) for one in known], next=cursor_of(found[limit - 1].number) if len(found) > limit else None
    )


@room.read(
    "/applications/{application}", "decisions:read", summary="An application 申请", response_model=ApplicationShown
)
def get_application(application: Id, caller: Calls) -> Any:
    """With the decision on it as it stands. 申请及其当前决定。"""
    caller.may_see("application", application)
    known = applied_for(books=caller.books, by=caller.by, client=caller.client, applications=[application])
    if not known:
        raise NotFound("no_such_application", f"no application {application}")
    return _shown(known[0])


@room.read("/tasks", "tasks:read", summary="What waits for a person 待办", response_model=Page[TaskShown])
def list_tasks(
    caller: Calls, limit: Limit = 50, cursor: Cursor = "",
    waiting: Annotated[Flag, Query(description="Only those that wait.")] = False,
) -> Any:  # fmt: skip
    """Of this client's applications: those that a person is to look at, and what came of it. 转人工的申请及其结果。"""
    start = after(cursor)
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.tasks.followed(caller.client, start, limit + 1, waiting=waiting)
    return Page[TaskShown](
        items=[_task(one) for one in found[:limit]],
        next=cursor_of(found[limit - 1].number) if len(found) > limit else None,
    )


def _shown(one: AppliedFor) -> ApplicationShown:
    return ApplicationShown(
        application=one.application, party=one.party, product=one.product, applied_on=one.applied_on,
        channel=one.channel, decision=one.decision or None, outcome=one.outcome or None,
    )  # fmt: skip


def _task(one: Followed) -> TaskShown:
    task = one.task
    return TaskShown(
        task=task.task_id, decision=task.decision, party=task.party, product=task.product, as_of=task.as_of,
        opened_at=task.opened_at, status=one.status, became=one.became or None,
        missing=[Reason(code=told.code, zh=told.zh, en=told.en) for told in needed_of(task)],
    )  # fmt: skip
