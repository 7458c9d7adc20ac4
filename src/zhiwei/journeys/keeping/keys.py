"""The keys of a tenant: which sealed how much, a new one, and what older ones sealed brought to it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from zhiwei.journeys.once import own_key, step
from zhiwei.journeys.ports import Books
from zhiwei.values import Actor, BadInput, canonical

AT_ONCE = 1_000  # values in one transaction
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class KeyUse:
    """`sealed`: what of the database this key sealed, by kind and cipher. `newest`: it seals from now on. `created`
    None: the database needs it, and it is not among the tenant's keys.
    """

    key: str
    created: datetime | None
    newest: bool
    sealed: dict[str, int]


@dataclass(frozen=True, slots=True)
class Rotated:
    """`left` values stand under older keys; `batches` of records stay under theirs for good."""

    key: str
    before: str
    left: int
    batches: int


@dataclass(frozen=True, slots=True)
class Resealed:
    """`values`: names, identifiers, facts and files brought to the key. `batches` of records stay under older ones."""

    key: str
    values: int
    batches: int


def keys_in_use(*, books: Books, by: Actor) -> list[KeyUse]:
    """Every key of the tenant, the newest last, and what it sealed."""
    with books.unit(by.tenant) as unit:
        newest, counted = unit.sealed.newest(), unit.sealed.counted()
    created = dict(books.keys.listed(by.tenant))
    lost = sorted({key for _, _, key, _ in counted} - created.keys())
    return [
        KeyUse(
            key, created.get(key), key == newest,
            {f"{what} {cipher}": count for what, cipher, of, count in counted if of == key},
        )
        for key in [*lost, *created]
    ]  # fmt: skip


def rotate_key(*, books: Books, by: Actor, key: str, because: str) -> Rotated:
    """Make a new key, which seals from now on; the older ones go on opening. `because` is kept, with who did it.

    The key is made with no transaction open: a KMS may be asked. Cut off in between, the same call finds what was made.
    """
    if not because.strip() or len(because) > LONGEST_REASON:
        raise BadInput("no_reason", f"a new key has a reason, at most {LONGEST_REASON} characters", hint="--because")
    request = {"because": because}
    with step(books, by, "order_rotation", f"rotation:{key}", request) as current:
        earlier = current.unit.steps.answer(own_key("rotate_key", f"rotate:{key}"))
        if current.earlier is None:
            current.result = {"before": current.unit.sealed.newest()}
        before = str((current.earlier or current.result)["before"])
    if earlier is not None:
        return Rotated(**earlier)
    made = books.keys.listed(by.tenant)[-1][0]
    if made == before:
        made = books.keys.rotate(by.tenant).key_id
    with step(books, by, "rotate_key", f"rotate:{key}", {**request, "key_made": made}) as current:
        if current.earlier is None:
            unit = current.unit
            current.result = asdict(Rotated(made, before, unit.sealed.left(), _batches(unit.sealed.counted(), made)))
        return Rotated(**(current.earlier or current.result))


def reseal(*, books: Books, by: Actor, on_progress: Callable[[int, int], None] = lambda done, total: None) -> Resealed:
    """Bring what is sealed to the newest key and the cipher set up, some in each transaction; batches stay.

    It can stop anywhere and goes on where it was; people may go on working. `on_progress` hears (done, of how many).
    """
    done = 0
    with books.unit(by.tenant) as unit:
        total = unit.sealed.left()
    while True:
        with books.unit(by.tenant) as unit:
            some = unit.sealed.reseal(AT_ONCE)
            newest = unit.sealed.newest()
            if some:
                unit.steps.audit(by, "reseal", [canonical({"key": newest, "values": some})])
        if not some:
            break
        done += some
        on_progress(done, max(total, done))
    with books.unit(by.tenant) as unit:
        return Resealed(newest, done, _batches(unit.sealed.counted(), newest))


def _batches(counted: list[tuple[str, str, str, int]], newest: str) -> int:
    """Those under other keys."""
    return sum(count for what, _, key, count in counted if what == "batches" and key != newest)
