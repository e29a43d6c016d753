"""Creates per second over HTTP, and what a write costs as the fabric fills: one weftd with its own NATS, fsync on.

Port creates with an address picked for each, at 1, 8 and 32 connections; then single creates while the number of
ports grows, which should stay flat; and the reads and bulk creates that dashboards and orchestrators do.
"""

import uvloop

from common import Options, Promise, Result, main, spread
from http_load import Load, load
from site_of_one import Site, running_site
from workload import BULK, bulk_request, connections, grow_to, make_network, port_request

CLIENTS = (1, 8, 32)
PAGE = 1000


def measure(options: Options) -> Result:
    """Start a site and load it."""
    with running_site() as site:
        return uvloop.run(_measure(site, options))


async def _measure(site: Site, options: Options) -> Result:
    creates = 200 if options.quick else 2000
    milestones = (0, 1000) if options.quick else (0, 5000, 10_000, 20_000)
    singles = 100 if options.quick else 500
    async with connections(site, max(CLIENTS)) as clients:
        network = await make_network(clients[0])
        await load(clients[:8], [port_request(network)] * 100)  # warm up
        by_clients: dict[int, Load] = {}
        growing: dict[int, Load] = {}
        for ports in milestones:
            await grow_to(clients[0], network, ports)
            growing[ports] = await load(clients[:1], [port_request(network)] * singles)
            for n in CLIENTS if ports == 0 else ():
                by_clients[n] = await load(clients[:n], [port_request(network)] * creates)
        bulk = await load(clients[:1], [bulk_request(network)] * 5)
        listed = await load(clients[:1], [("GET", f"/v2.0/ports?limit={PAGE}", None)] * 5)
    return report(by_clients, growing, bulk, listed)


def report(by_clients: dict[int, Load], growing: dict[int, Load], bulk: Load, listed: Load) -> Result:
    """Return rates, percentiles and what we promised of them."""
    named = {f"create, {n} connection{'s' if n > 1 else ''}": found for n, found in by_clients.items()}
    named |= {f"create among {ports:,} ports": found for ports, found in growing.items()}
    named |= {f"bulk create of {BULK}": bulk, f"list of {PAGE:,}": listed}
    figures = {name: {"per_s": round(found.per_s, 1), **spread(found.taken_ms)} for name, found in named.items()}
    first, last = (spread(growing[ports].taken_ms)["p50"] for ports in (min(growing), max(growing)))
    alone = spread(by_clients[1].taken_ms)
    return Result(
        columns=["", "requests/s", "p50 ms", "p99 ms", "max ms"],
        rows=[[name, f["per_s"], f["p50"], f["p99"], f["max"]] for name, f in figures.items()],
        figures=figures,
        promises=[
            Promise("write accepted, p50", alone["p50"], 5, "ms"),
            Promise("write accepted, p99", alone["p99"], 15, "ms"),
            Promise(f"p50 among {max(growing):,} ports to p50 at the start", last / first, 1.5, "×"),
        ],
    )


if __name__ == "__main__":
    main("api_rate", __doc__, measure)
