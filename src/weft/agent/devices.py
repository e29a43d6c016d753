"""Says when a network device of this namespace came, went or changed: the kernel's own news, by netlink.

Only *that* something changed is told, not what: the reconciler looks for itself, so lost news cost a delay of one
resync at most.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

RTMGRP_LINK = 1  # linux/rtnetlink.h
RECEIVE_BYTES = 1 << 16


async def link_events() -> AsyncIterator[None]:
    """Yield after every change of a link; changes that come together are told once."""
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    changed = asyncio.Event()

    def drain() -> None:
        changed.set()
        with contextlib.suppress(OSError):  # EAGAIN: empty; ENOBUFS: more news than it holds, that too is news
            while True:
                netlink.recv(RECEIVE_BYTES)

    loop = asyncio.get_running_loop()
    try:
        netlink.bind((0, RTMGRP_LINK))
        loop.add_reader(netlink.fileno(), drain)
        while True:
            await changed.wait()
            changed.clear()
            yield
    finally:
        loop.remove_reader(netlink.fileno())
        netlink.close()
