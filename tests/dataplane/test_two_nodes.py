"""Two real nodes in namespaces: real machines, real packets, the real programs."""

import contextlib
import socket
from itertools import permutations

import pytest
from msgspec.structs import replace

from tests.dataplane.fabric import MTU_BYTES, NODES, W1, W2, W3, WORKLOADS, plan_for, port_entry
from tests.dataplane.netns import inside, ip, run_in
from tests.dataplane.talk import send_raw, transfer
from weft.dataplane import PortState

pytestmark = pytest.mark.kernel
SO_RCVBUFFORCE = 33  # asm-generic/socket.h
EITHER_WAY = pytest.mark.parametrize("use_links", [True, False], ids=["links", "filters"])


@EITHER_WAY
def test_every_pair_pings(kernels):
    for source, target in permutations(WORKLOADS, 2):
        for address in target.addresses:
            run_in(source.namespace, "ping", "-c2", "-i0.02", "-W2", str(address))


@EITHER_WAY
@pytest.mark.parametrize("target", [W2, W3], ids=["through the tunnel", "on the same node"])
@pytest.mark.parametrize("family", [0, 1], ids=["v4", "v6"])
def test_tcp_arrives_whole(kernels, target, family):
    transfer(W1, target, target.addresses[family], megabytes=64)


def test_segments_that_arrive_one_by_one_are_aggregated_again(kernels):
    """What weft-vxlan is for: its open port lets GRO look into tunnelled packets, as a real network card needs."""
    for node in NODES:
        ip(f"weft-t-{node}", "link set ul mtu 1500")
        run_in(f"weft-t-{node}", "ethtool", "-K", "ul", "tso", "off", "tx-udp_tnl-segmentation", "off", "gro", "on")
    with inside(W2.namespace):
        listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.ntohs(0x0800))
    listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    transfer(W1, W2, W2.addresses[0], megabytes=4)
    sizes = []
    with listener, contextlib.suppress(BlockingIOError):
        while True:
            sizes.append(listener.recv_into(bytearray(65536)))
    assert max(sizes) > 10 * MTU_BYTES


def test_the_largest_packet_passes_and_a_larger_one_is_named(kernels):
    fitting = MTU_BYTES - 28  # IPv4 20 + ICMP 8
    run_in(W1.namespace, "ping", "-c1", "-W2", "-Mdo", f"-s{fitting}", "10.0.0.2")
    ip(W1.namespace, "link set eth0 mtu 1500")
    run_in(W1.namespace, "ping", "-c1", "-W0.2", "-Mdo", f"-s{fitting + 1}", "10.0.0.2", check=False)
    assert kernels["n1"].drops().node["too_big"] == 1


def test_fragments_pass(kernels):
    run_in(W1.namespace, "ping", "-c1", "-W2", "-s4000", "10.0.0.2")
    run_in(W1.namespace, "ping", "-c1", "-W2", "-s4000", "2001:db8::2")


def test_a_dhcp_client_gets_its_lease(kernels):
    done = run_in(W1.namespace, "busybox", "udhcpc", "-i", "eth0", "-nqf", "-s", "/bin/true")
    assert "lease of 10.0.0.1 obtained from 10.0.0.254, lease time 86400" in done.stderr


@EITHER_WAY
def test_broadcast_reaches_everyone_on_the_network_once_and_not_the_sender(kernels):
    listeners = {}
    for item in WORKLOADS:
        with inside(item.namespace):
            listeners[item.name] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listeners[item.name].bind(("", 7777))
        listeners[item.name].settimeout(2)
    with inside(W1.namespace):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sender.sendto(b"hear me", ("10.0.0.255", 7777))
    sender.sendto(b"done", ("10.0.0.255", 7777))
    for name in ("w2", "w3"):
        assert [listeners[name].recv(100), listeners[name].recv(100)] == [b"hear me", b"done"]
    for listener in listeners.values():
        listener.close()
    sender.close()


def test_runts_and_garbage_are_counted_and_harm_nobody(kernels):
    head = bytes.fromhex((W2.mac + W1.mac).replace(":", ""))
    frames = [head + b"\x08\x00" + bytes(size) for size in range(1, 20)]  # half an IPv4 header
    frames += [head + b"\x86\xdd\x60" + bytes(size) for size in range(20)]  # half an IPv6 header
    frames += [head + bytes([size, size]) * 40 for size in range(256)]  # any EtherType
    for frame in frames:
        send_raw(W1, frame)
    drops = kernels["n1"].drops()
    assert drops.node["truncated"] >= 39
    assert drops.ports["port-w1"]["truncated"] == drops.node["truncated"]
    assert "error" not in drops.node
    run_in(W1.namespace, "ping", "-c1", "-W2", "10.0.0.2")


def test_garbage_from_the_underlay_is_counted_and_the_rest_of_its_traffic_left_alone(kernels):
    with inside("weft-t-n2"):
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for size in range(0, 2000, 7):
        stranger.sendto(bytes([8]) + bytes(size), (str(NODES["n1"]), 4789))
    stranger.close()
    drops = kernels["n1"].drops().node
    assert drops["unknown_vni"] + drops["truncated"] >= 280
    run_in("weft-t-n2", "ping", "-c1", "-W2", str(NODES["n1"]))
    run_in(W1.namespace, "ping", "-c1", "-W2", "10.0.0.2")


def test_a_closed_port_hears_and_says_nothing(kernels):
    plan = plan_for("n1", WORKLOADS, revision=2)
    closed = replace(plan, ports=dict(plan.ports) | {W3.device: port_entry(W3, enabled=False)})
    with inside("weft-t-n1"):
        outcome = kernels["n1"].reconcile(closed)
    assert outcome.ports["port-w3"] == PortState("DOWN", "the port is closed")
    for source, target in ((W1, W3), (W2, W3), (W3, W1)):
        assert run_in(source.namespace, "ping", "-c1", "-W0.2", str(target.addresses[0]), check=False).returncode
    with inside("weft-t-n1"):
        kernels["n1"].reconcile(replace(plan, revision=3))
    run_in(W2.namespace, "ping", "-c1", "-W2", str(W3.addresses[0]))
