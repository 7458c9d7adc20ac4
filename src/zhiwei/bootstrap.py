"""The only place where concrete things meet: settings, the database, the bank, the clock and the shipped shelf."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import TypeVar

from zhiwei import __file__ as package
from zhiwei.adapters import PaperBank
from zhiwei.adapters.keys import FileKeys, KmsKeys
from zhiwei.adapters.kms import CommandKms
from zhiwei.adapters.pulling import Companies, Company, read_companies
from zhiwei.adapters.webhooks import WebhookCaller
from zhiwei.journeys import install_shelf
from zhiwei.journeys.filing import Keyring
from zhiwei.journeys.partners.telling import Messenger
from zhiwei.journeys.ports import Payments, Unit
from zhiwei.journeys.providers import Providers
from zhiwei.journeys.sandboxes import Scene
from zhiwei.settings import TENANT, Settings
from zhiwei.shelf import read_folder
from zhiwei.store import Database, database_url
from zhiwei.store.secrets import Suite
from zhiwei.values import Actor, BadInput, Breach, NotFound

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Platform:
    """An open platform: `journeys.ports.Books` for its database, and who acts."""

    database: Database
    actor: Actor
    payments: Payments = field(default_factory=PaperBank)
    clock: date | None = None  # a simulation's today; None is the real one
    providers: Providers = field(default_factory=Companies)  # none set up
    messenger: Messenger = field(default_factory=WebhookCaller)
    outside: "Platform | None" = None  # of a sandbox's: the platform that it is on

    @property
    def keys(self) -> Keyring:
        if self.database.keys is None:
            raise Breach("this database was opened without keys")
        return self.database.keys

    def today(self) -> date:
        return self.clock or datetime.now(UTC).astimezone().date()

    def spread(self, work: Callable[[int], T], items: Sequence[int]) -> Iterator[T]:
        """Here and, where there is much to do, in other processes too; each of them opens the database anew."""
        todo, others = deque(items), min(len(items), os.cpu_count() or 1) - 1
        if others < 1:
            yield from map(work, items)
            return
        with ProcessPoolExecutor(others, mp_context=get_context("spawn"), initializer=_begin_worker) as pool:
            given: set[Future[T]] = set()
            while todo or given:
                while todo and len(given) < 2 * others:  # one in hand and one waiting, for each of them
                    given.add(pool.submit(work, todo.popleft()))
                if todo:
                    yield work(todo.popleft())
                done, given = wait(given, None if not todo else 0, FIRST_COMPLETED)
                for one in done:
                    yield one.result()

    def unit(self, tenant: str, *, pipelined: bool = False) -> AbstractContextManager[Unit]:
        return self.database.unit(tenant, pipelined=pipelined)


class Tenancy:
    """The platforms of all tenants of one database: who calls the API names its own.

    A tenant is looked up once. Of a sandbox each `of` reads one row more, its today: replicas need not agree on more.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform.outside or platform
        self._known: dict[str, date | None] = {}  # tenant -> the first day of a sandbox, None of any other

    def of(self, tenant: str) -> Platform:
        """NotFound where there is no such tenant."""
        if not self._is_known(tenant):
            raise NotFound("no_such_tenant", "no such tenant")
        if self._known[tenant] is None:
            return replace(self._platform, actor=replace(self._platform.actor, tenant=tenant))
        with self._platform.unit(tenant) as unit:
            today = unit.sandboxes.today()
        assert today is not None
        return self.at(tenant, today)

    def is_sandbox(self, tenant: str) -> bool:
        return self._is_known(tenant) and self._known[tenant] is not None

    def at(self, tenant: str, today: date) -> Platform:
        """A sandbox as of a day: its clock, and companies that answer as its script says."""
        actor, first = replace(self._platform.actor, tenant=tenant), self._known[tenant] or today
        providers = Companies(partial(_outside, first, today))
        return replace(self._platform, actor=actor, clock=today, providers=providers, outside=self._platform)

    def lay(self, tenant: str, made_by: str, today: date, person: str) -> bool:
        """A sandbox's tenant, keys and shelf; False where the tenant is there and not a sandbox of `made_by`."""
        with self._platform.unit(tenant) as unit:
            if not unit.sandboxes.found(made_by, today, person):
                return False
        self._platform.database.unlock(tenant)
        install_shelf(books=self._platform, tenant=tenant, shelf=_shipped())
        return True

    @property
    def scene(self) -> Scene:
        return _scene()

    def _is_known(self, tenant: str) -> bool:
        """Whether a tenant is a sandbox never changes once it is there."""
        if tenant not in self._known and TENANT.fullmatch(tenant):
            with self._platform.unit(tenant) as unit:
                if unit.parties.is_tenant():
                    days = unit.sandboxes.days()
                    self._known[tenant] = days[0] if days else None
        return tenant in self._known


