"""Attachments: one pinned TCX link per device. Programs are replaced inside the link, never detached."""

import os
from collections.abc import Iterator
from pathlib import Path

from weft.dataplane import bpf
from weft.dataplane.bpf import LinkInfo


class Links:
    """The links pinned in one directory, by device name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self) -> dict[str, LinkInfo]:
        """Return every link and what it holds on to."""
        return {name: self._info(path) for name, path in self._paths()}

    def attach(self, name: str, ifindex: int, hook: int, program_fd: int) -> None:
        """Attach the program to the device and keep it there. Raises OSError."""
        path = self._path(name)
        path.unlink(missing_ok=True)  # of a device of that name that is gone
        with bpf.closing(bpf.link_create(program_fd, ifindex, hook)) as fd:
            bpf.pin(fd, str(path))

    def replace(self, name: str, program_fd: int) -> None:
        """Let the link run another program from the next packet on. Raises OSError."""
        with bpf.closing(bpf.get_pinned(str(self._path(name)))) as fd:
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
