"""`zhiwei sandbox`: made, looked at, moved on, given another key, ended."""

import json

import pytest
from tests.commands.conftest import Run


def test_a_sandbox_by_hand(zhiwei: Run) -> None:
    made = json.loads(zhiwei("sandbox", "new", "shop", "--json").stdout)
    assert made["test_key"].startswith("zwtest.sandbox-shop.")
    assert json.loads(zhiwei("sandbox", "new", "shop", "--json").stdout) == made | {"test_key": ""}
    moved = json.loads(zhiwei("sandbox", "advance", "shop", "--to", "2026-01-04", "--json").stdout)
    assert (moved["today"], moved["days"]) == ("2026-01-04", 3)
    assert "2026-01-04 -> 2026-01-05" in zhiwei("sandbox", "advance", "sandbox-shop").stdout
    [listed] = json.loads(zhiwei("sandbox", "list", "--json").stdout)
    assert (listed["sandbox"], listed["today"], listed["ended"]) == ("sandbox-shop", "2026-01-05", False)
    assert json.loads(zhiwei("sandbox", "key", "shop", "--json").stdout)["test_key"] not in ("", made["test_key"])
    assert "has ended" in zhiwei("sandbox", "end", "shop").stdout
    assert "sandbox_ended" in zhiwei("sandbox", "key", "shop", code=1).stderr


def test_who_works_inside_a_sandbox_has_its_today(zhiwei: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator would look into it: its tenant is named, and its days are the book's."""
    zhiwei("sandbox", "new", "shop")
    zhiwei("sandbox", "advance", "shop", "--days", "4")
    monkeypatch.setenv("ZHIWEI_TENANT", "sandbox-shop")
    decide = ("decide", "--product", "tax_credit", "--party", "slow", "--json", "--as-of")
    assert json.loads(zhiwei(*decide, "2026-01-05").stdout)["outcome"] == "approve"
    assert "today is 2026-01-05" in zhiwei(*decide, "2026-01-06", code=1).stderr


def test_what_is_none_is_told(zhiwei: Run) -> None:
    assert "no_such_sandbox" in zhiwei("sandbox", "advance", "shop", code=1).stderr
    assert "bad_name" in zhiwei("sandbox", "new", "A.B", code=2).stderr
