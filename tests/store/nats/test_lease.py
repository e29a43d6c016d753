"""A process that hands out alone takes no locks; and whoever joins it, and whenever, nothing is handed out twice."""

import asyncio
import os
import signal

import pytest

from tests.store.nats.proxy import Proxy
from tests.store.nats.sites import Fabric, until
from weft.store.execute import execute
from weft.store.nats.site_log import Behind, Entry, last_message
from weft.store.nats.site_log import append as append_to
from weft.store.nats.subjects import CLAIMS, subject_of_claim, subject_of_key
from weft.store.protocol import State
from weft.store.records import Key
from weft.store.site_store import SiteStore
from weft.store.wire import encode_record
from weft.store.writes import Claim, StaleView, Write, Writes

pytestmark = pytest.mark.nats

LEASE = Key("fabric", "lease", "a")


def network(id: str) -> Key:
    return Key("fabric", "network", id)


async def alone(store: SiteStore) -> SiteStore:
    """Let a store know that its node is the only one of site a, and wait until it hands out alone."""
    node = Key("fabric", "node", store.node)
    await store.commit(Writes((Write(Key("fabric", "site", "a"), {"number": 1}), Write(node, {"site": "a"}))))
    await until(lambda: is_alone(store), store)
    await store.catch_up()  # the lease may be acknowledged before we read it
    return store


def is_alone(store: SiteStore) -> bool:
    link = store._own._read_link
    return link is not None and store._lease.is_ours(link)


async def take(store: SiteStore, *ids: str, create: bool = True) -> None:
    """Give each of some networks the lowest VNI that is free, all in one write."""

    def decide(state: State, held) -> Writes:  # type: ignore[no-untyped-def]
        used = {record.get("vni") for record in state.of_kind("network")} | {int(item) for item in held("vni")}
        free = [number for number in range(1, 1000) if number not in used][: len(ids)]
        writes = [Write(network(id), {"vni": vni}, create=create) for id, vni in zip(ids, free, strict=True)]
        return Writes(tuple(writes), tuple(Claim("vni", str(vni)) for vni in free))

    await execute(store, decide, deadline_s=30)


async def lock_of(store: SiteStore, vni: int) -> bytes | None:
    found = await last_message(await store._own.up(), CLAIMS, subject_of_claim(Claim("vni", str(vni))))
    return found[1] if found else None


def vnis(store: SiteStore) -> list[int]:
    return sorted(record.get("vni") for record in store.state.of_kind("network") if record.get("vni"))


async def test_who_is_alone_takes_no_locks_and_who_is_not_does(fabric: Fabric):
    first = await alone(await fabric.open("a1"))
    await take(first, "n1")
    assert await lock_of(first, 1) is None
    second = await fabric.open("a2")
    await take(second, "n2")
    assert await lock_of(second, 2) is not None
    await first.catch_up()
    await take(first, "n3")
    assert (await lock_of(first, 3) is not None, is_alone(first)) == (True, False)
    assert vnis(first) == [1, 2, 3]


async def test_an_update_that_takes_something_makes_the_next_version_of_the_lease(fabric: Fabric):
    store = await alone(await fabric.open("a1"))
    names = [f"n{n}" for n in range(20)]
    await store.commit(Writes(tuple(Write(network(name), {"name": name}, create=True) for name in names[:10])))
    turns = [take(store, name, create=False) for name in names[:10]]
    await asyncio.gather(*turns, *(take(store, name) for name in names[10:]))
    assert vnis(store) == list(range(1, 21))
    assert store.state.raw(LEASE).get("turn") == 10  # type: ignore[union-attr]
    assert is_alone(store)


@pytest.mark.parametrize("at_once", [1, 3])
async def test_another_process_may_join_at_any_moment(fabric: Fabric, at_once: int):
    """Nobody told the first about it; single writes and batches are under way at both."""
    first = await alone(await fabric.open("a1"))

    async def write(store: SiteStore) -> None:
        for number in range(20):
            names = [[f"{store.node}-{number}-{part}-{each}" for each in range(at_once)] for part in range(3)]
            await asyncio.gather(*(take(store, *part) for part in names))

    async def join() -> SiteStore:
        await until(lambda: len(vnis(first)) > 20, first)
        store = await fabric.open("a2")
        await write(store)
        return store

    _, second = await asyncio.gather(write(first), join())
    await asyncio.gather(first.catch_up(), second.catch_up())
    assert vnis(first) == vnis(second) == list(range(1, 120 * at_once + 1))
    assert not is_alone(first)


async def test_what_is_late_of_a_process_that_was_alone_is_refused(fabric: Fabric):
    """Its write is on its way to the log, for long, while another process takes the same item."""
    server = await fabric.open("a2", serve=True)
    async with Proxy(fabric.port("a"), delay_s=0.1) as slow:
        first = await alone(await fabric.open("a1", url=slow.url, serve=False))
        append, is_sent = first._own.append, asyncio.Event()

        async def noticed(*args: object, **more: object) -> list[int]:
            is_sent.set()
            return await append(*args, **more)  # type: ignore[arg-type]

        first._own.append = noticed  # type: ignore[method-assign]
        writing = asyncio.create_task(take(first, "n1"))
        await is_sent.wait()
        await take(server, "n2")
        await writing
        assert (server.state.get("network", "n2").get("vni"), vnis(server)) == (1, [1, 2])  # type: ignore[union-attr]
        await fabric.close("a1")


async def test_what_an_earlier_life_sent_is_refused_by_the_log(fabric: Fabric):
    store = await alone(await fabric.open("a1"))
    fence = store._lease.fence()
    await fabric.close("a1")
    store = await alone(await fabric.open("a1"))
    late = store._holdings.replica.write(Writes((Write(network("late"), {"vni": 1}, create=True),)), 1)
    for others in ([], [Entry(subject_of_key(network("beside")), encode_record(late.records[0]), 0)]):
        entry = Entry(subject_of_key(network("late")), late.payloads[0], 0, fence)
        with pytest.raises(Behind):
            await append_to(await store._own.up(), [entry, *others])
    await take(store, "n1")
    assert vnis(store) == [1]


async def test_nothing_is_handed_out_twice_though_the_server_dies_again_and_again(fabric: Fabric):
    store = await alone(await fabric.open("a1"))
    written = 0

    async def write(name: str) -> None:
        nonlocal written
        for number in range(60):
            await take(store, f"{name}-{number}")
            written += 1

    async def kill() -> None:
        for deaths in range(1, 4):
            await until(lambda deaths=deaths: written >= 50 * deaths, store)
            assert store._server.pid is not None
            os.kill(store._server.pid, signal.SIGKILL)

    await asyncio.gather(*(write(name) for name in "abc"), kill())
    assert store._server.restarts == 3
    await store.catch_up()
    await until(lambda: is_alone(store), store)
    assert vnis(store) == list(range(1, 181))


async def test_nobody_decides_before_having_read_all_that_came_before_the_lease(fabric: Fabric):
    """The acknowledgement of a new lease may be quicker than the log's reader."""
    store = await alone(await fabric.open("a1"))
    fence = store._lease.fence()
    store._holdings.seqs[LEASE] = store._own.read_seq + 1
    with pytest.raises(StaleView):
        await store.commit(Writes((Write(network("n1"), {"vni": 1}, create=True),), (Claim("vni", "1"),)))
    store._holdings.seqs[LEASE] = fence.seq
    await take(store, "n1")
