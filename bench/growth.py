"""What a create costs as a site fills: 0 to 50,000 ports, beside a site that stays nearly empty.

At each size both sites create ports by one client, in turns; the ratio is the median over turns of the ratio within a
turn, so that what the machine does meanwhile cancels out. CPU time is that of weftd and of its NATS, per create.
"""

from functools import partial

import psutil
import uvloop

from common import Options, Promise, Result, Sample, interleaved, main, medians, percentile, ratios
from http_load import load
from site_of_one import Site, running_site
from workload import connections, grow_to, make_network, port_request

SIZES = (0, 5000, 10_000, 20_000, 30_000, 50_000)
SMALL, GROWING = "small", "growing"


def measure(options: Options) -> Result:
    """Grow one of two sites step by step."""
    creates, rounds = (50, 3) if options.quick else (200, 7)
    found: dict[int, dict[str, list[Sample]]] = {}
    with running_site() as small, running_site() as growing:
        networks = {site.url: uvloop.run(network_of(site)) for site in (small, growing)}
        for site in (small, growing):
            turn(site, networks[site.url], creates)  # warm up
        for size in SIZES[:3] if options.quick else SIZES:
            uvloop.run(grow(growing, networks[growing.url], size))
            rivals = {name: partial(turn, site, networks[site.url], creates) for name, site in both(small, growing)}
            found[size] = interleaved(rivals, rounds=rounds)
    return report(found)


def both(small: Site, growing: Site) -> tuple[tuple[str, Site], ...]:
    return (SMALL, small), (GROWING, growing)


async def network_of(site: Site) -> str:
    """Return a network with room."""
    async with connections(site, 1) as (client,):
        return await make_network(client)


async def grow(site: Site, network: str, size: int) -> None:
    """Fill the site up to `size` ports."""
    async with connections(site, 1) as (client,):
        await grow_to(client, network, size)


def turn(site: Site, network: str, creates: int) -> Sample:
    """Create ports one after another; return the percentiles, and the CPU time per create."""
    weftd = psutil.Process(site.process.pid)
    nats = weftd.children(recursive=True)
    before = cpu_ms(weftd), sum(map(cpu_ms, nats))
    taken_ms = uvloop.run(creating(site, network, creates))
    after = cpu_ms(weftd), sum(map(cpu_ms, nats))
    return {
        "p50_ms": percentile(taken_ms, 50),
        "p90_ms": percentile(taken_ms, 90),
        "weftd_cpu_ms": (after[0] - before[0]) / creates,
        "nats_cpu_ms": (after[1] - before[1]) / creates,
    }


async def creating(site: Site, network: str, creates: int) -> list[float]:
    """Return how long each create took."""
    async with connections(site, 1) as clients:
        return (await load(clients, [port_request(network)] * creates)).taken_ms


def cpu_ms(process: psutil.Process) -> float:
    """Return the CPU time it has used."""
    times = process.cpu_times()
    return float(times.user + times.system) * 1000


def report(found: dict[int, dict[str, list[Sample]]]) -> Result:
    """Return the curve, and whether it is flat."""
    middle = {size: medians(samples[GROWING]) for size, samples in found.items()}
    to_small = {size: ratios(samples[GROWING], samples[SMALL]) for size, samples in found.items()}
    last = max(found)
    return Result(
        columns=[
            "ports",
            "p50 ms",
            "p90 ms",
            "weftd CPU ms",
            "NATS CPU ms",
            "p50 to a small site",
            "CPU to a small site",
        ],
        rows=[
            [
                f"{size:,}",
                *figures.values(),
                f"×{to_small[size]['p50_ms']:.2f}",
                f"×{to_small[size]['weftd_cpu_ms']:.2f}",
            ]
            for size, figures in middle.items()
        ],
        figures={"growing": middle, "to_small": to_small, "rounds": found},
        promises=[
            Promise(f"create p50 among {last:,} ports to a small site", to_small[last]["p50_ms"], 1.2, "×"),
            Promise(f"CPU of a create among {last:,} ports to a small site", to_small[last]["weftd_cpu_ms"], 1.2, "×"),
        ],
    )


if __name__ == "__main__":
    main("growth", __doc__, measure)
