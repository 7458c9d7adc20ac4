"""The command line as a process of its own, on the database of the test."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def zhiwei(data_folder: Path, database_url: str, tmp_path: Path) -> Run:
    """Run `zhiwei ARGS` on a database of this test; -> the finished process. `env`: other settings, another person."""

    def run(
        *arguments: str | Path, code: int = 0, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ZHIWEI_DATA": str(data_folder), "ZHIWEI_DATABASE_URL": database_url}
        environment |= {"ZHIWEI_PERSON": "tester", "COLUMNS": "200"}
        environment.pop("ZHIWEI_DATABASE", None)
        environment |= env or {}
        command = [sys.executable, "-m", "zhiwei", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return run
