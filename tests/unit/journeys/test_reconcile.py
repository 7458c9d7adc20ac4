"""Reconciling as journeys see it: a movement is known by the bank's number, and what a person decides is kept."""

from datetime import date

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Repayment, differences, reconcile, repay_many, resolve
from zhiwei.ledger.reconcile import BankRow, Statement
from zhiwei.values import BadInput, NotFound, Refusal

APRIL = date(2024, 4, 1)


def statement(*rows: BankRow, name: str = "a") -> Statement:
    return Statement(f"{name}.csv", name * 64, rows)


def paid(platform: Platform, line: str, **more: str) -> object:
    repayment = Repayment(line, 100_000, APRIL, **more)  # type: ignore[arg-type]
    return repay_many(books=platform, by=platform.actor, repayments={"r": repayment})["r"]


@pytest.fixture
def open_difference(platform: Platform, used_line: str) -> str:
    """A repayment under R-1 that the bank shows as a fen less."""
    paid(platform, used_line, reference="R-1")
    row = BankRow(APRIL, 99_999, "CNY", "R-1", "", "")
    done = reconcile(books=platform, by=platform.actor, statement=statement(row), account="cash")
    assert (done.rows, done.matched, done.new) == (1, 0, 1)
    [found] = differences(books=platform, by=platform.actor)
    assert found.kind == "amount_differs"
    assert (found.facts["bank"][0]["amount"], found.facts["book"][0]["amount"]) == ("999.99", "1000.00")
    return found.difference_id


def test_a_later_file_explains_nothing_that_a_person_must(platform: Platform, open_difference: str) -> None:
    """Another day's statement leaves the difference as it is; a person closes it, once, and the audit says who."""
    other = statement(BankRow(APRIL, 5, "CNY", "", "", ""), name="b")
    done = reconcile(books=platform, by=platform.actor, statement=other, account="cash")
    assert (done.new, done.explained) == (1, 0)
    resolve(books=platform, by=platform.actor, difference=open_difference, because="  fee of the bank ")
    left = differences(books=platform, by=platform.actor)
    assert [found.kind for found in left] == ["only_in_bank"]
    with pytest.raises(NotFound):
        resolve(books=platform, by=platform.actor, difference=open_difference, because="again")
    with platform.unit("local") as unit:
        [(person, request)] = unit.steps.rows("select person, request from audit where verb = 'resolve'")
    assert person == "tester"
    assert '"because":"fee of the bank"' in request


def test_one_file_is_of_one_account(platform: Platform, used_line: str) -> None:
    asked = statement(BankRow(APRIL, 5, "CNY", "", "", ""))
    for account in ("customer_credit", "nothing"):
        with pytest.raises(BadInput, match="no asset"):
            reconcile(books=platform, by=platform.actor, statement=asked, account=account)
    first = reconcile(books=platform, by=platform.actor, statement=asked, account="cash")
    assert reconcile(books=platform, by=platform.actor, statement=asked, account="cash") == first
    with pytest.raises(Refusal, match="already used"):
        reconcile(books=platform, by=platform.actor, statement=asked, account="loan_principal")


@pytest.mark.parametrize("reference", ["x" * 101, "R\n1", "R\x001"])
def test_a_reference_is_short_and_printable(platform: Platform, used_line: str, reference: str) -> None:
    answer = paid(platform, used_line, reference=reference)
    assert isinstance(answer, BadInput)
    assert answer.code == "bad_reference"
