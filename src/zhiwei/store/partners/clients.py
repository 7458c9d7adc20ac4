"""Clients of the API: their terms only grow, and one statement admits a call."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime

from zhiwei.journeys.partners.ports import Admitted, Call, Holding, Signature, Terms
from zhiwei.store.table import Store
from zhiwei.values.secrets import Secret

_TERMS = "client_id, status, scopes, jwks, thumbprints, per_minute, per_day, because, number"
_PATIENCE = "90 seconds"  # after it, a call that never answered may be made again

# The proof is used up, the call counted and its key claimed at once: two calls cannot both be the first. A key is
# claimed only by a call that goes on: one with a used proof, or one too many, leaves it to the next. What was signed is
# kept with the claim. What is written here need not survive a power cut by itself: what moves money is written after
# it, and then it does.
_ADMIT = f"""
with terms as (
  select number, status, per_minute, per_day from client_terms where client_id = %(client)s
  order by number desc limit 1),
fresh as (
  insert into proof_seen (tenant_id, client_id, proof, good_until)
  select %(tenant)s, %(client)s, %(proof)s, %(good_until)s where %(proof)s <> ''
  on conflict do nothing returning 1),
counted as (
  insert into client_calls as c (tenant_id, client_id, day, minute, in_minute, in_day)
  values (%(tenant)s, %(client)s, %(on)s, date_trunc('minute', now()), 1, 1)
  on conflict (client_id, day, tenant_id) do update set
    in_minute = case when c.minute = excluded.minute then c.in_minute + 1 else 1 end,
    minute = excluded.minute, in_day = c.in_day + 1
  returning in_minute, in_day),
may as (
  select 1 from terms, counted
  where status = 'active' and in_minute <= per_minute and in_day <= per_day
    and (%(proof)s = '' or exists (select from fresh))),
claimed as (
  insert into api_call as c (tenant_id, client_id, key, request_hash, claimed_until)
  select %(tenant)s, %(client)s, %(key)s, %(request_hash)s, now() + interval '{_PATIENCE}'
  from may where %(key)s <> ''
  on conflict (key, client_id, tenant_id) do update set claimed_until = excluded.claimed_until
    where c.status is null and c.claimed_until < now() and c.request_hash = excluded.request_hash
  returning 1),
kept as (
  insert into signed_request (tenant_id, request_id, client_id, key, method, path, body_sha256, signature)
  select %(tenant)s, %(request_id)s, %(client)s, %(key)s, %(method)s, %(path)s, %(body_sha256)s, %(jws)s
  from claimed where %(jws)s <> '')
select (select number from terms), (select count(*) from fresh), in_minute, in_day, (select count(*) from claimed),
       exists (select from client_holding where client_id = %(client)s and kind = %(kind)s and id = %(about)s),
       earlier.request_hash, earlier.status, earlier.answer
from counted left join api_call earlier
  on earlier.client_id = %(client)s and earlier.key = %(key)s
