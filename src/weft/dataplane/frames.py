"""Headers around a payload: Ethernet, IPv4 + UDP, IPv6 + ICMPv6 or UDP, with their checksums."""

import struct
from ipaddress import IPv4Address, IPv6Address

UDP, ICMPV6 = 17, 58


def ether(to_mac: str, from_mac: str, ether_type: int) -> bytes:
    """Return an Ethernet header."""
    return bytes.fromhex((to_mac + from_mac).replace(":", "")) + struct.pack("!H", ether_type)


def ipv4_udp(source: IPv4Address, destination: IPv4Address, from_port: int, to_port: int, payload: bytes) -> bytes:
    """Return an IPv4 packet. The UDP checksum is left out, as IPv4 allows (RFC 768)."""
    udp = struct.pack("!HHHH", from_port, to_port, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, UDP, 0)
    head += source.packed + destination.packed
    return head[:10] + struct.pack("!H", internet_checksum(head)) + head[12:] + udp


def icmp6(source: IPv6Address, destination: IPv6Address, message: bytes) -> bytes:
    """Return an IPv6 packet with `message`, whose checksum field (bytes 2 and 3) is zero."""
    checksum = internet_checksum(_pseudo_header(source, destination, ICMPV6, len(message)) + message)
    return ipv6(source, destination, ICMPV6, 255, message[:2] + struct.pack("!H", checksum) + message[4:])


def ipv6_udp(source: IPv6Address, destination: IPv6Address, from_port: int, to_port: int, payload: bytes) -> bytes:
    """Return an IPv6 packet; over IPv6 the checksum must be there (RFC 8200, 8.1)."""
    udp = struct.pack("!HHHH", from_port, to_port, 8 + len(payload), 0) + payload
    checksum = internet_checksum(_pseudo_header(source, destination, UDP, len(udp)) + udp) or 0xFFFF
    return ipv6(source, destination, UDP, 64, udp[:6] + struct.pack("!H", checksum) + udp[8:])


def ipv6(source: IPv6Address, destination: IPv6Address, next_header: int, hop_limit: int, payload: bytes) -> bytes:
    """Return an IPv6 packet."""
    head = struct.pack("!IHBB", 6 << 28, len(payload), next_header, hop_limit)
    return head + source.packed + destination.packed + payload


def internet_checksum(data: bytes) -> int:
    """Return the checksum of RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data[: len(data) & ~1]))
    if len(data) & 1:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _pseudo_header(source: IPv6Address, destination: IPv6Address, protocol: int, length: int) -> bytes:
    return source.packed + destination.packed + struct.pack("!II", length, protocol)
