"""Who acts: a person or client of one tenant in one role; every journey takes one and writes it down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    tenant: str
    person: str
    role: str = "officer"


# What a local installation does by itself, under names that the audit shows as such.
RELEASE = "release"  # proposes the products that ship with this version
INSTALLER = "installer"  # approves them for a fresh local database
