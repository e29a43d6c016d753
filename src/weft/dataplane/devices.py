"""Network devices of this namespace: what is there, what kind it is, and a watch for what changes around them."""

import array
import contextlib
import errno
import fcntl
import socket
import struct
from pathlib import Path
from typing import Any

from pyroute2 import IPRoute, NetlinkError

from weft.dataplane.bpffs import NotPrivileged
from weft.dataplane.routes import GROUPS
from weft.dataplane.units import Device
from weft.model import Unavailable

VXLAN_DEVICE = "weft-vxlan"
VXLAN_PORT = 4789
_SIOCETHTOOL, _ETHTOOL_GDRVINFO = 0x8946, 3  # uapi/linux/sockios.h, ethtool.h
_IFF_UP = 1


class VxlanPortTaken(Unavailable):
    """Something else on this machine receives VXLAN."""

    code = "vxlan_port_taken"
    hint = "`ss -ulnp sport = 4789` and `ip -d link show type vxlan` show who has it"


class NoVxlan(Unavailable):
    """The kernel cannot make VXLAN devices."""

    code = "no_vxlan"
    hint = "Weft needs CONFIG_VXLAN; where it is a module: modprobe vxlan"


class Devices:
    """Looks devices up by name. Remembers drivers by ifindex, which the kernel does not hand out twice."""

    def __init__(self) -> None:
        self._is_veth: dict[tuple[int, str], bool] = {}

    def read(self) -> dict[str, int]:
        """Return {name: ifindex} of all devices of this namespace."""
        return {name: ifindex for ifindex, name in socket.if_nameindex()}

    def describe(self, name: str, ifindex: int) -> Device:
        """Return the device with its kind. A device that vanished meanwhile counts as no veth."""
        key = (ifindex, name)
        if key not in self._is_veth:
            self._is_veth[key] = driver(name) == "veth"
        return Device(ifindex=ifindex, is_veth=self._is_veth[key])


class DeviceWatch:
    """Tells when devices or routes of this namespace come, go or change. `fileno()` is for an event loop."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
        self._socket.bind((0, GROUPS))

    def fileno(self) -> int:
        return self._socket.fileno()

    def drain(self) -> bool:
        """Take all pending notices; True if there was any (or some were lost). What changed, `read` tells."""
        seen = False
        while True:
            try:
                self._socket.recv(65536)
                seen = True
            except BlockingIOError:
                return seen
            except OSError as err:
                if err.errno != errno.ENOBUFS:  # the queue ran over: something happened
                    raise
                seen = True

    def close(self) -> None:
        self._socket.close()


def driver(name: str) -> str:
    """Return the driver's name ("veth", "tun"…), or "" if there is no such device."""
    info = array.array("B", struct.pack("<I192x", _ETHTOOL_GDRVINFO))
    request = struct.pack("16sP16x", name.encode(), info.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket, contextlib.suppress(OSError):
        fcntl.ioctl(any_socket, _SIOCETHTOOL, request)
        return info[4:36].tobytes().split(b"\0")[0].decode()
    return ""


def ensure_vxlan_device() -> int:
    """Return the ifindex of weft-vxlan, made if it is not there.

    It carries no traffic of its own: its socket on UDP 4789 lets the kernel aggregate tunnelled packets (GRO),
    and its egress hook is where replicated packets find their neighbour. Raises VxlanPortTaken,
    NoVxlan, NotPrivileged.
    """
    try:
        with IPRoute() as ip:
            return _make_vxlan_device(ip)
    except NetlinkError as err:
        if err.code in (errno.EEXIST, errno.EADDRINUSE):
            raise VxlanPortTaken(f"cannot make {VXLAN_DEVICE}: UDP port {VXLAN_PORT} is taken") from err
        if err.code == errno.EPERM:
            raise NotPrivileged(f"the kernel does not let us make {VXLAN_DEVICE}") from err
        if err.code == errno.EOPNOTSUPP:
            raise NoVxlan(f"cannot make {VXLAN_DEVICE}: this kernel does not know VXLAN") from err
        raise Unavailable(f"cannot make {VXLAN_DEVICE}: {err}") from err


def _make_vxlan_device(ip: Any) -> int:
    if not ip.link_lookup(ifname=VXLAN_DEVICE):
        settings = {"vxlan_collect_metadata": True, "vxlan_learning": False, "vxlan_port": VXLAN_PORT}
        ip.link("add", ifname=VXLAN_DEVICE, kind="vxlan", **settings)
    (index,) = ip.link_lookup(ifname=VXLAN_DEVICE)
    if not ip.get_links(index)[0]["flags"] & _IFF_UP:
        _silence(VXLAN_DEVICE)
        ip.link("set", index=index, state="up")
    return int(index)


def remove_vxlan_device() -> None:
    """Remove weft-vxlan; fine if it is not there."""
    with IPRoute() as ip:
        for index in ip.link_lookup(ifname=VXLAN_DEVICE):
            ip.link("del", index=index)


def _silence(name: str) -> None:
    """Keep the host from speaking IPv6 through the device. Where sysctls cannot be written, so be it: its
    egress hook drops whatever is not ours."""
    with contextlib.suppress(OSError):
        Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1")
