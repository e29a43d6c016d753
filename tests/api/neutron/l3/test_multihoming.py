"""Several gateways of one router, and where floating IPs come from."""

import pytest

from tests.api.neutron.callers import error_of, make
from tests.api.neutron.l3.test_routers import act, ports_of


@pytest.fixture
async def second(admin) -> dict:
    """Another external network."""
    network = await make(admin, "network", name="second", **{"router:external": True})
    await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="203.0.113.0/24")
    return network


async def gateways(client, router: dict, verb: str, *infos: dict) -> list[dict]:
    answer = await act(client, router, f"{verb}_external_gateways", router={"external_gateways": list(infos)})
    assert answer.status_code == 200, answer.text
    changed = answer.json()["router"]
    shown = changed["external_gateways"]
    assert changed["external_gateway_info"] is None or shown[0].items() <= changed["external_gateway_info"].items()
    return [
        {"network_id": one["network_id"], "ips": [ip["ip_address"] for ip in one["external_fixed_ips"]]}
        for one in shown
    ]


def on(network: dict, *addresses: str) -> dict:
    ips = [{"ip_address": address} for address in addresses]
    return {"network_id": network["id"], "external_fixed_ips": ips} if ips else {"network_id": network["id"]}


async def test_gateways_join_and_leave(admin, place, second):
    made = await gateways(admin, place.router, "add", on(place.outside, "198.51.100.7"), on(second))
    assert [one["network_id"] for one in made] == [place.outside["id"], second["id"]]
    twice = await gateways(admin, place.router, "add", on(place.outside, "198.51.100.8"))
    assert sorted(one["ips"][0] for one in twice if one["network_id"] == place.outside["id"]) == [
        "198.51.100.7",
        "198.51.100.8",
    ]
    left = await gateways(admin, place.router, "remove", on(place.outside, "198.51.100.7"))
    assert sorted(one["network_id"] for one in left) == sorted([place.outside["id"], second["id"]])
    assert len(await ports_of(admin, place.router)) == 2
    only = await gateways(admin, place.router, "update", on(second))
    assert [one["network_id"] for one in only] == [second["id"]]
    assert only[0]["ips"] == next(one["ips"] for one in made if one["network_id"] == second["id"])
    more = await gateways(admin, place.router, "update", on(place.outside, "198.51.100.9"), on(second))
    assert [one["network_id"] for one in more] == [place.outside["id"], second["id"]]
    assert more[0]["ips"] == ["198.51.100.9"]
    assert await gateways(admin, place.router, "update") == []
    assert await ports_of(admin, place.router) == []


async def test_gateways_that_are_not_there(admin, place, second):
    id = place.router["id"]
    body = {"external_gateways": [on(second)]}
    answer = await act(admin, place.router, "remove_external_gateways", router=body)
    told = f"Unable to remove extra gateways from a router {id}"
    assert error_of(answer) == (400, "UnableToRemoveGateways", told)
    await gateways(admin, place.router, "add", on(place.outside, "198.51.100.7"), on(place.outside, "198.51.100.8"))
    told = f"Unable to match a requested gateway port to existing gateway ports for router {id}"
    for body in ({"external_gateways": [on(second)]}, {"external_gateways": [on(place.outside)]}):
        answer = await act(admin, place.router, "remove_external_gateways", router=body)
        assert error_of(answer) == (400, "UnableToMatchGateways", told)


async def test_bodies(admin, alice, place, second):
    for body in ({}, {"router": 5}, {"router": {"external_gateways": "x"}}, {"router": {"external_gateways": [{}]}}):
        answer = await act(admin, place.router, "add_external_gateways", **body)
        assert error_of(answer)[:2] == (400, "HTTPBadRequest")
    assert (await act(admin, place.router, "add_external_gateways", router={})).status_code == 200
    chosen = {"external_gateways": [on(place.outside, "198.51.100.7")]}
    assert (await act(alice, place.router, "add_external_gateways", router=chosen)).status_code == 403
    assert len(await gateways(alice, place.router, "add", on(place.outside))) == 1


async def test_floating_ips_keep_the_last_gateway_of_their_network(admin, alice, place, second):
    await act(alice, place.router, "add_router_interface", subnet_id=place.subnet["id"])
    await gateways(admin, place.router, "add", on(place.outside, "198.51.100.7"), on(second))
    port = await make(alice, "port", network_id=place.inside["id"])
    await make(alice, "floatingip", floating_network_id=second["id"], port_id=port["id"])
    body = {"external_gateways": [on(second)]}
    answer = await act(admin, place.router, "remove_external_gateways", router=body)
    assert error_of(answer)[:2] == (409, "RouterExternalGatewayInUseByFloatingIp")


async def test_pools_are_the_subnets_of_external_networks(alice, place, second):
    answer = await alice.get("/v2.0/floatingip_pools")
    pools = answer.json()["floatingip_pools"]
    assert {pool["cidr"] for pool in pools} == {"198.51.100.0/24", "203.0.113.0/24"}
    pool = next(pool for pool in pools if pool["network_id"] == place.outside["id"])
    assert pool == {
        "subnet_id": place.outside_subnet["id"],
        "subnet_name": "",
        "network_id": place.outside["id"],
        "cidr": "198.51.100.0/24",
        "project_id": "p-alice",
        "tenant_id": "p-alice",
    }
    assert (await alice.get("/v2.0/floatingip-pools")).content == answer.content
    told = "['cidr'] is invalid attribute for filtering"
    assert error_of(await alice.get("/v2.0/floatingip_pools?cidr=x")) == (400, "HTTPBadRequest", told)
