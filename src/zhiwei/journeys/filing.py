"""What journeys about records need of the store: batches as they came, what files cover, and what seals them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import pyarrow as pa

from zhiwei.borrower.covers import Cover
from zhiwei.values.secrets import Key


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one party and kind out of one delivery, under one consent. `rows` have the kind's schema."""

    batch_id: str
    party: str
    kind: str
    delivery: str
    consent: str
    first_day: date
    last_day: date
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Filed:
    """A batch without its rows, as an export shows it. `deleted_by`: the day by which it must be gone, if any."""

    batch_id: str
    party: str
    kind: str
    source: str
    file: str
    consent: str
    rows: int
    first_day: date
    last_day: date
    received_at: datetime
    delete_by: date | None


@dataclass(frozen=True, slots=True)
class Covering:
    """What a delivery says it speaks for, under a consent."""

    cover_id: str
    cover: Cover
    delivery: str
    consent: str


@dataclass(frozen=True, slots=True)
class FiledCover:
    """A covered period as an export shows it; of which account or meter is not shown."""

    cover_id: str
    party: str
    kind: str
    source: str
    file: str
    consent: str
    first_day: date
    last_day: date
    received_at: datetime
    delete_by: date | None


class Batches(Protocol):
    def standing(self, delivery_id: str) -> bool | None:
        """Does all of a delivery stand, its consents not withdrawn? None where it never came."""
        ...

    def deliver(self, delivery_id: str, source: str, file: str, sha256: str, rows: int) -> bool: ...
    def add(self, batches: Iterable[Batch]) -> None: ...
    def of(
        self, parties: Sequence[str], kinds: Sequence[str], until: date, known_at: datetime | None
    ) -> dict[str, list[pa.Table]]: ...
    def add_covers(self, covers: Iterable[Covering]) -> None: ...
    def covered(self, parties: Sequence[str], kinds: Sequence[str], known_at: datetime | None) -> list[Cover]: ...
    def pledgors(self, things: Sequence[str]) -> list[str]:
        """Parties whose pledges are of one of these things (`collateral.things`), under a consent that stands."""
        ...

    def filed(self, party: str) -> list[Filed]: ...
    def of_delivery(self, delivery: str) -> tuple[list[Filed], list[FiledCover]]: ...
    def filed_covers(self, party: str) -> list[FiledCover]: ...
    def forget(self, on: date) -> tuple[int, int]: ...
    def withdraw(self, row: Mapping[str, Any]) -> None: ...


class Keyring(Protocol):
    """Where the keys of tenants are kept: in files, plain or wrapped by a KMS."""

    def listed(self, tenant: str) -> list[tuple[str, datetime]]: ...
    def rotate(self, tenant: str) -> Key: ...


class Sealed(Protocol):
    """What stands sealed in the database, by the keys that sealed it."""

    def counted(self) -> list[tuple[str, str, str, int]]:
        """(names | identifiers | counterparties | files | differences | covers | batches, cipher, key id, how many)."""
        ...

    def newest(self) -> str:
        """The id of the key that seals now; the database knows it from now on."""
        ...

    def left(self) -> int:
        """Values that another key or cipher sealed, and that can be brought to this one."""
        ...

    def reseal(self, most: int) -> int:
        """Bring `most` of these to the newest key and to the cipher set up; counts them, 0 when none is left."""
        ...

    def check(self) -> Iterator[tuple[str, bool]]:
        """Each sealed value: does it open, and is it found by what it says? Those in plain are wrong."""
        ...
