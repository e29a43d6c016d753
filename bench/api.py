"""The network API: Weft against a stock Neutron 29 on the same machine, asked the same by the same clients, in turns.

Both write to disk before they answer. Neutron is spared what a real site adds to it (stock_neutron.py); Weft runs as it
does anywhere, tokens, quotas and policies included. Weft is asked three times as often in a turn, as its turns
would be too short to time otherwise, and so holds more at the end. A ratio is the median over rounds of the ratio
within a round.
"""

import contextlib
import statistics
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psutil
import uvloop

from common import Options, Promise, Result, Sample, interleaved, main, medians, percentile, ratios
from http_load import Connection, Load, load
from site_of_one import Site, running_site
from stock_neutron import Neutron, running_neutron
from workload import BULK, bulk_request, grant_room, port_request

NEUTRON, WEFT = "Neutron 29", "Weft"
CROWDS = (1000, 5000)  # ports of one project each, to be listed
PAGE = 100
WEFT_TIMES = 3
Request = tuple[str, str, Any]


@dataclass
class Rival:
    """One of the two, with what was made in it for the measurements."""

    url: str
    headers: dict[str, str]
    times: int  # how many times as often it is asked in a turn
    network: str = ""
    spare: list[str] = field(default_factory=list)  # ports that may be shown, renamed and deleted
    crowds: dict[int, str] = field(default_factory=dict)  # ports → the project that has so many


@dataclass(frozen=True)
class Measure:
    """One thing to ask for, and how often in a turn."""

    name: str
    ask: Callable[[Rival, int], Iterable[Request]]  # how many → the requests
    count: int = 1
    clients: int = 1
    pages: bool = False  # follow the pages; the time is that of all of them


def measure(options: Options) -> Result:
    """Start both, fill both, and ask them in turns."""
    with running_site() as site, running_neutron() as neutron:
        rivals = uvloop.run(prepare(neutron, site, CROWDS[:1] if options.quick else CROWDS))
        samples: dict[str, dict[str, list[Sample]]] = {}
        for each in measures(options):
            turns = {name: partial(turn, each, rival) for name, rival in rivals.items()}
            samples[each.name] = interleaved(turns, rounds=rounds_of(each, options))
        cost = {
            NEUTRON: {"rss_mib": neutron.rss_mib(), "ready_s": neutron.ready_s},
            WEFT: {"rss_mib": rss_mib(site), "ready_s": site.ready_s},
        }
    return report(samples, cost)


def measures(options: Options) -> Iterator[Measure]:
    """Yield what is measured, in this order."""
    few = 2 if options.quick else 5
    for clients in (1, 8, 32):
        yield Measure(f"port create, {clients} client{'s' * (clients > 1)}", ports, clients * 2 + 2 * few, clients)
    yield Measure(f"bulk create of {BULK} ports", lambda rival, _: [bulk_request(rival.network)])
    yield Measure("network create", networks, 2 * few)
    yield Measure("port show", shows, 4 * few)
    yield Measure("port update", updates, 2 * few)
    yield Measure("port delete", deletes, 2 * few)
    for crowd in CROWDS[:1] if options.quick else CROWDS:
        yield Measure(f"list of {crowd:,} ports", partial(lists, crowd, ""))
        yield Measure(f"two fields of {crowd:,} ports", partial(lists, crowd, "&status=DOWN&fields=id&fields=name"))
    yield Measure(f"{CROWDS[0]:,} ports in pages of {PAGE}", partial(lists, CROWDS[0], f"&limit={PAGE}"), pages=True)


def rounds_of(each: Measure, options: Options) -> int:
    """Return how often each side has its turn: what takes Neutron half a minute, less often."""
    return 1 if options.quick else 2 if each.name.startswith("bulk") else 5


def ports(rival: Rival, count: int) -> list[Request]:
    return [port_request(rival.network)] * count


def networks(_rival: Rival, count: int) -> list[Request]:
    return [("POST", "/v2.0/networks", {"network": {"name": f"bench-{number}"}}) for number in range(count)]


def shows(rival: Rival, count: int) -> list[Request]:
    return [("GET", f"/v2.0/ports/{port}", None) for port in rival.spare[:count]]


def updates(rival: Rival, count: int) -> list[Request]:
    return [("PUT", f"/v2.0/ports/{port}", {"port": {"name": port[:8]}}) for port in rival.spare[:count]]


def deletes(rival: Rival, count: int) -> Iterator[Request]:
    return (("DELETE", f"/v2.0/ports/{rival.spare.pop()}", None) for _ in range(count))


def lists(crowd: int, also: str, rival: Rival, count: int) -> list[Request]:
    return [("GET", f"/v2.0/ports?project_id={rival.crowds[crowd]}{also}", None)] * count


def turn(each: Measure, rival: Rival) -> Sample:
    """Let one side do its share; return its median and its rate."""
    found = uvloop.run(ask(each, rival))
    if each.ask is ports:
        rival.spare += [answer["port"]["id"] for answer in found.answers]
    return {"p50_ms": percentile(found.taken_ms, 50), "per_s": found.per_s}


async def ask(each: Measure, rival: Rival) -> Load:
    """Open the clients, then send everything at once over all of them."""
    requests = each.ask(rival, each.count * rival.times)
    async with opened(rival, each.clients) as clients:
        if not each.pages:
            return await load(clients, requests)
        found = Load()
        for request in requests:
            one = await pages(clients[0], request[1])
            found.taken_ms.append(sum(one.taken_ms))
            found.took_s += one.took_s
        return found


