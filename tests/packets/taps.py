"""A node whose every device is a tap in our hands: frames go in where a workload sends, and come out where it hears.

Stricter than BPF_PROG_TEST_RUN: the real hooks run, and where a packet was redirected to is seen, not guessed.
"""

import contextlib
import fcntl
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.dataplane.netns import inside, ip, namespaces

_TUNSETIFF, _IFF_TAP, _IFF_NO_PI = 0x400454CA, 0x0002, 0x1000  # uapi/linux/if_tun.h
_FRAME_MAX = 65536


class Taps:
    """Open taps by name, in the namespace of the calling thread."""

    def __init__(self, names: Sequence[str]) -> None:
        self._files = {name: self._open(name) for name in names}

    def send(self, device: str, frame: bytes) -> bool:
        """Let `device` receive a frame. False if the tap itself refuses it (shorter than an Ethernet header)."""
        try:
            os.write(self._files[device], frame)
        except OSError:
            return False
        return True

    def heard(self) -> list[tuple[str, bytes]]:
        """Return what went out of any device since the last call; the kernel has done all its work by then."""
        frames = []
        for name, file in self._files.items():
            with contextlib.suppress(BlockingIOError):
                while True:
                    frames.append((name, os.read(file, _FRAME_MAX)))
        return frames

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)

    @staticmethod
    def _open(name: str) -> int:
        file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TAP | _IFF_NO_PI))
        return file


@contextlib.contextmanager
def tap_node(namespace: str, underlay: str, addresses: Sequence[str], names: Sequence[str]) -> Iterator[Taps]:
    """Make a namespace with taps, live in it for the block. The underlay has `addresses[0]`, knows the others."""
    with namespaces(namespace), inside(namespace):
        for scope in ("all", "default"):  # the host must not speak of its own accord
            Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6").write_text("1")
        taps = Taps([underlay, *names])
        try:
            ip(namespace, *(f"link set {name} mtu 9000 up" for name in (underlay, *names)))
            ip(namespace, f"addr add {addresses[0]}/24 dev {underlay}")
            ip(namespace, *(f"neigh add {other} lladdr 02:00:00:00:00:99 dev {underlay}" for other in addresses[1:]))
            taps.heard()
            yield taps
        finally:
            taps.close()
