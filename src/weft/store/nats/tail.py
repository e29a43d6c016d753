"""Reading a stream in order, from a place we remember: an ephemeral consumer that notices when it stalls.

JetStream's own ordered consumers and mirrors were measured to hang for 40 s or for good after a partition.
This one counts deliveries, expects a heartbeat every second, and gives up on the first doubt; whoever runs it
dials again and goes on from its cursor.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from weft.store.nats.lean_client import headers_in
from weft.store.nats.link import Link, LinkDown

HEARTBEAT_S = 1.0
SILENCE_S = 3.2  # three heartbeats missed: the connection is dead, whatever TCP thinks
_FRACTION = re.compile(r"(?<=\.\d{6})\d+")  # nanoseconds, which Python 3.11 does not read
BURST_S = 0.002  # let other coroutines run at least this often while a backlog is read


class Position(msgspec.Struct, frozen=True):
    """Where a stream stands."""

    created: str  # another value = another incarnation: sequences mean nothing any more
    last_seq: int

    @property
    def created_ms(self) -> int:
        """When the stream was made, in milliseconds since 1970."""
        return int(datetime.fromisoformat(_FRACTION.sub("", self.created).replace("Z", "+00:00")).timestamp() * 1000)


class _State(msgspec.Struct):
    last_seq: int
    messages: int


class _StreamInfo(msgspec.Struct):
    created: str
    state: _State


class _ConsumerInfo(msgspec.Struct):
    name: str
    num_pending: int


class Message(msgspec.Struct):
    """One delivered message."""

    subject: str
    payload: bytes
    seq: int  # in the stream
    pending: int  # messages that follow and are already there


async def position(link: Link, stream: str) -> Position:
    """Return where `stream` stands now. Raises LinkDown, ApiError."""
    info = msgspec.json.decode(await link.api(f"STREAM.INFO.{stream}"), type=_StreamInfo)
    return Position(info.created, info.state.last_seq)


async def follow(
    link: Link, stream: str, after: int, on_message: Callable[[Message], None], on_caught_up: Callable[[], None]
) -> None:
    """Hand over every message after sequence `after`, in order, until the link fails: then raise LinkDown.

    `on_caught_up` is called once, when everything that was there at the start has been handed over.
    """
    reader = _Reader(link, on_message, on_caught_up)
    inbox = link.client.new_inbox()
    end = await link.subscribe(inbox, reader.on_message)
    name = ""
    try:
        start: dict[str, object] = {"deliver_policy": "all"}
        if after:
            start = {"deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
        config = {
            "deliver_subject": inbox,
            "ack_policy": "none",
            "max_deliver": 1,
            "flow_control": True,
            "idle_heartbeat": int(HEARTBEAT_S * 1e9),
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": int(10e9),
            **start,
        }
        answer = await link.api(f"CONSUMER.CREATE.{stream}", {"stream_name": stream, "config": config})
        info = msgspec.json.decode(answer, type=_ConsumerInfo)
        name = info.name
        reader.expect(info.num_pending)
        await reader.until_stalled()
    finally:
        with contextlib.suppress(Exception):  # the link may be gone, and the consumer lapses by itself
            await end()
            if link.is_open and name:
                await link.publish(f"$JS.API.CONSUMER.DELETE.{stream}.{name}", b"")


class _Reader:
    def __init__(self, link: Link, on_message: Callable[[Message], None], on_caught_up: Callable[[], None]) -> None:
        self._link = link
        self._on_message = on_message
        self._on_caught_up = on_caught_up
        self._delivered = 0
        self._expected: int | None = None  # deliveries until caught up, None until the consumer has told
        self._caught_up = False
        self._heard = time.monotonic()
        self._yielded = self._heard
        self._stalled: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def expect(self, pending: int) -> None:
        """Take note of how many messages were there when the consumer was made."""
        self._expected = pending
        self._look_whether_caught_up()

    async def until_stalled(self) -> None:
        """Wait until something is wrong and raise LinkDown."""
        while not self._stalled.done():
            await asyncio.wait(
                (self._stalled, self._link.closed), timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if self._link.closed.done():
                raise LinkDown(f"{self._link.url}: connection lost")
            if time.monotonic() - self._heard > SILENCE_S:
                raise LinkDown(f"{self._link.url}: silent for {SILENCE_S:g} s")
        raise LinkDown(f"{self._link.url}: {self._stalled.result()}")

    def on_message(self, subject: str, reply: str, headers: bytes, data: bytes) -> Awaitable[None] | None:
        """Take what the consumer delivers; what is returned must be awaited before the next."""
        if self._stalled.done():
            return None
        self._heard = time.monotonic()
        if not reply.startswith("$JS.ACK."):
            return self._on_control(reply, headers_in(headers))
        # The headers of a delivered message are those of its publication, and of no use.
        parts = reply.split(".")
        self._delivered += 1
        if int(parts[-3]) != self._delivered:
            self._stalled.set_result(f"delivery {parts[-3]} came when {self._delivered} was due")
            return None
        try:
            self._on_message(Message(subject, data, int(parts[-4]), int(parts[-1])))
        except Exception as err:  # whatever it is, it must not be skipped silently
            self._stalled.set_exception(err)
            return None
        if not self._caught_up:
            self._look_whether_caught_up()
        return self._let_others_run() if self._heard - self._yielded > BURST_S else None

    async def _let_others_run(self) -> None:
        await asyncio.sleep(0)
        self._yielded = time.monotonic()

    async def _on_control(self, reply: str, headers: dict[str, str]) -> None:
        """Answer heartbeats and flow control; both travel in order with the messages."""
        if reply:
            await self._link.publish(reply, b"")
        elif stalled_on := headers.get("Nats-Consumer-Stalled"):
            await self._link.publish(stalled_on, b"")
        last = headers.get("Nats-Last-Consumer")
        if last is not None and int(last) != self._delivered and not self._stalled.done():
            self._stalled.set_result(f"{last} deliveries were sent, {self._delivered} came")

    def _look_whether_caught_up(self) -> None:
        if self._expected is not None and not self._caught_up and self._delivered >= self._expected:
            self._caught_up = True
            self._on_caught_up()
