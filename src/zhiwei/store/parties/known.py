"""Parties and their consents. Names are sealed; whoever searches one asks for its keyed hashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from zhiwei.borrower import Consent, Party
from zhiwei.store.table import SealedText, Store

NAME = "party.name"


class Parties(Store):
    def add_tenant(self) -> None:
        self.run("insert into tenant (tenant_id) values (%s) on conflict do nothing", self.tenant)

    def is_tenant(self) -> bool:
        return self.row("select from tenant") is not None

    def add(self, parties: Iterable[Party]) -> int:
        """Count of those that were new; a party that is known stays as it is."""
        known = list(parties)
        names = [party.name for party in known]
        sealed = zip(known, self.vault.seal_all(names, NAME), self.vault.index_all(names, NAME), strict=True)
        return self.run_many(
            """insert into party (tenant_id, party_id, name_sealed, name_index, source) values (%s, %s, %s, %s, %s)
               on conflict do nothing""",
            [(self.tenant, party.party_id, name, index, party.source) for party, name, index in sealed],
        )

    def names(self, parties: Sequence[str]) -> dict[str, str]:
        found = self.rows("select party_id, name_sealed from party where party_id = any(%s)", list(parties))
        opened = self.vault.open_all([sealed for _, sealed in found], NAME)
        return dict(zip([party for party, _ in found], opened, strict=True))

    def named(self, name: str) -> list[str]:
        """Parties of this name, however it was typed."""
        found = self.rows(
            """select party_id from party where name_index = any(%s)
               order by length(party_id), party_id collate "C" """, self.vault.indexes(name, NAME),
        )  # fmt: skip
        return [row[0] for row in found]

    def key_ids(self) -> list[str]:
        """Keys that sealed something of this tenant here."""
        return [row[0] for row in self.rows("select key_id from tenant_key order by key_id")]

    def know_keys(self, key_ids: Iterable[str]) -> int:
        return self.run_many(
            "insert into tenant_key (tenant_id, key_id) values (%s, %s) on conflict do nothing",
            [(self.tenant, key_id) for key_id in key_ids],
        )

    def take_over(self, most: int) -> int:
        """Seal names that an earlier version stored in plain, `most` at a time; counts them, 0 when none is left.

        Each row changes as a whole, so it can stop anywhere; rows that another process is taking over are left to it.
        """
        found = self.rows(
            "select party_id, name from party where name is not null limit %s for update skip locked", most
        )
        names = [name for _, name in found]
        sealed = zip(found, self.vault.seal_all(names, NAME), self.vault.index_all(names, NAME), strict=True)
        return self.run_rows(
            """update party p set name = null, name_sealed = s.sealed, name_index = s.index
               from unnest(%s::text[], %s::text[], %s::text[]) s (party_id, sealed, index)
               where p.party_id = s.party_id and p.name is not null""",
            [(party, name, index) for (party, _), name, index in sealed],
        )

    def reseal(self, most: int) -> int:
        return self.reseal_text(SealedText(NAME, "party", "party_id", "name_sealed", "name_index"), most)

    def ids(self, source: str | None = None) -> list[str]:
        """All parties, E2 before E10: by length, then by text."""
        return [row[0] for row in self.rows(
            """select party_id from party where %s::text is null or source = %s
               order by length(party_id), party_id collate "C" """, source, source,
        )]  # fmt: skip

    def sources(self, parties: Sequence[str]) -> dict[str, str]:
        return dict(self.rows("select party_id, source from party where party_id = any(%s)", list(parties)))

    def known_since(self, parties: Sequence[str]) -> dict[str, datetime]:
        """When we first heard of each; who is not known is absent."""
        return dict(self.rows("select party_id, recorded_at from party where party_id = any(%s)", list(parties)))

    def add_consents(self, consents: Iterable[Consent]) -> int:
        return self.run_many(
            """insert into consent
                 (tenant_id, consent_id, party_id, scope, purpose, since, until, text_hash, evidence, recipient,
                  recurring)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (
                    self.tenant, c.consent_id, c.party, c.scope, c.purpose, c.since, c.until, c.text_hash, c.evidence,
                    c.recipient, c.recurring,
                )
                for c in consents
            ],
        )  # fmt: skip

    def consents(self, parties: Sequence[str]) -> list[Consent]:
        found = self.rows(
            """select c.consent_id, party_id, scope, purpose, since, until, text_hash, evidence, recipient, recurring,
                      w.withdrawn_on, w.delete_by
               from consent c left join consent_withdrawal w
                 on w.tenant_id = c.tenant_id and w.consent_id = c.consent_id
               where party_id = any(%s) order by c.recorded_at, c.consent_id""", list(parties),
        )  # fmt: skip
        return [Consent(*row) for row in found]
