"""The outside companies of an installation, by source: asked through their pulls, read by the source that knows them.

`providers.toml` in the data folder says who they are, a table for each:

    [till]                          # the source, as `zhiwei pull till` takes it
    reader = "acquiring"            # which source reads what comes (`zhiwei receive` lists them)
    url = "https://till.example/v1/records"    # or dir = "folder"; see `web` and `folder`
    auth_env = "TILL_TOKEN"         # the NAME of an environment variable; what it holds is never in this file
    auth_header = "Authorization"
    timeout = 10.0                  # seconds of a call
    tries = 3                       # calls of a pull, at most
    cost = 120                      # 分 ...
    charged = "hits"                # ... for each of: calls | answers | hits
    failures = 5                    # so many in a row, and it is left alone
    rest = 30.0                     # for so many seconds
    identifier = "merchant_no"      # the kind of identifier it knows a party by; without it the party's id here
    kinds = ["acquiring"]           # where not all that the reader can read
    mapping = "till.toml"           # which column is what, beside this file (`zhiwei mapping save`)
    file = "till.csv"               # the name under which an answer is read
    fallback = "other_till"         # another table of this file: asked where this company is down
    ca = "till.pem"                 # certificates to trust instead of the system's
"""

import inspect
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from zhiwei.adapters.pulling.figures import Price
from zhiwei.adapters.pulling.folder import FolderCompany
from zhiwei.adapters.pulling.provider import Provider
from zhiwei.adapters.pulling.pull import Policy, Pull
from zhiwei.adapters.pulling.web import WebCompany
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.mapping import Mapping as Columns
from zhiwei.borrower.sources import known_sources
from zhiwei.journeys.providers import Failing, Offered, Reply, Request
from zhiwei.values import BadInput, NotFound, Outage, Refusal

LARGEST_FILE = 2**20
MOST = 100
_SHAPE: dict[str, tuple[type, ...]] = {
    "reader": (str,), "url": (str,), "dir": (str,), "auth_env": (str,), "auth_header": (str,),
    "timeout": (float, int), "tries": (int,), "cost": (int,), "charged": (str,), "failures": (int,),
    "rest": (float, int), "identifier": (str,), "kinds": (list,), "mapping": (str,), "file": (str,), "ca": (str,),
    "fallback": (str,),
}  # fmt: skip
_USUAL = Policy()
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_SECRET = re.compile(r"[\x20-\x7e]{1,4096}")


@dataclass(frozen=True)
class Company:
    """A source that can be asked. `missing`: the environment variable that would open its door and is not set."""

    pull: Pull
    reader: str
    kinds: tuple[str, ...]
    identifier: str = ""
    file: str = "answer"
    mapping: Columns | None = None
    missing: str = ""
    fallback: str = ""


class Companies:
    """See `journeys.providers.Providers`. What `load` says of the companies is asked for once, when first needed."""

    def __init__(self, load: Callable[[], Mapping[str, Company]] = dict) -> None:
        self._load, self._lock = load, Lock()
        self._known: Mapping[str, Company] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process asks for itself, with breakers of its own."""
        return type(self), (self._load,)

    def sources(self) -> Sequence[str]:
        return sorted(self._all())

    def offered(self, source: str) -> Offered:
        company = self._company(source)
        if company.missing:
            raise Refusal(
                "no_credentials", f"{source}: the environment variable {company.missing} is not set",
                hint="it holds what opens the company's door",
            )  # fmt: skip
        return Offered(source, company.kinds, company.identifier, company.file, company.fallback)

    def ask(self, source: str, request: Request, failing: Failing) -> Reply:
        pull = self._company(source).pull
        pull.breaker.recall(failing.calls, failing.ago)
        calls: list[None] = []
        asked_at = datetime.now(UTC)
        outcome, content, trouble = _asked(pull, request, lambda: calls.append(None))
        heard = not isinstance(trouble, Refusal) and outcome in ("hit", "empty")
        cost = pull.price.of(len(calls), int(heard), int(outcome == "hit"))
        return Reply(outcome, asked_at, datetime.now(UTC), len(calls), cost, content, trouble)

    def read(self, source: str, content: bytes, party: str) -> Parsed:
        company = self._company(source)
        read = known_sources()[company.reader].read
        options = {"mapping": company.mapping} if company.mapping else {}
        parsed: Parsed = read(content, company.file, party, **options)
        return parsed

    def state(self, source: str, failing: Failing) -> str:
        breaker = self._company(source).pull.breaker
        breaker.recall(failing.calls, failing.ago)
        return breaker.state

    def _company(self, source: str) -> Company:
        known = self._all()
        if source not in known:
            raise NotFound(
                "no_such_provider", f"no company is set up for {source!r}",
                hint=f"set up are {', '.join(sorted(known))}" if known else "providers.toml in the data folder",
            )  # fmt: skip
        return known[source]

    def _all(self) -> Mapping[str, Company]:
        with self._lock:
            if self._known is None:
                self._known = self._load()
            return self._known


def _asked(pull: Pull, request: Request, called: Callable[[], None]) -> tuple[str, bytes, Refusal | Outage | None]:
    """-> (outcome, content, trouble)."""
    try:
        answer = pull.answer_counting(request, called)
    except NotFound as unknown:
        return ("empty" if unknown.code == "no_such_party" else "refused"), b"", unknown
    except Refusal as refusal:
        return ("failed" if refusal.code == "answer_too_large" else "refused"), b"", refusal
    except Outage as outage:
        return "failed", b"", outage
    return ("hit" if answer.hit else "empty"), answer.content, None


# --- as they are written down -----------------------------------------------------------------------------------------


def read_companies(path: Path, needed: bool = False) -> dict[str, Company]:
    """Companies by source; none where there is no file, unless it is `needed`. BadInput says what is wrong, where."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        found = tomllib.loads(content.decode()) if len(content) <= LARGEST_FILE else {}
    except FileNotFoundError:
        if needed:
            raise BadInput("bad_providers", f"{path} is not there") from None
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("bad_providers", f"{path} is not TOML: {error}") from None
    if len(content) > LARGEST_FILE or len(found) > MOST:
        raise BadInput("bad_providers", f"{path} is larger than {LARGEST_FILE:,} bytes or {MOST} companies")
    companies = {name: _company(path, name, said) for name, said in found.items()}
    for name in companies:
        _check_fallbacks(path, name, companies)
    return companies


