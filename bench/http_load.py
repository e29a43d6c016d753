"""HTTP clients that cost almost nothing, so that what is measured is the server.

A connection is kept alive, as far as the server lets it, and carries one request at a time; `load` keeps several of
them busy. A real client library costs more per request than weftd does.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec


class Refused(Exception):
    """The server answered with an error."""


class Connection:
    """One connection to an HTTP server, opened anew after an answer that closes it."""

    def __init__(self, base_url: str) -> None:
        where = urlsplit(base_url)
        self._host, self._port = where.hostname or "127.0.0.1", where.port or 80
        self.headers: dict[str, str] = {}  # sent with every request
        self._is_open = False

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def request(self, method: str, path: str, body: Any = None) -> tuple[dict[str, str], Any]:
        """Return headers (names in lower case) and decoded body. Raises Refused unless the status is 2xx."""
        headers, answer = await self.exchange(method, path, body)
        return headers, decoded(answer)

    async def exchange(self, method: str, path: str, body: Any = None) -> tuple[dict[str, str], bytes]:
        """Return headers and body as they came. Raises Refused unless the status is 2xx."""
        if not self._is_open:
            await self._open()
        payload = b"" if body is None else msgspec.json.encode(body)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(payload)}"]
        lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in self.headers.items())]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
        status, *fields = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields if line)}
        answer = await self._reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self._writer.close()
            self._is_open = False
        if not status.split()[1].startswith("2"):
            raise Refused(f"{method} {path}: {status}: {answer.decode()[:300]}")
        return headers, answer

    async def _open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._is_open = True

    async def log_in(self, password: str, *, user: str = "admin", project: str = "admin") -> None:
        """Get a token for `project` and send it from now on."""
        domain = {"id": "default"}
        identity = {
            "methods": ["password"],
            "password": {"user": {"name": user, "domain": domain, "password": password}},
        }
        scope = {"project": {"name": project, "domain": domain}}
        body = {"auth": {"identity": identity, "scope": scope}}
        headers, _ = await self.request("POST", "/identity/v3/auth/tokens", body)
        self.headers["X-Auth-Token"] = headers["x-subject-token"]


def decoded(answer: bytes) -> Any:
    """Return what an answer's body says, None if it has none."""
    return msgspec.json.decode(answer) if answer else None


@dataclass
class Load:
    """What came of a load: how long each request took until its answer was there, and how long all of them.

    What a client makes of an answer is not the server's time: bodies are decoded afterwards.
    """

    taken_ms: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    took_s: float = 0.0

    def add(self, other: "Load") -> None:
        """Take in another load of the same kind."""
        self.taken_ms += other.taken_ms
        self.bodies += other.bodies
        self.took_s += other.took_s

    @property
    def answers(self) -> list[Any]:
        """What the bodies say."""
        return [decoded(body) for body in self.bodies]

    @property
    def per_s(self) -> float:
        """Requests answered per second."""
        return len(self.taken_ms) / self.took_s


async def load(connections: Iterable[Connection], requests: Iterable[tuple[str, str, Any]]) -> Load:
    """Send `requests`, (method, path, body) each, over all `connections` at once; each takes the next when free."""
    found = Load()
    queue = iter(requests)
    started = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for connection in connections:
            tasks.create_task(_take(connection, queue, found))
    found.took_s = time.perf_counter() - started
    return found


async def _take(connection: Connection, queue: Iterator[tuple[str, str, Any]], found: Load) -> None:
    for method, path, body in queue:
        sent = time.perf_counter()
        _, answer = await connection.exchange(method, path, body)
        found.taken_ms.append((time.perf_counter() - sent) * 1000)
        found.bodies.append(answer)
