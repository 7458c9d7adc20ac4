"""Hostile bytes for every reader of files: none may crash, hang, need much memory, or leave half an import.

Each file is a mutation of a valid one and follows from seed, parser and number alone. Workers read them under limits
of CPU time and memory; a file that breaks a promise is kept in a folder, under its seed, and the exit code is 1.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fuzzing.parsers import PARSERS, hostile, read
from fuzzing.received import JOURNEY, begun
from fuzzing.worker import CPU, MEMORY, dice_of, signature, work

from zhiwei.values import BadInput

ROOT = Path(__file__).parents[1]
MOST_FAULTS = 30  # of a parser: then it has enough to mend
SHOWN = 4  # codes of errors


@dataclass
class Figures:
    """Of one parser; `seconds` of CPU in the parser alone."""

    runs: int = 0
    seconds: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    slowest_ms: float = 0.0
    slowest: int = 0
    peak_mb: float = 0.0
    broken: dict[str, int] = field(default_factory=dict)  # what is wrong -> the first file that shows it

    def count(self, number: int, code: str, took: str, peak: str) -> None:
        self.runs += 1
        self.codes[code] += 1
        self.seconds += float(took) / 1000
        if float(took) > self.slowest_ms:
            self.slowest_ms, self.slowest = float(took), number
        self.peak_mb = max(self.peak_mb, float(peak))


def fuzzed(parser: str, seed: int, seconds: float, data: str) -> Figures:
    """Workers one after the other: one that is killed is followed by another, which begins with the next file."""
    figures, number, left = Figures(), 0, seconds
    while left > 0 and len(figures.broken) < MOST_FAULTS:
        number, took = _worker(parser, seed, number, left, data, figures)
        left -= took
    return figures


def _worker(parser: str, seed: int, first: int, seconds: float, data: str, figures: Figures) -> tuple[int, float]:
    """-> (the file that the next one begins with, seconds since this one was ready)."""
    options = {"--worker": parser, "--seed": seed, "--first": first, "--seconds": seconds, "--data": data}
    program = [sys.executable, __file__, *(str(word) for option in options.items() for word in option)]
    number, inside, ready = first - 1, False, 0.0
    with tempfile.TemporaryFile("w+") as said, subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=said, text=True, env=os.environ | {"POLARS_MAX_THREADS": "1"}
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            sign, _, rest = line.rstrip("\n").partition(" ")
            if sign == ">":
                number, inside, ready = int(rest), True, ready or time.monotonic()
            elif sign == "!":
                figures.broken.setdefault(rest, number)
            elif sign == "<":
                figures.count(number, *rest.split(" "))
                inside = False
        died = process.wait()
        said.seek(0)
        words = said.read()
    if (died and not inside) or not ready:
        raise SystemExit(f"fuzz: the worker of {parser} came to an end between two files:\n{words[-3000:]}")
    if died:
        what = _death(died, words)
        figures.runs += 1
        figures.codes[what.partition(":")[0]] += 1
        figures.broken.setdefault(what, number)
    return number + 1, time.monotonic() - ready


def _death(code: int, words: str) -> str:
    """What a worker died of, in one line."""
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"HANG: more than {CPU} s of CPU"
    if -code == signal.SIGALRM:
        return "HANG: it waits for something that never comes"
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "")
    if -code == signal.SIGABRT and "alloc" in words:
        return f"BLOW-UP: more than {MEMORY >> 20:,} MB: {last[:120]}"
    return f"DEATH: {signal.Signals(-code).name if code < 0 else code}: {last[:120]}"


def keep(parser: str, seed: int, number: int, folder: Path) -> Path:
    """The file, written down; its name says how to make it again."""
    if parser == JOURNEY:
        parser, dice = begun(dice_of(seed, parser, number))
    else:
        dice = dice_of(seed, parser, number)
    name, content = hostile(parser, dice)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{parser}-{seed}-{number}-{Path(name).name}"
    path.write_bytes(content)
    return path


def again(path: Path) -> None:
    """Read a file that was kept, in this process: what it does, and where."""
    parser, _, _, name = path.name.split("-", 3)
    try:
        found = read(parser, name, path.read_bytes())
        print("read" if found is None else f"{found.rows()} rows, {len(found.problems)} problems")
    except BadInput as refused:
        print(f"refused: {refused}")
    except BaseException as error:
        print(signature(error))
        raise


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=1.0, help="of wall time, for all parsers together")
    options.add_argument("--seed", type=int, default=time.time_ns() % 10**9, help="other files with each run")
    options.add_argument("--only", default="", help="parsers, with commas")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--found", type=Path, default=ROOT / ".dev" / "fuzz", help="where broken files are kept")
    options.add_argument("--again", type=Path, help="read one such file")
    options.add_argument("--json", action="store_true")
    for hidden, kind in {"--worker": str, "--first": int, "--seconds": float, "--data": str}.items():
        options.add_argument(hidden, type=kind, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.worker:
        work(asked.worker, asked.seed, asked.first, asked.seconds, asked.data)
    elif asked.again:
        again(asked.again)
    else:
        sys.exit(_all(asked))


def _all(asked: argparse.Namespace) -> bool:
    """Whether anything broke."""
    parsers = asked.only.split(",") if asked.only else [*PARSERS, JOURNEY]
    share = asked.minutes * 60 * asked.jobs / len(parsers)
    print(f"seed {asked.seed}, {len(parsers)} parsers, {share:.0f} s each", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="zw") as data, ThreadPoolExecutor(asked.jobs) as pool:
        every = dict(zip(parsers, pool.map(lambda name: fuzzed(name, asked.seed, share, data), parsers), strict=True))
    print(f"{'':14}{'runs':>8}{'per s':>8}{'slowest ms':>12}{'peak MB':>9}  outcomes")
    for name, figures in every.items():
        codes = ", ".join(f"{code} {count}" for code, count in figures.codes.most_common(SHOWN))
        rate = figures.runs / figures.seconds if figures.seconds else 0
        print(f"{name:14}{figures.runs:8,}{rate:8,.0f}{figures.slowest_ms:12,.0f}{figures.peak_mb:9,.0f}  {codes}")
    broken = [(name, what, number) for name, figures in every.items() for what, number in figures.broken.items()]
    for name, what, number in broken:
        print(f"BROKEN {name}: {what}\n    {keep(name, asked.seed, number, asked.found)}")
    runs = sum(figures.runs for figures in every.values())
    print(f"{runs:,} files, {len(broken)} promises broken (seed {asked.seed})")
    if asked.json:
        print(json.dumps({"seed": asked.seed, "parsers": {name: vars(figures) for name, figures in every.items()}}))
    return bool(broken)


if __name__ == "__main__":
    main()
