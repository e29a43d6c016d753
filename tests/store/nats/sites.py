"""Sites of one fabric on loopback ports, each with a real nats-server."""

import asyncio
import shutil
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from weft.model import NodeId, SiteId
from weft.store.settings import StoreSettings
from weft.store.site_store import SiteStore, wall_ms

SECRET = b"s" * 32


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Fabric:
    """Makes settings for nodes and opens their stores; all are closed at the end of the test."""

    def __init__(self, directory: Path, stack: AsyncExitStack) -> None:
        self._directory, self._stack = directory, stack
        self._ports: dict[str, int] = {}
        self.stacks: dict[str, AsyncExitStack] = {}
        self.later_ms = 0  # how far all clocks are ahead of the wall's

    def port(self, site: str) -> int:
        """Return the port of a site's server."""
        return self._ports.setdefault(site, free_port())

    def settings(self, node: str, **changes: object) -> StoreSettings:
        """Return the settings of a node "a1": site "a"; its first node serves."""
        site = node[0]
        defaults: dict[str, object] = {
            "site": SiteId(site),
            "node": NodeId(node),
            "state_dir": self._directory / node,
            "secret": SECRET,
            "serve": node.endswith("1"),
            "listen": f"127.0.0.1:{self.port(site)}",
            "url": self.url(site),
        }
        return StoreSettings(**{**defaults, **changes})  # type: ignore[arg-type]

    def url(self, site: str) -> str:
        """Return how a site's server is reached."""
        return f"nats://127.0.0.1:{self.port(site)}"

    def peers(self, site: str, sites: str = "abc") -> tuple[tuple[SiteId, str], ...]:
        """Return the other sites as `site`'s configuration lists them."""
        return tuple((SiteId(other), self.url(other)) for other in sites if other != site)

    def wipe(self, node: str) -> None:
        """Lose a node's disk."""
        shutil.rmtree(self._directory / node)

    def wipe_log(self, node: str) -> None:
        """Lose what a node's server stored, but not its database."""
        shutil.rmtree(self._directory / node / "nats" / "store")

    def database(self, node: str) -> Path:
        """Return where a node keeps its SQLite file."""
        return self._directory / node / "weft.db"

    async def open(self, node: str, **changes: object) -> SiteStore:
        """Open a node's store; its site's log has been read then."""
        stack = self.stacks[node] = AsyncExitStack()
        store = await stack.enter_async_context(SiteStore.open(self.settings(node, **changes), self._now_ms))
        self._stack.push_async_callback(stack.aclose)
        await store._own.until_in_sync()
        return store

    def _now_ms(self) -> int:
        return wall_ms() + self.later_ms

    async def close(self, node: str) -> None:
        """Close a node's store properly."""
        await self.stacks.pop(node).aclose()


async def until(condition: Callable[[], bool], *stores: SiteStore, deadline_s: float = 10.0) -> None:
    """Return once `condition()` holds; looked at whenever one of `stores` changes, and now and then."""
    async with asyncio.timeout(deadline_s):
        while not condition():
            waits = [asyncio.ensure_future(store._holdings.changed.wait()) for store in stores]
            await asyncio.wait(waits, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
