"""Lines, payouts, loans and payments. Events are appended; what is derived from them is kept beside for speed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from zhiwei.journeys.ports import Loan, Payout
from zhiwei.loans import Line, LoanTerms, Payment
from zhiwei.store.table import Store

_LINE = """line_id, party_id, product_id, product_hash, decision_id, credit_limit, annual_rate, opened_on, expires_on,
           status, used, held, credit"""
_PAYOUT = "payout_id, line_id, loan_id, amount, value_date, status, bank_ref"
_LOAN = """loan_id, line_id, party_id, amount, annual_rate, day_basis, drawn_on, matures_on, due_day, principal, posted,
           oldest_due, class, next_on"""


class Lines(Store):
    def add(self, line: Line) -> None:
        self.run(
            f"insert into line (tenant_id, {_LINE}) values (%s" + ", %s" * 13 + ")",
            self.tenant, line.line_id, line.party, line.product, line.product_hash, line.decision, line.limit,
            line.annual_rate, line.opened_on, line.expires_on, line.status, line.used, line.held, line.credit,
        )  # fmt: skip

    def get(self, line_id: str) -> Line | None:
        row = self.row(f"select {_LINE} from line where line_id = %s", line_id)
        return Line(*row) if row else None

    def lock(self, line_ids: Sequence[str]) -> dict[str, Line]:
        """The lines, locked in one order by everyone, so that two batches cannot wait for each other."""
        found = self.rows(
            f"select {_LINE} from line where line_id = any(%s) order by line_id for update", list(line_ids)
        )
        return {row[0]: Line(*row) for row in found}

    def save(self, line: Line) -> None:
        self.run(
            "update line set status = %s, used = %s, held = %s, credit = %s where line_id = %s",
            line.status, line.used, line.held, line.credit, line.line_id,
        )  # fmt: skip

    def of_party(self, party: str) -> list[Line]:
        """All lines of a party, which no one else can open or read so until this transaction ends."""
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", f"{self.tenant} {party}")
        return [
            Line(*row) for row in self.rows(f"select {_LINE} from line where party_id = %s order by opened_on", party)
        ]

    def all(self) -> list[Line]:
        return [Line(*row) for row in self.rows(f"select {_LINE} from line order by line_id")]

    def order(self, payout: Payout) -> None:
        self.run(
            f"insert into payout (tenant_id, {_PAYOUT}) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            self.tenant, payout.payout_id, payout.line, payout.loan, payout.amount, payout.value_date, payout.status,
            payout.bank_ref,
        )  # fmt: skip

    def payouts(self, *, status: str | None = None, line: str | None = None) -> list[Payout]:
        found = self.rows(
            f"""select {_PAYOUT} from payout
                where (%s::text is null or status = %s) and (%s::text is null or line_id = %s)
                order by value_date, payout_id""",
            status, status, line, line,
        )  # fmt: skip
        return [Payout(*row) for row in found]

    def payout(self, payout_id: str) -> Payout | None:
        row = self.row(f"select {_PAYOUT} from payout where payout_id = %s", payout_id)
        return Payout(*row) if row else None

    def finish(self, payout: Payout) -> None:
        self.run(
            "update payout set status = %s, bank_ref = %s where payout_id = %s and status = 'ordered'",
            payout.status, payout.bank_ref, payout.payout_id,
        )  # fmt: skip


class Loans(Store):
    def add(self, loan: Loan) -> None:
        terms = loan.terms
        self.run(
            f"insert into loan (tenant_id, {_LOAN}) values (%s" + ", %s" * 14 + ")",
            self.tenant, loan.loan_id, loan.line, loan.party, terms.principal, terms.annual_rate, terms.day_basis,
            terms.drawn_on, terms.matures_on, terms.due_day, loan.principal, loan.posted, loan.oldest_due,
            loan.asset_class, loan.next_on,
        )  # fmt: skip

    def of_lines(self, line_ids: Sequence[str]) -> list[Loan]:
        return self._loans("line_id = any(%s)", list(line_ids))

    def awaiting(self, on: date) -> list[Loan]:
        """Loans that the close of this day must look at."""
        return self._loans("next_on <= %s", on)

    def all(self) -> list[Loan]:
        return self._loans("true")

    def _loans(self, condition: str, *values: object) -> list[Loan]:
        return [
            _loan(row) for row in self.rows(f"select {_LOAN} from loan where {condition} order by loan_id", *values)
        ]

    def save(self, loans: Iterable[Loan]) -> None:
        self.run_many(
            """update loan set principal = %s, posted = %s, oldest_due = %s, class = %s, next_on = %s
               where loan_id = %s""",
            [
                (loan.principal, loan.posted, loan.oldest_due, loan.asset_class, loan.next_on, loan.loan_id)
                for loan in loans
            ],
        )

    def payments(self, loan_ids: Sequence[str]) -> dict[str, list[Payment]]:
        """Each loan's payments in order."""
        found: defaultdict[str, list[Payment]] = defaultdict(list)
        rows = self.rows(
            "select loan_id, value_date, amount, source from payment where loan_id = any(%s) order by loan_id, number",
            list(loan_ids),
        )
        for loan_id, value_date, amount, source in rows:
            found[loan_id].append(Payment(value_date, amount, source))
        return dict(found)

    def pay(self, payments: Iterable[tuple[str, int, Payment]]) -> None:
        self.run_many(
            """insert into payment (tenant_id, loan_id, number, value_date, amount, source)
               values (%s, %s, %s, %s, %s, %s)""",
            [(self.tenant, loan, number, p.value_date, p.amount, p.source) for loan, number, p in payments],
        )

    def record_class(self, loan_id: str, since: date, asset_class: str) -> None:
        self.run(
            """insert into class_change (tenant_id, loan_id, since, class) values (%s, %s, %s, %s)
               on conflict do nothing""",
            self.tenant, loan_id, since, asset_class,
        )  # fmt: skip


def _loan(row: tuple[Any, ...]) -> Loan:
    loan_id, line, party, amount, rate, basis, drawn_on, matures_on, due_day, principal, posted, oldest, klass, on = row
    terms = LoanTerms(amount, rate, basis, drawn_on, matures_on, due_day)
    return Loan(loan_id, line, party, terms, principal, posted, oldest, klass, on)
