"""What two sites bring about that neither would have been allowed to do alone: it stays, and it is reported."""

import pytest

from tests.store.rules.meeting import GONE, Made, Site, meeting
from weft.store.findings import GRACE_MS
from weft.store.rules import ASTRAY, CLASHES

NETWORK: Made = ("network", "n", {"project_id": "p"})
OTHER_NETWORK: Made = ("network", "m", {"project_id": "p"})
OUT: Made = ("network", "out", {"project_id": "q"})
SCOPE: Made = ("address_scope", "s", {"ip_version": 4})
POLICY: Made = ("qos_policy", "q", {"project_id": "p"})
ROUTER: Made = ("router", "r", {"project_id": "p"})
LABEL: Made = ("metering_label", "l", {"project_id": "p"})
FLOATINGIP: Made = ("floatingip", "f", {"floating_network_id": "out", "port_id": None, "router_id": None})
PORT: Made = (
    "port",
    "port",
    {"network_id": "n", "project_id": "p", "fixed_ips": [{"subnet_id": "v4", "ip_address": "10.0.0.9"}]},
)
V4: Made = ("subnet", "v4", {"network_id": "n", "cidr": "10.0.0.0/24", "ip_version": 4})
W4: Made = ("subnet", "w4", {"network_id": "m", "cidr": "10.0.0.0/16", "ip_version": 4})


def subnet(id: str, **values: object) -> Made:
    return "subnet", id, {"network_id": "n", "ip_version": 4, "cidr": f"10.{ord(id[0])}.0.0/24", **values}


def pool(id: str, *prefixes: str) -> Made:
    return "subnetpool", id, {"ip_version": 4, "prefixes": list(prefixes), "address_scope_id": "s"}


def gre(id: str, low: int, high: int) -> Made:
    return "network_segment_range", id, {"network_type": "gre", "physical_network": "", "minimum": low, "maximum": high}


def leg(id: str, subnet_id: str, owner: str = "network:router_interface") -> Made:
    fixed = [{"subnet_id": subnet_id, "ip_address": f"10.0.{ord(id[0])}.1"}]
    return (
        "port",
        id,
        {"network_id": "x", "router_id": "r", "device_owner": owner, "fixed_ips": fixed, "mac_address": id},
    )


def metered(id: str, prefix: str, direction: str = "ingress") -> Made:
    values = {"metering_label_id": "l", "direction": direction, "excluded": False, "remote_ip_prefix": prefix}
    return "metering_label_rule", id, values


def forwarding(id: str, ports: str) -> Made:
    values = {"floatingip_id": "f", "protocol": "tcp", "external_port_range": ports, "internal_port_id": "port"}
    return "port_forwarding", id, values


def template(id: str, port: int) -> Made:
    values = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": port}
    return "default_security_group_rule", id, {**values, "used_in_non_default_sg": True}


def rate(id: str, kind: str, **values: object) -> Made:
    return f"qos_{kind}_rule", id, {"qos_policy_id": "q", "project_id": "p", **values}


GATEWAY = leg("gateway", "out4", "network:router_gateway")

