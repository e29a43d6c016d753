"""openstacksdk's cloud layer, which Ansible's modules stand on, and its proxies for what the other tests leave out."""

import pytest
from openstack import exceptions

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own worries are not ours


@pytest.fixture(scope="module")
def outside(sdk):
    network = sdk.create_network("cloud-outside", external=True)
    sdk.create_subnet(network.id, cidr="203.0.113.0/26", enable_dhcp=False)
    yield network
    assert sdk.delete_network(network.id)


@pytest.fixture(scope="module")
def inside(sdk):
    network = sdk.create_network("cloud-inside", mtu_size=1400, port_security_enabled=True)
    subnet = sdk.create_subnet("cloud-inside", cidr="10.70.0.0/24", subnet_name="cloud-v4", dns_nameservers=["9.9.9.9"])
    yield network, subnet
    assert sdk.delete_network(network.id)


def test_networks_and_subnets(sdk, inside):
    network, subnet = inside
    assert sdk.get_network("cloud-inside").id == network.id
    assert [found.id for found in sdk.search_networks(filters={"mtu": 1400})] == [network.id]
    assert sdk.update_network("cloud-inside", admin_state_up=False).is_admin_state_up is False
    assert sdk.update_network("cloud-inside", admin_state_up=True).is_admin_state_up is True
    assert sdk.get_subnet("cloud-v4").id == subnet.id
    assert sdk.update_subnet("cloud-v4", disable_gateway_ip=True).gateway_ip is None
    assert sdk.update_subnet("cloud-v4", gateway_ip="10.70.0.1").gateway_ip == "10.70.0.1"
    assert sdk.delete_subnet("no such") is False
    assert sdk.delete_network("no such") is False
    with pytest.raises(exceptions.SDKException):
        sdk.create_subnet("cloud-inside", cidr="10.70.0.128/25")


def test_ports(sdk, inside):
    network, subnet = inside
    port = sdk.create_port(network.id, name="cloud-port", fixed_ips=[{"ip_address": "10.70.0.9"}])
    assert sdk.get_port("cloud-port").fixed_ips == [{"subnet_id": subnet.id, "ip_address": "10.70.0.9"}]
    changed = sdk.update_port("cloud-port", allowed_address_pairs=[{"ip_address": "10.70.0.99"}], name="cloud-port")
    assert [pair["ip_address"] for pair in changed.allowed_address_pairs] == ["10.70.0.99"]
    assert [found.id for found in sdk.list_ports(filters={"network_id": network.id})] == [port.id]
    assert sdk.delete_port("cloud-port") is True
    assert sdk.delete_port("cloud-port") is False


def test_a_router_with_floating_ips(sdk, inside, outside):
    network, subnet = inside
    router = sdk.create_router("cloud-router", ext_gateway_net_id=outside.id, enable_snat=True)
    sdk.add_router_interface(router, subnet_id=subnet.id)
    assert [port.network_id for port in sdk.list_router_interfaces(router, "internal")] == [network.id]
    assert [port.network_id for port in sdk.list_router_interfaces(router, "external")] == [outside.id]
    port = sdk.create_port(network.id, name="cloud-vm")
    floating = sdk.create_floating_ip(network=outside.id, port=port.id)
    assert floating.port_id == port.id
    assert sdk.get_floating_ip(floating.id).floating_ip_address == floating.floating_ip_address
    detached = sdk.network.update_ip(floating.id, port_id=None)
    assert detached.port_id is None
    assert sdk.network.find_available_ip().id == floating.id
    assert sdk.delete_floating_ip(floating.id)
    sdk.delete_port(port.id)
    sdk.remove_router_interface(router, subnet_id=subnet.id)
    assert sdk.update_router("cloud-router", name="renamed").name == "renamed"
    assert sdk.delete_router("renamed")


def test_security_groups(sdk):
    group = sdk.create_security_group("cloud-group", "d", stateful=True)
    rule = sdk.create_security_group_rule(
        "cloud-group", port_range_min=80, port_range_max=88, protocol="tcp", remote_ip_prefix="10.0.0.0/8"
    )
    shown = sdk.get_security_group("cloud-group")
    assert rule.id in {each["id"] for each in shown.security_group_rules}
    assert sdk.update_security_group("cloud-group", name="cloud-group-2").name == "cloud-group-2"
    assert sdk.delete_security_group_rule(rule.id) is True
    with pytest.raises(exceptions.NotFoundException):
        sdk.delete_security_group_rule(rule.id)
    assert sdk.delete_security_group(group.id) is True


