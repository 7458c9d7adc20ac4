"""All checks on what is known of some parties: each typology looks at the records it needs, where they are there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from zhiwei.credit.antifraud.columns import Columns
from zhiwei.credit.antifraud.findings import Evidence, Finding, Searched, by_effect
from zhiwei.credit.antifraud.policy import Sieve, sieve
from zhiwei.credit.antifraud.typologies.applications import packaged_applications, velocity
from zhiwei.credit.antifraud.typologies.borrowing import multi_lending
from zhiwei.credit.antifraud.typologies.guarantees import Guarantee, guarantee_circles
from zhiwei.credit.antifraud.typologies.identity import identity_takeover
from zhiwei.credit.antifraud.typologies.invoicing import (
    Ring,
    abnormal_suppliers,
    circular_invoicing,
    declared_gap,
    energy_gap,
    mutual_trade,
    rings_of,
    sales_edges,
    top_face_amounts,
    vat_cit_gap,
    void_and_red,
    void_tax,
    young_sales,
)
from zhiwei.credit.antifraud.typologies.packaging import packaged_signs, taxes_in_a_lump
from zhiwei.credit.antifraud.typologies.pledging import double_pledging
from zhiwei.credit.antifraud.typologies.shells import shell_companies
from zhiwei.credit.antifraud.typologies.staff import early_defaults
from zhiwei.credit.antifraud.typologies.statements import forged_statements
from zhiwei.credit.antifraud.typologies.trading import round_trips, wash_orders, wash_takings


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of parties. `tables`: kind of record (and `applications`, `pledges`, `loans`) -> rows.

    None or an absent kind is "we could not look". `rings` None: circles are looked for in the invoices given.
    `bad`: marked parties, each with why; `near`: party -> the marked ones within two steps. `known`: kind -> parties
    of whom somebody looked; of a kind that is not there, all.
    """

    tables: Mapping[str, pa.Table]
    rings: Sequence[Ring] | None = None
    guarantees: Sequence[Guarantee] | None = None
    net_assets: Mapping[str, int] | None = None
    neighbours: Mapping[str, Sequence[str]] | None = None
    bad: Mapping[str, str] | None = None
    near: Mapping[str, Sequence[Evidence]] = field(default_factory=dict)
    known: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def there(self) -> set[str]:
        """What checks may look at, in the words of their `needs`."""
        others = {"guarantees": self.guarantees, "net_assets": self.net_assets, "marks": self.bad}
        return {*self.tables, *(name for name, value in others.items() if value is not None)}


def search(seen: Seen, parties: Collection[str], on: date) -> Searched:
    """Findings on these parties and on officers, heaviest first; nothing after `on` is seen."""
    checks = sieve(on)
    there = seen.there
    could = {name: check.needs for name, check in checks.checks.items() if there.issuperset(check.needs)}
    unseen = {
        party: frozenset(
            name for name, needs in could.items() if any(party not in seen.known.get(one, (party,)) for one in needs)
        )
        for party in parties
    }
    looked = tuple(name for name in could if not parties or any(name not in those for those in unseen.values()))
    columns = {name: Columns(rows) for name, rows in seen.tables.items()}  # several checks look at the same rows
    found = [*_invoices(checks, seen, columns, parties), *_flows(checks, columns), *_people(checks, seen, columns)]
    for party, evidence in seen.near.items():
        found += checks.found("near_bad_party", party, len(evidence), evidence)
    wanted = set(parties)
    mine = by_effect(one for one in found if one.party in wanted or one.check == "early_defaults")
    return Searched(mine, looked, unseen)


def _invoices(checks: Sieve, seen: Seen, tables: Mapping[str, Columns], parties: Collection[str]) -> list[Finding]:
    if "invoices" not in tables:
        return []
    invoices = tables["invoices"]
    rings = rings_of(sales_edges(invoices, checks)) if seen.rings is None else seen.rings
    found = [
        *circular_invoicing(checks, invoices, rings, parties),
        *mutual_trade(checks, invoices),
        *void_and_red(checks, invoices),
        *void_tax(checks, invoices),
        *top_face_amounts(checks, invoices),
        *abnormal_suppliers(checks, invoices, seen.bad or {}),
    ]
    if "tax_returns" in tables:
        found += declared_gap(checks, invoices, tables["tax_returns"])
    if "registry" in tables:
        found += young_sales(checks, invoices, tables["registry"])
    if "meters" in tables:
        found += energy_gap(checks, invoices, tables["meters"])
    return found


def _flows(checks: Sieve, tables: Mapping[str, Columns]) -> list[Finding]:
    found: list[Finding] = []
    if "bank_flow" in tables:
        found += [*forged_statements(checks, tables["bank_flow"]), *round_trips(checks, tables["bank_flow"])]
    if "orders" in tables:
        found += wash_orders(checks, tables["orders"])
    if "acquiring" in tables:
        found += wash_takings(checks, tables["acquiring"])
    if "tax_returns" in tables:
        found += [*vat_cit_gap(checks, tables["tax_returns"]), *taxes_in_a_lump(checks, tables["tax_returns"])]
    if "pledges" in tables:
        found += double_pledging(checks, tables["pledges"])
    return [*found, *multi_lending(checks, tables.get("bureau_queries"), tables.get("bureau_accounts"))]


def _people(checks: Sieve, seen: Seen, tables: Mapping[str, Columns]) -> list[Finding]:
    found: list[Finding] = []
    if "registry" in tables:
        meters = tables.get("meters")
        found += shell_companies(checks, tables["registry"], meters=meters, neighbours=seen.neighbours)
        returns, queries = tables.get("tax_returns"), tables.get("bureau_queries")
        found += packaged_signs(checks, tables["registry"], returns=returns, queries=queries)
    if "applications" in tables:
        found += [*packaged_applications(checks, tables["applications"]), *velocity(checks, tables["applications"])]
    if "identity" in tables:
        found += identity_takeover(checks, tables["identity"])
    if "loans" in tables:
        found += early_defaults(checks, seen.tables["loans"])
    if seen.guarantees is not None:
        found += guarantee_circles(checks, seen.guarantees, seen.net_assets)
    return found
