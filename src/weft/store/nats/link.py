"""One connection to one NATS server, as lean as the hot path needs it; never reconnects by itself.

Whoever holds a link makes a new one when it is closed: what a half-open connection had in flight is then
known to be undecided, instead of being repeated behind our back.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import nats.errors

from weft.model import Unavailable
from weft.store.nats.lean_client import Handler, LeanClient, headers_in

PING_S = 2  # a dead WAN connection is noticed in 2 to 4 s; consumers' heartbeats see it sooner
CLOSE_S = 1.0
NO_RESPONDERS = "503"


class LinkDown(Unavailable):
    """The connection to a NATS server is gone or never came; what was in flight may have landed."""

    code = "link_down"


class ApiError(Unavailable):
    """JetStream refused a request."""

    code = "log_refused"

    def __init__(self, err_code: int, description: str) -> None:
        self.err_code = err_code
        super().__init__(f"the log refused: {description} (JetStream error {err_code})")


class _ErrorBody(msgspec.Struct):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _Ack(msgspec.Struct):
    seq: int = 0
    error: _ErrorBody | None = None


class _Answer(msgspec.Struct):
    error: _ErrorBody | None = None


_decode_ack = msgspec.json.Decoder(_Ack).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


class Reply(msgspec.Struct):
    """What came back for a question."""

    data: bytes
    block: bytes  # its headers, as they came

    @property
    def headers(self) -> dict[str, str]:
        """Its headers, "Status" among them if it has one."""
        return headers_in(self.block)


class Link:
    """An open connection. `closed` completes when it is no longer one."""

    def __init__(self, client: LeanClient, url: str) -> None:
        self.client = client
        self.url = url
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting: dict[str, tuple[asyncio.Future[Any], Callable[[bytes, bytes], Any]]] = {}
        self._tokens = itertools.count(1)
        self._reply_prefix = ""

    @property
    def is_open(self) -> bool:
        """Messages can be sent."""
        return not self.closed.done()

    @property
    def server_name(self) -> str:
        """How the server called itself: "<site>-<node>"."""
        return str(self.client._server_info.get("server_name", ""))

    async def publish(self, subject: str, payload: bytes, headers: bytes = b"") -> None:
        """Send without waiting for anything; `headers` as `header_block` makes them. Raises LinkDown."""
        try:
            self.client.put(subject, payload, headers=headers)
            if self.client.is_full:
                await self.client.room()
        except (nats.errors.Error, OSError) as err:
            raise LinkDown(f"{self.url}: {err}") from err

    async def publish_acked(self, subject: str, payload: bytes, headers: bytes = b"") -> "asyncio.Future[int]":
        """Send to a stream; the future gives its sequence there, or raises ApiError or LinkDown."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ask(subject, payload, headers, future, _seq_of_ack)
        if self.client.is_full:
            try:
                await self.client.room()
            except OSError as err:
                raise LinkDown(f"{self.url}: {err}") from err
        return future

    async def request(self, subject: str, payload: bytes = b"", *, deadline_s: float = 5.0) -> Reply:
        """Return the reply. Raises LinkDown, also if nobody answers in `deadline_s` seconds.

        Not nats-py's own request: it waits with `asyncio.wait_for`, which on Python 3.11 loses a cancellation that
        comes together with the reply.
        """
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        token = self._ask(subject, payload, b"", future, _as_reply)
        try:
            async with asyncio.timeout(deadline_s):
                reply = await future
        except TimeoutError as err:
            raise LinkDown(f"{self.url}: no answer to {subject} within {deadline_s:g} s") from err
        finally:
            self._waiting.pop(token, None)
        if not reply.data and reply.headers.get("Status") == NO_RESPONDERS:
            raise LinkDown(f"{self.url}: nobody answers {subject}")
        return reply

    def _ask(
        self,
        subject: str,
        payload: bytes,
        headers: bytes,
        future: "asyncio.Future[Any]",
        read: Callable[[bytes, bytes], Any],
    ) -> str:
        """Send, and let the reply complete `future` with what `read` makes of headers and data. Raises LinkDown."""
        if self.closed.done():
            raise LinkDown(f"{self.url}: not connected")
        token = f"{next(self._tokens):x}"
        self._waiting[token] = (future, read)
        try:
            self.client.put(subject, payload, self._reply_prefix + token, headers)
        except nats.errors.Error as err:
            self._waiting.pop(token, None)
            raise LinkDown(f"{self.url}: {err}") from err
        return token

    async def api(self, verb: str, body: Any = None, *, deadline_s: float = 5.0) -> bytes:
        """Return JetStream's answer to `$JS.API.<verb>`. Raises ApiError, LinkDown."""
        payload = b"" if body is None else msgspec.json.encode(body)
        reply = await self.request(f"$JS.API.{verb}", payload, deadline_s=deadline_s)
        error = _decode_answer(reply.data).error
        if error is not None:
            raise ApiError(error.err_code, error.description)
        return reply.data

    async def subscribe(self, subject: str, handler: Handler, *, queue: str = "") -> Callable[[], Awaitable[None]]:
        """Call `handler` with every message, in order; return what ends it. Raises LinkDown."""
        try:
            return await self.client.subscribe_directly(subject, handler, queue=queue)
        except (nats.errors.Error, OSError) as err:
            raise LinkDown(f"{self.url}: {err}") from err

    async def close(self) -> None:
        """End the connection now; what is in flight fails with LinkDown."""
        self._mark_closed("closed")
        # In a task of its own: nats-py swallows a cancellation that arrives while it closes, and a loop that was to
        # end with this link would go on for ever.
        closing = asyncio.create_task(self.client.close())
        closing.add_done_callback(lambda task: task.cancelled() or task.exception())  # seen, and of no interest
        await asyncio.wait([closing], timeout=CLOSE_S)

    def _mark_closed(self, why: str) -> None:
        if not self.closed.done():
            self.closed.set_result(None)
        waiting, self._waiting = self._waiting, {}
        for future, _read in waiting.values():
            if not future.done():
                future.set_exception(LinkDown(f"{self.url}: connection lost ({why}); the write may have landed"))
                future.exception()  # marks it as seen: a caller that gave up must not cause a warning

    async def _listen_for_replies(self) -> None:
        inbox = self.client.new_inbox()
        self._reply_prefix = inbox + "."
        await self.subscribe(inbox + ".*", self._on_reply)

    def _on_reply(self, subject: str, _reply: str, headers: bytes, data: bytes) -> None:
        future, read = self._waiting.pop(subject[len(self._reply_prefix) :], (None, None))
        if future is None or read is None or future.done():
            return
        try:
            future.set_result(read(headers, data))
        except Unavailable as err:
            future.set_exception(err)


