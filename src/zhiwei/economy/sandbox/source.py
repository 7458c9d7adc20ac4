"""The company from which the slow borrower's latest invoices come: down at first, and asked again each day."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zhiwei.adapters.pulling import Company, Policy, Pull, Request
from zhiwei.borrower.reading.mapping import Mapping as Columns
from zhiwei.economy.sandbox.people import invoices
from zhiwei.values import Outage

SOURCE = "tax_bureau"
DOWN = 3  # days from the first on which it does not answer
TRIES = 2  # a day

_COLUMNS = """
kind = "invoices"
required = ["direction", "invoice_no", "issue_date", "counterparty", "amount", "tax", "total", "status"]
[columns]
direction = ["direction"]
invoice_no = ["invoice_no"]
issue_date = ["issue_date"]
counterparty = ["counterparty"]
amount = ["amount"]
tax = ["tax"]
total = ["total"]
status = ["status"]
[formats]
dates = ["YYYY-MM-DD"]
unit = "分"
[values.direction]
sale = "sale"
purchase = "purchase"
[values.status]
valid = "valid"
void = "void"
"""
_FIELDS = ("direction", "invoice_no", "issue_date", "counterparty", "amount", "tax", "total", "status")


@dataclass(frozen=True)
class TaxBureau:
    """Answers what was invoiced in the window, once it answers. `starts_on`: the first day of the sandbox."""

    starts_on: date
    today: date
    name: str = SOURCE

    def fetch(self, request: Request) -> bytes:
        if self.today < self.starts_on + timedelta(days=DOWN):
            raise Outage(f"{self.name} does not answer")
        rows = invoices(self.starts_on, [request.party], request.since, min(request.until, self.today))
        if not rows.num_rows:
            return b""
        written = io.StringIO()
        lines = csv.DictWriter(written, _FIELDS, extrasaction="ignore", lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows.to_pylist())
        return written.getvalue().encode()


def companies_on(starts_on: date, today: date) -> Mapping[str, Company]:
    policy = Policy(attempts=TRIES, first_pause=0, longest_pause=0, failures=DOWN * TRIES + 1, rest=1)
    pull = Pull(TaxBureau(starts_on, today), policy=policy)
    company = Company(pull, "invoice_table", ("invoices",), file="invoices.csv", mapping=Columns.from_toml(_COLUMNS))
    return {SOURCE: company}
