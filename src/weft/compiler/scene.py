"""What the table functions are given to look at: one network as seen from one node, and one port of it.

Every table of a plan is a union of what single ports contribute. That makes each entry a pure function of
one `Scene` and one port, and lets `incremental.py` recompile one port without looking at its neighbours.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address

import msgspec

from weft.model import Address, BoundPort, FixedIp, Network, Node, NodeId, Subnet, SubnetId


class Scene(msgspec.Struct, frozen=True):
    """One network from one node's point of view."""

    node_id: NodeId
    tunnel_ip: IPv4Address | None  # our own end; None: our node record has not arrived
    nodes: Mapping[NodeId, Node]
    network: Network | None  # None: it has not arrived
    network_fault: str | None  # why the whole network is closed, other than not having arrived
    subnets: Mapping[SubnetId, Subnet]  # of this network


def is_local(scene: Scene, bound: BoundPort) -> bool:
    """Tell whether the port's workload is on the node we compile for."""
    return bound.node_id == scene.node_id


def is_open(scene: Scene, bound: BoundPort, fault: str | None) -> bool:
    """Tell whether packets may pass the port at all. `fault`: why this very port must stay closed."""
    network = scene.network
    return (
        fault is None
        and network is not None
        and scene.network_fault is None
        and network.admin_state_up
        and bound.port.admin_state_up
    )


def usable_addresses(scene: Scene, bound: BoundPort) -> tuple[Address, ...]:
    """Return the port's addresses whose subnet is known and holds them, in the port's order."""
    return tuple(fixed.address for fixed in bound.port.fixed_ips if _holds(scene.subnets.get(fixed.subnet_id), fixed))


def _holds(subnet: Subnet | None, fixed: FixedIp) -> bool:
    return subnet is not None and fixed.address in subnet.cidr
