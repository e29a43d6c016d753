"""One site: commits, claims, restarts and crashes over a real nats-server."""

import asyncio
import os
import signal

import pytest

from tests.store.nats.sites import Fabric
from weft.model import Conflict, NodeId
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Key
from weft.store.site_store import SiteStore
from weft.store.writes import Claim, ClaimTaken, StaleView, Write, Writes

pytestmark = pytest.mark.nats


def key(id: str, kind: str = "network") -> Key:
    return Key("fabric", kind, id)


def create(id: str, *claims: Claim, **values: object) -> Writes:
    return Writes((Write(key(id), values or {"name": id}, create=True),), claims, actor="user u", verb="create network")


async def test_a_write_is_read_back_at_once_and_after_a_restart(fabric: Fabric):
    store = await fabric.open("a1")
    receipt = await store.commit(create("n1", name="web"))
    assert receipt.site == "a"
    assert store.state.get("network", "n1").get("name") == "web"  # type: ignore[union-attr]
    assert store.journal(limit=1)[0].actor == "user u"
    await fabric.close("a1")
    again = await fabric.open("a1")
    assert again.state.get("network", "n1").get("name") == "web"  # type: ignore[union-attr]


async def test_several_records_are_written_together_or_not_at_all(fabric: Fabric):
    store = await fabric.open("a1")
    await store.commit(create("n1"))
    both = Writes((Write(key("n1"), {"name": "x"}, create=True), Write(key("n2"), {"name": "y"}, create=True)))
    with pytest.raises(Conflict):
        await store.commit(both)
    assert store.state.get("network", "n2") is None
    await store.commit(Writes((Write(key("n1"), {"name": "x"}), Write(key("n2"), {"name": "y"}, create=True))))
    assert {record.get("name") for record in store.state.of_kind("network")} == {"x", "y"}


async def test_a_decision_that_there_is_nothing_to_do_is_accepted(fabric: Fabric):
    store = await fabric.open("a1")
    assert (await store.commit(Writes(()))).keys == ()


async def test_the_second_node_learns_and_the_slower_writer_decides_again(fabric: Fabric):
    first, second = await fabric.open("a1"), await fabric.open("a2")
    await first.commit(create("n1"))
    await second.catch_up()
    assert second.state.get("network", "n1") is not None

    def rename(store: SiteStore, name: str) -> Writes:
        return Writes((Write(key("n1"), {"name": name}),))

    results = await asyncio.gather(
        first.commit(rename(first, "one")), second.commit(rename(second, "two")), return_exceptions=True
    )
    assert sum(isinstance(result, StaleView) for result in results) <= 1
    await asyncio.gather(first.catch_up(), second.catch_up())
    assert first.state.get("network", "n1") == second.state.get("network", "n1")


async def take(store: SiteStore, id: str) -> None:
    """Make a network with the lowest VNI that is free."""

    def decide(state: State, held) -> Writes:  # type: ignore[no-untyped-def]
        used = {record.get("vni") for record in state.of_kind("network")} | {int(item) for item in held("vni")}
        vni = next(number for number in range(1, 1000) if number not in used)
        return Writes((Write(key(id), {"vni": vni}, create=True),), (Claim("vni", str(vni)),))

    await execute(store, decide, deadline_s=30)


async def test_two_nodes_never_hand_out_the_same_item(fabric: Fabric):
    first, second = await fabric.open("a1"), await fabric.open("a2")
    await asyncio.gather(*(take(store, f"{store.node}-{n}") for n in range(30) for store in (first, second)))
    await asyncio.gather(first.catch_up(), second.catch_up())
    numbers = sorted(record.get("vni") for record in first.state.of_kind("network"))
    assert numbers == list(range(1, 61))


