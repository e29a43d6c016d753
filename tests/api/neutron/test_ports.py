"""`/v2.0/ports`: addresses, MACs, bindings, and what is refused."""

import pytest

from tests.api.neutron.callers import client_for, error_of, make, refused

UNKNOWN = "11111111-2222-3333-4444-555555555555"


class Site:
    """A network with a subnet of each kind."""

    network: dict
    v4: dict
    second_v4: dict
    stateful: dict
    slaac: dict


@pytest.fixture
async def net(alice) -> Site:
    site = Site()
    site.network = await make(alice, "network", name="web")
    id = site.network["id"]
    site.v4 = await make(alice, "subnet", network_id=id, ip_version=4, cidr="10.0.0.0/29")
    site.second_v4 = await make(alice, "subnet", network_id=id, ip_version=4, cidr="10.0.1.0/24")
    modes = {"ipv6_ra_mode": "dhcpv6-stateful", "ipv6_address_mode": "dhcpv6-stateful"}
    site.stateful = await make(alice, "subnet", network_id=id, ip_version=6, cidr="fd01::/64", **modes)
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    site.slaac = await make(alice, "subnet", network_id=id, ip_version=6, cidr="fd02::/64", **modes)
    return site


def subnets_in(port: dict) -> list[str]:
    return [ip["subnet_id"] for ip in port["fixed_ips"]]


async def test_a_port_gets_one_address_of_each_family_and_forms_its_own(alice, net):
    port = await make(alice, "port", network_id=net.network["id"], mac_address="52:54:00:12:34:56")
    assert len(port["fixed_ips"]) == 3
    assert {net.stateful["id"], net.slaac["id"]} < set(subnets_in(port))
    assert len({net.v4["id"], net.second_v4["id"]} & set(subnets_in(port))) == 1
    formed = next(ip["ip_address"] for ip in port["fixed_ips"] if ip["subnet_id"] == net.slaac["id"])
    assert formed == "fd02::5054:ff:fe12:3456"
    assert (port["status"], port["device_id"], port["ip_allocation"]) == ("DOWN", "", "immediate")
    assert port["mac_address"] == "52:54:00:12:34:56"


async def test_fixed_ips_in_all_forms(alice, net):
    wanted = [
        {"subnet_id": net.v4["id"], "ip_address": "10.0.0.3"},
        {"ip_address": "10.0.1.77"},
        {"subnet_id": net.stateful["id"]},
    ]
    port = await make(alice, "port", network_id=net.network["id"], fixed_ips=wanted)
    assert {"subnet_id": net.v4["id"], "ip_address": "10.0.0.3"} in port["fixed_ips"]
    assert {"subnet_id": net.second_v4["id"], "ip_address": "10.0.1.77"} in port["fixed_ips"]
    assert set(subnets_in(port)) == {net.v4["id"], net.second_v4["id"], net.stateful["id"], net.slaac["id"]}


async def test_no_address_at_all(alice):
    network = await make(alice, "network")
    await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    port = await make(alice, "port", network_id=network["id"], fixed_ips=[])
    assert (port["fixed_ips"], port["ip_allocation"]) == ([], "none")


async def test_a_subnet_runs_dry_to_the_last_address(alice, net):
    network_id = net.network["id"]
    wanted = [{"subnet_id": net.v4["id"]}]
    ports = [await make(alice, "port", network_id=network_id, fixed_ips=wanted) for _ in range(5)]
    given = {ip["ip_address"] for port in ports for ip in port["fixed_ips"] if ip["subnet_id"] == net.v4["id"]}
    assert given == {f"10.0.0.{n}" for n in range(2, 7)}
    assert await refused(alice, "port", network_id=network_id, fixed_ips=wanted) == (
        409,
        "IpAddressGenerationFailure",
        f"No more IP addresses available on network {network_id}.",
    )
    port = await make(alice, "port", network_id=network_id)  # the other IPv4 subnet serves
    assert net.second_v4["id"] in subnets_in(port)


