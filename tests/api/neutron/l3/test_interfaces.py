"""`add_router_interface` and `remove_router_interface`: by subnet, by port, and what is refused."""

import pytest

from tests.api.neutron.callers import error_of, make
from tests.api.neutron.l3.test_routers import UNKNOWN, act, ports_of

ADD, REMOVE = "add_router_interface", "remove_router_interface"


async def test_a_subnet_brings_its_gateway_address(alice, place):
    answer = await act(alice, place.router, ADD, subnet_id=place.subnet["id"])
    (port,) = await ports_of(alice, place.router)
    told = {
        "id": place.router["id"],
        "project_id": "p-alice",
        "port_id": port["id"],
        "network_id": place.inside["id"],
        "subnet_id": place.subnet["id"],
        "subnet_ids": [place.subnet["id"]],
    }
    assert (answer.status_code, answer.json()) == (200, told)
    assert (port["device_owner"], port["project_id"]) == ("network:router_interface", "p-alice")
    assert port["fixed_ips"] == [{"subnet_id": place.subnet["id"], "ip_address": "10.0.0.1"}]
    answer = await act(alice, place.router, REMOVE, subnet_id=place.subnet["id"])
    assert (answer.status_code, answer.json()) == (200, told)
    assert await ports_of(alice, place.router) == []


async def test_a_port_is_taken_as_it_is_and_goes(alice, place):
    fixed = [{"ip_address": "10.0.0.77"}]
    port = await make(alice, "port", network_id=place.inside["id"], name="mine", fixed_ips=fixed)
    answer = await act(alice, place.router, ADD, port_id=port["id"])
    assert answer.json()["subnet_ids"] == [place.subnet["id"]]
    (taken,) = await ports_of(alice, place.router)
    assert (taken["id"], taken["name"], taken["fixed_ips"][0]["ip_address"]) == (port["id"], "mine", "10.0.0.77")
    other = await make(alice, "router")
    told = (
        f"Unable to complete operation on port {port['id']} for network {place.inside['id']}. Port already has an "
        f"attached device {place.router['id']}."
    )
    assert error_of(await act(alice, other, ADD, port_id=port["id"])) == (409, "PortInUse", told)
    told = f"Router {other['id']} does not have an interface with id {port['id']}"
    assert error_of(await act(alice, other, REMOVE, port_id=port["id"])) == (404, "RouterInterfaceNotFound", told)
    told = f"Subnet on port {port['id']} does not match the requested subnet {UNKNOWN}."
    answer = await act(alice, place.router, REMOVE, port_id=port["id"], subnet_id=UNKNOWN)
    assert error_of(answer) == (400, "SubnetMismatchForPort", told)
    assert (await act(alice, place.router, REMOVE, port_id=port["id"])).status_code == 200
    assert (await alice.get(f"/v2.0/ports/{port['id']}")).status_code == 404


async def test_an_interface_keeps_its_address_and_stays(admin, alice, place):
    added = (await act(alice, place.router, ADD, subnet_id=place.subnet["id"])).json()
    url = f"/v2.0/ports/{added['port_id']}"
    told = f"Bad ports request: IP updates for port {added['port_id']} are not allowed."
    answer = await admin.put(url, json={"port": {"fixed_ips": [{"ip_address": "10.0.0.9"}]}})
    assert error_of(answer) == (400, "BadRequest", told)
    assert error_of(await admin.delete(url))[:2] == (409, "ServicePortInUse")
    told = f"Current gateway ip 10.0.0.1 already in use by port {added['port_id']}. Unable to update."
    answer = await alice.put(f"/v2.0/subnets/{place.subnet['id']}", json={"subnet": {"gateway_ip": None}})
    assert error_of(answer) == (409, "GatewayIpInUse", told)
    assert error_of(await alice.delete(f"/v2.0/subnets/{place.subnet['id']}"))[:2] == (409, "SubnetInUse")


async def test_a_port_that_denies_its_router_is_still_its_interface(admin, alice, place):
    added = (await act(alice, place.router, ADD, subnet_id=place.subnet["id"])).json()
    answer = await admin.put(f"/v2.0/ports/{added['port_id']}", json={"port": {"device_owner": "compute:x"}})
    assert answer.status_code == 200
    assert error_of(await alice.delete(f"/v2.0/routers/{place.router['id']}"))[:2] == (409, "RouterInUse")
    assert (await act(alice, place.router, REMOVE, subnet_id=place.subnet["id"])).status_code == 200
    assert (await alice.delete(f"/v2.0/routers/{place.router['id']}")).status_code == 204


BAD_BODIES = [
    ("nothing", {}, "Either subnet_id or port_id must be specified"),
    ("both", {"subnet_id": UNKNOWN, "port_id": UNKNOWN}, "Cannot specify both subnet-id and port-id"),
    ("no UUID", {"subnet_id": "x"}, "'x' is not a valid UUID"),
]


@pytest.mark.parametrize(("what", "body", "reason"), BAD_BODIES, ids=[row[0] for row in BAD_BODIES])
async def test_bodies_that_make_no_sense(alice, place, what, body, reason):
    told = f"Bad router request: {reason}."
    assert error_of(await act(alice, place.router, ADD, **body)) == (400, "BadRequest", told)


