"""Product versions and decisions."""

from collections.abc import Iterable, Iterator

from zhiwei.journeys.ports import ProductVersion, StoredDecision
from zhiwei.store.table import Store

_VERSION = "product_id, hash, content, state, proposed_by, approved_by"
_DECISION = """decision_id, party_id, product_id, product_hash, as_of, outcome, credit_limit, annual_rate, pd, grade,
               document, inputs"""


class Products(Store):
    def add(self, version: ProductVersion) -> None:
        self.run(
            f"""insert into product_version (tenant_id, {_VERSION}) values (%s, %s, %s, %s, %s, %s, %s)
                on conflict do nothing""",
            self.tenant, version.product_id, version.hash, version.content, version.state, version.proposed_by,
            version.approved_by,
        )  # fmt: skip

    def find(self, product: str, hash_prefix: str) -> ProductVersion | None:
        """The one version whose hash begins so; None where none or more than one does."""
        found = self.rows(
            f"select {_VERSION} from product_version where product_id = %s and starts_with(hash, %s) limit 2",
            product, hash_prefix,
        )  # fmt: skip
        return ProductVersion(*found[0]) if len(found) == 1 else None

    def published(self, product: str) -> ProductVersion | None:
        row = self.row(f"select {_VERSION} from product_version where product_id = %s and state = 'published'", product)
        return ProductVersion(*row) if row else None

    def versions(self) -> list[ProductVersion]:
        return [
            ProductVersion(*row) for row in self.rows(f"select {_VERSION} from product_version order by recorded_at")
        ]

    def publish(self, version: ProductVersion, approved_by: str) -> None:
        """Publish this version and retire the one before; the database holds that the two persons differ."""
        self.run(
            "update product_version set state = 'retired' where product_id = %s and state = 'published'",
            version.product_id,
        )
        self.run(
            "update product_version set state = 'published', approved_by = %s where product_id = %s and hash = %s",
            approved_by, version.product_id, version.hash,
        )  # fmt: skip


class Decisions(Store):
    def add(self, decisions: Iterable[StoredDecision]) -> int:
        """Count of those that were new; a decision's id follows from its content."""
        return self.run_many(
            f"""insert into decision (tenant_id, {_DECISION})
                values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (self.tenant, d.decision_id, d.party, d.product, d.product_hash, d.as_of, d.outcome, d.limit,
                 d.annual_rate, d.pd, d.grade, d.document, d.inputs)
                for d in decisions
            ],
        )  # fmt: skip

    def get(self, decision_id: str) -> StoredDecision | None:
        row = self.row(f"select {_DECISION} from decision where decision_id = %s", decision_id)
        return StoredDecision(*row) if row else None

    def latest(self, party: str) -> StoredDecision | None:
        """The decision on a party with the latest as-of date, the last recorded of them."""
        row = self.row(
            f"select {_DECISION} from decision where party_id = %s order by as_of desc, recorded_at desc limit 1", party
        )
        return StoredDecision(*row) if row else None

    def all(self) -> Iterator[StoredDecision]:
        for row in self.rows(f"select {_DECISION} from decision order by decision_id"):
            yield StoredDecision(*row)
