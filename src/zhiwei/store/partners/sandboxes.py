"""Sandboxes, as the tenant that made them knows them, and as each knows itself."""

from datetime import date

from zhiwei.journeys.partners.ports import Sandbox
from zhiwei.store.table import Store


class Sandboxes(Store):
    """See `journeys.partners.ports.Sandboxes`."""

    def hold(self) -> None:
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 18))", self.tenant)

    def register(self, sandbox: str, client: str, person: str) -> int:
        return self.run(
            """insert into sandbox_made (tenant_id, sandbox, client_id, person) values (%s, %s, %s, %s)
               on conflict do nothing""", self.tenant, sandbox, client, person,
        )  # fmt: skip

    def end(self, sandbox: str, person: str) -> int:
        return self.run(
            "insert into sandbox_end (tenant_id, sandbox, person) values (%s, %s, %s) on conflict do nothing",
            self.tenant, sandbox, person,
        )  # fmt: skip

    def made(self) -> list[Sandbox]:
        rows = self.rows(
            """select m.sandbox, m.client_id, m.person, m.recorded_at, e.sandbox is not null
               from sandbox_made m left join sandbox_end e using (sandbox) order by m.recorded_at, m.sandbox"""
        )
        return [Sandbox(*row) for row in rows]

    def found(self, made_by: str, today: date, person: str) -> bool:
        """The tenant and its being a sandbox come at once: nobody sees it as a tenant like others in between."""
        new = self.run("insert into tenant (tenant_id) values (%s) on conflict do nothing", self.tenant)
        if new:
            self.run("insert into sandbox (tenant_id, made_by) values (%s, %s)", self.tenant, made_by)
            self.move(today, person)
        return self.made_by() == made_by

    def made_by(self) -> str | None:
        row = self.row("select made_by from sandbox")
        return row[0] if row else None

    def days(self) -> tuple[date, date] | None:
        row = self.row("select min(today), max(today) from sandbox_clock where sandbox = %s", self.tenant)
        return (row[0], row[1]) if row and row[0] else None

    def today(self) -> date | None:
        row = self.row("select max(today) from sandbox_clock where sandbox = %s", self.tenant)
        return row[0] if row else None

    def move(self, to: date, person: str) -> int:
        return self.run(
            """insert into sandbox_clock (tenant_id, sandbox, today, person) values (%s, %s, %s, %s)
               on conflict do nothing""", self.tenant, self.tenant, to, person,
        )  # fmt: skip

    def seize(self) -> bool:
        row = self.row("select pg_try_advisory_lock(hashtextextended(%s, 19))", self.tenant)
        return bool(row and row[0])

    def release(self) -> None:
        self.run("select pg_advisory_unlock(hashtextextended(%s, 19))", self.tenant)
