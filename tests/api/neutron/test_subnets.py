"""`/v2.0/subnets`: what is filled in, and what is refused."""

import pytest

from tests.api.neutron.callers import error_of, make, refused
from weft.model import Unavailable

UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def network(alice) -> dict:
    return await make(alice, "network", name="web")


async def test_defaults_are_neutrons(alice, network):
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    assert subnet["gateway_ip"] == "10.0.0.1"
    assert subnet["allocation_pools"] == [{"start": "10.0.0.2", "end": "10.0.0.254"}]
    assert (subnet["enable_dhcp"], subnet["dns_nameservers"], subnet["host_routes"]) == (True, [], [])
    assert "shared" not in subnet
    listed = (await alice.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert listed["subnets"] == [subnet["id"]]


FILLED_IN = [
    ("the host part of a CIDR is dropped", {"ip_version": 4, "cidr": "10.1.2.3/16"}, {"cidr": "10.1.0.0/16"}),
    (
        "no gateway leaves every host to the pool",
        {"ip_version": 4, "cidr": "10.0.0.0/29", "gateway_ip": None},
        {"gateway_ip": None, "allocation_pools": [{"start": "10.0.0.1", "end": "10.0.0.6"}]},
    ),
    (
        "a gateway in the middle splits the pool",
        {"ip_version": 4, "cidr": "10.0.0.0/29", "gateway_ip": "10.0.0.3"},
        {"allocation_pools": [{"start": "10.0.0.1", "end": "10.0.0.2"}, {"start": "10.0.0.4", "end": "10.0.0.6"}]},
    ),
    (
        "IPv6 has no broadcast address",
        {"ip_version": 6, "cidr": "2001:db8::/64"},
        {
            "gateway_ip": "2001:db8::",
            "allocation_pools": [{"start": "2001:db8::1", "end": "2001:db8::ffff:ffff:ffff:ffff"}],
        },
    ),
    (
        "addresses become canonical",
        {
            "ip_version": 6,
            "cidr": "2001:DB8:0::/64",
            "gateway_ip": "2001:0DB8::0001",
            "dns_nameservers": ["2001:DB8::35"],
        },
        {"cidr": "2001:db8::/64", "gateway_ip": "2001:db8::1", "dns_nameservers": ["2001:db8::35"]},
    ),
    (
        "a /31 has two hosts",
        {"ip_version": 4, "cidr": "10.0.0.0/31", "enable_dhcp": False, "gateway_ip": None},
        {"allocation_pools": [{"start": "10.0.0.0", "end": "10.0.0.1"}]},
    ),
    (
        "a gateway may lie outside",
        {"ip_version": 4, "cidr": "10.0.0.0/24", "gateway_ip": "192.0.2.1"},
        {"gateway_ip": "192.0.2.1", "allocation_pools": [{"start": "10.0.0.1", "end": "10.0.0.254"}]},
    ),
    (
        "routes and servers are kept",
        {
            "ip_version": "4",
            "cidr": "10.0.0.0/24",
            "dns_nameservers": ["9.9.9.9", "1.1.1.1"],
            "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
        },
        {
            "ip_version": 4,
            "dns_nameservers": ["9.9.9.9", "1.1.1.1"],
            "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
        },
    ),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in FILLED_IN], ids=[row[0] for row in FILLED_IN])
async def test_what_is_filled_in(alice, network, given, expected):
    subnet = await make(alice, "subnet", network_id=network["id"], **given)
    assert {name: subnet[name] for name in expected} == expected


def v4(**values):
    return {"ip_version": 4, "cidr": "10.0.0.0/24", **values}


def v6(**values):
    return {"ip_version": 6, "cidr": "2001:db8::/64", **values}


