"""A product leaves by the command line as folder, JDM and workbook, and comes back by it."""

import json
from pathlib import Path

import pytest

from zhiwei.shelf import read_folder

SHELF = Path(__file__).parents[2] / "products"


@pytest.mark.parametrize("name", ["out", "out.json", "out.xlsx"])
def test_a_published_product_comes_back_as_it_was(zhiwei, tmp_path: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    zhiwei("product", "export", "cash_flow_line", name)
    count = sum(path.is_file() for path in (SHELF / "cash_flow_line").rglob("*"))
    assert f"{count} files written" in zhiwei("product", "import", name, "back").stdout
    assert read_folder(tmp_path / "back") == read_folder(SHELF / "cash_flow_line")


def test_what_was_edited_is_read_and_what_is_wrong_is_named(zhiwei, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A folder goes out as JDM on a day, is edited, and comes back; a wrong cell writes nothing."""
    zhiwei("product", "export", SHELF / "tax_credit", "t.json", "--on", "2026-01-31")
    graph = (tmp_path / "t.json").read_text("utf-8")
    assert json.loads(graph)["zhiwei"]["on"] == "2026-01-31"
    (tmp_path / "t.json").write_text(graph.replace("< -0.7", "< -0.75"), "utf-8")
    zhiwei("product", "import", "t.json", "edited")
    assert "< -0.75" in (tmp_path / "edited" / "underwriting" / "rules.csv").read_text("utf-8")
    (tmp_path / "t.json").write_text(graph.replace("< -0.7", "< much"), "utf-8")
    told = zhiwei("product", "import", "t.json", "wrong", code=2).stderr
    assert "t.json:1: column sales_growth_12m: table underwriting/rules.csv: cannot read '< much'" in " ".join(
        told.split()
    )
    assert not (tmp_path / "wrong").exists()
    assert "folder_exists" in zhiwei("product", "import", "t.json", "edited", code=2).stderr
    assert "unknown_format" in zhiwei("product", "export", "tax_credit", "x", "--format", "pdf", code=2).stderr
