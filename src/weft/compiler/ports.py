"""The port table: which devices of this node are doors, who may speak through them, which are closed."""

from weft.compiler.scene import Scene, is_open, usable_addresses
from weft.model import BoundPort
from weft.plan import PortEntry

NO_VNI = 0  # stands in a closed door whose network has not arrived; no network ever has it


def port_entry(scene: Scene, bound: BoundPort, fault: str | None) -> PortEntry:
    """Return the entry of a local port. A closed port has one too: its device is guarded, not forgotten."""
    network = scene.network
    return PortEntry(
        device=bound.device,
        port_id=bound.port.id,
        vni=network.vni if network else NO_VNI,
        mac=bound.port.mac,
        mtu_bytes=network.mtu_bytes if network else 0,
        addresses=usable_addresses(scene, bound),
        enabled=is_open(scene, bound, fault),
        guarded=bound.port.is_guarded,
    )
