"""The connection of this process to its own site's log: kept up, read from where we stopped, asked to write.

Every weftd of a site has one; that is how node 2 learns what node 1 wrote.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

import structlog

from weft.model import Unavailable
from weft.store.bell import Bell
from weft.store.holdings import OWN, Holdings
from weft.store.nats import site_log
from weft.store.nats.link import ApiError, Link, LinkDown, dial
from weft.store.nats.server_config import AGENT, password
from weft.store.nats.site_log import Behind, Entry
from weft.store.nats.subjects import RUNTIME, STATE, key_of_subject, subject_of_key
from weft.store.nats.tail import Message, follow, position
from weft.store.records import Key
from weft.store.recovery import writer_name

log = structlog.get_logger()

RETRY_MIN_S, RETRY_MAX_S = 0.02, 1.0
DIAL_MIN_S, DIAL_MAX_S = 0.25, 4.0  # a server that is just starting may take a connection and never answer on it
PURGE_CHECK_S = 0.25

OnLink = Callable[[Link | None], Awaitable[None]]


class OwnLog:
    """Our site's log, as this process sees it."""

    def __init__(self, holdings: Holdings, url: str, secret: bytes, name: str) -> None:
        self._holdings = holdings
        self._url, self._name = url, name
        self._password = password(secret, AGENT)
        self._link: Link | None = None
        self._read_link: Link | None = None  # the open link, once all that was in the log when it opened has been read
        self._bell = Bell()  # the link came, a message was read
        self._seq = 0
        self.in_sync = False
        self.on_link: list[OnLink] = []
        self.on_runtime: Callable[[Message], None] = lambda _message: None
        self.error: str | None = None
        self.why_silent: Callable[[], str | None] = lambda: None

    async def run(self) -> None:
        """Keep the connection up and read, until cancelled."""
        wait_s, dial_s = RETRY_MIN_S, DIAL_MIN_S
        while True:
            try:
                link = await dial(self._url, AGENT, self._password, self._name, deadline_s=dial_s)
            except LinkDown as err:
                self._note_error(str(err))
                await asyncio.sleep(wait_s)
                wait_s, dial_s = min(wait_s * 2, RETRY_MAX_S), min(dial_s * 2, DIAL_MAX_S)
                continue
            wait_s, dial_s = RETRY_MIN_S, DIAL_MIN_S
            try:
                await self._use(link)
            except (LinkDown, ApiError) as err:
                self._note_error(str(err))
            finally:
                self._link = self._read_link = None
                for tell in self.on_link:
                    with contextlib.suppress(LinkDown):
                        await tell(None)
                await link.close()
            await asyncio.sleep(RETRY_MIN_S)

    async def up(self) -> Link:
        """Return the open link; waits for it."""
        while self._link is None or not self._link.is_open:
            await self._bell.wait()
        return self._link

    async def read_link(self) -> Link:
        """Return the open link once `state` holds all that any process wrote over earlier ones; waits for it."""
        while self._read_link is None or not self._read_link.is_open:
            await self._bell.wait()
        return self._read_link

    @property
    def read_seq(self) -> int:
        """The sequence up to which the log has been read."""
        return self._seq

    async def until_in_sync(self) -> None:
        """Return once the log has been read to its end."""
        await self._bell.until(lambda: self.in_sync)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when `condition()` holds; it is looked at whenever something came from a log."""
        while not condition():
            await self._holdings.changed.wait()

    async def append(self, entries: Sequence[Entry], *, locked_over: Link | None = None) -> list[int]:
        """Return the sequences under which `entries` are durable; survives lost connections and restarts of the server.

        With `locked_over`, the link over which locks for them were taken: not written over any other, since the
        locks may have gone with it; then Behind. Raises as `site_log.append` does, but LinkDown; waits as long as
        the caller lets it.
        """
        link = locked_over or await self.up()
        try:
            return await site_log.append(link, entries)
        except LinkDown as err:
            log.info("connection lost while writing", error=str(err))
        while True:
            link = await self.up()
            try:
                if seqs := await site_log.landed(link, entries):
                    return seqs
                if locked_over is not None:
                    raise Behind
                return await site_log.append(link, entries)
            except LinkDown as err:
                log.info("connection lost while writing", error=str(err))
                await asyncio.sleep(RETRY_MIN_S)

    async def refresh(self, keys: Iterable[Key]) -> None:
        """Read these records from the log at once, instead of waiting for them to come by. Raises LinkDown."""
        link = await self.up()
        for key in keys:
            last = await site_log.last_message(link, STATE, subject_of_key(key))
            if last is None:
                self._holdings.seqs.pop(key, None)
            else:
                self._holdings.on_own(key, last[1], last[0])

    async def catch_up(self) -> None:
        """Return once everything that is in the log now has been read."""
        while True:
            link = await self.up()
            with contextlib.suppress(LinkDown, ApiError):
                target = (await position(link, STATE)).last_seq
                while link.is_open:
                    if self._seq >= target:
                        return
                    try:
                        async with asyncio.timeout(PURGE_CHECK_S):
                            await self._bell.wait()
                    except TimeoutError:
                        if not await site_log.holds_after(link, STATE, self._seq):
                            return  # what came last has been purged and will never be delivered

    async def _use(self, link: Link) -> None:
        """Read both streams over `link` until it fails."""
        await site_log.ensure_streams(link)
        start = await position(link, STATE)
        created, seq = self._holdings.cursors.get(OWN, ("", 0))
        if created != start.created or seq > start.last_seq:
            if created:
                log.warning("the site's log is another than before; reading all of it", last_seq=start.last_seq)
            self._holdings.log_is_new()
            seq = 0
        self._seq = seq
        self._holdings.replica.writer = writer_name(self._holdings.replica.site, start.created_ms)
        self.error = None
        for tell in self.on_link:
            await tell(link)
        self._link = link
        self._bell.ring()

        def on_record(message: Message) -> None:
            with contextlib.suppress(ValueError):  # nobody but an operator's tool writes a subject that we cannot spell
                self._holdings.on_own(key_of_subject(message.subject), message.payload, message.seq)
            self._seq = message.seq
            self._holdings.move_cursor(OWN, start.created, message.seq)
            self._bell.ring()

        def on_caught_up() -> None:
            self._seq = max(self._seq, start.last_seq)  # the last messages may have been purged
            self._holdings.log_was_read()
            if not self.in_sync:
                log.info("the site's log has been read", records=len(self._holdings.state))
            self.in_sync = True
            self._read_link = link
            self._bell.ring()
            self._holdings.changed.ring()

        await first_failure(
            follow(link, STATE, seq, on_record, on_caught_up), follow(link, RUNTIME, 0, self.on_runtime, lambda: None)
        )

    def _note_error(self, text: str) -> None:
        if text != self.error:
            log.info("site's log not reachable", url=self._url, error=text)
        self.error = text


async def first_failure(*coroutines: Coroutine[None, None, None]) -> None:
    """Run `coroutines`, which never return, until one raises; end the others and raise the same."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def why_down(own: OwnLog) -> Unavailable:
    """Return the error for a caller whose deadline passed while the log was away."""
    why = own.why_silent() or own.error or "too slow"
    return Unavailable(f"the site's log does not answer: {why}")
