"""Do machines reach each other, how fast, and is a packet lost: ping, read by a program."""

import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import msgspec

from weft.lab.home import Home
from weft.lab.machines import load_machine
from weft.lab.shell import inside

RTT = re.compile(r"= [\d.]+/([\d.]+)/")
SEQUENCE = re.compile(r"icmp_seq=(\d+) .*time=")
COUNTS = re.compile(r"(\d+) packets transmitted, (\d+) (?:packets )?received")


IN_FLIGHT_S = 0.3  # no answer takes longer on the story's WAN


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
    return Ping(home, source, target, address, count=count, interval_s=0.2, wait_s=wait_s).result()


class Ping:
    """A ping that runs beside the story."""

    def __init__(
        self, home: Home, source: str, target: str, address: str, *, count: int, interval_s: float, wait_s: int = 2
    ) -> None:
        self._what = f"{source} → {target} ({address})"
        self._interval_s = interval_s
        argv = ["ping", "-n", "-c", str(count), "-i", str(interval_s), "-W", str(wait_s), address]
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  # a pipe would fill, and ping would wait
        self._running = subprocess.Popen(
            inside(load_machine(home, source).netns, argv),
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
        )

    def end(self) -> Result:
        """Stop now, and return what it saw; what was on its way at that moment is not counted."""
        self._running.send_signal(signal.SIGINT)
        return self.result(on_its_way=int(IN_FLIGHT_S / self._interval_s))

    def result(self, on_its_way: int = 0) -> Result:
        """Return what it saw, when it has ended; up to so many of the last packets may have had no time to return."""
        self._running.wait()
        with self._said as file:
            file.seek(0)
            said = file.read()
        counts, rtt = COUNTS.search(said), RTT.search(said)
        sent, received = (int(counts[1]), int(counts[2])) if counts else (1, 0)
        last = max(map(int, SEQUENCE.findall(said)), default=0)
        if sent - last <= on_its_way:
            sent = last
        return Result(self._what, sent, received, float(rtt[1]) if rtt else None)
