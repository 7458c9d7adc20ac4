"""A name says what is inside: these say only that somebody did not know where to put it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "processor", "service", "base", "misc"}


@pytest.mark.parametrize("room", ["src", "tests", "bench"])
def test_no_drawer_for_odds_and_ends(room: str) -> None:
    drawers = [path for path in (ROOT / room).rglob("*") if is_drawer(path)]
    assert not drawers, "\n".join(["name these after what is in them:", *map(str, drawers)])


@pytest.mark.parametrize(
    ("path", "drawer"),
    [("utils.py", True), ("loans/loan_helpers.py", True), ("base", True), ("base_rate.py", False), ("base.sql", False)],
)
def test_a_drawer_is_known_by_its_name(tmp_path: Path, path: str, drawer: bool) -> None:
    place = tmp_path / path
    place.parent.mkdir(exist_ok=True)
    place.touch() if place.suffix else place.mkdir()
    assert is_drawer(place) is drawer


def is_drawer(path: Path) -> bool:
    """The last word counts: loan_helpers.py is a drawer too, base_rate.py is not."""
    named = path.is_dir() or path.suffix == ".py"
    return named and path.stem.lower().rpartition("_")[2] in FORBIDDEN
