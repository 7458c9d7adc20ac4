"""What is told of applications, decisions and tasks to those who embed us."""

from collections.abc import Iterator
from datetime import date

from zhiwei.journeys.network import Application
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values import identifier
from zhiwei.values.happenings import Happening, happening


def application_received(told: Application) -> Happening:
    said = {"application": told.application_id, "product": told.product, "applied_on": told.on}
    return happening("application.received", told.application_id, told.on, said, party=told.party)


def task_of(decision: str) -> str:
    return identifier("task", decision)


def decision_made(made: StoredDecision, on: date) -> Iterator[Happening]:
    """And its task, where it waits for a person."""
    said = {
        "decision": made.decision_id, "product": made.product, "as_of": made.as_of, "outcome": made.outcome,
        "limit": made.limit, "annual_rate": made.annual_rate,
    }  # fmt: skip
    yield happening("decision.made", made.decision_id, on, said, party=made.party)
    if made.outcome == "refer":
        task = task_of(made.decision_id)
        waits = {"task": task, "decision": made.decision_id, "product": made.product}
        yield happening("task.opened", task, on, waits, party=made.party)


def task_settled(stored: StoredDecision, made: StoredDecision, on: date) -> Happening:
    task = task_of(stored.decision_id)
    said = {
        "task": task, "decision": stored.decision_id, "became": made.decision_id, "outcome": made.outcome
    }  # fmt: skip
    return happening("task.settled", [task, made.decision_id], on, said, party=made.party)
