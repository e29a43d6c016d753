"""Every reason to drop, by name: what a workload may not send, and what a tunnel may not bring."""

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import (
    DUID_LL,
    DHCP6_Confirm,
    DHCP6_InfoRequest,
    DHCP6_Reply,
    DHCP6_Request,
    DHCP6_Solicit,
    DHCP6OptClientId,
    DHCP6OptIA_NA,
    DHCP6OptServerId,
)
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrHopByHop,
)
from scapy.layers.l2 import ARP, LLC, Dot1Q, Ether
from scapy.packet import Raw

from tests.packets.harness import SHOT
from tests.packets.scene import (
    BROADCAST,
    NOBODY_MAC,
    W1,
    W1_LINK_LOCAL,
    W2,
    W3,
    W4,
    eth,
    ipv4,
    ipv6,
    tunnelled,
    v4,
    v6,
)
from weft.dataplane.drops import DropReason as Why
from weft.dataplane.templates import FABRIC_MAC

pytestmark = pytest.mark.kernel

ECHO = ICMP() / b"hello"
ECHO6 = ICMPv6EchoRequest(data=b"hello")
COOKIE = b"\x63\x82\x53\x63"


def ask_arp(**fields):
    return eth(BROADCAST) / ARP(**({"hwsrc": W1.mac, "psrc": v4(W1), "pdst": v4(W2)} | fields))


def solicit(target, source=None, option_mac=W1.mac, **fields):
    """Return a neighbour solicitation of w1."""
    ip = ipv6(src=source or v6(W1), dst="ff02::1:ff00:2", hlim=255)
    return eth("33:33:ff:00:00:02") / ip / ICMPv6ND_NS(tgt=target, **fields) / ICMPv6NDOptSrcLLAddr(lladdr=option_mac)


def dhcp(kind, *, bootp=None, **options):
    """Return a DHCP message of w1."""
    chosen = [("message-type", kind), *options.items(), "end"]
    fields = {"chaddr": bytes.fromhex(W1.mac.replace(":", "")), "xid": 7} | (bootp or {})
    head = eth(BROADCAST) / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
    return head / BOOTP(**fields) / DHCP(options=chosen)


V6_CLIENT = DHCP6OptClientId(duid=DUID_LL(lladdr=W1.mac))
V6_US = DHCP6OptServerId(duid=DUID_LL(lladdr=FABRIC_MAC))


def dhcp6(message):
    return eth("33:33:00:01:00:02") / ipv6(src=W1_LINK_LOCAL, dst="ff02::1:2") / UDP(sport=546, dport=547) / message


