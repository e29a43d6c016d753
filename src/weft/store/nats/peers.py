"""The other sites: from whom we pull, and how to ask any of them something."""

import asyncio
from collections.abc import Callable

from weft.model import SiteId
from weft.store.bell import Bell
from weft.store.holdings import Holdings
from weft.store.nats.link import Link, LinkDown, dial
from weft.store.nats.own_log import OwnLog
from weft.store.nats.pull import DIAL_S, Pull
from weft.store.nats.runtime_stream import NatsRuntime
from weft.store.nats.server_config import PEER, PEER_INBOX, password
from weft.store.neighbours import neighbours_of
from weft.store.protocol import PeerStatus
from weft.store.settings import StoreSettings


class Peers:
    """Keeps one pull per neighbour running, and links for questions to the others."""

    def __init__(self, settings: StoreSettings, holdings: Holdings, own: OwnLog, runtime: NatsRuntime) -> None:
        self._site = settings.site
        self._name = f"{settings.site}-{settings.node}"
        self._configured = dict(settings.peers)
        self._password = password(settings.secret, PEER)
        self._holdings, self._own, self._runtime = holdings, own, runtime
        self._pulls: dict[SiteId, tuple[Pull, asyncio.Task[None]]] = {}
        self._links: dict[SiteId, Link] = {}
        self._dialling: dict[SiteId, asyncio.Lock] = {}
        self.sites_changed = Bell()

    def others(self) -> dict[SiteId, str]:
        """Return every other site that is not declared dead, and how to reach it ("" if nobody said)."""
        others = dict(self._configured)
        for record in self._holdings.state.of_kind("site"):
            site = SiteId(record.key.id)
            if record.get("dead") is True:
                others.pop(site, None)
            else:
                others[site] = str(record.get("nats_url") or others.get(site, ""))
        others.pop(self._site, None)
        return others

    async def run(self) -> None:
        """Pull from those we should, until cancelled."""
        await self._own.up()  # whether our log is new must be known before others' are read
        try:
            while True:
                urls = self.others()
                wanted = {site for site in neighbours_of(self._site, urls) if urls[site]}
                for site in set(self._pulls) - wanted:
                    self._pulls.pop(site)[1].cancel()
                for site in wanted - set(self._pulls):
                    pull = Pull(site, self._site, self._url_of(site), self._password, self._holdings, self._runtime)
                    self._pulls[site] = pull, asyncio.create_task(pull.run())
                await self.sites_changed.wait()
        finally:
            for _, task in self._pulls.values():
                task.cancel()
            await asyncio.gather(*(task for _, task in self._pulls.values()), return_exceptions=True)
            await self._close_links()

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
                url = self.others().get(site, "")
                if not url:
                    raise LinkDown(f"nobody has said how site {site} is reached")
                link = await dial(url, PEER, self._password, self._name, inbox=PEER_INBOX, deadline_s=DIAL_S)
                self._links[site] = link
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

    def _url_of(self, site: SiteId) -> Callable[[], str]:
        return lambda: self.others().get(site, "")

    async def _close_links(self) -> None:
        links, self._links = self._links, {}
        for link in links.values():
            await link.close()
