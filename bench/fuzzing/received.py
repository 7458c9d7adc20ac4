"""Hostile files all the way into a real database: afterwards there is exactly what was accepted, and it can be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
from fuzzing.parsers import PARTY, RECEIVED, read

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.borrower import Party
from zhiwei.borrower.features import whole_picture
from zhiwei.borrower.quality import agreements, quality
from zhiwei.borrower.records import KINDS
from zhiwei.journeys import Permission, Source, give_consent, receive_records
from zhiwei.settings import Settings
from zhiwei.values import Refusal

AS_OF = date(2026, 3, 31)
JOURNEY = "journey"


def begun(dice: Random) -> tuple[str, Random]:
    """The parser whose file is received, and the dice that make the file."""
    return dice.choice(RECEIVED), dice


@dataclass
class Journey:
    """A party that allows everything, and how many rows of it were accepted so far."""

    platform: Platform
    rows: dict[str, int] = field(default_factory=dict)

    @staticmethod
    @contextmanager
    def opened(data: Path) -> Iterator["Journey"]:
        with open_platform(Settings(data, None, "bench", "fuzz")) as platform:
            permission = Permission(Party(PARTY, "G1", "made"), list(KINDS), "All of it.", "page 1", date(2020, 1, 1))
            give_consent(books=platform, by=platform.actor, permission=permission)
            journey = Journey(platform)
            journey.rows = journey.kept()
            yield journey

    def take(self, parser: str, name: str, content: bytes) -> None:
        """Receive it, and compare what is stored with what was said to be accepted. BadInput where it is refused."""
        parsed = read(parser, name, content)
        assert parsed is not None
        source = Source(parser, name, sha256(content).hexdigest())
        try:
            accepted = receive_records(books=self.platform, by=self.platform.actor, source=source, parsed=parsed)
        except Refusal:
            assert self.kept() == self.rows, "refused, and yet something was kept"
            raise
        if accepted.new:
            for kind, count in accepted.rows.items():
                self.rows[kind] = self.rows.get(kind, 0) + count
        assert self.kept() == self.rows, "not what was accepted"
        tables = {kind: table for kind, table in parsed.tables.items() if table.num_rows}
        facts = whole_picture(tables, [PARTY], AS_OF)
        assert not any(np.isinf(values).any() for values in facts.values()), "an infinite fact"
        quality(tables, [PARTY], AS_OF, 12)
        agreements(tables, [PARTY], AS_OF, 12)

    def kept(self) -> dict[str, int]:
        """Kind -> rows stored, by the count that stands beside each batch and must be that of its content."""
        with self.platform.unit("bench") as unit:
            found = unit.batches.filed(PARTY)
            last = {batch.kind: batch for batch in found}
            counts = {kind: sum(batch.rows for batch in found if batch.kind == kind) for kind in last}
            newest = unit.batches.of([PARTY], list(last), date.max, None)
        for kind, batch in last.items():
            assert newest[kind][-1].num_rows == batch.rows, "a batch of another length than its row says"
        return counts
