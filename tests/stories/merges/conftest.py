"""Parties with identifiers and records, and two persons who say who is who."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import numpy as np
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.relations import Held
from zhiwei.journeys import (
    Duplicates,
    Merged,
    Merging,
    Permission,
    Source,
    approve_merge,
    find_duplicates,
    give_consent,
    picture_of,
    propose_merge,
    receive_records,
    records_of,
    undo_merge,
)
from zhiwei.values import Actor, identifier

OFFICER, SECOND = Actor("local", "officer"), Actor("local", "second")
SINCE, UNTIL = date(2023, 1, 1), date(2024, 3, 31)
_NUMBERS = count()


@dataclass
class Desk:
    """What officers do; each act has a key of its own."""

    platform: Platform
    keys: Any = field(default_factory=count)

    def know(self, *parties: str, name: Callable[[str], str] = lambda party: f"{party}号商行") -> None:
        with self.platform.unit("local") as unit:
            unit.parties.add([Party(party, name(party), "test") for party in parties])

    def hold(
        self, party: str, kind: str, value: str, *, since: date = SINCE, until: date | None = None
    ) -> str:  # fmt: skip
        """Note an identifier of a party; -> its id."""
        noted = identifier("idn", party, kind, next(_NUMBERS))
        held = Held(noted, party, kind, value, since, None, "test", datetime(2023, 1, 1, tzinfo=UTC))
        with self.platform.unit("local") as unit:
            unit.relations.add_identifiers([held], "tester")
            if until:
                unit.relations.end(noted, until, "given up", "tester")
        return noted

    def allow(self, party: str, *kinds: str) -> None:
        allowed = Permission(Party(party, f"{party}号商行", "test"), kinds, "You may look.", "page 1", SINCE)
        give_consent(books=self.platform, by=OFFICER, permission=allowed)

    def receive(self, party: str, kind: str, *rows: dict[str, object]) -> None:
        parsed = Parsed({kind: table_of(kind, [{"party_id": party, **row} for row in rows])})
        source = Source(kind, "made", f"{next(_NUMBERS):064x}")
        receive_records(books=self.platform, by=OFFICER, source=source, parsed=parsed)

    def find(self, *parties: str, **more: Any) -> Duplicates:
        return find_duplicates(books=self.platform, by=OFFICER, parties=parties or None, **more)

    def pairs(self, *parties: str) -> list[tuple[str, str]]:
        return [(one.one, one.other) for one in self.find(*parties).found]

    def propose(self, kept: str, gone: str, **more: Any) -> str:
        merging = replace(Merging(kept, gone, "one owner, two shops"), **more)
        return propose_merge(books=self.platform, by=OFFICER, key=f"p{next(self.keys)}", merging=merging).proposal

    def merge(self, kept: str, gone: str) -> Merged:
        return approve_merge(books=self.platform, by=SECOND, proposal=self.propose(kept, gone))

    def undo(self, merge: str) -> None:
        undo_merge(books=self.platform, by=SECOND, key=f"u{next(self.keys)}", merge=merge, because="two after all")

    def picture(self, *parties: str, known_at: datetime | None = None) -> dict[str, list[str]]:
        """Fact -> a value for each party, to the last bit."""
        found = picture_of(books=self.platform, by=OFFICER, parties=parties, as_of=UNTIL, known_at=known_at)
        return {name: [value.hex() for value in values.astype(np.float64).tolist()] for name, values in found.items()}

    def fact(self, name: str, *parties: str, known_at: datetime | None = None) -> list[float]:
        return [float.fromhex(value) for value in self.picture(*parties, known_at=known_at)[name]]

    def column(self, kind: str, name: str, parties: Sequence[str], known_at: datetime | None = None) -> list[Any]:
        found = records_of(
            books=self.platform, by=OFFICER, parties=parties, kinds=[kind], until=UNTIL, known_at=known_at
        )  # fmt: skip
        return found[kind][name].to_pylist()


@pytest.fixture
def desk(platform: Platform) -> Desk:
    return Desk(platform)


def flow(month: int, amount: int, account: str = "1", **more: object) -> dict[str, object]:
    return {
        "account": account, "booked_on": date(2024, month, 5), "sequence": 1, "amount": amount, "balance": 10_000_000,
        "currency": "CNY", "counterparty": f"C{amount}",
    } | more  # fmt: skip


def invoice(number: str, amount: int = 100_000, **more: object) -> dict[str, object]:
    return {
        "direction": "sale", "invoice_no": number, "issue_date": date(2024, 2, 7), "counterparty": "C", "tax": 0,
        "amount": amount, "total": amount, "status": "valid", "occurrence": 1,
    } | more  # fmt: skip


def made_uscc(number: int) -> str:
    """A USCC of nobody: a valid check digit on a made-up number of a district that is not there."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"92999999MA{number:07d}"
    total = sum(alphabet.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + alphabet[-total % 31]
