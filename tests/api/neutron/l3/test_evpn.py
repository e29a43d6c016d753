"""`evpn_vni` of routers and `leak_routes` of subnets: what is told outside, and what is refused."""

import pytest

from tests.api.neutron.callers import error_of, make

MAX = (1 << 24) - 1


async def post(client, **values):
    return await client.post("/v2.0/routers", json={"router": values})


async def leak(client, subnet: dict, value: object = True):
    return await client.put(f"/v2.0/subnets/{subnet['id']}", json={"subnet": {"leak_routes": value}})


async def test_an_administrator_names_the_vni_of_a_router_and_it_stays(admin, alice, place):
    router = await make(admin, "router", evpn_vni=500, project_id="p-alice")
    assert router["evpn_vni"] == 500
    assert (await alice.get(f"/v2.0/routers/{router['id']}")).json()["router"]["evpn_vni"] == 500
    assert (await admin.get(f"/v2.0/routers/{place.router['id']}")).json()["router"]["evpn_vni"] is None
    listed = (await admin.get("/v2.0/routers", params={"evpn_vni": 500})).json()["routers"]
    assert [each["id"] for each in listed] == [router["id"]]
    changed = await admin.put(f"/v2.0/routers/{router['id']}", json={"router": {"evpn_vni": 7}})
    assert error_of(changed) == (400, "HTTPBadRequest", "Cannot update read-only attribute evpn_vni")


async def test_a_vni_is_one_routers_until_it_is_gone(admin):
    router = await make(admin, "router", evpn_vni=501)
    assert error_of(await post(admin, evpn_vni=501)) == (409, "EVPNVNIInUse", "EVPN VNI 501 is already in use.")
    twice = {"routers": [{"evpn_vni": 502}, {"evpn_vni": 502}]}
    assert error_of(await admin.post("/v2.0/routers", json=twice))[1] == "EVPNVNIInUse"
    await admin.delete(f"/v2.0/routers/{router['id']}")
    await make(admin, "router", evpn_vni=501)


async def test_zero_finds_one(admin):
    answer = await admin.post("/v2.0/routers", json={"routers": [{"evpn_vni": 0}, {"evpn_vni": 0}]})
    found = [router["evpn_vni"] for router in answer.json()["routers"]]
    assert len(set(found)) == 2
    assert all(1 <= vni <= MAX for vni in found)


@pytest.mark.parametrize("vni", [-1, MAX + 1, "many"])
async def test_what_is_no_vni_is_refused(admin, vni):
    assert error_of(await post(admin, evpn_vni=vni))[0] == 400


async def test_it_is_not_for_everybody_to_choose(alice):
    assert (await post(alice, evpn_vni=503)).status_code == 403


# ---- leak_routes
@pytest.fixture
async def gated(admin, alice, place) -> dict:
    """A subnet behind a router that leads outside."""
    answer = await alice.get("/v2.0/ports", params={"device_id": place.router["id"]})
    assert answer.json()["ports"] == []
    network = await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.99.0.0/24")
    gateway = {"network_id": place.outside["id"]}
    router = await make(alice, "router", external_gateway_info=gateway)
    await alice.put(f"/v2.0/routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})
    return {"subnet": subnet, "router": router}


async def test_a_subnet_behind_a_gateway_is_told_of_until_its_router_leaves(admin, alice, gated):
    subnet, router = gated["subnet"], gated["router"]
    assert subnet["leak_routes"] is False
    assert (await leak(admin, subnet)).json()["subnet"]["leak_routes"] is True
    assert (await leak(admin, subnet)).json()["subnet"]["leak_routes"] is True
    assert (await leak(admin, subnet, False)).json()["subnet"]["leak_routes"] is False
    await leak(admin, subnet)
    await alice.put(f"/v2.0/routers/{router['id']}/remove_router_interface", json={"subnet_id": subnet["id"]})
    assert (await alice.get(f"/v2.0/subnets/{subnet['id']}")).json()["subnet"]["leak_routes"] is False


async def test_only_what_can_be_reached_and_told_apart_is_told_of(admin, alice, gated, place):
    network = await make(alice, "network")
    lone = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.99.0.0/25")
    told = f"must be attached to a router with an external gateway to enable leak_routes. ({lone['id']})"
    status, type_name, message = error_of(await leak(admin, lone))
    assert (status, type_name) == (400, "BadRequest")
    assert told.partition(" (")[0] in message
    router = await make(alice, "router", external_gateway_info={"network_id": place.outside["id"]})
    await alice.put(f"/v2.0/routers/{router['id']}/add_router_interface", json={"subnet_id": lone["id"]})
    await leak(admin, gated["subnet"])
    overlapping = error_of(await leak(admin, lone))
    assert overlapping[0] == 400
    assert f"overlaps with already leaked subnet {gated['subnet']['id']} (10.99.0.0/24)" in overlapping[2]


async def test_a_gateway_without_an_address_of_that_kind_is_no_way_out(admin, alice, gated):
    network_id = gated["subnet"]["network_id"]
    six = await make(alice, "subnet", network_id=network_id, ip_version=6, cidr="fd99::/64")
    await alice.put(f"/v2.0/routers/{gated['router']['id']}/add_router_interface", json={"subnet_id": six["id"]})
    answer = error_of(await leak(admin, six))
    assert answer[0] == 400
    assert "no IPv6 address to use as nexthop" in answer[2]


async def test_leaking_is_an_administrators_business_and_comes_after_the_subnet(admin, alice, gated):
    assert (await leak(alice, gated["subnet"])).status_code == 403
    network_id = gated["subnet"]["network_id"]
    values = {"network_id": network_id, "ip_version": 4, "cidr": "10.98.0.0/24", "leak_routes": True}
    answer = await admin.post("/v2.0/subnets", json={"subnet": values})
    assert error_of(answer) == (400, "HTTPBadRequest", "Attribute 'leak_routes' not allowed in POST")
