"""May this site write, or has it lost its disk? A mark in the site's own log says: it lives and dies with the log.

Without the mark the log is new. If there are other sites, they are read first (`recovery.py`); then the node that
runs the server leaves the mark, for itself after a restart and for the site's other nodes now. What it has heard is in
the log before the mark, and the others read that first: they hand out nothing that somebody is known to have.

Another mark, left at once in a new log, says whether the site started anew because its copy must not be merged any more
(`agreement.py`). A node that knows the site from before must not tell such a log what it remembers: it starts anew too.
"""

import asyncio
import contextlib
import time

import structlog

from weft.store.agreement import MustStartAnew
from weft.store.holdings import Holdings
from weft.store.nats.link import ApiError, Link, LinkDown
from weft.store.nats.own_log import OwnLog
from weft.store.nats.peers import Peers
from weft.store.nats.relay import Relay
from weft.store.nats.site_log import last_message
from weft.store.nats.subjects import ANEW_SUBJECT, MARKS, READY_SUBJECT
from weft.store.recovery import Recovery

log = structlog.get_logger()

LOOK_AGAIN_S = 0.2
ANEW = "anew"  # the last such mark that we heeded


class Readiness:
    """Keeps the replica's `recovery` true to what the log says."""

    def __init__(
        self, holdings: Holdings, own: OwnLog, peers: Peers, relay: Relay, *, serves: bool, is_anew: bool
    ) -> None:
        self._holdings, self._own, self._peers, self._serves = holdings, own, peers, serves
        self._relay = relay
        self._is_anew = is_anew
        self._marked = False
        self._decided = False

    async def on_link(self, link: Link | None) -> None:
        """Our log is connected: is it a new one? Raises LinkDown."""
        if link is None:
            return
        await (self._say_if_anew(link) if self._serves else self._heed_if_anew(link))
        self._marked = await last_message(link, MARKS, READY_SUBJECT) is not None
        if self._marked:
            self._go_on()
        elif not self._decided:
            replica = self._holdings.replica
            has_peers = bool(self._peers.others()) or not self._serves
            replica.recovery = Recovery(replica.site, replica.state, lost=True, has_peers=has_peers)
            if has_peers:
                log.info("this site's log is new; reading other sites before writing", site=replica.site)
        self._decided = True  # later, a log that lost the mark is told everything again from our memory

    async def _say_if_anew(self, link: Link) -> None:
        """Leave the mark in a new log. Raises LinkDown."""
        if await last_message(link, MARKS, ANEW_SUBJECT) is None:
            text = f"{time.time_ns()}" if self._is_anew else ""
            await (await link.publish_acked(ANEW_SUBJECT, text.encode()))

    async def _heed_if_anew(self, link: Link) -> None:
        """Look for the mark before our log is told anything, and start anew if the site did. Raises LinkDown."""
        while (found := await last_message(link, MARKS, ANEW_SUBJECT)) is None:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(LOOK_AGAIN_S)
        anew, holdings = found[1].decode(errors="replace"), self._holdings
        if anew and holdings.meta.get(ANEW) != anew and len(holdings.state):
            holdings.must_start_anew(MustStartAnew(f"site {holdings.replica.site} started anew, and so must this node"))
            raise LinkDown("this node must start anew")
        if holdings.meta.get(ANEW) != anew:
            holdings.remember(ANEW, anew)

    async def run(self) -> None:
        """Leave or look for the mark, until cancelled."""
        while True:
            link = await self._own.up()
            with contextlib.suppress(LinkDown, ApiError):
                if self._serves:
                    await self._leave_mark(link)
                else:
                    await self._find_mark(link)
            await asyncio.wait([link.closed])

    async def _leave_mark(self, link: Link) -> None:
        recovery = self._holdings.replica.recovery
        while link.is_open and not self._marked:
            if recovery.may_hand_out and self._own.in_sync:
                await self._relay.until_told(set(self._holdings.outbox))
                await (await link.publish_acked(READY_SUBJECT, b"ready"))
                self._marked = True
                if recovery.was_known:
                    log.info("this site is back: it has read every other", site=self._holdings.replica.site)
                self._holdings.changed.ring()
                return
            await self._holdings.changed.wait()

    def _go_on(self) -> None:
        """Our log bears the mark: nothing is lost, or all of it has come back."""
        replica = self._holdings.replica
        replica.recovery = Recovery(replica.site, replica.state, lost=False, has_peers=False)
        self._holdings.changed.ring()

    async def _find_mark(self, link: Link) -> None:
        while link.is_open and not self._marked:
            if await last_message(link, MARKS, READY_SUBJECT) is not None:
                await self._own.catch_up()
                self._marked = True
                self._go_on()
                return
            await asyncio.sleep(LOOK_AGAIN_S)
