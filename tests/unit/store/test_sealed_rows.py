"""Nothing personal in the clear: counterparties, differences, and every column of a database that has lived."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import psycopg
import pyarrow as pa
import pytest
from psycopg import sql
from stdnum import luhn
from stdnum.cn import ric

from zhiwei.adapters.keys import FileKeys
from zhiwei.bootstrap import Platform
from zhiwei.borrower import INVOICES, Party
from zhiwei.borrower.delivery import BAD_ROW, Delivery
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.journeys import (
    Permission,
    Source,
    differences,
    examine,
    give_consent,
    receive,
    receive_records,
    reconcile,
    resolve,
)
from zhiwei.ledger.reconcile import BankRow, Statement
from zhiwei.store import Database
from zhiwei.store import database as module

ON, LAST = date(2024, 3, 1), date(2024, 12, 31)
NAME, PHONE = "某甲五金商行", "13800138000"
IDENTITY = "11010519900307100" + ric.calc_check_digit("110105199003071000")
CARD = "622202020011234567" + luhn.calc_check_digit("622202020011234567")
ACCOUNT = "37040044053201"
PERSONAL = (NAME, "某甲", PHONE, IDENTITY, CARD, ACCOUNT)


def delivery(*counterparties: str, party: str = "G1", sha256: str = "2" * 64) -> Delivery:
    """Sales of 1 元 more each to these, and the party itself with a name."""
    rows = [
        {"party_id": party, "direction": "sale", "invoice_no": str(n), "issue_date": ON, "counterparty": name,
         "amount": 100 * n, "tax": 0, "total": 100 * n, "status": "valid", "occurrence": 1}
        for n, name in enumerate(counterparties, 1)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=INVOICES)
    known = [Party(party, NAME, "test")]
    return Delivery("test", "made", sha256, known, table, pl.DataFrame(schema=BAD_ROW), "research", "Yes.")


def add(platform: Platform, *counterparties: str, party: str = "G1", sha256: str = "2" * 64) -> int:
    """-> invoices that were new."""
    made = delivery(*counterparties, party=party, sha256=sha256)
    return receive(books=platform, by=platform.actor, deliveries=[made], folder="")[0].new_invoices


def counterparties(platform: Platform, party: str = "G1", tenant: str = "local") -> list[str]:
    with platform.database.unit(tenant) as unit:
        rows = unit.records.invoices([party], ON, LAST).sort_by("amount")
        assert rows.schema == INVOICES
    return rows["counterparty"].to_pylist()


def put_plain(owner: psycopg.Connection, count: int) -> None:
    """Invoices as an earlier version left them: G1 sold to three firms by turns."""
    owner.execute("alter table invoice drop constraint never_plain_again")
    owner.execute("insert into party (tenant_id, party_id, name_sealed, name_index, source)"
                  " values ('local', 'G1', 'zw1.x', 'x', 'test')")  # fmt: skip
    owner.execute(
        """insert into invoice (tenant_id, party_id, record_key, direction, invoice_no, issue_date, counterparty,
                                amount, tax, total, status, occurrence, delivery_id)
           select 'local', 'G1', md5(n::text)::uuid, 'sale', n::text, %s, '某甲' || n %% 3, 100 * n, 0, 100 * n,
                  'valid', 1, 'd' from generate_series(1, %s) n""", [ON, count],
    )  # fmt: skip
    owner.execute("alter table invoice add constraint never_plain_again check (counterparty is null) not valid")


def stored(owner: psycopg.Connection) -> dict[str, str]:
    """table.column -> all that stands there, bytes as what they say."""
    found = {}
    columns = owner.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
    ).fetchall()
    for table, column in columns:
        rows = owner.execute(sql.SQL("select {} from {}").format(sql.Identifier(column), sql.Identifier(table)))
        found[f"{table}.{column}"] = "\n".join(
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for (value,) in rows
        )
    return found


def test_after_a_full_life_nothing_personal_stands_in_the_clear(lived_in: Platform, owner: psycopg.Connection) -> None:
    by = lived_in.actor
    assert add(lived_in, NAME, IDENTITY, f"个体户 {PHONE}", party="G9") == 3
    firm = Party("G9", NAME, "test")
    permission = Permission(firm, ["bank_flow", "courts"], f"{NAME}, {IDENTITY}: yes.", "page 1", ON)
    give_consent(books=lived_in, by=by, permission=permission)
    row = {"party_id": "G9", "account": CARD, "booked_on": ON, "sequence": 1, "amount": 1, "currency": "CNY",
           "counterparty": NAME, "counterparty_account": ACCOUNT, "text": f"{NAME} {PHONE}"}  # fmt: skip
    parsed = Parsed({"bank_flow": table_of("bank_flow", [row])}, facts={"account": CARD})
    source = Source("bank_flow", f"{NAME}_{CARD}.csv", "3" * 64)
    receive_records(books=lived_in, by=by, source=source, parsed=parsed)
    rows = [BankRow(date(2024, 3, 20), 7 * n, "CNY", "", NAME, f"{IDENTITY} {ACCOUNT} {PHONE}", n) for n in (1, 2)]
    found = Statement(f"{ACCOUNT} {NAME}.csv", "4" * 64, tuple(rows))
    assert reconcile(books=lived_in, by=by, statement=found, account="cash").new >= 2
    waiting = [one for one in differences(books=lived_in, by=by) if any(r["text"] for r in one.facts["bank"])]
    assert {row["counterparty"] for one in waiting for row in one.facts["bank"]} == {NAME}
    resolve(books=lived_in, by=by, difference=waiting[0].difference_id, because="interest")
    everything = stored(owner)
    assert {"invoice.counterparty_id", "difference.facts_sealed", "record_batch.body"} <= everything.keys()
    clear = [(where, value) for where, text in everything.items() for value in PERSONAL if value in text]
    assert clear == []


def test_a_counterparty_is_who_was_written_to_the_letter(platform: Platform, owner: psycopg.Connection) -> None:
    """Searching a name disregards width, case and spaces; facts that count counterparties never did."""
    names = [NAME, "ABC", "abc", "ＡＢＣ", "A BC", "", NAME]
    assert add(platform, *names) == 7
    assert counterparties(platform) == names
    assert owner.execute("select count(*) from counterparty").fetchone() == (6,)


def test_the_same_rows_again_are_known(platform: Platform) -> None:
    assert add(platform, NAME, "B") == 2
    assert add(platform, NAME, "B", "C", sha256="5" * 64) == 1
    assert counterparties(platform) == [NAME, "B", "C"]


def test_sales_to_other_parties_are_told_from_the_rest(platform: Platform) -> None:
    add(platform, "G2", "X", "G2", "Y")
    add(platform, "G1", party="G2", sha256="6" * 64)
    with platform.unit("local") as unit:
        assert unit.records.sales(["G1", "G2"], date(2024, 2, 1), LAST) == [
            ("G1", "", 600),
            ("G1", "G2", 400),
            ("G2", "G1", 100),
        ]


def test_two_deliveries_at_once_give_a_name_one_number(platform: Platform, owner: psycopg.Connection) -> None:
    names = [f"店{n}" for n in range(300)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda firm: add(platform, *names, party=firm, sha256=firm[1] * 64), ["G1", "G2"]))
    assert owner.execute("select count(*) from counterparty").fetchone() == (300,)
    assert counterparties(platform) == counterparties(platform, "G2") == names


def test_no_counterparty_is_stored_in_plain_any_more(platform: Platform) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="never_plain_again"), platform.unit("local") as unit:
        unit.records.run(
            """insert into invoice (tenant_id, party_id, record_key, direction, invoice_no, issue_date, counterparty,
                                    amount, tax, total, status, occurrence, delivery_id)
               values ('local', 'G1', gen_random_uuid(), 'sale', '1', %s, 'x', 1, 0, 1, 'valid', 1, 'd')""", ON,
        )  # fmt: skip


def test_a_sealed_invoice_never_changes(platform: Platform, owner: psycopg.Connection) -> None:
    add(platform, NAME)
    for change in ("counterparty_id = 7", "record_key = gen_random_uuid()", "amount = 1"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            owner.execute(f"update invoice set {change}".encode())
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"), platform.unit("local") as unit:
        unit.records.run("update invoice set counterparty_id = 7")


def test_old_invoices_are_taken_over(
    platform: Platform, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 7)
    put_plain(owner, 40)
    assert platform.database._taken_over("local") == 7

    def killed() -> None:
        with platform.unit("local") as unit:
            assert unit.records.take_over(10) == 10
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert platform.database.unlock("local") == 33
    assert platform.database.unlock("local") == 0
    assert counterparties(platform) == [f"某甲{n % 3}" for n in range(1, 41)]
    owner.execute("alter table invoice validate constraint never_plain_again")
    keys = owner.execute("select record_key from invoice").fetchall()
    assert add(platform, *(f"某甲{n % 3}" for n in range(1, 42))) == 1  # known as the same rows, by their new keys
    assert "某甲" not in stored(owner)["invoice.counterparty"]
    assert set(keys) < set(owner.execute("select record_key from invoice").fetchall())


def test_two_take_over_together(platform: Platform, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 30)
    put_plain(owner, 200)
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(platform.database.unlock, ["local", "local"])) == 200
    assert counterparties(platform) == [f"某甲{n % 3}" for n in range(1, 201)]


def test_old_names_of_files_are_taken_over(lived_in: Platform, owner: psycopg.Connection) -> None:
    for table, sealed in (("delivery", "origin_sealed"), ("bank_file", "file_sealed")):
        folder = ", folder = '/home/某甲'" if table == "delivery" else ""
        change = f"update {table} set {sealed} = null, file = '某甲.csv'{folder}"
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            owner.execute(change.encode())
        owner.execute(f"alter table {table} drop constraint never_plain_again, disable trigger user".encode())
        owner.execute(change.encode())
        owner.execute(f"alter table {table} enable trigger user".encode())
    count = owner.execute("select (select count(*) from delivery) + (select count(*) from bank_file)").fetchone()[0]
    assert lived_in.database.unlock("local") == count > 2
    assert lived_in.database.unlock("local") == 0
    assert "某甲" not in "".join(stored(owner).values())
    with lived_in.unit("local") as unit:
        assert unit.records.folders("test") == ["/home/某甲"]
        assert {one.file for one in unit.reconciliation.queue()} == {"某甲.csv"}


def test_old_differences_are_taken_over(lived_in: Platform, owner: psycopg.Connection) -> None:
    before = differences(books=lived_in, by=lived_in.actor)
    owner.execute("alter table difference drop constraint never_plain_again, disable trigger user")
    plain = '{"bank":[{"row_id":"b1","text":"某甲"}],"book":[]}'
    owner.execute("update difference set facts_sealed = null, facts = %s", [plain])
    owner.execute("alter table difference enable trigger user")
    assert lived_in.database.unlock("local") == len(before) > 0
    assert lived_in.database.unlock("local") == 0
    assert [one.facts["bank"][0]["text"] for one in differences(books=lived_in, by=lived_in.actor)] == ["某甲"] * len(
        before
    )
    assert "某甲" not in "".join(stored(owner).values())


def test_after_a_rotation_names_keep_their_numbers(platform: Platform, tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    database = Database(platform.database.url, keys)
    database.add_tenant("fresh")
    database.unlock("fresh")
    fresh = Platform(database, platform.actor.__class__("fresh", "tester"), clock=platform.clock)
    assert add(fresh, NAME, "G2") == 2
    rows = (BankRow(ON, 1, "CNY", "", NAME, ""),)
    reconcile(books=fresh, by=fresh.actor, statement=Statement("a", "7" * 64, rows), account="cash")
    new = keys.rotate("fresh")
    assert add(fresh, NAME, "G2", "neu", sha256="8" * 64) == 1  # found by the hash of the older key
    with database.unit("fresh") as unit:
        assert unit.records.counterparties.reseal(1) == 1
        assert unit.records.counterparties.reseal(100) == 1
        assert unit.records.counterparties.reseal(100) == 0
        assert unit.reconciliation.reseal(100) == 2  # what differs, and the name of the file that showed it
        assert unit.records.deliveries.reseal(100) == 1
        assert unit.reconciliation.reseal(100) == unit.records.deliveries.reseal(100) == 0
        sealed = unit.records.rows("select name_sealed from counterparty")
        assert all(text.startswith(f"zw1.aes256gcm.{new.key_id}.") for (text,) in sealed)
    assert counterparties(fresh, tenant="fresh") == [NAME, "G2", "neu"]
    assert add(fresh, NAME, "G2", "neu", sha256="9" * 64) == 0
    assert [one.facts["bank"][0]["counterparty"] for one in differences(books=fresh, by=fresh.actor)] == [NAME]
    with database.unit("fresh") as unit:
        unit.parties.add([Party("G2", "G2", "test")])
        assert unit.records.sales(["G1"], date(2024, 2, 1), LAST) == [("G1", "", 400), ("G1", "G2", 200)]
    database.close()


DAMAGES = {
    "update counterparty set name_sealed = left(name_sealed, -6) || 'AAAAA='": "name of counterparty",
    "update counterparty set name_index = 'x'": "name of counterparty",
    "update difference set facts_sealed = overlay(facts_sealed placing 'AAAAAA'::bytea from 60 for 6)": "facts of dif",
    "update delivery set origin_sealed = left(origin_sealed, -6) || 'AAAAA='": "file of del",
    "update bank_file set file_sealed = left(file_sealed, -6) || 'AAAAA='": "name of bank file",
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_doctor_names_what_does_not_open(platform: Platform, owner: psycopg.Connection, damage: str) -> None:
    add(platform, NAME)
    rows = (BankRow(ON, 1, "CNY", "", NAME, ""),)
    reconcile(books=platform, by=platform.actor, statement=Statement("a", "7" * 64, rows), account="cash")

    def wrong() -> tuple[str, ...]:
        return next(one for one in examine(books=platform, by=platform.actor) if one.invariant == "INV-14").wrong

    assert wrong() == ()
    for table in ("difference", "delivery", "bank_file"):
        owner.execute(f"alter table {table} disable trigger user".encode())
    assert owner.execute(damage.encode()).rowcount == 1
    [found] = wrong()
    assert found.startswith(DAMAGES[damage])
    assert "某甲" not in found


def test_a_difference_of_very_many_rows_is_kept(lived_in: Platform) -> None:
    """What no rule can tell apart waits as one, however much text its rows bring."""
    rows = tuple(BankRow(ON, -1_000_000, "CNY", "", NAME, "词" * 400, n) for n in range(1, 301))
    reconcile(books=lived_in, by=lived_in.actor, statement=Statement("a", "7" * 64, rows), account="cash")
    found = differences(books=lived_in, by=lived_in.actor)
    assert sum(len(one.facts["bank"]) for one in found) >= 300
