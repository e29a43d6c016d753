"""ARP (RFC 826, 5227): every packet is answered here or dropped, none is flooded."""

import struct
from collections.abc import Callable
from ipaddress import IPv4Address

from weft.dataplane.reference.fields import ARP, ETHERNET, ethernet, mac_bytes, mac_text, unpack
from weft.dataplane.reference.result import Dropped, require
from weft.plan import PortEntry

REQUEST, REPLY = 1, 2

FindMac = Callable[[IPv4Address], str | None]


def answer_arp(frame: bytes, port: PortEntry, find_mac: FindMac) -> bytes:
    """Return the reply to a request. Raises Dropped for everything else."""
    hardware, protocol, hardware_len, protocol_len, op, sender_mac, sender, _target_mac, target = unpack(
        "HHBBH6s4s6s4s", frame, ETHERNET
    )
    is_ours = (hardware, protocol, hardware_len, protocol_len) == (1, 0x0800, 6, 4)
    require(is_ours and op in (REQUEST, REPLY), "arp_malformed")
    sender_ip, target_ip = IPv4Address(sender), IPv4Address(target)
    is_probe = sender_ip == IPv4Address(0)  # "may I have this address?" (RFC 5227, section 2.1.1)
    is_own = mac_text(sender_mac) == port.mac and (is_probe or sender_ip in port.addresses)
    require(is_own or not port.guarded, "spoofed_arp")
    # Replies nobody asked for, and a port asking for itself (announcement, or a probe that silence answers)
    require(op == REQUEST and target_ip not in port.addresses, "arp_unsolicited")
    mac = find_mac(target_ip)
    if mac is None:
        raise Dropped("arp_unknown")
    found, asker = mac_bytes(mac), mac_bytes(port.mac)
    body = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, REPLY, found, target, asker, sender)
    trailer = frame[ETHERNET + len(body) :]  # padding to Ethernet's 60 bytes, kept as it came
    return ethernet(asker, found, ARP) + body + trailer
