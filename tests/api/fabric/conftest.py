"""/weft/v1 over a store in memory that holds a small fabric: two sites, three nodes, two ports."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from weft.api.caller import Caller, Unauthenticated
from weft.api.fabric.app import fabric_app
from weft.api.fabric.ask import answer_sites
from weft.api.prefixes import Prefixes
from weft.api.settings import ApiSettings
from weft.store.protocol import PeerStatus
from weft.store.records import Key, write
from weft.store.simulated.memory import MemoryStore

CALLERS = {
    "admin": Caller("u1", "p1", roles=frozenset({"admin"})),
    "ann": Caller("u2", "shop", roles=frozenset({"member"})),
    "bob": Caller("u3", "other", roles=frozenset({"member"})),
}


def authenticate(token: str | None) -> Caller:
    """The token is the caller's name."""
    if token not in CALLERS:
        raise Unauthenticated
    return CALLERS[token]


class Fabric:
    """A store and a client that asks about it."""

    def __init__(self) -> None:
        self.store = MemoryStore(site="a", node="a1")
        self.peer_list: list[PeerStatus] = []
        self.store.peers = lambda: self.peer_list  # type: ignore[method-assign]
        app = fabric_app(self.store, ApiSettings(b"s" * 32), authenticate)
        mounted = Prefixes({"/weft/v1": app}, otherwise=app)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=mounted), base_url="http://weft.test")

    def add(self, kind: str, id: str, /, **values: Any) -> None:
        """Let another site's write arrive."""
        self.store.absorb(
            write(self.store.state.raw(Key("fabric", kind, id)), Key("fabric", kind, id), values, 99, "a")
        )

    async def get(self, path: str, token: str | None = "admin", **query: Any) -> httpx.Response:
        """Ask."""
        headers = {"X-Auth-Token": token} if token else {}
        return await self.http.get("/weft/v1" + path, params=query or None, headers=headers)


@pytest.fixture
async def fabric() -> AsyncIterator[Fabric]:
    """Site a with nodes a1 and a2, site b with node b1 that nobody hears."""
    fabric = Fabric()
    for number, site in enumerate("ab", 1):
        fabric.add("site", site, number=number, api_url=f"http://{site}", region="RegionOne")
    for node in ("a1", "a2", "b1"):
        fabric.add("node", node, site=node[0], underlay_ip=f"198.19.0.{node[1]}", api_url=f"http://{node}")
    fabric.store.runtime.hear("a2", "beat", {"version": "0.1.0", "faults": 1})
    fabric.add("network", "n1", name="web", project_id="shop", vni=257)
    for id, host, project in (("port1", "a2", "shop"), ("port2", "", "other")):
        fixed_ips = [{"subnet_id": "s1", "ip_address": f"10.0.0.{id[-1]}"}]
        mac = f"fa:16:00:01:00:0{id[-1]}"
        fabric.add("port", id, network_id="n1", project_id=project, host=host, fixed_ips=fixed_ips, mac_address=mac)
    await answer_sites(fabric.store)
    yield fabric
    await fabric.http.aclose()
