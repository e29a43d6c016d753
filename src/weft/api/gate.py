"""What every request passes on its way in and out: an ID, a size limit, and one line in the log.

Plain ASGI instead of Starlette's middleware classes: those cost more than a read of the state does.
"""

import secrets
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()


class BodyTooLarge(Exception):
    """The client sent more than it may; answered by `Gate`, wherever the handler was."""


class Gate:
    """Wraps the whole API."""

    def __init__(self, app: ASGIApp, *, body_bytes_max: int) -> None:
        self._app = app
        self._body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = new_request_id()
        started = time.perf_counter()
        status = 0
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._body_bytes_max:
                raise BodyTooLarge
            return message

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-openstack-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, limited, stamped)
        except BodyTooLarge:
            if not status:
                await _refuse(stamped, self._body_bytes_max)
        finally:
            # Path without query, and no headers: neither tokens nor what people search for belong in a log.
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                took_ms=round((time.perf_counter() - started) * 1000, 1),
                request_id=request_id,
                client=scope["client"][0] if scope.get("client") else "",
            )


def new_request_id() -> str:
    """Return an ID in OpenStack's form."""
    raw = secrets.token_hex(16)
    return f"req-{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


async def _refuse(send: Send, limit: int) -> None:
    text = f"The request body is larger than {limit} bytes."
    body = b'{"error":{"code":413,"title":"Request Entity Too Large","message":"' + text.encode() + b'"}}'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