@cache
def _scene() -> Scene:
    from zhiwei.economy.sandbox import Script  # noqa: PLC0415 - only who makes or moves a sandbox needs its people

    return Script()


def _outside(first: date, today: date) -> Mapping[str, Company]:
    from zhiwei.economy.sandbox import companies_on  # noqa: PLC0415 - as above

    return companies_on(first, today)


def _shipped() -> list[dict[str, str]]:
    return [read_folder(folder) for folder in product_folders(shelf_folder())]


def _begin_worker() -> None:
    """A process of a pool whose parent is killed would wait for work for ever. It lives as long as its work, and makes
    no cycles worth looking for.
    """
    gc.disable()
    parent = parent_process()

    def follow() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()


def shelf_folder() -> Path:
    """The shipped shelf: in the wheel beside the code, in a checkout at its root."""
    shipped = Path(package).parent / "_products"
    return shipped if shipped.is_dir() else Path(package).parents[2] / "products"


def product_folders(shelf: Path) -> list[Path]:
    """Folders of a shelf that hold a product; names that begin with _ are templates."""
    if not shelf.is_dir():
        raise BadInput("no_such_shelf", f"there is no folder {shelf}")
    return sorted(path.parent for path in shelf.glob("*/product.toml") if not path.parent.name.startswith("_"))


def keys_of(settings: Settings) -> FileKeys:
    """Where the tenants' keys are: in the data folder, wrapped where a KMS is set up."""
    folder = settings.data / "keys"
    if not settings.kms:
        return FileKeys(folder)
    try:
        return KmsKeys(folder, CommandKms.from_words(settings.kms))
    except ValueError as error:
        raise BadInput("bad_kms", f"ZHIWEI_KMS: {error}") from None


def suite_of(settings: Settings) -> Suite:
    """The cipher that seals from now on; what another one sealed opens as before."""
    known = {suite.value: suite for suite in Suite}
    if settings.cipher not in known:
        raise BadInput("bad_cipher", f"no cipher {settings.cipher!r}", hint=f"ZHIWEI_CIPHER is {' or '.join(known)}")
    return known[settings.cipher]


def companies(settings: Settings) -> Companies:
    """Read at the first use: who does not pull does not stumble over a mistake in the file."""
    path = settings.providers or settings.data / "providers.toml"
    return Companies(partial(read_companies, path, settings.providers is not None))


@contextmanager
def open_platform(settings: Settings | None = None) -> Iterator[Platform]:
    """Start or find PostgreSQL, migrate it, make the tenant, publish the shipped shelf where nobody did before."""
    settings = settings or Settings.from_environment()
    url = database_url(settings.data, settings.database_url, settings.database)
    store = Database(url, keys_of(settings), suite_of(settings))
    try:
        store.migrate()
        store.add_tenant(settings.tenant)
        store.unlock(settings.tenant)
        by = Actor(settings.tenant, settings.person, settings.role)
        caller = WebhookCaller(loopback=settings.loopback)
        platform = Platform(store, by, providers=companies(settings), messenger=caller)
        install_shelf(books=platform, tenant=settings.tenant, shelf=_shipped())
        tenants = Tenancy(platform)
        yield tenants.of(settings.tenant) if tenants.is_sandbox(settings.tenant) else platform
    finally:
        store.close()
