"""zhiwei pull and providers as a user meets them: a file says who is asked, a table what it came to."""

import json
import os
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ..unit.adapters.pulling.company import listening

FORM = '{"readings": [{"utility": "power", "meter": "8", "read_on": "2024-03-31", "reading": 120.5, "unit": "kWh"}]}'
ASK = ("--party", "F1", "--since", "2024-03-01", "--until", "2024-05-01")


@pytest.fixture
def setup(zhiwei, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes providers.toml; F1 allows its meters to be read."""
    file = tmp_path / "providers.toml"
    monkeypatch.setenv("ZHIWEI_PROVIDERS", str(file))
    (tmp_path / "words.txt").write_text("我同意查询用电", "utf-8")
    zhiwei("consent", "give", "F1", "--scope", "meters", "--text", tmp_path / "words.txt", "--evidence", "page 3")
    return lambda content: file.write_text(content, "utf-8")


def test_a_folder_is_pulled_from(zhiwei, setup, tmp_path: Path) -> None:
    setup('[drop]\nreader = "meters"\ndir = "drop"\ncost = 50\ncharged = "answers"\n')
    place = tmp_path / "drop" / "F1" / "meters"
    place.mkdir(parents=True)
    (place / "2024-03-01_2024-05-01.json").write_text(FORM, "utf-8")
    pulled = json.loads(zhiwei("pull", "drop", *ASK, "--json").stdout)
    assert (pulled["outcome"], pulled["rows"], pulled["new"], pulled["cost"]) == ("hit", {"meters": 1}, True, 50)
    assert "已有" in zhiwei("pull", "drop", *ASK).stdout
    later = ("--party", "F1", "--since", "2024-05-01", "--until", "2024-06-01")
    assert "查无记录" in zhiwei("pull", "drop", *later).stdout
    [row] = [json.loads(line) for line in zhiwei("providers", "--json").stdout.splitlines()]
    assert (row["source"], row["pulls"], row["hits"], row["empties"], row["cost"]) == ("drop", 3, 2, 1, "1.50")
    assert (row["breaker"], round(row["hit_rate"], 2), row["p50"] >= 0) == ("closed", 0.67, True)
    shown = zhiwei("providers").stdout
    assert "67%" in shown
    assert "closed" in shown


def test_a_server_is_asked_with_what_opens_its_door(zhiwei, setup, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    statuses = [200, 500]

    def handle(door: BaseHTTPRequestHandler) -> None:
        seen.append(str(door.headers["Authorization"]))
        door.send_response(statuses.pop(0))
        door.send_header("Content-Length", str(len(FORM)))
        door.end_headers()
        door.wfile.write(FORM.encode())

    with listening(handle) as port:
        setup(f'[grid]\nreader = "meters"\nurl = "http://127.0.0.1:{port}/"\nauth_env = "GRID_KEY"\ntries = 1\n')
        assert "no_credentials" in zhiwei("pull", "grid", *ASK, code=1).stderr
        monkeypatch.setenv("GRID_KEY", "let me in")
        assert json.loads(zhiwei("pull", "grid", *ASK, "--key", "k", "--json").stdout)["outcome"] == "hit"
        assert json.loads(zhiwei("pull", "grid", *ASK, "--key", "k", "--json").stdout)["tries"] == 1
        failed = zhiwei("pull", "grid", *ASK, code=3)
    assert seen == ["let me in"] * 2
    assert "status 500" in failed.stderr
    assert "let me in" not in failed.stderr
    [row] = [json.loads(line) for line in zhiwei("providers", "--json").stdout.splitlines()]
    assert (row["hits"], row["failures"], row["last_error"]) == (1, 1, "outage")


def test_what_is_wrong_is_said(zhiwei, setup, tmp_path: Path) -> None:
    setup('[drop]\nreader = "meters"\n')
    assert "neither or both" in zhiwei("pull", "drop", *ASK, code=2).stderr
    zhiwei("lines")  # who does not pull does not stumble over it
    setup('[drop]\nreader = "meters"\ndir = "drop"\n')
    assert "no_such_provider" in zhiwei("pull", "moon", *ASK, code=1).stderr
    assert "no_such_party" in zhiwei("pull", "drop", "--party", "F9", *ASK[2:], code=1).stderr
    assert "its folder is not there" in zhiwei("pull", "drop", *ASK, code=3).stderr
    back = ("--party", "F1", "--since", "2024-05-01", "--until", "2024-05-01")
    assert "no day lies in" in zhiwei("pull", "drop", *back, code=2).stderr
    assert os.environ["ZHIWEI_PROVIDERS"] == str(tmp_path / "providers.toml")
    (tmp_path / "providers.toml").unlink()
    assert "is not there" in zhiwei("providers", code=2).stderr
