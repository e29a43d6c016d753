"""What else a subnet has: owners it serves, whether its addresses are published, ports that go with it."""

import pytest

from tests.api.neutron.callers import make, refused

BAD_TYPES = [
    ("x", "HTTPBadRequest", "Subnet service types must be a list."),
    ([3], "InvalidInputSubnetServiceType", "Subnet service type 3 is not a string."),
    (["nix"], "InvalidSubnetServiceType", "Subnet service type nix does not correspond to a valid device owner."),
]


@pytest.mark.parametrize(("types", "kind", "message"), BAD_TYPES, ids=[case[2] for case in BAD_TYPES])
async def test_service_types_that_make_no_sense(alice, types, kind, message):
    network = await make(alice, "network")
    subnet = {"network_id": network["id"], "ip_version": 4, "cidr": "10.1.0.0/24", "service_types": types}
    assert await refused(alice, "subnet", **subnet) == (400, kind, message)


async def test_ports_get_addresses_of_subnets_that_serve_them(admin):
    network = await make(admin, "network")
    port = {"network_id": network["id"]}
    serving = await make(
        admin, "subnet", ip_version=4, cidr="10.1.1.0/24", service_types=["compute:nova", "compute:nova"], **port
    )
    assert serving["service_types"] == ["compute:nova"]
    nothing = (
        409,
        "IpAddressGenerationFailureNoMatchingSubnet",
        f"No valid service subnet for the given device owner, network {network['id']}, service type .",
    )
    assert await refused(admin, "port", **port) == nothing
    assert await refused(admin, "port", **port, fixed_ips=[{"subnet_id": serving["id"]}]) == nothing
    assert await refused(admin, "port", **port, fixed_ips=[]) == nothing
    dhcp = await make(admin, "port", **port, device_owner="network:dhcp")
    assert dhcp["fixed_ips"][0]["subnet_id"] == serving["id"]
    usual = await make(admin, "subnet", ip_version=4, cidr="10.1.2.0/24", **port)
    first = await make(admin, "port", **port)
    assert [ip["subnet_id"] for ip in first["fixed_ips"]] == [usual["id"]]
    second = await make(admin, "port", **port, device_owner="compute:nova")
    assert [ip["subnet_id"] for ip in second["fixed_ips"]] == [serving["id"]]
    assert (await refused(admin, "port", **port, fixed_ips=[{"ip_address": "10.1.1.10"}]))[1] == "InvalidIpForNetwork"
    path = f"/v2.0/subnets/{serving['id']}"
    freed = await admin.put(path, json={"subnet": {"service_types": None, "dns_publish_fixed_ip": True}})
    assert (freed.json()["subnet"]["service_types"], freed.json()["subnet"]["dns_publish_fixed_ip"]) == ([], True)


async def test_dhcp_ports_hold_nothing_back(admin):
    network = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="10.1.1.0/24")
    port = await make(admin, "port", network_id=network["id"], device_owner="network:dhcp")
    assert (await admin.delete(f"/v2.0/subnets/{subnet['id']}")).status_code == 204
    assert (await admin.get(f"/v2.0/ports/{port['id']}")).json()["port"]["fixed_ips"] == []
    assert (await admin.delete(f"/v2.0/networks/{network['id']}")).status_code == 204
    assert (await admin.get(f"/v2.0/ports/{port['id']}")).status_code == 404


async def test_large_ipv6_subnets_can_be_made(alice):
    network = await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=6, cidr="2001:db8::/32")
    assert subnet["cidr"] == "2001:db8::/32"
    assert len((await make(alice, "port", network_id=network["id"]))["fixed_ips"]) == 1
