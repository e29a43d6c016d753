"""weft-vxlan: a device that carries no traffic of its own.

Its socket on UDP 4789 lets the kernel aggregate tunnelled packets (GRO), and its egress hook is where replicated
packets find their neighbour.
"""

import contextlib
import errno
import socket
import struct
from pathlib import Path

from weft.dataplane import netlink
from weft.dataplane.bpffs import NotPrivileged
from weft.dataplane.netlink import attribute
from weft.model import Unavailable

VXLAN_DEVICE = "weft-vxlan"
VXLAN_PORT = 4789
KIND = "vxlan"
_NEW_LINK, _DEL_LINK = 16, 17
_CREATE, _EXCLUSIVE = 0x400, 0x200
_LINK = struct.Struct("=BxHiII")  # family, hardware type, index, flags, which of the flags
_IFF_UP = 1
_NAME, _LINK_INFO, _INFO_KIND, _INFO_DATA = 3, 18, 1, 2  # IFLA_…
_LEARNING, _PORT, _COLLECT_METADATA = 7, 15, 25  # IFLA_VXLAN_…


class VxlanPortTaken(Unavailable):
    """Something else on this machine receives VXLAN."""

    code = "vxlan_port_taken"
    hint = "`ss -ulnp sport = 4789` and `ip -d link show type vxlan` show who has it"


class NoVxlan(Unavailable):
    """The kernel cannot make VXLAN devices."""

    code = "no_vxlan"
    hint = "Weft needs CONFIG_VXLAN; where it is a module: modprobe vxlan"


def ensure_vxlan_device() -> int:
    """Return the ifindex of weft-vxlan, made if it is not there. Raises VxlanPortTaken, NoVxlan, NotPrivileged."""
    try:
        index = _index() or _make()
        _silence()
        netlink.do(_NEW_LINK, _LINK.pack(socket.AF_UNSPEC, 0, index, _IFF_UP, _IFF_UP))
    except OSError as err:
        if err.errno in (errno.EEXIST, errno.EADDRINUSE):
            raise VxlanPortTaken(f"cannot make {VXLAN_DEVICE}: UDP port {VXLAN_PORT} is taken") from err
        if err.errno == errno.EPERM:
            raise NotPrivileged(f"the kernel does not let us make {VXLAN_DEVICE}") from err
        if err.errno == errno.EOPNOTSUPP:
            raise NoVxlan(f"cannot make {VXLAN_DEVICE}: this kernel does not know VXLAN") from err
        raise Unavailable(f"cannot make {VXLAN_DEVICE}: {err.strerror}") from err
    return index


def remove_vxlan_device() -> None:
    """Remove weft-vxlan; fine if it is not there."""
    if index := _index():
        netlink.do(_DEL_LINK, _LINK.pack(socket.AF_UNSPEC, 0, index, 0, 0))


def _make() -> int:
    settings = attribute(_COLLECT_METADATA, b"\1") + attribute(_LEARNING, b"\0")
    settings += attribute(_PORT, VXLAN_PORT.to_bytes(2, "big"))
    info = attribute(_INFO_KIND, KIND.encode()) + attribute(_INFO_DATA, settings)
    body = _LINK.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    body += attribute(_NAME, VXLAN_DEVICE.encode() + b"\0") + attribute(_LINK_INFO, info)
    netlink.do(_NEW_LINK, body, _CREATE | _EXCLUSIVE)
    return socket.if_nametoindex(VXLAN_DEVICE)


def _index() -> int:
    try:
        return socket.if_nametoindex(VXLAN_DEVICE)
    except OSError:
        return 0


def _silence() -> None:
    """Keep the host from speaking IPv6 through the device. Where sysctls cannot be written, so be it: its
    egress hook drops whatever is not ours."""
    with contextlib.suppress(OSError):
        Path(f"/proc/sys/net/ipv6/conf/{VXLAN_DEVICE}/disable_ipv6").write_text("1")
