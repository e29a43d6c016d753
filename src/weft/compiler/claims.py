"""Who keeps a thing that two claim: a MAC or address of a network, a device name of a node, a VNI.

The older keeps it, everywhere, by the same rule; the other is closed, whole. Whether the older one is itself
closed for another reason plays no part, so each decision stands alone and no chain reaction follows.
"""

from collections.abc import Iterable, Mapping

from weft.model import Address, BoundPort, Network, NetworkId, NodeId, PortId

Claim = tuple[NetworkId, str | Address] | tuple[NodeId, str, str]


def claims_of(bound: BoundPort) -> list[Claim]:
    """Return everything a port claims for itself alone."""
    port = bound.port
    return [
        (bound.node_id, "device", bound.device),
        (port.network_id, port.mac),
        *((port.network_id, fixed.address) for fixed in port.fixed_ips),
    ]


def older_claimant(bound: BoundPort, claimants: Iterable[BoundPort]) -> BoundPort | None:
    """Return the oldest of `claimants` if that is not the port itself."""
    oldest = min(claimants, key=_port_age)
    return None if oldest.port.id == bound.port.id else oldest


def port_fault(bound: BoundPort, claimants: Mapping[Claim, Mapping[PortId, BoundPort]]) -> str | None:
    """Return why the port must stay closed because an older one has what it claims; None if none has."""
    for claim in claims_of(bound):
        older = older_claimant(bound, claimants[claim].values())
        if older is not None:
            return f"{claim[-1]} is already that of the older port {older.port.id}: port closed"
    return None


def loses_device(bound: BoundPort, claimants: Mapping[Claim, Mapping[PortId, BoundPort]]) -> bool:
    """Tell whether the port's very device belongs to an older port, so that it can have no entry by that name."""
    return older_claimant(bound, claimants[claims_of(bound)[0]].values()) is not None


def network_fault(network: Network, same_vni: Iterable[Network]) -> str | None:
    """Return why the network must stay closed because an older one has its VNI; None if none has."""
    oldest = min(same_vni, key=lambda other: (other.created, other.id))
    if oldest.id == network.id:
        return None
    return f"VNI {network.vni} is already that of the older network {oldest.id}: network closed"


def _port_age(bound: BoundPort) -> tuple[tuple[int, str], str]:
    return bound.port.created, bound.port.id
