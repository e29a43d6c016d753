"""What Nova asks of Neutron in an instance's life, call by call as nova/network/neutron.py makes them."""

import uuid

import pytest
from neutronclient.common import exceptions
from neutronclient.v2_0.client import Client

pytestmark = pytest.mark.filterwarnings("ignore")  # the client's own worries are not ours

NEEDED = {  # what Nova looks for among the extensions before it uses it
    "allowed-address-pairs",
    "binding",
    "binding-extended",
    "dns-integration",
    "external-net",
    "extra_dhcp_opt",
    "net-mtu",
    "port-resource-request",
    "port-resource-request-groups",
    "port-security",
    "provider",
    "quota_details",
    "quotas",
    "router",
    "security-group",
}


@pytest.fixture(scope="module")
def project(sdk):
    """A tenant's project."""
    return sdk.identity.create_project(name="instances").id


@pytest.fixture(scope="module")
def nova(sdk):
    """Nova's own client: a service, and an administrator for what it does on the side."""
    user = sdk.identity.create_user(name="nova", password="pw")
    service = sdk.identity.find_project("service")
    for role in ("service", "admin"):
        sdk.identity.assign_project_role_to_user(service, user, sdk.identity.find_role(role))
    return client_of(sdk, "nova", "service")


@pytest.fixture(scope="module")
def tenant(sdk, project):
    """The client with the user's own token, which Nova passes on."""
    user = sdk.identity.create_user(name="tenant", password="pw")
    sdk.identity.assign_project_role_to_user(project, user, sdk.identity.find_role("member"))
    return client_of(sdk, "tenant", "instances")


def client_of(sdk, name, project_name):
    from keystoneauth1 import session
    from keystoneauth1.identity import v3

    domains = {"user_domain_id": "default", "project_domain_id": "default"}
    auth = v3.Password(sdk.config.auth["auth_url"], username=name, password="pw", project_name=project_name, **domains)
    return Client(session=session.Session(auth=auth), service_type="network", region_name="RegionOne")


@pytest.fixture(scope="module")
def network(tenant):
    network = tenant.create_network({"network": {"name": "private"}})["network"]
    tenant.create_subnet({"subnet": {"network_id": network["id"], "ip_version": 4, "cidr": "10.5.0.0/24"}})
    return network


@pytest.fixture
def instance():
    return str(uuid.uuid4())


@pytest.fixture
def port(nova, tenant, network, project, instance):
    """A port as Nova makes one: created with the user's token, bound with its own."""
    [group] = tenant.list_security_groups(fields=["id", "name"], tenant_id=project)["security_groups"]
    body = {"network_id": network["id"], "admin_state_up": True, "tenant_id": project, "device_id": instance}
    made = tenant.create_port({"port": {**body, "security_groups": [group["id"]]}})["port"]
    bound = {"device_id": instance, "device_owner": "compute:a", "binding:host_id": "a1", "binding:profile": {}}
    yield nova.update_port(made["id"], {"port": bound})["port"]
    if tenant.list_ports(id=made["id"])["ports"]:
        nova.delete_port(made["id"])


def test_what_it_needs_is_there(nova):
    aliases = {extension["alias"] for extension in nova.list_extensions()["extensions"]}
    assert aliases >= NEEDED


def test_before_a_boot_networks_and_quotas_are_looked_at(nova, tenant, network, project):
    own = tenant.list_networks(tenant_id=project, shared=False, admin_state_up=True)["networks"]
    shared = tenant.list_networks(shared=True)["networks"]
    assert [found["id"] for found in own] == [network["id"]]
    assert network["id"] not in {found["id"] for found in shared}
    assert [found["id"] for found in tenant.list_networks(id=[network["id"]])["networks"]] == [network["id"]]
    used = len(tenant.list_ports(tenant_id=project, fields=["id"])["ports"])
    assert tenant.show_quota(project)["quota"]["port"] == 500
    details = nova.show_quota_details(project)["quota"]["port"]
    assert (details["limit"], details["used"]) == (500, used)


