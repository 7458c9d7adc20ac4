"""Pictures are drawn, with or without a font for Chinese."""

from datetime import date
from pathlib import Path

import pytest

from zhiwei.lab import DIRECTIONS, Plan, develop, validate
from zhiwei.lab.binning import Floats

plots = pytest.importorskip("zhiwei.lab.plots", reason="needs matplotlib: the extra zhiwei[lab]", exc_type=ImportError)


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
@pytest.mark.parametrize("font", [None, "DejaVu Sans"])
def test_four_pictures(
    facts: dict[str, Floats], label: Floats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, font: str | None
) -> None:
    monkeypatch.setattr(plots, "cjk_font", lambda: font)
    as_of = date(2020, 3, 1)
    card = develop(facts, label, DIRECTIONS, as_of=as_of)
    validation = validate(facts, label, DIRECTIONS, as_of=as_of, plan=Plan(repeats=1))
    paths = plots.draw_all(card, validation, facts, label, tmp_path / "out")
    assert [path.name for path in paths] == ["roc.png", "calibration.png", "points.png", "scores.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