async def test_two_nodes_never_hand_out_the_same_item_though_the_server_dies_again_and_again(fabric: Fabric):
    """It keeps locks in memory: what guards across its lives is that nobody decides before reading the log anew."""
    first, second = await fabric.open("a1"), await fabric.open("a2")
    written = 0

    async def write(store: SiteStore) -> None:
        nonlocal written
        for number in range(50):
            await asyncio.gather(*(take(store, f"{store.node}-{number}-{each}") for each in range(2)))
            written += 2

    async def kill() -> None:
        for deaths in range(1, 5):
            while written < 40 * deaths:
                await first._holdings.changed.wait()
            assert first._server.pid is not None
            os.kill(first._server.pid, signal.SIGKILL)

    await asyncio.gather(write(first), write(second), kill())
    assert first._server.restarts == 4
    await asyncio.gather(first.catch_up(), second.catch_up())
    assert first.digest() == second.digest()
    assert sorted(record.get("vni") for record in first.state.of_kind("network")) == list(range(1, 201))


async def test_an_item_is_free_again_once_its_record_is_deleted(fabric: Fabric):
    store, other = await fabric.open("a1"), await fabric.open("a2")
    claim = Claim("vni", "7")
    await store.commit(create("n1", claim, vni="7"))
    with pytest.raises(ClaimTaken):
        await other.commit(create("n2", claim, vni="7"))
    await store.commit(Writes((Write(key("n1"), {"deleted": True}),)))
    await other.commit(create("n3", claim, vni="7"))


async def test_a_lock_is_given_back_with_the_item_whoever_took_it(fabric: Fabric):
    store, other = await fabric.open("a1"), await fabric.open("a2")
    port = Key("fabric", "port", "p1")
    ips = [{"subnet_id": "s", "ip_address": "10.0.0.7"}, {"subnet_id": "s", "ip_address": "10.0.0.8"}]
    locks = tuple(Claim("subnet.s", ip["ip_address"]) for ip in ips)
    await store.commit(Writes((Write(port, {"fixed_ips": ips}, create=True),), locks))
    await other.catch_up()
    await other.commit(Writes((Write(port, {"fixed_ips": ips[:1]}),)))
    await store.catch_up()
    again = Key("fabric", "port", "p2")
    with pytest.raises(ClaimTaken):
        await store.commit(Writes((Write(again, {"fixed_ips": ips[:1]}, create=True),), locks[:1]))
    await store.commit(Writes((Write(again, {"fixed_ips": ips[1:]}, create=True),), locks[1:]))
    await store.commit(Writes((Write(again, {"deleted": True}),)))
    await other.catch_up()
    await other.commit(Writes((Write(Key("fabric", "port", "p3"), {"fixed_ips": ips[1:]}, create=True),), locks[1:]))


async def test_what_was_accepted_survives_kill_9_of_the_server(fabric: Fabric):
    store = await fabric.open("a1")
    accepted: list[str] = []

    async def write(number: int) -> None:
        await store.commit(create(f"n{number}"), deadline_s=20)
        accepted.append(f"n{number}")

    async def kill() -> None:
        while len(accepted) < 50:
            await store._holdings.changed.wait()
        assert store._server.pid is not None
        os.kill(store._server.pid, signal.SIGKILL)

    killer = asyncio.create_task(kill())
    for batch in range(10):
        await asyncio.gather(*(write(batch * 20 + number) for number in range(20)))
    await killer
    assert len(accepted) == 200
    assert store._server.restarts == 1
    await fabric.close("a1")
    fabric.database("a1").unlink()
    again = await fabric.open("a1")
    await again.catch_up()
    assert {record.key.id for record in again.state.of_kind("network")} == set(accepted)


async def test_a_damaged_database_is_rebuilt_from_the_log(fabric: Fabric):
    store = await fabric.open("a1")
    await store.commit(create("n1"))
    await fabric.close("a1")
    fabric.database("a1").write_bytes(b"garbage" * 5000)
    again = await fabric.open("a1")
    await again.catch_up()
    assert again.state.get("network", "n1") is not None


async def test_runtime_values_reach_the_other_node(fabric: Fabric):
    first, second = await fabric.open("a1"), await fabric.open("a2")
    await first.runtime.report("port.p1", {"status": "ACTIVE"})
    async with asyncio.timeout(5):
        await second.runtime.changed.until(lambda: second.runtime.get(NodeId("a1"), "port.p1") is not None)
    assert second.runtime.is_alive(NodeId("a1"))
