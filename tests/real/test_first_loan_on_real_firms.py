"""The whole way on real firms: import, decide all, replay, the lab, and a budget lent for a simulated year."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "cumcm2020c"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def zhiwei(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`zhiwei ARGS` in a data folder of its own that holds the real files; -> stdout."""
    files = sorted(DATA.glob("附件*.xlsx"))
    if len(files) != 3:
        pytest.skip(f"the real workbooks are not at {DATA.parent.parent.name}/data/cumcm2020c: nothing to try this on")
    folder = tmp_path_factory.mktemp("zw")
    environment = {**os.environ, "ZHIWEI_DATA": str(folder), "COLUMNS": "160", "ZHIWEI_DATABASE_URL": ""}

    def run(*arguments: str | Path) -> str:
        command = [sys.executable, "-m", "zhiwei", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    stored = [json.loads(line) for line in run("import", "cumcm2020c", *files, "--json").splitlines()]
    assert [item["new_invoices"] for item in stored] == [210_947 + 162_484, 395_175 + 330_835]
    return run


def test_importing_again_changes_nothing(zhiwei: Run) -> None:
    again = zhiwei("import", "cumcm2020c", *sorted(DATA.glob("附件*.xlsx")), "--json")
    assert [json.loads(line)["new_invoices"] for line in again.splitlines()] == [0, 0]


def test_all_firms_are_decided_and_replay_byte_for_byte(zhiwei: Run) -> None:
    printed = zhiwei("decide", "--product", "tax_credit", "--all", "--as-of", "2020-03-01", "--json")
    decisions = [json.loads(line) for line in printed.splitlines()]
    assert len(decisions) == 425
    assert {decision["outcome"] for decision in decisions} == {"approve", "refer", "decline"}
    assert all(Decimal(d["limit"]) <= 4_000_000 and 0 < float(d["pd"]) < 1 for d in decisions)
    one = printed.splitlines()[29]
    assert zhiwei("decide", "--replay", json.loads(one)["decision"], "--json") == one + "\n"


def test_facts_after_the_date_are_not_seen(zhiwei: Run) -> None:
    """Decisions as of 2018 and 2020 differ in their inputs; the earlier one sees fewer sales in all."""
    seen = {}
    for as_of in ("2018-06-30", "2020-03-01"):
        args = ("decide", "--product", "tax_credit", "--party", "E2", "--as-of", as_of, "--explain", "--json")
        seen[as_of] = json.loads(zhiwei(*args))
    early, late = (Decimal(seen[day]["inputs"]["facts"]["sales_total"]) for day in sorted(seen))
    assert 0 < early < late


def test_the_card_holds_its_own_against_sales_alone(zhiwei: Run) -> None:
    """Fewer repeats than the command's default; the bound is the same: at most 0.02 below log of total sales alone."""
    result = json.loads(zhiwei("lab", "tax_credit", "--repeats", "10", "--json", "--plots", "plots"))
    assert result["validation"]["fold_auc_repeats"]["value"] > 0.8
    assert result["validation"]["difference_repeats"]["value"] >= -0.02
    assert result["mean_pd_reweighted"] == pytest.approx(result["base_rate"], rel=0.25)


def test_a_budget_is_lent_within_its_bounds_and_the_books_balance(zhiwei: Run) -> None:
    args = ("lend", "cumcm2020c", "--budget", "100000000", "--json")
    first = zhiwei(*args)
    result = json.loads(first)
    offers = result["offers"]
    assert sum(Decimal(offer["amount"]) for offer in offers) == Decimal(result["offered"]) <= 100_000_000
    assert all(100_000 <= Decimal(offer["amount"]) <= 1_000_000 for offer in offers)
    assert all(Decimal("0.04") <= Decimal(offer["annual_rate"]) <= Decimal("0.15") for offer in offers)
    assert {int(offer["party"][1:]) for offer in offers} <= set(range(124, 426)), "only firms of 附件2"
    assert result["books_in_balance"]
    assert Decimal(result["simulated"]["lent"]) > 0
    assert zhiwei(*args) == first, "the same seed tells the same year"


def test_the_real_books_are_untouched_by_the_simulation(zhiwei: Run) -> None:
    assert zhiwei("lines", "--json") == ""
