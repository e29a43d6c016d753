"""The intent, kept by network: what a change touches is found without looking at the rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from weft.model import (
    BoundPort,
    Intent,
    IntentChange,
    Network,
    NetworkId,
    Node,
    NodeId,
    PortId,
    Subnet,
    SubnetId,
)

K = TypeVar("K")
V = TypeVar("V")
G = TypeVar("G")


class IntentIndex:
    """Everything absorbed so far. Costs each change what it changes, never the size of the whole."""

    def __init__(self) -> None:
        self.revision = 0
        self.networks: dict[NetworkId, Network] = {}
        self.subnets: dict[SubnetId, Subnet] = {}
        self.ports: dict[PortId, BoundPort] = {}
        self.nodes: dict[NodeId, Node] = {}
        self.ports_of: dict[NetworkId, dict[PortId, BoundPort]] = defaultdict(dict)
        self.subnets_of: dict[NetworkId, dict[SubnetId, Subnet]] = defaultdict(dict)
        self.networks_of_vni: dict[int, dict[NetworkId, Network]] = defaultdict(dict)

    def set_network(self, id: NetworkId, network: Network | None) -> Iterable[NetworkId]:
        """Take note of a network and return every network whose plan may differ now."""
        old = self.networks.pop(id, None)
        touched = {id}
        if old:
            self._drop(self.networks_of_vni, old.vni, id)
            touched |= self.networks_of_vni.get(old.vni, {}).keys()
        if network:
            self.networks[id] = network
            self.networks_of_vni[network.vni][id] = network
            touched |= self.networks_of_vni[network.vni].keys()
        return touched

    def set_subnet(self, id: SubnetId, subnet: Subnet | None) -> Iterable[NetworkId]:
        """Take note of a subnet and return every network whose plan may differ now."""
        old = self.subnets.pop(id, None)
        if old:
            self._drop(self.subnets_of, old.network_id, id)
        if subnet:
            self.subnets[id] = subnet
            self.subnets_of[subnet.network_id][id] = subnet
        return {each.network_id for each in (old, subnet) if each}

    def set_port(self, id: PortId, bound: BoundPort | None) -> BoundPort | None:
        """Take note of a port and return what it was before."""
        old = self.ports.pop(id, None)
        if old:
            self._drop(self.ports_of, old.port.network_id, id)
        if bound:
            self.ports[id] = bound
            self.ports_of[bound.port.network_id][id] = bound
        return old

    def set_node(self, id: NodeId, node: Node | None) -> None:
        """Take note of a node."""
        self.nodes.pop(id, None)
        if node:
            self.nodes[id] = node

    def snapshot(self) -> Intent:
        """Return the whole as one value."""
        return Intent(self.revision, dict(self.networks), dict(self.subnets), dict(self.ports), dict(self.nodes))

    @staticmethod
    def _drop(groups: dict[G, dict[K, V]], group: G, id: K) -> None:
        members = groups[group]
        del members[id]
        if not members:
            del groups[group]


def change_between(old: Intent, new: Intent) -> IntentChange:
    """Return what turns `old` into `new`."""
    return IntentChange(
        revision=new.revision,
        networks=_difference(old.networks, new.networks),
        subnets=_difference(old.subnets, new.subnets),
        ports=_difference(old.ports, new.ports),
        nodes=_difference(old.nodes, new.nodes),
    )


def _difference(old: Mapping[K, V], new: Mapping[K, V]) -> dict[K, V | None]:
    gone: dict[K, V | None] = {key: None for key in old if key not in new}
    return gone | {key: value for key, value in new.items() if old.get(key) != value}
