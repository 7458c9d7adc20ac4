"""A product's way to publication: proposed by one person, approved by another, then used by its hash."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, ProductVersion, Unit
from zhiwei.loans.postings import Accounts
from zhiwei.shelf import Product, check, load
from zhiwei.values import INSTALLER, RELEASE, Actor, BadInput, Breach, Forbidden, NotFound, Refusal, canonical

SHORTEST_HASH = 6  # two persons must have seen the same thing


def propose(*, books: Books, by: Actor, files: Mapping[str, str]) -> ProductVersion:
    """Check a folder with its golden cases and store it as a proposal; BadInput lists what is wrong with it."""
    product, problems = check(files)
    if product is None:
        raise BadInput("product_not_sound", "; ".join(map(str, problems[:10])), hint="see `zhiwei check`")
    version = ProductVersion(product.product_id, product.hash, canonical(dict(files)), "checked", by.person, None)
    with step(books, by, "propose", f"propose:{product.hash}:{by.person}", {"hash": product.hash}) as current:
        known = current.unit.products.find(product.product_id, product.hash)
        if known is None:
            current.unit.products.add(version)
    return known or version


def approve(*, books: Books, by: Actor, product: str, hash_prefix: str) -> ProductVersion:
    """Publish a proposal; the one published before is retired. Refusal for the person who proposed it."""
    with books.unit(by.tenant) as unit:
        version = unit.products.find(product, hash_prefix) if len(hash_prefix) >= SHORTEST_HASH else None
        if version is None:
            raise NotFound(
                "no_such_proposal", f"{hash_prefix!r} names no version of {product}",
                hint=f"propose it first; give at least {SHORTEST_HASH} characters of its hash",
            )  # fmt: skip
        if by.is_same_person(version.proposed_by):
            raise Forbidden("four_eyes", f"{by.person} proposed this version", hint="another person approves it")
        if version.state == "published":
            return version
        unit.products.publish(version, by.person)
        unit.steps.audit(by, "approve", [canonical({"product": product, "hash": version.hash})])
        return replace(version, state="published", approved_by=by.person)


def install_shelf(*, books: Books, tenant: str, shelf: list[dict[str, str]]) -> None:
    """Publish what ships with this version, unless people of the tenant have published their own since.

    The two persons are the release (which reviewed the folder) and the installer; the audit says so by these names.
    """
    for files in shelf:
        product, problems = load(files)
        if product is None:
            raise Breach(f"the shipped shelf is broken: {problems[0]}")
        with books.unit(tenant) as unit:
            current = unit.products.published(product.product_id)
        if current is None or (current.hash != product.hash and current.proposed_by == RELEASE):
            propose(books=books, by=Actor(tenant, RELEASE, "system"), files=files)
            installer = Actor(tenant, INSTALLER, "system")
            approve(books=books, by=installer, product=product.product_id, hash_prefix=product.hash)


def published(unit: Unit, product: str) -> Product:
    """The version in force. NotFound where nothing of that name was published."""
    hash_ = unit.products.in_force(product)
    if hash_ is None:
        names = ", ".join(
            sorted({known.product_id for known in unit.products.versions() if known.state == "published"})
        )
        raise NotFound(
            "product_not_published", f"no product {product!r} is published", hint=f"published: {names or '-'}"
        )
    return by_hash(unit, product, hash_)


def booked(unit: Unit) -> set[Accounts]:
    """The accounts of every version that was ever in force: where entries of loans can be."""
    return {open_version(known).line.accounts for known in unit.products.versions() if known.state != "checked"}


_opened: dict[tuple[str, str, str], Product] = {}  # what was published once stays what it is


def by_hash(unit: Unit, product: str, hash_: str) -> Product:
    """A version that was published in this tenant."""
    known = (unit.tenant, product, hash_)
    if known not in _opened:
        _opened[known] = _found(unit, product, hash_)
    return _opened[known]


def _found(unit: Unit, product: str, hash_: str) -> Product:
    version = unit.products.find(product, hash_)
    if version is None or version.state == "checked":
        raise Refusal("product_not_published", f"version {hash_[:12]} of {product} was never published")
    return open_version(version)


def open_version(version: ProductVersion) -> Product:
    product = _parsed(version.content)
    if product.hash != version.hash:
        raise Breach(f"version {version.hash[:12]} of {version.product_id} is not what was published")
    return product


@lru_cache(maxsize=64)
def _parsed(content: str) -> Product:
    product, problems = load(json.loads(content))
    if product is None:
        raise Breach(f"a published product no longer loads: {problems[0]}")
    return product
