"""Do machines reach each other, how fast, and is a packet lost: ping, read by a program."""

import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import msgspec

from weft.lab.home import Home
from weft.lab.machines import Machine, load_machine
from weft.lab.shell import inside

RTT = re.compile(r"= [\d.]+/([\d.]+)/")
COUNTS = re.compile(r"(\d+) packets transmitted, (\d+) (?:packets )?received")


class Result(msgspec.Struct, frozen=True):
    """What one ping saw."""

    what: str  # "web-a → web-b (10.10.0.5)"
    sent: int
    received: int
    rtt_ms: float | None  # average

    @property
    def lost(self) -> int:
        return self.sent - self.received


def addresses_of(home: Home, name: str) -> list[str]:
    """Return a machine's addresses, without prefix length."""
    return [address.split("/")[0] for device in load_machine(home, name).devices for address in device.addresses]


def ping_all_pairs(home: Home, names: Sequence[str], count: int = 3) -> list[Result]:
    """Let each machine ping each other one, on every address, all at once."""
    jobs = [(one, other, address) for one, other in permutations(names, 2) for address in addresses_of(home, other)]
    with ThreadPoolExecutor(len(jobs) or 1) as pool:
        return list(pool.map(lambda job: ping(home, job[0], job[1], job[2], count=count), jobs))


def ping(home: Home, source: str, target: str, address: str, count: int = 3, wait_s: int = 2) -> Result:
    """Ping `address`, which is machine `target`'s."""
    with start_ping(home, source, address, count=count, interval_s=0.2, wait_s=wait_s) as running:
        return read_ping(running, f"{source} → {target} ({address})")


def start_ping(
    home: Home, source: str, address: str, *, count: int, interval_s: float, wait_s: int = 2
) -> "subprocess.Popen[str]":
    """Start a ping from machine `source`; end it early with SIGINT, and read it with `read_ping`."""
    machine: Machine = load_machine(home, source)
    argv = ["ping", "-q", "-n", "-c", str(count), "-i", str(interval_s), "-W", str(wait_s), address]
    return subprocess.Popen(
        inside(machine.netns, argv),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def read_ping(running: "subprocess.Popen[str]", what: str) -> Result:
    """Return what a ping saw, when it has ended."""
    said, _ = running.communicate()
    counts, rtt = COUNTS.search(said), RTT.search(said)
    sent, received = (int(counts[1]), int(counts[2])) if counts else (1, 0)
    return Result(what, sent, received, float(rtt[1]) if rtt else None)
