"""`/v2.0/floatingips`: addresses, associations, and what is refused."""

import pytest

from tests.api.neutron.callers import error_of, make, refused
from tests.api.neutron.l3.test_routers import UNKNOWN, act, change


async def associate(client, floating_ip: dict, **values: object):
    return await client.put(f"/v2.0/floatingips/{floating_ip['id']}", json={"floatingip": values})


async def shown(client, floating_ip: dict) -> dict:
    return (await client.get(f"/v2.0/floatingips/{floating_ip['id']}")).json()["floatingip"]


@pytest.fixture
async def vm(alice, place) -> dict:
    """A port behind a router that leads outside."""
    await act(alice, place.router, "add_router_interface", subnet_id=place.subnet["id"])
    await change(alice, place.router, external_gateway_info={"network_id": place.outside["id"]})
    return await make(alice, "port", network_id=place.inside["id"], name="vm")


@pytest.fixture
def outside(place) -> dict:
    """What every floating IP needs."""
    return {"floating_network_id": place.outside["id"]}


async def test_a_floating_ip_leads_to_a_port(admin, alice, place, vm, outside):
    made = await make(alice, "floatingip", port_id=vm["id"], **outside)
    address = made["floating_ip_address"]
    assert address.startswith("198.51.100.")
    for name in ("id", "created_at", "updated_at", "revision_number"):
        assert name in made
    expected = {
        "tenant_id": "p-alice",
        "project_id": "p-alice",
        "floating_ip_address": address,
        "floating_network_id": place.outside["id"],
        "router_id": place.router["id"],
        "port_id": vm["id"],
        "fixed_ip_address": vm["fixed_ips"][0]["ip_address"],
        "status": "DOWN",
        "description": "",
        "qos_policy_id": None,
        "dns_name": "",
        "dns_domain": "",
        "tags": [],
        "port_details": {
            "name": "vm",
            "network_id": place.inside["id"],
            "mac_address": vm["mac_address"],
            "admin_state_up": True,
            "status": "DOWN",
            "device_id": "",
            "device_owner": "",
        },
    }
    assert expected.items() <= made.items()
    holders = (await admin.get("/v2.0/ports", params={"device_id": made["id"]})).json()["ports"]
    assert [(port["device_owner"], port["project_id"], port["status"]) for port in holders] == [
        ("network:floatingip", "", "N/A")
    ]
    assert holders[0]["fixed_ips"][0]["ip_address"] == address
    told = f"Port {holders[0]['id']} cannot be deleted directly via the port API: has device owner network:floatingip."
    assert error_of(await admin.delete(f"/v2.0/ports/{holders[0]['id']}")) == (409, "ServicePortInUse", told)
    assert (await alice.delete(f"/v2.0/floatingips/{made['id']}")).status_code == 204
    assert (await admin.get(f"/v2.0/ports/{holders[0]['id']}")).status_code == 404


async def test_it_leaves_and_comes_back(alice, place, vm, outside):
    made = await make(alice, "floatingip", **outside)
    nowhere = {"port_id": None, "fixed_ip_address": None, "router_id": None, "port_details": None}
    assert nowhere.items() <= made.items()
    there = (await associate(alice, made, port_id=vm["id"], description="mine")).json()["floatingip"]
    assert (there["port_id"], there["router_id"], there["description"]) == (vm["id"], place.router["id"], "mine")
    same = (await associate(alice, made, description="ours")).json()["floatingip"]
    assert (same["port_id"], same["description"]) == (vm["id"], "ours")
    left = (await associate(alice, made, port_id=None)).json()["floatingip"]
    assert nowhere.items() <= left.items()


async def test_a_deleted_port_leaves_it_behind(alice, bob, admin, vm, outside):
    made = await make(alice, "floatingip", port_id=vm["id"], **outside)
    assert (await alice.delete(f"/v2.0/ports/{vm['id']}")).status_code == 204
    left = await shown(alice, made)
    assert (left["port_id"], left["router_id"], left["fixed_ip_address"]) == (None, None, None)


async def test_somebody_elses_floating_ip_keeps_the_port(admin, alice, vm, outside):
    await make(admin, "floatingip", port_id=vm["id"], **outside)
    told = f"Unable to complete the operation on port {vm['id']} because the port still has an associated floating IP."
    assert error_of(await alice.delete(f"/v2.0/ports/{vm['id']}")) == (409, "FipAssociated", told)
    assert (await admin.delete(f"/v2.0/ports/{vm['id']}")).status_code == 204


