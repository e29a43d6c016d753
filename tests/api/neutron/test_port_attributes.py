"""Ports' further attributes: address pairs, DHCP options, names in DNS, hints, and who may set them."""

import pytest

from tests.api.neutron.callers import error_of, make, refused
from weft.model.dns import DNS_DOMAIN


@pytest.fixture
async def network(alice) -> str:
    id = (await make(alice, "network"))["id"]
    await make(alice, "subnet", network_id=id, ip_version=4, cidr="10.0.0.0/24")
    return id


async def change(client, port: dict, **values) -> dict:
    answer = await client.put(f"/v2.0/ports/{port['id']}", json={"port": values})
    assert answer.status_code == 200, answer.text
    return answer.json()["port"]


async def test_what_a_plain_port_shows(alice, network):
    port = await make(alice, "port", network_id=network)
    shown = {
        "allowed_address_pairs": [],
        "extra_dhcp_opts": [],
        "dns_name": "",
        "dns_domain": "",
        "data_plane_status": None,
        "propagate_uplink_status": True,
        "numa_affinity_policy": None,
        "device_profile": None,
        "hints": None,
        "trusted": None,
    }
    assert {name: port.get(name, "absent") for name in shown if name in port} == {
        name: value for name, value in shown.items() if name in port
    }
    assert set(shown) - set(port) <= {"hints", "trusted"}  # shown to administrators only


async def test_address_pairs_take_the_ports_mac(alice, network):
    pairs = [{"ip_address": "10.1.0.0/24"}, {"mac_address": "02:00:00:00:00:01", "ip_address": "10.0.0.9"}]
    port = await make(alice, "port", network_id=network, allowed_address_pairs=pairs)
    assert port["allowed_address_pairs"] == [
        {"mac_address": port["mac_address"], "ip_address": "10.1.0.0/24"},
        {"mac_address": "02:00:00:00:00:01", "ip_address": "10.0.0.9"},
    ]
    assert (await change(alice, port, allowed_address_pairs=None))["allowed_address_pairs"] == []


PAIR_REFUSALS = [
    ("a multicast address", [{"ip_address": "224.0.0.1"}], "HTTPBadRequest",
     "IP 224.0.0.1 is a multicast address, which is not supported."),
    ("a multicast prefix", [{"ip_address": "224.0.0.0/8"}], "HTTPBadRequest",
     "Subnet 224.0.0.0/8 overlaps with multicast range 224.0.0.0/4, which is not supported."),
    ("a multicast MAC", [{"mac_address": "01:00:00:00:00:01", "ip_address": "10.0.0.1"}], "HTTPBadRequest",
     "MAC address 01:00:00:00:00:01 is a multicast address, which is not supported."),
    ("no address", [{"ip_address": "x"}], "HTTPBadRequest", "'x' is not a valid IP address"),
    ("no prefix", [{"ip_address": "10.0.0.0/33"}], "HTTPBadRequest", "'10.0.0.0/33' is not a valid IP subnet"),
    ("no MAC", [{"mac_address": "x", "ip_address": "10.0.0.1"}], "HTTPBadRequest", "'x' is not a valid MAC address"),
    ("nothing", [{}], "AllowedAddressPairsMissingIP", "AllowedAddressPair must contain ip_address"),
    ("no list", {}, "HTTPBadRequest", "Allowed address pairs must be a list."),
    ("no pair", ["x"], "HTTPBadRequest",
     "Invalid input for allowed_address_pairs. Reason: 'x' is not a dictionary."),
    ("something else", [{"ip_address": "10.0.0.1", "foo": 1}], "HTTPBadRequest", "Unrecognized attribute(s) 'foo'"),
    ("one twice", [{"ip_address": "10.0.0.1"}] * 2, "DuplicateAddressPairInRequest",
     "Request contains duplicate address pair: mac_address None ip_address 10.0.0.1."),
    ("too many", [{"ip_address": f"10.0.0.{n}"} for n in range(11)], "AllowedAddressPairExhausted",
     "The number of allowed address pair exceeds the maximum 10."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "kind", "text"), [row[1:] for row in PAIR_REFUSALS], ids=[row[0] for row in PAIR_REFUSALS]
)
async def test_address_pairs_that_are_refused(alice, network, pairs, kind, text):
    told = await refused(alice, "port", network_id=network, allowed_address_pairs=pairs)
    assert told == (400, kind, text)


