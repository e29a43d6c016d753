"""What every request passes on its way in and out: an ID and a line in the log.

Plain ASGI instead of Starlette's middleware classes: those cost more than a read of the state does.
"""

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, unbind_contextvars

from weft.api.fresh_ids import random_hex

log = structlog.get_logger()

REQUEST_ID = b"x-openstack-request-id"
GLOBAL_REQUEST_ID = b"x-openstack-global-request-id"
QUIET_METHODS = ("GET", "HEAD", "OPTIONS")  # logged as events only when they fail

# oslo.middleware, request_id.py: anything else in the header is somebody's attempt to write into our log.
_GIVEN_ID = re.compile(rb"req-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}")


class Gate:
    """Wraps the whole API.

    Every answer carries an ID of its own. A client that works through several services for one purpose, as Nova does,
    sends the ID of that purpose: it stands beside ours in all that is logged, and goes back with the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, given = new_request_id(), _given_id(scope)
        method = scope["method"]
        stamps = [(REQUEST_ID, request_id.encode())]
        # These go with the task, which serves one request, but may have been started from within the one before.
        bind_contextvars(request_id=request_id)
        if given:
            stamps.append((GLOBAL_REQUEST_ID, given))
            bind_contextvars(global_request_id=given.decode())
        else:
            unbind_contextvars("global_request_id")
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *stamps]
            await send(message)

        try:
            await self._app(scope, receive, stamped)
        finally:
            # Path without query, and no headers: neither tokens nor what people search for belong in a log.
            if method not in QUIET_METHODS or status >= 500:
                log.info(
                    "request",
                    method=method,
                    path=scope["path"],
                    status=status,
                    took_ms=round((time.perf_counter() - started) * 1000, 1),
                    client=scope["client"][0] if scope.get("client") else "",
                )


def new_request_id() -> str:
    """Return an ID in OpenStack's form."""
    raw = random_hex()
    return f"req-{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _given_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == REQUEST_ID and _GIVEN_ID.fullmatch(value):
            return bytes(value)
    return b""
