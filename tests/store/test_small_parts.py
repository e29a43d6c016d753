"""Neighbours, bounded sets, runtime values, indexes: small parts, small tests."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.model import NodeId, SiteId
from weft.store.index import Index
from weft.store.neighbours import DEGREE, FULL_MESH_MAX, neighbours_of
from weft.store.newest import Newest
from weft.store.records import Key, write
from weft.store.recovery import site_of, writer_name
from weft.store.runtime import BEAT, NODE_EXPIRY_S, Heard, RuntimeView
from weft.store.wire import decode_record, encode_record
from weft.store.writes import UnusableId, Write

A1 = NodeId("a1")


@pytest.mark.parametrize("count", [1, 2, FULL_MESH_MAX, FULL_MESH_MAX + 1, 300])
def test_news_reach_everybody_through_neighbours(count):
    sites = [SiteId(f"s{n}") for n in range(count)]
    pulls = {site: neighbours_of(site, random.Random(1).sample(sites, count)) for site in sites}
    assert all(len(peers) == (count - 1 if count <= FULL_MESH_MAX else DEGREE) for peers in pulls.values())
    assert all(site not in peers for site, peers in pulls.items())
    reached, rounds = {sites[0]}, 0
    while len(reached) < count:
        reached |= {site for site, peers in pulls.items() if reached.intersection(peers)}
        rounds += 1
    assert rounds <= 10


def test_a_new_site_moves_few_links():
    sites = [SiteId(f"s{n}") for n in range(200)]
    before = {site: set(neighbours_of(site, sites)) for site in sites}
    after = {site: set(neighbours_of(site, [*sites, SiteId("new")])) for site in sites}
    assert sum(len(after[site] - before[site]) for site in sites) < 20


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 9)), max_size=30), st.randoms(use_true_random=False))
def test_the_newest_are_the_same_in_whatever_order_they_came(items, chance):
    def survivors(order):
        newest, kept = Newest(4), {}
        for hlc, id in order:
            record = write(None, Key("fabric", "conflict", f"{hlc}-{id}"), {"x": 1}, hlc, "a")
            if newest.admits(record):
                kept[record.key] = record
                kept.pop(newest.note(record), None)
        return set(kept)

    assert survivors(items) == survivors(chance.sample(items, len(items)) + items)


def heard(key: str, value: object, at_ms: int, epoch: int = 1) -> Heard:
    return Heard(SiteId("a"), A1, epoch, key, value, at_ms)


def test_runtime_values_live_as_long_as_their_nodes_beat():
    view = RuntimeView()
    view.hear(heard(BEAT, {}, 1), now_s=0)
    assert view.hear(heard("port.p", "ACTIVE", 2), now_s=0)
    assert not view.hear(heard("port.p", "OLD", 1), now_s=0)
    assert view.get(A1, "port.p", NODE_EXPIRY_S).value == "ACTIVE"
    assert view.get(A1, "port.p", NODE_EXPIRY_S + 1) is None
    view.hear(heard(BEAT, {}, 3, epoch=2), now_s=20)
    assert view.get(A1, "port.p", 20) is None, "a new life voids what the old one said"
    assert not view.hear(heard("port.p", "GHOST", 9, epoch=1), now_s=20)
    view.sweep(1_000)
    assert not view.is_alive(A1, 1_000)


def test_an_index_forgets_what_is_taken_out():
    index = Index()
    for id in ("1", "2", "2", "3"):
        index.add("m", id)
    index.remove("m", "2")
    index.remove("m", "9")
    assert list(index.ids("m")) == ["1", "3"]
    for id in ("1", "3"):
        index.remove("m", id)
    assert list(index.ids("m")) == []


def test_a_writer_names_its_site_and_its_life():
    assert site_of(writer_name(SiteId("lyon-3"), 1_800_000_000_000)) == "lyon-3"
    assert site_of("lyon-3") == "lyon-3"


@given(st.text(max_size=300) | st.text(st.characters(codec="ascii"), max_size=300))
def test_an_id_that_can_be_written_can_be_read(id):
    key = Key("fabric", "region", id)
    try:
        Write(key, {"name": "x"})
    except UnusableId:
        return
    record = write(None, key, {"name": "x"}, 1 << 20, SiteId("a"))
    assert decode_record(encode_record(record), None) == record
