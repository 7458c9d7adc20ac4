"""Identity checks as companies deliver them: strict, without a person's number, refused where half is said."""

import json

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.sources import identity, known_sources
from zhiwei.values import BadInput

EVENT = {"event_id": "V1", "checked_at": "2024-03-01T09:30:00", "what": "face", "outcome": "failed", "score": "0.31"}


def read(*events: dict[str, object]) -> Parsed:
    return identity.read(json.dumps({"provider": "face_1", "events": events}).encode(), "answer.json", "G1")


def test_it_is_a_source_like_the_others() -> None:
    assert known_sources()["identity"].KINDS == ("identity",)


def test_a_check_and_a_place_are_read() -> None:
    place = {
        "event_id": "V2",
        "checked_at": "2024-03-01T09:31:00+08:00",
        "what": "位置",
        "latitude": -25.5,
        "longitude": 102,
    }
    found = read(EVENT, place)
    assert not found.problems
    first, second = found.tables["identity"].to_pylist()
    assert (first["what"], first["outcome"], first["score"], first["latitude"]) == ("face", "failed", 0.31, None)
    assert (second["what"], second["outcome"], second["latitude"], second["longitude"]) == ("place", None, -25.5, 102.0)
    assert found.facts == {"provider": "face_1"}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"outcome": None}, "outcome"), ({"outcome": "maybe"}, "outcome"), ({"score": 1.2}, "score"),
        ({"what": "mood"}, "what"), ({"what": "place"}, "latitude"), ({"latitude": 90.5}, "latitude"),
        ({"longitude": "102.7"}, "longitude"), ({"detail": "6222020200112345679"}, "detail"),
        ({"checked_at": None}, "checked_at"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_named_and_not_repeated(change: dict[str, object], column: str) -> None:
    found = read({**EVENT, **change})
    assert found.problems[0].column == column
    assert found.rows() == 0
    assert "6222020200112345679" not in str(found.problems)


def test_the_same_event_with_another_outcome_is_a_problem() -> None:
    """One of the two is not what the company said, and nobody knows which."""
    assert read(EVENT, {**EVENT, "outcome": "passed"}).problems


def test_a_file_of_another_form_is_refused() -> None:
    with pytest.raises(BadInput):
        identity.read(b'{"cases": []}', "f.json", "G1")
