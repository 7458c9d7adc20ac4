"""Receive a delivery: parties, consent, records and labels of one or more files, all of them or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from zhiwei.borrower import give
from zhiwei.borrower.delivery import Delivery
from zhiwei.journeys.borrower.news import consents_given, invoices_received, registered
from zhiwei.journeys.once import Step, step
from zhiwei.journeys.ports import Books
from zhiwei.values import EARLIEST, Actor, digest, identifier


@dataclass(frozen=True, slots=True)
class Received:
    """Counts of what the files held, and of what was new."""

    file: str
    parties: int
    invoices: int
    new_parties: int
    new_invoices: int
    labels: int


def receive(
    *, books: Books, by: Actor, deliveries: list[Delivery], folder: str,
    on_progress: Callable[[int], None] = lambda rows: None,
) -> list[Received]:  # fmt: skip
    """Store deliveries in one transaction; the same rows again change nothing. Each party's consent comes with them.

    `on_progress` hears how many rows have been stored so far, of all files.
    """
    request = {"files": [delivery.sha256 for delivery in deliveries], "rows": _fingerprint(deliveries)}
    with step(books, by, "receive", f"receive:{digest(request)}", request) as current:
        if current.earlier is None:
            received, before = [], 0
            for delivery in deliveries:
                received.append(_store(current, delivery, folder, books.today(), partial(_add, on_progress, before)))
                before += delivery.invoices.num_rows
            current.result = {"files": len(received)}
            return received
    return [Received(d.file, len(d.parties), d.invoices.num_rows, 0, 0, len(d.labels)) for d in deliveries]


def _add(on_progress: Callable[[int], None], before: int, rows: int) -> None:
    on_progress(before + rows)


def _fingerprint(deliveries: list[Delivery]) -> list[list[int]]:
    """What was accepted of each file: with --skip-bad-rows the same file may bring other rows."""
    return [[len(d.parties), d.invoices.num_rows, len(d.labels), d.bad_rows.height] for d in deliveries]


def _store(
    current: Step, delivery: Delivery, folder: str, today: date, on_progress: Callable[[int], None]
) -> Received:  # fmt: skip
    unit, text_hash = current.unit, digest(delivery.consent_text)
    told = list(registered(unit, [party.party_id for party in delivery.parties], today))
    new_parties = unit.parties.add(delivery.parties)
    consents = [
        give(party.party_id, "invoices", delivery.purpose, EARLIEST, text_hash, f"file {delivery.sha256[:16]}")
        for party in delivery.parties
    ]
    unit.parties.add_consents(consents)
    done = new_invoices = 0
    delivery_id = identifier("del", delivery.source, delivery.sha256, delivery.invoices.num_rows)
    unit.outbox.tell(
        [*told, *consents_given(consents, today), *invoices_received(delivery_id, delivery.invoices, today)]
    )
    for rows, new in unit.records.add(delivery, delivery_id, folder):
        done += rows
        new_invoices += new
        on_progress(done)
    return Received(
        delivery.file,
        len(delivery.parties),
        delivery.invoices.num_rows,
        new_parties,
        new_invoices,
        len(delivery.labels),
    )


def receive_demand(
    *, books: Books, by: Actor, source: str, sha256: str, curve: list[tuple[str, dict[str, str]]]
) -> int:  # fmt: skip
    """Store a demand curve (rate -> churn by grade); the points that are new are counted."""
    with step(books, by, "receive_demand", f"receive_demand:{source}:{sha256}", {"points": len(curve)}) as current:
        if current.earlier is None:
            current.result = {"points": current.unit.records.add_demand(source, curve)}
            return int(current.result["points"])
    return 0
