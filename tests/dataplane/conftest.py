"""A fabric of two nodes for the tests that need real devices."""

from collections.abc import Iterator

import pytest

from tests.dataplane.fabric import NODES, PIN_ROOT, WORKLOADS, plan_for, two_nodes
from tests.dataplane.netns import inside
from weft.dataplane import Kernel, sweep


@pytest.fixture
def nodes() -> Iterator[None]:
    """Two nodes with machines, and nothing programmed yet. What a test leaves programmed is swept."""
    with two_nodes(WORKLOADS):
        yield
        for node in NODES:
            with inside(f"weft-t-{node}"):
                sweep(PIN_ROOT / node)


@pytest.fixture
def use_links() -> bool | None:
    """How programs are attached; tests that must hold for old kernels too set it."""
    return None


@pytest.fixture
def kernels(nodes, use_links) -> Iterator[dict[str, Kernel]]:
    """The same, programmed: w1 and w3 on the first node, w2 on the second."""
    made = {}
    for node in NODES:
        with inside(f"weft-t-{node}"):
            made[node] = Kernel(PIN_ROOT / node, "ul", use_links=use_links)
            made[node].reconcile(plan_for(node, WORKLOADS))
    yield made
    for kernel in made.values():
        kernel.close()
