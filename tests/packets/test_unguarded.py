"""A port without port security: it may send in the name of others, and what it may not do all the same."""

from collections.abc import Iterator

import msgspec
import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_RA
from scapy.layers.l2 import Dot1Q

from tests.packets.harness import REDIRECT, SHOT, Bench
from tests.packets.scene import DEVICES, NOBODY_MAC, UNDERLAY, W1, W3, bench_plan, eth, ipv4, ipv6, v4, v6
from weft.dataplane.drops import DropReason as Why

pytestmark = pytest.mark.kernel

ECHO, ECHO6 = ICMP() / b"hello", ICMPv6EchoRequest(data=b"hello")


@pytest.fixture(scope="module")
def open_bench() -> Iterator[Bench]:
    plan = bench_plan()
    port = msgspec.structs.replace(plan.ports[W1.device], guarded=False)
    made = Bench(msgspec.structs.replace(plan, ports=dict(plan.ports) | {W1.device: port}), DEVICES, UNDERLAY)
    yield made
    made.close()


MAY = [
    ("another's MAC", eth(W3.mac, NOBODY_MAC) / ipv4() / ECHO),
    ("another's IPv4 address", eth(W3.mac) / ipv4(src=v4(W3)) / ECHO),
    ("an IPv4 address of nobody here", eth(W3.mac) / ipv4(src="192.0.2.7") / ECHO),
    ("another's IPv6 address", eth(W3.mac) / ipv6(src=v6(W3)) / ECHO6),
]
MAY_NOT = [
    ("a VLAN tag", eth() / Dot1Q(vlan=5) / ipv4() / ECHO, Why.VLAN_TAGGED),
    ("a router's words", eth() / ipv6(hlim=255) / ICMPv6ND_RA(), Why.ROGUE_ROUTER),
    ("a DHCP server's", eth() / ipv4() / UDP(sport=67, dport=68) / BOOTP(op=2) / DHCP(), Why.ROGUE_DHCP),
    ("a MAC nobody has", eth(NOBODY_MAC) / IP(src="192.0.2.7") / ECHO, Why.UNKNOWN_MAC),
]


@pytest.mark.parametrize(("sentence", "packet"), MAY, ids=[row[0] for row in MAY])
def test_it_may_send(open_bench, bench, sentence, packet):
    assert open_bench.send(bytes(packet)).verdict == REDIRECT, sentence
    assert bench.send(bytes(packet)).verdict == SHOT, sentence


@pytest.mark.parametrize(("sentence", "packet", "reason"), MAY_NOT, ids=[row[0] for row in MAY_NOT])
def test_it_may_not_send(open_bench, sentence, packet, reason):
    result = open_bench.send(bytes(packet))
    assert (result.verdict, result.reason) == (SHOT, reason), sentence