async def pages(client: Connection, path: str) -> Load:
    """Follow the pages of a list to its end."""
    found, marker = Load(), ""
    while True:
        page = await load([client], [("GET", f"{path}{marker}", None)])
        found.taken_ms += page.taken_ms
        found.took_s += page.took_s
        listed = page.answers[0]["ports"]
        if len(listed) < PAGE:
            return found
        marker = f"&marker={listed[-1]['id']}"


@contextlib.asynccontextmanager
async def opened(rival: Rival, count: int) -> Any:
    """Give `count` connections that are logged in."""
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Connection(rival.url)) for _ in range(count)]
        for client in clients:
            client.headers = rival.headers
        yield clients


async def prepare(neutron: Neutron, site: Site, crowds: Sequence[int]) -> dict[str, Rival]:
    """Make a network in each, warm both up, and fill the projects that are to be listed."""
    async with Connection(site.url) as client:
        await client.log_in(site.password)
        await grant_room(client)
        rivals = {NEUTRON: Rival(neutron.url, {}, times=1), WEFT: Rival(site.url, client.headers, WEFT_TIMES)}

    async def in_neutron(rival: Rival, project: str, count: int) -> None:
        async with opened(rival, 1) as (client,):
            body = {"port": {"network_id": await network_with_room(client), "project_id": project}}
            _, made = await client.request("POST", "/v2.0/ports", body)
        neutron.multiply(made["port"]["id"], count - 1)

    async def in_weft(rival: Rival, project: str, count: int) -> None:
        async with opened(rival, 1) as (client,):
            await grant_room(client, project)
            one = {"network_id": await network_with_room(client), "project_id": project}
            await load([client], [("POST", "/v2.0/ports", {"ports": [one] * BULK})] * (count // BULK))

    fills: dict[str, Callable[[Rival, str, int], Awaitable[None]]] = {NEUTRON: in_neutron, WEFT: in_weft}
    for name, rival in rivals.items():
        for count in crowds:
            rival.crowds[count] = uuid.uuid4().hex
            await fills[name](rival, rival.crowds[count], count)
        async with opened(rival, 4) as clients:
            rival.network = await network_with_room(clients[0])
            warm_up = await load(clients, ports(rival, 12))
            rival.spare = [answer["port"]["id"] for answer in warm_up.answers]
            await load(clients, shows(rival, 12))
    return rivals


async def network_with_room(client: Connection) -> str:
    """Return the id of a new network with room for a million addresses."""
    _, made = await client.request("POST", "/v2.0/networks", {"network": {"name": "bench"}})
    subnet = {"network_id": made["network"]["id"], "ip_version": 4, "cidr": "10.0.0.0/12"}
    await client.request("POST", "/v2.0/subnets", {"subnet": subnet})
    return str(made["network"]["id"])


def rss_mib(site: Site) -> float:
    """Return the resident memory of weftd and its NATS."""
    weftd = psutil.Process(site.process.pid)
    return float(sum(each.memory_info().rss for each in (weftd, *weftd.children(recursive=True))) / 2**20)


def report(samples: dict[str, dict[str, list[Sample]]], cost: dict[str, dict[str, float]]) -> Result:
    """Return medians of both, how many times Weft is faster, and what we promised of that."""
    middle = {name: {rival: medians(rounds) for rival, rounds in found.items()} for name, found in samples.items()}
    faster = {name: ratios(found[NEUTRON], found[WEFT])["p50_ms"] for name, found in samples.items()}
    more = {name: ratios(found[WEFT], found[NEUTRON])["per_s"] for name, found in samples.items()}
    rows: list[list[object]] = []
    for name, found in middle.items():
        ours, theirs = found[WEFT], found[NEUTRON]
        latency = [theirs["p50_ms"], ours["p50_ms"], f"×{faster[name]:.0f}"]
        rows.append([name, *latency, theirs["per_s"], ours["per_s"], f"×{more[name]:.0f}"])
    lighter = cost[NEUTRON]["rss_mib"] / cost[WEFT]["rss_mib"]
    sooner = cost[NEUTRON]["ready_s"] / cost[WEFT]["ready_s"]
    for what, unit, ratio in (("memory after this", "rss_mib", lighter), ("ready after a start", "ready_s", sooner)):
        values = [f"{cost[rival][unit]:,.3g} {unit.split('_')[1].replace('mib', 'MiB')}" for rival in (NEUTRON, WEFT)]
        rows.append([what, *values, f"×{ratio:.0f}", "", "", ""])
    many = [name for name in samples if name.startswith("list of")]
    bulk = next(name for name in samples if name.startswith("bulk"))
    return Result(
        columns=["", f"{NEUTRON} p50 ms", f"{WEFT} p50 ms", "faster", f"{NEUTRON} /s", f"{WEFT} /s", "more"],
        rows=rows,
        figures={"median": middle, "faster": faster, "more": more, "cost": cost, "rounds": samples},
        promises=[
            Promise("port create faster", faster["port create, 1 client"], 50, "×", at_least=True),
            Promise("port creates, 32 clients", middle["port create, 32 clients"][WEFT]["per_s"], 1000, "/s", True),
            Promise("port creates more, 32 clients", more["port create, 32 clients"], 100, "×", at_least=True),
            Promise("bulk create", middle[bulk][WEFT]["p50_ms"], 100, "ms"),
            Promise("lists faster", statistics.median([faster[name] for name in many]), 100, "×", at_least=True),
            Promise("memory less", lighter, 8, "×", at_least=True),
        ],
    )


if __name__ == "__main__":
    main("api", __doc__, measure)
