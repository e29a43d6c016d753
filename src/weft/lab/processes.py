"""The lab's processes, found by the mark in their environment: no pid file that could be stale.

weftd's children (nats-server) inherit the mark, so whatever it started is found too, also when weftd is gone.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from weft.lab.home import Home
from weft.lab.shell import inside

LAB_MARK = "WEFT_LAB"
NODE_MARK = "WEFT_LAB_NODE"
_SIGNS = (
    (b"nats-server", "nats"),
    (b"weft.lab.wan.forwarder", "forwarder"),
    (b"weftd", "weftd"),
    (b"weft.agent.main", "weftd"),
)
GONE_S = 10.0  # how long a killed process may take to leave


class Process(msgspec.Struct, frozen=True):
    """A process of the lab."""

    pid: int
    node: str  # the layout's name, or "wan"
    role: str  # "weftd", "nats", "forwarder", "other"


def spawn(home: Home, node: str, netns: str, argv: Sequence[str], log: Path) -> int:
    """Start a long-lived process of `node` in `netns`, its output appended to `log`; returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, LAB_MARK: str(home.root), NODE_MARK: node, "PYTHONUNBUFFERED": "1"}
    with log.open("ab") as output:
        child = subprocess.Popen(
            inside(netns, argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=log.parent,
            start_new_session=True,  # a Ctrl-C at the terminal is not for it
        )
    return child.pid


def processes(home: Home) -> list[Process]:
    """Return every live process that bears this lab's mark."""
    found = []
    for pid in _pids():
        environ = _read(pid, "environ").split(b"\0")
        if f"{LAB_MARK}={home.root}".encode() in environ:
            node = next((e[len(NODE_MARK) + 1 :] for e in environ if e.startswith(NODE_MARK.encode() + b"=")), b"")
            found.append(Process(pid, node.decode(), _role(_read(pid, "cmdline").split(b"\0"))))
    return found


def kill(home: Home, of: Callable[[Process], bool]) -> list[Process]:
    """SIGKILL the lab's processes that `of` picks, and what they start meanwhile; returns when they are gone."""
    killed: dict[int, Process] = {}
    deadline = time.monotonic() + GONE_S
    while victims := [process for process in processes(home) if of(process)]:
        for victim in victims:
            killed[victim.pid] = victim
            _kill(victim.pid)
        if time.monotonic() > deadline:
            break  # in the kernel's hands (uninterruptible); it dies when it wakes
        time.sleep(0.01)
    return list(killed.values())


def kill_all_in(netns: str) -> None:
    """SIGKILL whatever runs in a namespace, but not us; returns when it is gone, so that the namespace can go."""
    try:
        inode = Path(f"/run/netns/{netns}").stat().st_ino
    except OSError:
        return
    deadline = time.monotonic() + GONE_S
    while time.monotonic() < deadline:
        victims = [pid for pid in _pids() if pid != os.getpid() and _netns_inode(pid) == inode]
        if not victims:
            return
        for pid in victims:
            _kill(pid)
        time.sleep(0.01)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read(pid: int, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:  # gone since we listed it
        return b""


def _netns_inode(pid: int) -> int:
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino
    except OSError:
        return 0


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _role(cmdline: Sequence[bytes]) -> str:
    line = b" ".join(cmdline)
    for sign, role in _SIGNS:
        if sign in line:
            return role
    return "other"
