"""openstacksdk works on what belongs to routers and floating IPs, on metering, and on who hosts what."""

import pytest
from openstack.connection import Connection

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own worries are not ours


def test_what_belongs_to_routers_and_floating_ips(sdk: Connection):
    network = sdk.network
    outside = network.create_network(name="pf-outside", is_router_external=True)
    network.create_subnet(network_id=outside.id, ip_version=4, cidr="198.51.100.0/24")
    inside = network.create_network(name="pf-inside")
    subnet = network.create_subnet(network_id=inside.id, ip_version=4, cidr="10.72.0.0/24")
    router = network.create_router(name="pf", external_gateway_info={"network_id": outside.id})
    network.add_interface_to_router(router, subnet_id=subnet.id)
    port = network.create_port(network_id=inside.id)
    address = port.fixed_ips[0]["ip_address"]
    floating_ip = network.create_ip(floating_network_id=outside.id)
    forwarding = network.create_floating_ip_port_forwarding(
        floating_ip, internal_port_id=port.id, internal_ip_address=address, protocol="tcp", internal_port=22,
        external_port=2222,
    )  # fmt: skip
    network.update_floating_ip_port_forwarding(floating_ip, forwarding.id, internal_port=23)
    (listed,) = network.floating_ip_port_forwardings(floating_ip)
    assert (listed.external_port, listed.internal_port) == (2222, 23)
    network.delete_floating_ip_port_forwarding(floating_ip, forwarding.id)
    network.delete_ip(floating_ip)
    helper = network.create_conntrack_helper(router, protocol="udp", port=69, helper="tftp")
    assert [one.id for one in network.conntrack_helpers(router)] == [helper.id]
    network.delete_conntrack_helper(helper, router)
    local_ip = network.create_local_ip(network_id=inside.id)
    network.create_local_ip_association(local_ip.id, fixed_port_id=port.id)
    (association,) = network.local_ip_associations(local_ip.id)
    assert (association.fixed_port_id, association.fixed_ip) == (port.id, address)
    network.delete_local_ip_association(local_ip.id, port.id)
    network.delete_local_ip(local_ip)
    network.remove_interface_from_router(router, subnet_id=subnet.id)
    network.delete_router(router)
    network.delete_port(port)
    network.delete_network(inside)
    network.delete_network(outside)


def test_metering_and_scheduling(sdk: Connection):
    network = sdk.network
    label = network.create_metering_label(name="web")
    rule = network.create_metering_label_rule(
        metering_label_id=label.id, direction="ingress", source_ip_prefix="10.0.0.0/8"
    )
    assert [one.id for one in network.metering_label_rules(metering_label_id=label.id)] == [rule.id]
    network.delete_metering_label_rule(rule)
    network.delete_metering_label(label)
    bare = network.create_network(name="scheduled")
    (agent,) = network.agents(agent_type="DHCP agent", host="a1")
    network.add_dhcp_agent_to_network(agent, bare)
    assert [one.id for one in network.dhcp_agent_hosting_networks(agent)] == [bare.id]
    assert [one.id for one in network.network_hosting_dhcp_agents(bare)] == [agent.id]
    network.remove_dhcp_agent_from_network(agent, bare)
    assert list(network.network_hosting_dhcp_agents(bare)) == []
    network.delete_network(bare)
