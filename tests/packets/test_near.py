"""What is found in the arrays and what only in the hash tables behind them: no packet can tell."""

from ipaddress import IPv4Address

import pytest
from msgspec.structs import replace
from scapy.layers.inet import ICMP
from scapy.layers.l2 import Ether

from tests.dataplane.fabric import NODES, VNI
from tests.packets.harness import REDIRECT, SENDING, SHOT, Bench
from tests.packets.scene import DEVICES, UNDERLAY, W1, W2, bench_plan, eth, ipv4, tunnelled, v4
from weft.dataplane.drops import DropReason as Why
from weft.dataplane.records import NEAR_PORTS, sender_slot
from weft.dataplane.units import Device, Unit, records_of
from weft.plan import FloodEntry

pytestmark = pytest.mark.kernel

ECHO = ICMP() / b"hello"
TO_W2, TO_W1 = eth() / ipv4() / ECHO, eth(W1.mac, W2.mac) / ipv4(src=v4(W2), dst=v4(W1)) / ECHO
N2 = NODES["n2"]
TWINS = [
    address for address in map(IPv4Address, range(0x0A000001, 0x0A010000)) if sender_slot(address) == sender_slot(N2)
]


@pytest.fixture(params=[{}, {"near_ports", "near_senders"}], ids=["near", "far"])
def bench(request):
    made = Bench(bench_plan(), DEVICES, UNDERLAY, without=request.param)
    yield made
    made.close()


def test_a_port_and_a_node_are_found(bench):
    assert bench.send(bytes(TO_W2)).verdict == REDIRECT
    assert bench.arrive(bytes(tunnelled(TO_W1))).verdict == REDIRECT


def test_a_spoofer_and_a_stranger_are_named(bench):
    assert bench.send(bytes(Ether(src=W2.mac, dst=W1.mac) / ipv4() / ECHO)).reason is Why.SPOOFED_MAC
    stranger = bench.arrive(bytes(tunnelled(TO_W1, src=str(TWINS[0]))))
    assert (stranger.verdict, stranger.reason) == (SHOT, Why.UNKNOWN_SENDER)


def test_nodes_that_share_a_slot_are_all_known():
    plan = bench_plan()
    nodes = (N2, *TWINS[:2])
    made = Bench(replace(plan, flood={VNI: FloodEntry(plan.flood[VNI].devices, nodes)}), DEVICES, UNDERLAY)
    verdicts = {str(node): made.arrive(bytes(tunnelled(TO_W1, src=str(node)))).verdict for node in (*nodes, TWINS[2])}
    made.close()
    assert verdicts == {**{str(node): REDIRECT for node in nodes}, str(TWINS[2]): SHOT}


@pytest.mark.parametrize(("ifindex", "is_near"), [(SENDING, True), (NEAR_PORTS - 1, True), (NEAR_PORTS, False)])
def test_a_device_of_a_large_number_is_in_the_hash_table_alone(ifindex, is_near):
    records = records_of(Unit("ports", W1.device), bench_plan(), {W1.device: Device(ifindex, True)}, UNDERLAY)
    tables = {record.table for record in records}
    assert "ports" in tables
    assert ("near_ports" in tables) is is_near
