"""A process that reads hostile files one after the other, each within so much CPU time and memory.

It tells by lines what it does: "> 17" before file 17, then "< code ms MB" or "! what is wrong" and the same line. Who
exceeds the CPU time is killed by the kernel, and the line that is missing tells on which file.
"""

import contextlib
import gc
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random

from fuzzing.parsers import PARSERS, hostile, read
from fuzzing.received import JOURNEY, Journey, begun
from fuzzing.seeds import seeds

from zhiwei.values import BadInput

CPU = 10  # seconds for one file
WALL = 90  # seconds for one file: it waits for something that never comes
MEMORY = 2 * 2**30  # bytes beyond what the process has before its first file


def dice_of(seed: int, parser: str, number: int) -> Random:
    return Random(f"{seed}/{parser}/{number}")


def work(parser: str, seed: int, first: int, seconds: float, data: str) -> None:
    """Files from `first` on, for so long; `data`: the data folder of a database, for journeys."""
    warnings.simplefilter("error", RuntimeWarning)  # numpy's: an overflow is a wrong fact
    with ExitStack() as stack:
        journey = stack.enter_context(Journey.opened(Path(data))) if parser == JOURNEY else None
        for name in PARSERS:  # seeds are made before anything is measured
            seeds(name)
        gc.collect()
        _bound_memory()
        end = time.monotonic() + seconds
        for number in count(first):
            _one(parser, seed, number, journey)
            if time.monotonic() > end:
                return


def _one(parser: str, seed: int, number: int, journey: Journey | None) -> None:
    dice = dice_of(seed, parser, number)
    kind, dice = (parser, dice) if journey is None else begun(dice)
    name, content = hostile(kind, dice)
    _say(f"> {number}")
    _reset_peak()
    with _bounded_time():
        since, code = time.process_time(), "read"
        try:
            if journey is None:
                read(kind, name, content)
            else:
                journey.take(kind, name, content)
        except BadInput as refused:
            code = refused.code
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of Rust is no Exception
            code = "CRASH"
            _say(f"! {signature(error)}")
        took = (time.process_time() - since) * 1000
    _say(f"< {code} {took:.1f} {_peak():.0f}")


def signature(error: BaseException) -> str:
    """What went wrong and in which line of ours: the same for files that show the same fault."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "zhiwei" in frame.filename] or frames
    at = ours[-1]
    first = (str(error).splitlines() or [""])[0][:160]
    return f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno} {at.name}: {first}"


def _say(line: str) -> None:
    os.write(sys.stdout.fileno(), line.encode("utf-8", errors="replace") + b"\n")


@contextlib.contextmanager
def _bounded_time() -> Iterator[None]:
    """The kernel ends a process whose CPU time passes the limit: no code of ours, or of a library's, can stop that."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + CPU, hard))
    signal.alarm(WALL)
    yield
    signal.alarm(0)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _bound_memory() -> None:
    now = _status("VmData")
    if now:
        resource.setrlimit(resource.RLIMIT_DATA, (now * 1024 + MEMORY, resource.RLIM_INFINITY))


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """MB, of this file where the kernel lets us ask so, else of the process so far."""
    return _status("VmHWM") / 1024 or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _status(name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
    return 0
