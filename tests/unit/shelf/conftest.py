"""The shipped product, copied where a test may damage it."""

import shutil
from pathlib import Path

import pytest

SHELF = Path(__file__).parents[3] / "products"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of products/tax_credit."""
    return Path(shutil.copytree(SHELF / "tax_credit", tmp_path / "tax_credit"))
