"""Attachments: one pinned TCX link per device. Programs are replaced inside the link, never detached."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from weft.dataplane import bpf
from weft.dataplane.bpf import LinkInfo

NO_SUCH_IFINDEX = 0x7FFFFFFF


class Place(NamedTuple):
    """A hook of a device."""

    name: str
    ifindex: int
    is_egress: bool


class Hooks(Protocol):
    """A way to attach programs that outlives this process. `Links` is the usual one, `filters.Filters` the old."""

    def read(self) -> dict[str, int]:
        """Return the ifindex of every device with a program of ours."""

    def attach(self, place: Place, program_fd: int) -> None:
        """Attach the program and keep it there. Raises OSError."""

    def replace(self, place: Place, program_fd: int) -> None:
        """Put another program in place of ours, in one step. Raises OSError."""

    def forget(self, name: str) -> None:
        """Detach; fine if program or device are gone."""


class Links:
    """The links pinned in one directory, by device name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self) -> dict[str, int]:
        """Return the ifindex of every device with a link; 0 if the device is gone, or not of this namespace.

        Numbers start anew in every namespace: a link that outlived its node's namespace may bear one of ours.
        """
        found = {name: self._info(path) for name, path in self._paths()}
        return {
            name: info.ifindex if info.link_id in bpf.links_on(info.ifindex, info.hook) else 0
            for name, info in found.items()
        }

    def attach(self, place: Place, program_fd: int) -> None:
        """Attach the program to the device and keep it there. Raises OSError."""
        path = self._path(place.name)
        path.unlink(missing_ok=True)  # of a device of that name that is gone
        point = bpf.TCX_EGRESS if place.is_egress else bpf.TCX_INGRESS
        with bpf.closing(bpf.link_create(program_fd, place.ifindex, point)) as fd:
            bpf.pin(fd, str(path))

    def replace(self, place: Place, program_fd: int) -> None:
        """Let the link run another program from the next packet on. Raises OSError."""
        with bpf.closing(bpf.get_pinned(str(self._path(place.name)))) as fd:
            bpf.link_update(fd, program_fd)

    def forget(self, name: str) -> None:
        """Detach; fine if it is gone."""
        self._path(name).unlink(missing_ok=True)

    def _paths(self) -> Iterator[tuple[str, Path]]:
        for path in self._directory.iterdir():
            yield path.name.replace(",", "."), path

    def _path(self, name: str) -> Path:
        return self._directory / name.replace(".", ",")  # the bpf file system reserves dots; devices have no commas

    def _info(self, path: Path) -> LinkInfo:
        fd = bpf.get_pinned(str(path))
        try:
            return bpf.link_info(fd)
        finally:
            os.close(fd)


def has_links(program_fd: int) -> bool:
    """Return whether the kernel has TCX links (Linux 6.6). Asks for one on a device that cannot be."""
    try:
        os.close(bpf.link_create(program_fd, NO_SUCH_IFINDEX, bpf.TCX_INGRESS))
    except OSError as err:
        return err.errno == errno.ENODEV  # older kernels stumble over the hook first: EINVAL
    return True
