"""The doctor finds planted damage: each numbered truth is broken once, past every guard, and must bite."""

import psycopg

from zhiwei.bootstrap import Platform
from zhiwei.journeys import examine

# what is done to the database -> the truths that must say so (others may too)
DAMAGE = {
    "both sides of an entry": (
        """update journal_posting p set amount = amount + sign(amount)::int
           where funder = 'lead_bank' and account in ('loan_principal', 'cash')
             and entry_id = (select min(entry_id) from journal_entry where kind = 'drawn')""",
        {"INV-02", "INV-03", "INV-06"},
    ),
    "a cent from one funder to the other": (
        """update journal_posting set amount = amount + (case when account = 'cash' then -1 else 1 end)
             * (case when funder = 'lead_bank' then 1 else -1 end)
           where entry_id = (select min(entry_id) from journal_entry where kind = 'drawn')""",
        {"INV-06", "INV-12"},
    ),
    "an entry is gone": (
        """with gone as (delete from journal_posting
             where entry_id = (select min(entry_id) from journal_entry where kind = 'repaid') returning 1)
           select * from gone""",
        {"INV-02"},
    ),
    "a day's interest is gone": (
        """with gone as (delete from journal_posting
             where entry_id = (select min(entry_id) from journal_entry where kind = 'accrued') returning 1)
           select * from gone""",
        {"INV-11", "INV-12"},
    ),
    "a cent of interest of the wrong funder": (
        """update journal_posting set amount = amount + (case account when 'interest_income' then -1 else 1 end)
             * (case funder when 'lead_bank' then 1 else -1 end)
           where account in ('interest_receivable', 'interest_income') and entry_id =
             (select min(entry_id) from journal_entry where kind = 'accrued' and loan_id = '')""",
        {"INV-11", "INV-12"},
    ),
    "an entry written into a sealed day": (
        "update journal_entry set business_date = '2024-03-02' where kind = 'repaid'", {"INV-12"},
    ),
    "a line that the last close could not close": (
        """insert into set_aside (tenant_id, line_id, business_date, reason)
           select 'local', (select min(line_id) from line), max(business_date), 'broken' from shard_day""",
        {"INV-13"},
    ),
    "an entry of no event": (
        """with head as (insert into journal_entry (tenant_id, entry_id, number, kind, line_id, loan_id, value_date,
             business_date, currency)
             select tenant_id, 'forged', 99, 'charged', line_id, loan_id, '2024-03-22', '2024-03-22', 'CNY'
             from loan limit 1)
           insert into journal_posting (tenant_id, entry_id, number, account, funder, amount) values
             ('local', 'forged', 0, 'interest_receivable', 'lead_bank', 5),
             ('local', 'forged', 1, 'interest_income', 'lead_bank', -5)""",
        {"INV-02"},
    ),
    "an entry moved to another day": (
        "update journal_entry set value_date = value_date + 1 where kind = 'repaid'", {"INV-02"},
    ),
    "a loan's principal": ("update loan set principal = principal - 1", {"INV-03", "INV-04"}),
    "a payment that was made smaller": (
        "update event set amount = amount - 1, body = replace(body, amount::text, (amount - 1)::text)",
        {"INV-02", "INV-03"},
    ),
    "a loan's terms": (
        """update loan set terms = regexp_replace(terms, '"annual_rate":"0.0', '"annual_rate":"0.1')""",
        {"INV-10", "INV-11"},
    ),
    "what a line has in use": ("update line set used = used - 1", {"INV-04"}),
    "what a line holds": ("update line set held = held + 1", {"INV-04"}),
    "what we owe the borrower": ("update line set credit = credit + 1", {"INV-04"}),
    "a payout set back to ordered": ("update payout set status = 'ordered'", {"INV-04"}),
    "more in use than the limit": ("update line set used = credit_limit + 1", {"INV-04", "INV-05"}),
    "a limit below its use": ("update line set credit_limit = used - 1", {"INV-05"}),
    "words of a decision": ("update decision set document = replace(document, 'approve', 'Approve')", {"INV-07"}),
    "a decision's limit": ("update decision set credit_limit = credit_limit + 1", {"INV-07"}),
    "a fact a decision was made on": (
        """update decision set inputs = regexp_replace(inputs, '"sales_12m":"', '"sales_12m":"9')""", {"INV-07"},
    ),
    "a loan the day close will never look at again": ("update loan set next_on = null", {"INV-09"}),
    "a look put off by a year": ("update loan set next_on = next_on + 365", {"INV-09"}),
    "a loan classed better than it is": (
        "update loan set class = case class when 'normal' then 'loss' else 'normal' end", {"INV-09"},
    ),
    "a line's rate": ("update line set annual_rate = annual_rate / 2", {"INV-10"}),
    "a line's end": ("update line set expires_on = expires_on + 1000", {"INV-10"}),
    "a limit above the decision's": ("update line set credit_limit = credit_limit * 10", {"INV-10"}),
    "a payout said to have failed": ("update payout set status = 'failed'", {"INV-10"}),
    "a payout of another amount": ("update payout set amount = amount + 1", {"INV-10"}),
    "a name that was damaged": (
        "update party set name_sealed = left(name_sealed, -6) || 'AAAAA='", {"INV-14"},
    ),
    "a name that is not found": ("update party set name_index = 'x'", {"INV-14"}),
    "a day that was never closed": (
        """with unsealed as (delete from seal where business_date >= '2024-03-15')
           delete from business_day where business_date = '2024-03-15'""", {"INV-08"},
    ),
}  # fmt: skip