async def test_address_pairs_need_port_security(alice, network):
    pairs = [{"ip_address": "10.0.0.9"}]
    text = "Port Security must be enabled in order to have allowed address pairs on a port."
    needs = (409, "AddressPairAndPortSecurityRequired", text)
    values = {"network_id": network, "allowed_address_pairs": pairs, "port_security_enabled": False}
    assert await refused(alice, "port", **values) == needs
    port = await make(alice, "port", network_id=network, allowed_address_pairs=pairs, security_groups=[])
    answer = await alice.put(f"/v2.0/ports/{port['id']}", json={"port": {"port_security_enabled": False}})
    assert error_of(answer) == needs
    changed = await change(alice, port, port_security_enabled=False, allowed_address_pairs=[])
    assert changed["port_security_enabled"] is False


async def test_dhcp_options_change_one_by_one(alice, network):
    options = [
        {"opt_name": "bootfile-name", "opt_value": "a"},
        {"opt_name": "router", "opt_value": ""},
        {"opt_name": "tftp-server", "opt_value": None},
    ]
    port = await make(alice, "port", network_id=network, extra_dhcp_opts=options)
    assert port["extra_dhcp_opts"] == [
        {"opt_name": "bootfile-name", "opt_value": "a", "ip_version": 4},
        {"opt_name": "router", "opt_value": "", "ip_version": 4},
    ]
    asked = [
        {"opt_name": "bootfile-name", "opt_value": "b"},
        {"opt_name": "router", "opt_value": None},
        {"opt_name": "bootfile-name", "opt_value": "c", "ip_version": "6"},
    ]
    changed = await change(alice, port, extra_dhcp_opts=asked)
    assert changed["extra_dhcp_opts"] == [
        {"opt_name": "bootfile-name", "opt_value": "b", "ip_version": 4},
        {"opt_name": "bootfile-name", "opt_value": "c", "ip_version": 6},
    ]
    again = await change(alice, port, extra_dhcp_opts=None)
    assert again["extra_dhcp_opts"] == changed["extra_dhcp_opts"]
    assert again["revision_number"] == changed["revision_number"]


OPTION_REFUSALS = [
    ("no value", [{"opt_name": "a"}], "No valid key specs matched for: {'opt_name': 'a'}"),
    ("a blank value", [{"opt_name": "a", "opt_value": " "}],
     "No valid key specs matched for: {'opt_name': 'a', 'opt_value': ' '}"),
    ("two lines", [{"opt_name": "a", "opt_value": "x\ny"}], "No valid key specs matched for"),
    ("IPv5", [{"opt_name": "a", "opt_value": "x", "ip_version": 5}], "No valid key specs matched for"),
    ("no list", {}, "'{}' is not a list"),
    ("one twice", [{"opt_name": "a", "opt_value": "x"}] * 2, "Duplicate items in the list"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "text"), [row[1:] for row in OPTION_REFUSALS], ids=[row[0] for row in OPTION_REFUSALS]
)
async def test_dhcp_options_that_are_refused(alice, network, options, text):
    status, kind, message = await refused(alice, "port", network_id=network, extra_dhcp_opts=options)
    assert (status, kind) == (400, "InvalidInput")
    assert text in message


async def test_one_option_with_two_values(alice, network):
    options = [{"opt_name": "a", "opt_value": "x"}, {"opt_name": "a", "opt_value": "y"}]
    told = await refused(alice, "port", network_id=network, extra_dhcp_opts=options)
    assert told[:2] == (409, "NeutronDbObjectDuplicateEntry")


async def test_names_in_dns(alice, network):
    port = await make(alice, "port", network_id=network, fixed_ips=[{"ip_address": "10.0.0.7"}])
    named = {"ip_address": "10.0.0.7", "hostname": "host-10-0-0-7", "fqdn": f"host-10-0-0-7.{DNS_DOMAIN}"}
    assert port["dns_assignment"] == [named]
    changed = await change(alice, port, dns_name="Web")
    assert changed["dns_name"] == "web"
    assert changed["dns_assignment"] == [{"ip_address": "10.0.0.7", "hostname": "web", "fqdn": f"web.{DNS_DOMAIN}"}]
    full = f"web.{DNS_DOMAIN}"
    changed = await change(alice, port, dns_name=full, dns_domain="example.org.")
    assert changed["dns_assignment"] == [{"ip_address": "10.0.0.7", "hostname": full, "fqdn": full}]
    assert changed["dns_domain"] == "example.org."


