"""Where pins live: the bpf file system. What is pinned there outlives every process."""

import contextlib
import ctypes
import errno
import os
from pathlib import Path

from weft.model import Denied, Unavailable

ROOT = Path("/sys/fs/bpf")
_BPF_FS_MAGIC = 0xCAFE4A11
_libc = ctypes.CDLL(None, use_errno=True)


class NoBpffs(Unavailable):
    """The bpf file system is not mounted and cannot be."""

    code = "no_bpffs"
    hint = f"as root: mount -t bpf bpf {ROOT}"


class LacksBpffs(NoBpffs):
    """The kernel has no bpf file system to mount."""

    code = "lacks_bpffs"
    hint = "Weft needs Linux 6.1 or newer with CONFIG_BPF_SYSCALL"


class NotPrivileged(Denied):
    """Loading eBPF and attaching it takes root, or CAP_BPF with CAP_NET_ADMIN."""

    code = "not_privileged"
    hint = "start weftd as root, or give it CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN"


def ensure_directory(path: Path) -> None:
    """Make `path` on a bpf file system, which is mounted if need be. Raises NoBpffs, NotPrivileged."""
    if ROOT in path.parents and not _is_bpffs(ROOT):
        _mount()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except PermissionError as err:
        raise NotPrivileged(f"cannot make {path}: {err.strerror}") from err
    except OSError as err:
        raise NoBpffs(f"cannot make {path}: {err.strerror}") from err
    if not _is_bpffs(path):
        raise NoBpffs(f"{path} is not on a bpf file system")


def remove_directory(path: Path) -> None:
    """Unpin everything below `path`, and `path` itself; fine if it is not there."""
    for directory, _names, files in os.walk(path, topdown=False):
        for name in files:
            (Path(directory) / name).unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            Path(directory).rmdir()


def _mount() -> None:
    if _libc.mount(b"bpf", str(ROOT).encode(), b"bpf", 0, None):
        code = ctypes.get_errno()
        if code == errno.EPERM:
            raise NotPrivileged(f"{ROOT} is not mounted, and mounting it is refused")
        kind = LacksBpffs if code == errno.ENODEV else NoBpffs
        raise kind(f"{ROOT} cannot be mounted: {os.strerror(code)}")


class _Statfs(ctypes.Structure):
    _fields_ = (("f_type", ctypes.c_long), ("rest", ctypes.c_byte * 248))


def _is_bpffs(path: Path) -> bool:
    found = _Statfs()
    failed: int = _libc.statfs(str(path).encode(), ctypes.byref(found))
    return not failed and found.f_type & 0xFFFFFFFF == _BPF_FS_MAGIC
