"""The network of parties: written whole, snapshot by snapshot, and asked one party at a time.

Every step of a walk reads the heaviest edges of each party and one more; the one more says that there were others.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
import pyarrow as pa

from zhiwei.borrower.relations import SHARED
from zhiwei.credit.antifraud.typologies.invoicing import Ring
from zhiwei.credit.antifraud.walks import FAN_OUT, Frontier, Step
from zhiwei.journeys.network import Made, Mark, Near, Snapshot, Standing
from zhiwei.store.table import Store

CHUNK = 500_000  # rows copied at once
_IN_FORCE = "not exists (select from party_ended e where e.what_id = {} and e.ended_on <= %s)"


class Network(Store):
    def snapshot(self) -> Snapshot | None:
        row = self.row(
            "select snapshot, as_of, parties, edges, left_out from network_snapshot order by snapshot desc limit 1"
        )
        return Snapshot(*row) if row else None

    def build(self, as_of: date, made: Made, person: str) -> Snapshot:
        """A new snapshot in the place of the one before; whoever asks meanwhile is answered from that one."""
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 10))", self.tenant)
        row = self.row(
            """insert into network_snapshot (tenant_id, as_of, parties, edges, left_out, person)
               values (%s, %s, %s, %s, %s, %s) returning snapshot""",
            self.tenant, as_of, made.standings.num_rows, made.edges.num_rows, made.left_out, person,
        )  # fmt: skip
        assert row is not None
        number = int(row[0])
        tables = {"network_edge": made.edges, "network_party": made.standings, "network_circle": made.circles}
        for name, rows in tables.items():
            self._copy(name, rows, number)
            self.run(f"delete from {name} where snapshot < %s", number)
        return Snapshot(number, as_of, made.standings.num_rows, made.edges.num_rows, made.left_out)

    def _copy(self, table: str, rows: pa.Table, number: int) -> None:
        """By way of a table of its own, since rows cannot be copied into one under row-level security."""
        names, staged = ", ".join(rows.column_names), f"staged_{table}"
        self.run(f"create temp table {staged} on commit drop as select {names} from {table} with no data")
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"copy {staged} ({names}) from stdin (format csv)") as copy,
        ):
            for start in range(0, rows.num_rows, CHUNK):
                copy.write(pl.DataFrame(rows.slice(start, CHUNK)).write_csv(include_header=False).encode())
        self.run(
            f"insert into {table} (tenant_id, snapshot, {names}) select %s, %s, {names} from {staged}",
            self.tenant, number,
        )  # fmt: skip

    def links(self, as_of: date) -> list[tuple[str, str, str, date]]:
        """(from, kind, to, since) of every link in force on a day."""
        return self.rows(
            f"""select from_party, kind, to_party, min(since) from party_link
                where since <= %s and {_IN_FORCE.format("link_id")} group by 1, 2, 3 order by 1, 2, 3""",
            as_of, as_of,
        )  # fmt: skip

    def shared(self, as_of: date) -> list[tuple[str, list[str], list[date]]]:
        """(kind, parties, since when each) of every identifier that several parties hold on a day."""
        return self.rows(
            f"""select kind, array_agg(party_id order by party_id), array_agg(since order by party_id)
                from (select kind, value_index, party_id, min(since) as since from party_identifier
                      where kind = any(%s) and since <= %s and {_IN_FORCE.format("identifier_id")}
                      group by 1, 2, 3) held
                group by kind, value_index having count(*) > 1 order by 1, 2""",
            list(SHARED), as_of, as_of,
        )  # fmt: skip

    def traces(self, party: str, on: date) -> list[tuple[str, str, str, date]]:
        """(kind, hash, holder, since) of identifiers that this party holds, with all who hold the same."""
        return self.rows(
            """select distinct b.kind, b.value_index, b.party_id, b.since
               from party_identifier a join party_identifier b on b.value_index = a.value_index and b.kind = a.kind
               where a.party_id = %s and a.kind = any(%s) and b.since <= %s order by 1, 2, 3, 4""",
            party, list(SHARED), on,
        )  # fmt: skip

    def standing(self, snapshot: int, party: str) -> Standing | None:
        row = self.row(
            """select party_id, component, component_size, guarantee_core, guarantee_ring, sold, circled, risk
               from network_party where party_id = %s and snapshot = %s""", party, snapshot,
        )  # fmt: skip
        return Standing(*row) if row else None

    def circles(self, snapshot: int, party: str) -> list[Ring]:
        """Those the batch found through a party, told from it on."""
        found = self.rows(
            """select array_agg(other.party_id order by other.place), array_agg(other.amount order by other.place),
                      mine.place
               from network_circle mine join network_circle other using (snapshot, circle)
               where mine.party_id = %s and mine.snapshot = %s group by mine.circle, mine.place order by mine.circle""",
            party, snapshot,
        )  # fmt: skip
        return [
            Ring((*parties[place:], *parties[:place]), (*amounts[place:], *amounts[:place]))
            for parties, amounts, place in found
        ]

    def hop(self, snapshot: int, kind: str, frontier: Frontier, alike: float, *, into: bool = False) -> list[Step]:
        """The heaviest edges of a kind out of (or `into`) each place that keep the amounts of a way `alike`.

        The one after the last is told apart: where it could have counted, the walk did not see everything.
        """
        here, there, rank = ("to_party", "from_party", "in_rank") if into else ("from_party", "to_party", "out_rank")
        found = self.rows(
            f"""select f.place, e.other, e.weight, e.rank
               from unnest(%s::text[], %s::bigint[], %s::bigint[]) with ordinality f (at, low, high, place)
               cross join lateral (
                 select {there} as other, weight, {rank} as rank from network_edge
                 where {here} = f.at and {rank} <= %s and kind = %s and snapshot = %s
                   and (f.high = 0 or (weight * %s >= f.high and (weight <= f.low * %s or {rank} > %s)))
                 order by {rank} limit %s
               ) e order by f.place, e.rank""",
            frontier.at, frontier.low, frontier.high, FAN_OUT + 1, kind, snapshot, alike, alike, FAN_OUT, FAN_OUT + 1,
        )  # fmt: skip
        return [Step(place - 1, to, weight, place_of > FAN_OUT) for place, to, weight, place_of in found]

    def near(self, snapshot: int, party: str, hops: int, on: date) -> tuple[list[Near], list[str]]:
        """Marked parties within so many steps of any kind, either way, shortest way each; and whose edges were cut."""
        found = self.rows(
            f"""with recursive walk (at, hops, path, kinds, beyond) as (
                  select %s::text, 0, array[%s::text], '{{}}'::text[], false
                  union all
                  select s.other, w.hops + 1, w.path || s.other, w.kinds || s.kind, s.rank > %s
                  from walk w cross join lateral (
                    select to_party as other, kind, out_rank as rank from network_edge
                    where from_party = w.at and out_rank <= %s and snapshot = %s
                    union all
                    select from_party, kind, in_rank from network_edge
                    where to_party = w.at and in_rank <= %s and snapshot = %s
                  ) s
                  where w.hops < %s and not w.beyond and s.other <> all (w.path)
                ), marked as (
                  select distinct on (w.at, m.mark_id) w.path, w.kinds, m.*
                  from walk w cross join lateral (
                    select mark_id, party_id, why, evidence, since, person from network_mark
                    where party_id = w.at and since <= %s and {_IN_FORCE.format("mark_id")}
                    offset 0  -- by index, for each place: hashing all marks takes longer than the walk
                  ) m
                  where not w.beyond order by w.at, m.mark_id, w.hops, w.path
                )
                select path, kinds, mark_id, party_id, why, evidence, since, person from marked
                union all
                select distinct array[path[array_length(path, 1) - 1]], null::text[], null, null, null, null,
                       null::date, null
                from walk where beyond""",
            party, party, FAN_OUT, FAN_OUT + 1, snapshot, FAN_OUT + 1, snapshot, hops, on, on,
        )  # fmt: skip
        near = [
            Near(Mark(row[2], row[3], row[4], row[5], row[6], None, row[7]), tuple(row[0]), tuple(row[1]))
            for row in found
            if row[2] is not None
        ]
        cut = sorted(row[0][0] for row in found if row[2] is None)
        return sorted(near, key=lambda one: (len(one.path), one.path)), cut

    def group(self, snapshot: int, party: str, kind: str, most: int) -> list[tuple[str, str, int, date]]:
        """(from, to, weight, since) of edges of a kind among the first so many parties that hang together by it."""
        return self.rows(
            """with recursive hanging (at) as (
                 select %s::text
                 union
                 select s.other from hanging h cross join lateral (
                   select to_party as other from network_edge
                   where from_party = h.at and out_rank <= %s and kind = %s and snapshot = %s
                   union all
                   select from_party from network_edge
                   where to_party = h.at and in_rank <= %s and kind = %s and snapshot = %s
                 ) s
               ), chosen as materialized (select at from hanging limit %s)
               select e.from_party, e.to_party, e.weight, e.first_on
               from chosen join network_edge e on e.from_party = chosen.at
               where e.kind = %s and e.snapshot = %s and e.out_rank <= %s order by 1, 2""",
            party, FAN_OUT, kind, snapshot, FAN_OUT, kind, snapshot, most, kind, snapshot, FAN_OUT,
        )  # fmt: skip

    def mark(self, mark: Mark) -> bool:
        """Whether it was new."""
        return bool(self.run(
            """insert into network_mark (tenant_id, mark_id, party_id, why, evidence, since, person)
               values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            self.tenant, mark.mark_id, mark.party, mark.why, mark.evidence, mark.since, mark.person,
        ))  # fmt: skip

    def marks(self, on: date, parties: Sequence[str] | None = None) -> list[Mark]:
        """In force on a day, of these parties or of all."""
        whose, those = ("", []) if parties is None else ("and party_id = any(%s)", [list(parties)])
        found = self.rows(
            f"""select mark_id, party_id, why, evidence, since, person from network_mark m
                where since <= %s and {_IN_FORCE.format("mark_id")} {whose} order by since, party_id, mark_id""",
            on, on, *those,
        )  # fmt: skip
        return [Mark(row[0], row[1], row[2], row[3], row[4], None, row[5]) for row in found]
