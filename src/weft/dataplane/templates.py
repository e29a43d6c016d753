"""Prepared answers: the whole frames that the node's DHCP servers and routers reply with.

The programs patch what depends on the question (transaction, message type, destination); all else is
decided here, in readable code. Layouts that the programs rely on are named in bpf/lib/dhcp4.h and dhcp6.h.
"""

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from weft.dataplane.frames import ether, icmp6, ipv4_udp, ipv6_udp
from weft.plan import Dhcp4Entry, Dhcp6Entry, RaEntry

FABRIC_MAC = "fe:16:00:00:00:01"  # what the fabric itself speaks as; no port's MAC begins with fe
FABRIC_LINK_LOCAL = IPv6Address("fe80::fc16:ff:fe00:1")  # its EUI-64
ALL_NODES_MAC, ALL_NODES = "33:33:00:00:00:01", IPv6Address("ff02::1")
FOREVER = 0xFFFFFFFF  # nothing is advertised periodically, so nothing may run out (RFC 4861, 4.6.2)
ROUTER_LIFETIME_MAX_S = 65535
OFFER = 2


def dhcp4_frame(entry: Dhcp4Entry, mac: str) -> bytes:
    """Return the OFFER for the client with `mac`; the program makes ACKs and NAKs of it.

    Message type, server identifier, lease time, T1 and T2 come first: the program knows their places.
    """
    options = [
        (53, bytes([OFFER])),
        (54, entry.server.packed),
        (51, _u32(entry.lease_s)),
        (58, _u32(entry.lease_s // 2)),
        (59, _u32(entry.lease_s * 7 // 8)),
        (1, IPv4Network((0, entry.prefix_length)).netmask.packed),
        (26, struct.pack("!H", entry.mtu_bytes)),
    ]
    if entry.gateway:
        options.append((3, entry.gateway.packed))
    if entry.dns_servers:
        options.append((6, b"".join(server.packed for server in entry.dns_servers)))
    if entry.routes:
        options.append((121, classless_routes(entry)))
    options += [(code, text.encode()[:255]) for code, text in ((12, entry.host_name), (15, entry.domain)) if text]
    bootp = struct.pack("!BBBBIHH4x4s4s4x", 2, 1, 6, 0, 0, 0, 0, entry.address.packed, entry.server.packed)
    bootp += _mac(mac).ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63"
    body = bootp + b"".join(_option(code, value) for code, value in options) + b"\xff"
    packet = ipv4_udp(entry.server, IPv4Address("255.255.255.255"), 67, 68, body.ljust(300, b"\0"))
    return ether(mac, FABRIC_MAC, 0x0800) + packet


def classless_routes(entry: Dhcp4Entry) -> bytes:
    """Return option 121 (RFC 3442). Clients that read it ignore option 3, so the default route is in it too."""
    routes = [(IPv4Network(prefix), next_hop) for prefix, next_hop in entry.routes]
    if entry.gateway and all(prefix.prefixlen for prefix, _ in routes):
        routes.append((IPv4Network("0.0.0.0/0"), entry.gateway))
    return b"".join(
        bytes([prefix.prefixlen]) + prefix.network_address.packed[: (prefix.prefixlen + 7) // 8] + next_hop.packed
        for prefix, next_hop in routes
    )


def dhcp6_frame(entry: Dhcp6Entry, mac: str) -> bytes:
    """Return the REPLY for the client with `mac`, without lease and client identifier, which go behind it.

    Destination, type and transaction are zero; the checksum is right for that, and the program adds what
    it fills in. The server identifier comes first: the program compares it with the question's.
    """
    options = [(2, struct.pack("!HH", 3, 1) + _mac(FABRIC_MAC))]  # DUID-LL (RFC 8415, 11.4)
    if entry.dns_servers:
        options.append((23, _joined(entry.dns_servers)))  # RFC 3646
    if entry.domain:
        options.append((24, _domain_name(entry.domain)))
    body = bytes(4) + b"".join(struct.pack("!HH", code, len(value)) + value for code, value in options)
    return ether(mac, FABRIC_MAC, 0x86DD) + ipv6_udp(FABRIC_LINK_LOCAL, IPv6Address(0), 547, 546, body)


def dhcp6_lease(entry: Dhcp6Entry) -> bytes:
    """Return the IA_NA option with the port's address, its IAID zero; empty for options-only service."""
    if entry.address is None:
        return b""
    times = struct.pack("!II", entry.lease_s, entry.lease_s)  # preferred, valid
    address = struct.pack("!HH", 5, 24) + entry.address.packed + times
    return struct.pack("!HHIII", 3, 12 + len(address), 0, entry.lease_s // 2, entry.lease_s * 4 // 5) + address


def ra_frame(entry: RaEntry) -> bytes:
    """Return the router advertisement, sent to all nodes of that one device."""
    flags = entry.managed << 7 | entry.other << 6
    lifetime_s = min(entry.router_lifetime_s, ROUTER_LIFETIME_MAX_S)
    message = struct.pack("!BBHBBHII", 134, 0, 0, 64, flags, lifetime_s, 0, 0)
    message += bytes([1, 1]) + _mac(FABRIC_MAC)
    message += struct.pack("!BBHI", 5, 1, 0, entry.mtu_bytes)
    for item in entry.prefixes:
        prefix = IPv6Network(item.prefix)
        on_link_and_autonomous = 0x80 | item.autonomous << 6
        message += struct.pack("!BBBBIII", 3, 4, prefix.prefixlen, on_link_and_autonomous, FOREVER, FOREVER, 0)
        message += prefix.network_address.packed
    if entry.dns_servers:  # RFC 8106, 5.1
        message += struct.pack("!BBHI", 25, 1 + 2 * len(entry.dns_servers), 0, FOREVER)
        message += _joined(entry.dns_servers)
    return ether(ALL_NODES_MAC, FABRIC_MAC, 0x86DD) + icmp6(FABRIC_LINK_LOCAL, ALL_NODES, message)


def _joined(addresses: Iterable[IPv6Address]) -> bytes:
    return b"".join(address.packed for address in addresses)


def _option(code: int, value: bytes) -> bytes:
    if len(value) > 255:
        raise ValueError(f"DHCP option {code} has {len(value)} bytes, 255 fit")
    return bytes([code, len(value)]) + value


def _domain_name(text: str) -> bytes:
    """Return the name in DNS form (RFC 1035, 3.1)."""
    labels = [label.encode() for label in text.rstrip(".").split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _u32(number: int) -> bytes:
    return struct.pack("!I", number)
