"""What the unit and the container start exists as it is written there."""

import json
import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from zhiwei.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"


def commands() -> list[list[str]]:
    unit = ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "zhiwei-api.service", "utf-8")
    container = (DEPLOY / "Containerfile").read_text("utf-8")
    said = re.search(r"^CMD (\[.*\])$", container, re.MULTILINE)
    assert said
    return [shlex.split(unit["Service"]["ExecStart"])[1:], json.loads(said[1])]


@pytest.mark.parametrize("command", commands(), ids=["unit", "container"])
def test_every_option_that_is_given_is_one(command: list[str]) -> None:
    program = [sys.executable, "-m", "zhiwei", command[0], "--help"]
    told = subprocess.run(program, capture_output=True, text=True, check=True, env={"COLUMNS": "200"}).stdout
    options = {word for word in command if word.startswith("--")}
    assert options
    assert {option for option in options if option not in told} == set()


def test_every_setting_that_is_named_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (DEPLOY.parent / "docs/guides/operate.md").read_text("utf-8")
    said = set(re.findall(r"ZHIWEI_[A-Z_]+", guide + "".join(p.read_text("utf-8") for p in DEPLOY.iterdir())))
    told = (DEPLOY.parent / "src/zhiwei/settings.py").read_text("utf-8")
    assert {name for name in said if f'"{name}"' not in told} == set()
    for name in said:
        monkeypatch.setenv(name, "http://127.0.0.1")
    assert Settings.from_environment().api_url == "http://127.0.0.1"
