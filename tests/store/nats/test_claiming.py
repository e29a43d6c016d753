"""Locks are given back whatever happens to the connection, and never somebody else's."""

import asyncio

import pytest

from tests.store.nats.proxy import Proxy
from tests.store.nats.sites import Fabric, until
from weft.store.nats.link import LinkDown, dial
from weft.store.nats.server_config import AGENT, password
from weft.store.nats.site_log import ensure_streams, last_message, take_claim
from weft.store.nats.subjects import CLAIMS, subject_of_claim
from weft.store.records import DELETED, Key
from weft.store.site_store import SiteStore
from weft.store.writes import Claim, ClaimTaken, StaleView, Write, Writes

pytestmark = pytest.mark.nats

CLAIM = Claim("vni", "300")


def network(id: str) -> Key:
    return Key("fabric", "network", id)


def claiming(id: str) -> Writes:
    return Writes((Write(network(id), {"vni": 300}, create=True),), (CLAIM,))


async def lock_of(store: SiteStore) -> bytes | None:
    """Return what stands in the lock, None if there is none."""
    found = await last_message(await store._own.up(), CLAIMS, subject_of_claim(CLAIM))
    return found[1] if found else None


async def until_locked(store: SiteStore, *, is_locked: bool) -> None:
    async with asyncio.timeout(5):
        while (await lock_of(store) is not None) != is_locked:  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def test_a_lock_whose_link_broke_is_given_back_when_there_is_another(fabric: Fabric):
    """Node a2 has locked an item when its connection breaks; the server lives, and the item is free soon after."""
    async with Proxy(fabric.port("a")) as between:
        first = await fabric.open("a1")
        second = await fabric.open("a2", url=between.url)
        append = second._own.append

        async def cut_off(*args: object, **more: object) -> list[int]:
            between.cut()
            return await append(*args, **more)  # type: ignore[arg-type]

        second._own.append = cut_off  # type: ignore[method-assign]
        writing = asyncio.create_task(second.commit(claiming("n1")))
        await until(lambda: not between._open.is_set(), first)
        with pytest.raises(ClaimTaken):
            await first.commit(claiming("n2"))
        between.heal()
        with pytest.raises(StaleView):
            await writing
        await first.commit(claiming("n2"))


async def test_a_lock_that_nobody_acknowledged_is_found_again(fabric: Fabric):
    """The connection breaks before the answer comes: perhaps we have the lock, perhaps somebody else."""
    async with Proxy(fabric.port("a")) as between:
        first = await fabric.open("a1")
        second = await fabric.open("a2", url=between.url)
        link = await second._own.read_link()
        publish = link.publish_acked

        async def unheard(*args: object, **more: object) -> "asyncio.Future[int]":
            answer = await publish(*args, **more)  # type: ignore[arg-type]
            await link.client.flush()
            await until(lambda: answer.done(), first)  # it is there, but we shall not know
            between.cut()
            await link.closed
            lost: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            lost.set_exception(LinkDown("connection lost"))
            return lost

        link.publish_acked = unheard  # type: ignore[method-assign]
        writing = asyncio.create_task(second.commit(claiming("n1")))
        await until(lambda: not between._open.is_set(), first)
        assert await lock_of(first) is not None
        between.heal()
        with pytest.raises(StaleView):
            await writing
        await second._own.up()
        await first.commit(claiming("n2"))


async def test_who_gives_up_in_time_leaves_no_lock(fabric: Fabric):
    store = await fabric.open("a1")
    find = store._writer.locks.find

    async def stuck(*args: object) -> list:
        await asyncio.Event().wait()
        return await find(*args)  # type: ignore[arg-type]

    await store.commit(Writes((Write(network("n1"), {"vni": 7}, create=True),)))
    store._writer.locks.find = stuck  # type: ignore[method-assign]
    freeing = Writes((Write(network("n1"), {"vni": 8}), *claiming("n2").writes), (CLAIM,))
    writing = asyncio.create_task(store.commit(freeing))
    await until_locked(store, is_locked=True)
    writing.cancel()
    await asyncio.wait([writing])
    await until_locked(store, is_locked=False)
    store._writer.locks.find = find  # type: ignore[method-assign]
    await store.commit(claiming("n2"))


async def test_after_a_delete_a_lock_that_is_somebody_elses_by_then_stays(fabric: Fabric):
    """The server restarts just after a network was deleted, and another process takes its VNI anew."""
    store = await fabric.open("a1")
    await store.commit(claiming("n1"))
    settings = fabric.settings("a1")
    link = await dial(settings.url, AGENT, password(settings.secret, AGENT), "another")
    append = store._own.append

    async def forgotten(*args: object, **more: object) -> list[int]:
        seqs = await append(*args, **more)  # type: ignore[arg-type]
        await link.api(f"STREAM.DELETE.{CLAIMS}")  # as a restart does to what is in memory
        await ensure_streams(link)
        await (await take_claim(link, subject_of_claim(CLAIM), b"another's"))
        return seqs

    store._own.append = forgotten  # type: ignore[method-assign]
    await store.commit(Writes((Write(network("n1"), {DELETED: True}),)))
    assert await lock_of(store) == b"another's"
    await link.close()


async def test_after_a_delete_the_item_is_free_at_once_at_every_node(fabric: Fabric):
    first, second = await fabric.open("a1"), await fabric.open("a2")
    await first.commit(claiming("n1"))
    await second.catch_up()
    await second.commit(Writes((Write(network("n1"), {DELETED: True}),)))
    await first.catch_up()
    await first.commit(claiming("n2"))


async def test_nodes_that_come_up_together_share_one_stream_of_locks(fabric: Fabric):
    store = await fabric.open("a1")
    settings = fabric.settings("a1")
    links = [await dial(settings.url, AGENT, password(settings.secret, AGENT), f"n{number}") for number in range(5)]
    await links[0].api(f"STREAM.DELETE.{CLAIMS}")
    await asyncio.gather(*(ensure_streams(link) for link in links))
    await store.commit(claiming("n1"))
    lock = await lock_of(store)
    await asyncio.gather(*(ensure_streams(link) for link in links))
    assert await lock_of(store) == lock is not None
    for link in links:
        await link.close()
