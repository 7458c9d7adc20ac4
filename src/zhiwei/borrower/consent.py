"""Who allowed what, to whom, for which purpose, from when to when; without consent nothing is received or read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

from zhiwei.values import Refusal, identifier

PURPOSES = ("credit_assessment", "research")


@dataclass(frozen=True, slots=True)
class Consent:
    """`text_hash` is the SHA-256 of what was agreed; `until` None means until withdrawn.

    `recipient` is who may look besides the tenant, '' nobody. Not `recurring`: for one delivery. `withdrawn_on`: use
    ended at once, whatever day is asked about; what was decided before stays as it was.
    """

    consent_id: str
    party: str
    scope: str  # kind of record: invoices, tax_returns, ...
    purpose: str  # credit_assessment | research | ...
    since: date
    until: date | None
    text_hash: str
    evidence: str
    recipient: str = ""
    recurring: bool = True
    withdrawn_on: date | None = None
    delete_by: date | None = None

    def covers(self, scope: str, purposes: Iterable[str], on: date) -> bool:
        return self.scope == scope and self.purpose in purposes and self._runs(on)

    def _runs(self, on: date) -> bool:
        return self.withdrawn_on is None and self.since <= on and (self.until is None or on < self.until)


def give(party: str, scope: str, purpose: str, since: date, text_hash: str, evidence: str) -> Consent:
    """A consent whose id follows from its content, so that giving it twice is giving it once."""
    consent_id = identifier("con", party, scope, purpose, since, text_hash)
    return Consent(consent_id, party, scope, purpose, since, None, text_hash, evidence)


def allowed(consents: Iterable[Consent], scope: str, purposes: tuple[str, ...], *days: date) -> dict[str, list[str]]:
    """Party -> the consents that allow a scope on all of these days, each once; the first of each day."""
    found: list[dict[str, str]] = [{} for _ in days]
    for consent in consents:
        for each, on in zip(found, days, strict=True):
            if consent.covers(scope, purposes, on):
                each.setdefault(consent.party, consent.consent_id)
    everywhere = set(found[0]).intersection(*found[1:])
    return {party: list(dict.fromkeys(each[party] for each in found)) for party in found[0] if party in everywhere}


def require(
    consents: Iterable[Consent], party: str, scopes: Iterable[str], purposes: tuple[str, ...], *days: date,
    spent: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """The ids of the consents that allow these scopes on these days; Refusal names the scope that none covers.

    `spent`: those for one delivery under which one came. A consent to more comes before one that would be used up.
    """
    mine = sorted((consent for consent in consents if consent.party == party), key=lambda one: not one.recurring)
    used = dict[str, None]()
    for scope, on in product(scopes, days):
        covering = [consent for consent in mine if consent.covers(scope, purposes, on)]
        found = next((consent for consent in covering if consent.consent_id not in spent), None)
        if found is None:
            gone = max((c.withdrawn_on for c in mine if c.scope == scope and c.withdrawn_on), default=None)
            said = f"{party} has not allowed {scope} for {' or '.join(purposes)} on {on}"
            if covering:
                said = f"{party} allowed one delivery of {scope}, and it has come or is being asked for"
            raise Refusal(
                "no_consent", said + (f"; what it had allowed it withdrew on {gone}" if gone and not covering else ""),
                hint="ask the business for its consent, or choose a date the consent covers",
            )  # fmt: skip
        used[found.consent_id] = None
    return list(used)
