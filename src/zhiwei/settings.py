"""One frozen Settings, read from the environment by `bootstrap` and by nothing else."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from zhiwei.values import BadInput


@dataclass(frozen=True, slots=True)
class Settings:
    """`data`: ZHIWEI_DATA, the data folder. `database_url`: ZHIWEI_DATABASE_URL, or None for the embedded server.

    `database`: ZHIWEI_DATABASE, another database on that server (what `demo` and `lend` made, say); None is the usual.

    `tenant`: ZHIWEI_TENANT. `person`: ZHIWEI_PERSON, who acts at the command line (default: the system's user name).
    `role`: ZHIWEI_ROLE, as which the person acts (default: officer).
    """

    data: Path
    database_url: str | None
    tenant: str
    person: str
    database: str | None = None
    role: str = "officer"

    @classmethod
    def from_environment(cls) -> "Settings":
        """BadInput where a variable cannot be what it should be."""
        tenant = os.environ.get("ZHIWEI_TENANT") or "local"
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", tenant):
            raise BadInput("bad_tenant", f"ZHIWEI_TENANT {tenant!r}: small letters, digits, _ and - only, 41 at most")
        return cls(
            Path(os.environ.get("ZHIWEI_DATA") or Path.home() / ".zhiwei").expanduser(),
            os.environ.get("ZHIWEI_DATABASE_URL") or None,
            tenant,
            os.environ.get("ZHIWEI_PERSON") or os.environ.get("USER") or "operator",
            os.environ.get("ZHIWEI_DATABASE") or None,
            os.environ.get("ZHIWEI_ROLE") or "officer",
        )
