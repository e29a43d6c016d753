"""Tells our own log what it lacks: what neighbours sent, what was made here, what a lost log has forgotten.

Each record goes out whole, by compare-and-set, so a commit of another process of this site is never overwritten:
it is read, merged, and the join goes out.

Handing on costs as much as taking in. While a neighbour has a backlog for us that all others pull from it by
themselves, it goes on slowly, so that we hold the newest state sooner.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import structlog

from weft.model import WeftError
from weft.store.bell import Bell
from weft.store.holdings import Holdings, Ways
from weft.store.nats.link import ApiError, Link, LinkDown
from weft.store.nats.own_log import OwnLog
from weft.store.nats.site_log import Behind, Entry, LogFull, send, translated
from weft.store.nats.subjects import STATE, subject_of_key
from weft.store.records import Key, Record

log = structlog.get_logger()

GROUP_FROM = 32  # from so many on they go out in atomic batches: one answer for all
GROUP_MAX = 200  # takes some 5 ms, which a commit of our own may have to wait
GROUPS_MAX = 8  # on their way at once; nats-server allows 50 batches
SLOW_S = 0.5  # between groups while there is much to take in
FULL_RETRY_S = 1.0


class Relay:
    """Empties the outbox, for ever."""

    def __init__(
        self, holdings: Holdings, own: OwnLog, alert: Callable[[str, str], None], may_wait: Callable[[], bool]
    ) -> None:
        """`may_wait`: there is much to take in first, and nobody waits for us to hand it on."""
        self._holdings, self._own, self._alert, self._may_wait = holdings, own, alert, may_wait
        self._waited_for = 0  # by how many
        self._in_flight: set[Key] = set()
        self._answers: set[asyncio.Future[int]] = set()  # those we wait for
        self._alone: set[Key] = set()
        self._moved = Bell()  # an answer came
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            link = await self._own.up()
            self._in_flight.clear()
            self._answers.clear()
            try:
                await self._drain(link)
            except LinkDown as err:
                log.info("relay interrupted", error=str(err))

    async def until_told(self, keys: set[Key]) -> None:
        """Return once our log holds what we hold of `keys`."""
        self._waited_for += 1
        try:
            await self._moved.until(lambda: not any(key in self._holdings.outbox for key in keys))
        finally:
            self._waited_for -= 1

    async def _drain(self, link: Link) -> None:
        while link.is_open:
            is_slow = not self._waited_for and self._may_wait()
            count = GROUP_MAX if is_slow else GROUP_MAX * GROUPS_MAX
            waiting = self._holdings.outbox.first(count, self._in_flight)
            for group in self._groups(waiting):
                await self._moved.until(lambda: len(self._answers) < GROUPS_MAX or not link.is_open)
                await self._send(link, [key for key in group if key in self._holdings.outbox])
            await self._purge(link)
            if is_slow and waiting:
                await asyncio.sleep(SLOW_S)
                continue
            if any(key not in self._in_flight for key in self._holdings.outbox):
                await asyncio.sleep(0)
                continue
            await _either(self._holdings.outbox_filled, self._moved, link)

    def _groups(self, keys: list[Key]) -> Iterator[list[Key]]:
        """Yield what goes out together: one by one while there is little, for speed; many at a time in a backlog.

        What made a group fail goes out alone.
        """
        if len(keys) < GROUP_FROM:
            yield from ([key] for key in keys)
            return
        yield from ([key] for key in keys if key in self._alone)
        together = [key for key in keys if key not in self._alone]
        yield from (together[start : start + GROUP_MAX] for start in range(0, len(together), GROUP_MAX))

    async def _purge(self, link: Link) -> None:
        """Take out of our log what the replica has forgotten for good."""
        while self._holdings.forgotten:
            key = next(iter(self._holdings.forgotten))
            if self._holdings.state.raw(key) is None:
                with contextlib.suppress(ApiError):
                    await link.api(f"STREAM.PURGE.{STATE}", {"filter": subject_of_key(key)})
            self._holdings.forgotten.discard(key)

    async def _send(self, link: Link, keys: list[Key]) -> None:
        for key in keys:
            if self._holdings.state.raw(key) is None:
                self._holdings.unqueue(key)  # forgotten meanwhile
        records = [record for key in keys if (record := self._holdings.state.raw(key)) is not None]
        if not records:
            return
        self._in_flight.update(record.key for record in records)
        seqs = self._holdings.seqs
        payloads = [self._holdings.encoded(record) for record in records]
        entries = [
            Entry(subject_of_key(record.key), payload, seqs.get(record.key, 0))
            for record, payload in zip(records, payloads, strict=True)
        ]
        ways = self._holdings.sent(records, payloads)
        try:
            answer = await send(link, entries)
        except BaseException:
            self._holdings.arrived(ways)
            raise
        self._answers.add(answer)
        answer.add_done_callback(lambda done: self._on_answer(records, ways, done))

    def _on_answer(self, records: list[Record], ways: Ways, answer: "asyncio.Future[int]") -> None:
        self._answers.discard(answer)
        self._holdings.arrived(ways)
        err = answer.exception()
        if err is None:
            first = answer.result() - len(records) + 1
            for seq, record in enumerate(records, first):
                self._in_flight.discard(record.key)
                self._alone.discard(record.key)
                self._holdings.relayed(record, seq)
        elif isinstance(err, ApiError):
            if len(records) > 1:
                self._in_flight.difference_update(record.key for record in records)
                self._alone.update(record.key for record in records)
            else:
                task = asyncio.create_task(self._on_refusal(records[0].key, translated(err)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        self._moved.ring()  # if the link is down, what was in flight goes out again on the next one

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
