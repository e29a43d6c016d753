"""`/v2.0/auto-allocated-topology/{project}`: a ready-made network for those who have none."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make, refused

URL = "/v2.0/auto-allocated-topology"


@pytest.fixture
async def outside(admin: httpx.AsyncClient) -> dict:
    network = await make(admin, "network", **{"router:external": True, "is_default": True})
    await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="198.51.100.0/24")
    return network


@pytest.fixture
async def pools(admin: httpx.AsyncClient) -> list[dict]:
    four = {"prefixes": ["10.66.0.0/16"], "default_prefixlen": 26}
    six = {"prefixes": ["2001:db8::/48"], "default_prefixlen": 64}
    return [await make(admin, "subnetpool", name=name, shared=True, is_default=True, **values)
            for name, values in (("four", four), ("six", six))]  # fmt: skip


async def named(client: httpx.AsyncClient, collection: str) -> list[dict]:
    found = (await client.get(f"/v2.0/{collection}")).json()[collection]
    return [one for one in found if one["name"].startswith("auto_allocated_")]


async def test_a_project_is_given_a_network_once(alice, outside, pools):
    topology = (await alice.get(f"{URL}/None")).json()["auto_allocated_topology"]
    assert topology["project_id"] == "p-alice"
    (network,) = await named(alice, "networks")
    assert (network["id"], network["admin_state_up"], network["project_id"]) == (topology["id"], True, "p-alice")
    assert sorted(subnet["name"] for subnet in await named(alice, "subnets")) == [
        "auto_allocated_subnet_v4",
        "auto_allocated_subnet_v6",
    ]
    (router,) = await named(alice, "routers")
    assert router["external_gateway_info"]["network_id"] == outside["id"]
    port = await make(alice, "port", network_id=network["id"])
    assert len(port["fixed_ips"]) == 2
    assert (await alice.get(f"{URL}/p-alice")).json()["auto_allocated_topology"] == topology
    assert len(await named(alice, "networks")) == 1


async def test_it_is_taken_down_whole(alice, outside, pools):
    await alice.get(f"{URL}/None")
    for _ in range(2):
        assert (await alice.delete(f"{URL}/None")).status_code == 204
    for collection in ("networks", "subnets", "routers"):
        assert await named(alice, collection) == []
    assert (await alice.get(f"{URL}/None")).status_code == 200  # and made again


async def test_it_stays_while_machines_are_on_it(alice, outside, pools):
    network_id = (await alice.get(f"{URL}/None")).json()["auto_allocated_topology"]["id"]
    port = await make(alice, "port", network_id=network_id)
    assert error_of(await alice.delete(f"{URL}/None"))[:2] == (409, "NetworkInUse")
    await alice.delete(f"/v2.0/ports/{port['id']}")
    assert (await alice.delete(f"{URL}/None")).status_code == 204


async def test_what_the_cloud_lacks_is_told(admin, alice):
    def failure(reason: str) -> tuple[int, str, str]:
        return 409, "AutoAllocationFailure", f"Deployment error: {reason}."

    dry = f"{URL}/None?fields=dry-run"
    for url in (dry, f"{URL}/None"):
        assert error_of(await alice.get(url)) == failure("No default router:external network")
    await make(admin, "network", **{"router:external": True, "is_default": True})
    assert error_of(await alice.get(dry)) == failure("No default subnetpools defined")
    assert error_of(await alice.get(f"{URL}/None")) == failure("Unable to provide project private network")
    await make(
        admin, "subnetpool", name="four", prefixes=["10.66.0.0/16"], default_prefixlen=26, shared=True, is_default=True
    )
    passed = (await alice.get(dry)).json()["auto_allocated_topology"]
    assert passed == {"id": "dry-run=pass", "project_id": "p-alice"}
    assert await named(alice, "networks") == []


async def test_what_fails_half_way_leaves_nothing(admin, alice, outside, pools):
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"router": 0}})
    assert error_of(await alice.get(f"{URL}/None"))[:2] == (409, "OverQuota")
    for collection in ("networks", "subnets", "routers"):
        assert await named(alice, collection) == []


async def test_others_networks_are_not_ones_business(admin, alice, outside, pools):
    assert error_of(await alice.get(f"{URL}/p-bob")) == (403, "NotAuthorized", "Not authorized.")
    made = (await admin.get(f"{URL}/p-bob")).json()["auto_allocated_topology"]
    assert made["project_id"] == "p-bob"
    assert error_of(await alice.get(f"{URL}/None?fields=id")) == (
        400, "BadRequest", "Bad auto_allocate request: Unrecognized field.",
    )  # fmt: skip
    assert (await alice.put(f"{URL}/None", json={})).status_code == 405


async def test_there_is_one_default_external_network(admin, outside):
    told = (
        409, "DefaultExternalNetworkExists", f"A default external network already exists: {outside['id']}.",
    )  # fmt: skip
    assert await refused(admin, "network", **{"router:external": True, "is_default": True}) == told
    other = await make(admin, "network", **{"router:external": True})
    url = f"/v2.0/networks/{other['id']}"
    assert error_of(await admin.put(url, json={"network": {"is_default": True}})) == told
    await admin.put(f"/v2.0/networks/{outside['id']}", json={"network": {"is_default": False}})
    assert (await admin.put(url, json={"network": {"is_default": True}})).json()["network"]["is_default"] is True
