"""What one packet costs on each path between two nodes: one process sends and receives, on one core, for all in turns.

The figures of `datapath` are what programs see, and much of that is waking them. This is the rest alone,
to some tens of nanoseconds even on a shared machine: what to look at while changing the eBPF programs. A superpacket
is 64 KB, and comes with its acknowledgement; a round trip is one byte each way, acknowledgements included.
"""

import contextlib
import json
from collections.abc import Mapping

from common import RESULTS, Options, Result, main
from datapath import REFERENCE, TOPOLOGIES
from topologies import run

PATH = RESULTS / "path"
FIGURES = {"superpacket_us": "superpacket µs", "round_trip_us": "round trip µs"}
RUNS = 5  # of one second; each makes its connections anew


def measure(options: Options) -> Result:
    """Build the three side by side and send through them in turns."""
    with contextlib.ExitStack() as built:
        pairs = {name: built.enter_context(build()) for name, build in TOPOLOGIES.items()}
        asked = ["taskset", "-c", "0", "chrt", "--rr", "1", str(PATH), "1"]
        for name, pair in pairs.items():
            asked += [name, pair.client_netns, pair.server_netns, pair.server_ip]
        runs = [json.loads(run(asked)) for _ in range(1 if options.quick else RUNS)]
    best = {
        name: {figure: min(found[name][figure] for found in runs) for figure in FIGURES} for name in TOPOLOGIES
    }  # the least disturbed of the runs' medians
    return report(best, runs)


def report(best: Mapping[str, Mapping[str, float]], runs: object) -> Result:
    """Return what each path takes, and how much more than the bare veth."""
    columns = ["path"]
    for title in FIGURES.values():
        columns += [title, "above veth", f"to {REFERENCE}"]
    rows = []
    for name, figures in best.items():
        row: list[object] = [name]
        for figure in FIGURES:
            value = figures[figure]
            row += [
                f"{value:.2f}",
                f"{value - best['bare veth'][figure]:.2f}",
                f"×{value / best[REFERENCE][figure]:.2f}",
            ]
        rows.append(row)
    return Result(columns=columns, rows=rows, figures={"best": best, "runs": runs})


if __name__ == "__main__":
    main("path_cost", __doc__, measure)
