"""`/v2.0/routers`: gateways, kinds, routes, and what is refused."""

import pytest

from tests.api.neutron.callers import error_of, make, refused

UNKNOWN = "11111111-2222-3333-4444-555555555555"


async def change(client, router: dict, **values: object):
    return await client.put(f"/v2.0/routers/{router['id']}", json={"router": values})


async def act(client, of: dict, action: str, **document: object):
    return await client.put(f"/v2.0/routers/{of['id']}/{action}", json=document)


async def ports_of(client, router: dict) -> list[dict]:
    return (await client.get("/v2.0/ports", params={"device_id": router["id"]})).json()["ports"]


async def test_a_new_router_looks_as_in_neutron(admin, alice, place):
    seen = (await admin.get(f"/v2.0/routers/{place.router['id']}")).json()["router"]
    for name in ("id", "created_at", "updated_at", "revision_number"):
        del seen[name]
    assert seen == {
        "name": "r",
        "tenant_id": "p-alice",
        "project_id": "p-alice",
        "admin_state_up": True,
        "status": "ACTIVE",
        "external_gateway_info": None,
        "external_gateways": [],
        "routes": [],
        "distributed": False,
        "ha": False,
        "flavor_id": None,
        "availability_zone_hints": [],
        "availability_zones": ["a"],
        "conntrack_helpers": [],
        "enable_ndp_proxy": False,
        "enable_default_route_ecmp": False,
        "enable_default_route_bfd": False,
        "evpn_vni": None,
        "tags": [],
        "description": "",
    }
    assert {"distributed", "ha"}.isdisjoint(place.router)  # an administrator's business


async def test_a_gateway_is_a_port_that_belongs_to_nobody(admin, alice, place):
    router = await make(alice, "router", external_gateway_info={"network_id": place.outside["id"]})
    info = router["external_gateway_info"]
    (ip,) = info["external_fixed_ips"]
    assert info == {"network_id": place.outside["id"], "enable_snat": True, "external_fixed_ips": [ip]}
    assert router["external_gateways"] == [{"network_id": place.outside["id"], "external_fixed_ips": [ip]}]
    (port,) = await ports_of(admin, router)
    assert (port["project_id"], port["device_owner"]) == ("", "network:router_gateway")
    assert (port["fixed_ips"], port["port_security_enabled"]) == ([ip], False)
    assert await ports_of(alice, router) == []
    told = f"Port {port['id']} cannot be deleted directly via the port API: has device owner network:router_gateway."
    assert error_of(await admin.delete(f"/v2.0/ports/{port['id']}")) == (409, "ServicePortInUse", told)
    gone = (await change(alice, router, external_gateway_info=None)).json()["router"]
    assert (gone["external_gateway_info"], gone["external_gateways"]) == (None, [])
    assert await ports_of(admin, router) == []


async def test_a_gateway_follows_its_network(admin, alice, place):
    router = await make(alice, "router", external_gateway_info={"network_id": place.outside["id"]})

    async def addresses() -> list[str]:
        shown = (await alice.get(f"/v2.0/routers/{router['id']}")).json()["router"]["external_gateway_info"]
        return [ip["ip_address"] for ip in shown["external_fixed_ips"]]

    (v4,) = await addresses()
    await make(admin, "subnet", network_id=place.outside["id"], ip_version=4, cidr="203.0.113.0/24")
    assert await addresses() == [v4]  # it has one of that kind
    await make(admin, "subnet", network_id=place.outside["id"], ip_version=6, cidr="fd77::/64")
    v6 = (await addresses())[1]
    assert v6.startswith("fd77::")
    await make(admin, "subnet", network_id=place.outside["id"], ip_version=6, cidr="fd78::/64")
    assert await addresses() == [v4, v6]


async def test_ports_of_a_router_are_as_active_as_it_is(alice, place):
    await act(alice, place.router, "add_router_interface", subnet_id=place.subnet["id"])
    assert [port["status"] for port in await ports_of(alice, place.router)] == ["ACTIVE"]
    await change(alice, place.router, admin_state_up=False)
    assert [port["status"] for port in await ports_of(alice, place.router)] == ["DOWN"]


