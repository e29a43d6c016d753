"""Created here, programmed there: from the moment one site accepts a port until other sites' kernels know it.

Labs of 3 and of 10 sites, 20 ms one way between any two. Every site hosts a port of the network, so every site must
program each new one; the receipt of a create says when each node had. All clocks are this machine's.
"""

import asyncio
import time
from typing import Any

import uvloop

from common import Options, Promise, Result, main, spread
from http_load import Connection
from lab_alone import alone, running_lab
from weft.lab.layout import Layout
from workload import make_network

DELAY_MS = 20
SITES = (3, 10)
PAUSE_S = 0.05  # between creates: this is about latency, not about load


def measure(options: Options) -> Result:
    """Bring up one lab after another and create ports in it."""
    creates = 20 if options.quick else 200
    by_sites: dict[int, dict[str, list[float]]] = {}
    for sites in SITES:
        with running_lab(sites, 1, DELAY_MS) as (layout, password):
            by_sites[sites] = uvloop.run(_measure(layout, password, creates))
    figures = {
        f"{sites} sites": {what: spread(values) for what, values in found.items()} for sites, found in by_sites.items()
    }
    return Result(
        columns=["", "", "p50 ms", "p99 ms", "max ms"],
        rows=[
            [name, what, f["p50"], f["p99"], f["max"]] for name, whats in figures.items() for what, f in whats.items()
        ],
        figures={"delay_ms": DELAY_MS, **figures},
        promises=[
            Promise(
                f"programmed at every other site, {name}, p99",
                whats["programmed everywhere"]["p99"],
                DELAY_MS + 100,
                "ms",
            )
            for name, whats in figures.items()
        ],
    )


async def _measure(layout: Layout, password: str, creates: int) -> dict[str, list[float]]:
    """Return how long creates of ports bound to the first node took, and then the rest of the world."""
    first = layout.sites[0].nodes[0]
    others = [node.name for node in layout.nodes if node is not first]
    found: dict[str, list[float]] = {"accepted": [], "programmed at one other site": [], "programmed everywhere": []}
    async with Connection(first.api_url) as client:
        await client.log_in(password)
        network = await make_network(client)
        for node in layout.nodes:
            await programmed_at(client, await create(client, network, node.name))
        for _ in range(creates):
            started = time.perf_counter()
            receipt = await create(client, network, first.name)
            found["accepted"].append((time.perf_counter() - started) * 1000)
            told = await programmed_at(client, receipt)
            after_ms = [told["programmed"][node] - told["at_ms"] for node in others]
            found["programmed at one other site"].extend(after_ms)
            found["programmed everywhere"].append(max(after_ms))
            await asyncio.sleep(PAUSE_S)
    return found


async def create(client: Connection, network: str, host: str) -> str:
    """Create a port bound to `host`; return the receipt."""
    body = {"port": {"network_id": network, "binding:host_id": host}}
    headers, _ = await client.request("POST", "/v2.0/ports", body)
    return headers["x-weft-receipt"]


async def programmed_at(client: Connection, receipt: str) -> dict[str, Any]:
    """Return the receipt once every node concerned has programmed the write."""
    _, answer = await client.request("GET", f"/weft/v1/receipts/{receipt}?until=programmed")
    told: dict[str, Any] = answer
    if not told["is_programmed"]:
        raise TimeoutError(f"not programmed everywhere: {told}")
    return told


if __name__ == "__main__":
    alone()
    main("programmed", __doc__, measure)
