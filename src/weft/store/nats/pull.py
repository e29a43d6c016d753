"""Reading one other site's log, for as long as the WAN lets us, and again as soon as it does.

What is new goes through the replica into our own log (`relay.py`), so any connected path between two sites is
enough. The cursor is on disk in the same transaction as what it has passed.
"""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Callable, Sequence

import structlog

from weft.model import SiteId, Unavailable
from weft.store.agreement import AwayForTooLong, BadStanding, MustStartAnew
from weft.store.bell import Bell
from weft.store.holdings import Holdings
from weft.store.nats.comparison import compare, standing
from weft.store.nats.link import ApiError, Link, LinkDown, dial
from weft.store.nats.own_log import first_failure
from weft.store.nats.runtime_stream import NatsRuntime
from weft.store.nats.server_config import PEER, PEER_INBOX
from weft.store.nats.subjects import HELLO, RUNTIME, STATE
from weft.store.nats.tail import Message, follow, position
from weft.store.protocol import PeerStatus
from weft.store.records import Key
from weft.store.wire import encode_record

log = structlog.get_logger()

DIAL_S = 2.0  # a SYN lost to a partition is sent again after 1 s
PAUSE_MIN_S, PAUSE_MAX_S = 0.1, 0.5  # between attempts: a heal must be noticed within a second
AWAY_PAUSE_S = 5.0  # before a site that must start anew is looked at again
MUCH = 1000  # messages: what comes in within a fraction of a second
COMPARE_EVERY_S = 30.0
COMPARE_AGAIN_S = 2.0  # after a difference; if it stays (a refused record), less and less often


async def dial_peer(url: str, site: SiteId, password: str, name: str) -> Link:
    """Return a link to the server of another site, and of no other. Raises LinkDown."""
    if not url:
        raise LinkDown(f"nobody has said how site {site} is reached")
    link = await dial(url, PEER, password, name, inbox=PEER_INBOX, deadline_s=DIAL_S)
    if not link.server_name.startswith(f"{site}-"):
        await link.close()
        raise LinkDown(
            f"{url} is the server {link.server_name}, not one of site {site}: mend nats.advertise or [[peers]]"
        )
    return link


class Pull:
    """One neighbour."""

    def __init__(
        self,
        site: SiteId,
        own_site: SiteId,
        urls: Callable[[], Sequence[str]],
        password: str,
        holdings: Holdings,
        runtime: NatsRuntime,
        now_ms: Callable[[], int],
    ) -> None:
        self.site, self._now_ms = site, now_ms
        self.link: Link | None = None
        self.compare_now = Bell()
        self._own_site, self._urls, self._password = own_site, urls, password
        self._holdings, self._runtime = holdings, runtime
        self._heard_s: float | None = None
        self._pending = 0
        self._equal: bool | None = None
        self._error: str | None = None
        self._caught_up = False

    @property
    def is_far_behind(self) -> bool:
        """The neighbour has much for us that we have yet to read."""
        return self.link is not None and self._pending > MUCH

    def status(self) -> PeerStatus:
        """Return how we stand with this neighbour."""
        heard_s = None if self._heard_s is None else time.monotonic() - self._heard_s
        return PeerStatus(self.site, self.link is not None, heard_s, self._equal, self._pending, self._error)

    async def run(self) -> None:
        """Pull until cancelled."""
        pause_s = PAUSE_MIN_S
        for attempt in itertools.count():
            urls = self._urls() or ("",)
            try:
                link = await dial_peer(urls[attempt % len(urls)], self.site, self._password, f"pull-{self._own_site}")
            except LinkDown as err:
                self._note_error(str(err))
                await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
                pause_s = min(pause_s * 2, PAUSE_MAX_S)
                continue
            pause_s = PAUSE_MIN_S
            try:
                await self._use(link)
            except MustStartAnew as err:
                self._note_error(str(err))
                self._holdings.must_start_anew(err)
            except (AwayForTooLong, BadStanding) as err:
                self._note_error(str(err))
                pause_s = AWAY_PAUSE_S
            except (LinkDown, ApiError) as err:
                self._note_error(str(err))
            finally:
                self.link = None
                await link.close()
            await asyncio.sleep(pause_s if pause_s == AWAY_PAUSE_S else PAUSE_MIN_S * random.uniform(0.5, 1.0))

    async def _use(self, link: Link) -> None:
        """Read the neighbour's streams over `link` until it fails. Raises as `comparison.standing` does, too."""
        await self._until_it_stands(link)
        start = await position(link, STATE)
        created, seq = self._holdings.cursors.get(self.site, ("", 0))
        if created != start.created or seq > start.last_seq:
            if created:
                log.warning("a neighbour's log is another than before; reading all of it", site=self.site)
            seq = 0
        self.link = link
        self._error, self._caught_up, self._pending = None, False, 0
        log.info("pulling", site=self.site, after=seq, last_seq=start.last_seq)

        def on_record(message: Message) -> None:
            self._heard_s, self._pending = time.monotonic(), message.pending
            self._holdings.on_peer(message.payload, self.site)
            self._holdings.move_cursor(self.site, start.created, message.seq)

        def on_caught_up() -> None:
            self._heard_s, self._pending, self._caught_up = time.monotonic(), 0, True
            self._holdings.move_cursor(self.site, start.created, max(start.last_seq, self._last_seq(start.created)))
            self._holdings.replica.recovery.read_fully(self.site)
            self._holdings.changed.ring()
            self.compare_now.ring()

        def on_value(message: Message) -> None:
            self._heard_s = time.monotonic()
            self._runtime.on_peer_message(message)

        await first_failure(
            follow(link, STATE, seq, on_record, on_caught_up),
            follow(link, RUNTIME, 0, on_value, lambda: None),
            self._introduce(link),
            self._keep_comparing(link),
        )

    def _last_seq(self, created: str) -> int:
        known_created, seq = self._holdings.cursors.get(self.site, ("", 0))
        return seq if known_created == created else 0

    async def _until_it_stands(self, link: Link) -> None:
        """Return once the neighbour may be merged with; one that has yet to read its own log says so."""
        while True:
            try:
                await standing(link, self._holdings, self.site, self._now_ms())
                return
            except (AwayForTooLong, MustStartAnew, BadStanding, LinkDown):
                raise
            except Unavailable as err:
                self._note_error(str(err))
                await asyncio.sleep(PAUSE_MIN_S)

    async def _introduce(self, link: Link) -> None:
        """Tell the neighbour who we are, so that it pulls from us too; again whenever our record changes."""
        told = None
        while True:
            record = self._holdings.state.raw(Key("fabric", "site", self._own_site))
            if record is not None and record is not told:
                with contextlib.suppress(LinkDown):
                    await link.request(HELLO, encode_record(record))
                    told = record
            await self._holdings.changed.wait()

    async def _keep_comparing(self, link: Link) -> None:
        """Compare digests when caught up, every 30 s, and soon again while they differ."""
        wait_s = COMPARE_EVERY_S
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self.compare_now.wait()
            if not self._caught_up:
                continue
            try:
                self._equal = await compare(link, self._holdings, self.site, self._now_ms())
                again_s = COMPARE_AGAIN_S if wait_s == COMPARE_EVERY_S else wait_s * 2
                wait_s = COMPARE_EVERY_S if self._equal else min(again_s, COMPARE_EVERY_S)
            except (AwayForTooLong, MustStartAnew):
                raise
            except Unavailable as err:
                log.info("digests not compared", site=self.site, error=str(err))

    def _note_error(self, text: str) -> None:
        if text != self._error:
            log.info("neighbour not reachable", site=self.site, error=text)
        self._error = text
