"""One site's store in a process of its own, driven over a pipe: what the store benchmarks are made of.

As a program: `store_node.py SETTINGS`, one JSON question per line on stdin, one JSON answer per line on stdout.
As a module: `running_sites` starts some and connects them, with a delay if asked.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import structlog
import uvloop

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.store.nats.proxy import Proxy
from weft.model import NodeId, SiteId
from weft.store.records import Key
from weft.store.settings import StoreSettings
from weft.store.site_store import SiteStore
from weft.store.writes import Claim, Write, Writes

SECRET = b"benchmark" * 4
READY_S = 20.0


# ---- in the site's process
def port_writes(site: str, run: str, number: int) -> Writes:
    """Return what creating a port writes: one record with 18 fields, and claims on an address and a MAC."""
    address, mac = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", f"fa:16:{number:012x}"
    values: dict[str, Any] = {
        "project_id": "3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c", "network_id": "11111111-2222-3333-4444-555555555555",
        "name": f"port-{number}", "description": "", "admin_state_up": True, "mac_address": mac,
        "fixed_ips": [{"subnet_id": "66666666-7777-8888-9999-000000000000", "ip_address": address}],
        "device_id": "", "device_owner": "compute:nova", "host": "", "vnic_type": "normal", "profile": {},
        "port_security_enabled": True, "allowed_address_pairs": [], "security_groups": [], "tags": [],
        "created_at": "2026-01-01T00:00:00Z", "previous_hosts": [],
    }  # fmt: skip
    claims = (Claim(f"bench-{run}", address), Claim(f"bench-{run}-mac", mac))
    write = Write(Key("fabric", "port", f"{site}-{run}-{number}"), values, create=True)
    return Writes((write,), claims, "bench", "create")


class Node:
    """Answers questions about one store."""

    def __init__(self, store: SiteStore) -> None:
        self._store = store

    async def burst(self, run: str, count: int, at_once: int, claims: bool = True) -> dict[str, Any]:
        """Commit `count` ports, `at_once` at a time; return each one's milliseconds and the rate."""
        while not self._store.in_sync:  # what takes claims must be decided on all that the log holds
            await self._store.catch_up(deadline_s=30)
        numbers = iter(range(count))
        taken_ms: list[float] = []

        async def worker() -> None:
            for number in numbers:
                writes = port_writes(self._store.site, run, number)
                if not claims:
                    writes = Writes(writes.writes, (), writes.actor, writes.verb)
                started = time.perf_counter()
                await self._store.commit(writes, deadline_s=30)
                taken_ms.append((time.perf_counter() - started) * 1000)

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(at_once)))
        return {"taken_ms": taken_ms, "per_s": count / (time.perf_counter() - started)}

    async def state(self) -> dict[str, Any]:
        """Return what it holds, and what it costs."""
        nats_pid = self._store._server.pid
        return {
            "digest": self._store.digest(),
            "records": len(self._store.state),
            "connected": [peer.site for peer in self._store.peers() if peer.connected],
            "outbox": len(self._store._holdings.outbox),
            "weftd_mib": _resident_mib(os.getpid()),
            "nats_mib": _resident_mib(nats_pid) if nats_pid else 0.0,
            "cpu_s": time.process_time(),
        }

    async def until(self, digest: str, deadline_s: float) -> dict[str, Any]:
        """Return when our digest is `digest`."""
        async with asyncio.timeout(deadline_s):
            await self._store._holdings.changed.until(lambda: self._store.digest() == digest)
        return {"at_s": time.time()}

    async def handed_on(self, deadline_s: float) -> dict[str, Any]:
        """Return when our own log has been told all that we hold."""
        async with asyncio.timeout(deadline_s):
            await self._store._relay.until_told(set(self._store._holdings.outbox))
        return {"at_s": time.time()}


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def serve(settings: StoreSettings) -> None:
    """Run the store and answer until stdin ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with SiteStore.open(settings) as store:
        node = Node(store)
        while line := await reader.readline():
            question = json.loads(line)
            answer = await getattr(node, question.pop("verb"))(**question)
            print(json.dumps(answer), flush=True)


# ---- in the benchmark
class SiteProcess:
    """A site to be asked."""

    def __init__(self, name: str, port: int, directory: Path) -> None:
        self.name, self.port, self._directory = name, port, directory
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, peers: Sequence[tuple[str, str]]) -> None:
        """Start the process."""
        settings = {"name": self.name, "port": self.port, "directory": str(self._directory), "peers": peers}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, json.dumps(settings),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26,
        )  # fmt: skip

    async def ask(self, verb: str, **question: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"verb": verb, **question}).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"site {self.name} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def stop(self) -> None:
        """End the process in order."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()


class Fabric:
    """Sites and the links between them."""

    def __init__(self, sites: dict[str, SiteProcess], links: list[Proxy]) -> None:
        self.sites, self.links = sites, links

    def cut(self) -> None:
        """Break every link."""
        for link in self.links:
            link.cut()

    def heal(self) -> None:
        """Mend every link."""
        for link in self.links:
            link.heal()

    async def until_equal(self, deadline_s: float = 60.0) -> float:
        """Return the seconds until all sites hold the same, digests say so."""
        started = time.monotonic()
        while time.monotonic() - started < deadline_s:
            states = await asyncio.gather(*(site.ask("state") for site in self.sites.values()))
            if len({state["digest"] for state in states}) == 1:
                return time.monotonic() - started
            await asyncio.sleep(0.05)
        raise TimeoutError(f"sites do not hold the same after {deadline_s:g} s")


@contextlib.asynccontextmanager
async def running_sites(names: str, *, delay_ms: float = 0.0) -> AsyncIterator[Fabric]:
    """Run sites that all pull from each other, each way over a link of its own with `delay_ms` one way."""
    async with contextlib.AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weft-bench-")))
        sites = {name: SiteProcess(name, _free_port(), directory / name) for name in names}
        links: list[Proxy] = []
        for site in sites.values():
            peers = []
            for other in sites.values():
                if other is not site:
                    link = await stack.enter_async_context(Proxy(other.port, delay_s=delay_ms / 1000))
                    links.append(link)
                    peers.append((other.name, link.url))
            await site.start(peers)
            stack.push_async_callback(site.stop)
        fabric = Fabric(sites, links)
        await asyncio.gather(*(site.ask("burst", run="first", count=1, at_once=1) for site in sites.values()))
        await fabric.until_equal(READY_S)
        yield fabric


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def main() -> None:
    """Be a site."""
    said: dict[str, Any] = json.loads(sys.argv[1])
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr), cache_logger_on_first_use=True,
                        wrapper_class=structlog.make_filtering_bound_logger(30))  # fmt: skip
    settings = StoreSettings(
        site=SiteId(said["name"]),
        node=NodeId(f"{said['name']}1"),
        state_dir=Path(said["directory"]),
        secret=SECRET,
        listen=f"127.0.0.1:{said['port']}",
        url=f"nats://127.0.0.1:{said['port']}",
        peers=tuple((SiteId(site), url) for site, url in said["peers"]),
    )
    uvloop.run(serve(settings))


__all__ = ["Fabric", "SiteProcess", "running_sites"]

if __name__ == "__main__":
    main()
