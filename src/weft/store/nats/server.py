"""The site's nats-server as a process: started, adopted after a crash of ours, watched and restarted.

The server runs in a session of its own and outlives a kill -9 of weftd: the site's other nodes go on writing,
and the next weftd finds it by its pid file and adopts it. A clean stop of weftd stops it.
"""

import asyncio
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import msgspec
import structlog

from weft.model import Unavailable
from weft.store.nats.server_config import find_binary, render

log = structlog.get_logger()

READY_S = 60.0  # a log of many GB is re-indexed at start
BACK_OFF_MAX_S = 5.0
GO_COLLECTS_AT = "40"  # per cent of growth; Go's 100 costs 20 MiB more under load, and no time that could be measured
LOG_TAIL_BYTES = 256 << 10


class ServerSettings(msgspec.Struct, frozen=True):
    """What a site's server needs to know."""

    name: str  # of the server, unique in the fabric: "<site>-<node>"
    listen: str  # "0.0.0.0:4222"
    directory: Path  # its configuration, log and pid file and store
    secret: bytes
    binary: str = ""  # "" = find one


class ServerFailed(Unavailable):
    """nats-server does not run; the message says why and what to do."""

    code = "nats_server_failed"


class NatsServer:
    """One nats-server process. `start` makes it run, `supervise` keeps it running, `stop` ends it."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self.directory = settings.directory
        self._config_file = self.directory / "nats.conf"
        self._pid_file = self.directory / "nats.pid"
        self._log_file = self.directory / "nats.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._log_start = 0  # of this server's run in its log file
        self.pid: int | None = None
        self.restarts = 0

    async def start(self) -> None:
        """Return once the server answers. Raises NoNatsServer, ServerFailed."""
        binary = find_binary(self._settings.binary)
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            unchanged = self._write_config()
            self._pid_file.touch()
        except OSError as err:
            raise ServerFailed(f"{self.directory} cannot be written: {err.strerror}. Free space or fix it.") from err
        orphan = self._running_orphan()
        if orphan is not None:
            if unchanged and await self._answers(deadline_s=2.0):
                self.pid = orphan
                log.info("nats-server adopted", pid=orphan)
                return
            await _end(orphan)
        await self._spawn(binary)

    async def supervise(self) -> None:
        """Restart the server whenever it ends, until cancelled."""
        back_off_s = 0.05
        while True:
            assert self.pid is not None
            started = time.monotonic()
            await _wait_end(self.pid)
            self._reap()
            if self._stopping:
                return
            self.restarts += 1
            log.warning("nats-server ended", pid=self.pid, restarts=self.restarts)
            back_off_s = 0.05 if time.monotonic() - started > 10 else min(back_off_s * 2, BACK_OFF_MAX_S)
            while True:
                await asyncio.sleep(back_off_s)
                try:
                    await self._spawn(find_binary(self._settings.binary))
                    break
                except Unavailable as err:
                    log.error("nats-server does not start", error=str(err))
                    back_off_s = min(back_off_s * 2, BACK_OFF_MAX_S)

    async def stop(self) -> None:
        """End the server and wait until it has."""
        self._stopping = True
        if self.pid is not None:
            await _end(self.pid)
        self._reap()
        self.pid = None

    async def restart(self) -> None:
        """End the server; `supervise` starts it again. For one that runs but does not serve (a disk was full)."""
        if self.pid is not None:
            await _end(self.pid)

    def cannot_write(self) -> bool:
        """Tell whether the server has met an error on disk and answers no writes any more."""
        return "Critical write error" in self._log_text()

    def _write_config(self) -> bool:
        """Write the configuration file; returns whether it held the same before."""
        text = render(
            server_name=self._settings.name,
            listen=self._settings.listen,
            store_dir=self.directory / "store",
            pid_file=self._pid_file,
            log_file=self._log_file,
            secret=self._settings.secret,
        )
        if self._config_file.exists() and self._config_file.read_text() == text:
            return True
        temporary = self._config_file.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(text)
        temporary.replace(self._config_file)
        return False

    def _running_orphan(self) -> int | None:
        """Return the pid of the server that an earlier weftd left, if it still runs."""
        try:
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self._config_file) in command else None

    async def _spawn(self, binary: Path) -> None:
        self._log_start = self._log_file.stat().st_size if self._log_file.exists() else 0
        try:
            self._child = subprocess.Popen(  # noqa: ASYNC220 - returns at once, and supervise needs the plain pid
                [binary, "-c", self._config_file],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={"GOGC": GO_COLLECTS_AT, "GOMAXPROCS": str(_cores_for_server()), **os.environ},
            )
        except OSError as err:
            raise ServerFailed(f"{binary} cannot be run: {err.strerror}") from err
        self.pid = self._child.pid
        if await self._answers(deadline_s=READY_S):
            log.info("nats-server runs", pid=self.pid, listen=self._settings.listen)
            return
        reason = self._why_failed()
        await _end(self.pid)
        self._reap()
        raise ServerFailed(reason)

    def _reap(self) -> None:
        """Collect the exit status of an ended child, so that it leaves no zombie."""
        if self._child is not None:
            self._child.poll()

    async def _answers(self, deadline_s: float) -> bool:
        """Return True once the server greets as the one we configured, False if it ended or `deadline_s` passed."""
        host, _, port = self._settings.listen.rpartition(":")
        host = {"0.0.0.0": "127.0.0.1", "[::]": "::1", "": "127.0.0.1"}.get(host, host.strip("[]"))
        deadline = time.monotonic() + deadline_s
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                return False
            greeting = await _greeting(host, int(port))
            if greeting is not None:
                return greeting.get("server_name") == self._settings.name and bool(greeting.get("jetstream"))
            await asyncio.sleep(0.01)
        return False

    def _log_text(self) -> str:
        """Return the last of what the server has written to its log since it was started."""
        try:
            with self._log_file.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                start = self._log_start if self._log_start <= end else 0  # the file has been rotated
                file.seek(max(start, end - LOG_TAIL_BYTES))
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def _why_failed(self) -> str:
        """Return one line that says why the server did not start and what to do."""
        lines = self._log_text().splitlines()
        errors = [line.partition("] ")[2] for line in lines if "[FTL]" in line or "[ERR]" in line]
        text = errors[-1] if errors else "no reason in its log"
        if "address already in use" in text:
            return f"{self._settings.listen} is already in use by another program: end it or change nats.listen"
        if "no space left" in text.lower() or "insufficient storage" in text.lower():
            return f"the disk of {self.directory} is full: free space there"
        if not errors and self._child is not None and self._child.poll() is None:
            return f"{self._settings.listen} is answered by another server: end it or change nats.listen"
        return f"nats-server does not start: {text} (see {self._log_file})"


async def _greeting(host: str, port: int) -> dict[str, object] | None:
    """Return the INFO that a NATS server sends to whoever connects, None if none does."""
    try:
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                line = await reader.readline()
            finally:
                writer.close()
        verb, _, body = line.partition(b" ")
        return dict(json.loads(body)) if verb == b"INFO" else {}
    except (OSError, TimeoutError, ValueError):
        return None


async def _end(pid: int) -> None:
    """Make process `pid` end: politely, and after 10 s by force."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        try:
            async with asyncio.timeout(10.0):
                await _wait_end(pid)
            return
        except TimeoutError:
            continue


async def _wait_end(pid: int) -> None:
    """Return when process `pid`, our child or not, has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)  # a pidfd becomes readable when its process ends
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _cores_for_server() -> int:
    """Return how many cores the server may keep busy: half, for weftd needs one, and Go spins where it could sleep."""
    return max(1, len(os.sched_getaffinity(0)) // 2)