def test_a_boot_binds_its_port(port, instance):
    assert (port["device_id"], port["device_owner"], port["binding:host_id"]) == (instance, "compute:a", "a1")
    assert port["binding:vif_type"] not in ("unbound", "binding_failed")
    assert port["binding:vif_details"]["port_filter"] is True
    assert port["binding:vnic_type"] == "normal"


def test_a_host_that_nobody_knows_fails_the_binding(nova, port):
    bound = nova.update_port(port["id"], {"port": {"binding:host_id": "nowhere"}})["port"]
    assert bound["binding:vif_type"] == "binding_failed"


def test_the_network_information_of_an_instance(nova, network, project, port, instance):
    [found] = nova.list_ports(tenant_id=project, device_id=instance)["ports"]
    assert found["id"] == port["id"]
    [net] = nova.list_networks(id=[found["network_id"]])["networks"]
    assert (net["name"], net["mtu"]) == ("private", 1450)
    assert nova.show_network(network["id"], fields="mtu")["network"] == {"mtu": 1450}
    ids = [fixed["subnet_id"] for fixed in found["fixed_ips"]]
    [subnet] = nova.list_subnets(id=ids)["subnets"]
    assert (subnet["cidr"], subnet["gateway_ip"], subnet["ip_version"]) == ("10.5.0.0/24", "10.5.0.1", 4)
    nova.list_ports(network_id=network["id"], device_owner="network:dhcp")
    address = found["fixed_ips"][0]["ip_address"]
    assert nova.list_floatingips(fixed_ip_address=address, port_id=port["id"])["floatingips"] == []
    substring = nova.list_ports(fixed_ips=f"ip_address_substr={address[:6]}", fields=["device_id"])["ports"]
    assert {"device_id": instance} in substring


def test_a_live_migration_goes_by_bindings(nova, port):
    made = nova.create_port_binding(port["id"], {"binding": {"host": "a2", "vnic_type": "normal", "profile": {}}})
    assert (made["binding"]["host"], made["binding"]["status"]) == ("a2", "INACTIVE")
    both = nova.list_port_bindings(port["id"])["bindings"]
    assert {each["host"]: each["status"] for each in both} == {"a1": "ACTIVE", "a2": "INACTIVE"}
    assert nova.show_port_binding(port["id"], "a2")["binding"]["host"] == "a2"
    with pytest.raises(exceptions.Conflict):
        nova.create_port_binding(port["id"], {"binding": {"host": "a2"}})
    nova.activate_port_binding(port["id"], "a2")
    assert nova.show_port(port["id"])["port"]["binding:host_id"] == "a2"
    with pytest.raises(exceptions.NeutronClientException):
        nova.activate_port_binding(port["id"], "a2")
    nova.delete_port_binding(port["id"], "a1")
    assert [each["host"] for each in nova.list_port_bindings(port["id"])["bindings"]] == ["a2"]


def test_a_port_of_the_users_own_is_given_back(nova, tenant, network, instance):
    own = tenant.create_port({"port": {"network_id": network["id"], "name": "mine"}})["port"]
    bound = {"device_id": instance, "device_owner": "compute:a", "binding:host_id": "a1"}
    nova.update_port(own["id"], {"port": bound})
    free = {"device_id": "", "device_owner": "", "binding:host_id": None, "binding:profile": {}}
    given_back = nova.update_port(own["id"], {"port": free})["port"]
    assert (given_back["device_id"], given_back["binding:host_id"]) == ("", "")
    assert given_back["binding:vif_type"] == "unbound"
    tenant.delete_port(own["id"])


