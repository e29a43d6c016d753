"""Kernel records: the Python half of bpf/types.h. A test compares both with the compiler's type information.

Each record is a NamedTuple with its layout beside it; `pack` and `unpack` are the only ways between
bytes and values. Layouts have no hidden padding: every byte is in the format.
"""

import struct
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple

SCHEMA: Final = 1  # enum weft_schema
FLOOD_LOCAL_MAX: Final = 64  # enum weft_limit, as are the next five
FLOOD_REMOTE_MAX: Final = 64
LEASE_LEN: Final = 44
REPLY_MAX: Final = 576
NEAR_PORTS: Final = 4096
NEAR_SENDERS_BITS: Final = 12
_NEAR_SENDERS_FACTOR: Final = 0x9E3779B1

PORT_ENABLED, PORT_MORE_SOURCES, PORT_UNGUARDED = 1, 2, 4  # enum port_flag
FDB_PEER, FDB_CLOSED = 1, 2  # enum fdb_flag
NODE_DECAP_TYPED = 1  # enum node_flag

ADDRESS_KEY = struct.Struct("<I16s")
PORT = struct.Struct("<II6sH4s16s16s")
FDB_KEY = struct.Struct("<I6sxx")
FDB_TARGET = struct.Struct("<I4sI4s")
NEIGHBOUR = struct.Struct("<6sxx")
FLOOD = struct.Struct(f"<II{4 * FLOOD_LOCAL_MAX}s{4 * FLOOD_REMOTE_MAX}s")
REPLY = struct.Struct(f"<HH{LEASE_LEN}s{REPLY_MAX}s")
NODE = struct.Struct("<4sIII")
PORT_DROP_KEY = struct.Struct("<II")
U32 = struct.Struct("<I")

LAYOUTS: Final = {  # struct of types.h -> (layout, its members in order)
    "address_key": (ADDRESS_KEY, ("scope", "address")),
    "port": (PORT, ("vni", "mtu_bytes", "mac", "flags", "ipv4", "ipv6", "link_local")),
    "fdb_key": (FDB_KEY, ("vni", "mac")),
    "fdb_target": (FDB_TARGET, ("ifindex", "tunnel_ip", "flags", "next_hop")),
    "neighbour": (NEIGHBOUR, ("mac",)),
    "flood": (FLOOD, ("local_count", "remote_count", "local", "remote")),
    "reply": (REPLY, ("len", "lends", "lease", "frame")),
    "node": (NODE, ("tunnel_ip", "underlay_ifindex", "flags", "vxlan_ifindex")),
    "port_drop_key": (PORT_DROP_KEY, ("ifindex", "reason")),
}


class PortRecord(NamedTuple):
    """Value of `ports`."""

    vni: int
    mtu_bytes: int
    mac: bytes
    flags: int
    ipv4: bytes
    ipv6: bytes
    link_local: bytes

    def pack(self) -> bytes:
        return PORT.pack(*self)


class FloodRecord(NamedTuple):
    """Value of `flood`."""

    local: tuple[int, ...]
    remote: tuple[IPv4Address, ...]

    def pack(self) -> bytes:
        local = b"".join(map(U32.pack, self.local))
        remote = b"".join(address.packed for address in self.remote)
        return FLOOD.pack(len(self.local), len(self.remote), local, remote)


def address_bytes(address: IPv4Address | IPv6Address) -> bytes:
    """Return 16 bytes; IPv4 as ::ffff:a.b.c.d."""
    return address.packed if isinstance(address, IPv6Address) else b"\0" * 10 + b"\xff\xff" + address.packed


def mac_bytes(mac: str) -> bytes:
    """Return the six bytes of "fa:16:…"."""
    return bytes.fromhex(mac.replace(":", ""))


def sender_slot(address: IPv4Address) -> bytes:
    """Return the key of `near_senders` that a tunnel address falls into."""
    return U32.pack((int(address) * _NEAR_SENDERS_FACTOR & 0xFFFFFFFF) >> (32 - NEAR_SENDERS_BITS))


def link_local_of(mac: bytes) -> bytes:
    """Return the link-local address with the EUI-64 of `mac` (RFC 4291, appendix A)."""
    return b"\xfe\x80" + b"\0" * 6 + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


def fdb_local(ifindex: int, *, is_veth: bool, is_closed: bool) -> bytes:
    """Return a value of `fdb` for a MAC behind a device of this node."""
    return FDB_TARGET.pack(ifindex, bytes(4), is_veth * FDB_PEER | is_closed * FDB_CLOSED, bytes(4))


def fdb_remote(tunnel_ip: IPv4Address, next_hop: IPv4Address | None = None) -> bytes:
    """Return a value of `fdb` for a MAC behind a tunnel; without `next_hop` the kernel is asked for each packet."""
    return FDB_TARGET.pack(0, tunnel_ip.packed, 0, next_hop.packed if next_hop else bytes(4))


def reply(frame: bytes, lease: bytes = b"") -> bytes:
    """Return a prepared answer. Raises ValueError if the frame is longer than the kernel's record."""
    assert len(lease) in (0, LEASE_LEN)
    if len(frame) > REPLY_MAX:
        raise ValueError(f"the answer has {len(frame)} bytes, {REPLY_MAX} fit")
    return REPLY.pack(len(frame), bool(lease), lease, frame)
