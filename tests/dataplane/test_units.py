"""Incremental against whole, without a kernel: whatever the road of plans and devices, the tables are the same."""

from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.dataplane.fabric import NODES, VNI, plan_for, port_entry, workload
from weft.dataplane.ledger import Ledger, Tables, diff, empty_tables
from weft.dataplane.records import FDB_CLOSED, FDB_TARGET, FLOOD, NEAR_PORTS, PORT
from weft.dataplane.units import (
    TABLES,
    Device,
    Underlay,
    Unit,
    _changed_keys,
    all_units,
    changed_units,
    records_of,
    units_behind,
    units_on_devices,
)
from weft.plan import TABLES as PLAN_TABLES
from weft.plan import NodePlan, PlanStep

WORKLOADS = [workload(number, ("n1", "n2")[number % 2]) for number in range(6)]
HERE = [item for item in WORKLOADS if item.node == "n1"]
UNDERLAY = Underlay(900, 901)


def plan_with(present: frozenset[int], closed: frozenset[int]) -> NodePlan:
    """Return n1's plan for some of the workloads, some of them closed."""
    chosen = [item for i, item in enumerate(WORKLOADS) if i in present]
    plan = plan_for("n1", chosen)
    shut = {item.device: port_entry(item, enabled=False) for i, item in enumerate(WORKLOADS) if i in closed}
    return replace(plan, ports=dict(plan.ports) | {name: port for name, port in shut.items() if name in plan.ports})


indexes = st.frozensets(st.integers(0, len(WORKLOADS) - 1))
plans = st.builds(plan_with, indexes, indexes)
devices = st.dictionaries(
    st.sampled_from([item.device for item in HERE]),
    st.builds(Device, st.sampled_from([10, 11, NEAR_PORTS - 1, NEAR_PORTS]), st.booleans()),
).filter(lambda found: len({device.ifindex for device in found.values()}) == len(found))


next_hops = st.dictionaries(st.just(NODES["n2"]), st.ip_addresses(v=4, network="192.0.2.0/30"))


def tables_of(plan: NodePlan, present: dict[str, Device], underlay: Underlay = UNDERLAY) -> Tables:
    """Return the tables, computed from nothing."""
    tables = empty_tables()
    for unit in all_units(plan):
        for record in records_of(unit, plan, present, underlay):
            tables[record.table][record.key] = record.value
    return tables


@given(st.lists(st.tuples(plans, devices, next_hops), min_size=1, max_size=6))
def test_the_road_does_not_matter(states):
    ledger, kernel = Ledger(), empty_tables()
    before = plan_with(frozenset(), frozenset())
    known: dict[str, Device] = {}
    hops: dict[IPv4Address, IPv4Address] = {}
    for step, (plan, present, routed) in enumerate(states):
        underlay = UNDERLAY._replace(next_hops=routed)
        seen = {name: device for name, device in present.items() if name in plan.ports}
        moved = {name for name in seen.keys() | known.keys() if seen.get(name) != known.get(name)}
        touched = changed_units(before, plan) | units_on_devices(plan, moved) if step else all_units(plan)
        touched |= units_behind(plan, [node for node in hops | routed if hops.get(node) != routed.get(node)])
        records = {unit: records_of(unit, plan, seen, underlay) for unit in touched}
        difference = ledger.absorb(records)
        for table in TABLES:
            kernel[table].update(difference.writes[table])
            ledger.note_written(table, difference.writes[table])
            for key in difference.deletes[table]:
                del kernel[table][key]
            ledger.note_deleted(table, difference.deletes[table])
        assert kernel == tables_of(plan, seen, underlay)
        assert ledger.audit() == diff(kernel, kernel), "nothing is left to do"
        before, known, hops = plan, seen, routed


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 2)), st.dictionaries(st.integers(0, 9), st.integers(0, 2)))
def test_changes_are_found_whatever_the_order(old, new):
    neither = object()
    assert _changed_keys(old, new) == {k for k in old | new if old.get(k, neither) != new.get(k, neither)}


@given(plans, plans)
def test_a_step_spares_the_comparison_and_changes_nothing(old, new):
    old = replace(old, revision=4)
    everything = {table: {*getattr(old, table), *getattr(new, table)} for table in PLAN_TABLES}
    assert changed_units(old, new, PlanStep(since=4, touched=everything)) == changed_units(old, new)
    assert changed_units(old, new, PlanStep(since=3, touched={})) == changed_units(old, new), "of another plan"


def test_a_plan_that_shares_its_entries_touches_nothing():
    plan = plan_for("n1", WORKLOADS)
    assert changed_units(plan, replace(plan, revision=2)) == set()


def test_a_closed_port_closes_the_way_to_it():
    plan = plan_with(frozenset(range(6)), frozenset({0}))
    closed = HERE[0]
    present = {item.device: Device(10 + i, True) for i, item in enumerate(HERE)}
    tables = tables_of(plan, present)
    assert PORT.unpack(tables["ports"][(10).to_bytes(4, "little")])[3] == 0
    flags = {FDB_TARGET.unpack(value)[0]: FDB_TARGET.unpack(value)[2] for value in tables["fdb"].values()}
    assert flags[10] & FDB_CLOSED
    assert not flags[11] & FDB_CLOSED
    count, _remote, *_ = FLOOD.unpack(tables["flood"][VNI.to_bytes(4, "little")])
    assert count == len(HERE) - 1
    assert changed_units(plan, plan_with(frozenset(range(6)), frozenset())) >= {
        Unit("ports", closed.device),
        Unit("flood", VNI),
    }
