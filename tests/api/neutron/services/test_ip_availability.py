"""`/v2.0/network-ip-availabilities`: what is free and what is used."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make

URL = "/v2.0/network-ip-availabilities"


@pytest.fixture
async def network(alice: httpx.AsyncClient) -> dict:
    return await make(alice, "network", name="web")


async def figures(client: httpx.AsyncClient, query: str = "") -> list[dict]:
    return (await client.get(f"{URL}{query}")).json()["network_ip_availabilities"]


async def test_a_network_without_subnets_has_nothing(admin, network):
    shown = (await admin.get(f"{URL}/{network['id']}")).json()["network_ip_availability"]
    assert shown == {
        "network_id": network["id"],
        "network_name": "web",
        "project_id": "p-alice",
        "tenant_id": "p-alice",
        "total_ips": 0,
        "used_ips": 0,
        "subnet_ip_availability": [],
        "ip_availability_details": {
            "total_ips_in_subnet": 0,
            "total_ips_in_allocation_pool": 0,
            "used_ips_in_subnet": 0,
            "used_ips_in_allocation_pool": 0,
        },
    }


async def test_ports_are_counted_per_subnet(admin, alice, network):
    pools = [{"start": "10.0.0.10", "end": "10.0.0.19"}]
    four = await make(
        alice, "subnet", name="four", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24", allocation_pools=pools
    )
    await make(alice, "subnet", network_id=network["id"], ip_version=6, cidr="fd00::/64")
    await make(alice, "port", network_id=network["id"])
    outside = [{"subnet_id": four["id"], "ip_address": "10.0.0.99"}]
    port = await make(alice, "port", network_id=network["id"], fixed_ips=outside)
    (row,) = await figures(admin, "?ip_version=4")
    assert row["subnet_ip_availability"] == [
        {
            "subnet_id": four["id"],
            "subnet_name": "four",
            "cidr": "10.0.0.0/24",
            "ip_version": 4,
            "total_ips": 10,
            "used_ips": 2,
            "ip_availability_details": {
                "total_ips_in_subnet": 254,
                "total_ips_in_allocation_pool": 10,
                "used_ips_in_subnet": 2,
                "used_ips_in_allocation_pool": 1,
            },
        }
    ]
    assert (row["total_ips"], row["used_ips"]) == (10, 2)
    (row,) = await figures(admin)
    assert (row["used_ips"], len(row["subnet_ip_availability"])) == (3, 2)
    assert row["total_ips"] == 10 + 2**64 - 1
    await alice.delete(f"/v2.0/ports/{port['id']}")
    (row,) = await figures(admin, f"?network_id={network['id']}&ip_version=4")
    assert row["used_ips"] == 1


async def test_filters(admin, alice, network):
    other = await make(alice, "network", name="db")
    assert [row["network_id"] for row in await figures(admin, "?network_name=db")] == [other["id"]]
    assert len(await figures(admin, "?project_id=p-alice")) == 2
    assert await figures(admin, "?project_id=p-bob") == []
    assert await figures(admin, "?ip_version=4") == []
    assert await figures(admin, f"?network_id={other['id']}&fields=network_name") == [{"network_name": "db"}]


async def test_refusals(admin, alice, network):
    assert await figures(alice) == []
    assert error_of(await admin.get(f"{URL}/nope")) == (404, "NetworkNotFound", "Network nope could not be found.")
    assert (await admin.post(URL, json={})).status_code == 405
