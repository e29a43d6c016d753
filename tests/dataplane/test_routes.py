"""The way to another node: asked of the kernel once, followed when it changes, left to the kernel where it forks."""

from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest

from tests.dataplane.fabric import NODES, W1, W2, WORKLOADS, plan_for
from tests.dataplane.netns import inside, ip, namespaces, run_in
from weft.dataplane import Kernel
from weft.dataplane.records import FDB_TARGET
from weft.dataplane.routes import Routes
from weft.plan import NodePlan

pytestmark = pytest.mark.kernel
HOST = "weft-t-routes"
US, NEAR, FAR = (IPv4Address(text) for text in ("192.0.2.1", "192.0.2.2", "198.51.100.2"))
GATEWAY, OTHER_GATEWAY = IPv4Address("192.0.2.9"), IPv4Address("192.0.2.10")
UNDERLAY_INDEX = 10


@pytest.fixture
def routes() -> Iterator[Routes]:
    """A namespace with an underlay device of index 10 and another device."""
    with namespaces(HOST):
        ip(
            HOST,
            f"link add ul index {UNDERLAY_INDEX} type veth peer name peer",
            f"addr add {US}/24 dev ul",
            "link set peer up",
            "link set ul up",
            "link add other type veth peer name far",
            "link set far up",
            "link set other up",
        )
        with inside(HOST):
            asked = Routes()
        yield asked
        asked.close()


def hops(routes: Routes, *remotes: IPv4Address) -> dict[IPv4Address, IPv4Address]:
    return dict(routes.next_hops(UNDERLAY_INDEX, US, remotes))


@pytest.mark.parametrize(
    ("line", "hop"),
    [
        ("route add 198.51.100.0/24 via 192.0.2.9", GATEWAY),
        ("route add default via 192.0.2.10", OTHER_GATEWAY),
        ("route add 198.51.100.0/24 dev ul", FAR),
        ("route add 198.51.100.0/24 nexthop via 192.0.2.9 nexthop via 192.0.2.10", None),
        ("route add 198.51.100.0/24 dev other", None),
        ("route add 198.51.100.0/24 via inet6 fe80::9 dev ul", None),
        ("route add blackhole 198.51.100.0/24", None),
    ],
)
def test_a_route_gives_its_one_next_hop_or_none(routes, line, hop):
    assert hops(routes, NEAR, FAR) == {NEAR: NEAR}
    ip(HOST, line)
    assert hops(routes, NEAR, FAR) == {NEAR: NEAR} | ({FAR: hop} if hop else {})
    ip(HOST, line.replace("add", "del"))
    assert hops(routes, NEAR, FAR) == {NEAR: NEAR}


def test_what_is_forgotten_is_asked_again(routes):
    assert hops(routes, NEAR) == {NEAR: NEAR}
    assert hops(routes) == {}
    assert hops(routes, NEAR) == {NEAR: NEAR}


def test_a_rule_changes_the_way(routes):
    ip(HOST, "route add 198.51.100.0/24 via 192.0.2.9", "route add 198.51.100.0/24 via 192.0.2.10 table 7")
    assert hops(routes, FAR) == {FAR: GATEWAY}
    ip(HOST, f"rule add from {US} lookup 7")
    assert hops(routes, FAR) == {FAR: OTHER_GATEWAY}


def test_routes_go_with_their_device_unannounced(routes):
    ip(HOST, "route add 198.51.100.0/24 via 192.0.2.9")
    assert hops(routes, FAR) == {FAR: GATEWAY}
    ip(HOST, "link set ul down")
    assert hops(routes, FAR) == {}


def test_without_an_address_or_a_device_there_is_no_way(routes):
    assert dict(routes.next_hops(UNDERLAY_INDEX, None, [NEAR])) == {}
    assert dict(routes.next_hops(0, US, [NEAR])) == {}
    assert hops(routes, NEAR) == {NEAR: NEAR}


def next_hop_in_kernel(kernel: Kernel) -> str:
    (remote,) = {
        fields[3]
        for value in kernel._loaded.maps["fdb"].items()
        if (fields := FDB_TARGET.unpack(value[1]))[1] == NODES["n2"].packed
    }
    return str(IPv4Address(remote))


def reaches(kernel: Kernel, plan: NodePlan) -> bool:
    """Reconcile, then say whether w1 reaches w2."""
    with inside("weft-t-n1"):
        kernel.reconcile(plan)
    return run_in(W1.namespace, "ping", "-c1", "-W0.3", str(W2.addresses[0]), check=False).returncode == 0


def test_packets_take_the_gateway_and_follow_when_it_changes(kernels):
    kernel, plan = kernels["n1"], plan_for("n1", WORKLOADS)
    assert next_hop_in_kernel(kernel) == "192.0.2.2"
    ip("weft-t-n2", f"addr add {GATEWAY}/24 dev ul")
    ip("weft-t-n1", f"route add 192.0.2.2/32 via {GATEWAY}")
    assert reaches(kernel, plan)
    assert next_hop_in_kernel(kernel) == str(GATEWAY)
    ip("weft-t-n1", f"route replace 192.0.2.2/32 via {OTHER_GATEWAY}")
    assert not reaches(kernel, plan)  # nobody has that address
    ip("weft-t-n1", f"route replace 192.0.2.2/32 nexthop via {GATEWAY} nexthop via {GATEWAY} weight 2")
    assert reaches(kernel, plan)
    assert next_hop_in_kernel(kernel) == "0.0.0.0"
    ip("weft-t-n1", "route del 192.0.2.2/32")
    assert reaches(kernel, plan)
    assert next_hop_in_kernel(kernel) == "192.0.2.2"
