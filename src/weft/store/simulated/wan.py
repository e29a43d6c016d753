"""The network between simulated sites: delay, loss, cuts and crashes, all from one seed."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from weft.model import SiteId, Unavailable

Answerer = Callable[[SiteId, str, bytes], Awaitable[bytes]]
TIMEOUT_S = 2.0


class Wan:
    """Carries questions and answers; whatever gets lost shows as a timeout."""

    def __init__(self, chance: random.Random, *, delay_s: float, loss: float) -> None:
        self.delay_s, self.loss = delay_s, loss
        self._chance = chance
        self._cut: set[frozenset[SiteId]] = set()
        self._answerers: dict[SiteId, Answerer] = {}

    def attach(self, site: SiteId, answerer: Answerer) -> None:
        """Let a site answer."""
        self._answerers[site] = answerer

    def detach(self, site: SiteId) -> None:
        """The site crashed: what is under way to or from it is lost."""
        self._answerers.pop(site, None)

    def cut(self, left: SiteId, right: SiteId) -> None:
        """Let nothing pass between two sites."""
        self._cut.add(frozenset((left, right)))

    def heal(self) -> None:
        """Mend all cuts."""
        self._cut.clear()

    async def call(self, asker: SiteId, answerer: SiteId, verb: str, payload: bytes) -> bytes:
        """Return the answer. Raises Unavailable after TIMEOUT_S, not knowing whether the question arrived."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._travel(asker, answerer)
                handle = self._answerers.get(answerer)
                if handle is None:
                    await asyncio.Event().wait()
                assert handle is not None
                answer = await handle(asker, verb, payload)
                await self._travel(answerer, asker)
                if self._answerers.get(answerer) is not handle:
                    await asyncio.Event().wait()
                return answer
        except TimeoutError as err:
            raise Unavailable(f"site {answerer} does not answer") from err

    async def _travel(self, source: SiteId, target: SiteId) -> None:
        if self._chance.random() < self.loss:
            await asyncio.Event().wait()
        await asyncio.sleep(self.delay_s * self._chance.uniform(0.2, 3.0))
        if frozenset((source, target)) in self._cut:
            await asyncio.Event().wait()
