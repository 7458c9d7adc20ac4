"""Two hundred kills: clients, closers and PostgreSQL get signal 9 at any moment, and nothing is lost or paid twice.

What is killed, and what must be true afterwards: tests/concurrency/test_killed.py.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

TEST = Path(__file__).parents[1] / "tests" / "concurrency" / "test_killed.py"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=time.time_ns() % 10**9, help="another life with each run")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    started = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider", str(TEST)]
    told = {"ZHIWEI_KILLS": str(asked.kills), "ZHIWEI_KILLS_SEED": str(asked.seed)}
    whole = subprocess.run(command, env=os.environ | told, check=False).returncode == 0
    print(f"verdict: the book is {'whole' if whole else 'BROKEN'}, {time.perf_counter() - started:.0f} s")
    if asked.json:
        print(json.dumps({"kills": asked.kills, "seed": asked.seed, "whole": whole}))
    sys.exit(not whole)


if __name__ == "__main__":
    main()
