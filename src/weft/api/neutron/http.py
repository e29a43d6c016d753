"""A request and a response, no heavier than they need be: the API answers thousands a second from one process."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from weft.api.caller import Caller
from weft.api.errors import too_large

MAX_BODY_BYTES = 2 << 20  # a bulk of some 5,000 ports

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Request(msgspec.Struct):
    """One HTTP request, its body read."""

    method: str
    parts: Sequence[str]  # of the path below the mount point, decoded, no empty ones
    query: Sequence[tuple[str, str]]
    headers: dict[str, str]  # names in lower case
    body: bytes
    url: str  # scheme, host and path, as the client wrote them
    base_url: str  # the same up to our mount point
    caller: Caller


class Response(msgspec.Struct):
    """What goes back."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the request's headers; of repeated ones the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def path_of(scope: Scope) -> str:
    """Return the path below our mount point."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def base_url_of(scope: Scope, headers: dict[str, str]) -> str:
    """Return the URL of our mount point as the client wrote it, without a final slash."""
    scheme = headers.get("x-forwarded-proto") or scope.get("scheme", "http")
    host = headers.get("host")
    if host is None:
        name, port = scope.get("server") or ("localhost", 80)
        host = f"{name}:{port}"
    return f"{scheme}://{host}{scope.get('root_path', '')}".rstrip("/")


def takes_json(accept: str | None) -> bool:
    """Whether a client that sent this `Accept` takes what we have. RFC 9110, section 12.5.1."""
    if not accept or accept == "*/*" or "application/json" in accept:  # but for `;q=0`, which nobody sends
        return True
    ranges = [each.partition(";")[0].strip() for each in accept.split(",")]
    return any(each in ("*/*", "application/*") for each in ranges)


def query_of(scope: Scope) -> list[tuple[str, str]]:
    """Return the query's pairs in order, decoded."""
    raw = scope.get("query_string", b"")
    return parse_qsl(raw.decode("latin-1"), keep_blank_values=True) if raw else []


class ClientGone(Exception):
    """The client hung up, or took too long, before its request was there: nothing may be done with a part of it."""


async def read_body(receive: Receive) -> bytes:
    """Return the whole body. Raises HttpProblem (413) beyond MAX_BODY_BYTES, ClientGone."""
    whole = bytearray()  # rather than a list of pieces, which a client may make very small
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        if len(whole) + len(chunk) > MAX_BODY_BYTES:
            raise too_large(MAX_BODY_BYTES)
        if not message.get("more_body", False):
            return bytes(whole + chunk) if whole else chunk
        whole += chunk


async def respond(send: Send, response: Response) -> None:
    """Send a response."""
    headers = [(b"content-length", str(len(response.body)).encode()), *response.headers]
    if response.body:
        headers.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