def wrong(platform: Platform) -> set[str]:
    return {finding.invariant for finding in examine(books=platform, by=platform.actor) if finding.wrong}


def test_a_sound_book_has_no_findings(platform: Platform, used_line: str) -> None:
    """And every truth was looked at: a check of nothing always holds."""
    findings = examine(books=platform, by=platform.actor)
    assert [finding.invariant for finding in findings] == [f"INV-{n:02d}" for n in range(1, 15)]
    assert [
        finding for finding in findings if finding.wrong or not (finding.checked or finding.invariant == "INV-13")
    ] == []


def test_planted_damage_is_found(platform: Platform, used_line: str) -> None:
    """Each damage is done, seen and undone on one database: triggers are off, as for somebody with the keys."""
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        tables = ["journal_entry", "journal_posting", "event", "decision", "business_day", "loan", "line", "payout",
                  "seal", "set_aside", "party"]  # fmt: skip
        for table in tables:
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"create table kept_{table} as table {table}")
        for what, (damage, truths) in DAMAGE.items():
            assert owner.execute(damage).rowcount > 0, what
            found = wrong(platform)
            assert truths <= found, what
            restore(owner, tables)
            assert wrong(platform) == set(), f"{what}: not undone"


def test_an_unbalanced_entry_is_found_and_does_not_blind_the_doctor(platform: Platform, used_line: str) -> None:
    """One posting changed by a cent: INV-01 names it, and the other truths are still looked at."""
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        owner.execute("alter table journal_posting disable trigger user")
        owner.execute("""update journal_posting set amount = amount + 1
                         where (entry_id, number) = (select entry_id, number from journal_posting
                                                     where account = 'loan_principal' order by 1, 2 limit 1)""")
    assert wrong(platform) >= {"INV-01", "INV-02"}


def restore(owner: psycopg.Connection, tables: list[str]) -> None:
    with owner.transaction():
        owner.execute("set local session_replication_role = replica")  # foreign keys rest while rows go and come
        for table in tables:
            owner.execute(f"delete from {table}")
            columns = owner.execute(
                """select string_agg(column_name, ', ') from information_schema.columns
                   where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'""", [table]
            ).fetchone()[0]  # fmt: skip
            owner.execute(f"insert into {table} ({columns}) select {columns} from kept_{table}")


def test_every_truth_bites() -> None:
    """INV-01 has a test of its own."""
    assert set.union(*(truths for _, truths in DAMAGE.values())) == {f"INV-{n:02d}" for n in range(2, 15)}
