"""The flood table: where a network's broadcast and multicast is copied to.

One copy per local device and one per remote *node*, however many ports that node has: it makes its own
copies. A network without an open port here has no entry, and what arrives for it is dropped.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address

from weft.plan import FdbTarget, FloodEntry, LocalDevice, RemoteNode


def flood_entry(targets: Iterable[FdbTarget]) -> FloodEntry | None:
    """Return the entry for a network whose open ports sit behind `targets`; None if none of them is local."""
    devices: set[str] = set()
    tunnel_ips: set[IPv4Address] = set()
    for target in targets:
        match target:
            case LocalDevice(device):
                devices.add(device)
            case RemoteNode(tunnel_ip):
                tunnel_ips.add(tunnel_ip)
    return FloodEntry(tuple(sorted(devices)), tuple(sorted(tunnel_ips))) if devices else None
