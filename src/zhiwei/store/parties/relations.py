"""Identifiers, roles and links of parties. Values of identifiers are sealed; who searches one asks for its hashes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from zhiwei.borrower.relations import Held, Link, Role
from zhiwei.store.table import SealedText, Store
from zhiwei.values import canonical

VALUE = "party_identifier.value"
FINGERPRINT = "party.fingerprint"
_ENDED = "left join party_ended e on e.what_id = {} and e.recorded_at <= k.known_at"
_KNOWN = "(select coalesce(%s::timestamptz, 'infinity') known_at) k"


class Relations(Store):
    def fingerprints(self, texts: Sequence[str]) -> list[str]:
        return [self.vault.fingerprint(text, FINGERPRINT) for text in texts]

    def hold(self, parties: Sequence[str]) -> None:
        """Always in one order, so that two who want the same do not wait for each other."""
        for party in sorted(set(parties)):
            self.run("select pg_advisory_xact_lock(hashtextextended(%s, 6))", f"{self.tenant} {party}")

    def profile(self, party: str, body: Mapping[str, Any], person: str) -> None:
        self.run(
            "insert into party_profile (tenant_id, party_id, body, person) values (%s, %s, %s, %s)",
            self.tenant, party, canonical(body), person,
        )  # fmt: skip

    def profiles(
        self, parties: Sequence[str], on: date | None = None, known_at: datetime | None = None
    ) -> dict[str, dict[str, Any]]:
        """The last one of each; on a day, the last of those that are told to hold from that day or before."""
        found = self.rows(
            f"""select distinct on (party_id) party_id, body from party_profile, {_KNOWN}
                where party_id = any(%s) and recorded_at <= k.known_at
                  and (%s::date is null or coalesce(body::jsonb ->> 'since', '-infinity')::date <= %s)
                order by party_id, number desc""", known_at, list(parties), on, on,
        )  # fmt: skip
        return {party: json.loads(body) for party, body in found}

    def add_identifiers(self, held: Iterable[Held], person: str) -> int:
        known = list(held)
        values = [one.value for one in known]
        sealed = zip(known, self.vault.seal_all(values, VALUE), self.vault.index_all(values, VALUE), strict=True)
        return self.run_many(
            """insert into party_identifier
                 (tenant_id, identifier_id, party_id, kind, value_sealed, value_index, since, source, person)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (self.tenant, one.identifier_id, one.party, one.kind, value, index, one.since, one.source, person)
                for one, value, index in sealed
            ],
        )

    def identifiers(self, parties: Sequence[str] | None, known_at: datetime | None = None) -> list[Held]:
        """Of these parties, or of all of the tenant's, in the order in which they were heard."""
        whose, values = ("", []) if parties is None else ("and party_id = any(%s)", [list(parties)])
        found = self.rows(f"{_HELD} where i.recorded_at <= k.known_at {whose} {_IN_ORDER}", known_at, *values)
        return self._opened(found)

    def held_by(self, values: Sequence[tuple[str, str]]) -> list[list[Held]]:
        asked = [
            (number, kind, index)
            for number, (kind, value) in enumerate(values)
            for index in self.vault.indexes(value, VALUE)
        ]
        if not asked:
            return []
        numbers, kinds, indexes = map(list, zip(*asked, strict=True))
        found = self.rows(
            f"""select w.number, h.* from unnest(%s::int[], %s::text[], %s::text[]) w (number, kind, index)
                join ({_HELD}) h on h.value_index = w.index and h.kind = w.kind order by h.recorded_at, h.party_id""",
            numbers, kinds, indexes, None,
        )  # fmt: skip
        answer: list[list[Held]] = [[] for _ in values]
        for (number, *_), held in zip(found, self._opened([row[1:] for row in found]), strict=True):
            answer[number].append(held)
        return answer

    def _opened(self, rows: list[tuple[Any, ...]]) -> list[Held]:
        opened = self.vault.open_all([row[3] for row in rows], VALUE)
        return [Held(*(*row[:3], value, *row[4:8])) for row, value in zip(rows, opened, strict=True)]

    def sharing(
        self, held: Sequence[Held], on: date, known_at: datetime | None, most: int
    ) -> list[tuple[str, int, list[str]]]:
        """By the hashes of every key, so that a rotation hides nobody."""
        asked = [(one.identifier_id, one.kind, index) for one in held for index in self.vault.indexes(one.value, VALUE)]
        if not asked:
            return []
        return self.rows(
            f"""select w.ours, count(distinct i.party_id),
                       (array_agg(distinct i.party_id order by i.party_id))[1:%s]
                from {_KNOWN}, unnest(%s::text[], %s::text[], %s::text[]) w (ours, kind, index)
                join party_identifier i on i.value_index = w.index and i.kind = w.kind
                left join party_ended e on e.what_id = i.identifier_id
                where i.recorded_at <= k.known_at and i.since <= %s
                  and (e.ended_on is null or %s < e.ended_on or e.recorded_at > k.known_at)
                group by 1 having count(distinct i.party_id) > 1 order by 1""",
            most, known_at, *map(list, zip(*asked, strict=True)), on, on,
        )  # fmt: skip

    def reseal(self, most: int) -> int:
        column = SealedText(VALUE, "party_identifier", "identifier_id", "value_sealed", "value_index")
        return self.reseal_text(column, most)

    def add_roles(self, roles: Iterable[Role], person: str) -> int:
        return self.run_many(
            """insert into party_role (tenant_id, role_id, party_id, role, since, source, person)
               values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [(self.tenant, one.role_id, one.party, one.role, one.since, one.source, person) for one in roles],
        )

    def roles(self, parties: Sequence[str], known_at: datetime | None = None) -> list[Role]:
        found = self.rows(
            f"""select role_id, party_id, role, since, ended_on, source, r.recorded_at
                from {_KNOWN} cross join party_role r {_ENDED.format("r.role_id")}
                where party_id = any(%s) and r.recorded_at <= k.known_at order by r.recorded_at, role_id""",
            known_at, list(parties),
        )  # fmt: skip
        return [Role(*row) for row in found]

    def add_links(self, links: Iterable[Link], person: str) -> int:
        return self.run_many(
            """insert into party_link (tenant_id, link_id, from_party, kind, to_party, share, since, source, person)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (self.tenant, one.link_id, one.party, one.kind, one.other, one.share, one.since, one.source, person)
                for one in links
            ],
        )

    def links(self, parties: Sequence[str], known_at: datetime | None = None) -> list[Link]:
        """From or to any of these, ended ones among them."""
        found = self.rows(
            f"""select link_id, from_party, kind, to_party, share, since, ended_on, source, l.recorded_at
                from {_KNOWN} cross join party_link l {_ENDED.format("l.link_id")}
                where (from_party = any(%s) or to_party = any(%s)) and l.recorded_at <= k.known_at
                order by l.recorded_at, link_id""",
            known_at, list(parties), list(parties),
        )  # fmt: skip
        return [Link(*row) for row in found]

    def whose(self, what: str) -> tuple[str, str] | None:
        return self.row(
            """select 'identifier', party_id from party_identifier where identifier_id = %s
               union all select 'role', party_id from party_role where role_id = %s
               union all select 'link', from_party from party_link where link_id = %s""", what, what, what,
        )  # fmt: skip

    def end(self, what: str, on: date, because: str, person: str) -> bool:
        """Whether it was new; an end that was said stands."""
        return bool(
            self.run(
                """insert into party_ended (tenant_id, what_id, ended_on, because, person) values (%s, %s, %s, %s, %s)
                   on conflict do nothing""", self.tenant, what, on, because, person,
            )
        )  # fmt: skip


_HELD = f"""select identifier_id, party_id, kind, value_sealed, since, ended_on, source, i.recorded_at, value_index
            from {_KNOWN} cross join party_identifier i {_ENDED.format("i.identifier_id")}"""
_IN_ORDER = "order by i.recorded_at, identifier_id"
