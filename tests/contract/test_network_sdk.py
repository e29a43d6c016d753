"""openstacksdk finds Neutron here."""

import pytest
from openstack import exceptions

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own worries are not ours


@pytest.fixture
def network(sdk):
    network = sdk.network.create_network(name="sdk")
    yield network
    for port in sdk.network.ports(network_id=network.id):
        sdk.network.delete_port(port)
    sdk.network.delete_network(network, ignore_missing=True)


def test_networks(sdk, network):
    assert (network.status, network.mtu, network.is_admin_state_up) == ("ACTIVE", 1450, True)
    assert network.provider_network_type == "vxlan"
    assert sdk.network.find_network("sdk").id == network.id
    assert sdk.network.get_network(network.id).project_id == network.project_id
    changed = sdk.network.update_network(network, description="changed", is_admin_state_up=False)
    assert (changed.description, changed.is_admin_state_up) == ("changed", False)
    assert [found.id for found in sdk.network.networks(name="sdk", is_admin_state_up=False)] == [network.id]
    with pytest.raises(exceptions.NotFoundException):
        sdk.network.get_network("11111111-2222-3333-4444-555555555555")


def test_subnets_and_ports(sdk, network):
    v4 = sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.0.0.0/24", name="v4")
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    v6 = sdk.network.create_subnet(network_id=network.id, ip_version=6, cidr="fd00:1::/64", **modes)
    assert sdk.network.update_subnet(v4, dns_nameservers=["9.9.9.9"]).dns_nameservers == ["9.9.9.9"]
    port = sdk.network.create_port(network_id=network.id, name="sdk", fixed_ips=[{"ip_address": "10.0.0.77"}])
    assert {ip["subnet_id"] for ip in port.fixed_ips} == {v4.id, v6.id}
    found = list(sdk.network.ports(fixed_ips="ip_address=10.0.0.77"))
    assert [one.id for one in found] == [port.id]
    bound = sdk.network.update_port(port, binding_host_id="a1", device_id="vm")
    assert (bound.binding_vif_type, bound.binding_host_id, bound.device_id) == ("tap", "a1", "vm")
    with pytest.raises(exceptions.ConflictException, match="ports still in use"):
        sdk.network.delete_network(network)
    with pytest.raises(exceptions.ConflictException, match="IP allocation from this subnet"):
        sdk.network.delete_subnet(v4)
    sdk.network.delete_port(port)
    sdk.network.delete_subnet(v4)
    assert sdk.network.find_subnet("v4") is None


def test_tags_pages_and_revisions(sdk, network):
    sdk.network.set_tags(network, ["red", "blue"])
    assert sdk.network.get_network(network.id).tags == ["blue", "red"]
    assert [found.id for found in sdk.network.networks(tags="red,blue")] == [network.id]
    ports = sdk.network.create_ports([{"network_id": network.id, "name": f"p{n}"} for n in range(7)])
    assert len(list(ports)) == 7
    assert len(list(sdk.network.ports(network_id=network.id, limit=3))) == 7
    fresh = sdk.network.get_network(network.id)
    sdk.network.update_network(network, name="newer")
    with pytest.raises(exceptions.PreconditionFailedException):
        sdk.network.update_network(fresh, name="late", if_revision=fresh.revision_number)
    sdk.network.update_network(network, name="sdk")


def test_extensions_and_quotas(sdk):
    aliases = {extension.alias for extension in sdk.network.extensions()}
    assert "binding" in aliases
    assert sdk.network.find_extension("provider").name == "Provider Network"
    assert sdk.network.get_quota(sdk.current_project_id).networks == 100


def test_rbac_policies(sdk, network):
    shop = sdk.identity.create_project(name="rbac-shop")
    entry = sdk.network.create_rbac_policy(
        object_type="network", object_id=network.id, action="access_as_shared", target_project_id=shop.id
    )
    assert (entry.target_project_id, entry.project_id) == (shop.id, network.project_id)
    assert [found.id for found in sdk.network.rbac_policies(object_id=network.id)] == [entry.id]
    changed = sdk.network.update_rbac_policy(entry, target_project_id="*")
    assert changed.target_project_id == "*"
    assert sdk.network.get_network(network.id).is_shared
    sdk.network.delete_rbac_policy(entry, ignore_missing=False)
    assert not sdk.network.get_network(network.id).is_shared
    sdk.identity.delete_project(shop)
