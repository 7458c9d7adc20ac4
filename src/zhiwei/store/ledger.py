"""The journal, the closed days, and the steps that make a journey happen once; none of it can be changed later."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from zhiwei.journeys.bookkeeping import ShardDay
from zhiwei.journeys.referred import Proposal
from zhiwei.ledger.journal import Entry, Posting
from zhiwei.store.table import Store
from zhiwei.values import DAY, Actor, Refusal, canonical

CLAIM = """insert into step (tenant_id, key, verb, request_hash)
           select %s, * from unnest(%s::text[], %s::text[], %s::text[]) n (key, verb, hash) order by key
           on conflict do nothing returning key"""
TAKEN = "select key, request_hash, result from step where key = any(%s)"


class Journal(Store):
    def entries(self, *, line: str | None = None) -> Iterator[Entry]:
        """Entries in order of value date and recording, of one line or of all."""
        rows = self.rows(
            """select e.entry_id, e.number, e.kind, e.line_id, e.loan_id, e.value_date, e.currency,
                      coalesce(e.reverses, ''), e.product_id,
                      array_agg(p.account order by p.number), array_agg(p.funder order by p.number),
                      array_agg(p.amount order by p.number)
               from journal_entry e join journal_posting p using (tenant_id, entry_id)
               where %s::text is null or e.line_id = %s
               group by e.tenant_id, e.entry_id
               order by e.value_date, e.recorded_at, e.loan_id = '', e.loan_id, e.number""",
            line, line,
        )  # fmt: skip
        for entry_id, number, kind, line_id, loan, value_date, currency, reverses, product, *columns in rows:
            postings = tuple(Posting(*posting) for posting in zip(*columns, strict=True))
            yield Entry(entry_id, number, kind, line_id, loan, value_date, postings, currency, reverses, product)

    def sums(self) -> Iterator[tuple[str, str, int]]:
        """(entry, funder, Σ amount) by the database's own arithmetic; every sum should be zero."""
        rows = self.rows("select entry_id, funder, sum(amount)::bigint from journal_posting group by 1, 2")
        yield from ((entry, funder, int(total)) for entry, funder, total in rows)

    def totals(self) -> list[tuple[str, str, int]]:
        """(account, funder, balance)."""
        rows = self.rows("select account, funder, sum(amount)::bigint from journal_posting group by 1, 2 order by 1, 2")
        return [(account, funder, int(total)) for account, funder, total in rows]

    def balances(self, account: str) -> list[tuple[str, str, int]]:
        """(product, funder, balance) of one account; an entry of a loan belongs to the loan's product."""
        rows = self.rows(
            """select coalesce(l.product_id, e.product_id), p.funder, sum(p.amount)::bigint
               from journal_posting p join journal_entry e using (tenant_id, entry_id)
               left join loan l on l.tenant_id = e.tenant_id and l.loan_id = e.loan_id
               where p.account = %s group by 1, 2""", account,
        )  # fmt: skip
        return [(product, funder, int(total)) for product, funder, total in rows]

    def of_funder(self, funder: str) -> list[tuple[date, str, str, int]]:
        """(value date, kind, account, Σ amount) of a funder's own book, day by day."""
        rows = self.rows(
            """select e.value_date, e.kind, p.account, sum(p.amount)::bigint
               from journal_posting p join journal_entry e using (tenant_id, entry_id)
               where p.funder = %s group by 1, 2, 3 order by 1, 2, 3""", funder,
        )  # fmt: skip
        return [(on, kind, account, int(total)) for on, kind, account, total in rows]


