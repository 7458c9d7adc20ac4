"""MT940: movements, their words in three ways, pages, and lines that say nothing usable."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.sources.bank_flow import read
from zhiwei.values import BadInput

HEAD = ":20:START\n:25:37040044/0532013000\n:28C:1/1\n:60F:C240101EUR100,00\n"
FOOT = ":62F:C240131EUR140,00\n"
TWO = (
    ":61:2401050105C60,00NTRFE1//B1\n:86:166?00CREDIT?20inv 1?21 more?30BIC?31DE1?32Firm A?33 GmbH\n"
    ":61:2401060106D20,NMSCNONREF\n:86:rent\nand more\n"
)


def rows(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = read(text.encode(), "s.sta", "P").tables["bank_flow"].to_pylist()
    return found


@pytest.mark.parametrize(
    "text", [HEAD + TWO + FOOT, "{1:F01X}{2:O940}{4:\r\n" + (HEAD + TWO + FOOT + "-}").replace("\n", "\r\n")]
)
def test_a_statement(text: str) -> None:
    first, second = rows(text)
    assert (first["amount"], first["balance"], first["counterparty"]) == (6000, 16000, "Firm A GmbH")
    assert (first["counterparty_account"], first["reference"], first["text"]) == ("DE1", "B1", "CREDIT inv 1 more")
    assert (second["amount"], second["balance"], second["text"], second["reference"]) == (
        -2000,
        14000,
        "rent and more",
        None,
    )
    found = read(text.encode(), "s.sta", "P")
    assert not found.warnings
    facts = {"account": "37040044/0532013000", "currency": "EUR", "opening": "10000", "closing": "14000"}
    assert (facts | {"from": "2024-01-01", "to": "2024-01-31"}).items() <= found.facts.items()


def test_words_between_slashes() -> None:
    text = HEAD + ":61:240105C1,00NTRFNONREF\n:86:/EREF/E1//IBAN/NL91ABNA0417164300/NAME/Firm B/REMI/invoice\n 7/\n"
    row = rows(text)[0]
    assert (row["counterparty"], row["counterparty_account"], row["text"]) == (
        "Firm B",
        "NL91ABNA0417164300",
        "invoice 7",
    )


def test_what_is_taken_back_has_the_other_sign() -> None:
    text = HEAD + ":61:240105RC1,00NTRFA\n:61:240105RD2,00NTRFB\n:61:240105CR3,00NTRFC\n"
    assert [row["amount"] for row in rows(text)] == [-100, 200, 300]


def test_the_booking_day_is_in_the_year_next_to_the_value_date() -> None:
    text = HEAD + ":61:2401020102C1,NTRFA\n:61:2401021231C1,NTRFA\n:61:2312310102C1,NTRFA\n:61:231231C1,NTRFA\n"
    assert [row["booked_on"] for row in rows(text)] == [
        date(2024, 1, 2), date(2023, 12, 31), date(2024, 1, 2), date(2023, 12, 31)
    ]  # fmt: skip


def test_a_bad_movement_is_named_and_its_words_go_with_it() -> None:
    found = read((HEAD + TWO + ":61:24xx060106D20,NMSC\n:86:junk\n" + FOOT).encode(), "s.sta", "P")
    assert [(problem.place, problem.column) for problem in found.problems] == [("line 10", ":61:")]
    assert "junk" not in str(found.tables["bank_flow"].to_pylist())


def test_pages_of_an_account_go_on_and_a_gap_between_them_is_counted() -> None:
    page = ":20:X\n:25:1\n:60M:C240101EUR{0}\n:61:240105C1,00NTRFA\n:62M:C240131EUR{1}\n"
    whole = read((page.format("1,00", "2,00") + page.format("2,00", "3,00")).encode(), "s", "P")
    assert whole.tables["bank_flow"]["sequence"].to_pylist() == [1, 2]
    assert (whole.facts["opening"], whole.facts["closing"]) == ("100", "300")
    gap = read((page.format("1,00", "2,00") + page.format("2,50", "3,50")).encode(), "s", "P")
    assert gap.warnings["opening balance differs from the closing balance before it"] == 1
    assert gap.warnings["balance does not follow from the one before"] == 1


movement = st.tuples(st.dates(date(2001, 1, 1), date(2060, 12, 31)), st.sampled_from(["C", "D"]), st.integers(1, 10**9))


@settings(max_examples=40, deadline=None)
@given(st.lists(movement, min_size=1, max_size=20))
def test_movements_come_back(moved: list[tuple[date, str, int]]) -> None:
    lines = [
        f":61:{day:%y%m%d%m%d}{way}{minor // 100},{minor % 100:02d}NTRF{n}//B{n}"
        for n, (day, way, minor) in enumerate(moved)
    ]
    ours = rows("\n".join([HEAD.strip(), *lines, FOOT]))
    assert [(row["booked_on"], row["amount"], row["reference"]) for row in ours] == [
        (day, minor if way == "C" else -minor, f"B{n}") for n, (day, way, minor) in enumerate(moved)
    ]


@pytest.mark.parametrize("text", [":20:X\n:25:1\n:60F:junk\n:61:junk\n", ":20:X\n:60F:\n:61:\n:61:\n"])
def test_where_nothing_is_understood_it_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text.encode(), "s.sta", "P")
