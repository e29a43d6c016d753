"""Forwarding goes on whatever happens to the process: killed, restarted, upgraded, its maps outgrown."""

import random
import subprocess
import sys
import time

import pytest

from tests.dataplane.fabric import NODES, PIN_ROOT, W1, W2, WORKLOADS, plan_for
from tests.dataplane.netns import inside, start_in
from tests.dataplane.talk import pinging
from weft.dataplane import Kernel

pytestmark = pytest.mark.kernel


def start_keeper(node: str) -> subprocess.Popen[str]:
    """Start a process that reconciles all the time; returns when it has taken over."""
    process = start_in(f"weft-t-{node}", sys.executable, "-m", "tests.dataplane.keeper", node)
    assert process.stdout
    assert process.stdout.readline() == "kept\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.mark.parametrize("family", [0, 1], ids=["v4", "v6"])
def test_killing_the_process_again_and_again_loses_no_packet(kernels, family):
    moments = random.Random(4711)
    with pinging(W1, W2.addresses[family]) as ping:
        for _ in range(5):
            keepers = [start_keeper(node) for node in NODES]
            time.sleep(moments.random() * 0.1)  # kill at any point of writing or deleting
            for keeper in keepers:
                kill(keeper)
    assert ping.sent > 100
    assert not ping.lost
    for node in NODES:
        with inside(f"weft-t-{node}"):
            heir = Kernel(PIN_ROOT / node, "ul")
            heir.reconcile(plan_for(node, WORKLOADS))
            again = heir.reconcile(plan_for(node, WORKLOADS), resync=True)
            heir.close()
        assert (again.writes, again.deletes, again.faults) == (0, 0, ())


@pytest.mark.parametrize("use_links", [True, False], ids=["links", "filters"])
def test_replacing_the_programs_loses_no_packet(kernels, use_links):
    with pinging(W1, W2.addresses[0]) as ping:
        for _ in range(10):
            with inside("weft-t-n1"):
                kernel = Kernel(PIN_ROOT / "n1", "ul", use_links=use_links)
                outcome = kernel.reconcile(plan_for("n1", WORKLOADS))
                kernel.close()
            assert (outcome.writes, outcome.deletes) == (0, 0)
    assert ping.sent > 20
    assert not ping.lost


def test_outgrown_maps_are_rebuilt_under_traffic(kernels):
    """An upgrade that changes a map's size fills a new one first, then lets the new programs use it."""
    pinned = PIN_ROOT / "n1" / "maps-1" / "fdb"
    with pinging(W1, W2.addresses[0]) as ping:
        pinned.unlink()
        with inside("weft-t-n1"):
            kernel = Kernel(PIN_ROOT / "n1", "ul")
            outcome = kernel.reconcile(plan_for("n1", WORKLOADS))
            kernel.close()
    assert outcome.writes == len(WORKLOADS)
    assert not ping.lost
