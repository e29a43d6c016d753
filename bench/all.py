"""Run all benchmarks, or those named, one after another: `python bench/all.py [--quick] [NAME…]`."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

BENCHMARKS = ("datapath", "path_cost", "commit_latency", "api", "api_rate", "growth", "programmed", "heal", "footprint")
HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run them; exits 1 if one failed, after the others have had their turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller runs; their figures are rough")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    arguments = parser.parse_args()
    failed = []
    for name in arguments.names or BENCHMARKS:
        started = time.monotonic()
        done = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *(["--quick"] if arguments.quick else [])])
        print(
            f"{name}: {'done' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s\n",
            flush=True,
        )
        if done.returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