def test_a_deleted_instances_port_goes_and_may_be_gone(nova, port):
    nova.delete_port(port["id"])
    with pytest.raises(exceptions.PortNotFoundClient):
        nova.delete_port(port["id"])


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"network_id": "11111111-2222-3333-4444-555555555555"}, exceptions.NetworkNotFoundClient),
        ({"fixed_ips": [{"ip_address": "10.9.9.9"}]}, exceptions.InvalidIpForNetworkClient),
        ({"fixed_ips": [{"ip_address": "10.5.0.1"}] * 2}, exceptions.BadRequest),
        ({"mac_address": "nonsense"}, exceptions.BadRequest),
        ({"security_groups": ["11111111-2222-3333-4444-555555555555"]}, exceptions.NotFound),
        ({"tenant_id": "somebody-else"}, exceptions.BadRequest),
        ({"binding:host_id": "a1"}, exceptions.Forbidden),
    ],
    ids=str,
)
def test_refusals_are_those_that_it_tells_apart(tenant, network, values, refusal):
    with pytest.raises(refusal):
        tenant.create_port({"port": {"network_id": network["id"], **values}})


def test_an_address_or_mac_in_use_is_told_as_such(nova, tenant, network, port):
    address = port["fixed_ips"][0]["ip_address"]
    with pytest.raises(exceptions.IpAddressAlreadyAllocatedClient):
        tenant.create_port({"port": {"network_id": network["id"], "fixed_ips": [{"ip_address": address}]}})
    with pytest.raises(exceptions.MacAddressInUseClient):
        nova.create_port({"port": {"network_id": network["id"], "mac_address": port["mac_address"]}})


def test_a_full_quota_and_a_full_subnet_are_told_as_such(nova, tenant, network, project):
    small = tenant.create_network({"network": {"name": "small"}})["network"]["id"]
    tenant.create_subnet({"subnet": {"network_id": small, "ip_version": 4, "cidr": "10.6.0.0/30", "gateway_ip": None}})
    ports = [tenant.create_port({"port": {"network_id": small}})["port"]["id"] for _ in range(2)]
    with pytest.raises(exceptions.IpAddressGenerationFailureClient):
        tenant.create_port({"port": {"network_id": small}})
    nova.update_quota(project, {"quota": {"port": len(tenant.list_ports()["ports"])}})
    with pytest.raises(exceptions.OverQuotaClient):
        tenant.create_port({"port": {"network_id": network["id"]}})
    nova.delete_quota(project)
    for id in ports:
        tenant.delete_port(id)
    tenant.delete_network(small)


def test_floating_ips_and_groups_come_and_go_while_it_runs(nova, tenant, network, port):
    outside = nova.create_network({"network": {"name": "outside", "router:external": True}})["network"]["id"]
    nova.create_subnet({"subnet": {"network_id": outside, "ip_version": 4, "cidr": "203.0.113.0/28"}})
    gateway = {"external_gateway_info": {"network_id": outside}}
    router = tenant.create_router({"router": {"name": "r", **gateway}})["router"]["id"]
    subnet = port["fixed_ips"][0]["subnet_id"]
    tenant.add_interface_router(router, {"subnet_id": subnet})
    floating = tenant.create_floatingip({"floatingip": {"floating_network_id": outside}})["floatingip"]
    where = {"port_id": port["id"], "fixed_ip_address": port["fixed_ips"][0]["ip_address"]}
    joined = tenant.update_floatingip(floating["id"], {"floatingip": where})["floatingip"]
    assert joined["router_id"] == router
    [found] = tenant.list_floatingips(port_id=port["id"])["floatingips"]
    assert found["floating_ip_address"] == floating["floating_ip_address"]
    tenant.update_floatingip(floating["id"], {"floatingip": {"port_id": None}})
    tenant.delete_floatingip(floating["id"])
    group = tenant.create_security_group({"security_group": {"name": "web"}})["security_group"]["id"]
    both = [*port["security_groups"], group]
    assert set(tenant.update_port(port["id"], {"port": {"security_groups": both}})["port"]["security_groups"]) == set(
        both
    )
    with pytest.raises(exceptions.Conflict):
        tenant.delete_security_group(group)
    tenant.update_port(port["id"], {"port": {"security_groups": port["security_groups"]}})
    tenant.delete_security_group(group)
    tenant.remove_interface_router(router, {"subnet_id": subnet})
    tenant.delete_router(router)
    nova.delete_network(outside)