async def test_what_a_router_does_not_join(admin, alice, bob, place):
    async def told(**body: object) -> tuple[int, str, str]:
        return error_of(await act(alice, place.router, ADD, **body))

    def bad(reason: str) -> tuple[int, str, str]:
        return 400, "BadRequest", f"Bad router request: {reason}."

    network = await make(alice, "network")
    id = network["id"]
    closed = await make(alice, "subnet", network_id=id, ip_version=4, cidr="10.1.0.0/24", gateway_ip=None)
    assert await told(subnet_id=closed["id"]) == bad("Subnet for router interface must have a gateway IP")
    again = await make(alice, "subnet", network_id=id, ip_version=4, cidr="10.0.0.128/25")
    await act(alice, place.router, ADD, subnet_id=place.subnet["id"])
    assert await told(subnet_id=place.subnet["id"]) == bad(f"Router already has a port on subnet {place.subnet['id']}")
    assert await told(subnet_id=again["id"]) == bad(
        f"Cidr 10.0.0.128/25 of subnet {again['id']} overlaps with cidr 10.0.0.0/24 of subnet {place.subnet['id']}"
    )
    bare = await make(alice, "port", network_id=id, fixed_ips=[])
    assert await told(port_id=bare["id"]) == bad("Router port must have at least one fixed IP")
    wide = await make(alice, "network")
    ips = [
        {"subnet_id": (await make(alice, "subnet", network_id=wide["id"], ip_version=4, cidr=cidr))["id"]}
        for cidr in ("10.2.0.0/24", "10.3.0.0/24")
    ]
    both = await make(alice, "port", network_id=wide["id"], fixed_ips=ips)
    assert await told(port_id=both["id"]) == bad("Cannot have multiple IPv4 subnets on router port")
    listening = await make(alice, "subnet", network_id=id, ip_version=6, cidr="fd01::/64", ipv6_address_mode="slaac")
    assert await told(subnet_id=listening["id"]) == bad(
        f"IPv6 subnet {listening['id']} configured to receive RAs from an external router cannot be added to Neutron "
        "Router."
    )
    assert await told(subnet_id=UNKNOWN) == (404, "SubnetNotFound", f"Subnet {UNKNOWN} could not be found.")
    assert await told(port_id=UNKNOWN) == (404, "PortNotFound", f"Port {UNKNOWN} could not be found.")
    theirs = await make(bob, "network")
    subnet = await make(bob, "subnet", network_id=theirs["id"], ip_version=4, cidr="10.7.0.0/24")
    assert (await told(subnet_id=subnet["id"]))[:2] == (404, "SubnetNotFound")
    shared = await make(admin, "network", shared=True)
    subnet = await make(admin, "subnet", network_id=shared["id"], ip_version=4, cidr="10.8.0.0/24")
    assert await told(subnet_id=subnet["id"]) == bad(
        f"Cannot add interface to router because subnet {subnet['id']} is not owned by project making the request"
    )


async def test_a_network_that_is_shared_by_name_can_be_joined(admin, dave):
    router = await make(dave, "router")
    network = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="10.8.0.0/24")
    entry = {"object_type": "network", "object_id": network["id"], "target_tenant": router["project_id"]}
    body = {"rbac_policy": {**entry, "action": "access_as_shared"}}
    assert (await admin.post("/v2.0/rbac-policies", json=body)).status_code == 201
    assert (await act(dave, router, ADD, subnet_id=subnet["id"])).status_code == 200


async def test_ipv6_subnets_of_a_network_share_a_port(alice, place):
    subnets = [
        await make(alice, "subnet", network_id=place.inside["id"], ip_version=6, cidr=f"fd0{n}::/64") for n in (1, 2, 3)
    ]
    first, second, third = (subnet["id"] for subnet in subnets)
    port_id = (await act(alice, place.router, ADD, subnet_id=first)).json()["port_id"]
    answer = (await act(alice, place.router, ADD, subnet_id=second)).json()
    assert (answer["port_id"], answer["subnet_ids"]) == (port_id, [second])
    (port,) = await ports_of(alice, place.router)
    assert [ip["ip_address"] for ip in port["fixed_ips"]] == ["fd01::", "fd02::"]
    own = await make(alice, "port", network_id=place.inside["id"], fixed_ips=[{"subnet_id": third}])
    told = (
        f"Bad router request: Router already contains IPv6 port {port_id} belonging to network id "
        f"{place.inside['id']}. Only one IPv6 port from the same network subnet can be connected to a router.."
    )
    assert error_of(await act(alice, place.router, ADD, port_id=own["id"])) == (400, "BadRequest", told)
    assert (await act(alice, place.router, REMOVE, subnet_id=first)).json()["port_id"] == port_id
    told = f"Router {place.router['id']} has no interface on subnet {first}"
    answer = await act(alice, place.router, REMOVE, subnet_id=first)
    assert error_of(answer) == (404, "RouterInterfaceNotFoundForSubnet", told)
    await act(alice, place.router, REMOVE, subnet_id=second)
    assert await ports_of(alice, place.router) == []


async def test_nobody_poses_as_anothers_router(admin, alice, bob, place):
    network = await make(bob, "network")
    owner = {"device_owner": "network:router_interface", "device_id": place.router["id"]}
    told = (
        f"The following device_id {place.router['id']} is not owned by your project or matches another project router."
    )
    body = {"port": {"network_id": network["id"], **owner}}
    answer = await bob.post("/v2.0/ports", json=body)
    assert error_of(answer) == (409, "DeviceIDNotOwnedByTenant", told)
    port = await make(bob, "port", network_id=network["id"])
    answer = await bob.put(f"/v2.0/ports/{port['id']}", json={"port": owner})
    assert error_of(answer) == (409, "DeviceIDNotOwnedByTenant", told)
    answer = await act(admin, place.router, "add_router_interface", subnet_id=place.subnet["id"])
    assert answer.status_code == 200


async def test_ways_that_are_none(alice, place):
    url = f"/v2.0/routers/{place.router['id']}"
    assert (await alice.get(f"{url}/{ADD}")).status_code == 405
    assert (await alice.put(f"{url}/nonsense", json={})).status_code == 404
