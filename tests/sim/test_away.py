"""A site that was away for longer than deletes are remembered starts anew: it brings nothing back."""

import asyncio

import pytest

from weft.store.collect import Collecting
from weft.store.execute import execute
from weft.store.records import DELETED, Key
from weft.store.simulated.sim_node import SimNode
from weft.store.simulated.simulation import Simulation
from weft.store.simulated.virtual_time import run_virtually
from weft.store.writes import Write, Writes

HORIZON_S = 100
FORGETFUL = Collecting(horizon_ms=HORIZON_S * 1000, margin_ms=60_000, grid_ms=1000)
PROMPT = Collecting(margin_ms=6_000, grid_ms=1000)


def network(id: str) -> Key:
    return Key("fabric", "network", id)


async def put(node: SimNode, id: str, **values: object) -> None:
    await execute(node, lambda _state, _held: Writes((Write(network(id), values),)))


class Story(Simulation):
    """Three sites whose clocks are right, and no misfortune but what is told here."""

    def __init__(self, seed: int, collecting: Collecting) -> None:
        super().__init__(seed, 3, 0)
        self.collecting = collecting
        self._skew_ms = dict.fromkeys(self.sites, 0)

    def node(self, site: str) -> SimNode:
        return next(node for node in self._nodes() if node.site == site and node.serves)

    async def begin(self) -> None:
        for site in self.sites:
            self._begin(site)
        await self._join_all()
        await put(self.node("s01"), "old", name="x")
        await put(self.node("s01"), "kept", name="x")
        await self._come_to_rest()

    async def end(self) -> None:
        for node in self._nodes():
            node.crash()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_was_away_past_the_horizon_brings_nothing_back(seed):
    async def story(told: Story) -> None:
        await told.begin()
        told._crash("s03")
        await put(told.node("s01"), "old", **{DELETED: True})
        await asyncio.sleep(2 * HORIZON_S)
        assert told.node("s01").state.raw(network("old")) is None  # forgotten, s03 notwithstanding
        told._begin("s03")
        assert told.node("s03").state.get("network", "old") is not None
        await told._come_to_rest()
        assert told.counts["start anew"] == 1
        for node in told._nodes():
            assert node.state.raw(network("old")) is None
            assert node.state.get("network", "kept") is not None
        await told.end()

    run_virtually(story(Story(seed, FORGETFUL)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_was_away_for_less_is_merged_with(seed):
    async def story(told: Story) -> None:
        await told.begin()
        told._crash("s03")
        await put(told.node("s01"), "old", **{DELETED: True})
        await asyncio.sleep(HORIZON_S / 2)
        told._begin("s03")
        await put(told.node("s03"), "new", name="x")
        await told._come_to_rest()
        assert told.counts["start anew"] == 0
        for node in told._nodes():
            assert node.state.get("network", "old") is None
            assert node.state.get("network", "new") is not None
        await told.end()

    run_virtually(story(Story(seed, FORGETFUL)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_forgotten_early_while_somebody_is_away(seed):
    async def story(told: Story) -> None:
        await told.begin()
        for other in ("s01", "s02"):
            told.wan.cut("s03", other)
        await put(told.node("s01"), "old", **{DELETED: True})
        await asyncio.sleep(10 * HORIZON_S)
        assert told.node("s01").state.raw(network("old")) is not None
        told.wan.heal()
        await told._come_to_rest()
        await asyncio.sleep(60)
        for node in told._nodes():
            assert node.state.raw(network("old")) is None  # now all have heard of it
            assert node.state.get("network", "kept") is not None
        assert told.counts["start anew"] == 0
        await told.end()

    run_virtually(story(Story(seed, PROMPT)))


def test_a_disk_from_a_backup_is_not_merged_with():
    """Site s03 comes back within the horizon, but from copies older than what all had agreed to forget."""

    async def story(told: Story) -> None:
        await told.begin()
        [disk, _] = told._disks["s03"]
        backup = dict(disk.records), disk.memory
        await put(told.node("s01"), "old", **{DELETED: True})
        await asyncio.sleep(60)
        assert told.node("s01").state.raw(network("old")) is None
        told._crash("s03")
        disk.records, disk.memory = dict(backup[0]), backup[1]
        disk.outbox.update(dict.fromkeys(disk.records))
        told._begin("s03")
        await told._come_to_rest()
        assert told.counts["start anew"] == 1
        for node in told._nodes():
            assert node.state.raw(network("old")) is None
            assert node.state.get("network", "kept") is not None
        await told.end()

    run_virtually(story(Story(1, PROMPT)))
