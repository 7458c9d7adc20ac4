"""One frozen Settings, read from the environment by `bootstrap` and by nothing else."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`data`: ZHIWEI_DATA, the data folder. `database_url`: ZHIWEI_DATABASE_URL, or None for the embedded server.

    `database`: ZHIWEI_DATABASE, another database on that server (what `demo` and `lend` made, say); None is the usual.

    `tenant`: ZHIWEI_TENANT. `person`: ZHIWEI_PERSON, who acts at the command line (default: the system's user name).
    """

    data: Path
    database_url: str | None
    tenant: str
    person: str
    database: str | None = None

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            Path(os.environ.get("ZHIWEI_DATA") or Path.home() / ".zhiwei").expanduser(),
            os.environ.get("ZHIWEI_DATABASE_URL") or None,
            os.environ.get("ZHIWEI_TENANT") or "local",
            os.environ.get("ZHIWEI_PERSON") or os.environ.get("USER") or "operator",
            os.environ.get("ZHIWEI_DATABASE") or None,
        )
