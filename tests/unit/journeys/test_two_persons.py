"""What is published was seen by two persons: the journey says so, and the database holds it against everybody."""

import psycopg
import pytest

from zhiwei.bootstrap import Platform, product_folders, shelf_folder
from zhiwei.journeys import approve, propose
from zhiwei.journeys.ports import ProductVersion
from zhiwei.shelf import read_folder
from zhiwei.values import Actor, Forbidden, Refusal

ANN, BEN = Actor("local", "ann"), Actor("local", "ben")


@pytest.fixture
def proposal(platform: Platform) -> ProductVersion:
    """A version of tax_credit that differs from the published one in its README alone; proposed by Ann."""
    files = read_folder(next(path for path in product_folders(shelf_folder()) if path.name == "tax_credit"))
    return propose(books=platform, by=ANN, files=files | {"README.md": "Ann's"})


def state(platform: Platform, version: ProductVersion) -> tuple[str, str | None]:
    with platform.unit("local") as unit:
        found = unit.products.find(version.product_id, version.hash)
    return found.state, found.approved_by


def test_the_proposer_cannot_approve(platform: Platform, proposal: ProductVersion) -> None:
    with pytest.raises(Forbidden) as refused:
        approve(books=platform, by=ANN, product="tax_credit", hash_prefix=proposal.hash)
    assert (refused.value.code, refused.value.status) == ("four_eyes", 403)
    assert state(platform, proposal) == ("checked", None)


def test_another_person_can_and_the_one_before_retires(platform: Platform, proposal: ProductVersion) -> None:
    with platform.unit("local") as unit:
        before = unit.products.published("tax_credit")
    approve(books=platform, by=BEN, product="tax_credit", hash_prefix=proposal.hash)
    assert state(platform, proposal) == ("published", "ben")
    assert state(platform, before)[0] == "retired"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'published', approved_by = 'ann'", "four_eyes"),
        ("state = 'published'", "approved"),
        ("approved_by = 'ben'", "approved"),
    ],
)
def test_the_database_holds_it_too(platform: Platform, proposal: ProductVersion, change: str, constraint: str) -> None:
    with psycopg.connect(platform.database.url) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        owner.execute("update product_version set state = 'retired' where state = 'published'")
        with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
            owner.execute(f"update product_version set {change} where hash = %s", [proposal.hash])


def test_one_version_is_in_force(platform: Platform, proposal: ProductVersion) -> None:
    second = "update product_version set state = 'published', approved_by = 'ben' where hash = %s"
    with psycopg.connect(platform.database.url) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute(second, [proposal.hash])


def test_a_version_nobody_proposed(platform: Platform) -> None:
    with pytest.raises(Refusal) as refused:
        approve(books=platform, by=BEN, product="tax_credit", hash_prefix="f" * 64)
    assert (refused.value.code, refused.value.status) == ("no_such_proposal", 404)


@pytest.mark.parametrize("prefix", ["", "0", "a"])
def test_a_prefix_that_does_not_name_one_version_approves_nothing(
    platform: Platform, proposal: ProductVersion, prefix: str
) -> None:
    """Two persons must have seen the same thing: an empty or ambiguous hash names none."""
    with platform.unit("local") as unit:
        hashes = [version.hash for version in unit.products.versions() if version.product_id == "tax_credit"]
    if len([found for found in hashes if found.startswith(prefix)]) == 1:
        pytest.skip("these hashes happen to differ in the first letter")
    with pytest.raises(Refusal):
        approve(books=platform, by=BEN, product="tax_credit", hash_prefix=prefix)
