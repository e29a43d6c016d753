"""Two real nodes in namespaces: real machines, real packets, the real programs."""

from collections.abc import Iterator
from itertools import permutations

import pytest

from tests.dataplane.fabric import NODES, PIN_ROOT, plan_for, two_nodes, workload
from tests.dataplane.netns import inside, run_in
from weft.dataplane import Kernel

pytestmark = pytest.mark.kernel

W1, W2, W3 = workload(1, "n1"), workload(2, "n2"), workload(3, "n1")
WORKLOADS = [W1, W2, W3]


@pytest.fixture(scope="module")
def kernels() -> Iterator[dict[str, Kernel]]:
    """A fabric of two nodes, w1 and w3 on the first, w2 on the second, all reconciled."""
    with two_nodes(WORKLOADS):
        made = {}
        for node in NODES:
            with inside(f"weft-t-{node}"):
                made[node] = Kernel(PIN_ROOT / node, "ul")
                made[node].reconcile(plan_for(node, WORKLOADS))
        yield made
        for node, kernel in made.items():
            with inside(f"weft-t-{node}"):
                kernel.sweep()


@pytest.mark.parametrize(("source", "target"), list(permutations(WORKLOADS, 2)), ids=lambda item: item.name)
@pytest.mark.parametrize("family", [0, 1], ids=["v4", "v6"])
def test_every_pair_pings(kernels, source, target, family):
    run_in(source.namespace, "ping", "-c2", "-i0.05", "-W2", str(target.addresses[family]))


def test_a_dhcp_client_gets_its_lease(kernels):
    done = run_in(W1.namespace, "busybox", "udhcpc", "-i", "eth0", "-nqf", "-s", "/bin/true")
    assert "lease of 10.0.0.1 obtained from 10.0.0.254, lease time 86400" in done.stderr
