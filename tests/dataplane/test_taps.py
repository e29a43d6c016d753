"""Ports behind taps, as hypervisors make them: plain redirect instead of redirect_peer."""

import fcntl
import os
import select
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import Ether

from tests.dataplane.fabric import MTU_BYTES, NODES, PIN_ROOT, W1, W2, W3, WORKLOADS, plan_for
from tests.dataplane.netns import inside, ip, run_in
from tests.dataplane.talk import transfer
from weft.dataplane import Kernel

pytestmark = pytest.mark.kernel

ETH_P_ALL = 3
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


@pytest.fixture
def tap(nodes):
    """The hypervisor's end of w3's device, which is a tap here."""
    ip("weft-t-n1", f"link del {W3.device}")
    with inside("weft-t-n1"):
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", W3.device.encode(), IFF_TAP | IFF_NO_PI))
    ip("weft-t-n1", f"link set {W3.device} up")
    for node in NODES:
        with inside(f"weft-t-{node}"):
            kernel = Kernel(PIN_ROOT / node, "ul")
            outcome = kernel.reconcile(plan_for(node, WORKLOADS))
            kernel.close()
        assert {state.status for state in outcome.ports.values()} == {"ACTIVE"}
    yield fd
    os.close(fd)


@pytest.fixture
def behind_tap(tap) -> Iterator[None]:
    """Machine w3 itself, joined to the tap by a hypervisor that knows no offloads: one plain frame at a time."""
    lines = [f"addr add {address}/{24 if address.version == 4 else 64} dev eth0" for address in W3.addresses]
    ip(W3.namespace, f"link add eth0 address {W3.mac} mtu {MTU_BYTES} type veth peer name wire")
    ip(W3.namespace, "link set wire up", *(line.replace("/64", "/64 nodad") for line in lines), "link set eth0 up")
    run_in(W3.namespace, "ethtool", "-K", "eth0", "tx", "off")
    run_in(W3.namespace, "sysctl", "-qw", "net.ipv6.conf.wire.disable_ipv6=1")
    with inside(W3.namespace):
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ETH_P_ALL))
    wire.bind(("wire", ETH_P_ALL))
    stop_read, stop_write = os.pipe()
    hypervisor = threading.Thread(target=carry, args=(tap, wire, stop_read))
    hypervisor.start()
    yield
    os.write(stop_write, b"x")
    hypervisor.join()
    for fd in (stop_read, stop_write):
        os.close(fd)
    wire.close()


def carry(tap: int, wire: socket.socket, stop: int) -> None:
    """Carry frames between tap and machine until there is something to read from `stop`."""
    while True:
        ready, _, _ = select.select([tap, wire, stop], [], [])
        if stop in ready:
            return
        if tap in ready:
            frame = os.read(tap, 65536)
            assert len(frame) <= MTU_BYTES + 14, "a superpacket, which this machine cannot take"
            wire.send(frame)
        if wire in ready:
            frame, sender = wire.recvfrom(65536)
            if sender[2] != socket.PACKET_OUTGOING:
                os.write(tap, frame)


@pytest.mark.parametrize("peer", [W1, W2], ids=["a neighbour on the node", "through the tunnel"])
@pytest.mark.parametrize("family", [0, 1], ids=["v4", "v6"])
def test_superpackets_are_split_for_a_tap(behind_tap, peer, family):
    transfer(peer, W3, W3.addresses[family], megabytes=4)
    transfer(W3, peer, peer.addresses[family], megabytes=4)


def read_frame(fd: int, wanted) -> Ether:
    """Return the first frame from the tap that is `wanted`."""
    for _ in range(50):
        assert select.select([fd], [], [], 3)[0], "nothing came"
        frame = Ether(os.read(fd, 65536))
        if wanted(frame):
            return frame
    raise AssertionError("too much else came")


@pytest.mark.parametrize("target", [W1, W2], ids=["a neighbour on the node", "through the tunnel"])
def test_a_machine_behind_a_tap_is_served(tap, target):
    ping = Ether(src=W3.mac, dst=target.mac) / IP(src="10.0.0.3", dst=str(target.addresses[0])) / ICMP(id=77) / b"hello"
    os.write(tap, bytes(ping))
    reply = read_frame(tap, lambda frame: ICMP in frame)
    assert (reply.src, reply.dst, reply[ICMP].type, reply[ICMP].id) == (target.mac, W3.mac, 0, 77)


def test_a_spoofer_behind_a_tap_is_stopped(tap):
    os.write(tap, bytes(Ether(src=W2.mac, dst=W1.mac) / IP(src="10.0.0.2", dst="10.0.0.1") / ICMP()))
    with inside("weft-t-n1"):
        kernel = Kernel(PIN_ROOT / "n1", "ul")
        kernel.reconcile(replace(plan_for("n1", WORKLOADS), revision=2))
        drops = kernel.drops()
        kernel.close()
    assert drops.ports["port-w3"] == {"spoofed_mac": 1}
