"""IPv6 from a workload: sane, from an address of its own; neighbour discovery and DHCPv6 are answered."""

from ipaddress import IPv6Address
from typing import NamedTuple

from weft.dataplane.reference.dhcp6 import CLIENT_PORT, SERVER_PORT, answer_dhcp6
from weft.dataplane.reference.fields import ETHERNET, ICMPV6, UDP, cut, unpack
from weft.dataplane.reference.nd import (
    NEIGHBOUR_SOLICITATION,
    REDIRECT,
    ROUTER_SOLICITATION,
    UNSPECIFIED,
    FindMac,
    answer_nd,
    own_addresses,
)
from weft.dataplane.reference.result import Dropped, require
from weft.plan import Dhcp6Entry, PortEntry, RaEntry

HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60
EXTENSIONS = (HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION)
EXTENSIONS_MAX = 6
# What a host without an address may send: reports of its multicast groups (RFC 3590), DAD, router solicitations
WITHOUT_ADDRESS = (131, 132, 143, ROUTER_SOLICITATION, NEIGHBOUR_SOLICITATION)


class Payload(NamedTuple):
    """What a packet carries behind its extension headers."""

    protocol: int
    at: int
    is_behind_extensions: bool
    is_later_fragment: bool  # its upper-layer header is in another packet


def check_ipv6(
    frame: bytes, port: PortEntry, find_mac: FindMac, ra: RaEntry | None, dhcp6: Dhcp6Entry | None
) -> bytes | None:
    """Return the node's answer, or None if the packet may go on. Raises Dropped."""
    cut(frame, ETHERNET, 40)
    first, length, next_header, hop_limit, source_bytes = unpack("IHBB16s", frame, ETHERNET)
    require(first >> 28 == 6, "ipv6_malformed")
    require(ETHERNET + 40 + length <= len(frame), "truncated")
    source = IPv6Address(source_bytes)
    has_no_address = source == UNSPECIFIED
    require(has_no_address or source in own_addresses(port) or not port.guarded, "spoofed_ipv6")
    payload = find_payload(frame, next_header)
    if payload.protocol == ICMPV6 and not payload.is_later_fragment:
        (kind,) = cut(frame, payload.at, 1)
        require(not has_no_address or kind in WITHOUT_ADDRESS, "spoofed_ipv6")
        if not ROUTER_SOLICITATION <= kind <= REDIRECT:
            return None
        require(not payload.is_behind_extensions, "nd_malformed")  # RFC 6980
        return answer_nd(frame, kind, hop_limit, port, find_mac, ra)
    require(not has_no_address, "spoofed_ipv6")
    if payload.protocol == UDP and not payload.is_later_fragment:
        ports = unpack("HH", frame, payload.at)
        require(ports != (SERVER_PORT, CLIENT_PORT), "rogue_dhcp")
        if ports == (CLIENT_PORT, SERVER_PORT) and not payload.is_behind_extensions and dhcp6:
            return answer_dhcp6(frame, port, dhcp6)
    return None


def find_payload(frame: bytes, protocol: int) -> Payload:
    """Follow the chain of extension headers (RFC 8200, section 4). Raises Dropped if it is too long or cut off."""
    payload = Payload(protocol, ETHERNET + 40, False, False)
    for _ in range(EXTENSIONS_MAX):
        if payload.protocol not in EXTENSIONS or payload.is_later_fragment:
            return payload
        next_header, units, offset = unpack("BBH", frame, payload.at)
        if payload.protocol == FRAGMENT:
            payload = Payload(next_header, payload.at + 8, True, bool(offset & 0xFFF8))
        else:
            payload = Payload(next_header, payload.at + (units + 1) * 8, True, False)
    if payload.protocol in EXTENSIONS and not payload.is_later_fragment:
        raise Dropped("ipv6_extensions")
    return payload
