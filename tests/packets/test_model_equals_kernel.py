"""The specification and the programs, side by side: same tables, same packet, same outcome.

Plans come from the compiler, packets from nowhere good. Whatever they do, the model in Python and the real
programs in the kernel must send the same frames out of the same devices and count the same reason.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.compiler.intents import LONDON, intents
from tests.packets.frames import Speaker, tunnel_packets, workload_frames
from tests.packets.plans import plans
from tests.packets.taps import Taps, tap_node
from weft.compiler import compile_plan
from weft.dataplane import Kernel
from weft.dataplane.reference import UNDERLAY, Model, Result
from weft.plan import NodePlan

pytestmark = pytest.mark.kernel

OWN_IP, OTHERS = "192.0.2.1", ["192.0.2.2", "192.0.2.3", "192.0.2.9", "192.0.2.66"]
UNDERLAY_DEVICE = "ul"
DEVICES = [f"tap{name}0000000-00" for name in "abcd"]


class Node(NamedTuple):
    """A real data plane and its devices."""

    kernel: Kernel
    taps: Taps


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    pin_dir = Path("/sys/fs/bpf/weft-model")
    with tap_node("weft-t-model", UNDERLAY_DEVICE, [OWN_IP, *OTHERS], DEVICES) as taps:
        kernel = Kernel(pin_dir, UNDERLAY_DEVICE)
        try:
            yield Node(kernel, taps)
        finally:
            kernel.sweep()


class Observed(NamedTuple):
    """What both sides can say of a packet."""

    frames: list[tuple[str, bytes]]
    reason: str | None


def said(result: Result) -> Observed:
    """What the model says."""
    return Observed(sorted(result.packets), result.reason)


def done(node: Node, device: str, frame: bytes) -> Observed:
    """What the kernel does."""
    before = node.kernel.drops().node
    node.taps.send(device, frame)
    frames = [
        (UNDERLAY, without_next_hop(frame)) if name == UNDERLAY_DEVICE else (name, frame)
        for name, frame in node.taps.heard()
    ]
    after = node.kernel.drops().node
    reasons = [reason for reason, count in after.items() for _ in range(count - before.get(reason, 0))]
    assert len(reasons) <= 1, f"one packet was counted for {reasons}"
    return Observed(sorted(frames), reasons[0] if reasons else None)


def without_next_hop(packet: bytes) -> bytes:
    """Blank what the model leaves open: the outer MACs, and the source port that spreads flows."""
    port = int.from_bytes(packet[34:36], "big")
    assert 49152 <= port <= 65535
    return bytes(12) + packet[12:34] + bytes(2) + packet[36:]


arbitrary_plans = intents().map(lambda intent: compile_plan(intent, LONDON))
_revisions = iter(range(1, 10**9))


def fresh(plan: NodePlan) -> NodePlan:
    return msgspec.structs.replace(plan, revision=next(_revisions))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_workloads_send(node: Node, data: st.DataObject) -> None:
    plan = fresh(data.draw(st.one_of(plans(), plans(), plans(), arbitrary_plans)))
    assume(plan.ports)
    assert not node.kernel.reconcile(plan).faults
    model = Model(plan)
    for _ in range(8):
        port = data.draw(st.sampled_from(list(plan.ports.values())))
        frame = data.draw(workload_frames(Speaker(port.mac, port.addresses)))
        assert done(node, port.device, frame) == said(model.from_port(port.device, frame)), frame.hex()


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_other_nodes_send(node: Node, data: st.DataObject) -> None:
    plan = fresh(data.draw(st.one_of(plans(), plans(), plans(), arbitrary_plans)))
    assert not node.kernel.reconcile(plan).faults
    model = Model(plan)
    for _ in range(8):
        packet = data.draw(tunnel_packets(OWN_IP, OTHERS, [100, 200, 300]))
        expected = model.from_underlay(packet)
        found = done(node, UNDERLAY_DEVICE, packet)
        if expected.verdict == "passed":  # the host does with it what it likes
            assert found.reason is None
        else:
            assert found == said(expected), packet.hex()
