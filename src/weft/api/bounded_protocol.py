"""uvicorn's HTTP connection, with an end to everything that a client may draw out.

uvicorn bounds how long an unused connection stays and how many there are. It waits for ever for the rest of a
request, keeps headers of any size, and reads on after an early answer; here each of these has a limit, and all bodies
together have one (body_room.py). A request that arrives whole with its first bytes, as nearly all do, costs no timer.
"""

import asyncio
from http import HTTPStatus

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from weft.api.body_room import BodyRoom
from weft.api.whole_answers import WholeAnswerCycle


class Limits(msgspec.Struct, frozen=True):
    """What one connection may take."""

    head_s: float = 15.0  # from a request's first byte, or the connection's start, to the end of its headers
    body_s: float = 60.0  # from there to the end of its body: 2 MB in that time are 270 kbit/s
    head_bytes: int = 64 * 1024  # request line and headers: a list by 1,500 IDs
    drained_bytes: int = 16 << 20  # read and thrown away after an early answer, so that the client gets to see it
    free_bytes: int = 16 * 1024  # of bodies, for which nobody asks whether there is room: thousands of these fit anyway


BODIES_BYTES_MAX = 32 << 20  # of all connections: sixteen of the largest that we take
RETRY_AFTER_S = 2  # a body of the largest size is done with long before


class BoundedProtocol(HttpToolsProtocol):
    """One connection. `limits` and `room` are the class's: a server with others makes a subclass."""

    limits = Limits()
    room = BodyRoom(BODIES_BYTES_MAX)

    _deadline: asyncio.TimerHandle | None = None
    _head_size = 0  # of a head of which there is more to come
    _body_size = 0
    _in_head = True  # nothing has come yet, or a part of the head
    _in_body = False
    _is_refused = False
    _under_way = 0  # requests that an application works on: one, or none
    _held_size = 0  # of bodies that came since nothing was under way

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected; it has as long to begin as a request's head may take."""
        super().connection_made(transport)
        self._set_deadline(self.limits.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._clear_deadline()
        super().connection_lost(exc)
        self.pipeline.clear()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        """Take what has come, and wait only so long for what has not."""
        if self._is_refused:
            return
        was_in_head = self._in_head
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > self.limits.head_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's headers are too large.")
            elif self._deadline is None:
                self._set_deadline(self.limits.head_s)
        elif not self._in_body:
            self._clear_deadline()
        elif was_in_head or self._deadline is None:
            self._set_deadline(self.limits.body_s)

    # ---- what the parser calls
    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self._in_head, self._in_body, self._head_size, self._body_size = True, False, 0, 0

    def on_headers_complete(self) -> None:
        """All headers are there."""
        self._in_head, self._in_body = False, True
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.limits.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's headers are too large.")
            return
        super().on_headers_complete()
        self.cycle.__class__ = WholeAnswerCycle  # uvicorn has no place to say which; nothing of it has run yet

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._is_refused:
            return
        self._body_size += len(body)
        if self.cycle.response_complete and self._body_size > self.limits.drained_bytes:
            self.transport.close()  # it was told, and goes on regardless
        super().on_body(body)
        if not self.cycle.response_complete:
            self._held_size += len(body)
            if self._held_size > self.limits.free_bytes:
                self.room.hold(self, self._held_size)

    def on_message_complete(self) -> None:
        """The request is there, whole."""
        self._in_body = False
        if not self._is_refused:
            super().on_message_complete()
        # A connection is in its head again only when the next request begins: until then it is merely unused.

    # ---- room for bodies
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:  # type: ignore[override]
        """Let an application answer; what it was sent is held until it returns, even if the client is gone."""

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            finally:
                self._under_way -= 1
                self._make_room()

        self._under_way += 1
        super()._start_asgi_task(cycle, noted)  # type: ignore[arg-type]  # ASGI, in other words

    def _make_room(self) -> None:
        """Give back what is held, if nothing is under way and nothing waits."""
        if not self._under_way and not self.pipeline:
            if self._held_size > self.limits.free_bytes:
                self.room.release(self)
            self._held_size = 0

    @property
    def is_sending(self) -> bool:
        """There is more of a body to come."""
        return self._in_body and not self._is_refused and not self.cycle.response_complete

    def refuse_for_room(self) -> None:
        """Tell the client to come back later."""
        message = "Too much is being sent to this node at once. Send it again, in smaller parts or faster."
        self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, message, b"retry-after: %d\r\n" % RETRY_AFTER_S)

    # ---- deadlines and refusals
    def _set_deadline(self, seconds: float) -> None:
        self._clear_deadline()
        self._deadline = self.loop.call_later(seconds, self._is_late)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _is_late(self) -> None:
        self._deadline = None
        answered = self._in_body and self.cycle.response_complete
        if answered or (self._in_head and not self._head_size):
            self.transport.close()  # nothing was asked, or it was answered already
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _refuse(self, status: HTTPStatus, message: str, header: bytes = b"") -> None:
        """Say no, and hang up: no application is asked, or the one that waits for the body learns that none comes."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        self._clear_deadline()
        body = msgspec.json.encode({"error": {"code": status, "title": status.phrase, "message": message}})
        head = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(STATUS_LINE[status] + header + head + body)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
