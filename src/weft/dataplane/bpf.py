"""The bpf(2) system call: programs, links, pins and test runs, with nothing but ctypes.

Every function is one call. Attributes are laid out as `union bpf_attr` in uapi/linux/bpf.h; file descriptors
are plain integers that the caller owns. Failures are OSErrors; `loader.py` gives them a meaning.
"""

import contextlib
import ctypes
import os
import platform
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from weft.dataplane.object_file import MapSpec

_libc = ctypes.CDLL(None, use_errno=True)
_SYS_BPF = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "s390x": 351, "ppc64le": 361}.get(platform.machine(), 280)

PROG_TYPE_SCHED_CLS = 3
PSEUDO_MAP_FD = 1  # source register of a load that names a map
TCX_INGRESS, TCX_EGRESS = 46, 47
LOG_BYTES = 1 << 20
LINKS_MAX = 64  # at one hook; the kernel's own limit (BPF_MPROG_MAX)
NAME_BYTES = 15  # BPF_OBJ_NAME_LEN is 16 with its NUL


class Command(IntEnum):
    """enum bpf_cmd."""

    MAP_CREATE = 0
    MAP_LOOKUP = 1
    MAP_UPDATE = 2
    MAP_DELETE = 3
    MAP_NEXT_KEY = 4
    PROG_LOAD = 5
    OBJ_PIN = 6
    OBJ_GET = 7
    PROG_TEST_RUN = 10
    GET_INFO = 15
    PROG_QUERY = 16
    MAP_LOOKUP_BATCH = 24
    MAP_UPDATE_BATCH = 26
    MAP_DELETE_BATCH = 27
    LINK_CREATE = 28
    LINK_UPDATE = 29


class LinkInfo(NamedTuple):
    """What a TCX link is attached to; `ifindex` is 0 once its device is gone."""

    link_id: int
    program_id: int
    ifindex: int
    hook: int


class ProgramRun(NamedTuple):
    """Outcome of BPF_PROG_TEST_RUN."""

    verdict: int
    packet: bytes
    ns_per_run: int


def bpf(command: Command, attributes: bytearray) -> int:
    """Make the call. Returns what it returns (often a file descriptor); raises OSError."""
    buffer = (ctypes.c_char * len(attributes)).from_buffer(attributes)
    result = int(_libc.syscall(_SYS_BPF, int(command), ctypes.byref(buffer), len(attributes)))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"bpf({command.name}): {os.strerror(code)}")
    return result


def address_of(buffer: bytearray) -> int:
    """Return where `buffer` lies. The caller keeps it alive for as long as the kernel looks at it."""
    return ctypes.addressof((ctypes.c_char * len(buffer)).from_buffer(buffer))


def create_map(spec: MapSpec, name: str) -> int:
    """Return a new, empty map."""
    attributes = bytearray(72)
    struct.pack_into("<IIIII", attributes, 0, spec.type, spec.key_bytes, spec.value_bytes, spec.max_entries, spec.flags)
    attributes[28 : 28 + NAME_BYTES] = name.encode()[:NAME_BYTES].ljust(NAME_BYTES, b"\0")
    return bpf(Command.MAP_CREATE, attributes)


