"""What a site costs while it does nothing: resident memory of weftd and its NATS, and the time until it is ready.

PSS shares out pages that several processes map; RSS counts them for each, and is what we promise on.
"""

import asyncio
import statistics
import tempfile
from pathlib import Path

import psutil

from common import Options, Promise, Result, main
from site_of_one import Site, start_site, stop_site
from workload import connections, grow_to, make_network

MIB = 2**20


def measure(options: Options) -> Result:
    """Start a site several times from nothing, then once more with ports in it."""
    empty = [in_a_new_place(ports=0) for _ in range(2 if options.quick else 5)]
    ports = 1000 if options.quick else 10_000
    full = in_a_new_place(ports=ports)
    found = {
        "empty": {figure: statistics.median(f[figure] for f in empty) for figure in empty[0]},
        f"{ports:,} ports": full,
    }
    columns = list(empty[0])
    return Result(
        columns=["site of one node", *(column.replace("_", " ") for column in columns)],
        rows=[[name, *(figures[column] for column in columns)] for name, figures in found.items()],
        figures=found,
        promises=[
            Promise("weftd + NATS resident, empty site", found["empty"]["total_rss_mib"], 200, "MiB"),
            Promise(f"weftd + NATS resident, {ports:,} ports", full["total_rss_mib"], 200, "MiB"),
            Promise("ready after", found["empty"]["ready_s"], 3, "s"),
            Promise(f"ready after, {ports:,} ports", full["ready_s"], 3, "s"),
        ],
    )


def in_a_new_place(ports: int) -> dict[str, float]:
    """Return the figures of a site that was started with `ports` ports already in its state."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as name:
        site = start_site(Path(name))
        try:
            if ports:
                asyncio.run(fill(site, ports))
                stop_site(site)
                site = start_site(Path(name))
            return {"ready_s": round(site.ready_s, 2), **memory_mib(site)}
        finally:
            stop_site(site)


async def fill(site: Site, ports: int) -> None:
    """Put `ports` ports into the site."""
    async with connections(site, 1) as (client,):
        await grow_to(client, await make_network(client), ports)


def memory_mib(site: Site) -> dict[str, float]:
    """Return what weftd and NATS hold, in MiB."""
    weftd = psutil.Process(site.process.pid)
    nats = [child for child in weftd.children(recursive=True) if "nats" in child.name()]
    if not nats:
        raise RuntimeError("weftd runs no NATS server")
    found: dict[str, float] = {}
    for name, processes in (("weftd", [weftd]), ("nats", nats)):
        memory = [process.memory_full_info() for process in processes]
        found[f"{name}_rss_mib"] = sum(each.rss for each in memory) / MIB
        found[f"{name}_pss_mib"] = sum(each.pss for each in memory) / MIB
    found["total_rss_mib"] = found["weftd_rss_mib"] + found["nats_rss_mib"]
    return {figure: round(value, 1) for figure, value in found.items()}


if __name__ == "__main__":
    main("footprint", __doc__, measure)
