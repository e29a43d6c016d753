"""Faults: the gaps in the intent that closed a door on this node, each named once.

Only what an operator could mend is a fault: a port that is administratively down is closed, but as asked.
A closed door on another node is that node's to name.
"""

from weft.compiler.fdb import remote_tunnel
from weft.compiler.scene import Scene, is_local
from weft.model import BoundPort
from weft.plan import Fault


def faults_of_port(scene: Scene, bound: BoundPort, fault: str | None) -> tuple[Fault, ...]:
    """Return what is missing for one port. `fault`: why this very port must stay closed."""
    if not is_local(scene, bound):
        return _faults_of_way(scene, bound)
    subject = f"port {bound.port.id}"
    found: list[Fault] = []
    if scene.network is None:
        found.append(Fault(subject, f"network {bound.port.network_id} has not arrived: port closed"))
    elif scene.network_fault is not None:
        found.append(Fault(f"network {scene.network.id}", scene.network_fault))
    if fault is not None:
        found.append(Fault(subject, fault))
    for fixed in bound.port.fixed_ips:
        subnet = scene.subnets.get(fixed.subnet_id)
        if subnet is None:
            found.append(Fault(subject, f"subnet {fixed.subnet_id} has not arrived: {fixed.address} is not usable"))
        elif fixed.address not in subnet.cidr:
            found.append(Fault(subject, f"{fixed.address} lies outside {subnet.cidr} of its subnet {subnet.id}"))
    return tuple(found)


def _faults_of_way(scene: Scene, bound: BoundPort) -> tuple[Fault, ...]:
    if scene.tunnel_ip is None:
        return (Fault(f"node {scene.node_id}", "our own node record has not arrived: no tunnels"),)
    if remote_tunnel(scene, bound) is not None:
        return ()
    if bound.node_id in scene.nodes:
        return (Fault(f"node {bound.node_id}", f"claims our own tunnel address {scene.tunnel_ip}: no tunnel to it"),)
    return (Fault(f"node {bound.node_id}", "its node record has not arrived: no tunnel to it"),)
