"""A Neutron API over a store in memory, and clients for different callers."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.neutron.callers import client_for, hand_over_to_oneself
from weft.commands.security.default_rules import first_default_rules
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes


async def small_cloud() -> MemoryStore:
    """Return a store that holds a site of one node."""
    store = MemoryStore(site="a", node="a1")
    site = Write(Key("fabric", "site", "a"), {"number": 1}, create=True)
    node = Write(Key("fabric", "node", "a1"), {"site": "a", "underlay_ip": "198.19.1.1"}, create=True)
    await store.commit(Writes((site, node)))
    hand_over_to_oneself(store)
    await store.seed(first_default_rules())
    return store


@pytest.fixture
async def store() -> MemoryStore:
    random.seed(1)  # addresses are picked by chance: of those that a test names, the same ones are free each time
    return await small_cloud()


@pytest.fixture
async def admin(store: MemoryStore) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(store, "admin") as client:
        yield client


@pytest.fixture
async def alice(store: MemoryStore) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(store, "alice") as client:
        yield client


@pytest.fixture
async def bob(store: MemoryStore) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(store, "bob") as client:
        yield client


@pytest.fixture
async def carol(store: MemoryStore) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(store, "carol") as client:
        yield client


@pytest.fixture
async def dave(store: MemoryStore) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(store, "dave") as client:
        yield client
