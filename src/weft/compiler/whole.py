"""The plan from nothing but the intent: slow, obvious, and the oracle of `incremental.py`."""

from collections import defaultdict

from weft.compiler.claims import Claim, claims_of, loses_device, network_fault, port_fault
from weft.compiler.flood import flood_entry
from weft.compiler.port_part import PortPart, port_part
from weft.compiler.scene import Scene
from weft.model import BoundPort, Intent, NetworkId, NodeId, PortId
from weft.plan import FdbTarget, NodePlan


def compile_plan(intent: Intent, node_id: NodeId) -> NodePlan:
    """Return the complete contents of `node_id`'s tables. Same intent, same plan, whatever came before.

    Networks with no port on the node are left out: a node hosts ~100 of a region's 100k ports.
    """
    own = intent.nodes.get(node_id)
    here = {bound.port.network_id for bound in intent.ports.values() if bound.node_id == node_id}
    members = [bound for bound in intent.ports.values() if bound.port.network_id in here]
    claimants: dict[Claim, dict[PortId, BoundPort]] = defaultdict(dict)
    for bound in members:
        for claim in claims_of(bound):
            claimants[claim][bound.port.id] = bound
    scenes = {network_id: _scene(intent, node_id, network_id) for network_id in here}
    parts = [
        port_part(
            scenes[bound.port.network_id],
            bound,
            port_fault(bound, claimants),
            has_device=not loses_device(bound, claimants),
        )
        for bound in members
    ]
    return NodePlan(
        node_id=node_id,
        revision=intent.revision,
        tunnel_ip=own.underlay_ip if own else None,
        ports={part.entry.device: part.entry for part in parts if part.entry},
        fdb=dict(part.fdb for part in parts if part.fdb),
        neighbours={key: part.mac for part in parts for key in part.neighbours},
        flood={vni: entry for vni, targets in _targets(parts).items() if (entry := flood_entry(targets))},
        dhcp4={part.entry.device: part.dhcp4 for part in parts if part.entry and part.dhcp4},
        dhcp6={part.entry.device: part.dhcp6 for part in parts if part.entry and part.dhcp6},
        ra={part.entry.device: part.ra for part in parts if part.entry and part.ra},
        faults=frozenset(fault for part in parts for fault in part.faults),
    )


def _scene(intent: Intent, node_id: NodeId, network_id: NetworkId) -> Scene:
    own = intent.nodes.get(node_id)
    network = intent.networks.get(network_id)
    same_vni = [other for other in intent.networks.values() if network and other.vni == network.vni]
    return Scene(
        node_id=node_id,
        tunnel_ip=own.underlay_ip if own else None,
        nodes=intent.nodes,
        network=network,
        network_fault=network_fault(network, same_vni) if network else None,
        subnets={subnet.id: subnet for subnet in intent.subnets.values() if subnet.network_id == network_id},
    )


def _targets(parts: list[PortPart]) -> dict[int, list[FdbTarget]]:
    targets: dict[int, list[FdbTarget]] = defaultdict(list)
    for part in parts:
        if part.fdb:
            key, target = part.fdb
            targets[key.vni].append(target)
    return targets
