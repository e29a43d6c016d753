"""Several sites on loopback: relaying, partitions, lost disks, hostile neighbours."""

import asyncio
from typing import Any

import pytest

from tests.store.nats.proxy import Proxy
from tests.store.nats.sites import Fabric, until
from weft.model import NodeId, SiteId
from weft.store.execute import execute
from weft.store.nats.link import dial
from weft.store.nats.server_config import PEER, password
from weft.store.nats.subjects import STATE, subject_of_key
from weft.store.nats.tail import position
from weft.store.records import Field, Key, Record, Stamp
from weft.store.site_store import SiteStore
from weft.store.wire import encode_record
from weft.store.writes import Claim, StaleView, Write, Writes

pytestmark = pytest.mark.nats


def network(id: str) -> Key:
    return Key("fabric", "network", id)


async def announce(store: SiteStore, url: str, number: int) -> None:
    await store.commit(
        Writes((Write(Key("fabric", "site", store.site), {"number": number, "nats_url": url}, create=True),))
    )


async def create(store: SiteStore, *ids: str) -> None:
    await asyncio.gather(
        *(store.commit(Writes((Write(network(id), {"name": id}, create=True),)), deadline_s=10) for id in ids)
    )


async def until_equal(*stores: SiteStore, deadline_s: float = 10.0) -> None:
    """Return once all hold the same, digests say so."""
    await until(lambda: len({store.digest() for store in stores}) == 1, *stores, deadline_s=deadline_s)


async def three_sites(fabric: Fabric) -> list[SiteStore]:
    """Open sites a, b, c, each knowing all others from its configuration."""
    return await asyncio.gather(*(fabric.open(f"{site}1", peers=fabric.peers(site)) for site in "abc"))


async def test_what_one_site_writes_the_others_hold(fabric: Fabric):
    stores = await three_sites(fabric)
    for number, store in enumerate(stores, 1):
        await announce(store, fabric.url(store.site), number)
        await create(store, f"of-{store.site}")
    await until_equal(*stores)
    for store in stores:
        assert {record.key.id for record in store.state.of_kind("network")} == {"of-a", "of-b", "of-c"}


async def test_a_line_of_sites_relays(fabric: Fabric):
    """a and c know only b: what a writes reaches c through b's log."""
    b = SiteId("b"), fabric.url("b")
    first = await fabric.open("a1", peers=(b,))
    middle = await fabric.open("b1", peers=((SiteId("a"), fabric.url("a")), (SiteId("c"), fabric.url("c"))))
    last = await fabric.open("c1", peers=(b,))
    await create(first, "n1")
    await until(lambda: last.state.get("network", "n1") is not None, last)
    await create(last, "n2")
    await until_equal(first, middle, last)
    assert first.state.get("network", "n2") is not None


async def test_a_backlog_is_taken_in_first_and_then_handed_on(fabric: Fabric):
    first, second = await fabric.open("a1"), await fabric.open("b1")
    names = [f"n{number}" for number in range(4000)]
    for start in range(0, len(names), 500):
        batch = (Write(network(name), {"name": name}, create=True) for name in names[start : start + 500])
        await first.commit(Writes(tuple(batch)))
    outbox, peers = second._holdings.outbox, second._peers
    was_first: list[bool] = []
    takes_in_first = peers.takes_in_first
    peers.takes_in_first = lambda: was_first.append(takes_in_first()) or was_first[-1]  # type: ignore[method-assign]
    await announce(second, fabric.url("b"), 2)
    await announce(first, fabric.url("a"), 1)
    await second._on_hello(encode_record(first.state.raw(Key("fabric", "site", "a"))))  # type: ignore[arg-type]
    await until_equal(first, second)
    assert any(was_first)
    await until(lambda: not outbox, first, second)
    log = await position(await second._own.up(), STATE)
    assert log.last_seq >= len(names)
    pull = peers._pulls[SiteId("a")][0]
    pull._pending = 10_000
    assert takes_in_first()
    await second.commit(Writes(tuple(Write(Key("fabric", "node", id), {"site": "b"}) for id in ("b1", "b2"))))
    assert not takes_in_first(), "node b2 reads this site's log"