def _as_reply(headers: bytes, data: bytes) -> Reply:
    return Reply(data, headers)


def _seq_of_ack(_headers: bytes, data: bytes) -> int:
    """Return the sequence that a stream's acknowledgement tells. Raises ApiError, LinkDown."""
    if not data:  # 503: no stream listens there, JetStream is off or not yet up
        raise LinkDown("the log is not being served")
    ack = _decode_ack(data)
    if ack.error is not None:
        raise ApiError(ack.error.err_code, ack.error.description)
    return ack.seq


async def dial(
    url: str, user: str, password: str, name: str, *, inbox: str = "_INBOX", deadline_s: float = 2.0
) -> Link:
    """Return an open link. Raises LinkDown with the reason."""
    client = LeanClient()
    link = Link(client, url)

    async def on_disconnect() -> None:
        link._mark_closed("disconnected")

    async def on_error(err: Exception) -> None:
        if isinstance(err, nats.errors.StaleConnectionError):
            link._mark_closed("no pong")

    async def connect() -> None:
        await client.connect(
            url,
            user=user,
            password=password,
            name=name,
            allow_reconnect=False,
            connect_timeout=max(1, int(deadline_s)),
            ping_interval=PING_S,
            max_outstanding_pings=1,
            inbox_prefix=inbox.encode(),
            disconnected_cb=on_disconnect,
            closed_cb=on_disconnect,
            error_cb=on_error,
            pending_size=64 << 20,
            skip_subject_validation=True,  # ours are made by `subjects.py`
        )
        await link._listen_for_replies()

    # In a task of its own, as in `close`: a loop that dials must end when it is told to.
    connecting = asyncio.create_task(connect())
    try:
        await asyncio.wait([connecting], timeout=deadline_s)
        if not connecting.done():
            raise TimeoutError("no answer")
        connecting.result()
    except (nats.errors.Error, OSError, TimeoutError) as err:
        await _give_up(connecting, link)
        raise LinkDown(f"{url}: {str(err) or 'no answer'}") from err
    except asyncio.CancelledError:
        await _give_up(connecting, link)
        raise
    return link


async def _give_up(connecting: "asyncio.Task[None]", link: Link) -> None:
    connecting.cancel()
    await asyncio.wait([connecting], timeout=CLOSE_S)
    connecting.add_done_callback(lambda task: task.cancelled() or task.exception())
    await link.close()
