"""Brings programs and maps into the kernel. Maps that are pinned and fit are taken over with all they hold,
so that counters, and later connections, survive restarts and upgrades."""

import errno
import os
import platform
from pathlib import Path
from typing import NamedTuple

from weft.dataplane import bpf
from weft.dataplane.bpf_map import BpfMap
from weft.dataplane.bpffs import NotPrivileged, ensure_directory, remove_directory
from weft.dataplane.object_file import MapSpec, ObjectFile, read_object
from weft.dataplane.records import SCHEMA
from weft.model import Unavailable

PROGRAMS = ("from_port", "from_underlay", "to_underlay")
MAPS_DIRECTORY = f"maps-{SCHEMA}"


class KernelRefused(Unavailable):
    """The kernel does not take a program or a map."""

    code = "kernel_refused"
    hint = "Weft needs Linux 6.1 or newer with CONFIG_BPF_SYSCALL, CONFIG_BPF_JIT, CONFIG_NET_CLS_{ACT,BPF}"


class Loaded(NamedTuple):
    """Open file descriptors of everything; the pins keep the rest alive."""

    programs: dict[str, int]
    maps: dict[str, BpfMap]
    rebuilt: frozenset[str]  # maps that started empty

    def close(self) -> None:
        for fd in self.programs.values():
            os.close(fd)
        for table in self.maps.values():
            table.close()


def load(pin_dir: Path) -> Loaded:
    """Load all programs over the maps pinned in `pin_dir`. Raises KernelRefused, NotPrivileged, NoBpffs."""
    directory = pin_dir / MAPS_DIRECTORY
    ensure_directory(directory)
    objects = [read_object(name) for name in PROGRAMS]
    specs = {name: spec for item in objects for name, spec in item.maps.items()}
    maps: dict[str, BpfMap] = {}
    programs: dict[str, int] = {}
    rebuilt = set()
    try:
        for name, spec in specs.items():
            maps[name], is_new = open_map(directory / name, name, spec)
            if is_new:
                rebuilt.add(name)
        for item in objects:
            programs[item.name] = bpf.load_program(item.name, linked(item, maps), item.license)
    except OSError as err:
        Loaded(programs, maps, frozenset()).close()
        if err.errno == errno.EPERM:
            raise NotPrivileged(f"the kernel does not let us load eBPF: {err.strerror}") from err
        raise KernelRefused(f"Linux {platform.release()}: {err.strerror}") from err
    return Loaded(programs, maps, frozenset(rebuilt))


def open_map(path: Path, name: str, spec: MapSpec) -> tuple[BpfMap, bool]:
    """Return the map pinned at `path` and False, or a new one and True if there is none that fits `spec`."""
    if path.exists():
        found = BpfMap(bpf.get_pinned(str(path)))
        if found.spec == spec:
            return found, False
        found.close()
        path.unlink()  # programs still attached keep the old one until they are replaced
    try:
        fd = bpf.create_map(spec, name)
        bpf.pin(fd, str(path))
    except OSError as err:
        raise OSError(err.errno, f"the map {name} (type {spec.type}) cannot be made: {err.strerror}") from err
    return BpfMap(fd), True


def linked(item: ObjectFile, maps: dict[str, BpfMap]) -> bytes:
    """Return the program's instructions with the maps' file descriptors filled in."""
    code = bytearray(item.instructions)
    for index, name in item.uses:
        at = index * 8
        code[at + 1] = code[at + 1] & 0x0F | bpf.PSEUDO_MAP_FD << 4
        code[at + 4 : at + 8] = maps[name].fd.to_bytes(4, "little")
    return bytes(code)


def remove_stale_maps(pin_dir: Path) -> None:
    """Unpin maps of other schemas. Call when no attached program uses them any more."""
    for path in pin_dir.glob("maps-*"):
        if path.name != MAPS_DIRECTORY:
            remove_directory(path)