async def test_a_site_that_knows_one_other_is_found_by_all(fabric: Fabric):
    """Site a is configured without peers; b dials it, says hello, and a pulls from b."""
    first = await fabric.open("a1")
    await announce(first, fabric.url("a"), 1)
    second = await fabric.open("b1", peers=((SiteId("a"), fabric.url("a")),))
    await announce(second, fabric.url("b"), 2)
    await create(second, "n1")
    await until(lambda: first.state.get("network", "n1") is not None, first)


async def test_after_a_partition_all_hold_the_same(fabric: Fabric):
    async with Proxy(fabric.port("b")) as to_b, Proxy(fabric.port("a")) as to_a:
        first = await fabric.open("a1", peers=((SiteId("b"), to_b.url),))
        second = await fabric.open("b1", peers=((SiteId("a"), to_a.url),))
        await create(first, "before")
        await until_equal(first, second)
        to_a.cut()
        to_b.cut()
        await create(first, *(f"a{number}" for number in range(50)))
        await create(second, *(f"b{number}" for number in range(50)))
        await first.commit(Writes((Write(network("before"), {"name": "from a"}),)))
        await second.commit(Writes((Write(network("before"), {"name": "from b"}),)))
        await until(lambda: not any(peer.connected for peer in first.peers()), first)
        to_a.heal()
        to_b.heal()
        await until_equal(first, second, deadline_s=5.0)
        assert len(list(first.state.of_kind("network"))) == 101
        assert first.state.of_kind("conflict")


async def test_a_lost_disk_comes_back_from_the_neighbours(fabric: Fabric):
    stores = await three_sites(fabric)
    for number, store in enumerate(stores, 1):
        await announce(store, fabric.url(store.site), number)
    await create(stores[1], *(f"n{number}" for number in range(100)))
    await until_equal(*stores)
    await fabric.close("b1")
    fabric.wipe("b1")
    back = await fabric.open("b1", peers=fabric.peers("b"))
    claimed = Writes((Write(network("new"), {"vni": 9}, create=True),), (Claim("vni", "9"),))
    await execute(back, lambda state, held: claimed)
    assert len(list(back.state.of_kind("network"))) == 101  # it hands out nothing before it knows everything
    await until_equal(stores[0], back, stores[2])


async def test_a_lost_disk_hands_out_nothing_while_a_site_is_missing(fabric: Fabric):
    stores = await three_sites(fabric)
    for number, store in enumerate(stores, 1):
        await announce(store, fabric.url(store.site), number)
    await until_equal(*stores)
    await fabric.close("b1")
    await fabric.close("c1")
    fabric.wipe("b1")
    back = await fabric.open("b1", peers=fabric.peers("b"))
    await create(back, "n1")
    with pytest.raises(Exception, match="site c"):
        await back.commit(Writes((Write(network("n2"), {"vni": 9}, create=True),), (Claim("vni", "9"),)), deadline_s=1)
    await back.commit(Writes((Write(Key("fabric", "site", "c"), {"dead": True}),)))
    await back.commit(Writes((Write(network("n2"), {"vni": 9}, create=True),), (Claim("vni", "9"),)))


async def test_hostile_records_are_put_aside_and_the_rest_goes_on(fabric: Fabric):
    second = await fabric.open("b1")
    link = await second._own.up()
    good = Record(network("good"), {"name": Field("x", Stamp(1, "b", 1))}, {"b": 1})
    future = Record(network("evil"), {"name": Field("x", Stamp(1 << 62, "b", 1))}, {"b": 1})
    for id, payload in {
        "n1": b"garbage", "n2": b"\x96\x01\xa1", "evil": encode_record(future), "n4": b"",
        "n5": b"x" * 300_000, "good": encode_record(good),
    }.items():  # fmt: skip
        await (await link.publish_acked(subject_of_key(network(id)), payload))
    first = await fabric.open("a1", peers=((SiteId("b"), fabric.url("b")),))
    await until(lambda: first.state.get("network", "good") is not None, first)
    assert first.state.get("network", "evil") is None
    assert {alert.code for alert in first.alerts()} == {"quarantined_record", "clock_too_far_ahead"}


