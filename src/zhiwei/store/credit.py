"""Product versions, decisions, and what people said of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from zhiwei.journeys.ports import ProductVersion, StoredDecision
from zhiwei.journeys.referred import Followed, Ruled, Task
from zhiwei.store.table import Store

_VERSION = "product_id, hash, content, state, proposed_by, approved_by"
_DECISION = """decision_id, party_id, product_id, product_hash, as_of, outcome, credit_limit, annual_rate, pd, grade,
               document, inputs"""


_TASK = "task_id, t.decision_id, d.party_id, d.product_id, d.as_of, d.credit_limit, t.opened_at, d.document"
_REPLACED = """exists (select from decision n where n.party_id = d.party_id and n.product_id = d.product_id
                       and (n.as_of, n.recorded_at) > (d.as_of, d.recorded_at))"""


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

    def in_force(self, product: str) -> str | None:
        row = self.row("select hash from product_version where product_id = %s and state = 'published'", product)
        return row[0] if row else None

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

    def latest(self, party: str, until: date | None = None) -> StoredDecision | None:
        """The decision on a party with the latest as-of date, `until` at most, the last recorded of them."""
        row = self.row(
            f"""select {_DECISION} from decision where party_id = %s and as_of <= coalesce(%s, 'infinity'::date)
                order by as_of desc, recorded_at desc limit 1""",
            party, until,
        )  # fmt: skip
        return StoredDecision(*row) if row else None

    def seen_by(
        self, client: str, asked: Sequence[tuple[str, str, date]]
    ) -> dict[tuple[str, str, date], tuple[str, str]]:
        """(party, product, day) -> the latest decision on it that a client may see, and its outcome."""
        if not asked:
            return {}
        found = self.rows(
            """select w.party, w.product, w.day, d.decision_id, d.outcome
               from unnest(%s::text[], %s::text[], %s::date[]) w (party, product, day)
               cross join lateral (
                 select decision_id, outcome from decision d
                 where d.party_id = w.party and d.product_id = w.product and d.as_of = w.day
                   and exists (select from client_holding h
                               where h.client_id = %s and h.kind = 'decision' and h.id in (
                                 select d.decision_id
                                 union all select r.decision_id from ruling r where r.ruled_id = d.decision_id))
                 order by d.recorded_at desc limit 1) d""",
            *map(list, zip(*asked, strict=True)), client,
        )  # fmt: skip
        return {(party, product, day): (decision, outcome) for party, product, day, decision, outcome in found}

    def counts(self) -> dict[str, int]:
        """Product -> decisions by its policy: those that a person's ruling made are left out."""
        return dict(self.rows(
            """select product_id, count(*) from decision d
               where not exists (select from ruling r where r.ruled_id = d.decision_id) group by product_id"""
        ))  # fmt: skip

    def all(self) -> Iterator[StoredDecision]:
        for row in self.rows(f"select {_DECISION} from decision order by decision_id"):
            yield StoredDecision(*row)


class Tasks(Store):
    def open(self, tasks: Iterable[tuple[str, str]]) -> int:
        """(task id, decision id); counts those that were new."""
        return self.run_many(
            "insert into task (tenant_id, task_id, decision_id) values (%s, %s, %s) on conflict do nothing",
            [(self.tenant, task, decision) for task, decision in tasks],
        )

    def waiting(self, product: str | None = None) -> list[Task]:
        """Whose decision nobody ruled on and no later one of its party and product replaced, oldest first."""
        found = self.rows(
            f"""select {_TASK} from task t join decision d on d.decision_id = t.decision_id
               where (%s::text is null or d.product_id = %s)
                 and not exists (select from ruling r where r.decision_id = t.decision_id)
                 and not {_REPLACED}
               order by t.opened_at, task_id""", product, product,
        )  # fmt: skip
        return [Task(*row) for row in found]

    def followed(self, client: str, after: int, most: int, *, waiting: bool = False) -> list[Followed]:
        """Of decisions that this client may see, in the order in which they came to it."""
        found = self.rows(
            f"""select h.number, r.outcome, coalesce(r.ruled_id, ''), {_REPLACED}, {_TASK}
                from client_holding h join task t on t.decision_id = h.id join decision d on d.decision_id = h.id
                left join ruling r on r.decision_id = h.id
                where h.client_id = %s and h.kind = 'decision' and h.number > %s
                  and not (%s and (r.outcome is not null or {_REPLACED}))
                order by h.number limit %s""",
            client, after, waiting, most,
        )  # fmt: skip
        return [
            Followed(number, Task(*task), said or ("replaced" if replaced else "waiting"), became)
            for number, said, became, replaced, *task in found
        ]

    def ruled_on(self, decision: str) -> str | None:
        row = self.row("select decision_id from ruling where ruled_id = %s", decision)
        return row[0] if row else None

    def rule(self, ruled: Ruled) -> bool:
        """Whether it was the first word on this decision."""
        return bool(
            self.run(
                """insert into ruling (tenant_id, decision_id, ruled_id, outcome, person, role, because)
                   values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
                self.tenant, ruled.decision, ruled.became, ruled.outcome, ruled.person, ruled.role, ruled.because,
            )
        )  # fmt: skip

    def ruling(self, decision: str) -> Ruled | None:
        row = self.row(
            "select decision_id, ruled_id, outcome, person, role, because from ruling where decision_id = %s", decision
        )
        return Ruled(*row) if row else None

    def approvers(self) -> dict[str, str]:
        """Line -> the person who approved it, of lines that a person approved."""
        return dict(self.rows(
            """select l.line_id, r.person from ruling r join line l on l.decision_id = r.ruled_id
               where r.outcome = 'approve'"""
        ))  # fmt: skip

    def outcomes(self) -> list[tuple[str, str, str, str, str, bool, bool]]:
        """Every ruling: (product, person, role, what the policy said, what it became, a line was opened, it went bad).

        Bad: a loan of the line was ever of a class below special mention.
        """
        return self.rows(
            """select d.product_id, r.person, r.role, d.outcome, r.outcome, l.line_id is not null,
                      coalesce(exists (select from loan n join class_change c on c.loan_id = n.loan_id
                                       where n.line_id = l.line_id
                                         and c.class in ('substandard', 'doubtful', 'loss')), false)
               from ruling r join decision d on d.decision_id = r.decision_id
               left join line l on l.decision_id = r.ruled_id
               order by r.ruled_at, r.decision_id"""
        )
