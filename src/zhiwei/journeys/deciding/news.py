"""What is told of applications, decisions and tasks to those who embed us."""

from collections.abc import Iterator
from datetime import date

from zhiwei.journeys.network import Application
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values.happenings import Happening, happening


def application_received(told: Application) -> Happening:
    said = {"application": told.application_id, "product": told.product, "applied_on": told.on}
    return happening("application.received", told.application_id, told.on, said, party=told.party)


def decision_made(made: StoredDecision, task: str, on: date) -> Iterator[Happening]:
    """And its task, where it waits for a person."""
    said = {
        "decision": made.decision_id, "product": made.product, "as_of": made.as_of, "outcome": made.outcome,
        "limit": made.limit, "annual_rate": made.annual_rate,
    }  # fmt: skip
    yield happening("decision.made", made.decision_id, on, said, party=made.party)
    if made.outcome == "refer":
        waits = {"task": task, "decision": made.decision_id, "product": made.product}
        yield happening("task.opened", task, on, waits, party=made.party)


def task_settled(task: str, stored: StoredDecision, made: StoredDecision, on: date) -> Happening:
    said = {
        "task": task, "decision": stored.decision_id, "became": made.decision_id, "outcome": made.outcome
    }  # fmt: skip
    return happening("task.settled", [task, made.decision_id], on, said, party=made.party)
