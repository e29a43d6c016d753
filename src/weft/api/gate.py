"""What every request passes on its way in and out: an ID and a line in the log.

Plain ASGI instead of Starlette's middleware classes: those cost more than a read of the state does.
"""

import secrets
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

REQUEST_ID = b"x-openstack-request-id"
QUIET_METHODS = ("GET", "HEAD", "OPTIONS")  # logged as events only when they fail


class Gate:
    """Wraps the whole API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, status = b"", 0

        async def stamped(message: Message) -> None:
            nonlocal request_id, status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                request_id = next((value for name, value in headers if name.lower() == REQUEST_ID), b"")
                if not request_id:
                    request_id = new_request_id().encode()
                    message["headers"] = [*headers, (REQUEST_ID, request_id)]
            await send(message)

        try:
            await self._app(scope, receive, stamped)
        finally:
            # Path without query, and no headers: neither tokens nor what people search for belong in a log.
            note = log.debug if scope["method"] in QUIET_METHODS and status < 500 else log.info
            note(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                took_ms=round((time.perf_counter() - started) * 1000, 1),
                request_id=request_id.decode(),
                client=scope["client"][0] if scope.get("client") else "",
            )


def new_request_id() -> str:
    """Return an ID in OpenStack's form."""
    raw = secrets.token_hex(16)
    return f"req-{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
