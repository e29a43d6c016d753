"""Tells our own log what it lacks: what neighbours sent, what was made here, what a lost log has forgotten.

Each record goes out whole, by compare-and-set, so a commit of another process of this site is never overwritten:
it is read, merged, and the join goes out.
"""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from weft.model import WeftError
from weft.store.bell import Bell
from weft.store.holdings import Holdings
from weft.store.nats.link import ApiError, Link, LinkDown
from weft.store.nats.own_log import OwnLog
from weft.store.nats.site_log import Behind, Entry, LogFull, send, translated
from weft.store.nats.subjects import STATE, subject_of_key
from weft.store.records import Key, Record

log = structlog.get_logger()

WINDOW = 512  # records on their way at once
FULL_RETRY_S = 1.0


class Relay:
    """Empties the outbox, for ever."""

    def __init__(self, holdings: Holdings, own: OwnLog, alert: Callable[[str, str], None]) -> None:
        self._holdings, self._own, self._alert = holdings, own, alert
        self._in_flight: set[Key] = set()
        self._moved = Bell()  # an answer came
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            link = await self._own.up()
            self._in_flight.clear()
            try:
                await self._drain(link)
            except LinkDown as err:
                log.info("relay interrupted", error=str(err))

    async def until_told(self, keys: set[Key]) -> None:
        """Return once our log holds what we hold of `keys`."""
        await self._moved.until(lambda: not any(key in self._holdings.outbox for key in keys))

    async def _drain(self, link: Link) -> None:
        while link.is_open:
            for key in list(self._holdings.outbox):
                if key in self._in_flight or key not in self._holdings.outbox:
                    continue
                await self._moved.until(lambda: len(self._in_flight) < WINDOW or not link.is_open)
                await self._send(link, key)
            await self._purge(link)
            if any(key not in self._in_flight for key in self._holdings.outbox):
                continue
            await _either(self._holdings.outbox_filled, self._moved, link)

    async def _purge(self, link: Link) -> None:
        """Take out of our log what the replica has forgotten for good."""
        while self._holdings.forgotten:
            key = next(iter(self._holdings.forgotten))
            if self._holdings.state.raw(key) is None:
                with contextlib.suppress(ApiError):
                    await link.api(f"STREAM.PURGE.{STATE}", {"filter": subject_of_key(key)})
            self._holdings.forgotten.discard(key)

    async def _send(self, link: Link, key: Key) -> None:
        record = self._holdings.state.raw(key)
        if record is None:
            return
        self._in_flight.add(key)
        entry = Entry(subject_of_key(key), self._holdings.encoded(record), self._holdings.seqs.get(key, 0))
        answer = await send(link, entry)
        answer.add_done_callback(lambda done: self._on_answer(record, done))

    def _on_answer(self, record: Record, answer: "asyncio.Future[int]") -> None:
        key = record.key
        err = answer.exception()
        if err is None:
            self._in_flight.discard(key)
            self._holdings.relayed(record, answer.result())
            self._moved.ring()
        elif isinstance(err, ApiError):
            task = asyncio.create_task(self._on_refusal(key, translated(err)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:  # the link is down: what was in flight goes out again on the next one
            self._moved.ring()

    async def _on_refusal(self, key: Key, err: Exception) -> None:
        try:
            if isinstance(err, Behind):
                await self._own.refresh([key])
            else:
                code = err.code if isinstance(err, WeftError) else "relay_refused"
                self._alert(code, f"{key} is not stored in the site's log: {err}")
                await asyncio.sleep(FULL_RETRY_S if isinstance(err, LogFull) else 10 * FULL_RETRY_S)
        except LinkDown:
            pass
        finally:
            self._in_flight.discard(key)
            self._moved.ring()


async def _either(first: Bell, second: Bell, link: Link) -> None:
    """Return when one of the bells rings or the link is gone."""
    waits = [asyncio.ensure_future(bell.wait()) for bell in (first, second)]
    try:
        await asyncio.wait([*waits, link.closed], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
