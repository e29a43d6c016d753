"""Network namespaces for tests: made with iproute2, entered by the calling thread, in mounts of its own."""

import contextlib
import ctypes
import functools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000  # uapi/linux/mount.h


@functools.cache
def own_mounts() -> None:
    """Give the calling thread, and what it starts, names of namespaces and a bpffs of its own. Needs root.

    So whoever else runs these tests on this machine, or another process of ours, may use the same names.
    """
    assert _libc.unshare(_CLONE_NEWNS) == 0, os.strerror(ctypes.get_errno())
    Path("/run/netns").mkdir(parents=True, exist_ok=True)
    for source, target, kind, flags in (
        (None, b"/", None, _MS_REC | _MS_PRIVATE),
        (b"tmpfs", b"/run/netns", b"tmpfs", 0),
        (b"bpf", b"/sys/fs/bpf", b"bpf", 0),
    ):
        assert _libc.mount(source, target, kind, flags, None) == 0, f"{target!r}: {os.strerror(ctypes.get_errno())}"


def run(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command; its output is in the error if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def run_in(namespace: str, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command in a namespace. nsenter, as `ip netns exec` hides the bpf file system."""
    return run("nsenter", f"--net=/run/netns/{namespace}", *command, check=check)


def start_in(namespace: str, *command: str, stdout: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{namespace}", *command],
        stdout=stdout, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def ip(namespace: str, *lines: str) -> None:
    """Feed lines to `ip -batch` in a namespace."""
    done = subprocess.run(
        ["ip", "-n", namespace, "-batch", "-"], input="\n".join(lines), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Let the calling thread live in `namespace` for the block."""
    old = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    new = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        assert _libc.setns(new, _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        yield
    finally:
        assert _libc.setns(old, _CLONE_NEWNET) == 0
        os.close(new)
        os.close(old)


@contextlib.contextmanager
def namespaces(*names: str) -> Iterator[None]:
    """Make namespaces and remove them again; left-overs of an earlier run go first."""
    for name in names:
        run("ip", "netns", "del", name, check=False)
        run("ip", "netns", "add", name)
        ip(name, "link set lo up")
    try:
        yield
    finally:
        for name in names:
            run("ip", "netns", "del", name, check=False)
