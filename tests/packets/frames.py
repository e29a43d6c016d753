"""Frames that workloads and nodes might send: nearly right ones, wrong ones, garbage."""

import struct
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from hypothesis import strategies as st

MACS = [f"fa:16:00:00:00:{number:02x}" for number in range(3, 9)]
ODD_MACS = ["ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:0e", "33:33:00:00:00:01", "01:00:5e:00:00:fb", "fe:16:00:00:00:01"]
IPV4 = ["10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.1", "10.0.0.77", "0.0.0.0", "255.255.255.255", "169.254.0.1"]
LINK_LOCAL = [f"fe80::f816:ff:fe00:{number:x}" for number in range(3, 9)]
IPV6 = [
    "2001:db8::3",
    "2001:db8::4",
    "2001:db8::5",
    "2001:db8::77",
    "::",
    "ff02::1",
    "ff02::2",
    "fe80::fc16:ff:fe00:1",
    *LINK_LOCAL,
]

macs = st.sampled_from(MACS)
any_macs = st.sampled_from([*MACS, *ODD_MACS])
ipv4s = st.sampled_from(IPV4).map(lambda text: IPv4Address(text).packed)
ipv6s = st.sampled_from(IPV6).map(lambda text: IPv6Address(text).packed)
payloads = st.binary(max_size=40)
ports = st.sampled_from([67, 68, 546, 547, 80, 4789, 40000])


class Speaker(NamedTuple):
    """Who sends: mostly what it may, so that packets get past the first check."""

    mac: str
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()

    def ipv4(self, draw: st.DrawFn) -> bytes:
        return self._own(draw, 4) or draw(ipv4s)

    def ipv6(self, draw: st.DrawFn) -> bytes:
        return self._own(draw, 6) or draw(ipv6s)

    def any_mac(self, draw: st.DrawFn) -> str:
        return draw(st.sampled_from([self.mac] * 9 + MACS[:1]))

    def _own(self, draw: st.DrawFn, version: int) -> bytes | None:
        own = [address.packed for address in self.addresses if address.version == version]
        return draw(st.sampled_from([*own * 6, None]))


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def ether(to: str, source: str, kind: int, payload: bytes) -> bytes:
    return mac(to) + mac(source) + struct.pack("!H", kind) + payload


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source: bytes, to: bytes, protocol: int, payload: bytes, fragment: int = 0, options: bytes = b"") -> bytes:
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, words * 4 + len(payload), 1, fragment, 64, protocol, 0)
    head += source + to + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(source: bytes, to: bytes, protocol: int, payload: bytes, hop_limit: int = 255) -> bytes:
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, hop_limit) + source + to + payload


