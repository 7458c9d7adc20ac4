"""A CSV of parties that means harm: refused with its row."""

from datetime import date
from pathlib import Path

import pytest

from zhiwei.commands.borrower.party_files import read_parties
from zhiwei.values import BadInput


@pytest.mark.parametrize("staff", ["9" * 50_000, "9" * 10, "-1", "1.5", "٣", "three"])
def test_a_staff_out_of_reason_is_a_bad_row(tmp_path: Path, staff: str) -> None:
    file = tmp_path / "parties.csv"
    file.write_text(f"name,staff\n某甲商行,3\n某乙商行,{staff}\n", "utf-8")
    with pytest.raises(BadInput, match="row 3: staff is no whole number"):
        read_parties(file, date(2026, 1, 1), "made")
