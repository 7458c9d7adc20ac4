"""Identifiers, roles and links of parties. Values of identifiers are sealed; who searches one asks for its hashes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from zhiwei.borrower.relations import SHARED, Held, Link, Role
from zhiwei.store.table import Store
from zhiwei.values import canonical

VALUE = "party_identifier.value"


class Relations(Store):
    def profile(self, party: str, body: Mapping[str, Any], person: str) -> None:
        self.run(
            "insert into party_profile (tenant_id, party_id, body, person) values (%s, %s, %s, %s)",
            self.tenant, party, canonical(body), person,
        )  # fmt: skip

    def profiles(self, parties: Sequence[str]) -> dict[str, dict[str, Any]]:
        found = self.rows(
            """select distinct on (party_id) party_id, body from party_profile where party_id = any(%s)
               order by party_id, number desc""", list(parties),
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

    def identifiers(self, parties: Sequence[str] | None) -> list[Held]:
        """Of these parties, or of all of the tenant's, in the order in which they were heard."""
        return self._held("%s::text[] is null or party_id = any(%s)", *[None if parties is None else list(parties)] * 2)

    def holders(self, kind: str, value: str) -> list[Held]:
        """Who ever held this value, however it was typed."""
        return self._held("value_index = any(%s) and kind = %s", self.vault.indexes(value, VALUE), kind)

    def _held(self, where: str, *values: object) -> list[Held]:
        found = self.rows(
            f"""select identifier_id, party_id, kind, value_sealed, since, ended_on, source, i.recorded_at
                from party_identifier i left join party_ended e on e.what_id = i.identifier_id
                where {where} order by i.recorded_at, identifier_id""", *values,
        )  # fmt: skip
        opened = self.vault.open_all([row[3] for row in found], VALUE)
        return [Held(*(*row[:3], value, *row[4:])) for row, value in zip(found, opened, strict=True)]

    def sharing(self, parties: Sequence[str]) -> list[tuple[str, str, str, str]]:
        """(party, kind of identifier, other party, identifier id of the other): who holds the same as one of these."""
        return self.rows(
            """select a.party_id, a.kind, b.party_id, b.identifier_id
               from party_identifier a join party_identifier b
                 on b.value_index = a.value_index and b.kind = a.kind and b.party_id <> a.party_id
               where a.party_id = any(%s) and a.kind = any(%s) order by 1, 2, 3""", list(parties), list(SHARED),
        )  # fmt: skip

    def reseal(self, most: int) -> int:
        """After a rotation: bring `most` values to the newest key; counts them, 0 when none is left."""
        found = self.rows(
            """select identifier_id, value_sealed from party_identifier where value_sealed not like %s || '%%'
               limit %s for update skip locked""", self.vault.prefix, most,
        )  # fmt: skip
        values = self.vault.open_all([sealed for _, sealed in found], VALUE)
        sealed = zip(found, self.vault.seal_all(values, VALUE), self.vault.index_all(values, VALUE), strict=True)
        return self.run_rows(
            """update party_identifier i set value_sealed = s.sealed, value_index = s.index
               from unnest(%s::text[], %s::text[], %s::text[]) s (identifier_id, sealed, index)
               where i.identifier_id = s.identifier_id""",
            [(identifier, value, index) for (identifier, _), value, index in sealed],
        )

    def add_roles(self, roles: Iterable[Role], person: str) -> int:
        return self.run_many(
            """insert into party_role (tenant_id, role_id, party_id, role, since, source, person)
               values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [(self.tenant, one.role_id, one.party, one.role, one.since, one.source, person) for one in roles],
        )

    def roles(self, parties: Sequence[str]) -> list[Role]:
        found = self.rows(
            """select role_id, party_id, role, since, ended_on, source, r.recorded_at
               from party_role r left join party_ended e on e.what_id = r.role_id
               where party_id = any(%s) order by r.recorded_at, role_id""", list(parties),
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

    def links(self, parties: Sequence[str]) -> list[Link]:
        """From or to any of these, ended ones among them."""
        found = self.rows(
            """select link_id, from_party, kind, to_party, share, since, ended_on, source, l.recorded_at
               from party_link l left join party_ended e on e.what_id = l.link_id
               where from_party = any(%s) or to_party = any(%s) order by l.recorded_at, link_id""",
            list(parties), list(parties),
        )  # fmt: skip
        return [Link(*row) for row in found]

    def end(self, what: str, on: date, because: str, person: str) -> bool:
        """Whether it was new; an end that was said stands."""
        return bool(
            self.run(
                """insert into party_ended (tenant_id, what_id, ended_on, because, person) values (%s, %s, %s, %s, %s)
                   on conflict do nothing""", self.tenant, what, on, because, person,
            )
        )  # fmt: skip