def _check_fallbacks(path: Path, name: str, companies: Mapping[str, Company]) -> None:
    """Whoever stands in gives all that is asked for, and nobody stands in for itself by way of others."""
    at, asked = name, [name]
    while then := companies[at].fallback:
        if then not in companies or then in asked:
            raise BadInput("bad_providers", f"{path}, [{at}]: fallback {then!r} is not there, or leads back")
        if lacking := sorted(set(companies[name].kinds) - set(companies[then].kinds)):
            raise BadInput("bad_providers", f"{path}, [{at}]: fallback {then!r} gives no {', '.join(lacking)}")
        asked.append(at := then)


def _company(path: Path, name: str, said: Any) -> Company:
    place = f"{path}, [{name}]"
    _check(place, name, said)
    source = known_sources().get(said.get("reader", ""))
    if source is None:
        raise BadInput(
            "bad_providers", f"{place}: no reader {said.get('reader', '')!r}", hint=", ".join(known_sources())
        )
    kinds = tuple(map(str, said.get("kinds", source.KINDS)))
    if not kinds or not set(kinds) <= set(source.KINDS) or len(set(kinds)) < len(kinds):
        raise BadInput("bad_providers", f"{place}: {said['reader']} reads {', '.join(source.KINDS)}, each once")
    mapping = None
    if "mapping" in said:
        if "mapping" not in inspect.signature(source.read).parameters:
            raise BadInput("bad_providers", f"{place}: {said['reader']} takes no mapping")
        words = _beside(path, place, said["mapping"]).read_bytes()
        mapping = Columns.from_toml(words.decode("utf-8", "replace"))
    provider, missing = _provider(path, place, name, said)
    policy = Policy(
        timeout=float(said.get("timeout", _USUAL.timeout)), attempts=said.get("tries", _USUAL.attempts),
        failures=said.get("failures", _USUAL.failures), rest=float(said.get("rest", _USUAL.rest)),
    )  # fmt: skip
    pull = Pull(provider, Price(said.get("cost", 0), said.get("charged", "calls")), policy)
    return Company(
        pull, said["reader"], kinds, said.get("identifier", ""), said.get("file", name), mapping, missing,
        said.get("fallback", ""),
    )  # fmt: skip


def _check(place: str, name: str, said: Any) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput("bad_providers", f"{place}: a source is small letters, digits and _, 40 at most")
    if not isinstance(said, dict):
        raise BadInput("bad_providers", f"{place} is no table")
    for key, value in said.items():
        if key not in _SHAPE or type(value) not in _SHAPE[key]:
            # the value is not shown: somebody may have written a secret there
            raise BadInput("bad_providers", f"{place}: {key} is unknown, or not of its type", hint=", ".join(_SHAPE))
    if ("url" in said) == ("dir" in said):
        raise BadInput("bad_providers", f"{place} says neither or both of url and dir")
    if "dir" in said and {"auth_env", "auth_header", "ca"} & said.keys():
        raise BadInput("bad_providers", f"{place}: a folder has no door to open")
    if not _HEADER.fullmatch(said.get("auth_header", "Authorization")):
        raise BadInput("bad_providers", f"{place}: auth_header is the name of a header")
    if "auth_header" in said and "auth_env" not in said:
        raise BadInput("bad_providers", f"{place}: auth_header without auth_env")


def _provider(path: Path, place: str, name: str, said: dict[str, Any]) -> tuple[Provider, str]:
    """-> (the provider, the environment variable that it lacks or '')."""
    if "dir" in said:
        return FolderCompany(name, path.parent / Path(said["dir"]).expanduser()), ""
    headers: dict[str, str] = {}
    variable = said.get("auth_env", "")
    held = os.environ.get(variable, "") if variable else ""
    if held:
        if not _SECRET.fullmatch(held):
            raise BadInput("bad_providers", f"{place}: what {variable} holds cannot stand in a header")
        headers[said.get("auth_header", "Authorization")] = held
    ca = _beside(path, place, said["ca"]) if "ca" in said else None
    timeout = float(said.get("timeout", _USUAL.timeout))
    return WebCompany(name, said["url"], timeout, headers, ca), "" if held else variable


def _beside(path: Path, place: str, name: str) -> Path:
    found = path.parent / Path(name).expanduser()
    if not found.is_file():
        raise BadInput("bad_providers", f"{place}: there is no file {name!r} beside it")
    return found
