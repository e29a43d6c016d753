"""Neighbour discovery (RFC 4861, 4862): solicitations are answered here, all else of it is dropped."""

import struct
from collections.abc import Callable
from ipaddress import IPv6Address

from weft.dataplane.reference.fields import (
    ETHERNET,
    ICMPV6,
    IPV6,
    ethernet,
    ipv6_header,
    mac_bytes,
    mac_text,
    unpack,
    upper_checksum,
)
from weft.dataplane.reference.result import Dropped, require
from weft.dataplane.templates import ra_frame
from weft.plan import PortEntry, RaEntry

ROUTER_SOLICITATION, ROUTER_ADVERTISEMENT, NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT, REDIRECT = range(133, 138)
AT_MESSAGE = ETHERNET + 40
SOURCE_MAC, TARGET_MAC = 1, 2
ROUTER, SOLICITED, OVERRIDE = 0x80000000, 0x40000000, 0x20000000
UNSPECIFIED, ALL_NODES = IPv6Address("::"), IPv6Address("ff02::1")
OPTIONS_MAX = 8

FindMac = Callable[[IPv6Address], tuple[str, bool] | None]  # → (MAC, is it a router)


def answer_nd(frame: bytes, kind: int, hop_limit: int, port: PortEntry, find_mac: FindMac, ra: RaEntry | None) -> bytes:
    """Return the answer to a solicitation. Raises Dropped for everything else of ND."""
    require(hop_limit == 255, "nd_malformed")
    if kind == ROUTER_SOLICITATION:
        if ra is None:
            raise Dropped("rs_unanswered")
        return ra_frame(ra)
    require(kind != NEIGHBOUR_ADVERTISEMENT, "nd_unsolicited")
    require(kind == NEIGHBOUR_SOLICITATION, "rogue_router")
    return _answer_solicitation(frame, port, find_mac)


def _answer_solicitation(frame: bytes, port: PortEntry, find_mac: FindMac) -> bytes:
    _kind, code, _sum, _reserved, target_bytes = unpack("BBHI16s", frame, AT_MESSAGE, "nd_malformed")
    target = IPv6Address(target_bytes)
    source = IPv6Address(frame[ETHERNET + 8 : ETHERNET + 24])
    require(code == 0 and not target.is_multicast, "nd_malformed")
    _check_options(frame, port)
    # A port that asks for itself does duplicate address detection: silence says that the address is its own
    require(target not in own_addresses(port), "nd_unsolicited")
    found = find_mac(target)
    if found is None:
        raise Dropped("nd_unknown")
    mac, is_router = mac_bytes(found[0]), found[1]
    flags = OVERRIDE | (ROUTER if is_router else 0)
    if source == UNSPECIFIED:  # duplicate address detection for an address that is taken (section 7.2.4)
        destination = ALL_NODES
    else:
        destination, flags = source, flags | SOLICITED
    message = struct.pack("!BBHI16sBB6s", NEIGHBOUR_ADVERTISEMENT, 0, 0, flags, target_bytes, TARGET_MAC, 1, mac)
    total = upper_checksum(target.packed, destination.packed, ICMPV6, message)
    message = message[:2] + total.to_bytes(2, "big") + message[4:]
    header = ipv6_header(len(message), ICMPV6, 255, target.packed, destination.packed)
    return ethernet(mac_bytes(port.mac), mac, IPV6) + header + message


def own_addresses(port: PortEntry) -> set[IPv6Address]:
    """Return the IPv6 addresses a port may use: those it was given, and the link-local one of its MAC."""
    given = {address for address in port.addresses if isinstance(address, IPv6Address)}
    return given | {eui64_link_local(port.mac)}


def eui64_link_local(mac: str) -> IPv6Address:
    """Return fe80:: and the interface identifier made from a MAC (RFC 4291, appendix A)."""
    octets = mac_bytes(mac)
    return IPv6Address(b"\xfe\x80" + bytes(6) + bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:])


def mac_of_link_local(address: IPv6Address) -> str | None:
    """Return the MAC that a link-local address was made from, or None if it was made otherwise."""
    packed = address.packed
    if packed[:8] != b"\xfe\x80" + bytes(6) or packed[11:13] != b"\xff\xfe":
        return None
    return mac_text(bytes([packed[8] ^ 2]) + packed[9:11] + packed[13:])


def _check_options(frame: bytes, port: PortEntry) -> None:
    """No option may name a MAC that is not the port's own (a host elsewhere would believe it)."""
    at = AT_MESSAGE + 24
    for _ in range(OPTIONS_MAX):
        if at + 8 > len(frame):
            return
        kind, units, mac = unpack("BB6s", frame, at, "nd_malformed")
        require(units != 0, "nd_malformed")  # section 4.6: such a packet is to be discarded
        if kind in (SOURCE_MAC, TARGET_MAC):
            require(mac_text(mac) == port.mac or not port.guarded, "spoofed_nd")
        at += units * 8
