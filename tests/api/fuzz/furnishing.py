"""What stands in the fuzzed cloud before anything is asked: at least one of nearly everything.

Made-up requests seldom come to a subnet pool or a port forwarding; what is not there can be neither shown nor changed.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cloud import Cloud


def furnish(cloud: "Cloud") -> None:
    """Make it."""
    for kind in ("project", "user", "role"):
        cloud.make(f"/identity/v3/{kind}s", kind, name="spare")
    networks = []
    for number in range(3):
        network = _make(cloud, "network", name=f"n{number}", shared=number == 0)
        _make(cloud, "subnet", network_id=network["id"], ip_version=4, cidr=f"10.{number}.0.0/24")
        _make(cloud, "subnet", network_id=network["id"], ip_version=6, cidr=f"fd00:{number}::/64")
        _make(cloud, "port", network_id=network["id"])
        networks.append(network["id"])
    _furnish_addressing(cloud, networks)
    _furnish_l3(cloud, networks)
    _furnish_policies(cloud, networks)


def _furnish_addressing(cloud: "Cloud", networks: list[str]) -> None:
    scope = _make(cloud, "address_scope", "address-scopes", name="scope", ip_version=4)
    pool = {"name": "pool", "default_prefixlen": 26, "address_scope_id": scope["id"], "prefixes": ["10.98.0.0/20"]}
    _make(cloud, "subnetpool", **pool)
    default = {"is_default": True, "shared": True, "default_prefixlen": 26, "prefixes": ["10.99.0.0/20"]}
    _make(cloud, "subnetpool", name="default", **default)
    segment = {"network_id": networks[2], "network_type": "vlan", "physical_network": "p", "segmentation_id": 7}
    _make(cloud, "segment", name="segment", **segment)
    ids = {"minimum": 5, "maximum": 9}
    _make(cloud, "network_segment_range", "network-segment-ranges", name="range", network_type="gre", **ids)


def _furnish_l3(cloud: "Cloud", networks: list[str]) -> None:
    outside = _make(cloud, "network", name="out", is_default=True, **{"router:external": True})["id"]
    _make(cloud, "subnet", network_id=outside, ip_version=4, cidr="198.51.100.0/24")
    router = _make(cloud, "router", name="r", external_gateway_info={"network_id": outside})["id"]
    [subnet, *_] = cloud.ask("GET", f"/v2.0/subnets?network_id={networks[0]}&ip_version=4").json()["subnets"]
    plugged = cloud.ask("PUT", f"/v2.0/routers/{router}/add_router_interface", {"subnet_id": subnet["id"]})
    assert plugged.status_code == 200, plugged.text
    port = _make(cloud, "port", network_id=networks[0])
    _make(cloud, "floatingip", floating_network_id=outside, port_id=port["id"])
    shared = _make(cloud, "floatingip", floating_network_id=outside)
    behind = _make(cloud, "port", network_id=networks[0])
    forwarding = {
        "protocol": "tcp", "external_port": 80, "internal_port": 80, "internal_port_id": behind["id"],
        "internal_ip_address": behind["fixed_ips"][0]["ip_address"],
    }  # fmt: skip
    _make(cloud, "port_forwarding", f"floatingips/{shared['id']}/port_forwardings", **forwarding)
    helper = {"protocol": "udp", "port": 69, "helper": "tftp"}
    _make(cloud, "conntrack_helper", f"routers/{router}/conntrack_helpers", **helper)
    local = _make(cloud, "local_ip", "local-ips", name="local", network_id=networks[1])
    user = _make(cloud, "port", network_id=networks[1])
    use = {"fixed_port_id": user["id"], "fixed_ip": user["fixed_ips"][0]["ip_address"]}
    _make(cloud, "port_association", f"local_ips/{local['id']}/port_associations", **use)


def _furnish_policies(cloud: "Cloud", networks: list[str]) -> None:
    group = _make(cloud, "security_group", "security-groups", name="group")
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 22}
    _make(cloud, "security_group_rule", "security-group-rules", port_range_max=22, **rule)
    _make(cloud, "address_group", "address-groups", name="addresses", addresses=["10.1.0.0/24"])
    policy = _make(cloud, "policy", "qos/policies", name="qos")["id"]
    below = f"qos/policies/{policy}"
    _make(cloud, "bandwidth_limit_rule", f"{below}/bandwidth_limit_rules", max_kbps=1000)
    _make(cloud, "dscp_marking_rule", f"{below}/dscp_marking_rules", dscp_mark=26)
    _make(cloud, "minimum_bandwidth_rule", f"{below}/minimum_bandwidth_rules", min_kbps=10)
    _make(cloud, "port", network_id=networks[1], qos_policy_id=policy)
    parent, child = (_make(cloud, "port", network_id=networks[1])["id"] for _ in range(2))
    sub_port = {"port_id": child, "segmentation_type": "vlan", "segmentation_id": 5}
    _make(cloud, "trunk", port_id=parent, sub_ports=[sub_port])
    label = _make(cloud, "metering_label", "metering/metering-labels", name="label")["id"]
    metered = {"metering_label_id": label, "direction": "ingress", "remote_ip_prefix": "10.5.0.0/24"}
    _make(cloud, "metering_label_rule", "metering/metering-label-rules", **metered)
    _make(cloud, "log", "log/logs", name="log", resource_type="security_group", resource_id=group["id"])
    profile = _make(cloud, "service_profile", driver="", metainfo="{}", description="profile")
    flavor = _make(cloud, "flavor", name="flavor", service_type="L3_ROUTER_NAT")
    _make(cloud, "service_profile", f"flavors/{flavor['id']}/service_profiles", id=profile["id"])
    shared = {"object_type": "network", "object_id": networks[1], "action": "access_as_shared"}
    _make(cloud, "rbac_policy", "rbac-policies", target_tenant="*", **shared)


def _make(cloud: "Cloud", what: str, path: str = "", /, **values: Any) -> dict[str, Any]:
    return cloud.make(f"/v2.0/{path or f'{what}s'}", what, **values)
