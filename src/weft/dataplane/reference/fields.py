"""Reading and writing packets: cuts that never go past the end, MACs as text, checksums.

Deliberately apart from `dataplane/frames.py`: the specification shares no code with what it specifies.
"""

import struct
from typing import Any

from weft.dataplane.reference.result import Dropped

ETHERNET = 14
IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
VLAN_TYPES = (0x8100, 0x88A8)
UDP, ICMPV6 = 17, 58


def cut(data: bytes, at: int, length: int, reason: str = "truncated") -> bytes:
    """Return `length` bytes from `at`. Drops the packet if they are not all there."""
    piece = data[at : at + length]
    if len(piece) != length:
        raise Dropped(reason)
    return piece


def unpack(layout: str, data: bytes, at: int, reason: str = "truncated") -> tuple[Any, ...]:
    """Return the fields of a header in network order. Drops the packet if it is not all there."""
    layout = "!" + layout
    return struct.unpack(layout, cut(data, at, struct.calcsize(layout), reason))


def mac_text(octets: bytes) -> str:
    """Return "fa:16:…"."""
    return octets.hex(":")


def mac_bytes(text: str) -> bytes:
    """Return the six bytes of "fa:16:…"."""
    return bytes.fromhex(text.replace(":", ""))


def ethernet(to_mac: bytes, from_mac: bytes, ether_type: int) -> bytes:
    """Return an Ethernet header."""
    return to_mac + from_mac + ether_type.to_bytes(2, "big")


def checksum(data: bytes) -> int:
    """Return the internet checksum (RFC 1071): the ones' complement of the ones' complement sum."""
    padded = data + bytes(len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ipv4_header(length: int, source: bytes, destination: bytes, *, ttl: int = 64) -> bytes:
    """Return the header of a UDP packet of `length` bytes: no options, not to be fragmented, identification 0."""
    header = struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0x4000, ttl, UDP, 0) + source + destination
    return header[:10] + checksum(header).to_bytes(2, "big") + header[12:]


def ipv6_header(length: int, protocol: int, hop_limit: int, source: bytes, destination: bytes) -> bytes:
    """Return the header of a packet with a payload of `length` bytes."""
    return struct.pack("!IHBB", 6 << 28, length, protocol, hop_limit) + source + destination


def upper_checksum(source: bytes, destination: bytes, protocol: int, payload: bytes) -> int:
    """Return the checksum with IPv6's pseudo header (RFC 8200, section 8.1)."""
    return checksum(source + destination + struct.pack("!II", len(payload), protocol) + payload)