FROM_A_WORKLOAD = [
    ("a VLAN tag", eth() / Dot1Q(vlan=5) / ipv4() / ECHO, Why.VLAN_TAGGED),
    (
        "a provider's VLAN tag",
        Ether(src=W1.mac, dst=W2.mac, type=0x88A8) / b"\0\5\x08\0" / Raw(bytes(60)),
        Why.VLAN_TAGGED,
    ),
    ("another protocol", Ether(src=W1.mac, dst=W2.mac, type=0x88CC) / Raw(bytes(60)), Why.ETHERTYPE),
    ("an 802.3 length field", eth() / LLC() / Raw(bytes(60)), Why.ETHERTYPE),
    ("a bridge's own multicast", eth("01:80:c2:00:00:0e") / ipv4() / ECHO, Why.RESERVED_MAC),
    ("another's MAC", eth(source=W3.mac) / ipv4() / ECHO, Why.SPOOFED_MAC),
    ("a multicast source MAC", eth(source="01:00:5e:00:00:01") / ipv4() / ECHO, Why.SPOOFED_MAC),
    ("another's IPv4 address", eth() / ipv4(src=v4(W3)) / ECHO, Why.SPOOFED_IPV4),
    ("IPv4 from 0.0.0.0", eth() / ipv4(src="0.0.0.0") / ECHO, Why.SPOOFED_IPV4),
    (
        "UDP from 0.0.0.0 to a port next to DHCP's",
        eth() / ipv4(src="0.0.0.0") / UDP(sport=68, dport=69),
        Why.SPOOFED_IPV4,
    ),
    ("another's IPv6 address", eth() / ipv6(src=v6(W3)) / ECHO6, Why.SPOOFED_IPV6),
    ("another's link-local address", eth() / ipv6(src="fe80::1") / ECHO6, Why.SPOOFED_IPV6),
    ("a ping from ::", eth() / ipv6(src="::") / ECHO6, Why.SPOOFED_IPV6),
    ("TCP from ::", eth() / ipv6(src="::") / TCP(), Why.SPOOFED_IPV6),
    ("an IPv4 length beyond the frame", eth() / ipv4(len=200) / ECHO, Why.TRUNCATED),
    ("an IPv6 length beyond the frame", eth() / ipv6(plen=200) / ECHO6, Why.TRUNCATED),
    ("IPv4 options beyond the frame", Raw(bytes(eth() / ipv4(ihl=15, len=60))), Why.TRUNCATED),
    ("half a UDP header", eth() / ipv4(proto=17) / b"\0\1", Why.TRUNCATED),
    ("half an ARP packet", Raw(bytes(ask_arp())[:30]), Why.TRUNCATED),
    ("IPv4 that says it is version 6", eth() / ipv4(version=6) / ECHO, Why.IPV4_MALFORMED),
    ("an IPv4 header of 16 bytes", eth() / ipv4(ihl=4) / ECHO, Why.IPV4_MALFORMED),
    ("an IPv4 length below its header", eth() / ipv4(len=10) / ECHO, Why.IPV4_MALFORMED),
    ("IPv6 that says it is version 4", Ether(bytes(eth() / ipv6(version=4) / ECHO6)), Why.IPV6_MALFORMED),
    (
        "seven extension headers",
        eth()
        / ipv6()
        / IPv6ExtHdrHopByHop()
        / IPv6ExtHdrDestOpt()
        / IPv6ExtHdrDestOpt()
        / IPv6ExtHdrDestOpt()
        / IPv6ExtHdrDestOpt()
        / IPv6ExtHdrDestOpt()
        / IPv6ExtHdrDestOpt()
        / ECHO6,
        Why.IPV6_EXTENSIONS,
    ),
    ("ARP with another's MAC inside", ask_arp(hwsrc=W3.mac), Why.SPOOFED_ARP),
    ("ARP with another's address inside", ask_arp(psrc=v4(W3)), Why.SPOOFED_ARP),
    ("ARP for token ring", ask_arp(hwtype=6), Why.ARP_MALFORMED),
    ("reverse ARP", ask_arp(op=3), Why.ARP_MALFORMED),
    ("ARP for an address nobody has", ask_arp(pdst="10.0.0.99"), Why.ARP_UNKNOWN),
    ("ARP announcement", ask_arp(pdst=v4(W1)), Why.ARP_UNSOLICITED),
    ("ARP probe of its own address", ask_arp(psrc="0.0.0.0", pdst=v4(W1)), Why.ARP_UNSOLICITED),
    ("ARP reply", ask_arp(op=2), Why.ARP_UNSOLICITED),
    ("a solicitation with another's MAC inside", solicit(v6(W2), option_mac=W3.mac), Why.SPOOFED_ND),
    ("a solicitation for an address nobody has", solicit("2001:db8::99"), Why.ND_UNKNOWN),
    ("a solicitation for a link-local address nobody has", solicit("fe80::f816:ff:fe99:1"), Why.ND_UNKNOWN),
    ("DAD of its own address", solicit(v6(W1), source="::"), Why.ND_UNSOLICITED),
    ("DAD of its own link-local address", solicit(W1_LINK_LOCAL, source="::"), Why.ND_UNSOLICITED),
    ("a solicitation of a multicast address", solicit("ff02::1"), Why.ND_MALFORMED),
    ("a solicitation with a code", solicit(v6(W2), code=1), Why.ND_MALFORMED),
    ("a solicitation that was routed", eth() / ipv6(hlim=254) / ICMPv6ND_NS(tgt=v6(W2)), Why.ND_MALFORMED),
    (
        "a solicitation cut short",
        Raw(bytes(eth() / ipv6(hlim=255, plen=8) / ICMPv6ND_NS(tgt=v6(W2)))[:62]),
        Why.ND_MALFORMED,
    ),
    ("an ND option of length 0", eth() / ipv6(hlim=255) / ICMPv6ND_NS(tgt=v6(W2)) / bytes(8), Why.ND_MALFORMED),
    (
        "ND behind an extension header",
        eth() / ipv6(hlim=255) / IPv6ExtHdrDestOpt() / ICMPv6ND_NA(tgt=v6(W2)),
        Why.ND_MALFORMED,
    ),
    ("a neighbour advertisement", eth() / ipv6(hlim=255) / ICMPv6ND_NA(tgt=v6(W2)), Why.ND_UNSOLICITED),
    ("a router advertisement", eth() / ipv6(src=W1_LINK_LOCAL, hlim=255) / ICMPv6ND_RA(), Why.ROGUE_ROUTER),
    ("a redirect", eth() / ipv6(src=W1_LINK_LOCAL, hlim=255) / ICMPv6ND_Redirect(), Why.ROGUE_ROUTER),
    ("a DHCP server's answer", eth() / ipv4() / UDP(sport=67, dport=68) / bytes(240), Why.ROGUE_DHCP),
    ("a DHCPv6 server's answer", eth() / ipv6() / UDP(sport=547, dport=546) / DHCP6_Reply(), Why.ROGUE_DHCP),
    ("DHCP without a message", eth(BROADCAST) / IP(src="0.0.0.0") / UDP(sport=68, dport=67) / b"x", Why.DHCP_MALFORMED),
    ("DHCP that is a reply", dhcp("discover", bootp={"op": 2}), Why.DHCP_MALFORMED),
    (
        "DHCP without options",
        eth(BROADCAST)
        / IP(src="0.0.0.0")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=bytes.fromhex(W1.mac.replace(":", "")), options=COOKIE),
        Why.DHCP_MALFORMED,
    ),
    ("DHCP for another client", dhcp("discover", bootp={"chaddr": b"\xfa\x16\0\0\0\0"}), Why.DHCP_FOREIGN),
    ("DHCP through a relay", dhcp("discover", bootp={"giaddr": "10.0.0.9"}), Why.DHCP_FOREIGN),
    ("DHCP that chose another server", dhcp("request", server_id="10.0.0.66", requested_addr=v4(W1)), Why.DHCP_FOREIGN),
    ("DHCP release", dhcp("release", bootp={"ciaddr": v4(W1)}), Why.DHCP_NO_ANSWER),
    ("DHCP decline", dhcp("decline"), Why.DHCP_NO_ANSWER),
    (
        "DHCPv6 that chose another server",
        dhcp6(DHCP6_Request() / V6_CLIENT / DHCP6OptServerId(duid=DUID_LL(lladdr=W2.mac))),
        Why.DHCP_FOREIGN,
    ),
    ("DHCPv6 without a client identifier", dhcp6(DHCP6_Solicit() / DHCP6OptIA_NA()), Why.DHCP_MALFORMED),
    ("DHCPv6 request that names no server", dhcp6(DHCP6_Request() / V6_CLIENT / DHCP6OptIA_NA()), Why.DHCP_MALFORMED),
    ("DHCPv6 solicit that names us", dhcp6(DHCP6_Solicit() / V6_CLIENT / V6_US / DHCP6OptIA_NA()), Why.DHCP_MALFORMED),
    ("DHCPv6 information for an address", dhcp6(DHCP6_InfoRequest() / V6_CLIENT / DHCP6OptIA_NA()), Why.DHCP_MALFORMED),
    ("DHCPv6 confirm of no address", dhcp6(DHCP6_Confirm() / V6_CLIENT / DHCP6OptIA_NA()), Why.DHCP_NO_ANSWER),
    ("DHCPv6 of an unknown type", dhcp6(Raw(b"\x63\0\0\1")), Why.DHCP_NO_ANSWER),
    ("a packet larger than the MTU", eth() / ipv4() / UDP() / bytes(1423), Why.TOO_BIG),
    ("a MAC nobody has", eth(NOBODY_MAC) / ipv4() / ECHO, Why.UNKNOWN_MAC),
    ("its own MAC", eth(W1.mac) / ipv4() / ECHO, Why.HAIRPIN),
    ("a closed port's MAC", eth(W4.mac) / ipv4() / ECHO, Why.PORT_DISABLED),
]


