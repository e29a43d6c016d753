"""Next hops towards other nodes, from the kernel's routing tables.

A packet for the tunnel could have its route looked up each time; asking once, and again when routes change,
saves a fifth of what the tunnel costs. What has no single answer here (several paths, a route the kernel
refuses, IPv6 gateways) is left out: for those nodes the kernel is asked for every packet, as before.
"""

import errno
import socket
import struct
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address

from weft.dataplane.netlink import HEADER, REPLY_MAX, attribute, attributes, message, open_socket

GROUPS = 1 << 0 | 1 << 6 | 1 << 7 | 1 << 31  # links, IPv4 routes, IPv4 rules, next hops (uapi/linux/rtnetlink.h)
_NEWLINK, _NEWROUTE, _GETROUTE = 16, 24, 26
_UNICAST = 1
_FIB_MATCH = 0x2000  # show the route with all its next hops, not the path chosen this time
_DST, _SRC, _OIF, _GATEWAY, _MULTIPATH, _VIA, _ENCAP = 1, 2, 4, 5, 9, 18, 22  # enum rtattr_type_t
_ROUTE = struct.Struct("=8BI")


class Routes:
    """Remembers next hops until a route, a rule or the underlay device changes. For one namespace."""

    def __init__(self) -> None:
        self._watch = open_socket(GROUPS)
        self._ask = open_socket()
        self._towards: tuple[int, IPv4Address | None] = (0, None)
        self._known: dict[IPv4Address, IPv4Address | None] = {}

    def next_hops(
        self, ifindex: int, source: IPv4Address | None, remotes: Collection[IPv4Address], *, anew: bool = False
    ) -> Mapping[IPv4Address, IPv4Address]:
        """Return the next hop out of device `ifindex` for each of `remotes` that has one; itself if on-link.

        Costs some 10 µs per node, and only for nodes that are new or if something changed (or `anew`).
        """
        if self._has_changed(ifindex) or anew or self._towards != (ifindex, source):
            self._known, self._towards = {}, (ifindex, source)
        if not ifindex or source is None:
            return {}
        for gone in self._known.keys() - remotes:
            del self._known[gone]
        for remote in remotes:
            if remote not in self._known:
                self._known[remote] = self._resolve(remote, source, ifindex)
        return {remote: hop for remote, hop in self._known.items() if hop is not None}

    def close(self) -> None:
        """Let go of both sockets."""
        self._watch.close()
        self._ask.close()

    def _resolve(self, remote: IPv4Address, source: IPv4Address, ifindex: int) -> IPv4Address | None:
        self._ask.send(question(remote, source, ifindex))
        return answer(self._ask.recv(REPLY_MAX), remote, ifindex)

    def _has_changed(self, ifindex: int) -> bool:
        changed = False
        while True:
            try:
                changed |= is_relevant(self._watch.recv(REPLY_MAX, socket.MSG_DONTWAIT), ifindex)
            except BlockingIOError:
                return changed
            except OSError as err:
                if err.errno != errno.ENOBUFS:  # the queue ran over: something happened
                    raise
                changed = True


def question(remote: IPv4Address, source: IPv4Address, ifindex: int) -> bytes:
    """Return the netlink message that asks for the route to `remote` out of one device."""
    body = _ROUTE.pack(socket.AF_INET, 32, 32, 0, 0, 0, 0, 0, _FIB_MATCH)
    for kind, value in ((_DST, remote.packed), (_SRC, source.packed), (_OIF, struct.pack("=I", ifindex))):
        body += attribute(kind, value)
    return message(_GETROUTE, body)


def answer(reply: bytes, remote: IPv4Address, ifindex: int) -> IPv4Address | None:
    """Return the one next hop that the kernel's answer names, `remote` itself if it is on-link; None if not one."""
    length, kind, *_ = HEADER.unpack_from(reply)
    if kind != _NEWROUTE or _ROUTE.unpack_from(reply, HEADER.size)[7] != _UNICAST:
        return None
    found = dict(attributes(reply[HEADER.size + _ROUTE.size : length]))
    if not found.keys().isdisjoint((_MULTIPATH, _VIA, _ENCAP)) or found.get(_OIF) != struct.pack("=I", ifindex):
        return None
    return IPv4Address(found[_GATEWAY]) if _GATEWAY in found else remote


def is_relevant(notice: bytes, ifindex: int) -> bool:
    """Return whether a notice may change a next hop: all may, but those of other devices' coming and going.

    The kernel does not tell that a device's routes went with the device; that it went down, it does.
    """
    _length, kind, *_ = HEADER.unpack_from(notice)
    if kind not in (_NEWLINK, _NEWLINK + 1):
        return True
    (changed,) = struct.unpack_from("=i", notice, HEADER.size + 4)
    return bool(changed == ifindex)
