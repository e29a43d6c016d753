"""nats-py's client with a short way for what we send and get by the thousand: publications, and what is subscribed to.

Connecting, authentication, pings, subscriptions and every kind of trouble stay nats-py's. What differs: a message
goes from the bytes read to its handler at once, without a queue and a task per subscription (three quarters of what
nats-py spends on one); and a publication is put into the client's buffer as it is, without a look at each header, and
goes out with all others of this turn of the event loop, without a future and a task to wake.
"""

import asyncio
from collections.abc import Awaitable, Callable

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.protocol.parser import AWAITING_CONTROL_LINE, Parser

log = structlog.get_logger()

FULL_BYTES = 1 << 20  # not yet taken by the kernel: from then on, whoever publishes should wait

_CRLF = b"\r\n"
_HEADER_LINE = b"NATS/1.0\r\n"

# subject, reply subject ("" if none), headers as they came (b"" if none), payload → None, or what is to be awaited
# before the next message is looked at. Must not raise.
Handler = Callable[[str, str, bytes, bytes], Awaitable[None] | None]


class LeanClient(Client):
    """See above. For subscriptions made by `subscribe_directly`; all others are nats-py's."""

    def __init__(self) -> None:
        super().__init__()
        self._ps = _LeanParser(self)
        self._is_to_go_out = False
        self.handlers: dict[int, Handler] = {}

    async def subscribe_directly(
        self, subject: str, handler: Handler, *, queue: str = ""
    ) -> Callable[[], Awaitable[None]]:
        """Call `handler` with every message, in order; return what ends it. Raises nats.errors.Error."""
        subscription = await self.subscribe(subject, queue=queue, cb=_nobody)
        self.handlers[subscription._id] = handler

        async def end() -> None:
            self.handlers.pop(subscription._id, None)
            await subscription.unsubscribe()

        return end

    def put(self, subject: str, payload: bytes, reply: str = "", headers: bytes = b"") -> None:
        """Publish; `headers` is what `header_block` makes. Who does so in numbers waits for `room`.

        Raises nats.errors.Error.
        """
        if self.is_closed:
            raise nats.errors.ConnectionClosedError
        size = len(payload) + len(headers)
        if size > self._max_payload:
            raise nats.errors.MaxPayloadError
        if headers:
            command = b"HPUB %b %b %d %d\r\n%b%b\r\n" % (
                subject.encode(), reply.encode(), len(headers), size, headers, payload,
            )  # fmt: skip
        else:
            command = b"PUB %b %b %d\r\n%b\r\n" % (subject.encode(), reply.encode(), size, payload)
        self._pending.append(command)
        self._pending_data_size += len(command)
        if not self._is_to_go_out:
            self._is_to_go_out = True
            asyncio.get_running_loop().call_soon(self._send_out)

    def _send_out(self) -> None:
        """Write all that is pending, nats-py's own commands among it."""
        self._is_to_go_out = False
        if self._pending and self._transport is not None and self.is_connected:
            pending, self._pending, self._pending_data_size = self._pending, [], 0
            self._transport.writelines(pending)

    @property
    def is_full(self) -> bool:
        """More is on its way than the server takes just now."""
        writer = self._transport._io_writer if isinstance(self._transport, TcpTransport) else None
        return writer is not None and writer.transport.get_write_buffer_size() > FULL_BYTES

    async def room(self) -> None:
        """Return once there is room for more. Raises OSError."""
        if self._transport is not None and self.is_full:
            await self._transport.drain()  # type: ignore[no-untyped-call]  # nats-py's


def header_block(headers: dict[str, str]) -> bytes:
    """Return headers as a message carries them. Names and values are ours: without line breaks."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return _HEADER_LINE + lines.encode() + _CRLF


def headers_in(block: bytes) -> dict[str, str]:
    """Return the headers of a message, and what stands in its first line: a status, and a description of it."""
    if not block:
        return {}
    first, *lines = block.decode(errors="replace").split("\r\n")
    found = {name: value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}
    status, _, description = first.removeprefix("NATS/1.0").strip().partition(" ")
    if status:
        found["Status"] = status
        found["Description"] = description.strip()
    return found


class _LeanParser(Parser):
    """Takes whole messages out of what was read, and leaves everything else to nats-py's parser."""

    nc: LeanClient

    async def parse(self, data: bytes = b"") -> None:
        """Work through what was read; a message of which there is more to come stays in `buf`."""
        # It lives, then: in a backlog the answer to a ping stands behind megabytes, and comes many seconds later.
        self.nc._pings_outstanding = 0
        if self.state != AWAITING_CONTROL_LINE:  # nats-py's parser is within a message
            await super().parse(data)
            return
        if self.buf:
            data = bytes(self.buf) + data
            self.buf.clear()
        handlers = self.nc.handlers
        at, end = 0, len(data)
        while at < end:
            line_end = data.find(_CRLF, at)
            if line_end < 0:
                break
            is_plain = data.startswith(b"MSG ", at)
            if not is_plain and not data.startswith(b"HMSG ", at):
                await super().parse(data[at : line_end + 2])  # one line: PING, +OK, INFO…
                at = line_end + 2
                continue
            # MSG subject sid [reply] size; HMSG subject sid [reply] header-size size
            parts = data[at:line_end].split()
            body, size = line_end + 2, int(parts[-1])
            if body + size + 2 > end:
                break
            handler = handlers.get(int(parts[2]))
            if handler is None:
                await super().parse(data[at : body + size + 2])
            else:
                headed = 0 if is_plain else int(parts[-2])
                headers, payload = data[body : body + headed], data[body + headed : body + size]
                try:
                    reply = parts[3].decode() if len(parts) == (5 if is_plain else 6) else ""
                    waiting = handler(parts[1].decode(), reply, headers, payload)
                    if waiting is not None:
                        await waiting
                except Exception:  # must not end the connection for everybody else
                    log.exception("message not handled", subject=repr(parts[1]))
            at = body + size + 2
        if at < end:
            self.buf.extend(data[at:])


async def _nobody(_message: object) -> None:
    """Stand where nats-py wants a callback that is never called."""
