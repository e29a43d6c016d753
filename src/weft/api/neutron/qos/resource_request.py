"""What Placement has to reserve for a port, from its QoS policy. Source: neutron, services/qos/qos_plugin.py."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from weft.store.protocol import State
from weft.store.records import Record

_TUNNEL = "CUSTOM_NETWORK_TUNNEL_PROVIDER"  # of networks that name no physical one
_BANDWIDTH = {"ingress": "NET_BW_IGR_KILOBIT_PER_SEC", "egress": "NET_BW_EGR_KILOBIT_PER_SEC"}
_PACKETS = {
    "ingress": "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
    "egress": "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
    "any": "NET_PACKET_RATE_KILOPACKET_PER_SEC",
}


def resource_request(state: State, port: Record, network_policy: str | None) -> dict[str, Any] | None:
    """Return the request, or None if no rule of the port's policy, or else of its network's, promises a minimum."""
    policy = port.get("qos_policy_id") or network_policy
    if not policy:
        return None
    vnic = _trait("VNIC_TYPE", port.get("vnic_type", "normal"))
    network = state.get("network", port.get("network_id", ""))
    place = network.get("physical_network") if network is not None else None
    carrier = _trait("PHYSNET", place) if place else _TUNNEL
    bandwidth = _rules(state, "qos_minimum_bandwidth_rule", policy)
    packets = _rules(state, "qos_minimum_packet_rate_rule", policy)
    kbps = {_BANDWIDTH[rule.get("direction")]: rule.get("min_kbps") for rule in bandwidth}
    kpps = {_PACKETS[rule.get("direction")]: rule.get("min_kpps") for rule in packets}
    groups = [_group(port, bandwidth, [carrier, vnic], kbps), _group(port, packets, [vnic], kpps)]
    asked = [group for group in groups if group is not None]
    return {"request_groups": asked, "same_subtree": [group["id"] for group in asked]} if asked else None


def _trait(prefix: str, name: str) -> str:
    return f"CUSTOM_{prefix}_" + re.sub("[^0-9A-Z_]", "_", name.upper())


def _rules(state: State, kind: str, policy: str) -> list[Record]:
    return sorted(state.lookup(kind, "qos_policy_id", policy), key=lambda rule: rule.key.id)


def _group(
    port: Record, rules: Sequence[Record], traits: list[str], resources: dict[str, int]
) -> dict[str, Any] | None:
    if not rules:
        return None
    id = uuid.uuid5(uuid.UUID(port.key.id), ":".join(rule.key.id for rule in rules))
    return {"id": str(id), "required": traits, "resources": resources}