async def test_bulk_takes_different_addresses_or_none_at_all(alice, net):
    one = {"network_id": net.network["id"], "fixed_ips": [{"subnet_id": net.v4["id"]}]}
    six = await alice.post("/v2.0/ports", json={"ports": [one] * 6})
    assert error_of(six)[1] == "IpAddressGenerationFailure"
    assert (await alice.get("/v2.0/ports")).json() == {"ports": []}
    five = (await alice.post("/v2.0/ports", json={"ports": [one] * 5})).json()["ports"]
    assert len({port["mac_address"] for port in five}) == 5
    assert len({port["fixed_ips"][0]["ip_address"] for port in five}) == 5


ADDRESS_REFUSALS = [
    ("outside the subnet", {"subnet_id": "v4", "ip_address": "10.9.0.1"}, 400, "InvalidIpForSubnet"),
    ("the broadcast address", {"subnet_id": "v4", "ip_address": "10.0.0.7"}, 400, "InvalidIpForSubnet"),
    ("the network's own", {"subnet_id": "v4", "ip_address": "10.0.0.0"}, 400, "InvalidIpForSubnet"),
    ("in no subnet", {"ip_address": "192.0.2.1"}, 400, "InvalidIpForNetwork"),
    ("no such subnet", {"subnet_id": UNKNOWN}, 404, "SubnetNotFound"),
    ("neither address nor subnet", {}, 400, "InvalidInput"),
    ("not an address", {"ip_address": "ten"}, 400, "HTTPBadRequest"),
    ("not a UUID", {"subnet_id": "x"}, 400, "HTTPBadRequest"),
    (
        "another than it would form",
        {"subnet_id": "slaac", "ip_address": "fd02::7"},
        400,
        "AllocationOnAutoAddressSubnet",
    ),
]


@pytest.mark.parametrize(
    ("wanted", "status", "kind"), [row[1:] for row in ADDRESS_REFUSALS], ids=[row[0] for row in ADDRESS_REFUSALS]
)
async def test_addresses_that_are_refused(alice, net, wanted, status, kind):
    if wanted.get("subnet_id") in ("v4", "slaac"):
        wanted = {**wanted, "subnet_id": getattr(net, wanted["subnet_id"])["id"]}
    found = await refused(alice, "port", network_id=net.network["id"], fixed_ips=[wanted])
    assert found[:2] == (status, kind)
    assert (await alice.get("/v2.0/ports")).json() == {"ports": []}


async def test_what_is_taken_stays_taken(alice, net):
    network_id = net.network["id"]
    first = await make(
        alice, "port", network_id=network_id, mac_address="52:54:00:00:00:01", fixed_ips=[{"ip_address": "10.0.0.3"}]
    )
    assert await refused(alice, "port", network_id=network_id, fixed_ips=[{"ip_address": "10.0.0.3"}]) == (
        409,
        "IpAddressAlreadyAllocated",
        f"IP address 10.0.0.3 already allocated in subnet {net.v4['id']}",
    )
    assert await refused(alice, "port", network_id=network_id, mac_address="52-54-00-00-00-01") == (
        409,
        "MacAddressInUse",
        f"Unable to complete operation for network {network_id}. The mac address 52:54:00:00:00:01 is in use.",
    )
    await alice.delete(f"/v2.0/ports/{first['id']}")
    again = await make(alice, "port", network_id=network_id, fixed_ips=[{"ip_address": "10.0.0.3"}])
    assert again["fixed_ips"][0]["ip_address"] == "10.0.0.3"


@pytest.mark.parametrize("mac", ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "nonsense", 5, "52:54:00:00:00"])
async def test_macs_that_are_none(alice, net, mac):
    status, kind, message = await refused(alice, "port", network_id=net.network["id"], mac_address=mac)
    assert (status, kind) == (400, "HTTPBadRequest")
    assert message == f"Invalid input for mac_address. Reason: '{mac}' is not a valid MAC address."


