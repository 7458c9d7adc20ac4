"""Who acts: a person or client of one tenant in one role; every journey takes one and writes it down."""

import unicodedata
from dataclasses import dataclass

from zhiwei.values.trouble import BadInput


@dataclass(frozen=True, slots=True)
class Actor:
    tenant: str
    person: str
    role: str = "officer"

    def __post_init__(self) -> None:
        name = self.person
        if not name or name != name.strip() or len(name) > 80 or not name.isprintable():
            raise BadInput("bad_person", f"{name!r} names nobody", hint="a name without spaces at its ends")

    def is_same_person(self, name: str) -> bool:
        """Names that differ in case or width alone are one person's."""
        return unicodedata.normalize("NFKC", self.person).casefold() == unicodedata.normalize("NFKC", name).casefold()


# What a local installation does by itself, under names that the audit shows as such.
RELEASE = "release"  # proposes the products that ship with this version
INSTALLER = "installer"  # approves them for a fresh local database
