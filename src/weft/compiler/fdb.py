"""Forwarding entries: which MAC sits behind which device or tunnel, as seen from one node.

The fabric learns nothing from packets. Entries are computed from port bindings, so any two nodes that hold
the same intent give the same answer, and a frame for an unknown MAC is dropped rather than flooded.
"""

from ipaddress import IPv4Address

from weft.compiler.scene import Scene, is_local
from weft.model import BoundPort
from weft.plan import FdbKey, FdbTarget, LocalDevice, RemoteNode


def fdb_target(scene: Scene, bound: BoundPort) -> FdbTarget | None:
    """Return where frames for an open port go, or None while there is no way to it."""
    if is_local(scene, bound):
        return LocalDevice(bound.device)
    tunnel_ip = remote_tunnel(scene, bound)
    return None if tunnel_ip is None else RemoteNode(tunnel_ip)


def fdb_key(scene: Scene, bound: BoundPort) -> FdbKey:
    """Return the key under which an open port is found."""
    assert scene.network is not None
    return FdbKey(scene.network.vni, bound.port.mac)


def remote_tunnel(scene: Scene, bound: BoundPort) -> IPv4Address | None:
    """Return the far end of the tunnel to the port's node, or None if either end is unknown.

    A node that claims our own tunnel address is left out: packets for it would come straight back.
    """
    node = scene.nodes.get(bound.node_id)
    if node is None or scene.tunnel_ip is None or node.underlay_ip == scene.tunnel_ip:
        return None
    return node.underlay_ip