async def test_peers_may_read_and_ask_but_not_write(fabric: Fabric):
    store = await fabric.open("a1")
    await create(store, "n1")
    settings = fabric.settings("a1")
    link = await dial(settings.url, PEER, password(settings.secret, PEER), "test", inbox="_INBOX_peer")
    payload = encode_record(Record(network("evil"), {"name": Field("x", Stamp(1, "b", 1))}, {"b": 1}))
    await link.publish(subject_of_key(network("evil")), payload)
    await link.request("weft.rpc.digest", b"\x90")  # a round trip: what was sent before has been dealt with
    await store.catch_up()
    assert store.state.get("network", "evil") is None
    await link.close()


async def test_runtime_values_cross_sites_and_expire_with_their_node(fabric: Fabric):
    first = await fabric.open("a1")
    second = await fabric.open("b1", peers=((SiteId("a"), fabric.url("a")),))
    await first.runtime.report("port.p", {"status": "ACTIVE"})
    async with asyncio.timeout(5):
        await second.runtime.changed.until(lambda: second.runtime.get(NodeId("a1"), "port.p") is not None)
    await first.runtime.report("port.p", None)
    async with asyncio.timeout(5):
        await second.runtime.changed.until(lambda: second.runtime.get(NodeId("a1"), "port.p") is None)
    assert second.runtime.is_alive(NodeId("a1"))


async def test_a_receipt_tells_where_a_write_is(fabric: Fabric):
    first, second, third = await three_sites(fabric)
    for number, store in enumerate((first, second, third), 1):
        await announce(store, fabric.url(store.site), number)
    receipt = await first.commit(Writes((Write(network("n1"), {"name": "x"}, create=True),)))
    await until(lambda: third.state.get("network", "n1") is not None, third)
    await until(lambda: second.state.get("network", "n1") is not None, second)
    status = await third.receipt(receipt.id)
    assert status.keys == (network("n1"),)
    assert status.stored == {"a": True, "b": True, "c": True}
    await fabric.close("b1")
    assert (await first.receipt(receipt.id)).stored == {"a": True, "b": False, "c": True}


async def test_an_item_of_another_sites_block_is_handed_over(fabric: Fabric):
    first, second, third = await three_sites(fabric)
    for number, store in enumerate((first, second, third), 1):
        await announce(store, fabric.url(store.site), number)
    await until_equal(first, second, third)
    await first.request_transfer("vni", str((2 << 8) + 7), (SiteId("b"),))
    grant = first.state.get("pool", "vni")
    assert grant is not None
    assert grant.get(f"item.{(2 << 8) + 7}") == "a"


async def test_an_item_may_be_handed_over_to_and_fro_and_used_at_once_each_time(fabric: Fabric):
    first, second, third = await three_sites(fabric)
    for number, store in enumerate((first, second, third), 1):
        await announce(store, fabric.url(store.site), number)
    await until_equal(first, second, third)
    item = str((2 << 8) + 7)
    claims = (Claim("vni", item),)
    for turn, (asker, owner) in enumerate(((first, second), (second, first), (first, second), (first, first))):
        await asker.request_transfer("vni", item, (owner.site,))
        used = network(f"n{turn}")
        await asker.commit(Writes((Write(used, {"vni": int(item)}, create=True),), claims))
        await asker.commit(Writes((Write(used, {"deleted": True}),)))
        await until_equal(first, second, third)