async def test_a_gateway_changes_its_address_and_mode(admin, place):
    fixed = [{"subnet_id": place.outside_subnet["id"], "ip_address": "198.51.100.77"}]
    given = {"network_id": place.outside["id"], "enable_snat": "no", "external_fixed_ips": fixed}
    router = await make(admin, "router", external_gateway_info=given)
    assert router["external_gateway_info"] == {**given, "enable_snat": False}
    moved = [{"ip_address": "198.51.100.78"}]
    given = {"network_id": place.outside["id"], "external_fixed_ips": moved}
    info = (await change(admin, router, external_gateway_info=given)).json()["router"]["external_gateway_info"]
    assert [ip["ip_address"] for ip in info["external_fixed_ips"]] == ["198.51.100.78"]
    assert info["enable_snat"] is True
    assert len(await ports_of(admin, router)) == 1


async def test_two_routers_of_a_bulk_get_gateways_of_their_own(alice, place):
    info = {"network_id": place.outside["id"]}
    body = {"routers": [{"name": f"r{n}", "external_gateway_info": info} for n in range(5)]}
    made = (await alice.post("/v2.0/routers", json=body)).json()["routers"]
    addresses = {one["external_gateway_info"]["external_fixed_ips"][0]["ip_address"] for one in made}
    assert len(addresses) == 5


BAD_GATEWAYS = [
    ("no dictionary", "x", "'x' is not a dictionary"),
    (
        "no network",
        {"enable_snat": True},
        "Validation of dictionary's keys failed. Expected keys: {'network_id'} Provided keys: {'enable_snat'}",
    ),
    ("more than there is", {"network_id": UNKNOWN, "x": 1}, "Unexpected keys supplied: x"),
    ("a network that is no UUID", {"network_id": "x"}, "'x' is not a valid UUID"),
    (
        "an address that is none",
        {"network_id": UNKNOWN, "external_fixed_ips": [{"ip_address": "1.2.3"}]},
        "'1.2.3' is not a valid IP address",
    ),
]


@pytest.mark.parametrize(("what", "info", "reason"), BAD_GATEWAYS, ids=[row[0] for row in BAD_GATEWAYS])
async def test_gateways_that_make_no_sense(admin, what, info, reason):
    told = f"Invalid input for external_gateway_info. Reason: {reason}."
    assert await refused(admin, "router", external_gateway_info=info) == (400, "HTTPBadRequest", told)


async def test_gateways_lead_to_external_networks_that_one_sees(admin, alice, place):
    inside = {"network_id": place.inside["id"]}
    told = f"Bad router request: Network {place.inside['id']} is not an external network."
    assert await refused(alice, "router", external_gateway_info=inside) == (400, "BadRequest", told)
    told = f"Network {UNKNOWN} could not be found."
    assert await refused(alice, "router", external_gateway_info={"network_id": UNKNOWN}) == (
        404,
        "NetworkNotFound",
        told,
    )
    taken = {"network_id": place.outside["id"], "external_fixed_ips": [{"ip_address": "198.51.100.1"}]}
    told = "Bad router request: External IP 198.51.100.1 is the same as the gateway IP."
    assert await refused(admin, "router", external_gateway_info=taken) == (400, "BadRequest", told)
    hidden = await make(admin, "network", name="hidden")
    assert (await refused(alice, "router", external_gateway_info={"network_id": hidden["id"]}))[0] == 404


async def test_only_administrators_choose_addresses_and_kinds(alice, place):
    for values in (
        {"external_gateway_info": {"network_id": place.outside["id"], "enable_snat": False}},
        {"external_gateway_info": {"network_id": place.outside["id"], "external_fixed_ips": []}},
        {"distributed": True},
        {"ha": True},
        {"enable_default_route_ecmp": True},
    ):
        assert (await refused(alice, "router", **values))[:2] == (403, "PolicyNotAuthorized")


async def test_a_kind_changes_while_the_router_is_down(admin, place):
    router = await make(admin, "router", distributed=True)
    await act(admin, router, "add_router_interface", subnet_id=place.subnet["id"])
    assert [port["device_owner"] for port in await ports_of(admin, router)] == ["network:router_interface_distributed"]
    told = (
        "Bad router request: Cannot change the 'distributed' attribute of active routers. Please set router "
        "admin_state_up to False prior to upgrade."
    )
    assert error_of(await change(admin, router, distributed=False)) == (400, "BadRequest", told)
    assert error_of(await change(admin, router, distributed=False, admin_state_up=False))[0] == 400
    assert (await change(admin, router, admin_state_up=False)).status_code == 200
    assert (await change(admin, router, distributed=False, ha=True)).json()["router"]["ha"] is True
    owners = [port["device_owner"] for port in await ports_of(admin, router)]
    assert owners == ["network:ha_router_replicated_interface"]
    await change(admin, router, admin_state_up=True)
    told = (
        "Bad router request: Cannot change HA attribute of active routers. Please set router admin_state_up to False "
        "prior to upgrade."
    )
    assert error_of(await change(admin, router, ha=False)) == (400, "BadRequest", told)


