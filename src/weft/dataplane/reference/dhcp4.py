"""DHCPv4 (RFC 2131), answered on the node: OFFER, ACK and NAK."""

import struct
from ipaddress import IPv4Address

from weft.dataplane.reference.fields import ETHERNET, IPV4, cut, ethernet, ipv4_header, mac_bytes, unpack
from weft.dataplane.reference.result import Dropped, require
from weft.dataplane.templates import FABRIC_MAC, classless_routes
from weft.plan import Dhcp4Entry, PortEntry

SERVER_PORT, CLIENT_PORT = 67, 68
DISCOVER, OFFER, REQUEST, ACK, NAK, INFORM = 1, 2, 3, 5, 6, 8
COOKIE = b"\x63\x82\x53\x63"
BROADCAST_FLAG = 0x8000
EVERYBODY, NOBODY = IPv4Address("255.255.255.255"), IPv4Address(0)
AT_BOOTP = ETHERNET + 20 + 8
SMALLEST = 300  # bytes of a BOOTP message (RFC 1542, section 2.1)
OPTIONS_MAX = 64  # a client that sends more is not read to the end


def answer_dhcp4(frame: bytes, port: PortEntry, entry: Dhcp4Entry) -> bytes:
    """Return the server's answer to a client's frame. Raises Dropped for what gets none."""
    malformed = "dhcp_malformed"
    op, hardware, hardware_len, _hops, xid, _secs, flags, ciaddr, _yiaddr, _siaddr, giaddr, chaddr = unpack(
        "BBBBIHH4s4s4s4s16s", frame, AT_BOOTP, malformed
    )
    cookie = cut(frame, AT_BOOTP + 236, 4, malformed)
    require((op, hardware, hardware_len, cookie) == (1, 1, 6, COOKIE), malformed)
    is_own = giaddr == bytes(4) and chaddr[:6] == mac_bytes(port.mac)
    require(is_own, "dhcp_foreign")
    client = IPv4Address(ciaddr)
    options = _options(frame, AT_BOOTP + 240)
    kind = _decide(options, client, entry)
    if kind == NAK:
        destination = EVERYBODY
    elif client != NOBODY:
        destination = client
    else:  # it may not hear unicast before it has an address (RFC 2131, section 4.1)
        destination = EVERYBODY if flags & BROADCAST_FLAG else entry.address
    lends = kind != NAK and options.get(53) != bytes([INFORM])
    message = struct.pack(
        "!BBBBIHH4s4s4s4s16s192s4s",
        *(2, 1, 6, 0, xid, 0, flags),
        bytes(4) if kind == NAK else ciaddr,
        entry.address.packed if lends else bytes(4),
        entry.server.packed,
        bytes(4),
        mac_bytes(port.mac),
        bytes(192),
        COOKIE,
    )
    message = (message + _answer_options(kind, lends, entry)).ljust(SMALLEST, b"\0")
    udp = struct.pack("!HHHH", SERVER_PORT, CLIENT_PORT, 8 + len(message), 0)
    ip = ipv4_header(20 + 8 + len(message), entry.server.packed, destination.packed)
    return ethernet(mac_bytes(port.mac), mac_bytes(FABRIC_MAC), IPV4) + ip + udp + message


def _decide(options: dict[int, bytes], client: IPv4Address, entry: Dhcp4Entry) -> int:
    """Return the type of the answer (RFC 2131, section 4.3)."""
    asked = options.get(53)
    if asked is None or asked == b"\0":
        raise Dropped("dhcp_malformed")
    match asked[0]:
        case 1:  # DISCOVER
            return OFFER
        case 8:  # INFORM
            return ACK
        case 3:  # REQUEST
            server = options.get(54, bytes(4))
            require(server in (bytes(4), entry.server.packed), "dhcp_foreign")
            # selecting and init-reboot name the address in an option, renewing and rebinding in ciaddr
            requested = options.get(50, bytes(4))
            wanted = IPv4Address(requested) if requested != bytes(4) else client
            return ACK if wanted == entry.address else NAK
    raise Dropped("dhcp_no_answer")  # DECLINE, RELEASE, or no type of a client's


def _options(frame: bytes, at: int) -> dict[int, bytes]:
    """Return the client's options that we act on, of the length they must have; the last one counts."""
    lengths = {53: 1, 54: 4, 50: 4}
    found: dict[int, bytes] = {}
    for _ in range(OPTIONS_MAX):
        head = frame[at : at + 2]
        if not head or head[0] == 255:
            break
        if head[0] == 0:
            at += 1
            continue
        if len(head) < 2:
            break
        code, length = head
        value = frame[at + 2 : at + 2 + length]
        if lengths.get(code) == length == len(value):
            found[code] = value
        at += 2 + length
    return found


def _answer_options(kind: int, lends: bool, entry: Dhcp4Entry) -> bytes:
    head = [(53, bytes([kind])), (54, entry.server.packed)]
    if kind == NAK:
        return _packed(head) + b"\xff"
    lease = [(51, entry.lease_s), (58, entry.lease_s // 2), (59, entry.lease_s * 7 // 8)]
    lending = _packed([(code, seconds.to_bytes(4, "big")) for code, seconds in lease])
    rest: list[tuple[int, bytes]] = [
        (1, (0xFFFFFFFF << (32 - entry.prefix_length) & 0xFFFFFFFF).to_bytes(4, "big")),
        (26, entry.mtu_bytes.to_bytes(2, "big")),
    ]
    if entry.gateway:
        rest.append((3, entry.gateway.packed))
    if entry.dns_servers:
        rest.append((6, b"".join(server.packed for server in entry.dns_servers)))
    if entry.routes:
        rest.append((121, classless_routes(entry)))
    rest += [(code, text.encode()) for code, text in ((12, entry.host_name), (15, entry.domain)) if text]
    # An INFORM lends nothing (section 4.3.5): padding stands where the times would
    return _packed(head) + (lending if lends else bytes(len(lending))) + _packed(rest) + b"\xff"


def _packed(options: list[tuple[int, bytes]]) -> bytes:
    return b"".join(bytes([code, len(value)]) + value for code, value in options)
