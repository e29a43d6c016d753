"""The WAN where the kernel has no netem: a process that carries the packets of shaped pairs.

It reads whole IPv4 packets from the tun device to which `rules.py` steers them, and writes each back when it is due;
the kernel then routes it on. One process for all pairs. Run as `python -m weft.lab.wan.forwarder CONFIG`; SIGHUP
makes it read CONFIG again, and it writes the generation it has applied to `CONFIG.applied`.
"""

import contextlib
import ctypes
import fcntl
import os
import random
import select
import signal
import socket
import struct
import sys
import time
from pathlib import Path

import msgspec

from weft.lab.wan.rules import TUN
from weft.lab.wan.shaper import Shaper
from weft.lab.wan.shapes import Shape

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PR_SET_TIMERSLACK = 29
BURST = 128  # packets read before those that are due get their turn
PACKET_MAX = 65536
LATE_S = 50e-6  # waking up costs about this: what is due within it goes out now


class ForwarderConfig(msgspec.Struct, frozen=True):
    """What the forwarder is told."""

    generation: int
    shapes: dict[str, Shape]  # "1>2": from site number 1 to site number 2


def read_shapes(config: ForwarderConfig) -> dict[tuple[int, int], Shape]:
    """Return the shapes by (source, target) site number."""
    shapes = {}
    for direction, shape in config.shapes.items():
        source, target = direction.split(">")
        shapes[int(source), int(target)] = shape
    return shapes


def main(argv: list[str]) -> None:
    """Carry packets until killed."""
    path = Path(argv[0])
    be_punctual()
    shaper = Shaper(random.random)
    tun = open_tun(TUN)
    wake, bell = socket.socketpair()
    wake.setblocking(False)
    bell.setblocking(False)
    signal.set_wakeup_fd(bell.fileno())
    signal.signal(signal.SIGHUP, lambda *_: None)
    apply_config(path, shaper)
    while True:
        if wake.fileno() in wait(shaper, tun, wake.fileno()):
            wake.recv(64)
            apply_config(path, shaper)
        carry(shaper, tun)


def be_punctual() -> None:
    """Wake when asked, however busy the machine is: a WAN does not slow down with its sites' processors.

    On two processors with six busy loops, 20 ms became 70 ms now and then; in this class they stay 20 to 21 ms.
    """
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0)  # ns, instead of 50 µs
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError:  # a container without leave to do so
        with contextlib.suppress(OSError):
            os.nice(-20)


def wait(shaper: Shaper, tun: int, wake: int) -> list[int]:
    """Sleep until a packet comes, one is due, or the bell rings."""
    due = shaper.next_due()
    timeout = None if due is None else max(0.0, due - time.monotonic() - LATE_S)
    return select.select([tun, wake], [], [], timeout)[0]


def carry(shaper: Shaper, tun: int) -> None:
    """Take in what has come, give out what is due."""
    read, write, now = os.read, os.write, time.monotonic
    offer = shaper.offer
    try:
        for _ in range(BURST):
            packet = read(tun, PACKET_MAX)
            if packet[0] >> 4 == 4:
                offer(packet, now())
    except BlockingIOError:
        pass
    for packet in shaper.take(now() + LATE_S, BURST * 2):
        try:
            write(tun, packet)
        except OSError:  # the kernel would not have it: lost, as on any WAN
            continue


def open_tun(name: str) -> int:
    """Return a file that reads and writes the packets of the tun device `name`. Raises OSError if there is none."""
    socket.if_nametoindex(name)  # opening would make one, to which nothing is routed
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def apply_config(path: Path, shaper: Shaper) -> None:
    """Read the configuration, and say which generation is in force."""
    config = msgspec.json.decode(path.read_bytes(), type=ForwarderConfig)
    shaper.set_shapes(read_shapes(config))
    applied = path.with_suffix(".applied")
    draft = applied.with_suffix(".applied.new")
    draft.write_text(str(config.generation))
    draft.replace(applied)


if __name__ == "__main__":
    main(sys.argv[1:])