async def test_routes_lead_to_neighbours(alice, place):
    await act(alice, place.router, "add_router_interface", subnet_id=place.subnet["id"])
    route = {"destination": "172.16.0.0/16", "nexthop": "10.0.0.9"}
    assert (await change(alice, place.router, routes=[route])).json()["router"]["routes"] == [route]
    far = {"destination": "172.17.0.0/16", "nexthop": "10.1.0.9"}
    told = f"Invalid format for routes: {[far]}, the nexthop is not connected with router"
    assert error_of(await change(alice, place.router, routes=[far])) == (400, "InvalidRoutes", told)
    self = {"destination": "172.17.0.0/16", "nexthop": "10.0.0.1"}
    told = f"Invalid format for routes: {[self]}, the nexthop is used by router"
    assert error_of(await change(alice, place.router, routes=[self])) == (400, "InvalidRoutes", told)
    told = (
        f"Router interface for subnet {place.subnet['id']} on router {place.router['id']} cannot be deleted, as it is "
        "required by one or more routes."
    )
    answer = await act(alice, place.router, "remove_router_interface", subnet_id=place.subnet["id"])
    assert error_of(answer) == (409, "RouterInterfaceInUseByRoute", told)
    assert (await change(alice, place.router, routes=None)).json()["router"]["routes"] == []


async def test_routes_come_and_go_one_by_one(alice, place):
    await act(alice, place.router, "add_router_interface", subnet_id=place.subnet["id"])
    one, two, three = ({"destination": f"172.{n}.0.0/16", "nexthop": "10.0.0.9"} for n in (16, 17, 18))
    answer = await act(alice, place.router, "add_extraroutes", router={"routes": [one, two]})
    assert answer.json()["router"]["routes"] == [one, two]
    answer = await act(alice, place.router, "add_extraroutes", router={"routes": [two, three]})
    assert answer.json()["router"]["routes"] == [one, two, three]
    never_there = {"destination": "172.16.0.0/16", "nexthop": "1.1.1.1"}
    answer = await act(alice, place.router, "remove_extraroutes", router={"routes": [one, never_there]})
    assert answer.json()["router"]["routes"] == [two, three]
    for document in ({}, {"router": {}}, {"router": {"routes": "x"}}):
        assert error_of(await act(alice, place.router, "add_extraroutes", **document))[:2] == (400, "HTTPBadRequest")


async def test_a_router_with_interfaces_stays(alice, place):
    added = (await act(alice, place.router, "add_router_interface", subnet_id=place.subnet["id"])).json()
    told = f"Router {place.router['id']} has ports still attached: {added['port_id']}"
    url = f"/v2.0/routers/{place.router['id']}"
    assert error_of(await alice.delete(url)) == (409, "RouterInUse", told)
    await act(alice, place.router, "remove_router_interface", port_id=added["port_id"])
    assert (await alice.delete(url)).status_code == 204
    told = f"Router {place.router['id']} could not be found"
    assert error_of(await alice.get(url)) == (404, "RouterNotFound", told)


async def test_a_gateway_goes_with_its_router(admin, alice, place):
    router = await make(alice, "router", external_gateway_info={"network_id": place.outside["id"]})
    assert (await admin.delete(f"/v2.0/subnets/{place.outside_subnet['id']}")).status_code == 409
    assert (await alice.delete(f"/v2.0/routers/{router['id']}")).status_code == 204
    assert (await admin.delete(f"/v2.0/networks/{place.outside['id']}")).status_code == 204


async def test_what_must_exist(alice):
    assert await refused(alice, "router", availability_zone_hints=["mars"]) == (
        404,
        "AvailabilityZoneNotFound",
        "AvailabilityZone mars could not be found.",
    )
    hints = [f"zone-{n:03}" for n in range(40)]
    told = "Invalid input for operation: Too many availability_zone_hints specified."
    assert await refused(alice, "router", availability_zone_hints=hints) == (400, "InvalidInput", told)


async def test_a_stranger_knows_of_no_router(bob, place):
    assert (await bob.get(f"/v2.0/routers/{place.router['id']}")).status_code == 404
    assert (await bob.get("/v2.0/routers")).json() == {"routers": []}
    assert (await act(bob, place.router, "add_router_interface", subnet_id=place.subnet["id"])).status_code == 404
