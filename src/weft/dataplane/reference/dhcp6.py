"""DHCPv6 (RFC 8415), answered on the node: ADVERTISE and REPLY, from the fabric's own link-local address."""

import struct

from weft.dataplane.reference.fields import (
    ETHERNET,
    IPV6,
    UDP,
    cut,
    ethernet,
    ipv6_header,
    mac_bytes,
    unpack,
    upper_checksum,
)
from weft.dataplane.reference.result import require
from weft.dataplane.templates import FABRIC_LINK_LOCAL, FABRIC_MAC
from weft.plan import Dhcp6Entry, PortEntry

CLIENT_PORT, SERVER_PORT = 546, 547
SOLICIT, ADVERTISE, REQUEST, CONFIRM, RENEW, REBIND, REPLY, RELEASE, DECLINE, _RECONFIGURE, INFORMATION = range(1, 12)
CLIENT_ID, SERVER_ID, IA_NA, IA_ADDRESS, STATUS, DNS_SERVERS, DOMAIN_LIST = 1, 2, 3, 5, 13, 23, 24
SUCCESS, NOT_ON_LINK = 0, 4
MUST_NAME_US, MUST_NOT_NAME_US = (REQUEST, RENEW, RELEASE, DECLINE), (SOLICIT, CONFIRM, REBIND)  # section 16
AT_MESSAGE = ETHERNET + 40 + 8
OPTIONS_MAX = 24  # a client that sends more is not read to the end
CLIENT_ID_MAX = 128  # bytes of a DUID (section 11.1)
IA_WITH_ADDRESS = 12 + 4 + 24  # bytes: IAID, T1, T2, and an address with its lifetimes (sections 21.4, 21.6)
OUR_ID = struct.pack("!HH", 3, 1) + mac_bytes(FABRIC_MAC)  # DUID-LL (section 11.4)


def answer_dhcp6(frame: bytes, port: PortEntry, entry: Dhcp6Entry) -> bytes:
    """Return the server's answer to a client's frame. Raises Dropped for what gets none."""
    kind, transaction = unpack("B3s", frame, AT_MESSAGE, "dhcp_malformed")
    options = _options(frame, AT_MESSAGE + 4)
    require(options.get(SERVER_ID, OUR_ID) == OUR_ID, "dhcp_foreign")
    answer, content = _decide(kind, options, entry)
    client_id = options.get(CLIENT_ID)
    if client_id is not None or kind != INFORMATION:  # who asks for information may be nameless
        require(client_id is not None and 0 < len(client_id) <= CLIENT_ID_MAX, "dhcp_malformed")
    message: bytes = bytes([answer]) + transaction + _option(SERVER_ID, OUR_ID)
    if entry.dns_servers:
        message += _option(DNS_SERVERS, b"".join(server.packed for server in entry.dns_servers))
    if entry.domain:
        labels = [label.encode() for label in entry.domain.rstrip(".").split(".")]
        message += _option(DOMAIN_LIST, b"".join(bytes([len(label)]) + label for label in labels) + b"\0")
    message += content + (_option(CLIENT_ID, client_id) if client_id else b"")
    source, destination = FABRIC_LINK_LOCAL.packed, cut(frame, ETHERNET + 8, 16)
    udp = struct.pack("!HHHH", SERVER_PORT, CLIENT_PORT, 8 + len(message), 0) + message
    total = upper_checksum(source, destination, UDP, udp) or 0xFFFF  # 0 would say "none" (RFC 8200, section 8.1)
    udp = udp[:6] + total.to_bytes(2, "big") + udp[8:]
    header = ipv6_header(len(udp), UDP, 64, source, destination)
    return ethernet(mac_bytes(port.mac), mac_bytes(FABRIC_MAC), IPV6) + header + udp


def _decide(kind: int, options: dict[int, bytes], entry: Dhcp6Entry) -> tuple[int, bytes]:
    """Return the type of the answer, and the option that is special to it: the lease, or a status."""
    require(kind not in MUST_NAME_US or SERVER_ID in options, "dhcp_malformed")
    require(kind not in MUST_NOT_NAME_US or SERVER_ID not in options, "dhcp_malformed")
    require(kind != INFORMATION or IA_NA not in options, "dhcp_malformed")
    if kind in (RELEASE, DECLINE, INFORMATION):
        return REPLY, _status(SUCCESS)
    require(kind in (SOLICIT, REQUEST, CONFIRM, RENEW, REBIND), "dhcp_no_answer")
    require(IA_NA in options and entry.address is not None, "dhcp_no_answer")
    if kind == CONFIRM:  # for those who name an address (section 18.3.3)
        ia = options[IA_NA]
        require(len(ia) >= IA_WITH_ADDRESS and ia[12:14] == IA_ADDRESS.to_bytes(2, "big"), "dhcp_no_answer")
        return REPLY, _status(SUCCESS if entry.address and ia[16:32] == entry.address.packed else NOT_ON_LINK)
    # Rapid Commit is not granted: a server need not (section 18.3.1)
    return (ADVERTISE if kind == SOLICIT else REPLY), _lease(entry, options[IA_NA][:4])


def _options(frame: bytes, at: int) -> dict[int, bytes]:
    """Return the options we act on: the last identifiers, and the first IA_NA long enough to have an IAID."""
    found: dict[int, bytes] = {}
    for _ in range(OPTIONS_MAX):
        if at + 4 > len(frame):
            break
        code, length = unpack("HH", frame, at)
        value = frame[at + 4 : at + 4 + length]
        if code == IA_NA:
            if len(frame) >= at + 8:
                found.setdefault(code, value if len(value) == length > 4 else frame[at + 4 : at + 8])
        elif code in (CLIENT_ID, SERVER_ID):
            found[code] = value if len(value) == length else b""  # cut off: nobody's
        at += 4 + length
    return found


def _lease(entry: Dhcp6Entry, iaid: bytes) -> bytes:
    assert entry.address is not None
    address = _option(IA_ADDRESS, entry.address.packed + struct.pack("!II", entry.lease_s, entry.lease_s))
    return _option(IA_NA, iaid + struct.pack("!II", entry.lease_s // 2, entry.lease_s * 4 // 5) + address)


def _status(status: int) -> bytes:
    return _option(STATUS, status.to_bytes(2, "big"))


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("!HH", code, len(value)) + value
