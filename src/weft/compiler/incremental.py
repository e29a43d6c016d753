"""The plan, kept up to date by recompiling only what a change touches.

A change of a port recompiles that port and those that claim the same MAC, address or device; a change of a
network or subnet recompiles the ports of that network; a change of a node the ports behind it. `whole.py`
is the oracle: for every sequence of changes both give the same plan.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from weft.compiler.claims import Claim, claims_of, loses_device, network_fault, port_fault
from weft.compiler.flood import flood_entry
from weft.compiler.index import IntentIndex
from weft.compiler.port_part import PortPart, port_part
from weft.compiler.scene import Scene
from weft.compiler.tables import Tables
from weft.model import BoundPort, Intent, IntentChange, Network, NetworkId, NodeId, PortId
from weft.plan import FdbTarget, NodePlan


class Compiler:
    """Absorbs changes of the intent and gives the newest plan of one node."""

    def __init__(self, node_id: NodeId) -> None:
        self.node_id = node_id
        self._index = IntentIndex()
        self._own: dict[PortId, BoundPort] = {}  # ports bound here
        self._local: Counter[NetworkId] = Counter()  # our ports per network; a network not in here has no entries
        self._claimants: dict[Claim, dict[PortId, BoundPort]] = defaultdict(dict)  # of those networks' ports
        self._targets: dict[int, Counter[FdbTarget]] = defaultdict(Counter)  # by VNI: what the flood table is made of
        self._parts: dict[PortId, PortPart] = {}
        self._tables = Tables()

    def absorb(self, change: IntentChange) -> None:
        """Bring the plan up to date with `change`."""
        index = self._index
        index.revision = change.revision
        networks: set[NetworkId] = set()  # to recompile whole
        ports: set[PortId] = set()  # to recompile one by one
        for node_id, node in change.nodes.items():
            index.set_node(node_id, node)
            if node_id == self.node_id:
                networks |= self._local.keys()
            else:
                ports |= self._ports_behind(node_id)
        for network_id, network in change.networks.items():
            networks |= set(index.set_network(network_id, network))
        for subnet_id, subnet in change.subnets.items():
            networks |= set(index.set_subnet(subnet_id, subnet))
        for port_id, bound in change.ports.items():
            touched_networks, touched_ports = self._set_port(port_id, bound)
            networks |= touched_networks
            ports |= touched_ports
        for network_id in networks:
            ports |= index.ports_of.get(network_id, {}).keys()
        self._recompile(ports)

    def plan(self) -> NodePlan:
        """Return the newest plan. Later changes leave it alone; tables without changes are shared."""
        own = self._index.nodes.get(self.node_id)
        return self._tables.plan(self.node_id, self._index.revision, own.underlay_ip if own else None)

    def take_touched(self) -> dict[str, set[object]]:
        """Return, by table, every key that may differ from what it was at the last call."""
        return self._tables.take_touched()

    def intent(self) -> Intent:
        """Return all that was absorbed."""
        return self._index.snapshot()

    def bound_here(self) -> Iterable[BoundPort]:
        """Return the ports this node is asked to host."""
        return self._own.values()

    def local_networks(self) -> frozenset[NetworkId]:
        """Return the networks with a port on this node."""
        return frozenset(self._local)

    def _set_port(self, port_id: PortId, bound: BoundPort | None) -> tuple[set[NetworkId], set[PortId]]:
        """Take note of a port; return networks that came to or left this node, and ports to recompile."""
        old = self._index.set_port(port_id, bound)
        networks: set[NetworkId] = set()
        ports = {port_id}
        if old and old.port.network_id in self._local:
            ports |= self._release(old)
        if bound and bound.port.network_id in self._local:
            ports |= self._claim(bound)
        self._own.pop(port_id, None)
        if bound and bound.node_id == self.node_id:
            self._own[port_id] = bound
        for each, step in ((bound, 1), (old, -1)):
            if each is None or each.node_id != self.node_id:
                continue
            network_id = each.port.network_id
            self._local[network_id] += step
            if step == 1 and self._local[network_id] == 1:
                networks.add(network_id)
                for member in self._index.ports_of.get(network_id, {}).values():
                    ports |= self._claim(member)
            elif self._local[network_id] == 0:
                del self._local[network_id]
                for member in self._index.ports_of.get(network_id, {}).values():
                    ports |= self._release(member) | {member.port.id}
        return networks, ports

    def _claim(self, bound: BoundPort) -> set[PortId]:
        """Enter the port's claims; return the ports that share one."""
        sharers: set[PortId] = set()
        for claim in claims_of(bound):
            claimants = self._claimants[claim]
            claimants[bound.port.id] = bound
            sharers |= claimants.keys()
        return sharers

    def _release(self, bound: BoundPort) -> set[PortId]:
        """Strike the port's claims; return the ports that shared one."""
        sharers: set[PortId] = set()
        for claim in claims_of(bound):
            claimants = self._claimants.get(claim)
            if claimants is None:  # a port that claims one thing twice
                continue
            claimants.pop(bound.port.id, None)
            sharers |= claimants.keys()
            if not claimants:
                del self._claimants[claim]
        return sharers

    def _ports_behind(self, node_id: NodeId) -> set[PortId]:
        return {
            port_id
            for network_id in self._local
            for port_id, bound in self._index.ports_of[network_id].items()
            if bound.node_id == node_id
        }

    def _recompile(self, port_ids: Iterable[PortId]) -> None:
        """Replace what these ports add. All old entries go first: a MAC may pass from one to another."""
        port_ids = list(port_ids)
        touched_vnis: set[int] = set()
        for port_id in port_ids:
            part = self._parts.pop(port_id, None)
            if part:
                self._tables.remove(part)
                self._count(part, -1, touched_vnis)
        scenes: dict[NetworkId, Scene] = {}
        for port_id in port_ids:
            bound = self._index.ports.get(port_id)
            if bound is None or bound.port.network_id not in self._local:
                continue
            network_id = bound.port.network_id
            scene = scenes.get(network_id) or scenes.setdefault(network_id, self._scene(network_id))
            fault = port_fault(bound, self._claimants)
            part = port_part(scene, bound, fault, has_device=not loses_device(bound, self._claimants))
            self._parts[port_id] = part
            self._tables.add(part)
            self._count(part, 1, touched_vnis)
        for vni in touched_vnis:
            self._tables.set_flood(vni, flood_entry(self._targets.get(vni, ())))

    def _count(self, part: PortPart, step: int, touched_vnis: set[int]) -> None:
        if part.fdb is None:
            return
        key, target = part.fdb
        touched_vnis.add(key.vni)
        targets = self._targets[key.vni]
        targets[target] += step
        if targets[target] == 0:
            del targets[target]
        if not targets:
            del self._targets[key.vni]

    def _scene(self, network_id: NetworkId) -> Scene:
        index = self._index
        own = index.nodes.get(self.node_id)
        network = index.networks.get(network_id)
        return Scene(
            node_id=self.node_id,
            tunnel_ip=own.underlay_ip if own else None,
            nodes=index.nodes,
            network=network,
            network_fault=self._network_fault(network),
            subnets=index.subnets_of.get(network_id, {}),
        )

    def _network_fault(self, network: Network | None) -> str | None:
        return network_fault(network, self._index.networks_of_vni[network.vni].values()) if network else None
