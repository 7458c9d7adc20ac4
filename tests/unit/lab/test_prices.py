"""Profit over the rate is drawn, as png or svg, with or without a font for Chinese."""

from datetime import date
from pathlib import Path

import pytest

from zhiwei.credit.underwriting.pricing import Curve, Rung, Step, ladder

prices = pytest.importorskip(
    "zhiwei.lab.prices", reason="needs matplotlib: the extra zhiwei[lab]", exc_type=ImportError
)
CURVE = Curve(date(2026, 1, 1), (50_000, 100_000), ("A", "B"), ((0, 900_000), (100_000, 500_000)))
MADE = ladder(
    [Step(620, 8_000, "A", 55_000), Step(600, 20_000, "B", 62_000), Step(550, 200_000, "C", 170_000)],
    CURVE, 40_000, 150_000,
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
@pytest.mark.parametrize("font", [None, "DejaVu Sans"])
@pytest.mark.parametrize("asked", [None, MADE.rungs[1]])
def test_profit_over_the_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, font: str | None, asked: Rung | None
) -> None:
    for module in ("zhiwei.lab.prices", "zhiwei.lab.plots"):
        monkeypatch.setattr(f"{module}.cjk_font", lambda: font)
    prices.draw_prices(MADE, asked, "x", tmp_path / "x.png")
    prices.draw_prices(MADE, asked, "x", tmp_path / "x.svg")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    drawn = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "<svg" in drawn
    assert drawn.count("line2d") > 10
