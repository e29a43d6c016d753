"""Subnet pools at two sites on loopback: a share ahead of need, a prefix that is asked for, and one that cannot be."""

import pytest

from tests.store.nats.proxy import Proxy
from tests.store.nats.sites import Fabric, until
from tests.store.nats.test_many_sites import announce, until_equal
from weft.commands.addressing.subnetpools import CreateSubnetPool, create_subnetpools
from weft.commands.context import Context
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.model import SiteId
from weft.store.execute import Held, execute
from weft.store.pools import pool_named
from weft.store.protocol import State
from weft.store.site_store import SiteStore
from weft.store.writes import NotHandedOver, Writes

pytestmark = pytest.mark.nats

POOL = CreateSubnetPool(project_id="p", name="p", prefixes=["10.0.0.0/16"], default_prefixlen=24)


async def decide(store: SiteStore, command, request, ids: list[str]) -> str:
    """Carry out a command at a site; return the ID of what it made."""

    def bound(state: State, held: Held) -> Writes:
        left = iter(ids)
        context = Context(
            now_ms=1, new_id=lambda: next(left), seed=1, site=store.site, project_id="p", is_admin=True, held=held
        )
        return command(state, [request], context)

    await execute(store, bound)
    return ids[0]


async def cut(store: SiteStore, pool: str, name: str, **values: object) -> str:
    """Create a network and a subnet of the pool on it; return the subnet's prefix."""
    network = await decide(store, create_networks, CreateNetwork(project_id="p"), [f"net-{name}"])
    wanted = CreateSubnet(project_id="p", network_id=network, ip_version=4, subnetpool_id=pool, **values)
    subnet = store.state.get("subnet", await decide(store, create_subnets, wanted, [f"sub-{name}"]))
    assert subnet is not None
    return str(subnet.get("cidr"))


async def test_prefixes_are_shared_asked_for_and_refused(fabric: Fabric):
    async with Proxy(fabric.port("b")) as to_b, Proxy(fabric.port("a")) as to_a:
        first = await fabric.open("a1", peers=((SiteId("b"), to_b.url),))
        second = await fabric.open("b1", peers=((SiteId("a"), to_a.url),))
        for number, store in enumerate((first, second), 1):
            await announce(store, fabric.url(store.site), number)
        await until_equal(first, second)
        pool = await decide(first, create_subnetpools, POOL, ["pool-1"])

        def shared() -> bool:
            found = pool_named(second.state, f"subnetpool.{pool}")
            return found is not None and bool(found.intervals(SiteId("b")))

        await until(shared, second)
        assert await cut(first, pool, "1") == "10.0.0.0/24"
        assert await cut(second, pool, "2") == "10.0.128.0/24"
        assert await cut(first, pool, "3", cidr="10.0.200.0/24") == "10.0.200.0/24"  # of b's share
        assert await cut(second, pool, "4", cidr="10.0.7.0/24") == "10.0.7.0/24"  # of the reserve
        await until_equal(first, second)
        to_a.cut()
        to_b.cut()
        with pytest.raises(NotHandedOver, match=r"prefix 10\.0\.9\.0/24 of subnet pool pool-1 .* site a"):
            await cut(second, pool, "5", cidr="10.0.9.0/24")
        assert await cut(second, pool, "6") == "10.0.129.0/24"
        assert await cut(first, pool, "7") == "10.0.1.0/24"
        to_a.heal()
        to_b.heal()
        await until_equal(first, second)
