"""The reconciler against a real kernel: what comes and goes, what fails, what is left behind."""

import errno
import select
import socket

import pytest
from msgspec.structs import replace

from tests.dataplane.fabric import PIN_ROOT, VNI, W1, W3, WORKLOADS, add_machine, plan_for, workload
from tests.dataplane.netns import inside, ip, namespaces, run, run_in
from weft.dataplane import DeviceWatch, Kernel, PortState, bpf, bpf_map
from weft.dataplane.bpf import Command
from weft.dataplane.links import Links
from weft.dataplane.vxlan_device import VxlanPortTaken
from weft.plan import Fault, FdbKey

pytestmark = pytest.mark.kernel


@pytest.fixture
def kernel(nodes):
    """The data plane of n1, nothing programmed yet; the test lives in n1's namespace."""
    with inside("weft-t-n1"):
        made = Kernel(PIN_ROOT / "n1", "ul")
        yield made
        made.close()


PLAN = plan_for("n1", WORKLOADS)


def contents(kernel: Kernel) -> dict[str, dict[bytes, bytes]]:
    """Return what the kernel really holds."""
    return kernel._read()


def test_applying_a_plan_twice_changes_nothing(kernel):
    assert kernel.reconcile(PLAN).writes > 0
    for resync in (False, True):
        outcome = kernel.reconcile(PLAN, resync=resync)
        assert (outcome.writes, outcome.deletes, outcome.faults) == (0, 0, ())


def test_every_road_leads_to_the_same_tables(kernel):
    """Incremental steps, in any order, against the slow whole: a fresh process that writes everything."""
    more = [*WORKLOADS, workload(4, "n2"), workload(5, "n2")]
    states = [WORKLOADS, more, [W1], [], more[2:], WORKLOADS[:2], more]
    for revision, state in enumerate(states, start=1):
        plan = plan_for("n1", state, revision)
        kernel.reconcile(plan)
        stepwise = contents(kernel)
        for table, entries in stepwise.items():
            if table != "node":
                kernel._loaded.maps[table].delete_many(entries)
        kernel.reconcile(plan, resync=True)
        assert contents(kernel) == stepwise


def test_cost_follows_the_change(kernel):
    many = WORKLOADS + [workload(number, "n2") for number in range(10, 200)]
    kernel.reconcile(plan_for("n1", many))
    outcome = kernel.reconcile(plan_for("n1", [*many, workload(200, "n2")], revision=2))
    assert (outcome.writes, outcome.deletes) == (3, 0)  # its MAC and two neighbours


def test_an_older_plan_is_ignored(kernel):
    kernel.reconcile(replace(PLAN, revision=40))
    outcome = kernel.reconcile(replace(plan_for("n1", []), revision=39))
    assert (outcome.revision, outcome.writes, outcome.deletes) == (40, 0, 0)


def test_a_device_that_comes_later_is_noticed_and_served(kernel):
    ip("weft-t-n1", f"link del {W3.device}")
    outcome = kernel.reconcile(PLAN)
    assert outcome.ports["port-w3"] == PortState("DOWN", f"there is no device {W3.device}")
    assert outcome.ports["port-w1"].status == "ACTIVE"
    watch = DeviceWatch()
    run("ip", "netns", "del", W3.namespace)
    run("ip", "netns", "add", W3.namespace)
    watch.drain()
    add_machine(W3)
    assert select.select([watch], [], [], 2)[0]
    assert watch.drain()
    watch.close()
    assert kernel.reconcile(PLAN).ports["port-w3"] == PortState("ACTIVE")
    run_in(W3.namespace, "ping", "-c1", "-W2", "10.0.0.1")


def test_a_device_made_anew_is_served_anew(kernel):
    kernel.reconcile(PLAN)
    ip("weft-t-n1", f"link del {W3.device}")
    add_machine(W3)
    assert kernel.reconcile(PLAN).ports["port-w3"] == PortState("ACTIVE")
    run_in(W3.namespace, "ping", "-c1", "-W2", "10.0.0.1")


