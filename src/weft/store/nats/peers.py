"""The other sites: from whom we pull, and how to ask any of them something."""

import asyncio
import contextlib
import functools
from collections.abc import Callable

from weft.model import SiteId
from weft.store.bell import Bell
from weft.store.holdings import Holdings
from weft.store.nats.link import Link, LinkDown
from weft.store.nats.own_log import OwnLog
from weft.store.nats.pull import Pull, dial_peer
from weft.store.nats.runtime_stream import NatsRuntime
from weft.store.nats.server_config import PEER, password
from weft.store.neighbours import FULL_MESH_MAX, neighbours_of
from weft.store.protocol import PeerStatus
from weft.store.settings import StoreSettings


class Peers:
    """Keeps one pull per neighbour running, and links for questions to the others."""

    def __init__(
        self, settings: StoreSettings, holdings: Holdings, own: OwnLog, runtime: NatsRuntime, now_ms: Callable[[], int]
    ) -> None:
        self._site, self._node = settings.site, settings.node
        self._name = f"{settings.site}-{settings.node}"
        self._configured = dict(settings.peers)
        self._password = password(settings.secret, PEER)
        self._holdings, self._own, self._runtime, self._now_ms = holdings, own, runtime, now_ms
        holdings.replica.agreement.others = self.others
        self._pulls: dict[SiteId, tuple[Pull, asyncio.Task[None]]] = {}
        self._links: dict[SiteId, Link] = {}
        self._dialling: dict[SiteId, asyncio.Lock] = {}
        self.sites_changed = Bell()

    def others(self) -> set[SiteId]:
        """Return every other site that is not declared dead."""
        others = set(self._configured)
        for record in self._holdings.state.of_kind("site"):
            if record.get("dead") is True:
                others.discard(SiteId(record.key.id))
            else:
                others.add(SiteId(record.key.id))
        return others - {self._site}

    def urls(self, site: SiteId) -> list[str]:
        """Return how a site may be reached: as it says itself, then as we were configured."""
        record = self._holdings.state.get("site", site)
        said = str(record.get("nats_url") or "") if record else ""
        return list(dict.fromkeys(url for url in (said, self._configured.get(site, "")) if url))

    async def run(self) -> None:
        """Pull from those we should, until cancelled."""
        await self._own.up()  # whether our log is new must be known before others' are read
        try:
            while True:
                wanted = {site for site in neighbours_of(self._site, self.others()) if self.urls(site)}
                for site in set(self._pulls) - wanted:
                    self._pulls.pop(site)[1].cancel()
                for site in wanted - set(self._pulls):
                    urls = functools.partial(self.urls, site)
                    pull = Pull(site, self._site, urls, self._password, self._holdings, self._runtime, self._now_ms)
                    self._pulls[site] = pull, asyncio.create_task(pull.run())
                await self.sites_changed.wait()
        finally:
            for _, task in self._pulls.values():
                task.cancel()
            await asyncio.gather(*(task for _, task in self._pulls.values()), return_exceptions=True)
            await self._close_links()

    def takes_in_first(self) -> bool:
        """A neighbour has much for us, and nobody waits for us to hand it on.

        All other sites pull from it by themselves, and no other node of ours reads our log.
        """
        if not any(pull.is_far_behind for pull, _ in self._pulls.values()):
            return False
        nodes = self._holdings.state.lookup("node", "site", self._site)
        return len(self.others()) < FULL_MESH_MAX and all(node.key.id == self._node for node in nodes)

    async def link_to(self, site: SiteId) -> Link:
        """Return a link to a site's server, ours included. Raises LinkDown."""
        if site == self._site:
            return await self._own.up()
        pull = self._pulls.get(site)
        if pull is not None and pull[0].link is not None and pull[0].link.is_open:
            return pull[0].link
        async with self._dialling.setdefault(site, asyncio.Lock()):
            link = self._links.get(site)
            if link is None or not link.is_open:
                link = self._links[site] = await self._dial(site)
            return link

    def statuses(self) -> list[PeerStatus]:
        """Return how we stand with each neighbour."""
        return [pull.status() for _, (pull, _) in sorted(self._pulls.items())]

    def compare_now(self) -> None:
        """Compare digests with every neighbour soon."""
        for pull, _ in self._pulls.values():
            pull.compare_now.ring()

    async def close(self) -> None:
        """Close the links for questions."""
        await self._close_links()

    async def _dial(self, site: SiteId) -> Link:
        *first, last = self.urls(site) or [""]
        for url in first:
            with contextlib.suppress(LinkDown):
                return await dial_peer(url, site, self._password, self._name)
        return await dial_peer(last, site, self._password, self._name)

    async def _close_links(self) -> None:
        links, self._links = self._links, {}
        for link in links.values():
            await link.close()