def udp(source: int, to: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", source, to, 8 + len(payload), 0) + payload


@st.composite
def arps(draw: st.DrawFn, who: Speaker) -> bytes:
    head = draw(st.sampled_from([(1, 0x0800, 6, 4)] * 9 + [(1, 0x0800, 6, 16), (6, 0x0800, 6, 4)]))
    op = draw(st.sampled_from([1, 1, 1, 1, 2, 3]))
    body = struct.pack("!HHBBH", *head, op) + mac(who.any_mac(draw)) + who.ipv4(draw) + bytes(6) + draw(ipv4s)
    return ether(draw(any_macs), who.mac, 0x0806, body + draw(st.sampled_from([b"", bytes(18)])))


@st.composite
def dhcp4s(draw: st.DrawFn, who: Speaker) -> bytes:
    options = b"".join(
        bytes([code, len(value)]) + value
        for code, value in draw(
            st.lists(
                st.one_of(
                    st.tuples(st.just(53), st.integers(0, 9).map(lambda kind: bytes([kind]))),
                    st.tuples(st.just(54), st.one_of(ipv4s, st.binary(max_size=5))),
                    st.tuples(st.just(50), st.one_of(ipv4s, st.binary(max_size=5))),
                    st.tuples(st.integers(1, 254), st.binary(max_size=6)),
                ),
                max_size=5,
            )
        )
    )
    kind = draw(st.sampled_from([b"\x35\x01\x01", b"\x35\x01\x03", b"\x35\x01\x08", b"\x35\x01\x07", b"", b"\0\0"]))
    head = draw(st.sampled_from([(1, 1, 6)] * 8 + [(2, 1, 6), (1, 6, 6)]))
    flags = draw(st.sampled_from([0, 0x8000, 0x1234]))
    message = struct.pack("!BBBBIHH", *head, 0, draw(st.integers(0, 2**32 - 1)), 7, flags)
    giaddr = draw(st.sampled_from([bytes(4)] * 5 + [b"\x0a\0\0\x01"]))
    client = mac(who.any_mac(draw)).ljust(16, draw(st.sampled_from([b"\0", b"\x55"])))
    nobody = bytes(4)
    message += (
        (draw(st.sampled_from([nobody, None])) or who.ipv4(draw)) + draw(ipv4s) + nobody + giaddr + client + bytes(192)
    )
    message += draw(st.sampled_from([b"\x63\x82\x53\x63"] * 9 + [b"none"])) + kind + options
    message += draw(st.sampled_from([b"\xff", b"\xff".ljust(60, b"\0"), b""]))
    from_ip = draw(st.sampled_from([nobody, None])) or who.ipv4(draw)
    to_port = draw(st.sampled_from([67] * 9 + [68]))
    packet = ipv4(from_ip, draw(ipv4s), 17, udp(135 - to_port, to_port, message))
    return ether(draw(any_macs), who.mac, 0x0800, packet)


@st.composite
def dhcp6s(draw: st.DrawFn, who: Speaker) -> bytes:
    ours = bytes.fromhex("00030001") + mac("fe:16:00:00:00:01")
    message = bytes([draw(st.sampled_from([1, 3, 4, 5, 6, 8, 9, 11, 2, 0]))]) + draw(st.binary(min_size=3, max_size=3))
    address = struct.pack("!HH", 5, 24) + draw(ipv6s) + bytes(8)
    values = [ours, ours, b"", bytes(12), bytes(12) + address, b"\x00\x03\x00\x01client", b"x" * 128, b"x" * 129]
    for _ in range(draw(st.integers(0, 4))):
        code = draw(st.sampled_from([1, 1, 2, 3, 3, 6, 14]))
        value = draw(st.sampled_from(values))
        stretch = draw(st.sampled_from([0] * 19 + [9]))
        message += struct.pack("!HH", code, len(value) + stretch) + value
    to_port = draw(st.sampled_from([547] * 9 + [546]))
    packet = ipv6(
        who.ipv6(draw), draw(ipv6s), 17, udp(1093 - to_port, to_port, message), draw(st.sampled_from([1, 64]))
    )
    return ether(draw(any_macs), who.mac, 0x86DD, packet)


@st.composite
def nds(draw: st.DrawFn, who: Speaker) -> bytes:
    kind = draw(st.sampled_from([135, 135, 135, 135, 133, 133, 134, 136, 137]))
    code = draw(st.sampled_from([0] * 9 + [1]))
    message = struct.pack("!BBHI", kind, code, 0, 0)
    if kind != 133:
        message += draw(ipv6s)
    for _ in range(draw(st.integers(0, 2))):
        named = mac(who.any_mac(draw))
        message += struct.pack("!BB6s", draw(st.sampled_from([1, 2, 14])), draw(st.sampled_from([1] * 9 + [0])), named)
    hop_limit = draw(st.sampled_from([255] * 9 + [64]))
    return ether(draw(any_macs), who.mac, 0x86DD, ipv6(who.ipv6(draw), draw(ipv6s), 58, message, hop_limit))


@st.composite
def ipv4_packets(draw: st.DrawFn, who: Speaker) -> bytes:
    protocol = draw(st.sampled_from([17, 17, 6, 1]))
    body = udp(draw(ports), draw(ports), draw(payloads)) if protocol == 17 else draw(payloads)
    fragment = draw(st.sampled_from([0, 0, 0, 0x2000, 0x4000, 0x00B9]))
    options = draw(st.sampled_from([b"", b"", b"\x01" * 8]))
    return ether(draw(any_macs), who.mac, 0x0800, ipv4(who.ipv4(draw), draw(ipv4s), protocol, body, fragment, options))


@st.composite
def ipv6_packets(draw: st.DrawFn, who: Speaker) -> bytes:
    protocol = draw(st.sampled_from([17, 17, 6, 58, 59]))
    match protocol:
        case 17:
            body = udp(draw(ports), draw(ports), draw(payloads))
        case 58:
            body = bytes([draw(st.sampled_from([128, 129, 130, 131, 143, 133, 135]))]) + draw(payloads)
        case _:
            body = draw(payloads)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 6, 7]))):
        extension = draw(st.sampled_from([0, 43, 44, 60]))
        offset = draw(st.sampled_from([0, 1, 0x00B8])) if extension == 44 else 0
        body = struct.pack("!BBHI", protocol, 0, offset, 0) + body
        protocol = extension
    return ether(draw(any_macs), who.mac, 0x86DD, ipv6(who.ipv6(draw), draw(ipv6s), protocol, body, draw(st.just(64))))


