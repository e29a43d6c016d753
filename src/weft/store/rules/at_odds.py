"""Clashes of what two records say: defaults of which there is one, uses that exclude each other."""

from collections.abc import Iterator

from weft.store.protocol import State
from weft.store.records import Record
from weft.store.rules.rule import Clash, Rival

_ANY = "any"
_ROUTED = "network:routed"  # subnets of this service type are on no segment, whatever the others are
_LED = "lead one floating IP both to a port as a whole and by single ports"
_TRUNKED = "use one port as a trunk's parent and as a subport"
_LIMIT, _MINIMUM = "qos_bandwidth_limit_rule", "qos_minimum_bandwidth_rule"
_TRAFFIC = (
    "direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id",
    "remote_address_group_id",
)  # fmt: skip


def _default_networks(network: Record, state: State) -> Iterator[Rival]:
    if network.get("is_default") is not True:  # few are, so that few look at all networks
        return
    for other in state.of_kind("network"):
        if other.get("is_default") is True and other.key.id != network.key.id:
            yield other, "are both the default external network"


def _default_policies(policy: Record, state: State) -> Iterator[Rival]:
    if policy.get("is_default") is not True:
        return
    for other in state.lookup("qos_policy", "project_id", policy.get("project_id")):
        if other.get("is_default") is True and other.key.id != policy.key.id:
            yield other, f"are both the default of project {policy.get('project_id')}"


def _subnets_from_pools(subnet: Record, state: State) -> Iterator[Rival]:
    """Subnets of one network and IP version come from one pool, unless an address scope holds the pools together."""
    for other in _in_network(subnet, state):
        if other.get("ip_version") != subnet.get("ip_version"):
            continue
        one, two = subnet.get("subnetpool_id"), other.get("subnetpool_id")
        if one != two and (_scope(one, state) is None or _scope(one, state) != _scope(two, state)):
            yield other, "are of one network, but not of one subnet pool"


def _subnets_on_segments(subnet: Record, state: State) -> Iterator[Rival]:
    if _ROUTED in (subnet.get("service_types") or ()):
        return
    for other in _in_network(subnet, state):
        is_routed = _ROUTED in (other.get("service_types") or ())
        if not is_routed and (subnet.get("segment_id") is None) != (other.get("segment_id") is None):
            yield other, "are of one network, one on a segment and one on none"


def _forwarding_and_port(forwarding: Record, state: State) -> Iterator[Rival]:
    floatingip = state.get("floatingip", forwarding.get("floatingip_id") or "")
    if floatingip is not None and floatingip.get("port_id"):
        yield floatingip, _LED


def _port_and_forwardings(floatingip: Record, state: State) -> Iterator[Rival]:
    if floatingip.get("port_id"):
        for forwarding in state.referrers("floatingip", floatingip.key.id, "port_forwarding"):
            yield forwarding, _LED


def _trunk_on_subport(trunk: Record, state: State) -> Iterator[Rival]:
    subport = state.get("subport", trunk.get("port_id") or "")
    if subport is not None:
        yield subport, _TRUNKED


def _subport_with_trunk(subport: Record, state: State) -> Iterator[Rival]:
    for trunk in state.referrers("port", subport.key.id, "trunk"):
        yield trunk, _TRUNKED


def _minimum_below_limit(rule: Record, state: State) -> Iterator[Rival]:
    other_kind = {_LIMIT: _MINIMUM, _MINIMUM: _LIMIT}[rule.key.kind]
    for other in state.referrers("qos_policy", rule.get("qos_policy_id") or "", other_kind):
        limit, minimum = (rule, other) if rule.key.kind == _LIMIT else (other, rule)
        most, least = limit.get("max_kbps"), minimum.get("min_kbps")
        same = limit.get("direction") == minimum.get("direction")
        if same and isinstance(most, int) and isinstance(least, int) and least > most:
            yield other, f"promise {least} kbit/s and allow {most}"


def _packet_rates(rule: Record, state: State) -> Iterator[Rival]:
    for other in state.referrers("qos_policy", rule.get("qos_policy_id") or "", rule.key.kind):
        directions = {rule.get("direction"), other.get("direction")}
        if other.key.id != rule.key.id and _ANY in directions and len(directions) > 1:
            yield other, "promise packets for any direction and for a certain one"


def _templates(template: Record, state: State) -> Iterator[Rival]:
    """Those that are for other than default groups: these are compared when one is made."""
    for other in state.of_kind(template.key.kind):
        same = all(template.get(field) == other.get(field) for field in _TRAFFIC)
        if same and other.key.id != template.key.id and other.get("used_in_non_default_sg"):
            yield other, "are templates of the same rule"


AT_ODDS = (
    Clash("default networks", "network", ("is_default",), _default_networks),
    Clash("default policies", "qos_policy", ("is_default",), _default_policies),
    Clash("subnets of pools", "subnet", ("subnetpool_id",), _subnets_from_pools),
    Clash("subnets on segments", "subnet", ("segment_id",), _subnets_on_segments),
    Clash("forwarding and port", "port_forwarding", ("floatingip_id",), _forwarding_and_port, ("port_id",)),
    Clash("forwarding and port", "floatingip", ("port_id",), _port_and_forwardings, ("floatingip_id",)),
    Clash("trunk and subport", "trunk", ("port_id",), _trunk_on_subport, ("port_id",)),
    Clash("trunk and subport", "subport", ("port_id",), _subport_with_trunk, ("port_id",)),
    Clash("minimum and limit", _LIMIT, ("max_kbps", "direction"), _minimum_below_limit, ("min_kbps", "direction")),
    Clash("minimum and limit", _MINIMUM, ("min_kbps", "direction"), _minimum_below_limit, ("max_kbps", "direction")),
    Clash("packet rates", "qos_minimum_packet_rate_rule", ("direction",), _packet_rates),
    Clash("templates", "default_security_group_rule", ("direction",), _templates),
)


def _in_network(subnet: Record, state: State) -> Iterator[Record]:
    for other in state.referrers("network", subnet.get("network_id") or "", "subnet"):
        if other.key.id != subnet.key.id:
            yield other


def _scope(subnetpool_id: object, state: State) -> str | None:
    pool = state.get("subnetpool", subnetpool_id) if isinstance(subnetpool_id, str) else None
    scope: str | None = pool.get("address_scope_id") if pool is not None else None
    return scope
