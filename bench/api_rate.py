"""Creates per second over HTTP: one weftd with its own NATS, fsync on.

Port creates with an address picked for each, at 1, 8 and 32 connections; and the reads and bulk creates that
dashboards and orchestrators do.
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
    creates, rounds = (200, 1) if options.quick else (1000, 5)
    async with connections(site, max(CLIENTS)) as clients:
        network = await make_network(clients[0])
        await load(clients[:8], [port_request(network)] * 100)  # warm up
        by_clients = {n: Load() for n in CLIENTS}
        for _ in range(rounds):  # in turns: what slows the machine for a while slows all
            for n, found in by_clients.items():
                found.add(await load(clients[:n], [port_request(network)] * creates))
        await grow_to(clients[0], network, PAGE)
        bulk = await load(clients[:1], [bulk_request(network)] * 5)
        listed = await load(clients[:1], [("GET", f"/v2.0/ports?limit={PAGE}", None)] * 5)
    return report(by_clients, bulk, listed)


def report(by_clients: dict[int, Load], bulk: Load, listed: Load) -> Result:
    """Return rates, percentiles and what we promised of them."""
    named = {f"create, {n} connection{'s' if n > 1 else ''}": found for n, found in by_clients.items()}
    named |= {f"bulk create of {BULK}": bulk, f"list of {PAGE:,}": listed}
    figures = {name: {"per_s": round(found.per_s, 1), **spread(found.taken_ms)} for name, found in named.items()}
    alone = spread(by_clients[1].taken_ms)
    return Result(
        columns=["", "requests/s", "p50 ms", "p99 ms", "max ms"],
        rows=[[name, f["per_s"], f["p50"], f["p99"], f["max"]] for name, f in figures.items()],
        figures=figures,
        promises=[
            Promise("write accepted, p50", alone["p50"], 5, "ms"),
            Promise("write accepted, p99", alone["p99"], 15, "ms"),
            Promise(
                f"creates of {max(by_clients)} clients", by_clients[max(by_clients)].per_s, 1000, "/s", at_least=True
            ),
        ],
    )


if __name__ == "__main__":
    main("api_rate", __doc__, measure)