NAME_REFUSALS = [
    ({"dns_name": "-a"}, "HTTPBadRequest", "Name '-a' must not start or end with a hyphen"),
    ({"dns_name": "a.b.c."}, "HTTPBadRequest", "The dns_name passed is a FQDN."),
    ({"dns_name": "a" * 63 + ".b" * 95}, "HTTPBadRequest", "The dns_name passed is a PQDN"),
    ({"dns_name": None}, "InvalidInput", "Input value None must be string type"),
    ({"dns_domain": "a"}, "HTTPBadRequest", "'a' is not a FQDN"),
]


@pytest.mark.parametrize(("values", "kind", "text"), NAME_REFUSALS)
async def test_names_that_are_refused(alice, network, values, kind, text):
    told = await refused(alice, "port", network_id=network, **values)
    assert told[:2] == (400, kind)
    assert text in told[2]


async def test_a_networks_domain(alice):
    network = await make(alice, "network", dns_domain="Example.org.")
    assert network["dns_domain"] == "example.org."


async def test_hints_trust_and_policies(admin, network):
    values = {
        "hints": {"openvswitch": {"other_config": {"tx-steering": "hash"}}},
        "trusted": "true",
        "numa_affinity_policy": "socket",
        "device_profile": "gpu",
        "propagate_uplink_status": False,
    }
    port = await make(admin, "port", network_id=network, **values)
    assert {name: port[name] for name in values} == {**values, "trusted": True}
    assert port["binding:profile"] == {"trusted": True}
    changed = await change(admin, port, hints=None, numa_affinity_policy=None, data_plane_status="DOWN")
    assert (changed["hints"], changed["numa_affinity_policy"], changed["data_plane_status"]) == (None, None, "DOWN")
    read_only = await admin.put(f"/v2.0/ports/{port['id']}", json={"port": {"device_profile": "x"}})
    text = "Cannot update read-only attribute device_profile"
    assert error_of(read_only) == (400, "HTTPBadRequest", text)


VALUE_REFUSALS = [
    ({"hints": {"foo": 1}}, "Invalid input for hints. Reason: Unexpected keys supplied: foo."),
    ({"hints": {"openvswitch": {"other_config": {"tx-steering": "bad"}}}},
     "Invalid input for hints. Reason: bad is not in valid_values."),
    ({"numa_affinity_policy": "bad"}, "Invalid input for numa_affinity_policy. Reason: bad is not in valid_values."),
    ({"device_profile": 5}, "Invalid input for device_profile. Reason: '5' is not a valid string."),
    ({"data_plane_status": "ACTIVE"}, "Attribute 'data_plane_status' not allowed in POST"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "text"), VALUE_REFUSALS)
async def test_values_that_are_refused(admin, network, values, text):
    assert await refused(admin, "port", network_id=network, **values) == (400, "HTTPBadRequest", text)


async def test_what_placement_must_reserve(admin, network):
    policy = (await admin.post("/v2.0/qos/policies", json={"policy": {"name": "gold"}})).json()["policy"]
    rule = {"minimum_bandwidth_rule": {"min_kbps": 1000, "direction": "egress"}}
    path = f"/v2.0/qos/policies/{policy['id']}/minimum_bandwidth_rules"
    assert (await admin.post(path, json=rule)).status_code == 201
    port = await make(admin, "port", network_id=network, qos_policy_id=policy["id"])
    (group,) = port["resource_request"]["request_groups"]
    assert group["required"] == ["CUSTOM_NETWORK_TUNNEL_PROVIDER", "CUSTOM_VNIC_TYPE_NORMAL"]
    assert group["resources"] == {"NET_BW_EGR_KILOBIT_PER_SEC": 1000}
    assert port["resource_request"]["same_subtree"] == [group["id"]]
    assert (await make(admin, "port", network_id=network))["resource_request"] is None


async def test_a_bound_port_keeps_its_kind_of_card(admin, network):
    values = {"device_id": "vm", "binding:host_id": "a1"}
    port = await make(admin, "port", network_id=network, **values)
    answer = await admin.put(f"/v2.0/ports/{port['id']}", json={"port": {"binding:vnic_type": "direct"}})
    text = (
        f"Unable to complete operation on port {port['id']} for network {network}. Port already has an attached "
        "device vm."
    )
    assert error_of(answer) == (409, "PortInUse", text)
