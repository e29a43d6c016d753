"""A whole API of one node on a real port, served from this process: what is behind it can be looked at."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.api.neutron.callers import hand_over_to_oneself
from weft.api.app import create_app
from weft.api.identity.seeding import seed_identity
from weft.api.server import bind, serve_api
from weft.api.settings import ApiSettings
from weft.commands.security.default_rules import first_default_rules
from weft.commands.services.agents import agents_of
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes

SECRET, PASSWORD = b"s" * 32, "correct horse"


class Served(NamedTuple):
    """What is served, and where."""

    url: str
    store: MemoryStore  # belongs to the serving thread: look at it while nothing is asked


@contextmanager
def serving() -> Iterator[Served]:
    """Serve an empty cloud from a thread of its own."""
    listener = bind("127.0.0.1:0")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    loop = asyncio.new_event_loop()
    store = MemoryStore(site="a", node="a1")

    async def serve() -> None:
        site = Write(Key("fabric", "site", "a"), {"number": 1, "api_url": url, "region": "RegionOne"}, create=True)
        nodes = [
            Write(Key("fabric", "node", f"a{number}"), {"site": "a", "underlay_ip": f"198.19.1.{number}"}, create=True)
            for number in (1, 2)
        ]
        agents = [Write(key, values) for node in nodes for key, values in agents_of(node.key.id, "a")]
        await store.commit(Writes((site, *nodes, *agents)))
        hand_over_to_oneself(store)
        await seed_identity(store, SECRET, PASSWORD)
        await store.seed(first_default_rules())
        await serve_api(create_app(store, ApiSettings(SECRET, public_url=url)), listener)

    server = loop.create_task(serve())

    def run() -> None:
        try:
            loop.run_until_complete(server)
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=run, name="api")
    thread.start()
    try:
        yield Served(url, store)
    finally:
        loop.call_soon_threadsafe(server.cancel)
        thread.join(timeout=10)
