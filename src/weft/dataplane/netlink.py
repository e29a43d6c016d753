"""Route netlink, as much of it as every start needs: pyroute2 does all of it, and takes 0.2 s to import.

Messages are laid out as in uapi/linux/netlink.h and rtnetlink.h.
"""

import os
import socket
import struct
from collections.abc import Iterator

HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence number, port
_ATTRIBUTE = struct.Struct("=HH")
_REQUEST, _ACK = 1, 4
_ERROR = 2
REPLY_MAX = 65536


def open_socket(groups: int = 0) -> socket.socket:
    """Return a socket of this thread's namespace that hears these multicast groups."""
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    made.bind((0, groups))
    return made


def message(kind: int, body: bytes, flags: int = 0) -> bytes:
    """Return a whole request."""
    return HEADER.pack(HEADER.size + len(body), kind, _REQUEST | flags, 1, 0) + body


def attribute(kind: int, value: bytes) -> bytes:
    """Return one attribute, padded."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def attributes(rest: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and value of the attributes in a row."""
    while len(rest) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(rest)
        yield kind & 0x3FFF, rest[_ATTRIBUTE.size : length]
        rest = rest[max(length + 3 & ~3, _ATTRIBUTE.size) :]


def do(kind: int, body: bytes, flags: int = 0) -> None:
    """Have something done in this thread's namespace. Raises OSError with the kernel's reason."""
    with open_socket() as asked:
        asked.send(message(kind, body, flags | _ACK))
        answer = asked.recv(REPLY_MAX)
    _length, what, *_ = HEADER.unpack_from(answer)
    (code,) = struct.unpack_from("=i", answer, HEADER.size)
    if what == _ERROR and code:
        raise OSError(-code, os.strerror(-code))
