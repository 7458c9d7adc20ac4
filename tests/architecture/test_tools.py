"""What the tools keep: style, format, who may import whom, types. `./dev check` runs this folder, CI all tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ["ruff check --output-format concise", "ruff format --check", "lint-imports --no-logo", "mypy"]


@pytest.mark.parametrize("command", TOOLS)
def test_a_tool_has_nothing_to_say(command: str) -> None:
    program, *arguments = command.split()
    found = Path(sys.executable).parent / program
    done = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