async def test_only_an_administrator_or_a_service_binds(store, admin, alice, net):
    network_id = net.network["id"]
    assert await refused(alice, "port", network_id=network_id, **{"binding:host_id": "a1"}) == (
        403,
        "PolicyNotAuthorized",
        "(rule:create_port and rule:create_port:binding:host_id) is disallowed by policy",
    )
    port = await make(alice, "port", network_id=network_id)
    assert [name for name in port if name.startswith("binding:")] == ["binding:vnic_type"]
    url = f"/v2.0/ports/{port['id']}"
    async with client_for(store, "nova") as nova:
        body = {"port": {"binding:host_id": "a1", "device_id": "vm-1", "device_owner": "compute:nova"}}
        bound = (await nova.put(url, json=body)).json()["port"]
    assert (bound["binding:host_id"], bound["binding:vif_type"]) == ("a1", "tap")
    assert bound["binding:vif_details"]["port_filter"] is True
    lost = (await admin.put(url, json={"port": {"binding:host_id": "nowhere"}})).json()["port"]
    assert lost["binding:vif_type"] == "binding_failed"
    free = (await admin.put(url, json={"port": {"binding:host_id": None}})).json()["port"]
    assert (free["binding:host_id"], free["binding:vif_type"]) == ("", "unbound")
    history = store.state.get("port", port["id"]).get("previous_hosts")
    assert [entry["host"] for entry in history] == ["a1", "nowhere"]


async def test_status_is_what_its_node_reports(store, admin, net):
    port = await make(admin, "port", network_id=net.network["id"], **{"binding:host_id": "a1"})
    url = f"/v2.0/ports/{port['id']}"

    async def status() -> str:
        return (await admin.get(url)).json()["port"]["status"]

    assert await status() == "DOWN"
    await store.runtime.report(f"port.{port['id']}", {"status": "ACTIVE"})
    assert await status() == "ACTIVE"
    found = (await admin.get("/v2.0/ports", params={"status": "ACTIVE"})).json()["ports"]
    assert [one["id"] for one in found] == [port["id"]]
    await admin.put(url, json={"port": {"admin_state_up": False}})
    assert await status() == "DOWN"
    await admin.put(url, json={"port": {"admin_state_up": True}})
    await store.runtime.report(f"port.{port['id']}", {"status": "DOWN"})
    assert await status() == "DOWN"


async def test_addresses_change_without_losing_those_that_stay(alice, net):
    fixed = [{"subnet_id": net.v4["id"], "ip_address": "10.0.0.3"}]
    port = await make(alice, "port", network_id=net.network["id"], fixed_ips=fixed)
    url = f"/v2.0/ports/{port['id']}"
    more = [*fixed, {"subnet_id": net.second_v4["id"]}]
    changed = (await alice.put(url, json={"port": {"fixed_ips": more}})).json()["port"]
    assert set(subnets_in(changed)) == {net.v4["id"], net.second_v4["id"], net.slaac["id"]}
    kept = next(ip for ip in changed["fixed_ips"] if ip["subnet_id"] == net.second_v4["id"])
    any_of_it = [{"subnet_id": net.second_v4["id"]}]
    again = (await alice.put(url, json={"port": {"fixed_ips": any_of_it}})).json()["port"]
    assert kept in again["fixed_ips"]
    assert net.v4["id"] not in subnets_in(again)
    none = (await alice.put(url, json={"port": {"fixed_ips": []}})).json()["port"]
    assert subnets_in(none) == [net.slaac["id"]]  # its machine hears advertisements all the same


async def test_a_new_mac_forms_a_new_address(admin, net):
    port = await make(admin, "port", network_id=net.network["id"], mac_address="52:54:00:00:00:01")
    url = f"/v2.0/ports/{port['id']}"
    answer = await admin.put(url, json={"port": {"mac_address": "52:54:00:00:00:02"}})
    moved = answer.json()["port"]
    formed = [ip["ip_address"] for ip in moved["fixed_ips"] if ip["subnet_id"] == net.slaac["id"]]
    assert formed == ["fd02::5054:ff:fe00:2"]
    another = (await admin.put(url, json={"port": {"mac_address": None}})).json()["port"]["mac_address"]
    assert another.startswith("fa:16:")
    handed = [ip for ip in port["fixed_ips"] if ip["subnet_id"] != net.slaac["id"]]
    assert all(ip in moved["fixed_ips"] for ip in handed)
    await admin.put(url, json={"port": {"binding:host_id": "a1"}})
    bound = await admin.put(url, json={"port": {"mac_address": "52:54:00:00:00:03"}})
    assert error_of(bound)[:2] == (409, "PortBound")


