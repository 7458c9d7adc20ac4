"""One frozen Settings, read from the environment by `bootstrap` and by nothing else."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from zhiwei.values import BadInput

TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True)
class Settings:
    """`data`: ZHIWEI_DATA, the data folder. `database_url`: ZHIWEI_DATABASE_URL, or None for the embedded server.

    `database`: ZHIWEI_DATABASE, another database on that server (what `demo` and `lend` made, say); None is the usual.

    `providers`: ZHIWEI_PROVIDERS, the file of outside companies; None is `providers.toml` in the data folder, if any.

    `cipher`: ZHIWEI_CIPHER, aes256gcm or sm4gcm, which seals from now on. `kms`: ZHIWEI_KMS, the name of a key in a KMS
    and the command that reaches it; '' keeps keys in the data folder as they are.

    `loopback`: ZHIWEI_WEBHOOKS_LOOPBACK=1, webhooks may be on this machine, without TLS: to try things out alone.

    `tenant`: ZHIWEI_TENANT. `person`: ZHIWEI_PERSON, who acts at the command line (default: the system's user name).
    `role`: ZHIWEI_ROLE, as which the person acts (default: officer).

    `api_url`: ZHIWEI_API_URL, where partners reach the API; '' as their requests say. `api_proxy`: ZHIWEI_API_PROXY,
    addresses of proxies of ours that end TLS before it. `metrics_token`: ZHIWEI_METRICS_TOKEN, which opens /metrics.
    `api_chores`: unless ZHIWEI_API_CHORES is no, those who serve the API send webhooks too.
    """

    data: Path
    database_url: str | None
    tenant: str
    person: str
    database: str | None = None
    role: str = "officer"
    providers: Path | None = None
    cipher: str = "aes256gcm"
    kms: str = ""
    api_url: str = ""
    api_proxy: str = ""
    metrics_token: str = ""
    loopback: bool = False
    api_chores: bool = True

    @classmethod
    def from_environment(cls) -> "Settings":
        """BadInput where a variable cannot be what it should be."""
        tenant = os.environ.get("ZHIWEI_TENANT") or "local"
        if not TENANT.fullmatch(tenant):
            raise BadInput("bad_tenant", f"ZHIWEI_TENANT {tenant!r}: small letters, digits, _ and - only, 41 at most")
        providers = os.environ.get("ZHIWEI_PROVIDERS")
        return cls(
            Path(os.environ.get("ZHIWEI_DATA") or Path.home() / ".zhiwei").expanduser(),
            os.environ.get("ZHIWEI_DATABASE_URL") or None,
            tenant,
            os.environ.get("ZHIWEI_PERSON") or os.environ.get("USER") or "operator",
            os.environ.get("ZHIWEI_DATABASE") or None,
            os.environ.get("ZHIWEI_ROLE") or "officer",
            Path(providers).expanduser() if providers else None,
            os.environ.get("ZHIWEI_CIPHER") or "aes256gcm",
            os.environ.get("ZHIWEI_KMS") or "",
            (os.environ.get("ZHIWEI_API_URL") or "").rstrip("/"),
            os.environ.get("ZHIWEI_API_PROXY") or "",
            os.environ.get("ZHIWEI_METRICS_TOKEN") or "",
            os.environ.get("ZHIWEI_WEBHOOKS_LOOPBACK") == "1",
            os.environ.get("ZHIWEI_API_CHORES") != "no",
        )
