"""openstacksdk and the routers and floating IPs here."""

import pytest
from openstack import exceptions

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own worries are not ours


def test_a_machine_is_reached_from_outside(sdk):
    network = sdk.network
    outside = network.create_network(name="outside", is_router_external=True)
    network.create_subnet(network_id=outside.id, ip_version=4, cidr="203.0.113.0/24", enable_dhcp=False)
    inside = network.create_network(name="inside")
    subnet = network.create_subnet(network_id=inside.id, ip_version=4, cidr="10.0.0.0/24")
    router = network.create_router(name="sdk", external_gateway_info={"network_id": outside.id})
    added = network.add_interface_to_router(router, subnet_id=subnet.id)
    assert (added["subnet_ids"], added["id"]) == ([subnet.id], router.id)
    port = network.create_port(network_id=inside.id)
    ip = network.create_ip(floating_network_id=outside.id, port_id=port.id)
    assert (ip.router_id, ip.fixed_ip_address) == (router.id, port.fixed_ips[0]["ip_address"])
    assert ip.port_details["mac_address"] == port.mac_address
    assert network.find_available_ip() is None
    with pytest.raises(exceptions.ConflictException, match="required by one or more floating IPs"):
        network.remove_interface_from_router(router, subnet_id=subnet.id)
    with pytest.raises(exceptions.ConflictException, match="has ports still attached"):
        network.delete_router(router)
    assert network.update_ip(ip, port_id=None).port_id is None
    assert network.find_available_ip().id == ip.id
    route = {"destination": "172.16.0.0/16", "nexthop": "10.0.0.9"}
    assert network.add_extra_routes_to_router(router, {"router": {"routes": [route]}}).routes == [route]
    assert network.remove_extra_routes_from_router(router, {"router": {"routes": [route]}}).routes == []
    assert [found.id for found in network.routers(name="sdk")] == [router.id]
    network.delete_ip(ip)
    network.remove_interface_from_router(router, subnet_id=subnet.id)
    network.delete_router(router)
    network.delete_port(port)
    network.delete_network(inside)
    network.delete_network(outside)