"""


class Clients(Store):
    """See `journeys.partners.ports.Clients`."""

    def add(self, client: str, name: str, person: str) -> int:
        return self.run(
            """insert into client (tenant_id, client_id, name, person) values (%s, %s, %s, %s)
               on conflict do nothing""", self.tenant, client, name, person,
        )  # fmt: skip

    def set_terms(self, terms: Terms, person: str, approved_by: str) -> int:
        row = self.row(
            """insert into client_terms (tenant_id, client_id, status, scopes, jwks, thumbprints, per_minute, per_day,
                                         because, person, approved_by)
               values (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s) returning number""",
            self.tenant, terms.client, terms.status, list(terms.scopes), json.dumps(dict(terms.jwks)),
            list(terms.thumbprints), terms.per_minute, terms.per_day, terms.because, person, approved_by,
        )  # fmt: skip
        assert row is not None
        return int(row[0])

    def lock(self, client: str) -> None:
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 11))", f"{self.tenant}:{client}")

    def terms(self, client: str) -> Terms | None:
        row = self.row(f"select {_TERMS} from client_terms where client_id = %s order by number desc limit 1", client)
        return _terms(row) if row else None

    def all(self) -> list[tuple[str, str, datetime, Terms]]:
        rows = self.rows(
            f"""select c.name, c.recorded_at, t.* from client c,
                  lateral (select {_TERMS} from client_terms t where t.client_id = c.client_id
                           order by number desc limit 1) t
                order by c.client_id"""
        )
        return [(row[2], row[0], row[1], _terms(row[2:])) for row in rows]

    def hold(self, client: str, held: Sequence[tuple[str, str]]) -> int:
        rows: list[tuple[object, ...]] = [(kind, one) for kind, one in dict.fromkeys(held)]
        return self.run_rows(
            """insert into client_holding (tenant_id, client_id, kind, id)
               select c.tenant_id, c.client_id, h.kind, h.id from client c, unnest(%s::text[], %s::text[]) h (kind, id)
               where c.client_id = %s on conflict do nothing""", rows, client,
        )  # fmt: skip

    def holds(self, client: str, kind: str, id: str) -> bool:
        row = self.row("select from client_holding where client_id = %s and kind = %s and id = %s", client, kind, id)
        return row is not None

    def held(self, client: str, kind: str, ids: Collection[str]) -> set[str]:
        rows = self.rows(
            "select id from client_holding where client_id = %s and kind = %s and id = any(%s)", client, kind, list(ids)
        )
        return {one for (one,) in rows}

    def holdings(self, client: str, kind: str, after: int, most: int) -> list[Holding]:
        rows = self.rows(
            """select id, number, recorded_at from client_holding
               where client_id = %s and kind = %s and number > %s order by number limit %s""",
            client, kind, after, most,
        )  # fmt: skip
        return [Holding(*row) for row in rows]

    def counted(self, client: str) -> dict[str, int]:
        rows = self.rows(
            "select kind, count(*) from client_holding where client_id = %s group by kind order by kind", client
        )
        return dict(rows)

    def holders(self, kind: str, id: str) -> list[str]:
        return [
            row[0] for row in self.rows("select client_id from client_holding where kind = %s and id = %s", kind, id)
        ]

    def token_keys(self) -> dict[str, Secret]:
        return self.vault.secrets("client.access_token")

    def admit(self, call: Call, on: date) -> Callable[[], Admitted]:
        """Sent with the unit's end in one packet: a client's calls come one by one through the row that counts them,
        and none of them holds it while another answer travels.
        """
        self.ask("set local synchronous_commit = off")
        said = asdict(call.signature or Signature("", "", "", "")) | {
            "tenant": self.tenant, "client": call.client, "proof": call.proof, "good_until": call.good_until, "on": on,
            "key": call.key, "request_hash": call.request_hash, "request_id": call.request_id,
            "kind": call.about[0], "about": call.about[1],
        }  # fmt: skip
        cursor = self.connection.execute(_ADMIT, said)

        def answer() -> Admitted:
            row = cursor.fetchone()
            assert row is not None
            number, fresh, in_minute, in_day, claimed, holds, *earlier = row
            return Admitted(
                number or 0, not call.proof or fresh == 1, in_minute, in_day, claimed == 1,
                None if claimed or earlier[0] is None else (earlier[0], earlier[1], earlier[2]), holds,
            )  # fmt: skip

        return answer

    def answered(self, client: str, key: str, status: int, answer: str) -> None:
        self.ask("set local synchronous_commit = off")
        self.ask(
            "update api_call set status = %s, answer = %s where client_id = %s and key = %s",
            status, answer, client, key,
        )  # fmt: skip

    def released(self, client: str, key: str) -> None:
        self.ask("delete from api_call where client_id = %s and key = %s and status is null", client, key)

    def add_test_key(self, client: str, key_hash: str) -> None:
        self.run(
            "insert into test_key (tenant_id, key_hash, client_id) values (%s, %s, %s)", self.tenant, key_hash, client
        )

    def client_of(self, key_hash: str) -> str | None:
        row = self.row("select client_id from test_key where key_hash = %s and revoked_at is null", key_hash)
        return row[0] if row else None

    def test_keys(self, client: str) -> int:
        row = self.row("select count(*) from test_key where client_id = %s and revoked_at is null", client)
        return row[0] if row else 0

    def revoke_test_keys(self, client: str) -> int:
        return self.run(
            "update test_key set revoked_at = clock_timestamp() where client_id = %s and revoked_at is null", client
        )

    def sweep(self, before: datetime, most: int = 10_000) -> int:
        old = f"any(array(select ctid from {{}} where {{}} limit {most}))"
        proofs = old.format("proof_seen", "good_until < now()")
        answers = old.format("api_call", "recorded_at < %s and (status is not null or claimed_until < now())")
        gone = self.run(f"delete from proof_seen where ctid = {proofs}")
        gone += self.run(f"delete from api_call where ctid = {answers}", before)
        return gone + self.run("delete from client_calls where day < %s", before.date())


def _terms(row: Sequence[object]) -> Terms:
    client, status, scopes, jwks, thumbprints, per_minute, per_day, because, number = row
    return Terms(
        client, status, tuple(scopes), jwks, tuple(thumbprints), per_minute, per_day, because, number,  # type: ignore[arg-type]
    )  # fmt: skip
