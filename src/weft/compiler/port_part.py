"""What one port adds to its node's plan, all tables together."""

import msgspec

from weft.compiler.dhcp4 import dhcp4_entry
from weft.compiler.dhcp6 import dhcp6_entry
from weft.compiler.faults import faults_of_port
from weft.compiler.fdb import fdb_key, fdb_target
from weft.compiler.neighbours import neighbour_keys
from weft.compiler.ports import port_entry
from weft.compiler.ra import ra_entry
from weft.compiler.scene import Scene, is_local, is_open
from weft.model import BoundPort
from weft.plan import Dhcp4Entry, Dhcp6Entry, Fault, FdbKey, FdbTarget, NeighbourKey, PortEntry, RaEntry


class PortPart(msgspec.Struct, frozen=True):
    """One port's entries. A remote port has only the middle three; a closed one only `entry` and `faults`."""

    mac: str
    entry: PortEntry | None = None
    fdb: tuple[FdbKey, FdbTarget] | None = None
    neighbours: tuple[NeighbourKey, ...] = ()
    dhcp4: Dhcp4Entry | None = None
    dhcp6: Dhcp6Entry | None = None
    ra: RaEntry | None = None
    faults: tuple[Fault, ...] = ()


def port_part(scene: Scene, bound: BoundPort, fault: str | None, *, has_device: bool = True) -> PortPart:
    """Return what the port adds. `fault`: why it must stay closed; `has_device`: its device name is its own."""
    mac = bound.port.mac
    local = is_local(scene, bound)
    entry = port_entry(scene, bound, fault) if local and has_device else None
    faults = faults_of_port(scene, bound, fault)
    target = fdb_target(scene, bound) if is_open(scene, bound, fault) else None
    if target is None:
        return PortPart(mac, entry, faults=faults)
    return PortPart(
        mac=mac,
        entry=entry,
        fdb=(fdb_key(scene, bound), target),
        neighbours=neighbour_keys(scene, bound),
        dhcp4=dhcp4_entry(scene, bound) if local else None,
        dhcp6=dhcp6_entry(scene, bound) if local else None,
        ra=ra_entry(scene, bound) if local else None,
        faults=faults,
    )