@pytest.mark.parametrize(("sentence", "packet", "reason"), FROM_A_WORKLOAD, ids=[row[0] for row in FROM_A_WORKLOAD])
def test_a_workload_may_not_send(bench, sentence, packet, reason):
    result = bench.send(bytes(packet))
    assert (result.verdict, result.reason) == (SHOT, reason), sentence


GOOD = eth(W1.mac, W2.mac) / IP(src=v4(W2), dst=v4(W1)) / ECHO
FROM_A_TUNNEL = [
    ("an unknown network", tunnelled(GOOD, vni=9), Why.UNKNOWN_VNI),
    ("an unknown network's broadcast", tunnelled(eth(BROADCAST) / ipv4() / ECHO, vni=9), Why.UNKNOWN_VNI),
    ("an unknown sender", tunnelled(GOOD, src="198.51.100.7"), Why.UNKNOWN_SENDER),
    ("a MAC nobody has", tunnelled(eth(NOBODY_MAC) / ipv4() / ECHO), Why.UNKNOWN_MAC),
    ("a MAC on another node", tunnelled(eth(W2.mac) / ipv4() / ECHO), Why.NOT_HERE),
    ("a closed port's MAC", tunnelled(eth(W4.mac) / ipv4() / ECHO), Why.PORT_DISABLED),
    ("no VNI flag", tunnelled(GOOD, vxlan_flags=0), Why.VXLAN_MALFORMED),
    ("a fragment", tunnelled(GOOD, flags="MF"), Why.VXLAN_FRAGMENT),
    ("half a VXLAN header", Raw(bytes(tunnelled(GOOD))[:46]), Why.TRUNCATED),
    ("no frame", tunnelled(b""), Why.TRUNCATED),
    ("half a frame", tunnelled(bytes(GOOD)[:20]), Why.TRUNCATED),
    ("half an IPv6 header", tunnelled(bytes(eth(W1.mac, W2.mac) / IPv6())[:40]), Why.TRUNCATED),
]


@pytest.mark.parametrize(("sentence", "packet", "reason"), FROM_A_TUNNEL, ids=[row[0] for row in FROM_A_TUNNEL])
def test_a_tunnel_may_not_bring(bench, sentence, packet, reason):
    result = bench.arrive(bytes(packet))
    assert (result.verdict, result.reason) == (SHOT, reason), sentence