async def test_it_keeps_its_router_and_address(alice, place, vm, outside):
    made = await make(alice, "floatingip", port_id=vm["id"], **outside)
    router, subnet = place.router["id"], place.subnet["id"]
    told = (
        f"Router interface for subnet {subnet} on router {router} cannot be deleted, as it is required by one or more "
        "floating IPs."
    )
    answer = await act(alice, place.router, "remove_router_interface", subnet_id=subnet)
    assert error_of(answer) == (409, "RouterInterfaceInUseByFloatingIP", told)
    told = (
        f"Gateway cannot be updated for router {router}, since a gateway to external network {place.outside['id']} is "
        "required by one or more floating IPs."
    )
    answer = await change(alice, place.router, external_gateway_info={})
    assert error_of(answer) == (409, "RouterExternalGatewayInUseByFloatingIp", told)
    told = (
        f"Bad port request: Cannot update the fixed_ips of the port {vm['id']}, because its original fixed_ip has been "
        "associated to a floating ip."
    )
    answer = await alice.put(
        f"/v2.0/ports/{vm['id']}", json={"port": {"fixed_ips": [{"subnet_id": subnet}, {"subnet_id": subnet}]}}
    )
    assert answer.status_code == 200  # the address stays, another joins
    answer = await alice.put(f"/v2.0/ports/{vm['id']}", json={"port": {"fixed_ips": []}})
    assert error_of(answer) == (400, "BadRequest", told)
    await associate(alice, made, port_id=None)
    answer = await act(alice, place.router, "remove_router_interface", subnet_id=subnet)
    assert answer.status_code == 200


async def test_one_address_takes_one_of_a_network(alice, place, vm, outside):
    await make(alice, "floatingip", port_id=vm["id"], **outside)
    status, kind, message = await refused(alice, "floatingip", port_id=vm["id"], **outside)
    assert (status, kind) == (409, "FloatingIPPortAlreadyAssociated")
    assert message.endswith(
        f"with port {vm['id']} using fixed IP {vm['fixed_ips'][0]['ip_address']}, as that fixed IP already has a "
        f"floating IP on external network {place.outside['id']}."
    )


async def test_where_it_cannot_lead(admin, alice, bob, place, vm, outside):
    id = vm["id"]
    cases = [
        ({"fixed_ip_address": "10.0.0.9"}, "fixed_ip_address cannot be specified without a port_id"),
        ({"port_id": id, "fixed_ip_address": "10.0.0.250"}, f"Port {id} does not have fixed ip 10.0.0.250"),
        (
            {"port_id": id, "fixed_ip_address": "fd00::9"},
            "Cannot process floating IP association with fd00::9, since that is not an IPv4 address",
        ),
    ]
    for values, told in cases:
        answer = (400, "BadRequest", f"Bad floatingip request: {told}.")
        assert await refused(alice, "floatingip", **outside, **values) == answer
    bare = await make(alice, "port", network_id=place.inside["id"], fixed_ips=[])
    told = f"Bad floatingip request: Cannot add floating IP to port {bare['id']} that has no fixed IPv4 addresses."
    assert await refused(alice, "floatingip", **outside, port_id=bare["id"]) == (400, "BadRequest", told)
    two = [{"subnet_id": place.subnet["id"]}, {"subnet_id": place.subnet["id"]}]
    twin = await make(alice, "port", network_id=place.inside["id"], fixed_ips=two)
    told = (
        f"Bad floatingip request: Port {twin['id']} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 "
        "address when assigning a floating IP."
    )
    assert await refused(alice, "floatingip", **outside, port_id=twin["id"]) == (400, "BadRequest", told)
    told = (404, "PortNotFound", f"Port {id} could not be found.")
    assert await refused(bob, "floatingip", **outside, port_id=id) == told
    lonely = await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=lonely["id"], ip_version=4, cidr="10.9.0.0/24")
    port = await make(alice, "port", network_id=lonely["id"])
    told = (
        f"External network {place.outside['id']} is not reachable from subnet {subnet['id']}.  Therefore, cannot "
        f"associate Port {port['id']} with a Floating IP."
    )
    found = await refused(alice, "floatingip", **outside, port_id=port["id"])
    assert found == (404, "ExternalGatewayForFloatingIPNotFound", told)


