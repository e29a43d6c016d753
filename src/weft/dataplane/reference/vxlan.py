"""VXLAN (RFC 7348): what stands in front of a frame on its way between two nodes."""

import struct
from ipaddress import IPv4Address

from weft.dataplane.reference.fields import ETHERNET, IPV4, UDP, ethernet, ipv4_header
from weft.dataplane.reference.result import Dropped, require

PORT = 4789
OUTER = ETHERNET + 20 + 8 + 8
VNI_VALID = 0x08000000
ANY_PORT = 0  # stands for the source port, which spreads flows: any of 49152..65535 (RFC 7348, section 5)
SMALLEST_INNER = ETHERNET + 20


def wrap(frame: bytes, vni: int, from_ip: IPv4Address, to_ip: IPv4Address) -> bytes:
    """Return the frame as it travels: TTL 64, not to be fragmented, no UDP checksum, outer MACs still empty."""
    vxlan = struct.pack("!II", VNI_VALID, vni << 8)
    udp = struct.pack("!HHHH", ANY_PORT, PORT, 8 + len(vxlan) + len(frame), 0)
    ip = ipv4_header(20 + 8 + 8 + len(frame), from_ip.packed, to_ip.packed)
    return ethernet(bytes(6), bytes(6), IPV4) + ip + udp + vxlan + frame


def unwrap(packet: bytes, own_ip: IPv4Address) -> tuple[IPv4Address, int, bytes] | None:
    """Return (sender, VNI, frame), or None if the packet is the host's own. Raises Dropped."""
    if len(packet) < OUTER - 8:
        return None
    ether_type, version_and_length, _tos, _total, _id, fragment, _ttl, protocol, _sum, source, to = struct.unpack_from(
        "!HBBHHHBBH4s4s", packet, 12
    )
    (to_port,) = struct.unpack_from("!H", packet, ETHERNET + 22)
    is_ours = (
        ether_type == IPV4
        and version_and_length & 15 == 5  # nobody sends VXLAN with IP options
        and protocol == UDP
        and to == own_ip.packed
        and not fragment & 0x1FFF
        and to_port == PORT
    )
    if not is_ours:
        return None
    require(not fragment & 0x2000, "vxlan_fragment")  # VTEPs must not fragment (section 4.3)
    if len(packet) < OUTER + SMALLEST_INNER:
        raise Dropped("truncated")
    flags, vni = struct.unpack_from("!II", packet, OUTER - 8)
    require(bool(flags & VNI_VALID), "vxlan_malformed")
    return IPv4Address(source), vni >> 8, packet[OUTER:]
