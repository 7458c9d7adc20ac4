"""Parties and their consents."""

from collections.abc import Iterable, Sequence

from zhiwei.borrower import Consent, Party
from zhiwei.store.table import Store


class Parties(Store):
    def add_tenant(self) -> None:
        self.run("insert into tenant (tenant_id) values (%s) on conflict do nothing", self.tenant)

    def add(self, parties: Iterable[Party]) -> int:
        """Count of those that were new; a party that is known stays as it is."""
        return self.run_many(
            "insert into party (tenant_id, party_id, name, source) values (%s, %s, %s, %s) on conflict do nothing",
            [(self.tenant, party.party_id, party.name, party.source) for party in parties],
        )

    def ids(self, source: str | None = None) -> list[str]:
        """All parties, E2 before E10: by length, then by text."""
        return [row[0] for row in self.rows(
            """select party_id from party where %s::text is null or source = %s
               order by length(party_id), party_id collate "C" """, source, source,
        )]  # fmt: skip

    def sources(self, parties: Sequence[str]) -> dict[str, str]:
        return dict(self.rows("select party_id, source from party where party_id = any(%s)", list(parties)))

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
