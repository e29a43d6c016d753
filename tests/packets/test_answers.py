"""What the node answers itself, read back with scapy, checksums included."""

import pytest
from scapy.layers.inet import IP
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_RS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet

from tests.packets.harness import REDIRECT
from tests.packets.scene import BROADCAST, W1, W1_LINK_LOCAL, W2, W2_LINK_LOCAL, eth, ipv6, v4, v6
from weft.dataplane.templates import FABRIC_LINK_LOCAL, FABRIC_MAC

pytestmark = pytest.mark.kernel


def answer_to(bench, packet: Packet) -> Packet:
    """Return what comes back to the sender; its checksums are right."""
    result = bench.send(bytes(packet))
    assert (result.verdict, result.reason) == (REDIRECT, None)
    answer = Ether(result.packet)
    assert bytes(rebuilt(answer)) == result.packet, "a checksum or length is wrong"
    return answer


def rebuilt(packet: Packet) -> Packet:
    """Return the packet with all that scapy can compute, computed. UDP over IPv4 may go without checksum."""
    copy = packet.copy()
    layer = copy
    while layer:
        for name in ("chksum", "cksum", "len", "plen"):
            if name in layer.fields and not (layer.name == "UDP" and layer.fields[name] == 0):
                layer.delfieldval(name)
        layer = layer.payload
    return copy


@pytest.mark.parametrize(
    ("target", "mac"),
    [(v4(W2), W2.mac), ("10.0.0.254", FABRIC_MAC)],
    ids=["a machine on another node", "the DHCP server, that is us"],
)
def test_arp_is_answered(bench, target, mac):
    answer = answer_to(bench, eth(BROADCAST) / ARP(hwsrc=W1.mac, psrc=v4(W1), pdst=target))
    expected = Ether(dst=W1.mac, src=mac) / ARP(
        op=2, hwsrc=mac, psrc=target, hwdst=W1.mac, pdst=v4(W1), hwlen=6, plen=4
    )
    assert bytes(answer) == bytes(expected)


def test_an_arp_probe_hears_of_the_owner(bench):
    answer = answer_to(bench, eth(BROADCAST) / ARP(hwsrc=W1.mac, psrc="0.0.0.0", pdst=v4(W2)))
    assert (answer[ARP].hwsrc, answer[ARP].psrc, answer[ARP].pdst) == (W2.mac, v4(W2), "0.0.0.0")


def solicit(target: str, source: str, *options: Packet) -> Packet:
    packet = eth("33:33:ff:00:00:02") / ipv6(src=source, dst="ff02::1:ff00:2", hlim=255) / ICMPv6ND_NS(tgt=target)
    for option in options:
        packet /= option
    return packet


@pytest.mark.parametrize(
    ("target", "mac", "is_router"),
    [
        (v6(W2), W2.mac, 0),
        (W2_LINK_LOCAL, W2.mac, 0),
        (str(FABRIC_LINK_LOCAL), FABRIC_MAC, 1),
    ],
    ids=["a machine on another node", "its link-local address", "the router, that is us"],
)
def test_a_solicitation_is_answered(bench, target, mac, is_router):
    answer = answer_to(bench, solicit(target, v6(W1), ICMPv6NDOptSrcLLAddr(lladdr=W1.mac)))
    assert bytes(answer) == bytes(
        Ether(dst=W1.mac, src=mac)
        / IPv6(src=target, dst=v6(W1), hlim=255)
        / ICMPv6ND_NA(R=is_router, S=1, O=1, tgt=target)
        / ICMPv6NDOptDstLLAddr(lladdr=mac)
    )


def test_dad_of_an_address_in_use_hears_of_its_owner(bench):
    answer = answer_to(bench, solicit(v6(W2), "::"))
    assert (answer[IPv6].dst, answer[ICMPv6ND_NA].S, answer[ICMPv6ND_NA].O) == ("ff02::1", 0, 1)
    assert answer[ICMPv6NDOptDstLLAddr].lladdr == W2.mac


@pytest.mark.parametrize("source", ["::", W1_LINK_LOCAL])
def test_a_router_solicitation_is_answered(bench, source):
    answer = answer_to(bench, eth("33:33:00:00:00:02") / ipv6(src=source, dst="ff02::2", hlim=255) / ICMPv6ND_RS())
    ra = answer[ICMPv6ND_RA]
    assert (answer[IPv6].src, answer[IPv6].dst, answer[IPv6].hlim) == (str(FABRIC_LINK_LOCAL), "ff02::1", 255)
    assert (ra.M, ra.O, ra.routerlifetime, ra.chlim) == (0, 1, 0, 64)
    prefix = answer[ICMPv6NDOptPrefixInfo]
    assert (prefix.prefix, prefix.prefixlen, prefix.L, prefix.A) == ("2001:db8::", 64, 1, 0)
    assert (prefix.validlifetime, prefix.preferredlifetime) == (0xFFFFFFFF, 0xFFFFFFFF)
    assert answer[ICMPv6NDOptMTU].mtu == 1450
    assert answer[ICMPv6NDOptRDNSS].dns == ["2001:db8::53"]
    assert answer[ICMPv6NDOptSrcLLAddr].lladdr == FABRIC_MAC


def test_nothing_follows_the_answer(bench):
    """An answer shorter than the question (padding, options) must not drag its tail along."""
    padded = solicit(v6(W2), v6(W1), *[ICMPv6NDOptSrcLLAddr(lladdr=W1.mac)] * 8)
    assert len(bytes(answer_to(bench, padded))) == 86
    assert IP not in answer_to(bench, padded)
