"""IPv4 from a workload: sane, from an address of its own; DHCP is answered. Options and fragments pass."""

from ipaddress import IPv4Address

from weft.dataplane.reference.dhcp4 import CLIENT_PORT, SERVER_PORT, answer_dhcp4
from weft.dataplane.reference.fields import ETHERNET, UDP, cut, unpack
from weft.dataplane.reference.result import require
from weft.plan import Dhcp4Entry, PortEntry

OFFSET_MASK, FRAGMENT_MASK = 0x1FFF, 0x3FFF


def check_ipv4(frame: bytes, port: PortEntry, dhcp4: Dhcp4Entry | None) -> bytes | None:
    """Return the node's answer, or None if the packet may go on. Raises Dropped."""
    cut(frame, ETHERNET, 20)
    version_and_length, _tos, total, _id, fragment, _ttl, protocol, _sum, source_bytes, _to = unpack(
        "BBHHHBBH4s4s", frame, ETHERNET
    )
    header = (version_and_length & 15) * 4
    require(version_and_length >> 4 == 4 and 20 <= header <= total, "ipv4_malformed")
    require(ETHERNET + total <= len(frame), "truncated")
    source = IPv4Address(source_bytes)
    is_dhcp = False
    if protocol == UDP and not fragment & OFFSET_MASK:
        ports = unpack("HH", frame, ETHERNET + header)
        require(ports != (SERVER_PORT, CLIENT_PORT), "rogue_dhcp")
        # No client sends its question with options or in pieces
        is_plain = header == 20 and not fragment & FRAGMENT_MASK
        is_dhcp = is_plain and ports == (CLIENT_PORT, SERVER_PORT)
    has_no_address_yet = is_dhcp and source == IPv4Address(0)
    require(source in port.addresses or has_no_address_yet or not port.guarded, "spoofed_ipv4")
    return answer_dhcp4(frame, port, dhcp4) if is_dhcp and dhcp4 else None
