"""The state in memory: quick and always equal to the slow and obvious answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.store.liveness import live_keys
from weft.store.paths import references, values_at
from weft.store.records import DELETED, Key, Record, merge, write
from weft.store.state import MergedState

IDS = ("1", "2")
_steps = st.lists(
    st.tuples(
        st.sampled_from(("network", "subnet", "port", "novelty")),
        st.sampled_from(IDS),
        st.fixed_dictionaries(
            {},
            optional={
                DELETED: st.booleans(),
                "network_id": st.sampled_from(IDS),
                "fixed_ips": st.lists(st.fixed_dictionaries({"subnet_id": st.sampled_from(IDS)}), max_size=2)
                | st.just("nonsense"),
                "mac_address": st.sampled_from(("m1", "m2", None, 7)),
            },
        ).filter(bool),
        st.sampled_from(("fabric", "fabric", "fabric", "site.a")),
    ),
    max_size=40,
)


def absorb(state: MergedState, key: Key, values: dict[str, object], hlc: int):
    return state.apply(write(state.raw(key), key, values, hlc, "a"))


@given(_steps)
def test_liveness_indexes_and_changes_follow_from_the_records_alone(steps):
    state, shown = MergedState(), {}
    for hlc, (kind, id, values, scope) in enumerate(steps, start=1):
        for change in absorb(state, Key(scope, kind, id), values, hlc):
            assert shown.get(change.key[1:]) == change.before
            if change.after is None:
                del shown[change.key[1:]]
            else:
                shown[change.key[1:]] = change.after
        assert state.revision == hlc
        expected = {key[1:]: state.raw(key) for key in live_keys(state.raw_records())}
        assert shown == expected == {record.key[1:]: record for record in state.live_records()}
        check_lookups(state)


def check_lookups(state: MergedState) -> None:
    live = list(state.live_records())
    for kind in ("network", "subnet"):
        for id in IDS:
            for by in ("subnet", "port"):
                expected = {r.key for r in live if r.key.kind == by and (kind, id) in references(r)}
                assert {record.key for record in state.referrers(kind, id, by)} == expected
    for mac in ("m1", "m2", 7):
        found = {record.key for record in state.lookup("port", "mac_address", mac)}
        assert found == {r.key for r in live if r.key.kind == "port" and mac in values_at(r, "mac_address")}


LISTS = [
    ("IDs in a list", "security_groups[]", ["g1", "g2"], ["g1", "g2"]),
    ("none of them", "security_groups[]", [], []),
    ("other things in the list", "security_groups[]", ["g1", {"id": "g2"}, None], ["g1"]),
    ("no list", "security_groups[]", "g1", []),
    ("a field of each", "fixed_ips[].subnet_id", [{"subnet_id": "s1"}, {}, "s2"], ["s1"]),
]


@pytest.mark.parametrize(("path", "value", "expected"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS])
def test_values_in_lists(path, value, expected):
    key = Key("fabric", "port", "p")
    record = write(None, key, {path.partition("[")[0]: value}, 1, "a")
    assert list(values_at(record, path)) == expected


@given(_steps, st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(steps, chance):
    versions: list[Record] = []
    for hlc, (kind, id, values, scope) in enumerate(steps, start=1):
        key = Key(scope, kind, id)
        last = next((record for record in reversed(versions) if record.key == key), None)
        versions.append(write(last, key, values, hlc, "a"))
    ends = []
    for _ in range(2):
        state = MergedState()
        heard = versions + chance.choices(versions, k=5) if versions else []
        chance.shuffle(heard)
        for record in heard:
            held = state.raw(record.key)
            state.apply(merge(held, record).record if held else record)
        ends.append({record.key[1:]: record for record in state.live_records()})
    assert ends[0] == ends[1]


def test_a_deleted_network_lives_as_long_as_its_last_port():
    state = MergedState()
    network, port = Key("fabric", "network", "n"), Key("fabric", "port", "p")
    absorb(state, port, {"network_id": "n"}, 1)
    absorb(state, network, {"name": "web"}, 2)
    assert absorb(state, network, {DELETED: True}, 3)[0].after is not None
    dies_with = absorb(state, port, {DELETED: True}, 4)
    assert [change.key for change in dies_with] == [port, network]
    assert state.get("network", "n") is None
    assert state.raw(network) is not None
    assert [change.key for change in absorb(state, port, {DELETED: False}, 5)] == [port, network]


def test_what_is_forgotten_is_gone():
    state = MergedState()
    key = Key("fabric", "network", "n")
    absorb(state, key, {DELETED: True}, 1)
    assert len(state) == 1
    assert state.forget(key) == []
    assert (len(state), state.raw(key)) == (0, None)
