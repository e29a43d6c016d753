"""Deletes are forgotten once all sites have heard of them; who was away for too long starts anew."""

import asyncio
from pathlib import Path

import pytest

from tests.store.nats.sites import Fabric, until
from weft.store.agreement import MustStartAnew
from weft.store.nats.site_log import last_message
from weft.store.nats.subjects import STATE, subject_of_key
from weft.store.records import DELETED, Key
from weft.store.site_store import SiteStore
from weft.store.writes import Write, Writes

pytestmark = pytest.mark.nats

HOURS_MS = 3600 * 1000
DAYS_MS = 24 * HOURS_MS
OLD, KEPT = Key("fabric", "network", "old"), Key("fabric", "network", "kept")


async def put(store: SiteStore, key: Key, **values: object) -> None:
    await store.commit(Writes((Write(key, values),)))


async def two_sites(fabric: Fabric) -> list[SiteStore]:
    """Open sites a and b, which hold the same: two networks."""
    stores = [await fabric.open(f"{site}1", peers=fabric.peers(site, "ab")) for site in "ab"]
    for number, store in enumerate(stores, 1):
        await put(store, Key("fabric", "site", store.site), number=number, nats_url=fabric.url(store.site))
    await put(stores[0], OLD, name="x")
    await put(stores[0], KEPT, name="x")
    await until_equal(*stores)
    return stores


async def until_equal(*stores: SiteStore) -> None:
    await until(lambda: len({store.digest() for store in stores}) == 1, *stores)


def had(store: SiteStore) -> dict[str, int]:
    """Return up to when a site has all that others had."""
    return dict(store._holdings.replica.agreement.memory.had)


async def until_compared(*stores: SiteStore) -> None:
    """Let sites compare, and then hear of each other that they did."""
    for _ in range(2):
        before = [had(store) for store in stores]
        for store in stores:
            store._peers.compare_now()
        async with asyncio.timeout(10):
            while any(had(store) == was for store, was in zip(stores, before, strict=True)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_what_all_have_heard_of_is_forgotten_everywhere(fabric: Fabric):
    first, second = await two_sites(fabric)
    await put(first, Key("fabric", "node", "a1"), site="a")
    other = await fabric.open("a2")
    await put(first, OLD, **{DELETED: True})
    await until_equal(first, second, other)
    assert first.state.raw(OLD) is not None
    fabric.later_ms = 2 * HOURS_MS
    await until_compared(first, second)
    await until(lambda: all(store.state.raw(OLD) is None for store in (first, second, other)), first, second, other)
    await until_equal(first, second, other)
    link = await first._own.up()
    async with asyncio.timeout(5):
        while await last_message(link, STATE, subject_of_key(OLD)) is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert first.state.get("network", "kept") is not None


async def test_nothing_is_forgotten_while_a_site_is_away(fabric: Fabric):
    first, _ = await two_sites(fabric)
    await fabric.close("b1")
    await put(first, OLD, **{DELETED: True})
    fabric.later_ms = 29 * DAYS_MS
    first._holdings.carry_out(first._holdings.replica.tick(fabric._now_ms()))
    assert first.state.raw(OLD) is not None
    back = await fabric.open("b1", peers=fabric.peers("b", "ab"))
    await put(back, Key("fabric", "network", "new"), name="x")
    await until_equal(first, back)
    assert back.state.get("network", "old") is None
    assert first.state.get("network", "new") is not None


async def test_a_site_that_was_away_for_too_long_starts_anew(fabric: Fabric, tmp_path: Path):
    """Its second node too, which would tell the site's new log all that it remembers."""
    first, _ = await two_sites(fabric)
    await put(first, Key("fabric", "site", "c"), number=3)  # keeps in touch with a, so that b is the smaller side
    first._holdings.replica.agreement.memory.had["c"] = 1 << 62
    other = await fabric.open("b2")
    await until_equal(first, other)
    await fabric.close("b2")
    await fabric.close("b1")
    await put(first, OLD, **{DELETED: True})
    fabric.later_ms = 31 * DAYS_MS
    await until(lambda: first.state.raw(OLD) is None, first)

    with pytest.raises(MustStartAnew):
        await until_ended(fabric, "b1")
    back = await fabric.open("b1", peers=fabric.peers("b", "ab"))
    with pytest.raises(MustStartAnew):
        await until_ended(fabric, "b2")
    other = await fabric.open("b2")
    await until_equal(first, back, other)
    for store in (first, back, other):
        assert store.state.raw(OLD) is None
        assert store.state.get("network", "kept") is not None
    assert list(fabric.settings("b1").state_dir.glob("aside-*/weft.db"))


async def until_ended(fabric: Fabric, node: str) -> None:
    """Run a node's store until it ends by itself. Raises what it ended with."""
    async with (
        asyncio.timeout(10),
        SiteStore.open(fabric.settings(node, peers=fabric.peers(node[0], "ab")), fabric._now_ms),
    ):
        await asyncio.Event().wait()
