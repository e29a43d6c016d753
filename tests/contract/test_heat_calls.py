"""What Heat's OS::Neutron resources ask of Neutron, as heat/engine/resources/openstack/neutron makes the calls.

A stack is made in order of its references and taken down backwards; every delete may find the thing gone already.
"""

import pytest
from keystoneauth1 import session
from keystoneauth1.identity import v3
from neutronclient.common import exceptions
from neutronclient.neutron import v2_0 as by_name
from neutronclient.v2_0.client import Client

pytestmark = pytest.mark.filterwarnings("ignore")  # the client's own worries are not ours


@pytest.fixture(scope="module")
def heat(sdk):
    names = sdk.config.auth
    login = {key: names[key] for key in ("username", "password", "project_name")}
    auth = v3.Password(names["auth_url"], **login, user_domain_id="default", project_domain_id="default")
    return Client(session=session.Session(auth=auth), service_type="network", region_name="RegionOne")


STACK = (  # resource, properties ({name} is another's ID), what it is changed to
    ("network", {"name": "net", "admin_state_up": True}, {"description": "d", "mtu": 1400}),
    ("network", {"name": "ext", "router:external": True}, {"description": "outside"}),
    ("subnet", {"name": "exts", "network_id": "{ext}", "cidr": "203.0.113.0/24", "ip_version": 4}, None),
    ("address_scope", {"name": "scope", "ip_version": 4}, {"shared": True}),
    ("subnetpool", {"name": "pool", "prefixes": ["10.80.0.0/16"]}, {"default_quota": 1000}),
    (
        "subnet",
        {"name": "sub", "network_id": "{net}", "cidr": "10.81.0.0/24", "ip_version": 4, "enable_dhcp": True},
        {"dns_nameservers": ["9.9.9.9"], "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.81.0.9"}]},
    ),
    ("security_group", {"name": "group", "description": "d"}, {"description": "other"}),
    (
        "security_group_rule",
        {"security_group_id": "{group}", "direction": "ingress", "protocol": "tcp", "port_range_min": 22,
         "port_range_max": 22, "ethertype": "IPv4", "remote_ip_prefix": "0.0.0.0/0"},
        None,
    ),
    ("qos_policy", {"name": "policy", "shared": False}, {"description": "d"}),
    (
        "port",
        {"name": "port", "network_id": "{net}", "fixed_ips": [{"subnet_id": "{sub}"}], "security_groups": ["{group}"],
         "allowed_address_pairs": [{"ip_address": "10.81.0.99"}], "binding:vnic_type": "normal",
         "port_security_enabled": True, "device_id": "", "device_owner": ""},
        {"qos_policy_id": "{policy}", "admin_state_up": False},
    ),
    ("port", {"name": "parent", "network_id": "{net}"}, None),
    ("router", {"name": "router", "external_gateway_info": {"network_id": "{ext}"}}, {"description": "d"}),
    ("floatingip", {"floating_network_id": "{ext}"}, {"description": "d"}),
    ("trunk", {"name": "trunk", "port_id": "{parent}", "sub_ports": []}, {"description": "d"}),
    (
        "rbac_policy",
        {"object_type": "network", "object_id": "{net}", "action": "access_as_shared", "target_tenant": "a" * 32},
        {"target_tenant": "b" * 32},
    ),
    ("metering_label", {"name": "label", "shared": True}, None),
)  # fmt: skip


