"""Network devices of this namespace: what is there, what kind it is, and a watch for what changes around them."""

import array
import contextlib
import errno
import fcntl
import socket
import struct

from weft.dataplane.netlink import open_socket
from weft.dataplane.routes import GROUPS
from weft.dataplane.units import Device

_SIOCETHTOOL, _ETHTOOL_GDRVINFO = 0x8946, 3  # uapi/linux/sockios.h, ethtool.h


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
        self._socket = open_socket(GROUPS)
        self._socket.setblocking(False)

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
