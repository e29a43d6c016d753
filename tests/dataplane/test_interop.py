"""Standard VXLAN: the other end may be the kernel's own vxlan device."""

from collections.abc import Iterator

import pytest

from tests.dataplane.fabric import NODES, PIN_ROOT, VNI, W1, W2, WORKLOADS, plan_for, two_nodes
from tests.dataplane.netns import inside, ip, run_in
from tests.dataplane.talk import transfer
from weft.dataplane import Kernel

pytestmark = pytest.mark.kernel


@pytest.fixture
def foreign() -> Iterator[None]:
    """Node n1 is ours; n2 is a Linux bridge with a vxlan device, told of n1's machine by hand."""
    with two_nodes(WORKLOADS):
        ip(
            "weft-t-n2",
            f"link add name vx0 type vxlan id {VNI} dstport 4789 local {NODES['n2']} nolearning",
            "link add name br0 type bridge",
            "link set vx0 master br0 up",
            f"link set {W2.device} master br0",
            "link set br0 up",
        )
        run_in("weft-t-n2", "bridge", "fdb", "add", W1.mac, "dev", "vx0", "dst", str(NODES["n1"]))
        ip(W2.namespace, *(f"neigh add {address} lladdr {W1.mac} dev eth0" for address in W1.addresses))
        with inside("weft-t-n1"):
            kernel = Kernel(PIN_ROOT / "n1", "ul")
            kernel.reconcile(plan_for("n1", WORKLOADS))
        yield
        with inside("weft-t-n1"):
            kernel.sweep()


@pytest.mark.parametrize("family", [0, 1], ids=["v4", "v6"])
def test_superpackets_cross_in_both_directions(foreign, family):
    transfer(W1, W2, W2.addresses[family], megabytes=32)
    transfer(W2, W1, W1.addresses[family], megabytes=32)
