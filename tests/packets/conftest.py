"""One bench for all packet tests."""

from collections.abc import Iterator

import pytest

from tests.packets.harness import Bench
from tests.packets.scene import DEVICES, UNDERLAY, bench_plan


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    made = Bench(bench_plan(), DEVICES, UNDERLAY)
    yield made
    made.close()