def test_a_link_into_another_namespace_is_not_taken_for_ours(kernel):
    """A node's namespace made anew has devices of the same names and numbers."""
    kernel.reconcile(PLAN)
    assert Links(PIN_ROOT / "n1" / "links").read()["ul"] == socket.if_nametoindex("ul")
    with namespaces("weft-t-anew"):
        numbers = {name: index for index, name in socket.if_nameindex()}
        for name in ("ul", W1.device, W3.device):
            ip(
                "weft-t-anew",
                f"link add {name} index {numbers[name]} type veth peer name {name}-peer index 9{numbers[name]}",
            )
        with inside("weft-t-anew"):
            heir = Kernel(PIN_ROOT / "n1", "ul")
            heir.reconcile(PLAN)
            for name in ("ul", W1.device, W3.device):
                assert bpf.links_on(numbers[name], bpf.TCX_INGRESS), name
            heir.close()


def test_a_device_whose_port_has_gone_stays_closed(kernel):
    """The host's own stack must not answer a machine that the plan no longer knows."""
    kernel.reconcile(PLAN)
    kernel.reconcile(replace(plan_for("n1", [W1]), revision=2))
    before = kernel.drops().node.get("no_port", 0)
    run_in(W3.namespace, "ping", "-c1", "-W0.2", "10.0.0.1", check=False)
    assert kernel.drops().node["no_port"] > before


def test_one_failed_object_waits_while_the_others_proceed(kernel, monkeypatch):
    real = bpf_map.bpf
    forbidden = b"\xfa\x16\x00\x01\x00\x02"  # w2's MAC

    def failing(command, attributes):
        if command == Command.MAP_UPDATE_BATCH:
            raise OSError(errno.ENOMEM, "no memory")
        return real(command, attributes)

    def single(self, command, key, value):
        if command == Command.MAP_UPDATE and forbidden in key:
            raise OSError(errno.ENOMEM, "no memory")
        return original(self, command, key, value)

    original = bpf_map.BpfMap._single
    monkeypatch.setattr(bpf_map, "bpf", failing)
    monkeypatch.setattr(bpf_map.BpfMap, "_single", single)
    outcome = kernel.reconcile(PLAN)
    assert outcome.faults == (
        Fault(subject=f"fdb {FdbKey(VNI, 'fa:16:00:01:00:02')}", reason="the kernel refuses it: no memory"),
    )
    assert {state.status for state in outcome.ports.values()} == {"ACTIVE"}
    monkeypatch.undo()
    outcome = kernel.reconcile(PLAN)
    assert (outcome.writes, outcome.faults) == (1, ())


def test_an_answer_that_does_not_fit_closes_its_port_only(kernel):
    long = replace(PLAN.dhcp4[W3.device], routes=PLAN.dhcp4[W3.device].routes * 60)
    outcome = kernel.reconcile(replace(PLAN, dhcp4=dict(PLAN.dhcp4) | {W3.device: long}))
    assert outcome.ports["port-w3"].status == "DOWN"
    assert "fit" in outcome.ports["port-w3"].reason
    assert outcome.ports["port-w1"].status == "ACTIVE"


def test_sweep_leaves_nothing(kernel):
    kernel.reconcile(PLAN)
    kernel.sweep()
    assert not (PIN_ROOT / "n1").exists()
    assert "weft-vxlan" not in [name for _index, name in socket.if_nameindex()]
    run_in(W1.namespace, "ping", "-c1", "-W0.2", "10.0.0.3", check=False)


def test_a_taken_port_is_named(nodes):
    ip("weft-t-n1", "link add other type vxlan id 7 dstport 4789", "link set other up")
    with inside("weft-t-n1"), pytest.raises(VxlanPortTaken, match="UDP port 4789 is taken"):
        Kernel(PIN_ROOT / "n1", "ul")
    ip("weft-t-n1", "link del other")


def test_a_missing_underlay_is_a_fault_and_local_traffic_flows(nodes):
    with inside("weft-t-n1"):
        kernel = Kernel(PIN_ROOT / "n1", "nosuch0")
        outcome = kernel.reconcile(PLAN)
        kernel.close()
    assert outcome.faults == (Fault(subject="device nosuch0", reason="the underlay device is missing"),)
    run_in(W1.namespace, "ping", "-c1", "-W2", "10.0.0.3")
