"""The plan depends on where we are, not on the road: the fast compiler against the slow one."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiler.intents import LONDON, NODES, PARIS, ROME, intent, intents, network, port, subnet
from weft.compiler import Compiler, change_between, compile_plan
from weft.model import Intent, NodeId
from weft.plan import TABLES, NodePlan

NOTHING = intent(nodes=[])
BLUE = (network(), subnet())
RED = (network("red", 200), subnet("red4", "red"))
BLUE6 = subnet("blue6", cidr="2001:db8::/64", ipv6_ra_mode="slaac", ipv6_address_mode="slaac")

SEQUENCES: dict[str, list[Intent]] = {
    "a port comes, and another elsewhere": [
        intent(*BLUE),
        intent(*BLUE, port("a")),
        intent(*BLUE, port("a"), port("b", PARIS)),
    ],
    "the last local port leaves": [intent(*BLUE, port("a"), port("b", PARIS)), intent(*BLUE, port("b", PARIS))],
    "pieces arrive last to first": [
        intent(port("a"), port("b", PARIS), nodes=[]),
        intent(port("a"), port("b", PARIS), nodes=NODES[:1]),
        intent(subnet(), port("a"), port("b", PARIS), nodes=NODES[:1]),
        intent(*BLUE, port("a"), port("b", PARIS), nodes=NODES[:1]),
        intent(*BLUE, port("a"), port("b", PARIS)),
    ],
    "a machine moves away and back": [
        intent(*BLUE, port("a"), port("b")),
        intent(*BLUE, port("a"), port("b", PARIS)),
        intent(*BLUE, port("a"), port("b", ROME)),
        intent(*BLUE, port("a"), port("b")),
    ],
    "a port changes its network": [
        intent(*BLUE, *RED, port("a")),
        intent(*BLUE, *RED, port("a", network="red", addresses=(("red4", "10.0.0.4"),))),
    ],
    "a MAC passes from one port to another": [
        intent(*BLUE, port("a", number=7), port("b", number=8)),
        intent(*BLUE, port("a", number=8), port("b", number=7)),
    ],
    "of two that claim one address the younger is closed, until the older leaves": [
        intent(*BLUE, port("a", number=7, created=(5, "")), port("b", number=7, created=(4, ""))),
        intent(*BLUE, port("a", number=7, created=(5, ""))),
    ],
    "a rival on another node appears together with the local port": [
        intent(*BLUE, port("b", PARIS, number=7, created=(1, ""))),
        intent(*BLUE, port("b", PARIS, number=7, created=(1, "")), port("a", number=7, created=(2, ""))),
        intent(*BLUE, port("a", number=7, created=(2, ""))),
    ],
    "two networks take one VNI, then part": [
        intent(*BLUE, port("a"), network("red", 100, created=(1, ""))),
        intent(*BLUE, port("a"), network("red", 101, created=(1, ""))),
    ],
    "the subnet changes its gateway, the network its MTU and VNI": [
        intent(*BLUE, port("a")),
        intent(network(), subnet(gateway="10.0.0.254"), port("a")),
        intent(network(mtu_bytes=8950, vni=7), subnet(gateway="10.0.0.254"), port("a"), port("b", PARIS)),
    ],
    "a port has one address twice, of two subnets that overlap, and leaves": [
        intent(*BLUE, subnet("twin4"), port("a", addresses=(("blue4", "10.0.0.3"), ("twin4", "10.0.0.3")))),
        intent(*BLUE),
    ],
    "a node moves its tunnel": [
        intent(*BLUE, BLUE6, port("a"), port("b", PARIS)),
        intent(*BLUE, BLUE6, port("a"), port("b", PARIS), nodes=[NODES[0]]),
        intent(*BLUE, BLUE6, port("a"), port("b", PARIS), nodes=[NODES[1]]),
        intent(*BLUE, BLUE6, port("a"), port("b", PARIS)),
    ],
}


def as_written(states: list[Intent]) -> Iterator[Intent]:
    yield from states


def backwards(states: list[Intent]) -> Iterator[Intent]:
    yield from reversed(states)


def emptied_between(states: list[Intent]) -> Iterator[Intent]:
    for state in states:
        yield state
        yield NOTHING


def repeated(states: list[Intent]) -> Iterator[Intent]:
    for state in states + states:
        yield state
        yield state


def walk(states: Iterator[Intent], node_id: NodeId) -> None:
    """Lead one compiler through all states; after each, it must agree with the oracle."""
    compiler, before, old = Compiler(node_id), NOTHING, compile_plan(NOTHING, node_id)
    for state in states:
        compiler.absorb(change_between(before, state))
        new = compiler.plan()
        assert new == compile_plan(state, node_id)
        assert changed_keys(old, new) <= {
            (table, key) for table, keys in compiler.take_touched().items() for key in keys
        }
        before, old = state, new


def changed_keys(old: NodePlan, new: NodePlan) -> set[tuple[str, object]]:
    """Every key under which two plans differ."""
    return {
        (table, key)
        for table in TABLES
        for key in {*getattr(old, table), *getattr(new, table)}
        if getattr(old, table).get(key) != getattr(new, table).get(key)
    }


@pytest.mark.parametrize("node_id", [LONDON, PARIS])
@pytest.mark.parametrize("travel", [as_written, backwards, emptied_between, repeated])
@pytest.mark.parametrize("states", SEQUENCES.values(), ids=SEQUENCES)
def test_plan_depends_on_where_we_are_not_on_the_road(
    states: list[Intent], travel: Callable[[list[Intent]], Iterator[Intent]], node_id: NodeId
) -> None:
    walk(travel(states), node_id)


@settings(max_examples=150, deadline=None)
@given(states=st.lists(intents(), min_size=1, max_size=5), node_id=st.sampled_from([LONDON, PARIS]))
def test_any_road_leads_to_the_same_plan(states: list[Intent], node_id: NodeId) -> None:
    walk(iter(states), node_id)


def test_a_snapshot_stays_as_it_was_and_shares_what_did_not_change() -> None:
    compiler = Compiler(LONDON)
    first = intent(*BLUE, port("a"))
    compiler.absorb(change_between(NOTHING, first))
    old = compiler.plan()
    compiler.absorb(change_between(first, intent(*BLUE, port("a"), port("b", PARIS), revision=2)))
    new = compiler.plan()
    assert old == compile_plan(first, LONDON)
    assert new.ports is old.ports
    assert new.fdb != old.fdb
    assert new.revision == 2