def filled(value, ids):
    """Return the properties with names replaced by IDs."""
    if isinstance(value, dict):
        return {key: filled(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    return value.format(**ids) if isinstance(value, str) and value.startswith("{") else value


@pytest.fixture(scope="module")
def stack(heat):
    """Make the stack; yields the IDs by name."""
    ids, order = {}, []
    for kind, properties, _ in STACK:
        wire = "policy" if kind == "qos_policy" else kind
        made = getattr(heat, f"create_{kind}")({wire: filled(properties, ids)})[wire]
        ids[properties.get("name", kind)] = made["id"]
        order.append((kind, made["id"]))
    heat.add_interface_router(ids["router"], {"subnet_id": ids["sub"]})
    yield ids
    heat.update_floatingip(ids["floatingip"], {"floatingip": {"port_id": None}})
    heat.remove_interface_router(ids["router"], {"subnet_id": ids["sub"]})
    for kind, id in reversed(order):
        getattr(heat, f"delete_{kind}")(id)
        with pytest.raises(exceptions.NotFound):
            getattr(heat, f"delete_{kind}")(id)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [(kind, properties) for kind, properties, _ in STACK if "name" in properties],
    ids=[properties["name"] for _, properties, _ in STACK if "name" in properties],
)
def test_each_is_found_by_name_and_shown(heat, stack, kind, properties):
    """Heat translates names in templates to IDs before it does anything else."""
    if kind not in ("qos_policy", "metering_label"):
        plural = {"cmd_resource": kind} if kind not in ("address_scope", "trunk") else {}
        assert (
            by_name.find_resourceid_by_name_or_id(heat, kind, properties["name"], **plural) == stack[properties["name"]]
        )
    wire = "policy" if kind == "qos_policy" else kind
    shown = getattr(heat, f"show_{kind}")(stack[properties["name"]])[wire]
    assert shown["name"] == properties["name"]
    if "status" in shown:
        assert shown["status"] in ("ACTIVE", "DOWN")  # what Heat takes for built


def test_each_is_changed_in_place(heat, stack):
    for kind, properties, change in STACK:
        if change is None:
            continue
        wire = "policy" if kind == "qos_policy" else kind
        wanted = filled(change, stack)
        shown = getattr(heat, f"update_{kind}")(stack[properties.get("name", kind)], {wire: wanted})[wire]
        assert {name: shown[name] for name in wanted} == wanted


def test_tags_are_replaced_whole(heat, stack):
    for collection, name in (("networks", "net"), ("ports", "port"), ("routers", "router"), ("subnets", "sub")):
        heat.replace_tag(collection, stack[name], {"tags": ["b", "a"]})
        shown = getattr(heat, f"show_{collection[:-1]}")(stack[name])[collection[:-1]]
        assert sorted(shown["tags"]) == ["a", "b"]


def test_a_floating_ip_is_associated_and_let_go(heat, stack):
    joined = heat.update_floatingip(stack["floatingip"], {"floatingip": {"port_id": stack["port"]}})["floatingip"]
    assert (joined["port_id"], joined["router_id"]) == (stack["port"], stack["router"])


def test_rules_are_parts_of_their_policy(heat, stack):
    body = {"bandwidth_limit_rule": {"max_kbps": 1000, "max_burst_kbps": 100, "direction": "egress"}}
    rule = heat.create_bandwidth_limit_rule(stack["policy"], body)["bandwidth_limit_rule"]
    changed = heat.update_bandwidth_limit_rule(rule["id"], stack["policy"], {"bandwidth_limit_rule": {"max_kbps": 5}})
    assert changed["bandwidth_limit_rule"]["max_kbps"] == 5
    heat.delete_bandwidth_limit_rule(rule["id"], stack["policy"])


def test_extra_routes_come_and_go_one_by_one(heat, stack):
    route = {"routes": [{"destination": "10.99.0.0/16", "nexthop": "10.81.0.9"}]}
    added = heat.add_extra_routes_to_router(stack["router"], {"router": route})["router"]
    assert added["routes"] == route["routes"]
    left = heat.remove_extra_routes_from_router(stack["router"], {"router": route})["router"]
    assert left["routes"] == []


def test_the_quota_resource(heat, stack):
    project = heat.show_network(stack["net"])["network"]["project_id"]
    assert heat.update_quota(project, {"quota": {"network": 77}})["quota"]["network"] == 77
    heat.delete_quota(project)


def test_what_is_in_use_is_told_as_a_conflict(heat, stack):
    for kind, name in (("network", "net"), ("subnet", "sub"), ("router", "router"), ("security_group", "group")):
        with pytest.raises(exceptions.Conflict):
            getattr(heat, f"delete_{kind}")(stack[name])