def pool(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


REFUSED = [
    ("no version", {"cidr": "10.0.0.0/24"}, "HTTPBadRequest", "Required attribute 'ip_version' not specified"),
    (
        "version 5",
        v4(ip_version=5),
        "HTTPBadRequest",
        "Invalid input for ip_version. Reason: 5 is not in valid_values.",
    ),
    ("wrong version", v4(ip_version=6), "InvalidInput", "cidr '10.0.0.0/24' does not match the ip_version '6'"),
    ("no CIDR", {"ip_version": 4}, "BadRequest", "a subnetpool must be specified in the absence of a cidr"),
    ("not a CIDR", v4(cidr="ten"), "InvalidInput", "ten is not in a CIDR format"),
    ("one address", v4(cidr="10.0.0.0"), "InvalidInput", "incompatible with DHCP service enabled"),
    ("octal or not", v4(gateway_ip="010.0.0.1"), "HTTPBadRequest", "'10.0.0.1' is recommended"),
    ("no gateway fits", v4(cidr="10.0.0.0/31", enable_dhcp=False), "IpamValueInvalid", "Gateway IP 10.0.0.1 cannot be"),
    ("nonsense CIDR", v4(cidr="10.0.0.0/33"), "InvalidInput", "10.0.0.0/33 is not in a CIDR format"),
    ("number as CIDR", v4(cidr=7), "InvalidInput", "7 is not in a CIDR format"),
    ("everything", v4(cidr="0.0.0.0/0", enable_dhcp=False), "InvalidInput", "0 is not allowed as CIDR prefix length"),
    ("loopback", v4(cidr="127.0.0.0/8"), "InvalidInput", "Loopback IP subnet is not supported if enable_dhcp is True"),
    (
        "multicast",
        v4(cidr="224.0.0.0/8"),
        "InvalidInput",
        "Multicast IP subnet is not supported if enable_dhcp is True",
    ),
    ("too small for DHCP", v4(cidr="10.0.0.0/31"), "InvalidInput", "incompatible with DHCP service enabled"),
    ("::", v6(cidr="::/64"), "InvalidInput", "IPv6 subnet '::' is not supported"),
    ("gateway is broadcast", v4(gateway_ip="10.0.0.255"), "InvalidInput", "Gateway is not valid on subnet"),
    ("gateway of the other family", v4(gateway_ip="fe80::1"), "InvalidInput", "gateway_ip 'fe80::1' does not match"),
    (
        "gateway in pool",
        v4(gateway_ip="10.0.0.5", allocation_pools=[pool("10.0.0.2", "10.0.0.9")]),
        "GatewayConflictWithAllocationPools",
        "Gateway ip 10.0.0.5 conflicts with allocation pool 10.0.0.2-10.0.0.9.",
    ),
    (
        "pools overlap",
        v4(allocation_pools=[pool("10.0.0.2", "10.0.0.9"), pool("10.0.0.9", "10.0.0.12")]),
        "OverlappingAllocationPools",
        "Found overlapping allocation pools: 10.0.0.2-10.0.0.9 10.0.0.9-10.0.0.12 for subnet 10.0.0.0/24.",
    ),
    (
        "pool beyond the subnet",
        v4(allocation_pools=[pool("10.0.0.2", "10.0.1.9")]),
        "OutOfBoundsAllocationPool",
        "The allocation pool 10.0.0.2-10.0.1.9 spans beyond the subnet cidr 10.0.0.0/24.",
    ),
    (
        "pool upside down",
        v4(allocation_pools=[pool("10.0.0.9", "10.0.0.2")]),
        "InvalidAllocationPool",
        "The allocation pool {'start': '10.0.0.9', 'end': '10.0.0.2'} is not valid.",
    ),
    ("pool without end", v4(allocation_pools=[{"start": "10.0.0.9"}]), "HTTPBadRequest", "Validation of dictionary's"),
    ("pools are text", v4(allocation_pools="x"), "InvalidInput", "Invalid data format for allocation pools"),
    ("six DNS servers", v4(dns_nameservers=[f"9.9.9.{n}" for n in range(6)]), "DNSNameServersExhausted", "limit 5"),
    ("the same DNS server twice", v4(dns_nameservers=["9.9.9.9"] * 2), "HTTPBadRequest", "Duplicate nameserver"),
    ("DNS server by name", v4(dns_nameservers=["dns"]), "HTTPBadRequest", "'dns' is not a valid nameserver."),
    (
        "route of the other family",
        v4(host_routes=[{"destination": "fd00::/8", "nexthop": "fd00::1"}]),
        "InvalidInput",
        "nexthop 'fd00::1' does not match the ip_version '4'",
    ),
    (
        "route with host bits",
        v4(host_routes=[{"destination": "10.0.0.1/8", "nexthop": "10.0.0.2"}]),
        "HTTPBadRequest",
        "'10.0.0.1/8' is not a valid CIDR",
    ),
    ("modes on IPv4", v4(ipv6_ra_mode="slaac"), "InvalidInput", "ipv6_ra_mode is not valid when ip_version is 4"),
    (
        "modes that differ",
        v6(ipv6_ra_mode="slaac", ipv6_address_mode="dhcpv6-stateful"),
        "InvalidInput",
        "If both attributes are set, they must be the same value",
    ),
    ("an unknown mode", v6(ipv6_ra_mode="magic"), "HTTPBadRequest", "magic is not in valid_values"),
    ("SLAAC in a /80", v6(cidr="2001:db8::/80", ipv6_ra_mode="slaac"), "InvalidInput", "requires the prefix to be /64"),
    (
        "SLAAC without DHCP",
        v6(ipv6_ra_mode="slaac", enable_dhcp=False),
        "InvalidInput",
        "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False",
    ),
    ("a subnet pool", v4(subnetpool_id=UNKNOWN), "SubnetPoolNotFound", f"Subnet pool {UNKNOWN} could not be found."),
]


@pytest.mark.parametrize(("given", "kind", "text"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_what_is_refused(alice, network, given, kind, text):
    status, found, message = await refused(alice, "subnet", network_id=network["id"], **given)
    assert (found, text in message) == (kind, True), message
    assert status in (400, 404, 409)
    assert (await alice.get("/v2.0/subnets")).json() == {"subnets": []}


async def test_subnets_of_a_network_do_not_overlap(alice, network):
    await make(alice, "subnet", network_id=network["id"], **v4())
    status, kind, message = await refused(alice, "subnet", network_id=network["id"], **v4(cidr="10.0.0.128/25"))
    assert (status, kind) == (400, "InvalidInput")
    assert message == (
        f"Invalid input for operation: Requested subnet with cidr: 10.0.0.128/25 for network: {network['id']} "
        "overlaps with another subnet."
    )
    both = {"subnets": [{"network_id": network["id"], **v4(cidr="10.7.0.0/16")} for _ in range(2)]}
    assert (await alice.post("/v2.0/subnets", json=both)).status_code == 400
    assert len((await alice.get("/v2.0/subnets")).json()["subnets"]) == 1


async def test_other_networks_may_have_the_same_addresses(alice, network):
    other = await make(alice, "network", name="other")
    for id in (network["id"], other["id"]):
        await make(alice, "subnet", network_id=id, **v4())


async def test_a_subnet_needs_a_network_of_ones_own(admin, alice, bob, network):
    told = (404, "NetworkNotFound", f"Network {UNKNOWN} could not be found.")
    assert await refused(bob, "subnet", network_id=UNKNOWN, **v4()) == told
    told = (404, "NetworkNotFound", f"Network {network['id']} could not be found.")
    assert await refused(bob, "subnet", network_id=network["id"], **v4()) == told
    shared = await make(admin, "network", shared=True)
    status, kind, message = await refused(bob, "subnet", network_id=shared["id"], **v4())
    assert (status, kind, message) == (403, "PolicyNotAuthorized", "rule:create_subnet is disallowed by policy")


async def test_updates(alice, network):
    subnet = await make(alice, "subnet", network_id=network["id"], **v4())
    url = f"/v2.0/subnets/{subnet['id']}"

    async def put(**values):
        return await alice.put(url, json={"subnet": values})

    changed = (await put(name="x", dns_nameservers=["9.9.9.9"], gateway_ip=None)).json()["subnet"]
    assert (changed["name"], changed["dns_nameservers"], changed["gateway_ip"]) == ("x", ["9.9.9.9"], None)
    assert error_of(await put(gateway_ip="10.0.0.7"))[1] == "GatewayConflictWithAllocationPools"
    assert error_of(await put(cidr="10.1.0.0/16"))[2] == "Cannot update read-only attribute cidr"
    pools = [pool("10.0.0.100", "10.0.0.200")]
    assert (await put(allocation_pools=pools, gateway_ip="10.0.0.7")).json()["subnet"]["allocation_pools"] == pools


async def test_dhcp_stays_on_where_ipv6_needs_it(alice, network):
    subnet = await make(alice, "subnet", network_id=network["id"], **v6(ipv6_ra_mode="slaac"))
    answer = await alice.put(f"/v2.0/subnets/{subnet['id']}", json={"subnet": {"enable_dhcp": False}})
    assert error_of(answer)[2] == ("Invalid input for operation: Cannot disable enable_dhcp with ipv6 attributes set.")


async def test_a_subnet_in_use_stays(alice, network):
    subnet = await make(alice, "subnet", network_id=network["id"], **v4())
    port = await make(alice, "port", network_id=network["id"])
    assert error_of(await alice.delete(f"/v2.0/subnets/{subnet['id']}")) == (
        409,
        "SubnetInUse",
        f"Unable to complete operation on subnet {subnet['id']}: One or more ports have an IP allocation from this "
        "subnet.",
    )
    assert error_of(await alice.delete(f"/v2.0/networks/{network['id']}")) == (
        409,
        "NetworkInUse",
        f"Unable to complete operation on network {network['id']}. There are one or more ports still in use on the "
        f"network, id for these ports is: {port['id']}.",
    )
    await alice.delete(f"/v2.0/ports/{port['id']}")
    assert (await alice.delete(f"/v2.0/networks/{network['id']}")).status_code == 204
    assert (await alice.get(f"/v2.0/subnets/{subnet['id']}")).status_code == 404


async def test_a_late_slaac_subnet_reaches_more_ports_than_one_commit_takes(alice, network, monkeypatch):
    monkeypatch.setattr("weft.commands.auto_addresses.STEP_RECORDS", 3)
    monkeypatch.setattr("weft.commands.subnets.STEP_RECORDS", 3)
    await alice.post("/v2.0/ports", json={"ports": [{"network_id": network["id"]}] * 10})
    subnet = await make(alice, "subnet", network_id=network["id"], **v6(ipv6_address_mode="slaac"))

    async def reached() -> int:
        ports = (await alice.get("/v2.0/ports")).json()["ports"]
        return sum(1 for port in ports if port["fixed_ips"])

    assert await reached() == 10
    assert (await alice.delete(f"/v2.0/subnets/{subnet['id']}")).status_code == 204
    assert await reached() == 0
    assert (await alice.get(f"/v2.0/subnets/{subnet['id']}")).status_code == 404


async def test_a_subnet_is_created_even_if_its_ports_are_not_reached(alice, network, store):
    await make(alice, "port", network_id=network["id"])
    commit = store.commit

    async def refuse(*arguments, **named):
        raise Unavailable("the log is away")

    async def first_only(*arguments, **named):
        store.commit = refuse
        return await commit(*arguments, **named)

    store.commit = first_only
    subnet = await make(alice, "subnet", network_id=network["id"], **v6(ipv6_address_mode="slaac"))
    store.commit = commit
    assert (await alice.get(f"/v2.0/subnets/{subnet['id']}")).status_code == 200


async def test_machines_of_a_late_slaac_subnet_get_their_addresses(alice, network):
    port = await make(alice, "port", network_id=network["id"])
    assert port["fixed_ips"] == []
    subnet = await make(alice, "subnet", network_id=network["id"], **v6(ipv6_address_mode="slaac"))
    url = f"/v2.0/ports/{port['id']}"
    (ip,) = (await alice.get(url)).json()["port"]["fixed_ips"]
    assert ip["subnet_id"] == subnet["id"]
    assert ip["ip_address"].startswith("2001:db8::f816:")
    assert (await alice.delete(f"/v2.0/subnets/{subnet['id']}")).status_code == 204
    assert (await alice.get(url)).json()["port"]["fixed_ips"] == []


async def test_a_change_of_a_subnet_shows_in_its_networks_revision(alice):
    network = await make(alice, "network")
    path = f"/v2.0/networks/{network['id']}"
    revisions = [network["revision_number"]]
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    revisions.append((await alice.get(path)).json()["network"]["revision_number"])
    await alice.put(f"/v2.0/subnets/{subnet['id']}", json={"subnet": {"name": "new"}})
    revisions.append((await alice.get(path)).json()["network"]["revision_number"])
    await alice.delete(f"/v2.0/subnets/{subnet['id']}")
    revisions.append((await alice.get(path)).json()["network"]["revision_number"])
    assert revisions == sorted(set(revisions))
