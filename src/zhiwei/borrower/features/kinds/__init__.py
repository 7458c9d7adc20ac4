"""One module a kind of record: what its rows are seen as, and the groups of facts computed from them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.kinds import acquiring as _acquiring
from zhiwei.borrower.features.kinds import bank_flow as _bank_flow
from zhiwei.borrower.features.kinds import invoices as _invoices
from zhiwei.borrower.features.kinds import meters as _meters
from zhiwei.borrower.features.kinds import orders as _orders
from zhiwei.borrower.features.kinds import procurement as _procurement
from zhiwei.borrower.features.kinds import tax as _tax
from zhiwei.borrower.features.kinds.standing import bureau as _bureau
from zhiwei.borrower.features.kinds.standing import collateral as _collateral
from zhiwei.borrower.features.kinds.standing import courts as _courts
from zhiwei.borrower.features.kinds.standing import identity as _identity
from zhiwei.borrower.features.kinds.standing import registry as _registry
from zhiwei.borrower.features.windows import Rows
from zhiwei.borrower.records import KINDS

SEEN_AS: dict[str, tuple[type[Rows], tuple[Group[Any], ...]]] = {
    "invoices": (_invoices.Invoices, (_invoices.CORE, _invoices.MORE)),
    "tax_returns": (_tax.Returns, (_tax.RETURNS,)),
    "tax_ratings": (_tax.Ratings, (_tax.RATINGS,)),
    "bank_flow": (_bank_flow.BankFlow, (_bank_flow.FACTS,)),
    "acquiring": (_acquiring.Acquiring, (_acquiring.FACTS,)),
    "orders": (_orders.Orders, (_orders.FACTS,)),
    "procurement": (_procurement.Procurement, (_procurement.FACTS,)),
    "meters": (_meters.Meters, (_meters.FACTS,)),
    "registry": (_registry.Registry, (_registry.FACTS,)),
    "courts": (_courts.Courts, (_courts.FACTS,)),
    "bureau_accounts": (_bureau.Accounts, (_bureau.ACCOUNTS,)),
    "bureau_queries": (_bureau.Queries, (_bureau.QUERIES,)),
    "property": (_collateral.Property, (_collateral.PROPERTY,)),
    "pledges": (_collateral.Pledges, (_collateral.PLEDGES,)),
    "identity": (_identity.Identity, (_identity.FACTS,)),
}
"""Kind of record -> the view of its rows, and its facts."""


def see(
    tables: Mapping[str, pa.Table], parties: Sequence[str], as_of: date, covered: pa.Table | None = None
) -> dict[str, Rows]:
    """The rows of each table as seen on the day, and of each kind that files say they cover. KeyError for a kind that
    there is not.
    """
    told = [] if covered is None else sorted(set(covered["kind"].to_pylist()) - tables.keys())
    every = {**tables, **{kind: KINDS[kind].schema.empty_table() for kind in told}}
    return {kind: SEEN_AS[kind][0](table, parties, as_of, covered) for kind, table in every.items()}