class Days(Store):
    def seize(self, first: int, last: int) -> None:
        """Wait until nobody holds these buckets, and let nobody, until this transaction ends: for closing their day."""
        self.run(
            "select pg_advisory_xact_lock(hashtextextended(%s, 1) + b) from generate_series(%s::int, %s) b",
            self.tenant, first, last,
        )  # fmt: skip

    def last_closed(self) -> date | None:
        """The last day that is closed for the whole book."""
        row = self.row("select max(business_date) from business_day")
        return row[0] if row else None

    def closed_to(self, buckets: Sequence[int]) -> dict[int, date | None]:
        """The last day closed for each bucket: while a close runs, some are a day ahead of the book."""
        return dict(self.rows("select b, closed_day(b) from unnest(%s::int[]) b", sorted(set(buckets))))

    def shards(self, on: date) -> list[ShardDay]:
        rows = self.rows(
            """select business_date, first_bucket, last_bucket, result from shard_day where business_date = %s
               order by first_bucket""", on,
        )  # fmt: skip
        return [ShardDay(*row) for row in rows]

    def close_shard(self, shard: ShardDay) -> None:
        self.run(
            """insert into shard_day (tenant_id, business_date, first_bucket, last_bucket, result)
               values (%s, %s, %s, %s, %s)""",
            self.tenant, shard.business_date, shard.first, shard.last, shard.result,
        )  # fmt: skip

    def set_aside(self, line: str, on: date, reason: str) -> None:
        self.run(
            """insert into set_aside (tenant_id, line_id, business_date, reason) values (%s, %s, %s, %s)
               on conflict do nothing""", self.tenant, line, on, reason[:500],
        )  # fmt: skip

    def aside(self) -> list[tuple[str, date, str]]:
        """Lines that the close of the last day that was closed (or is being closed) set aside."""
        rows = self.rows(
            """select line_id, business_date, reason from set_aside
               where business_date = (select max(business_date) from shard_day) order by line_id"""
        )
        return [(line, on, reason) for line, on, reason in rows]

    def close(self, on: date, loans_touched: int) -> None:
        self.run(
            "insert into business_day (tenant_id, business_date, loans_touched) values (%s, %s, %s)",
            self.tenant, on, loans_touched,
        )  # fmt: skip

    def gaps(self) -> list[tuple[str, bool]]:
        """Each closed day, and whether the day before it is closed too (or it is the first)."""
        closed = [row[0] for row in self.rows("select business_date from business_day order by 1")]
        known = set(closed)
        return [(str(day), day == closed[0] or day - DAY in known) for day in closed]


class Steps(Store):
    def claim(self, keys: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, Any] | Refusal]:
        """Take (key, verb, request hash) for this transaction; -> what the keys taken before were answered.

        Of two at once the second waits here for the first to end. A Refusal in place of an answer where a key asked for
        something else.
        """
        fresh = {row[0] for row in self.rows(CLAIM, self.tenant, *map(list, zip(*keys, strict=True)))}
        taken = [(key, request_hash) for key, _, request_hash in keys if key not in fresh]
        return answered(taken, self.rows(TAKEN, [key for key, _ in taken])) if taken else {}

    def answer(self, key: str) -> dict[str, Any] | None:
        """What a key was answered, without taking it; None where it was not."""
        row = self.row("select result from step where key = %s and result is not null", key)
        return json.loads(row[0]) if row else None

    def finish(self, results: Mapping[str, Mapping[str, Any]]) -> None:
        self.run_rows(
            """update step set result = n.result from unnest(%s::text[], %s::text[]) n (key, result)
               where step.tenant_id = %s and step.key = n.key""",
            [(key, canonical(dict(result))) for key, result in results.items()],
            self.tenant,
        )

    def audit(self, by: Actor, verb: str, requests: Sequence[str]) -> None:
        self.run(
            """insert into audit (tenant_id, person, role, verb, request)
               select %s, %s, %s, %s, request from unnest(%s::text[]) request""",
            self.tenant, by.person, by.role, verb, list(requests),
        )  # fmt: skip

    def propose(self, proposal: Proposal) -> None:
        self.run(
            """insert into proposal (tenant_id, proposal_id, verb, request, proposed_by) values (%s, %s, %s, %s, %s)""",
            self.tenant, proposal.proposal_id, proposal.verb, proposal.request, proposal.proposed_by,
        )  # fmt: skip

    def proposal(self, proposal_id: str) -> Proposal | None:
        """The proposal, locked until the transaction ends: it is approved once."""
        row = self.row(f"select {_PROPOSAL} from proposal where proposal_id = %s for update", proposal_id)
        return Proposal(*row) if row else None

    def proposals(self) -> list[Proposal]:
        """What waits for a second person, oldest first."""
        rows = self.rows(
            f"""select {_PROPOSAL} from proposal p where approved_by is null
                and not exists (select from party_merge_rejected r where r.proposal_id = p.proposal_id)
                order by recorded_at"""
        )
        return [Proposal(*row) for row in rows]

    def approve(self, proposal_id: str, person: str) -> None:
        self.run("update proposal set approved_by = %s where proposal_id = %s", person, proposal_id)


_PROPOSAL = "proposal_id, verb, request, proposed_by, approved_by"


def answered(
    keys: Iterable[tuple[str, str]], rows: Iterable[tuple[Any, ...]]
) -> dict[str, dict[str, Any] | Refusal]:  # fmt: skip
    """What each (key, request hash) was answered before, given the rows of TAKEN; a Refusal if it asked another thing.

    A key that is taken and has no answer is being answered by this transaction or by one that was cut off.
    """
    asked = dict(keys)
    return {
        key: json.loads(result) if result and kept == asked[key] else _reused(key)
        for key, kept, result in rows
    }  # fmt: skip


def _reused(key: str) -> Refusal:
    return Refusal(
        "key_reused", f"key {key.partition(':')[2]!r} was already used for another request",
        hint="use a new key for a new request; repeat a request with its own key",
    )  # fmt: skip