CLASHING = {  # what the rule is called, and what the cut-off sites do → whom the report is about
    "subnets": (
        [NETWORK], [subnet("a", cidr="10.0.0.0/16")], [subnet("b", cidr="10.0.7.0/24")], ("subnet", "b", "cidr"),
    ),
    "pools": (
        [SCOPE], [pool("a", "10.0.0.0/16")], [pool("b", "10.9.0.0/16", "10.0.1.0/24")],
        ("subnetpool", "b", "prefixes"),
    ),
    "segment ranges": ([], [gre("a", 1, 9)], [gre("b", 9, 12)], ("network_segment_range", "b", "minimum")),
    "router ports": (
        [NETWORK, OTHER_NETWORK, V4, W4, ROUTER], [leg("a", "v4")], [leg("b", "w4")], ("port", "b", "router_id"),
    ),
    "metering rules": (
        [LABEL], [metered("a", "10.0.0.0/8")], [metered("b", "10.1.0.0/16")],
        ("metering_label_rule", "b", "remote_ip_prefix"),
    ),
    "port forwardings": (
        [OUT, NETWORK, V4, PORT, FLOATINGIP], [forwarding("a", "80:90")], [forwarding("b", "90:90")],
        ("port_forwarding", "b", "external_port_range"),
    ),
    "default networks": (
        [NETWORK, OTHER_NETWORK], [("network", "n", {"is_default": True})], [("network", "m", {"is_default": True})],
        ("network", "m", "is_default"),
    ),
    "default policies": (
        [], [("qos_policy", "a", {"project_id": "p", "is_default": True})],
        [("qos_policy", "b", {"project_id": "p", "is_default": True})], ("qos_policy", "b", "is_default"),
    ),
    "subnets of pools": (
        [NETWORK, pool("x", "10.97.0.0/16")], [subnet("a", subnetpool_id="x")], [subnet("b", subnetpool_id=None)],
        ("subnet", "b", "subnetpool_id"),
    ),
    "subnets on segments": (
        [NETWORK, ("segment", "z", {"network_id": "n"})], [subnet("a", segment_id="z")], [subnet("b", segment_id=None)],
        ("subnet", "b", "segment_id"),
    ),
    "forwarding and port": (
        [OUT, NETWORK, V4, PORT, FLOATINGIP], [("floatingip", "f", {"port_id": "port"})], [forwarding("b", "80:80")],
        ("port_forwarding", "b", "floatingip_id"),
    ),
    "trunk and subport": (
        [NETWORK, PORT, ("port", "parent", {"network_id": "n"}), ("trunk", "t", {"port_id": "parent"})],
        [("trunk", "a", {"port_id": "port"})], [("subport", "port", {"trunk_id": "t", "port_id": "port"})],
        ("subport", "port", "port_id"),
    ),
    "minimum and limit": (
        [POLICY], [rate("a", "bandwidth_limit", max_kbps=10, direction="egress")],
        [rate("b", "minimum_bandwidth", min_kbps=20, direction="egress")],
        ("qos_minimum_bandwidth_rule", "b", "min_kbps"),
    ),
    "packet rates": (
        [POLICY], [rate("a", "minimum_packet_rate", direction="any")],
        [rate("b", "minimum_packet_rate", direction="ingress")], ("qos_minimum_packet_rate_rule", "b", "direction"),
    ),
    "templates": ([], [template("a", 22)], [template("b", 22)], ("default_security_group_rule", "b", "direction")),
}  # fmt: skip


def test_every_rule_has_a_case():
    assert {rule.name for rule in CLASHES} == set(CLASHING)


@pytest.mark.parametrize("name", CLASHING)
def test_two_that_may_not_stand_side_by_side_are_reported_alike_at_both_sites(name):
    before, at_a, at_b, about = CLASHING[name]
    first, _ = meeting(before, at_a, at_b)
    assert first.told() == {("clash", *about)}


@pytest.mark.parametrize("name", CLASHING)
def test_at_one_site_that_knew_what_it_did_they_are_not(name):
    before, at_a, at_b, _ = CLASHING[name]
    site = Site("a")
    site.write([*before, *at_a, *at_b])
    site.wait()
    assert site.told() == set()


