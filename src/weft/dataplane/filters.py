"""Attachments for kernels without TCX links (before 6.6): clsact and cls_bpf, by netlink.

A filter lives in its device, so nothing is pinned; our mark is its name. Replacing one is as atomic as updating
a link: cls_bpf swaps the program under RCU.
"""

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any

from pyroute2 import IPRoute, NetlinkError

from weft.dataplane.links import Place

NAME = "weft"
HANDLE, PRIORITY = 0x5EF7, 1
CLSACT, INGRESS, EGRESS = 0xFFFFFFF1, 0xFFFFFFF2, 0xFFFFFFF3  # uapi/linux/pkt_sched.h


class Filters:
    """The filters of ours on devices of this namespace."""

    def read(self) -> dict[str, int]:
        """Return the ifindex of every device with a filter of ours."""
        names = dict(socket.if_nameindex())
        with IPRoute() as ip:
            return {names[index]: index for index in self._devices(ip) if index in names}

    def attach(self, place: Place, program_fd: int) -> None:
        """Attach the program to the device. Raises OSError."""
        with IPRoute() as ip, _as_os_error():
            with contextlib.suppress(NetlinkError):  # it is there
                ip.tc("add", "clsact", place.ifindex)
            self._set(ip, place, program_fd)

    def replace(self, place: Place, program_fd: int) -> None:
        """Let the filter run another program from the next packet on. Raises OSError."""
        with IPRoute() as ip, _as_os_error():
            self._set(ip, place, program_fd)

    def forget(self, name: str) -> None:
        """Detach; fine if filter or device are gone."""
        with contextlib.suppress(OSError), IPRoute() as ip:
            index = socket.if_nametoindex(name)
            for parent in (INGRESS, EGRESS):
                with contextlib.suppress(NetlinkError):
                    ip.tc("del-filter", "bpf", index, HANDLE, parent=parent, prio=PRIORITY)

    def _set(self, ip: Any, place: Place, program_fd: int) -> None:
        parent = EGRESS if place.is_egress else INGRESS
        ip.tc(
            "replace-filter", "bpf", place.ifindex, HANDLE,
            parent=parent, prio=PRIORITY, fd=program_fd, name=NAME, direct_action=True,
        )  # fmt: skip

    def _devices(self, ip: Any) -> Iterator[int]:
        for qdisc in ip.get_qdiscs():
            if qdisc.get_attr("TCA_KIND") != "clsact":
                continue
            index = int(qdisc["index"])
            if any(self._is_ours(item) for parent in (INGRESS, EGRESS) for item in ip.get_filters(index, 0, parent)):
                yield index

    def _is_ours(self, item: Any) -> bool:
        options = item.get_attr("TCA_OPTIONS")
        return item["handle"] == HANDLE and options is not None and options.get_attr("TCA_BPF_NAME") == NAME


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except NetlinkError as err:
        raise OSError(err.code, errno.errorcode.get(err.code, str(err))) from err
