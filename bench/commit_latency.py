"""What a write costs at its own site, with the other sites 0 and 100 ms away: it must not matter.

Three sites, each a store with its own NATS that syncs every write. A write is a port with claims on its address and
MAC, as the API makes them. Delayed and undelayed fabrics take turns, so that drift of the machine cancels out.
"""

import asyncio
from typing import Any

from common import Options, Promise, Result, main, spread
from store_node import running_sites

DELAYS_MS = (0, 100)
AT_ONCE = (1, 8, 32, 128)
ROUNDS = 3


def measure(options: Options) -> Result:
    """Run both fabrics, in turns."""
    return asyncio.run(_measure(options))


async def _measure(options: Options) -> Result:
    singles = 100 if options.quick else 500
    taken_ms: dict[int, list[float]] = {delay: [] for delay in DELAYS_MS}
    rates: dict[tuple[int, int], list[float]] = {}
    for turn in range(1 if options.quick else ROUNDS):
        for delay in DELAYS_MS if turn % 2 == 0 else reversed(DELAYS_MS):
            async with running_sites("abc", delay_ms=delay) as fabric:
                site = fabric.sites["a"]
                await site.ask("burst", run="warm", count=50, at_once=1)
                taken_ms[delay] += (await site.ask("burst", run="one", count=singles, at_once=1))["taken_ms"]
                for at_once in AT_ONCE:
                    answer = await site.ask("burst", run=f"x{at_once}", count=singles * 2, at_once=at_once)
                    rates.setdefault((delay, at_once), []).append(answer["per_s"])
                await fabric.until_equal()
    return report(taken_ms, rates)


def report(taken_ms: dict[int, list[float]], rates: dict[tuple[int, int], list[float]]) -> Result:
    """Return percentiles and rates by delay, and what we promised of them."""
    figures: dict[str, Any] = {}
    rows = []
    for delay, taken in taken_ms.items():
        best = {f"at_{n}_per_s": round(max(rates[delay, n])) for n in AT_ONCE}
        found = figures[f"wan_{delay}_ms"] = {**spread(taken), **best}
        rows.append([f"others {delay} ms away", found["p50"], found["p99"], found["max"], *best.values()])
    near, far = (figures[f"wan_{delay}_ms"] for delay in DELAYS_MS)
    return Result(
        columns=["", "p50 ms", "p99 ms", "max ms", *(f"writes/s at {n}" for n in AT_ONCE)],
        rows=rows,
        figures=figures,
        promises=[
            Promise("write accepted, others 100 ms away, p50", far["p50"], 5, "ms"),
            Promise("write accepted, others 100 ms away, p99", far["p99"], 15, "ms"),
            Promise("p50 with others 100 ms away to p50 with others near", far["p50"] / near["p50"], 1.5, "×"),
        ],
    )


if __name__ == "__main__":
    main("commit_latency", __doc__, measure)