def load_program(name: str, instructions: bytes, license_text: str) -> int:
    """Return a new tc program. If the verifier refuses it, its log's end rides in the OSError's message."""
    code, licence = bytearray(instructions), bytearray(license_text.encode() + b"\0")
    attributes = bytearray(128)
    struct.pack_into("<IIQQ", attributes, 0, PROG_TYPE_SCHED_CLS, len(code) // 8, address_of(code), address_of(licence))
    attributes[48 : 48 + NAME_BYTES] = name.encode()[:NAME_BYTES].ljust(NAME_BYTES, b"\0")
    try:
        return bpf(Command.PROG_LOAD, attributes)
    except OSError as err:
        log = bytearray(LOG_BYTES)
        struct.pack_into("<IIQ", attributes, 24, 1, len(log), address_of(log))
        with contextlib.suppress(OSError):
            os.close(bpf(Command.PROG_LOAD, attributes))
        tail = log.split(b"\0", 1)[0].decode(errors="replace").strip().splitlines()[-12:]
        raise OSError(err.errno, "\n".join([f"the verifier refused {name}: {err.strerror}", *tail])) from err


def pin(fd: int, path: str) -> None:
    """Let the object behind `fd` live on under `path`."""
    name = bytearray(path.encode() + b"\0")
    bpf(Command.OBJ_PIN, bytearray(struct.pack("<QII", address_of(name), fd, 0)))


def get_pinned(path: str) -> int:
    """Return a descriptor of what is pinned at `path`."""
    name = bytearray(path.encode() + b"\0")
    return bpf(Command.OBJ_GET, bytearray(struct.pack("<QII", address_of(name), 0, 0)))


def map_spec(fd: int) -> MapSpec:
    """Return how the map was made (struct bpf_map_info)."""
    kind, _id, key, value, entries, flags = struct.unpack_from("<6I", _info(fd, 24))
    return MapSpec(type=kind, key_bytes=key, value_bytes=value, max_entries=entries, flags=flags)


def program_id(fd: int) -> int:
    """Return the kernel's number for a program (struct bpf_prog_info)."""
    return int(struct.unpack_from("<II", _info(fd, 16))[1])


def link_create(program_fd: int, ifindex: int, hook: int) -> int:
    """Attach a program to a device of this thread's namespace. The attachment lives as long as fd or pin."""
    return bpf(Command.LINK_CREATE, bytearray(struct.pack("<IIII", program_fd, ifindex, hook, 0) + bytes(48)))


def link_update(link_fd: int, program_fd: int) -> None:
    """Replace the link's program; no packet sees neither."""
    bpf(Command.LINK_UPDATE, bytearray(struct.pack("<IIII", link_fd, program_fd, 0, 0)))


def link_info(fd: int) -> LinkInfo:
    """Return what the link holds on to (struct bpf_link_info)."""
    _type, link_id, program, _pad, ifindex, hook = struct.unpack_from("<6I", _info(fd, 32))
    return LinkInfo(link_id=link_id, program_id=program, ifindex=ifindex, hook=hook)


def links_on(ifindex: int, hook: int) -> set[int]:
    """Return the numbers of the links at a hook of a device of this thread's namespace; none if it is not there."""
    ids, programs = bytearray(4 * LINKS_MAX), bytearray(4 * LINKS_MAX)  # without room for both it tells neither
    attributes = bytearray(64)
    struct.pack_into("<IIII", attributes, 0, ifindex, hook, 0, 0)
    struct.pack_into("<QIIQQ", attributes, 16, address_of(programs), LINKS_MAX, 0, 0, address_of(ids))
    try:
        bpf(Command.PROG_QUERY, attributes)
    except OSError:
        return set()
    (count,) = struct.unpack_from("<I", attributes, 24)
    return set(struct.unpack_from(f"<{count}I", ids))


def run_program(program_fd: int, packet: bytes, ifindex: int, *, repeat: int = 1, gso_size: int = 0) -> ProgramRun:
    """Run a tc program on `packet` as if it came from device `ifindex`. Live maps are touched like by any packet."""
    given, taken = bytearray(packet), bytearray(len(packet) + 1024)
    context = bytearray(192)  # struct __sk_buff
    struct.pack_into("<I", context, 40, ifindex)
    struct.pack_into("<I", context, 176, gso_size)
    attributes = bytearray(80)
    struct.pack_into(
        "<IIIIQQII", attributes, 0, program_fd, 0, len(given), len(taken), *map(address_of, (given, taken)), repeat, 0
    )
    struct.pack_into("<IIQQ", attributes, 40, len(context), 0, address_of(context), 0)
    bpf(Command.PROG_TEST_RUN, attributes)
    _fd, result, _in, length = struct.unpack_from("<IIII", attributes)
    (duration,) = struct.unpack_from("<I", attributes, 36)
    return ProgramRun(verdict=result, packet=bytes(taken[:length]), ns_per_run=duration)


@contextlib.contextmanager
def closing(fd: int) -> Iterator[int]:
    """Close `fd` at the end of the block."""
    try:
        yield fd
    finally:
        os.close(fd)


def _info(fd: int, length: int) -> bytearray:
    info = bytearray(length)
    bpf(Command.GET_INFO, bytearray(struct.pack("<IIQ", fd, length, address_of(info))))
    return info
