"""What benchmarks ask of a site: a network with room, and ports on it, one by one or in bulk."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from http_load import Connection
from site_of_one import Site

BULK = 100  # ports in one bulk create


@contextlib.asynccontextmanager
async def connections(site: Site, count: int) -> AsyncIterator[list[Connection]]:
    """Give `count` connections that are logged in."""
    async with contextlib.AsyncExitStack() as opened:
        clients = [await opened.enter_async_context(Connection(site.url)) for _ in range(count)]
        await clients[0].log_in(site.password)
        for client in clients:
            client.headers = clients[0].headers
        yield clients


async def grant_room(client: Connection, project: str = "") -> None:
    """Let a project, the client's own by default, have as many networks, subnets and ports as it likes."""
    if not project:
        _, own = await client.request("GET", "/v2.0/quotas/project")
        project = own["project"]["project_id"]
    unlimited = {"quota": {"network": -1, "subnet": -1, "port": -1}}
    await client.request("PUT", f"/v2.0/quotas/{project}", unlimited)


async def make_network(client: Connection) -> str:
    """Return the id of a network with room for a million addresses, in a project that may have as many ports."""
    await grant_room(client)
    _, made = await client.request("POST", "/v2.0/networks", {"network": {"name": "bench"}})
    network: str = made["network"]["id"]
    subnet = {"network_id": network, "ip_version": 4, "cidr": "10.0.0.0/12"}
    await client.request("POST", "/v2.0/subnets", {"subnet": subnet})
    return network


async def grow_to(client: Connection, network: str, ports: int) -> None:
    """Create ports in bulk until there are `ports`."""
    _, answer = await client.request("GET", "/v2.0/ports?fields=id")
    for _ in range(max(0, ports - len(answer["ports"])) // BULK):
        await client.request(*bulk_request(network))


def port_request(network: str) -> tuple[str, str, Any]:
    """One port, its MAC and address picked by Weft."""
    return "POST", "/v2.0/ports", {"port": {"network_id": network}}


def bulk_request(network: str) -> tuple[str, str, Any]:
    """BULK ports at once, all or none."""
    return "POST", "/v2.0/ports", {"ports": [{"network_id": network}] * BULK}
