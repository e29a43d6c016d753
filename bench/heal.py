"""How soon sites hold the same again after a partition, and how fast a backlog of 100,000 records is worked off.

Two sites, linked by TCP relays that can be cut so that connections hang, as a broken WAN does. "Identical" is when the
digests are equal, "handed on" when the log of the site that was behind holds it all, too: that comes second, as there
are only two sites and each pulls from the other. A small partition shows how soon a heal is noticed; the large one
shows the rate, both sites on the same machine.
"""

import asyncio
import time
from typing import Any

from common import Options, Promise, Result, main
from store_node import Fabric, running_sites

SMALL = 100
LARGE = 100_000
CUT_S = 12.0  # long enough for every connection to be given up
AT_ONCE = 256


def measure(options: Options) -> Result:
    """Run one fabric through both partitions."""
    return asyncio.run(_measure(options))


async def _measure(options: Options) -> Result:
    large = 5000 if options.quick else LARGE
    async with running_sites("ab", delay_ms=10) as fabric:
        small_s = await partition(fabric, "small", SMALL, both=True)
        large_s = await partition(fabric, "large", large, both=False)
        healed = time.monotonic() - large_s
        await asyncio.gather(*(site.ask("handed_on", deadline_s=300) for site in fabric.sites.values()))
        handed_on_s = time.monotonic() - healed
        states = await asyncio.gather(*(site.ask("state") for site in fabric.sites.values()))
    return report(small_s, large_s, handed_on_s, large, states)


async def partition(fabric: Fabric, run: str, count: int, *, both: bool) -> float:
    """Cut, write `count` records, heal; return the seconds from the heal to equal digests."""
    fabric.cut()
    started = time.monotonic()
    writers = list(fabric.sites.values())[: 2 if both else 1]
    await asyncio.gather(*(site.ask("burst", run=run, count=count, at_once=AT_ONCE, claims=False) for site in writers))
    await asyncio.sleep(max(0.0, CUT_S - (time.monotonic() - started)))
    source, *others = fabric.sites.values()
    fabric.heal()
    healed = time.monotonic()
    if both:
        return await fabric.until_equal()
    digest = (await source.ask("state"))["digest"]
    await asyncio.gather(*(site.ask("until", digest=digest, deadline_s=300) for site in others))
    return time.monotonic() - healed


def report(small_s: float, large_s: float, handed_on_s: float, large: int, states: list[dict[str, Any]]) -> Result:
    """Return times, rate and memory, and what we promised of them."""
    rate = large / large_s
    memory = max(state["weftd_mib"] + state["nats_mib"] for state in states)
    figures = {
        "small": {"records": 2 * SMALL, "identical_s": round(small_s, 2)},
        "large": {
            "records": large,
            "identical_s": round(large_s, 2),
            "per_s": round(rate),
            "handed_on_s": round(handed_on_s, 2),
        },
        "sites": states,
    }
    return Result(
        columns=[
            "",
            "records written while cut",
            "identical after s",
            "records/s",
            "handed on after s",
            "store + NATS MiB",
        ],
        rows=[
            ["both sites wrote", 2 * SMALL, round(small_s, 2), "", "", ""],
            ["backlog", large, round(large_s, 2), round(rate), round(handed_on_s, 2), round(memory)],
        ],
        figures=figures,
        promises=[
            Promise("partition healed, digests identical", small_s, 5, "s"),
            Promise("backlog worked off", rate, 5000, "records/s", at_least=True),
        ],
    )


if __name__ == "__main__":
    main("heal", __doc__, measure)
