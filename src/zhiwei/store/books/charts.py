"""A tenant's chart of accounts: the standard one with what the tenant renamed, renumbered and added."""

from collections.abc import Iterable

from zhiwei.ledger import CHART, Account, Chart, Side
from zhiwei.store.table import Store


class Charts(Store):
    def chart(self) -> Chart:
        """The chart in force: an account, once there, stays, since entries may name it."""
        rows = self.rows(
            """select distinct on (name) number, name, zh, en, side, contra, sure from account
               order by name, recorded_at desc"""
        )
        return CHART.changed(
            Account(number, name, zh, en, Side(side), contra, sure) for number, name, zh, en, side, contra, sure in rows
        )

    def adopt(self, accounts: Iterable[Account], person: str) -> int:
        """Put accounts in force beside or in place of those there are; counts the changed. ValueError as of `Chart`."""
        current = self.chart()
        fresh = [account for account in accounts if current.get(account.name) != account]
        current.changed(fresh)
        for account in fresh:
            self.run(
                """insert into account (tenant_id, name, number, zh, en, side, contra, sure, person)
                   values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
                self.tenant, account.name, account.number, account.zh, account.en, account.side, account.contra,
                account.sure, person,
            )  # fmt: skip
        return len(fresh)