async def test_on_a_shared_network_one_may_choose_a_subnet_but_no_address(admin, bob):
    shared = await make(admin, "network", shared=True)
    subnet = await make(admin, "subnet", network_id=shared["id"], ip_version=4, cidr="10.0.0.0/24")
    port = await make(bob, "port", network_id=shared["id"], fixed_ips=[{"subnet_id": subnet["id"]}])
    assert subnets_in(port) == [subnet["id"]]
    wanted = [{"subnet_id": subnet["id"], "ip_address": "10.0.0.9"}]
    status, kind, message = await refused(bob, "port", network_id=shared["id"], fixed_ips=wanted)
    assert (status, kind) == (403, "PolicyNotAuthorized")
    assert message == (
        "(rule:create_port and (rule:create_port:fixed_ips and (rule:create_port:fixed_ips:subnet_id and "
        "rule:create_port:fixed_ips:ip_address))) is disallowed by policy"
    )


async def test_a_network_owner_sees_and_deletes_the_ports_on_it(admin, alice, bob, net):
    port = await make(admin, "port", network_id=net.network["id"])
    assert port["project_id"] == "p-admin"
    assert (await alice.get(f"/v2.0/ports/{port['id']}")).status_code == 200
    assert (await bob.get(f"/v2.0/ports/{port['id']}")).status_code == 404
    assert (await alice.delete(f"/v2.0/ports/{port['id']}")).status_code == 204


@pytest.mark.parametrize("profile", ["x", ["x"], {"x": 2**70}, {"x": [{"y": -(2**64)}]}, {"x": "y" * 5000}])
async def test_profiles_that_no_record_holds(admin, net, profile):
    found = await refused(admin, "port", network_id=net.network["id"], **{"binding:profile": profile})
    assert found[:2] == (400, "HTTPBadRequest")


async def test_what_does_not_exist_yet_is_refused_by_name(alice, net):
    network_id = net.network["id"]
    assert await refused(alice, "port", network_id=network_id, security_groups=[UNKNOWN]) == (
        404,
        "SecurityGroupNotFound",
        f"Security group {UNKNOWN} does not exist",
    )


async def test_tags_can_come_with_the_port(alice, net):
    port = await make(alice, "port", network_id=net.network["id"], tags=["red", "blue"])
    assert port["tags"] == ["blue", "red"]


async def test_a_reader_plugs_nothing_in(store, net):
    async with client_for(store, "reader") as reader:
        told = (403, "PolicyNotAuthorized", "rule:create_port is disallowed by policy")
        assert await refused(reader, "port", network_id=net.network["id"]) == told


async def test_a_port_needs_a_network_that_is_ones_own_or_shared(admin, alice, bob, net):
    for id in (UNKNOWN, net.network["id"]):
        told = (404, "NetworkNotFound", f"Network {id} could not be found.")
        assert await refused(bob, "port", network_id=id) == told
    external = await make(admin, "network", **{"router:external": True})
    told = (403, "PolicyNotAuthorized", "rule:create_port is disallowed by policy")
    assert await refused(bob, "port", network_id=external["id"]) == told


async def test_ports_are_found_by_how_they_come_to_addresses(alice, net):
    with_address = await make(alice, "port", network_id=net.network["id"])
    bare = await make(alice, "network")
    without = await make(alice, "port", network_id=bare["id"])
    for value, port in (("immediate", with_address), ("none", without)):
        found = (await alice.get("/v2.0/ports", params={"ip_allocation": value})).json()["ports"]
        assert [each["id"] for each in found] == [port["id"]]
