"""The store for tests keeps the rules that the real one keeps."""

import asyncio

import pytest

from weft.model import Invalid, NotFound, Unavailable
from weft.store.execute import execute
from weft.store.records import DELETED, Key, write
from weft.store.simulated import MemoryStore
from weft.store.writes import Claim, ClaimTaken, NeedsTransfer, NotHandedOver, Receipt, StaleView, Write, Writes

PORT = Key("fabric", "port", "p")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(site="a", node="a1")


async def put(store: MemoryStore, key: Key = PORT, **values: object) -> Receipt:
    return await execute(store, lambda _state, _held: Writes((Write(key, values),), verb="put"))


async def test_changes_begin_with_what_is_there_and_follow_in_order(store):
    await put(store, name="x")
    changes = store.changes()
    assert [change.after.get("name") for change in await anext(changes)] == ["x"]
    await put(store, name="y")
    await put(store, name="z")
    (change,) = await anext(changes)
    assert (change.before.get("name"), change.after.get("name")) == ("x", "z")
    await put(store, **{DELETED: True})
    assert (await anext(changes))[0].after is None


async def test_two_that_take_one_item_at_once(store):
    decided = []

    def decide(_state, held):
        item = next(item for item in ("1", "2") if item not in held("vni"))
        decided.append(item)
        return Writes((Write(Key("fabric", "network", item), {"vni": item}, create=True),), (Claim("vni", item),))

    await asyncio.gather(execute(store, decide), execute(store, decide))
    assert len(store.state.of_kind("network")) == 2
    with pytest.raises(ClaimTaken):
        await asyncio.gather(*(store.commit(Writes((), (Claim("vni", "7"),))) for _ in range(2)))


async def test_of_two_that_write_one_record_at_once_one_is_told(store):
    one, two = (store.commit(Writes((Write(PORT, {"name": name}),))) for name in "xy")
    results = await asyncio.gather(one, two, return_exceptions=True)
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [StaleView]


async def test_refusals_can_be_ordered(store):
    store.refuse_next(StaleView("once"))
    await put(store, name="x")
    store.refuse_next(Unavailable("full"))
    with pytest.raises(Unavailable):
        await put(store, name="y")
    assert store.state.get("port", "p").get("name") == "x"


async def test_transfers_answer_as_they_are_told_to(store):
    def decide(state, _held):
        if state.get("port", "p") is None:
            raise NeedsTransfer("vni", None, ("b",))
        return Writes(())

    with pytest.raises(NotHandedOver):
        await execute(store, decide)

    async def hand_over(pool, item, owners):
        assert (pool, item, owners) == ("vni", None, ("b",))
        await put(store, name="granted")

    store.transfer = hand_over
    await execute(store, decide)


async def test_a_receipt_follows_the_node(store):
    receipt = await put(store, host="a1")
    assert (await store.receipt(receipt.id)).programmed == {"a1": None}
    store.runtime.hear("a1", "port.p", {"status": "ACTIVE", "hlc": receipt.hlc})
    assert (await store.receipt(receipt.id)).is_programmed
    with pytest.raises(NotFound):
        await store.receipt("a-0")


async def test_the_journal_says_who_did_what(store):
    await put(store, name="x")
    await put(store, name="y")
    newest = store.journal(kind="port", limit=1)[0]
    assert (newest.verb, newest.before, newest.after) == ("put", {"name": "x"}, {"name": "y"})


async def test_calls_come_round_to_our_own_handlers(store):
    async def shout(payload: bytes) -> bytes:
        return payload.upper()

    await store.serve("shout", shout)
    assert await store.call("a", "shout", b"x") == b"X"
    with pytest.raises(Unavailable):
        await store.call("b", "shout", b"x")


async def test_a_lock_outlives_its_commit_until_the_item_is_free_again():
    now_ms = 1_700_000_000_000
    store = MemoryStore(site="a", node="a1", now_ms=lambda: now_ms)
    key, claims = Key("fabric", "network", "n"), (Claim("vni", "7"),)
    await store.commit(Writes((Write(key, {"vni": 7}, create=True),), claims))
    with pytest.raises(ClaimTaken):
        await store.commit(Writes((), claims))
    await store.commit(Writes((Write(key, {DELETED: True}),)))
    await store.commit(Writes((), claims))
    with pytest.raises(ClaimTaken):
        await store.commit(Writes((), claims))
    now_ms += 61_000
    await store.commit(Writes((), claims))


async def test_a_refused_commit_leaves_no_lock(store):
    await put(store, name="x")
    claims = (Claim("vni", "7"),)
    with pytest.raises(StaleView):
        await store.commit(Writes((Write(PORT, {}, create=True),), claims))
    await store.commit(Writes((), claims))


async def test_what_another_site_wrote_meanwhile_is_in_the_merge_report(store):
    network, port = Key("fabric", "network", "n"), {"network_id": "n", "mac_address": "02:00:00:00:00:01"}
    await put(store, network, name="here")
    await put(store, Key("fabric", "port", "p"), **port)
    store.absorb(write(None, network, {"name": "there"}, 1 << 20, "b"))
    store.absorb(write(None, Key("fabric", "port", "q"), port, 1 << 20, "b"))
    assert {one.get("what") for one in store.state.of_kind("conflict")} == {"field"}
    store.settle()
    assert {one.get("what") for one in store.state.of_kind("conflict")} == {"field", "duplicate"}


async def test_what_others_would_refuse_to_read_is_refused(store):
    with pytest.raises(Invalid):
        await put(store, name="x" * 300_000)