FINE = {
    "subnets of one network, apart": ([NETWORK], [subnet("a")], [subnet("b")]),
    "subnets that wait for their prefix": ([NETWORK], [subnet("a", cidr="::/64")], [subnet("b", cidr="::/64")]),
    "subnets of two networks": ([NETWORK, OTHER_NETWORK], [V4], [W4]),
    "a routed subnet beside one on a segment": (
        [NETWORK, ("segment", "z", {"network_id": "n"})], [subnet("a", segment_id="z")],
        [subnet("b", segment_id=None, service_types=["network:routed"])],
    ),
    "subnets of two pools in one scope": (
        [NETWORK, SCOPE, pool("x", "10.97.0.0/16"), pool("y", "10.98.0.0/16")],
        [subnet("a", subnetpool_id="x")], [subnet("b", subnetpool_id="y")],
    ),
    "pools of one scope, apart": ([SCOPE], [pool("a", "10.0.0.0/16")], [pool("b", "10.1.0.0/16")]),
    "ranges side by side": ([], [gre("a", 1, 9)], [gre("b", 10, 12)]),
    "two gateways on one network": (
        [ROUTER, ("subnet", "out4", {"network_id": "out", "cidr": "198.51.100.0/24", "ip_version": 4})], [GATEWAY],
        [leg("bis", "out4", "network:router_gateway")],
    ),
    "forwardings of other ports": (
        [OUT, NETWORK, V4, PORT, FLOATINGIP], [forwarding("a", "80:80")], [forwarding("b", "81:81")],
    ),
    "metering of both directions": ([LABEL], [metered("a", "10.0.0.0/8")], [metered("b", "10.0.0.0/8", "egress")]),
    "defaults of two projects": (
        [], [("qos_policy", "a", {"project_id": "p", "is_default": True})],
        [("qos_policy", "b", {"project_id": "q", "is_default": True})],
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", FINE)
def test_what_may_stand_side_by_side_is_not(why):
    first, _ = meeting(*FINE[why])
    assert first.told() == set()


# ---- what another site took away
JOINED = [OUT, NETWORK, V4, PORT, ROUTER, leg("interface", "v4"), GATEWAY]
LED: Made = (
    "floatingip",
    "f",
    {"floating_network_id": "out", "port_id": "port", "fixed_ip_address": "10.0.0.9", "router_id": "r"},
)
ENTRY: Made = (
    "rbac_policy",
    "e",
    {"object_type": "network", "object_id": "n", "action": "access_as_shared", "target_project": "q"},
)
NAMING = {  # the rule that what a field names is there → who names it, and the name of what
    "floatingip.port_id port": ("floatingip", "port_id", PORT),
    "port_forwarding.internal_port_id port": ("port_forwarding", "internal_port_id", PORT),
    "ndp_proxy.port_id port": ("ndp_proxy", "port_id", PORT),
    "local_ip_association.fixed_port_id port": ("local_ip_association", "fixed_port_id", PORT),
    "port_binding.port_id port": ("port_binding", "port_id", PORT),
    "log.target_id port": ("log", "target_id", PORT),
    "log.resource_id security_group": ("log", "resource_id", ("security_group", "g", {"project_id": "p"})),
    "hosting.object_id network": ("hosting", "object_id", NETWORK),
    "hosting.object_id router": ("hosting", "object_id", ROUTER),
    "rbac_policy.object_id network": ("rbac_policy", "object_id", NETWORK),
    "rbac_policy.object_id qos_policy": ("rbac_policy", "object_id", POLICY),
    "rbac_policy.object_id security_group": ("rbac_policy", "object_id", ("security_group", "g", {"project_id": "p"})),
    "rbac_policy.object_id address_scope": ("rbac_policy", "object_id", SCOPE),
    "rbac_policy.object_id subnetpool": ("rbac_policy", "object_id", pool("x", "10.0.0.0/8")),
    "rbac_policy.object_id address_group": ("rbac_policy", "object_id", ("address_group", "g", {"project_id": "p"})),
}  # fmt: skip
ASTRAYING = {
    **{
        name: ([thing], [(kind, "one", {field: thing[1]})], [(*thing[:2], GONE)], (kind, "one", field))
        for name, (kind, field, thing) in NAMING.items()
    },
    "path of floatingip": (JOINED, [LED], [("port", "interface", GONE)], ("floatingip", "f", "port_id")),
    "path of port_forwarding": (
        [*JOINED, ("floatingip", "f", {"floating_network_id": "out", "router_id": "r", "port_id": None})],
        [("port_forwarding", "w", {**forwarding("w", "80:80")[2], "internal_ip_address": "10.0.0.9"})],
        [("port", "interface", GONE)], ("port_forwarding", "w", "internal_port_id"),
    ),
    "path of ndp_proxy": (
        JOINED, [("ndp_proxy", "x", {"router_id": "r", "port_id": "port", "ip_address": "10.0.0.9"})],
        [("port", "gateway", GONE)], ("ndp_proxy", "x", "port_id"),
    ),
    "path of router": (
        JOINED, [("router", "r", {"routes": [{"destination": "10.5.0.0/16", "nexthop": "10.0.0.77"}]})],
        [("port", "interface", GONE)], ("router", "r", "routes"),
    ),
    "share": (
        [NETWORK, ENTRY], [("port", "hers", {"network_id": "n", "project_id": "q", "fixed_ips": []})],
        [("rbac_policy", "e", GONE)], ("port", "hers", "network_id"),
    ),
}  # fmt: skip


def test_every_rule_of_what_is_needed_has_a_case():
    assert {rule.name for rule in ASTRAY} == set(ASTRAYING)


@pytest.mark.parametrize("name", ASTRAYING)
@pytest.mark.parametrize("deleted_first", [False, True])
def test_what_leads_nowhere_is_reported_alike_at_both_sites(name, deleted_first):
    before, at_a, at_b, about = ASTRAYING[name]
    first, _ = meeting(before, at_b, at_a) if deleted_first else meeting(before, at_a, at_b)
    assert first.told() == {("astray", *about)}
    [conflict] = first.conflicts
    assert conflict.get("won")["site"] == ("a" if deleted_first else "b")


def test_a_floating_ip_loses_its_gateway_too():
    first, _ = meeting(JOINED, [LED], [("port", "gateway", GONE)])
    assert first.told() == {("astray", "floatingip", "f", "port_id")}
    assert "router r, through which it leads, lost its gateway" in first.conflicts[0].get("message")


def test_a_router_that_was_plugged_in_again_leads_somewhere():
    first, _ = meeting(JOINED, [LED], [("port", "interface", GONE), leg("jack", "v4")])
    assert first.told() == set()


def test_what_has_not_arrived_yet_is_not_gone():
    """A new site hears of a floating IP long before it hears of the port and the router: that is no conflict."""
    site, old = Site("b"), Site("a")
    old.write([*JOINED, LED])
    floatingip = old.replica.state.get("floatingip", "f")
    assert floatingip is not None
    site.replica.absorb_record(floatingip, old.name, site.now_ms)
    site.wait()
    site.hear(old)
    site.now_ms += GRACE_MS
    site.wait()
    assert site.told() == set()


def test_who_deletes_and_tidies_up_is_not_reported():
    """The floating IP is without the port already when the port goes: as the API does it, in one write."""
    first, _ = meeting(
        [*JOINED, LED], [("floatingip", "f", {"port_id": None, "router_id": None}), ("port", "port", GONE)], []
    )
    assert first.told() == set()


def test_the_loser_of_two_prefix_lists_is_reported():
    first, _ = meeting(
        [pool("x", "10.0.0.0/16")],
        [("subnetpool", "x", {"prefixes": ["10.0.0.0/16", "10.1.0.0/16"]})],
        [("subnetpool", "x", {"prefixes": ["10.0.0.0/15", "10.2.0.0/16"]})],
    )
    [conflict] = first.conflicts
    assert (conflict.get("what"), conflict.get("field")) == ("field", "prefixes")
    assert conflict.get("won")["value"] == ["10.0.0.0/15", "10.2.0.0/16"]
    assert conflict.get("lost")["value"] == ["10.0.0.0/16", "10.1.0.0/16"]
