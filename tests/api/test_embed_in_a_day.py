"""The guide "embed in a day" is run as it stands: its commands, by a shell and curl, against a server that listens."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from zhiwei.bootstrap import Platform
from zhiwei.commands.partners.sandboxes import made
from zhiwei.economy.sandbox import Script

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "embed-in-a-day.md").read_text("utf-8")
Answer = dict[str, Any]


def commands(chapter: str) -> str:
    """What a chapter of the guide has its reader type."""
    [text] = re.findall(rf"^## {re.escape(chapter)}[^\n]*\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


def run(script: str, **variables: str) -> list[Answer]:
    """The answers, in their order."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=os.environ | variables, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    found, rest = [], done.stdout.strip()
    while rest:
        answer, end = json.JSONDecoder().raw_decode(rest)
        found.append(answer)
        rest = rest[end:].strip()
    return found


def test_five_calls_from_a_test_key_to_money_drawn(platform: Platform, address: str) -> None:
    script = commands("Five calls")
    assert script.count("curl ") == 5
    there, applied, offer, opened, drawn = run(script, API=address, KEY=made(platform, "shop").test_key)
    assert there["today"] == "2026-01-01"
    assert applied["outcome"] == "approve"
    assert offer["decision"] == applied["decision"]
    assert opened["decision"] == applied["decision"]
    assert (drawn["line"], drawn["status"], drawn["value_date"]) == (opened["line"], "paid", "2026-01-01")
    assert drawn["amount"] == {"amount": 3_000_000, "currency": "CNY"}


def test_then_time_passes_and_the_line_is_paid_down(platform: Platform, address: str) -> None:
    script = commands("Five calls") + commands("Then")
    *_, clock, repaid, line = run(script, API=address, KEY=made(platform, "shop").test_key)
    assert (clock["today"], clock["days"]) == ("2026-02-02", 32)
    assert repaid["interest"]["amount"] + repaid["principal"]["amount"] == 1_000_000
    assert repaid["credit"]["amount"] == 0
    assert line["status"] == "open"


def test_run_again_it_answers_the_same_and_draws_nothing_more(platform: Platform, address: str) -> None:
    key = made(platform, "shop").test_key
    _, applied, _, opened, drawn = run(commands("Five calls"), API=address, KEY=key)
    _, applied_again, offer, opened_again, drawn_again = run(commands("Five calls"), API=address, KEY=key)
    assert (applied_again, opened_again, drawn_again) == (applied, opened, drawn)
    assert (offer["open"], offer["line"]) == (False, opened["line"])
    with platform.unit("sandbox-shop") as unit:
        assert [one.used for one in unit.lines.all()] == [3_000_000]


def test_it_names_the_borrowers_that_are_there() -> None:
    assert re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE) == [one.party for one in Script().borrowers()]
