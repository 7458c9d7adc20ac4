"""No record is received or read without consent; withdrawal ends use at once; what one knew can be seen again."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, Problem, table_of
from zhiwei.journeys import (
    Permission,
    Source,
    forget,
    give_consent,
    give_consents,
    prove_consent,
    receive_records,
    records_of,
    withdraw_consent,
)
from zhiwei.values import BadInput, NotFound, Refusal

MARCH, FIRM = date(2024, 3, 1), Party("G7", "七号商行", "test")
ALLOWED = Permission(FIRM, ["bank_flow", "meters"], "May you look at my statements? Yes.", "page 7", MARCH)


def flow(*rows: tuple[int, int, int]) -> Parsed:
    """(day of March, amount, balance)."""
    return Parsed({"bank_flow": table_of("bank_flow", [
        {"party_id": "G7", "account": "1", "booked_on": date(2024, 3, day), "sequence": n, "amount": amount,
         "balance": balance, "currency": "CNY"} for n, (day, amount, balance) in enumerate(rows, 1)
    ])})  # fmt: skip


def receive(platform: Platform, parsed: Parsed, file: str = "a.csv"):
    source = Source("bank_flow", file, f"{file:0>64}")
    return receive_records(books=platform, by=platform.actor, source=source, parsed=parsed)


def amounts(platform: Platform, until: date = date(2024, 12, 31), known_at: datetime | None = None) -> list[int]:
    found = records_of(
        books=platform, by=platform.actor, parties=["G7"], kinds=["bank_flow"], until=until, known_at=known_at
    )
    return found["bank_flow"]["amount"].to_pylist()


def test_without_consent_nothing_is_received(platform: Platform) -> None:
    with pytest.raises(Refusal) as refused:
        receive(platform, flow((1, 100, 100)))
    assert refused.value.code == "no_consent"
    give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, scopes=["meters"]))
    with pytest.raises(Refusal, match="bank_flow"):
        receive(platform, flow((1, 100, 100)))
    with pytest.raises(Refusal, match="no_consent"):
        amounts(platform)


def test_overlapping_statements_fit_together(platform: Platform) -> None:
    """The second file brings the last two rows of the first again; equal rows within one file are two rows."""
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)
    assert receive(platform, flow((1, 100, 100), (2, -30, 70), (3, 5, 75), (3, 5, 75))).new
    assert receive(platform, flow((2, -30, 70), (3, 5, 75), (3, 5, 75), (4, 1, 76)), "b.csv").new
    assert amounts(platform) == [100, -30, 5, 5, 1]
    assert amounts(platform, date(2024, 3, 2)) == [100, -30]


def test_the_same_delivery_twice_changes_nothing(platform: Platform) -> None:
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)
    first = receive(platform, flow((1, 100, 100)))
    again = receive(platform, flow((1, 100, 100)))
    assert (first.new, again.new, again.delivery) == (True, False, first.delivery)
    assert amounts(platform) == [100]


def test_a_meter_read_again_is_a_correction_and_what_was_known_stays_known(platform: Platform) -> None:
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)

    def read(reading: float, file: str) -> None:
        rows = [{"party_id": "G7", "utility": "power", "meter": "8", "read_on": MARCH, "reading": reading}]
        receive(platform, Parsed({"meters": table_of("meters", rows)}), file)

    read(120.0, "a")
    with platform.unit("local") as unit:
        [noted] = [batch.received_at for batch in unit.batches.filed("G7")]
    read(102.0, "b")
    ask = {"books": platform, "by": platform.actor, "parties": ["G7"], "kinds": ["meters"], "until": MARCH}
    assert records_of(**ask)["meters"]["reading"].to_pylist() == [102.0]
    assert records_of(**ask, known_at=noted)["meters"]["reading"].to_pylist() == [120.0]
    assert records_of(**ask, known_at=noted - timedelta(seconds=1))["meters"].num_rows == 0


def test_withdrawal_ends_use_and_names_the_day_of_deletion(platform: Platform) -> None:
    by = platform.actor
    given = give_consent(books=platform, by=by, permission=ALLOWED)
    receive(platform, flow((1, 100, 100)))
    april = date(2024, 4, 1)
    gone = withdraw_consent(books=platform, by=by, party="G7", scopes=["bank_flow"], on=april, because="they asked")
    assert (gone.batches, gone.delete_by) == (1, "2024-05-01")
    assert set(gone.consents) < set(given.consents)
    for ask in (lambda: amounts(platform), lambda: receive(platform, flow((5, 1, 1)), "c.csv")):
        with pytest.raises(Refusal, match="withdrew on 2024-04-01"):
            ask()
    proof = prove_consent(books=platform, by=by, party="G7")
    assert [len(one["received"]) for one in proof["consents"]] == [1, 0]
    assert forget(books=platform, by=by, on=date(2024, 4, 30)).batches == 0
    assert forget(books=platform, by=by, on=date(2024, 5, 1)).batches == 1
    assert [one["received"] for one in prove_consent(books=platform, by=by, party="G7")["consents"]] == [[], []]
    with pytest.raises(NotFound):
        withdraw_consent(books=platform, by=by, party="G7", scopes=["bank_flow"], on=april, because="again")


def test_consent_given_anew_lets_us_look_at_what_comes_under_it(platform: Platform) -> None:
    by = platform.actor
    give_consent(books=platform, by=by, permission=ALLOWED)
    receive(platform, flow((1, 100, 100)))
    withdraw_consent(books=platform, by=by, party="G7", scopes=None, on=date(2024, 4, 1), because="they asked")
    with pytest.raises(Refusal, match="consent_withdrawn"):
        give_consent(books=platform, by=by, permission=ALLOWED)
    give_consent(books=platform, by=by, permission=replace(ALLOWED, evidence="page 8"))
    assert amounts(platform) == [], "what came under the old consent stays out of use"
    receive(platform, flow((9, 7, 7)), "d.csv")
    assert amounts(platform) == [7]


def test_records_that_may_stay_cannot_be_deleted(platform: Platform) -> None:
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)
    receive(platform, flow((1, 100, 100)))
    with platform.unit("local") as unit:
        assert unit.batches.run("delete from record_batch") == 0
        with pytest.raises(psycopg.Error, match="permission denied"):
            unit.batches.run("update record_batch set row_count = 2")


def test_a_file_with_a_bad_row_is_not_taken(platform: Platform) -> None:
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)
    parsed = flow((1, 100, 100))
    parsed.problems.append(Problem("row 3", "amount", "1o0", "is no amount"))
    with pytest.raises(BadInput, match=r"row 3 amount: is no amount"):
        receive(platform, parsed)
    assert amounts(platform) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"scopes": ["thoughts"]}, "bad_scope"), ({"scopes": []}, "bad_scope"), ({"purpose": "fun"}, "bad_purpose"),
        ({"text": " "}, "no_text"), ({"evidence": ""}, "no_evidence"), ({"until": MARCH}, "bad_period"),
    ],
)  # fmt: skip
def test_what_proves_nothing_is_no_consent(platform: Platform, changed: dict, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, **changed))
    assert refused.value.code == code


def test_many_give_the_same_consent_at_once(platform: Platform) -> None:
    """Each of them allows it for itself: one may withdraw, and then the same words again are refused."""
    many = [Party(f"G{number}", f"G{number}", "test") for number in range(10, 40)]
    ask = {"books": platform, "by": platform.actor, "permission": ALLOWED}
    given = give_consents(**ask, parties=many)
    assert (given.parties, given.consents) == (30, 60)
    assert give_consents(**ask, parties=[*reversed(many), many[0]]) == given, "the same again changes nothing"
    one = give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, party=many[0]))
    assert len(prove_consent(books=platform, by=platform.actor, party="G10")["consents"]) == len(one.consents) == 2
    rows = [
        {"party_id": party.party_id, "account": party.party_id, "booked_on": MARCH, "sequence": 1, "amount": number}
        for number, party in enumerate(many * 2, 1)
    ]
    receive(platform, Parsed({"bank_flow": table_of("bank_flow", rows)}))
    ids = [party.party_id for party in many]
    found = records_of(books=platform, by=platform.actor, parties=ids, kinds=["bank_flow"], until=date(2024, 12, 31))
    kept = found["bank_flow"].select(["party_id", "amount"]).to_pylist()
    assert sorted(kept, key=lambda row: row["amount"]) == [
        {"party_id": row["party_id"], "amount": row["amount"]} for row in rows
    ]
    by_party = [[row["amount"] for row in kept if row["party_id"] == party] for party in ids]
    assert by_party == [[number, number + 30] for number in range(1, 31)], "each in the order of the file"
    withdraw_consent(books=platform, by=platform.actor, party="G10", scopes=None, on=MARCH, because="they asked")
    with pytest.raises(Refusal, match="consent_withdrawn"):
        give_consents(**ask, parties=many)


def test_consent_of_nobody_is_refused(platform: Platform) -> None:
    with pytest.raises(BadInput, match="no_parties"):
        give_consents(books=platform, by=platform.actor, permission=ALLOWED, parties=[])


def test_the_same_file_under_another_name_is_the_same_delivery(platform: Platform) -> None:
    give_consent(books=platform, by=platform.actor, permission=ALLOWED)
    first, again = (
        receive_records(
            books=platform, by=platform.actor, parsed=flow((1, 100, 100)), source=Source("bank_flow", name, "9" * 64)
        )
        for name in ("a.csv", "a (1).csv")
    )
    assert (first.new, again.new, again.delivery) == (True, False, first.delivery)
    assert amounts(platform) == [100]
