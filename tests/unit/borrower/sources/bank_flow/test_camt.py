"""camt.053: entries, batches, reversals, balances, versions, and damage by its place."""

import pytest

from zhiwei.borrower.sources.bank_flow import read
from zhiwei.values import BadInput

ACCOUNT = "DE89370400440532013000"


def balance(code: str, amount: str, way: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>2024-01-01</Dt></Dt></Bal>"
    )


def entry(amount: str, way: str, more: str = "", day: str = "<Dt>2024-01-05</Dt>", currency: str = "EUR") -> str:
    return (
        f"<Ntry><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt>{day}</BookgDt>{more}</Ntry>"
    )


def statement(*parts: str, account: str = ACCOUNT, currency: str = "EUR") -> str:
    return f"<Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{''.join(parts)}</Stmt>"


def document(*statements: str, version: str = "001.02") -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.{version}"
    return f"<Document xmlns='{space}'><BkToCstmrStmt>{''.join(statements)}</BkToCstmrStmt></Document>".encode()


def detail(amount: str, side: str, name: str, words: str = "", more: str = "") -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>E-{name}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy='EUR'>{amount}</Amt></TxAmt>"
        f"</AmtDtls><RltdPties><{side}><Nm>{name}</Nm></{side}><{side}Acct><Id><IBAN>DE1{name}</IBAN></Id></{side}Acct>"
        f"</RltdPties><RmtInf><Ustrd>{words}</Ustrd></RmtInf>{more}</TxDtls>"
    )


@pytest.mark.parametrize("version", ["001.02", "001.04", "001.08", "001.13"])
def test_a_statement_of_any_version(version: str) -> None:
    content = document(
        statement(
            balance("OPBD", "100.00"), balance("CLBD", "180.00"),
            entry("100.00", "CRDT", f"<NtryDtls>{detail('100.00', 'Dbtr', 'A', 'inv 1')}</NtryDtls>"),
            entry("20.00", "DBIT", "<AddtlNtryInf>rent</AddtlNtryInf>", "<DtTm>2024-01-06T10:11:12+01:00</DtTm>"),
        ), version=version,
    )  # fmt: skip
    found = read(content, "s.xml", "P")
    first, second = found.tables["bank_flow"].to_pylist()
    assert (first["amount"], first["balance"], first["counterparty"], first["text"]) == (10000, 20000, "A", "inv 1")
    assert (first["counterparty_account"], first["reference"], first["currency"]) == ("DE1A", "E-A", "EUR")
    assert (second["amount"], second["balance"], second["second"], second["text"]) == (-2000, 18000, 36672, "rent")
    assert not found.problems
    assert not found.warnings
    facts = {"account": ACCOUNT, "currency": "EUR", "opening": "10000", "closing": "18000"}
    assert facts.items() <= found.facts.items()


def test_a_batch_is_taken_apart_where_its_parts_sum() -> None:
    parts = detail("60.00", "Dbtr", "A") + detail("40.00", "Dbtr", "B")
    whole = read(document(statement(entry("100.00", "CRDT", f"<NtryDtls>{parts}</NtryDtls>"))), "b.xml", "P")
    rows = whole.tables["bank_flow"].to_pylist()
    assert [(row["amount"], row["counterparty"], row["sequence"]) for row in rows] == [(6000, "A", 1), (4000, "B", 2)]
    other = read(document(statement(entry("101.00", "CRDT", f"<NtryDtls>{parts}</NtryDtls>"))), "b.xml", "P")
    assert other.tables["bank_flow"]["amount"].to_pylist() == [10100]
    assert other.warnings["batches whose parts do not say or do not sum to the whole: kept as one row"] == 1


def test_a_reversal_keeps_its_own_direction_and_the_roles_of_what_it_undoes() -> None:
    """A payment of ours comes back: money in, and the other one is still the creditor."""
    more = f"<RvslInd>true</RvslInd><NtryDtls>{detail('5.00', 'Cdtr', 'A')}</NtryDtls>"
    found = read(document(statement(entry("5.00", "CRDT", more))), "r.xml", "P")
    row = found.tables["bank_flow"].to_pylist()[0]
    assert (row["amount"], row["counterparty"]) == (500, "A")
    assert found.warnings["reversals"] == 1


def test_a_wrong_sum_is_counted_and_no_balance_is_made_up() -> None:
    found = read(document(statement(balance("OPBD", "1.00"), balance("CLBD", "9.00"), entry("2.00", "CRDT"))), "x", "P")
    assert found.warnings["opening balance + movements differ from the closing balance"] == 1
    assert found.tables["bank_flow"]["balance"].to_pylist() == [None]


def test_overdrafts_and_other_currencies_keep_their_minor_units() -> None:
    yen = statement(
        balance("PRCD", "500", "DBIT", "JPY"), balance("CLBD", "300", "DBIT", "JPY"),
        entry("200", "CRDT", currency="JPY"), account="JP1", currency="JPY",
    )  # fmt: skip
    dinar = statement(entry("1.234", "DBIT", currency="KWD"), account="KW1", currency="KWD")
    found = read(document(yen, dinar), "two.xml", "P")
    rows = found.tables["bank_flow"].to_pylist()
    assert [(row["account"], row["amount"], row["balance"]) for row in rows] == [
        ("JP1", 200, -300),
        ("KW1", -1234, None),
    ]
    assert found.facts["accounts"] == "JP1, KW1"
    assert found.facts["opening JP1"] == "-500"


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        (entry("1.234", "CRDT"), "Amt"), (entry("-1", "CRDT"), "Amt"), (entry("1e5", "CRDT"), "Amt"),
        (entry("1", "CREDIT"), "CdtDbtInd"), (entry("1", "CRDT", day="<Dt>2024-02-30</Dt>"), "BookgDt"),
        (entry("1", "CRDT", day="<Dt>1066-01-01</Dt>"), "BookgDt"), (entry("1", "CRDT", currency="Euro"), "Amt"),
        (entry("9" * 18, "CRDT"), "Amt"), ("<Ntry/>", "Amt"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_named_and_left_out(broken: str, column: str) -> None:
    found = read(document(statement(entry("1.00", "CRDT"), broken)), "d.xml", "P")
    assert found.tables["bank_flow"]["amount"].to_pylist() == [100]
    assert [(problem.place, problem.column) for problem in found.problems] == [("Stmt[1]/Ntry[2]", column)]


def test_pending_entries_are_left_out_and_counted() -> None:
    pending = entry("1.00", "CRDT").replace("BOOK", "PDNG")
    found = read(document(statement(entry("2.00", "CRDT"), pending)), "p.xml", "P")
    assert found.tables["bank_flow"]["amount"].to_pylist() == [200]
    assert found.warnings["entries that are not booked, left out"] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"<a/>", b"<Document><Stmt>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Document>&b;</Document>",
        document(statement(entry("x", "CRDT"))),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read(content, "n.xml", "P")
