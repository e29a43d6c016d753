"""uvicorn inside weftd's own loop: no second process, no second loop, and weftd keeps the signals."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from weft.api.body_room import BodyRoom
from weft.api.bounded_protocol import BODIES_BYTES_MAX, BoundedProtocol, Limits
from weft.model import Unavailable

log = structlog.get_logger()

SHUTDOWN_S = 3  # what is under way may finish; clients keep connections open far longer
BACKLOG = 2048
MANY_CLIENTS_MAX = 4096  # connections at once; beyond, 503
SILENT_MS = 60_000  # how long a client may leave what we sent it unread


class CannotListen(Unavailable):
    """The API's address is taken or not ours; the message says which and who to ask."""

    code = "cannot_listen"


class _Server(uvicorn.Server):
    """Leaves SIGINT and SIGTERM to weftd, which has more to stop than this."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(listen: str) -> socket.socket:
    """Return a listening socket for "host:port" (port 0: any free one). Raises CannotListen."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]") or "0.0.0.0"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, as asyncio turns Nagle's algorithm off only then; with it on, an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these: one whose client reads no more, or is gone, does not hold its answer for ever.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MS)
        listener.bind((host, int(port)))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except (OSError, ValueError, OverflowError) as err:
        listener.close()
        raise CannotListen(f"cannot listen on {listen}: {err}{_hint(err, port)}") from err
    return listener


async def serve_api(
    app: ASGIApp, listener: socket.socket, limits: Limits | None = None, room: BodyRoom | None = None
) -> None:
    """Answer on `listener` until cancelled, then let running requests finish for up to `SHUTDOWN_S`."""

    class Connection(BoundedProtocol):
        pass

    Connection.limits = limits or Limits()
    Connection.room = room or BodyRoom(BODIES_BYTES_MAX)
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=SHUTDOWN_S,
        limit_concurrency=MANY_CLIENTS_MAX,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="api")
    host, port = listener.getsockname()[:2]
    log.info("api listens", address=host, port=port)
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


def _hint(err: BaseException, port: str) -> str:
    if isinstance(err, ValueError | OverflowError):
        return ' (must be "address:port")'
    if isinstance(err, OSError) and err.errno == 98:  # EADDRINUSE
        return f"; see who has it with `ss -ltnp sport = :{port}`, or set api.listen in weftd.toml"
    return ""