async def test_where_it_comes_from(admin, alice, place, outside):
    told = f"Bad floatingip request: Network {place.inside['id']} is not a valid external network."
    found = await refused(alice, "floatingip", floating_network_id=place.inside["id"])
    assert found == (400, "BadRequest", told)
    told = f"Network {UNKNOWN} could not be found."
    assert await refused(alice, "floatingip", floating_network_id=UNKNOWN) == (404, "NetworkNotFound", told)
    bare = await make(admin, "network", **{"router:external": True})
    told = f"Bad floatingip request: Network {bare['id']} does not contain any IPv4 subnet."
    assert await refused(alice, "floatingip", floating_network_id=bare["id"]) == (400, "BadRequest", told)
    made = await make(admin, "floatingip", floating_ip_address="198.51.100.9", **outside)
    assert made["floating_ip_address"] == "198.51.100.9"
    told = f"IP address 198.51.100.9 already allocated in subnet {place.outside_subnet['id']}"
    found = await refused(admin, "floatingip", floating_ip_address="198.51.100.9", **outside)
    assert found == (409, "IpAddressAlreadyAllocated", told)
    assert (await refused(alice, "floatingip", floating_ip_address="198.51.100.10", **outside))[0] == 403
    made = await make(alice, "floatingip", subnet_id=place.outside_subnet["id"], **outside)
    assert "subnet_id" not in made


async def test_a_router_can_be_named(alice, place, vm, outside):
    other = await make(alice, "router", external_gateway_info={"network_id": place.outside["id"]})
    made = await make(alice, "floatingip", port_id=vm["id"], router_id=other["id"], **outside)
    assert made["router_id"] == other["id"]
    back = (await associate(alice, made, router_id=None)).json()["floatingip"]
    assert back["router_id"] == place.router["id"]
    closed = await make(alice, "router")
    told = f"Router {closed['id']} has no external gateway on network {place.outside['id']}"
    assert error_of(await associate(alice, made, router_id=closed["id"])) == (409, "Conflict", told)
    assert error_of(await associate(alice, made, router_id=UNKNOWN))[:2] == (404, "RouterNotFound")


async def test_idle_ones_go_with_their_network(admin, alice, place, outside):
    made = await make(alice, "floatingip", **outside)
    assert (await admin.delete(f"/v2.0/networks/{place.outside['id']}")).status_code == 204
    told = f"Floating IP {made['id']} could not be found"
    assert error_of(await alice.get(f"/v2.0/floatingips/{made['id']}")) == (404, "FloatingIPNotFound", told)


async def test_lists_are_ones_own(admin, alice, bob, vm, outside):
    mine = await make(alice, "floatingip", port_id=vm["id"], **outside)
    idle = await make(alice, "floatingip", **outside)
    await make(bob, "floatingip", **outside)

    async def listed(client, **query: str) -> set[str]:
        answer = await client.get("/v2.0/floatingips", params=query)
        return {one["id"] for one in answer.json()["floatingips"]}

    assert await listed(alice) == {mine["id"], idle["id"]}
    assert await listed(alice, port_id=vm["id"]) == {mine["id"]}
    assert await listed(alice, router_id=mine["router_id"]) == {mine["id"]}
    assert await listed(alice, floating_ip_address=idle["floating_ip_address"]) == {idle["id"]}
    assert len(await listed(admin)) == 3


async def test_names(alice, outside):
    made = await make(alice, "floatingip", dns_name="WWW", dns_domain="example.org.", **outside)
    assert (made["dns_name"], made["dns_domain"]) == ("www", "example.org.")
    told = "Invalid input for dns_domain. Reason: 'example.org' is not a FQDN."
    assert await refused(alice, "floatingip", dns_domain="example.org", **outside) == (400, "HTTPBadRequest", told)
    told = "Invalid input for dns_name. Reason: 'a.' is a FQDN. It should be a relative domain name."
    assert await refused(alice, "floatingip", dns_name="a.", **outside) == (400, "HTTPBadRequest", told)


async def test_a_network_of_gateways_stays_external(admin, place, vm):
    told = (
        f"External network {place.outside['id']} cannot be updated to be made non-external, since it has existing "
        "gateway ports."
    )
    answer = await admin.put(f"/v2.0/networks/{place.outside['id']}", json={"network": {"router:external": False}})
    assert error_of(answer) == (409, "ExternalNetworkInUse", told)