@st.composite
def workload_frames(draw: st.DrawFn, who: Speaker) -> bytes:
    """What a workload sends, most of it, or something near it."""
    kind = draw(st.sampled_from([arps, dhcp4s, dhcp6s, nds, ipv4_packets, ipv6_packets]))
    return mutated(draw, draw(kind(who)))


@st.composite
def tunnel_packets(draw: st.DrawFn, own_ip: str, senders: list[str], vnis: list[int]) -> bytes:
    """What arrives at the underlay device: VXLAN, most of it for us."""
    kind = draw(st.sampled_from([arps, ipv4_packets, ipv6_packets]))
    inner = mutated(draw, draw(kind(Speaker(draw(macs)))))
    flags = draw(st.sampled_from([0x08000000] * 9 + [0, 0xFFFFFFFF]))
    vxlan = struct.pack("!II", flags, draw(st.sampled_from(vnis)) << 8 | draw(st.sampled_from([0, 0, 5]))) + inner
    sender = IPv4Address(draw(st.sampled_from(senders))).packed
    to = IPv4Address(draw(st.sampled_from([own_ip] * 9 + senders))).packed
    fragment = draw(st.sampled_from([0x4000] * 9 + [0x2000, 0x0010]))
    to_port = draw(st.sampled_from([4789] * 12 + [53]))
    packet = ipv4(sender, to, 17, udp(50000, to_port, vxlan), fragment)
    return mutated(draw, ether("02:00:00:00:00:01", "02:00:00:00:00:99", 0x0800, packet))


def mutated(draw: st.DrawFn, frame: bytes) -> bytes:
    """Return the frame as it is, mostly; else cut short, stretched, tagged, or with a byte changed."""
    match draw(st.sampled_from(["as it is"] * 14 + ["cut", "cut", "longer", "tagged", "byte", "byte", "huge"])):
        case "cut":
            return frame[: draw(st.integers(14, len(frame)))]
        case "longer":
            return frame + draw(payloads)
        case "tagged":
            return frame[:12] + draw(st.sampled_from([b"\x81\x00\x00\x05", b"\x88\xa8\x00\x05"])) + frame[12:]
        case "byte":
            at = draw(st.integers(0, len(frame) - 1))
            return frame[:at] + bytes([draw(st.integers(0, 255))]) + frame[at + 1 :]
        case "huge":
            return frame + bytes(draw(st.integers(1300, 1500)))
    return frame
