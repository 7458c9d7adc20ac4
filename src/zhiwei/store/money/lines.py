"""Lines, what people changed of them, sub-limits, and payouts on their way."""

from collections.abc import Sequence
from datetime import date

from zhiwei.journeys.ports import LineChange, Payout
from zhiwei.loans import Line
from zhiwei.store.table import Store

LINE = """line_id, party_id, product_id, product_hash, decision_id, credit_limit, annual_rate, opened_on, expires_on,
           status, used, held, credit, bucket, frozen_because, posted, last_event, late_from, draws"""
PAYOUT = "payout_id, line_id, loan_id, amount, value_date, status, bank_ref, sub_limit"


class Lines(Store):
    def add(self, line: Line) -> int:
        """-> the line's bucket, which follows from its party."""
        row = self.row(
            f"""insert into line (tenant_id, {LINE.replace("bucket, ", "")})
                values (%s{", %s" * 18}) returning bucket""",
            self.tenant, line.line_id, line.party, line.product, line.product_hash, line.decision, line.limit,
            line.annual_rate, line.opened_on, line.expires_on, line.status, line.used, line.held, line.credit,
            line.frozen_because, line.posted, line.last_event, line.late_from,
            line.draws,
        )  # fmt: skip
        return int(row[0]) if row else 0

    def get(self, line_id: str) -> Line | None:
        row = self.row(f"select {LINE} from line where line_id = %s", line_id)
        return Line(*row) if row else None

    def known(self, line_ids: Sequence[str]) -> dict[str, Line]:
        return {
            row[0]: Line(*row) for row in self.rows(f"select {LINE} from line where line_id = any(%s)", list(line_ids))
        }

    def lock(self, line_ids: Sequence[str]) -> dict[str, Line]:
        """The lines, locked in one order by everyone, so that two batches cannot wait for each other."""
        found = self.rows(
            f"select {LINE} from line where line_id = any(%s) order by line_id for update", list(line_ids)
        )
        return {row[0]: Line(*row) for row in found}

    def of_party(self, party: str) -> list[Line]:
        """All lines of a party, which no one else can open or read so until this transaction ends."""
        self.hold([party])
        return self.of_parties([party])

    def of_parties(self, parties: Sequence[str]) -> list[Line]:
        """All lines of these, as they are now; others may open more, unless these are held."""
        found = self.rows(
            f"select {LINE} from line where party_id = any(%s) order by opened_on, line_id", list(parties)
        )
        return [Line(*row) for row in found]

    def hold(self, parties: Sequence[str]) -> None:
        """Nobody else opens a line of any of these until this transaction ends.

        Whoever needs several asks for all of them at once: they are locked in one order by everyone.
        """
        self.run(
            "select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest(%s::text[]) k",
            [f"{self.tenant} {party}" for party in sorted(set(parties))],
        )

    def all(self) -> list[Line]:
        return [Line(*row) for row in self.rows(f"select {LINE} from line order by line_id")]

    def expired(self, on: date, first: int, last: int) -> list[str]:
        """Lines of some buckets that are still open or frozen on the day they end, or later."""
        rows = self.rows(
            """select line_id from line where status in ('open', 'frozen') and expires_on <= %s
               and bucket between %s and %s order by line_id""", on, first, last,
        )  # fmt: skip
        return [row[0] for row in rows]

    # --- sub-limits and changes ---------------------------------------------------------------------------------------

    def sub_limit(self, line_id: str, name: str) -> tuple[int, int] | None:
        """(limit, what is used and held under it), or None where the line has no such sub-limit."""
        row = self.row(
            """select s.credit_limit,
                      coalesce((select sum(principal) from loan l where l.tenant_id = s.tenant_id
                                and l.line_id = s.line_id and l.sub_limit = s.name), 0)::bigint
                    + coalesce((select sum(amount) from payout p where p.tenant_id = s.tenant_id
                                and p.line_id = s.line_id and p.sub_limit = s.name and p.status = 'ordered'), 0)::bigint
               from sub_limit s where s.line_id = %s and s.name = %s""", line_id, name,
        )  # fmt: skip
        return (int(row[0]), int(row[1])) if row else None

    def set_sub_limit(self, line_id: str, name: str, limit: int) -> None:
        self.run(
            """insert into sub_limit (tenant_id, line_id, name, credit_limit) values (%s, %s, %s, %s)
               on conflict (tenant_id, line_id, name) do update set credit_limit = excluded.credit_limit""",
            self.tenant, line_id, name, limit,
        )  # fmt: skip

    def sub_limits(self, line_id: str) -> list[tuple[str, int]]:
        return [
            (name, int(limit))
            for name, limit in self.rows(
                "select name, credit_limit from sub_limit where line_id = %s order by name", line_id
            )
        ]

    def limits_before_cuts(self) -> dict[str, int]:
        """The highest limit, in 分, that each line that was ever cut was cut from."""
        rows = self.rows(
            "select line_id, max(was::numeric * 100)::bigint from line_change where what = 'cut' group by line_id"
        )
        return {line: int(limit) for line, limit in rows}

    def record(self, change: LineChange) -> None:
        self.run(
            """insert into line_change (tenant_id, change_id, line_id, value_date, what, was, becomes, because, person)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            self.tenant, change.change_id, change.line, change.on, change.what, change.was, change.becomes,
            change.because, change.person,
        )  # fmt: skip

    def changes(self, line_ids: Sequence[str]) -> list[LineChange]:
        """What people changed of these lines, in the order of their days."""
        found = self.rows(
            """select change_id, line_id, value_date, what, was, becomes, because, person from line_change
               where line_id = any(%s) order by value_date, recorded_at, change_id""", list(line_ids),
        )  # fmt: skip
        return [LineChange(*row) for row in found]

    # --- payouts ------------------------------------------------------------------------------------------------------

    def payouts(self, *, status: str | None = None, line: str | None = None) -> list[Payout]:
        found = self.rows(
            f"""select {PAYOUT} from payout
                where (%s::text is null or status = %s) and (%s::text is null or line_id = %s)
                order by value_date, payout_id""",
            status, status, line, line,
        )  # fmt: skip
        return [Payout(*row) for row in found]

    def payouts_of(self, payout_ids: Sequence[str]) -> dict[str, Payout]:
        found = self.rows(f"select {PAYOUT} from payout where payout_id = any(%s)", list(payout_ids))
        return {row[0]: Payout(*row) for row in found}