def test_quality_of_service(sdk):
    policy = sdk.create_qos_policy(name="cloud-qos", shared=True)
    limit = sdk.create_qos_bandwidth_limit_rule("cloud-qos", max_kbps=1000, max_burst_kbps=100, direction="egress")
    mark = sdk.create_qos_dscp_marking_rule("cloud-qos", dscp_mark=16)
    least = sdk.create_qos_minimum_bandwidth_rule("cloud-qos", min_kbps=10)
    assert sdk.update_qos_bandwidth_limit_rule(policy.id, limit.id, max_kbps=2000).max_kbps == 2000
    assert {rule["id"] for rule in sdk.get_qos_policy("cloud-qos").rules} == {limit.id, mark.id, least.id}
    assert "bandwidth_limit" in {kind.type for kind in sdk.list_qos_rule_types()}
    assert sdk.get_qos_rule_type_details("bandwidth_limit").drivers
    for delete, rule in (
        (sdk.delete_qos_bandwidth_limit_rule, limit),
        (sdk.delete_qos_dscp_marking_rule, mark),
        (sdk.delete_qos_minimum_bandwidth_rule, least),
    ):
        assert delete(policy.id, rule.id) is True
    assert sdk.delete_qos_policy("cloud-qos") is True


def test_quotas_of_a_project(sdk):
    project = sdk.identity.create_project(name="cloud-capped")
    sdk.set_network_quotas("cloud-capped", networks=3, ports=9)
    quotas = sdk.get_network_quotas("cloud-capped")
    assert (quotas.networks, quotas.ports) == (3, 9)
    details = sdk.get_network_quotas("cloud-capped", details=True)
    assert (details.ports["limit"], details.ports["used"]) == (9, 0)
    sdk.delete_network_quotas("cloud-capped")
    assert sdk.get_network_quotas("cloud-capped").ports == 500
    sdk.identity.delete_project(project)


PROXIES = (  # the proxy's words for it, what makes one, what changes it
    ("address_scope", {"name": "sdk-scope", "ip_version": 4}, {"is_shared": True}),
    ("subnet_pool", {"name": "sdk-pool", "prefixes": ["10.71.0.0/16"]}, {"default_prefix_length": 26}),
    ("address_group", {"name": "sdk-addresses", "addresses": ["10.0.0.1/32"]}, {"description": "d"}),
    ("metering_label", {"name": "sdk-meter"}, None),
    ("flavor", {"name": "sdk-flavor", "service_type": "L3_ROUTER_NAT"}, {"description": "d"}),
    ("service_profile", {"meta_info": "x"}, {"description": "d"}),
    ("security_group", {"name": "sdk-group"}, {"description": "d"}),
    ("qos_policy", {"name": "sdk-qos"}, {"is_shared": True}),
    ("router", {"name": "sdk-router"}, {"description": "d"}),
)


@pytest.mark.parametrize(("kind", "values", "change"), PROXIES, ids=[each[0] for each in PROXIES])
def test_a_proxys_verbs(sdk, kind, values, change):
    def verb(name):
        return getattr(sdk.network, name)

    many = "qos_policies" if kind == "qos_policy" else f"{kind}s"
    made = verb(f"create_{kind}")(**values)
    assert verb(f"get_{kind}")(made.id).id == made.id
    assert made.id in {found.id for found in verb(many)()}
    if "name" in values:
        assert verb(f"find_{kind}")(values["name"]).id == made.id
    if change:
        changed = verb(f"update_{kind}")(made, **change)
        assert {name: getattr(changed, name) for name in change} == change
    verb(f"delete_{kind}")(made, ignore_missing=False)
    with pytest.raises(exceptions.NotFoundException):
        verb(f"get_{kind}")(made.id)


def test_lists_that_follow_from_what_there_is(sdk, inside):
    assert {zone.name for zone in sdk.network.availability_zones()} == {"a"}
    assert "L3_ROUTER_NAT" in {provider.service_type for provider in sdk.network.service_providers()}
    network, _ = inside
    [free] = [each for each in sdk.network.network_ip_availabilities() if each.network_id == network.id]
    assert free.total_ips == 253
    assert {"allowed-address-pairs", "qos", "router", "trunk"} <= {each.alias for each in sdk.network.extensions()}
