"""What every benchmark shares: arguments, quiet measuring, percentiles, ratios, and how results are shown and kept.

A benchmark is a program `bench/NAME.py [--json FILE] [--quick]`: it measures, prints a table, and leaves one JSON
document. Machines drift, above all shared ones, so rivals are measured in turns (`interleaved`) and compared inside
each turn (`ratios`): what slows a whole turn cancels out.

    def measure(options: Options) -> Result: ...
    if __name__ == "__main__":
        main("api_rate", __doc__, measure)
"""

import argparse
import contextlib
import dataclasses
import datetime
import fcntl
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = Path(os.environ.get("WEFT_VAR", REPOSITORY / "var")) / "bench"
LOCK = Path(tempfile.gettempdir()) / "measure.lock"  # one measurement at a time on a machine, whoever runs it

Sample = Mapping[str, float]  # figure → value, from one turn of one rival


@dataclasses.dataclass(frozen=True)
class Options:
    """What the user asked for."""

    quick: bool  # a smaller run that shows it works; its figures are rough


@dataclasses.dataclass(frozen=True)
class Promise:
    """A figure that has a target."""

    what: str  # "write accepted, p50"
    value: float
    target: float
    unit: str
    at_least: bool = False  # False: the target is a ceiling

    @property
    def is_kept(self) -> bool:
        """The value is on the right side of its target."""
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclasses.dataclass(frozen=True)
class Result:
    """What a benchmark found. `rows` is the table a person reads, `figures` what a program reads."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    figures: Mapping[str, Any]
    promises: Sequence[Promise] = ()


def main(name: str, description: str | None, measure: Callable[[Options], Result]) -> None:
    """Run one benchmark as a program: parse, wait for our turn, measure, print, write JSON. Exits 1 on failure."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--json", type=Path, default=RESULTS / f"{name}.json", help="where the figures go (%(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="a smaller run; its figures are rough")
    arguments = parser.parse_args()
    started = time.monotonic()
    with measuring():
        result = measure(Options(quick=arguments.quick))
    show(name, result)
    document = {
        "benchmark": name,
        "quick": arguments.quick,
        "took_s": round(time.monotonic() - started, 1),
        "machine": machine(),
        "table": [list(result.columns), *([in_words(cell) for cell in row] for row in result.rows)],
        "figures": result.figures,
        "promises": [{**dataclasses.asdict(promise), "is_kept": promise.is_kept} for promise in result.promises],
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(document, indent=1) + "\n")


@contextlib.contextmanager
def measuring() -> Iterator[None]:
    """Hold the machine's measuring lock: two benchmarks at once would measure each other."""
    with LOCK.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another measurement holds {LOCK}: waiting", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(PermissionError):
            os.nice(-20)  # ahead of whatever else the machine does, with all that we start
        yield


def interleaved(rivals: Mapping[str, Callable[[], Sample]], *, rounds: int, seed: int = 1) -> dict[str, list[Sample]]:
    """Measure every rival once per round, in an order shuffled anew each round; return samples by rival."""
    order = list(rivals)
    shuffle = random.Random(seed).shuffle
    samples: dict[str, list[Sample]] = {name: [] for name in rivals}
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            samples[name].append(rivals[name]())
    return samples


def medians(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the median of each figure over the rounds that have it."""
    return {figure: statistics.median([s[figure] for s in samples if figure in s]) for figure in _figures(samples)}


def ratios(samples: Sequence[Sample], reference: Sequence[Sample]) -> dict[str, float]:
    """Return, per figure, the median over rounds of sample / reference *within* the round."""
    found: dict[str, float] = {}
    for figure in _figures(samples):
        pairs = [
            (s[figure], r[figure]) for s, r in zip(samples, reference, strict=True) if figure in s and r.get(figure)
        ]
        if pairs:
            found[figure] = statistics.median([ours / theirs for ours, theirs in pairs])
    return found


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below or at which `percent` per cent of `values` lie (nearest rank); nan if there are none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    """Return count, p50, p90, p99 and maximum of `values`, in their own unit."""
    found = {f"p{percent}": round(percentile(values, percent), digits) for percent in (50, 90, 99)}
    return {"count": len(values), **found, "max": round(max(values, default=math.nan), digits)}


@contextlib.contextmanager
def stopwatch(taken_ms: list[float]) -> Iterator[None]:
    """Append the milliseconds that the block took, if it ends well."""
    started = time.perf_counter()
    yield
    taken_ms.append((time.perf_counter() - started) * 1000)


def wait_until(condition: Callable[[], bool], *, deadline_s: float, what: str, every_s: float = 0.02) -> float:
    """Return the seconds until `condition()` held. Raises TimeoutError that names `what`."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > deadline_s:
            raise TimeoutError(f"{what}: not within {deadline_s:g} s")
        time.sleep(every_s)
    return time.monotonic() - started


def show(name: str, result: Result) -> None:
    """Print the table and, under it, each promise with its verdict."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table(title=name, title_justify="left")
    for number, column in enumerate(result.columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in result.rows:
        table.add_row(*(in_words(cell) for cell in row))
    console.print(table)
    for promise in result.promises:
        verdict = "[green]kept[/]" if promise.is_kept else "[red]missed[/]"
        limit = "≥" if promise.at_least else "≤"
        console.print(
            f"  {verdict}  {promise.what}: {in_words(promise.value)} {promise.unit} ({limit} {promise.target:g})"
        )


def in_words(cell: object) -> str:
    """Return a number with as many digits as it deserves, anything else as it is."""
    if isinstance(cell, bool) or not isinstance(cell, float | int):
        return str(cell)
    return f"{cell:,.0f}" if isinstance(cell, int) or abs(cell) >= 1000 else f"{cell:.3g}"


def machine() -> dict[str, Any]:
    """Return what a reader needs to know of the machine and the code to judge a figure."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in _read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory_kb = next((int(line.split()[1]) for line in _read("/proc/meminfo").splitlines() if "MemTotal" in line), 0)
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory_kb / 2**20, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "commit": commit.stdout.strip(),
    }


def _figures(samples: Sequence[Sample]) -> list[str]:
    return list(dict.fromkeys(figure for sample in samples for figure in sample))


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
