"""Rights are neither made nor lost, and no limit is overrun: laws, over sites that hear of each other or do not."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.commands.context import Context
from weft.commands.quotas.checking import OverQuota, within_quota
from weft.model import SiteId
from weft.store.quotas import NothingToSpare, give_rights, level_out, pool_of, standing
from weft.store.records import DELETED, Key, merge, write
from weft.store.state import MergedState
from weft.store.writes import NeedsTransfer, Write, Writes

SITES = ("a", "b", "c")
PROJECT = "p"


class Fabric:
    """Three sites' states, told each other's records only when asked to."""

    def __init__(self, limit: int) -> None:
        self.states = {site: MergedState() for site in SITES}
        self.clock = 0
        for number, site in enumerate(SITES, 1):
            self.everywhere(Write(Key("fabric", "site", site), {"number": number}))
        self.everywhere(Write(Key("fabric", "quota", PROJECT), {"network": limit}))

    def everywhere(self, one: Write) -> None:
        self.write("a", one)
        self.sync("a", "b")
        self.sync("a", "c")

    def write(self, site: str, one: Write) -> None:
        self.clock += 1
        state = self.states[site]
        state.apply(write(state.raw(one.key), one.key, one.values, self.clock, site))

    def sync(self, one: str, other: str) -> None:
        for source, target in ((one, other), (other, one)):
            for record in list(self.states[source].raw_records()):
                held = self.states[target].raw(record.key)
                self.states[target].apply(merge(held, record).record if held else record)

    def create(self, site: str, connected: bool) -> bool:
        """Create a network at a site as the API does; tell whether it was allowed."""
        self.clock += 1
        id = f"n{self.clock}"
        context = Context(now_ms=0, new_id=lambda: id, seed=0, site=SiteId(site))
        one = Write(Key("fabric", "network", id), {"project_id": PROJECT, "created_at": "now"}, create=True)
        while True:
            try:
                writes = within_quota(self.states[site], "network", {PROJECT: 1}, Writes((one,)), context, {})
            except OverQuota:
                return False
            except NeedsTransfer as need:
                if not connected or not any(self.ask(owner, site) for owner in need.owners):
                    return False
            else:
                for each in writes.writes:
                    self.write(site, each)
                return True

    def ask(self, owner: str, asker: str) -> bool:
        try:
            move = give_rights(self.states[owner], pool_of("network", PROJECT), SiteId(owner), SiteId(asker))
        except NothingToSpare:
            return False
        self.write(owner, move)
        self.sync(owner, asker)
        return True

    def level(self, site: str) -> None:
        move = level_out(self.states[site], "network", PROJECT, SiteId(site))
        if move is not None:
            self.write(site, move)

    def delete(self, site: str, pick: int) -> None:
        networks = sorted(self.states[site].of_kind("network"), key=lambda record: record.key)
        if networks:
            self.write(site, Write(networks[pick % len(networks)].key, {DELETED: True}))

    def live_anywhere(self) -> int:
        """Return how many networks there would be if all sites met now."""
        union = MergedState()
        for state in self.states.values():
            for record in state.raw_records():
                held = union.raw(record.key)
                union.apply(merge(held, record).record if held else record)
        return len(union.of_kind("network"))


sites = st.sampled_from(SITES)
steps = st.one_of(
    st.tuples(st.just("create"), sites, st.booleans()),
    st.tuples(st.just("delete"), sites, st.integers(0, 9)),
    st.tuples(st.just("sync"), sites, sites),
    st.tuples(st.just("level"), sites),
)


@given(limit=st.integers(0, 12), story=st.lists(steps, max_size=60))
@settings(deadline=None)
def test_no_limit_is_overrun_whoever_hears_whom(limit: int, story: list[tuple]) -> None:
    fabric = Fabric(limit)
    doings: dict[str, Callable[..., object]] = {
        "create": fabric.create, "delete": fabric.delete, "sync": fabric.sync, "level": fabric.level,
    }  # fmt: skip
    for what, *arguments in story:
        doings[what](*arguments)
        assert fabric.live_anywhere() <= limit
    for one, other in (("a", "b"), ("b", "c"), ("a", "b")):
        fabric.sync(one, other)
    now = standing(fabric.states["a"], "network", PROJECT)
    assert sum(now.free.values()) == limit - now.used


@given(limit=st.integers(1, 40), site=sites)
@settings(deadline=None)
def test_one_site_can_use_all_of_it_while_the_others_answer(limit: int, site: str) -> None:
    fabric = Fabric(limit)
    for _ in range(limit):
        assert fabric.create(site, connected=True)
        for other in SITES:
            fabric.sync(site, other)
    assert not fabric.create(site, connected=True)


def test_rights_move_to_where_few_are_left_before_anybody_asks() -> None:
    fabric = Fabric(30)
    for _ in range(9):
        fabric.create("a", connected=False)
    fabric.sync("a", "b")
    fabric.level("a")
    fabric.level("c")
    fabric.sync("b", "c")
    fabric.level("c")
    fabric.level("b")
    fabric.sync("a", "b")
    fabric.sync("a", "c")
    free = standing(fabric.states["a"], "network", PROJECT).free
    assert min(free.values()) >= 4  # site a had 1 left


def test_what_a_lost_site_held_is_shared_out_again() -> None:
    fabric = Fabric(9)
    assert fabric.create("c", connected=True)
    fabric.sync("c", "a")
    fabric.write("a", Write(Key("fabric", "site", "c"), {"dead": True}))
    now = standing(fabric.states["a"], "network", PROJECT)
    assert sum(now.free.values()) == 8
    assert set(now.free) == {"a", "b"}


def test_nothing_to_give_is_said() -> None:
    fabric = Fabric(1)
    with pytest.raises(NothingToSpare, match="site b has nothing left to give"):
        give_rights(fabric.states["b"], pool_of("network", PROJECT), SiteId("b"), SiteId("c"))
