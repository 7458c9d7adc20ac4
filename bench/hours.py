"""A hundred thousand calls of partners over 48 simulated hours, or as many as there are minutes for.

What they do and what must be true afterwards: tests/simulation/test_partners_call_48_hours.py.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

TEST = Path(__file__).parents[1] / "tests" / "simulation" / "test_partners_call_48_hours.py"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=100_000)
    options.add_argument("--minutes", type=float, default=60, help="stop calling then; the audit comes after it")
    options.add_argument("--seed", type=int, default=time.time_ns() % 10**9, help="another life with each run")
    options.add_argument("--json", action="store_true", help="they are anyway: one JSON object")
    asked = options.parse_args()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider",
               f"{TEST}::test_partners_call_48_hours"]  # fmt: skip
    told = {"ZHIWEI_HOURS_CALLS": str(asked.calls), "ZHIWEI_HOURS_MINUTES": str(asked.minutes),
            "ZHIWEI_HOURS_SEED": str(asked.seed)}  # fmt: skip
    done = subprocess.run(command, cwd=TEST.parents[2], env=os.environ | told, check=False)
    print(f"verdict: the books are {'true' if done.returncode == 0 else 'NOT what partners were told'}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
