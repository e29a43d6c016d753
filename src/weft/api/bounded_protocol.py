"""uvicorn's HTTP connection, with an end to everything that a client may draw out.

uvicorn bounds how long an unused connection stays and how many there are. It waits for ever for the rest of a
request, keeps headers of any size, and reads on after an early answer; here each of these has a limit. A request
that arrives whole with its first bytes, as nearly all do, costs no timer.
"""

import asyncio
from http import HTTPStatus

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol


class Limits(msgspec.Struct, frozen=True):
    """What one connection may take."""

    head_s: float = 15.0  # from a request's first byte, or the connection's start, to the end of its headers
    body_s: float = 60.0  # from there to the end of its body: 2 MB in that time are 270 kbit/s
    head_bytes: int = 64 * 1024  # request line and headers: a list by 1,500 IDs
    drained_bytes: int = 16 << 20  # read and thrown away after an early answer, so that the client gets to see it


class BoundedProtocol(HttpToolsProtocol):
    """One connection. `limits` are the class's: a server with others makes a subclass."""

    limits = Limits()

    _deadline: asyncio.TimerHandle | None = None
    _head_size = 0  # of a head of which there is more to come
    _body_size = 0
    _in_head = True  # nothing has come yet, or a part of the head
    _in_body = False
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected; it has as long to begin as a request's head may take."""
        super().connection_made(transport)
        self._set_deadline(self.limits.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._clear_deadline()
        super().connection_lost(exc)

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

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._is_refused:
            return
        self._body_size += len(body)
        if self.cycle.response_complete and self._body_size > self.limits.drained_bytes:
            self.transport.close()  # it was told, and goes on regardless
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there, whole."""
        self._in_body = False
        if not self._is_refused:
            super().on_message_complete()
        # A connection is in its head again only when the next request begins: until then it is merely unused.

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

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Say no, and hang up: no application is asked, or the one that waits for the body learns that none comes."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        self._clear_deadline()
        body = msgspec.json.encode({"error": {"code": status, "title": status.phrase, "message": message}})
        head = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(STATUS_LINE[status] + head + body)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
