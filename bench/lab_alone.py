"""A lab for a benchmark, in a world of its own: it collides with no lab that runs on this machine.

`alone` starts the program again in a private corner of the machine, which ends with it.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from weft.lab.home import Home
from weft.lab.layout import Layout
from weft.lab.private import privately
from weft.lab.up import down, up

MARK = "WEFT_BENCH_ALONE"


def alone() -> None:
    """Return only in a world of our own; the first call does not return but starts this program anew."""
    if MARK in os.environ:
        return
    if os.geteuid() != 0:
        sys.exit("namespaces need root: run this through sudo, or `make bench`")
    command = privately([sys.executable, *sys.argv])
    os.execvpe(command[0], command, {**os.environ, MARK: "1"})


@contextlib.contextmanager
def running_lab(sites: int, nodes: int, delay_ms: float) -> Iterator[tuple[Layout, str]]:
    """Bring up a lab with `delay_ms` one way between any two sites; give its layout and the admin's password."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as name:
        home = Home(Path(name) / "lab")
        try:
            report = up(home, sites, nodes, delay_ms, lambda line: print(f"lab: {line}", file=sys.stderr, flush=True))
            yield report.layout, home.password_file.read_text().strip()
        finally:
            down(home)