async def test_a_decision_is_stale_if_its_record_changed_while_claims_were_taken(fabric: Fabric):
    store = await fabric.open("a1")
    await store.commit(Writes((Write(network("n1"), {"name": "x"}, create=True),)))
    slow = store.commit(Writes((Write(network("n1"), {"name": "y"}),), (Claim("vni", "300"),)))
    quick = store.commit(Writes((Write(network("n1"), {"name": "z"}),)))
    outcomes = await asyncio.gather(slow, quick, return_exceptions=True)
    assert isinstance(outcomes[0], StaleView)
    found = store.state.get("network", "n1")
    assert found is not None
    assert found.get("name") == "z"
    await store.commit(Writes((Write(network("n2"), {"vni": 300}, create=True),), (Claim("vni", "300"),)))


async def test_the_giver_tops_up_a_site_that_runs_low(fabric: Fabric):
    """Site b uses up the VNIs of its first block; the giver, a, grants it another before it has to ask."""
    first = await fabric.open("a1", peers=fabric.peers("a", "ab"))
    second = await fabric.open("b1", peers=fabric.peers("b", "ab"))
    for number, store in enumerate((first, second), 1):
        await announce(store, fabric.url(store.site), number)
    await until_equal(first, second)
    block = range(2 << 8, 3 << 8)
    writes = tuple(Write(network(f"n{vni}"), {"vni": vni}, create=True) for vni in block[:200])
    await second.commit(Writes(writes))

    def granted() -> bool:
        grants = second.state.get("pool", "vni")
        return grants is not None and any(name.startswith("block.") for name in grants.fields)

    await until(granted, second)


async def test_a_wrong_address_in_a_sites_record_does_not_lead_us_to_another_server(fabric: Fabric):
    """Site b says that it is reached where a itself is; a goes by its configuration, and does not read itself."""
    first = await fabric.open("a1", peers=fabric.peers("a", "ab"))
    second = await fabric.open("b1", peers=fabric.peers("b", "ab"))
    await announce(first, fabric.url("a"), 1)
    await announce(second, fabric.url("a"), 2)
    await until(lambda: first.state.get("site", "b") is not None, first)
    await fabric.close("a1")
    first = await fabric.open("a1", peers=fabric.peers("a", "ab"))
    await create(second, "n1")
    await until(lambda: first.state.get("network", "n1") is not None, first)


async def test_a_second_node_of_a_site_that_lost_its_disks_waits_for_what_the_first_has_heard(fabric: Fabric):
    """Node a1 has read site b, but its relay is slow to tell their log: a2 knows nothing, and hands out nothing."""
    first = await fabric.open("a1", peers=fabric.peers("a", "ab"))
    second = await fabric.open("b1", peers=fabric.peers("b", "ab"))
    for number, store in enumerate((first, second), 1):
        await announce(store, fabric.url(store.site), number)
    await create(second, *(f"n{number}" for number in range(50)))
    await until_equal(first, second)
    await fabric.close("a1")
    fabric.wipe("a1")

    async with Proxy(fabric.port("b")) as to_b:
        to_b.cut()
        back = await fabric.open("a1", peers=((SiteId("b"), to_b.url),))
        gate, send = asyncio.Event(), back._relay._send

        async def slow(*args: Any) -> None:
            await gate.wait()
            await send(*args)

        back._relay._send = slow  # type: ignore[method-assign]
        to_b.heal()
        other = await fabric.open("a2")
        claimed = Writes((Write(network("new"), {"vni": 9}, create=True),), (Claim("vni", "9"),))
        waiting = asyncio.create_task(other.commit(claimed, deadline_s=10))
        allowed = lambda store: store._holdings.replica.recovery.may_hand_out  # noqa: E731
        await until(lambda: allowed(back), back)
        with pytest.raises(TimeoutError):
            await until(lambda: allowed(other), other, deadline_s=0.5)
        gate.set()
        await until(lambda: allowed(other), other)
        assert len(other.state.of_kind("network")) == 50
        with pytest.raises(StaleView, match="before other sites were read"):  # chosen by somebody who knew nothing
            await waiting
        await other.commit(claimed)
